// Everything that a person can get wrong before a task runs: what is said, the exit code, and that nothing is changed.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { StreamMessageReader, StreamMessageWriter, createMessageConnection } from 'vscode-jsonrpc/node';
import { errorDocument } from '../../src/cli/documents.ts';
import { skipBecause } from '../support/skip.ts';
import { cli, fingerprint, openGround } from './support/ground.ts';
import type { Ended, Ground } from './support/ground.ts';

const project = { 'package.json': JSON.stringify({ name: 'p', scripts: { test: 'node --test' } }) };

interface Case {
  readonly title: string;
  readonly exit: 2 | 6;
  readonly code: string;
  /** What the message has to name. */
  readonly says: RegExp;
  readonly words: readonly string[];
  /** Path of the repository; default: one with a first commit. */
  readonly at?: (ground: Ground) => string;
  readonly environment?: (ground: Ground) => Record<string, string>;
}

const run = ['run', 'add a thing', '--agent', 'implementer=anthropic:m', '--trust'];

const tangled = 'name: Ours\ndescription: d\nsteps:\n  - { id: a, gate: all, needs: b }\n  - { id: b, gate: all, needs: a }\n  - { id: c, gate: all, needs: nowhere }\n  - { id: d, agent: nobody }\n';

/** A folder of tools with a git of our choice first on PATH. */
function pathWith(ground: Ground, git: string | null): Record<string, string> {
  const tools = join(ground.folder, 'tools');
  mkdirSync(tools);
  if (git !== null) writeFileSync(join(tools, 'git'), git, { mode: 0o755 });
  symlinkSync(process.execPath, join(tools, 'node'));
  return { PATH: tools };
}

const cases: readonly Case[] = [
  { title: 'no folder', exit: 2, code: 'no-folder', says: /nowhere/, words: run, at: (ground) => join(ground.folder, 'nowhere') },
  { title: 'no git repository', exit: 2, code: 'not-a-repository', says: /plain/, words: run, at: (ground) => { mkdirSync(join(ground.folder, 'plain')); return join(ground.folder, 'plain'); } },
  { title: 'no commits', exit: 6, code: 'no-commits', says: /commit/, words: run, at: (ground) => ground.repository('fresh', null) },
  { title: 'an unknown base', exit: 2, code: 'unknown-base', says: /nosuch/, words: [...run, '--base', 'nosuch'] },
  { title: 'an empty request', exit: 2, code: 'usage', says: /empty/, words: ['run', '  '] },
  { title: 'no request', exit: 2, code: 'usage', says: /request/, words: ['run'] },
  { title: 'an unknown workflow', exit: 2, code: 'unknown-workflow', says: /nosuch/, words: [...run, '--workflow', 'nosuch'] },
  { title: 'a workflow with a circle, an unknown step and an agent that is none, all at once with their lines (case 6)', exit: 2, code: 'invalid-file', says: /line 4.*line 6.*line 7/s, words: [...run, '--workflow', 'ours'], at: (ground) => ground.repository('tangled', { ...project, '.treeline/workflows/ours.yaml': tangled }) },
  { title: 'a workflow of a later version (case 6)', exit: 2, code: 'invalid-file', says: /line 1: .*version 9/s, words: [...run, '--workflow', 'ours'], at: (ground) => ground.repository('later', { ...project, '.treeline/workflows/ours.yaml': `version: 9\n${tangled}` }) },
  { title: 'an agent that does not exist', exit: 2, code: 'usage', says: /gpt/, words: ['run', 'x', '--agent', 'implementer=gpt'] },
  { title: 'the demo agent outside the sample', exit: 2, code: 'demo-outside-sample', says: /sample/, words: ['run', 'x', '--agent', 'implementer=demo', '--trust'] },
  { title: 'no agent at all', exit: 6, code: 'no-agent', says: /./, words: ['run', 'x', '--trust'] },
  { title: 'content that nobody trusts', exit: 6, code: 'untrusted', says: /trust/, words: run.slice(0, -1) },
  { title: 'a socket path over the limit', exit: 6, code: 'socket-too-long', says: /socket/, words: run, environment: (ground) => { const long = join(ground.folder, 'r'.repeat(100)); mkdirSync(long); return { XDG_RUNTIME_DIR: long }; } },
  { title: 'a git folder that cannot be written', exit: 6, code: 'unwritable', says: /treeline/, words: run, at: (ground) => { const path = ground.repository('locked', project); writeFileSync(join(path, '.git/treeline'), 'a file is in the way'); return path; } },
  { title: 'no git', exit: 6, code: 'git-missing', says: /git/, words: run, environment: (ground) => pathWith(ground, null) },
  { title: 'a git that is too old', exit: 6, code: 'git-too-old', says: /2[.]37.*2[.]38/, words: run, environment: (ground) => pathWith(ground, '#!/bin/sh\necho git version 2.37.1\n') },
  { title: 'a broken project.yaml, all mistakes at once with their lines', exit: 2, code: 'invalid-file', says: /line 1.*line 3/s, words: run, at: (ground) => ground.repository('broken', { '.treeline/project.yaml': 'setup: 3\ngates:\n  - id: Unit\n    run: ""\nnonsense: true\n' }) },
  { title: 'settings with a mistake', exit: 2, code: 'invalid-file', says: /line 1.*nosuch/s, words: run, environment: (ground) => { mkdirSync(join(ground.folder, 'config/treeline')); writeFileSync(join(ground.folder, 'config/treeline/settings.yaml'), 'nosuch: 1\n'); return {}; } },
  { title: 'a settings file that is not there', exit: 2, code: 'cannot-read-file', says: /nosuch.yaml/, words: ['list', '--config', 'nosuch.yaml'] },
  { title: 'a decision by a command that Treeline itself runs', exit: 6, code: 'confined', says: /TREELINE_CONFINED/, words: ['approve', 'some-task'], environment: () => ({ TREELINE_CONFINED: 'a mark' }) },
  { title: 'an unknown flag', exit: 2, code: 'usage', says: /--colour/, words: ['list', '--colour'] },
  { title: 'an unknown command', exit: 2, code: 'usage', says: /lst/, words: ['lst'] },
  { title: 'a flag of a later version', exit: 2, code: 'not-in-this-version', says: /--issue/, words: [...run, '--issue', 'u'] },
  { title: 'a task to start after that is not there', exit: 2, code: 'unknown-task', says: /nosuch/, words: [...run, '--after', 'nosuch'] },
  { title: 'a task to stand on that is not there', exit: 2, code: 'unknown-task', says: /nosuch/, words: [...run, '--on', 'nosuch'] },
  { title: 'a command of a later version', exit: 2, code: 'not-in-this-version', says: /queue/, words: ['queue', '--all'] },
  { title: 'a task that is not there', exit: 2, code: 'unknown-task', says: /nosuch/, words: ['show', 'nosuch'] },
  { title: 'a decision on a task that is not there', exit: 2, code: 'unknown-task', says: /nosuch/, words: ['approve', 'nosuch'] },
  { title: 'a watch with no task at all', exit: 2, code: 'unknown-task', says: /no task/, words: ['watch'] },
  { title: 'a rejection without a reason', exit: 2, code: 'usage', says: /reason/, words: ['reject', 'nosuch'] },
  { title: 'a request for changes without a comment', exit: 2, code: 'usage', says: /comment/, words: ['request-changes', 'nosuch'] },
  { title: 'a verify without a base', exit: 2, code: 'usage', says: /--base/, words: ['verify', '--head', 'HEAD'] },
  { title: 'a verify of an unknown commit', exit: 2, code: 'unknown-base', says: /nosuch/, words: ['verify', '--base', 'nosuch', '--head', 'HEAD'] },
  { title: 'a demo into a folder that is not empty', exit: 2, code: 'cannot-write', says: /not empty/, words: ['demo', '--prepare', 'full'], at: (ground) => ground.repository('full', project) },
];

describe('bad input', () => {
  let ground: Ground;
  beforeEach(() => { ground = openGround(); });
  afterEach(() => ground.close());

  const judge = (ended: Ended, { exit, code, says }: Pick<Case, 'exit' | 'code' | 'says'>): void => {
    const { error } = errorDocument.parse(JSON.parse(ended.stdout));
    assert.deepEqual({ exit: ended.code, code: error.code }, { exit, code }, error.message);
    assert.match(error.message, says);
    assert.ok(error.next.length > 10, `says what next: "${error.next}"`);
  };

  for (const one of cases) {
    it(`REQ-CLI-02 REQ-CLI-07: ${one.title}`, async () => {
      const repository = one.at?.(ground) ?? ground.repository('p', project);
      const environment = one.environment?.(ground) ?? {};
      const before = fingerprint(repository);
      const cwd = existsSync(repository) && !one.words.includes('demo') ? repository : ground.folder;
      judge(await ground.treeline([...one.words, '--repo', repository, '--json'], { cwd, environment }), one);
      assert.deepEqual(fingerprint(repository), before);
      const runs = join(repository, '.git/treeline/runs');
      assert.deepEqual(existsSync(runs) ? readdirSync(runs).filter((name) => name.endsWith('.jsonl')) : [], []);
    });
  }

  it('REQ-CLI-07: says the same in words on stderr, and nothing on stdout', async () => {
    const ended = await ground.treeline(['show', 'nosuch', '--repo', ground.repository('p', project)]);
    assert.deepEqual(ended, { code: 2, stdout: '', stderr: 'There is no task "nosuch" in this repository.\nSee all tasks with: treeline list.\n' });
  });

  it('REQ-CLI-07: an engine of a newer version', async () => {
    const repository = ground.repository('p', project);
    const socket = join(ground.folder, 'run/treeline/newer');
    mkdirSync(join(ground.folder, 'run/treeline'), { mode: 0o700 });
    mkdirSync(join(repository, '.git/treeline'), { mode: 0o700 });
    const server = createServer((guest) => {
      const connection = createMessageConnection(new StreamMessageReader(guest), new StreamMessageWriter(guest));
      connection.onRequest('hello', () => ({ version: '9.9.9', protocol: 99, epoch: 1, pid: process.pid, sandbox: 'none: a test', busy: true }));
      connection.listen();
    });
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    try {
      writeFileSync(join(repository, '.git/treeline/engine.json'), JSON.stringify({ socket, token: 't', pid: 0, epoch: 1, protocol: 99, version: '9.9.9' }), { mode: 0o600 });
      judge(await ground.treeline([...run, '--repo', repository, '--json']), { exit: 6, code: 'protocol-newer', says: /9[.]9[.]9/ });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('REQ-CLI-07: a disk that is full when the first event should be written', async function () {
    const repository = ground.repository('p', project);
    mkdirSync(join(repository, '.git/treeline'), { mode: 0o700 });
    // A small disk of its own for the engine, in a namespace where that needs no rights; filled once the engine is up.
    const script = `mount -t tmpfs -o size=1m,mode=0700 tmpfs .git/treeline || exit 77
      "$0" "$1" run x --base nosuch --json >/dev/null 2>&1
      dd if=/dev/zero of=.git/treeline/filler bs=1k >/dev/null 2>&1
      "$0" "$1" run 'add a thing' --agent implementer=anthropic:m --trust --json`;
    const child = ground.start('unshare', ['-rm', 'sh', '-c', script, process.execPath, cli], { cwd: repository });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
    const code = await new Promise<number | null>((resolve) => { child.on('error', () => resolve(77)).on('close', resolve); });
    if (code === 77) skipBecause(this, 'this machine lets no user mount a small disk (unshare -rm, tmpfs)');
    judge({ code, stdout, stderr: '' }, { exit: 6, code: 'disk-full', says: /space|full|disk/i });
    assert.equal(ground.git(repository, 'status', '--porcelain'), '');
  });

  it('REQ-CLI-19 REQ-CLI-23: a corrupt journal line', async () => {
    const repository = ground.repository('p', project);
    mkdirSync(join(repository, '.git/treeline/runs'), { recursive: true, mode: 0o700 });
    writeFileSync(join(repository, '.git/treeline/runs/abc123.jsonl'), '{"this":"is no entry of ours"}\n');
    for (const words of [['show', 'abc'], ['approve', 'abc'], ['journal', 'verify', 'abc']]) {
      const ended = await ground.treeline([...words, '--repo', repository, '--json']);
      assert.deepEqual([ended.code, (JSON.parse(ended.stdout) as { error: { code: string } }).error.code], [6, 'corrupt-journal'], words.join(' '));
      assert.match(ended.stdout, /line 1/);
    }
    const listed = await ground.treeline(['list', '--repo', repository, '--json']);
    assert.equal(existsSync(join(repository, '.git/treeline/lock.db')), false, 'no engine was started for a look');
    assert.deepEqual([listed.code, (JSON.parse(listed.stdout) as { unreadable: { task: string }[] }).unreadable.map(({ task }) => task)], [0, ['abc123']]);
  });
});
