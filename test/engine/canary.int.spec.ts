/**
 * I10 through the built programs: what a hostile command tries from an agent's shell and from a gate, knowing every place by name.
 * Owns: the attempts' surroundings: another task at its merge checkpoint, a home with a secret, a model server on loopback.
 */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { engineFileSchema } from '../../src/protocol/messages.ts';
import type { RunView } from '../../src/protocol/runView.ts';
import { runViewSchema } from '../../src/protocol/runView.ts';
import { cli, lastView, openGround } from '../cli/support/ground.ts';
import type { Ended, Ground } from '../cli/support/ground.ts';
import { call, startModelServer } from '../support/modelServer.ts';
import type { ModelServer } from '../support/modelServer.ts';
import { skipBecause } from '../support/skip.ts';

const project = {
  'package.json': JSON.stringify({ name: 'canary', type: 'module', scripts: { test: 'node --test --test-reporter=spec' } }),
  'canary.test.js': 'import { test } from "node:test";\nimport { execFileSync } from "node:child_process";\nimport { existsSync } from "node:fs";\ntest("sings", { skip: !existsSync("canary.json") }, () => console.log(execFileSync(process.execPath, ["canary.js", "gate"], { encoding: "utf8" })));\ntest("is green", () => {});\n',
};
const quick = ['--workflow', 'quick-change', '--agent', 'implementer=anthropic:test', '--trust'];
const found = /CANARY (\w+) (\{.*\})/;

describe('a hostile command', function () {
  this.timeout(120_000);
  let ground: Ground;
  let server: ModelServer;
  let repository: string;
  let outside: readonly string[];
  let other: RunView;

  const treeline = (...words: string[]): Promise<Ended> => ground.treeline([...words, '--repo', repository], {
    environment: { ANTHROPIC_API_KEY: server.endpoints.anthropic.apiKey, ANTHROPIC_BASE_URL: server.endpoints.anthropic.baseUrl ?? '' },
  });
  const show = async (task: string): Promise<RunView> => runViewSchema.parse(JSON.parse((await treeline('show', task, '--json')).stdout));

  before(async () => {
    ground = openGround();
    repository = ground.repository('nest', project);
    ground.environment['TREELINE_IDLE_MS'] = '60000';
    // "first" writes a file; everything else lets the canary sing from the agent's shell, if the request says so with other words.
    server = await startModelServer(({ request, calls }) => {
      if (request === 'first') return calls.length === 0 ? call('write_file', { path: 'first.txt', content: 'first\n' }) : call('finish', { summary: 'done' });
      if (calls.length === 0) return call('run_command', { command: request.startsWith('run: ') ? request.slice(5) : 'node canary.js agent' });
      return calls.length === 1 ? call('write_file', { path: 'second.txt', content: 'second\n' }) : call('finish', { summary: 'done' });
    });
    const first = await treeline('run', 'first', ...quick, '--json');
    other = lastView(first.stdout);
    assert.deepEqual([first.code, other.waiting?.for], [3, 'checkpoint'], first.stdout + first.stderr);
    placeCanary();
  });
  after(async () => {
    await server.close();
    await ground.close();
  });

  /** Commits, on a branch of its own, the canary, its own copy of our command line, and all that an attacker may know but the token. */
  function placeCanary(): void {
    const commonDir = join(repository, '.git');
    assert.ok(existsSync(other.worktrees[0]?.path ?? ''), 'the other task has a worktree');
    ground.git(repository, 'switch', '--quiet', '--create', 'nest');
    const { socket } = engineFileSchema.parse(JSON.parse(readFileSync(join(commonDir, 'treeline/engine.json'), 'utf8')));
    writeFileSync(join(ground.folder, 'secret.txt'), 'a secret of the person\n');
    outside = [join(ground.folder, 'escaped.txt'), join(repository, 'escaped.txt'), join(commonDir, 'hooks/pre-commit'), join(commonDir, 'treeline/escaped'), `${repository}.worktrees/escaped.txt`, join('/tmp', `${basename(ground.folder)}-escaped.txt`)];
    writeFileSync(join(repository, 'canary.json'), JSON.stringify({
      repository, socket, outside, cli, task: other.task, treeline: join(commonDir, 'treeline'), worktree: other.worktrees[0]?.path, home: ground.folder, state: join(ground.folder, 'state/treeline'),
      runtime: join(ground.folder, 'run'), keyBegins: server.endpoints.anthropic.apiKey.slice(0, 12), port: Number(new URL(server.endpoints.anthropic.baseUrl ?? '').port),
    }));
    cpSync(join(import.meta.dirname, 'support/canary.js'), join(repository, 'canary.js'));
    mkdirSync(join(repository, 'program/dist'), { recursive: true });
    for (const name of ['dist/cli.js', 'dist/cliMain.js', 'dist/engine.js', 'dist/package.json', 'package.json']) cpSync(join(cli, '../..', name), join(repository, 'program', name));
    ground.git(repository, 'add', '--all', '--force');
    ground.git(repository, 'commit', '--quiet', '--message', 'a canary');
    ground.git(repository, 'switch', '--quiet', 'main');
  }

  it('REQ-DOOR-07 reaches no engine, token, journal, worktree, key, home or network from an agent\'s shell nor from a gate', async function () {
    const { sandbox } = await probe();
    if (sandbox !== 'bubblewrap') skipBecause(this, `no sandbox works here (${sandbox})`);
    const ran = await treeline('run', 'let it sing', '--base', 'nest', ...quick, '--sandbox', 'required', '--json');
    const view = lastView(ran.stdout);
    assert.deepEqual([ran.code, view.waiting?.for, view.evidence?.verdict, view.evidence?.gates[0]?.evidence.sandbox], [3, 'checkpoint', 'accepted', 'bubblewrap'], ran.stdout + ran.stderr);
    const agent = server.requests.flatMap(({ calls }) => calls).find(({ name, result }) => name === 'run_command' && result !== null)?.result ?? '';
    const gate = (await treeline('log', view.task, 'test')).stdout;
    for (const [who, text] of [['agent', agent], ['gate', gate]] as const) {
      const [, said, json] = found.exec(text) ?? [];
      assert.equal(said, who, `no song of the ${who}: ${text.slice(-2_000)}`);
      const attempts = JSON.parse(json ?? '') as Record<string, string>;
      assert.ok(Object.keys(attempts).length >= 18, `${Object.keys(attempts).length} attempts`);
      assert.deepEqual(Object.entries(attempts).filter(([, answer]) => answer.startsWith('REACHED')), [], `from the ${who}`);
      console.log(`      from the ${who}: ${Object.keys(attempts).length} attempts, none reached`);
    }
    assert.doesNotMatch(agent + gate, new RegExp(server.endpoints.anthropic.apiKey));
    assert.deepEqual(outside.filter((path) => existsSync(path)), [], 'written outside of the walls');
    await nothingDecided();
  });

  it('REQ-CLI-25 without walls is told from a person by its mark, and whoever decides is told that there were none', async () => {
    const words = ['approve', 'reject --reason no', 'request-changes --comment no', 'retry', 'cancel'].map((verb) => `node '${cli}' ${verb} ${other.task} --repo '${repository}'; echo "${verb.split(' ')[0]} ended with $?"`);
    const run = `node '${cli}' run more --repo '${repository}'; echo "run ended with $?"`;
    const ran = await treeline('run', `run: ${[...words, run].join('; ')}`, ...quick, '--sandbox', 'off', '--json');
    const view = lastView(ran.stdout);
    assert.deepEqual([ran.code, view.waiting?.for], [3, 'checkpoint'], ran.stdout + ran.stderr);
    const told = server.requests.findLast(({ request, calls }) => request.startsWith('run: ') && calls.length > 0)?.calls[0]?.result ?? '';
    for (const verb of ['approve', 'reject', 'request-changes', 'retry', 'cancel', 'run']) assert.match(told, new RegExp(`"treeline ${verb}" was called by a command that Treeline itself runs[^]*${verb} ended with 6`), told);
    await nothingDecided();
    assert.match(view.evidence?.gates[0]?.evidence.sandbox ?? '', /^none/);
    assert.match((await treeline('show', view.task)).stdout, /not sandboxed \([^]*not protected/);
    const tasks = JSON.parse((await treeline('list', '--json')).stdout) as { runs?: unknown[]; tasks?: unknown[] };
    assert.ok(!JSON.stringify(tasks).includes('"more"'), 'a command launched a task');
  });

  async function probe(): Promise<{ sandbox: string }> {
    return { sandbox: other.evidence?.gates[0]?.evidence.sandbox ?? 'none' };
  }

  async function nothingDecided(): Promise<void> {
    const now = await show(other.task);
    assert.deepEqual([now.waiting?.for, now.checkpoints.map(({ state }) => state)], ['checkpoint', ['open']]);
    const verified = await treeline('journal', 'verify', other.task);
    assert.equal(verified.code, 0, verified.stdout);
  }
});
