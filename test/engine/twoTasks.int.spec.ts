/** Two tasks at once in one repository: what the second lands was proven on the first one's result, or it does not land. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { launchedDocument } from '../../src/cli/documents.ts';
import { readEvents } from '../../src/client/readRuns.ts';
import type { RunEvent } from '../../src/core/event.ts';
import type { RunView } from '../../src/protocol/runView.ts';
import { lastView, openGround } from '../cli/support/ground.ts';
import type { Ended, Ground } from '../cli/support/ground.ts';
import { call, startModelServer } from '../support/modelServer.ts';
import type { ModelAnswer, ModelServer } from '../support/modelServer.ts';

const testOf = (name: string, file: string, body: string): string => `import { test } from "node:test";\nimport assert from "node:assert/strict";\nimport * as tried from "./${file}";\ntest("${name}", () => { ${body} });\n`;
const project = {
  'package.json': JSON.stringify({ name: 'sums', type: 'module', scripts: { test: 'node --test' } }),
  'sum.js': 'export const sum = (a, b) => a + b;\nexport const plus = sum;\n', 'sum.test.js': testOf('adds', 'sum.js', 'assert.equal(tried.sum(2, 3), 5);'), 'lines.txt': 'one\ntwo\nthree\n',
};

/** What a request's agent writes. "total" calls what "rename" takes away: each is green alone. */
const written: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'left file': { 'left.txt': 'left\n' },
  'right file': { 'right.txt': 'right\n' },
  'two is deux': { 'lines.txt': 'one\ndeux\nthree\n' },
  'two is zwei': { 'lines.txt': 'one\nzwei\nthree\n', 'more.txt': 'more\n' },
  rename: { 'sum.js': 'export const sum = (a, b) => a + b;\nexport const add = sum;\n', 'add.test.js': testOf('adds by its new name', 'sum.js', 'assert.equal(tried.add(2, 3), 5);') },
  total: { 'total.js': 'import * as sums from "./sum.js";\nexport const total = (list) => list.reduce(sums.plus, 0);\n', 'total.test.js': testOf('totals', 'total.js', 'assert.equal(tried.total([1, 2, 3]), 6);') },
};

describe('two tasks at once', function () {
  this.timeout(60_000);
  let ground: Ground;
  let server: ModelServer;
  let repository: string;

  beforeEach(async () => {
    ground = openGround();
    repository = ground.repository('sums', project);
    // An agent whose work came back red writes a note and believes that this helps.
    server = await startModelServer(({ request, calls, evidence, number }): ModelAnswer => {
      const files = Object.entries(evidence === '' ? written[request] ?? {} : { 'note.txt': `attempt ${number}\n` });
      const [path, content] = files[calls.length] ?? [];
      return path === undefined ? call('finish', { summary: 'done' }) : call('write_file', { path, content });
    });
  });
  afterEach(async () => {
    await server.close();
    await ground.close();
  });

  const main = (what = 'main'): string => ground.git(repository, 'rev-parse', what).trim();
  const subjects = (): string[] => ground.git(repository, 'log', '--format=%s', 'main').trim().split('\n');
  const treeline = (...words: string[]): Promise<Ended> => ground.treeline([...words, '--repo', repository, '--json'], {
    environment: { ANTHROPIC_API_KEY: server.endpoints.anthropic.apiKey, ANTHROPIC_BASE_URL: server.endpoints.anthropic.baseUrl ?? '' },
  });

  async function launch(request: string, ...more: string[]): Promise<string> {
    const { code, stdout, stderr } = await treeline('run', request, '--workflow', 'quick-change', '--agent', 'implementer=anthropic:test', '--trust', '--detach', ...more);
    assert.equal(code, 0, stdout + stderr);
    return launchedDocument.parse(JSON.parse(stdout)).task;
  }
  async function watch(task: string, ...more: string[]): Promise<{ code: number | null; view: RunView }> {
    const { code, stdout } = await treeline('watch', task, ...more);
    return { code, view: lastView(stdout) };
  }
  /** Both stand at their merge checkpoints, proven on the same tip. */
  async function bothProven(first: string, second: string): Promise<[string, string]> {
    const tasks: [string, string] = [await launch(first), await launch(second)];
    const seen = await Promise.all(tasks.map((task) => watch(task)));
    assert.deepEqual(seen.map(({ code, view }) => [code, view.waiting?.for, view.evidence?.verdict]), [[3, 'checkpoint', 'accepted'], [3, 'checkpoint', 'accepted']]);
    return tasks;
  }
  /** The first lands; the approval of the second is for something that is no more. */
  async function landFirst([first, second]: readonly [string, string]): Promise<void> {
    assert.equal((await treeline('approve', first)).code, 0);
    assert.deepEqual(await watch(first).then(({ code, view }) => [code, view.state]), [0, 'merged']);
    const refused = await treeline('approve', second);
    assert.deepEqual([refused.code, (JSON.parse(refused.stdout) as { error: { code: string } }).error.code], [1, 'void'], refused.stdout);
  }
  const eventsOf = async (task: string): Promise<RunEvent[]> => (await readEvents(repository, task)).map(({ event }) => event as RunEvent);

  function assertClean(): void {
    assert.deepEqual([ground.git(repository, 'status', '--porcelain'), ground.git(repository, 'fsck', '--no-dangling')], ['', '']);
    assert.equal(ground.git(repository, 'rev-list', '--merges', 'main'), '');
  }

  it('REQ-RUN-09 on different files both land by themselves, one on top of the other, each proven on what it lands on', async () => {
    const tasks = [await launch('left file', '--yes'), await launch('right file', '--yes')];
    const seen = await Promise.all(tasks.map((task) => watch(task)));
    assert.deepEqual(seen.map(({ code, view }) => [code, view.state]), [[0, 'merged'], [0, 'merged']]);
    assert.deepEqual([subjects().slice(0, 2).sort(), subjects().length], [['left file', 'right file'], 3]);
    for (const task of tasks) {
      const events = await eventsOf(task);
      const landed = events.filter((event) => event.type === 'Landed');
      const made = events.findLast((event) => event.type === 'CandidateMade');
      const judged = events.findLast((event) => event.type === 'CandidateJudged');
      assert.deepEqual([landed.length, made?.onto, made?.commit, judged?.evidence.tree], [1, main(`${landed[0]?.commit}~1`), landed[0]?.commit, main(`${landed[0]?.commit}^{tree}`)]);
    }
    assertClean();
    assert.deepEqual([existsSync(`${repository}.worktrees`), ground.git(repository, 'branch', '--format=%(refname)')], [false, 'refs/heads/main\n']);
  });

  it('REQ-RUN-09 an approval that the other task\'s landing made void ends with 1; the second is gated on the merged result, approved anew, and lands', async () => {
    const tasks = await bothProven('left file', 'right file');
    await landFirst(tasks);
    const again = await watch(tasks[1]);
    assert.deepEqual([again.code, again.view.checkpoints.map(({ state }) => state), again.view.checkpoints[1]?.base], [3, ['void', 'open'], main()]);
    const judged = (await eventsOf(tasks[1])).filter((event) => event.type === 'CandidateJudged');
    assert.equal(judged.length, 2);
    assert.notEqual(judged[0]?.evidence.tree, judged[1]?.evidence.tree);
    assert.equal((await treeline('approve', tasks[1])).code, 0);
    assert.deepEqual(await watch(tasks[1]).then(({ code, view }) => [code, view.state]), [0, 'merged']);
    assert.deepEqual([subjects(), main('main^{tree}')], [['right file', 'left file', 'first'], judged[1]?.evidence.tree]);
    assertClean();
  });

  it('in the same lines: the conflict is told with its files, the second is done again on what landed, and main is untouched by it until a person approves', async () => {
    const tasks = await bothProven('two is deux', 'two is zwei');
    await landFirst(tasks);
    const landed = main();
    const { code, view } = await watch(tasks[1]);
    assert.deepEqual([code, view.waiting?.for, view.evidence?.verdict, view.conflicts, main()], [3, 'checkpoint', 'accepted', [{ onto: landed, files: ['lines.txt'] }], landed]);
    assert.deepEqual([subjects(), ground.git(repository, 'show', 'main:lines.txt')], [['two is deux', 'first'], 'one\ndeux\nthree\n']);
    assert.match((await ground.treeline(['approve', tasks[1], '--repo', repository, '--json'])).stdout, /"state":"approved"/);
    assert.deepEqual(await watch(tasks[1]).then((end) => [end.code, end.view.state]), [0, 'merged']);
    assert.deepEqual([subjects(), ground.git(repository, 'show', 'main:lines.txt')], [['two is zwei', 'two is deux', 'first'], 'one\nzwei\nthree\n']);
    assertClean();
  });

  it('green alone and red together: the second is rejected on the merged tree, and main stays green', async () => {
    const tasks = await bothProven('rename', 'total');
    await landFirst(tasks);
    const landed = main();
    const { code, view } = await watch(tasks[1]);
    assert.deepEqual([code, view.state, view.evidence?.verdict, main()], [1, 'failed', 'rejected', landed], JSON.stringify(view.failures));
    assert.deepEqual([subjects(), ground.git(repository, 'ls-tree', '--name-only', 'main')], [['rename', 'first'], 'add.test.js\nlines.txt\npackage.json\nsum.js\nsum.test.js\n']);
    const judged = (await eventsOf(tasks[1])).filter((event) => event.type === 'CandidateJudged').map(({ evidence }) => `${evidence.verdict}: ${evidence.reason}`);
    assert.equal(judged[0], 'accepted: passed');
    assert.ok(judged.length >= 2 && judged.slice(1).every((word) => word.startsWith('rejected')), judged.join());
    assertClean();
  });
});
