// A task from launch to its end by the command line alone, as a script or a CI calls it.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod';
import { eventDocument, exportDocument, journalCheckDocument, launchedDocument, listDocument, logDocument } from '../../src/cli/documents.ts';
import { runViewSchema } from '../../src/protocol/runView.ts';
import { until } from '../support/until.ts';
import { cli, lastView, openGround } from './support/ground.ts';
import type { Ended, Ground } from './support/ground.ts';

const story = (JSON.parse(readFileSync(join(import.meta.dirname, '../../media/demo.json'), 'utf8')) as { request: string }).request;

describe('a task on the command line', () => {
  let ground: Ground;
  let repository: string;
  beforeEach(async () => { ground = openGround(); repository = await ground.sample(); });
  afterEach(() => ground.close());

  const treeline = (...words: string[]): Promise<Ended> => ground.treeline([...words, '--repo', repository]);
  const run = (...words: string[]): Promise<Ended> => treeline('run', story, '--agent', 'implementer=demo', ...words);
  /** The document that a command prints, which has to end with 0. */
  const document = async <Shape>(schema: z.ZodType<Shape>, ...words: string[]): Promise<Shape> => {
    const ended = await treeline(...words, '--json');
    assert.equal(ended.code, 0, `${words.join(' ')}: ${ended.stdout}${ended.stderr}`);
    return schema.parse(JSON.parse(ended.stdout));
  };

  it('REQ-CLI-06 REQ-CLI-14 REQ-CLI-17 REQ-CLI-18: waits, is corrected, approved and merged', async () => {
    const launched = await run('--json');
    assert.equal(launched.code, 3, launched.stderr);
    const planned = lastView(launched.stdout);
    const events = launched.stdout.trimEnd().split('\n').slice(0, -1).map((line) => eventDocument.strict().parse(JSON.parse(line)));
    assert.deepEqual(events.map((event) => event.seq), Array.from({ length: planned.seq }, (_, at) => at + 1));
    assert.deepEqual([planned.state, planned.waiting?.for, planned.checkpoints.map((checkpoint) => checkpoint.kind)], ['waiting', 'checkpoint', ['plan']]);

    const task = planned.task.slice(0, 8);
    assert.equal((await treeline('approve', task, '--checkpoint', 'nosuch', '--json')).code, 2);
    assert.equal((await document(runViewSchema, 'approve', task)).checkpoints[0]?.state, 'approved');
    const watched = await treeline('watch', task, '--json');
    assert.equal(watched.code, 3, watched.stderr);
    const built = lastView(watched.stdout);
    assert.deepEqual([built.waiting?.for, built.subtasks.map((subtask) => subtask.state), built.review !== null], ['checkpoint', ['done', 'done', 'done'], true]);
    assert.equal(built.worktrees.length > 0, true);

    assert.equal((await treeline('approve', task, '--commit', 'deadbeef')).code, 1);
    const nowhere = await treeline('request-changes', task, '--comment', 'src/csv.js:9999: here', '--comment', 'csv.js:1: there', '--comment', 'fine');
    assert.match(`${nowhere.code} ${nowhere.stderr}`, /^2 src\/csv\.js has \d+ lines in [0-9a-f]{10}: there is no line 9999\. There is no file csv\.js in [0-9a-f]{10}; there is src\/csv\.js\.\nMend FILE:LINE/);
    assert.equal((await treeline('request-changes', task, '--comment', 'src/csv.js:1: say in the file what it is for')).code, 0);
    const again = lastView((await treeline('watch', task, '--until', 'waiting', '--json')).stdout);
    assert.deepEqual([again.waiting?.for, again.checkpoints.map((checkpoint) => checkpoint.state)], ['checkpoint', ['approved', 'changes-requested', 'open']]);

    // The target moves on: what was reviewed is not what would land.
    writeFileSync(join(repository, 'NOTES.md'), 'mine\n');
    ground.git(repository, 'add', '--all');
    ground.git(repository, 'commit', '--quiet', '--message', 'mine');
    const late = await treeline('approve', task, '--json');
    assert.deepEqual([late.code, (JSON.parse(late.stdout) as { error: { code: string } }).error.code], [1, 'void']);
    assert.equal((await treeline('watch', task)).code, 3);

    assert.equal((await treeline('approve', task)).code, 0);
    const merged = await treeline('watch', task, '--json');
    assert.equal(merged.code, 0, merged.stderr);
    const end = lastView(merged.stdout);
    assert.deepEqual([end.state, end.merge?.commit, end.evidence?.verdict], ['merged', ground.git(repository, 'rev-parse', 'main').trim(), 'accepted']);

    const list = await document(listDocument.strict(), 'list');
    assert.deepEqual([list.runs.map((entry) => [entry.task, entry.state]), list.unreadable], [[[planned.task, 'merged']], []]);
    assert.deepEqual((await document(runViewSchema, 'show', task)).merge, end.merge);
    const { logs, text } = await document(logDocument.strict(), 'log', task, 'plan');
    assert.ok(logs.includes('plan#1') && text.length > 0);
    assert.deepEqual(await document(journalCheckDocument.strict(), 'journal', 'verify', task), { schema: 'treeline/journal-check/1', ok: true, files: [{ file: `runs/${planned.task}.jsonl`, entries: end.seq, bad: null }] });
    const whole = await document(exportDocument.strict(), 'journal', 'export', task);
    assert.deepEqual([whole.task, whole.events.length, whole.missing, whole.evidence.at(-1)?.document.evidence.tree, whole.evidence.at(-1)?.document.gates.map(({ tests }) => tests.length > 0)], [planned.task, end.seq, [], ground.git(repository, 'rev-parse', 'main^{tree}').trim(), [true]]);
    assert.match((await treeline('show', task)).stdout, /state +merged/);
    assert.equal((await treeline('approve', task, '--json')).code, 2);
  });

  it('lands on the branch of the worktree that the person stands in, not on that of another checkout which the same engine serves', async () => {
    assert.equal((await treeline('list')).code, 0);
    const linked = `${repository}-linked`;
    ground.git(repository, 'worktree', 'add', '--quiet', '-b', 'topic', linked);
    const launched = lastView((await ground.treeline(['run', story, '--agent', 'implementer=demo', '--json', '--repo', linked])).stdout);
    assert.deepEqual([launched.base.ref, launched.target], ['topic', 'refs/heads/topic']);
    assert.equal((await treeline('reject', launched.task, '--reason', 'seen')).code, 0);
    const other = lastView((await run('--json')).stdout);
    assert.deepEqual([other.base.ref, other.target], ['main', 'refs/heads/main']);
    assert.equal((await treeline('reject', other.task, '--reason', 'seen')).code, 0);
  });

  it('REQ-CLI-17: ends with 4 when a person rejects it, and keeps what it made', async () => {
    const { task } = lastView((await run('--json')).stdout);
    assert.equal((await treeline('reject', task, '--reason', 'not now')).code, 0);
    const watched = await treeline('watch', task);
    assert.equal(watched.code, 4);
    assert.match(watched.stdout, new RegExp(`rejected; everything it made is kept under refs/treeline/${task}`));
  });

  it('REQ-CLI-14: --yes=plan approves the plan alone', async () => {
    const ended = await run('--yes=plan', '--json');
    const view = lastView(ended.stdout);
    assert.deepEqual([ended.code, view.waiting?.for, view.checkpoints.map((checkpoint) => `${checkpoint.kind} ${checkpoint.state}`)], [3, 'checkpoint', ['plan approved', 'merge open']]);
  });

  it('REQ-CLI-14: ends with 5 at a budget, and goes on with a higher one', async () => {
    const ended = await run('--max-minutes', '0.0001', '--json');
    const view = lastView(ended.stdout);
    assert.deepEqual([ended.code, view.state, view.waiting?.for], [5, 'waiting', 'budget']);
    assert.match((await treeline('watch', view.task)).stdout, new RegExp(`treeline retry ${view.task} --max-minutes N`));
    assert.equal((await treeline('retry', view.task, '--max-minutes', '60')).code, 0);
    assert.equal((await treeline('watch', view.task)).code, 3);
  });

  it('REQ-CLI-14: a checkout with changes of the person\'s own holds up the landing alone', async () => {
    writeFileSync(join(repository, 'README.md'), 'being edited\n');
    const ended = await run('--yes', '--json');
    const view = lastView(ended.stdout);
    assert.deepEqual([ended.code, view.state, view.waiting?.for, view.merge?.state], [3, 'waiting', 'clean-checkout', 'waiting'], ended.stderr);
    assert.match(ended.stderr, /1 file with uncommitted changes/);
    assert.equal(readFileSync(join(repository, 'README.md'), 'utf8'), 'being edited\n');
    ground.git(repository, 'checkout', '--quiet', '--', 'README.md');
    await until('the merge to land by itself', async () => (await treeline('watch', view.task)).code, (code) => code === 0);
    assert.equal(ground.git(repository, 'status', '--porcelain'), '');
  });

  it('REQ-CLI-16: Ctrl-C leaves it running and says how to come back; --detach prints the id', async () => {
    ground.environment['TREELINE_DEMO_PACE_MS'] = '40';
    const child = ground.start(process.execPath, [cli, 'run', story, '--agent', 'implementer=demo', '--repo', repository]);
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
    const ended = new Promise<number | null>((resolve) => { child.on('close', resolve); });
    await until('the planner to work', () => stdout.includes('▸  plan'));
    child.kill('SIGINT');
    assert.equal(await ended, 130);
    const [, task] = /goes on without you\. Come back with:\n {2}treeline watch (\S+) --repo/.exec(stdout) ?? [];
    assert.ok(task !== undefined, stdout);
    assert.equal((await treeline('watch', task)).code, 3);

    const { task: second } = await document(launchedDocument, 'run', story, '--agent', 'implementer=demo', '--detach');
    assert.equal((await treeline('watch', second)).code, 3);
    const two = await treeline('watch', '--json');
    assert.deepEqual([two.code, (JSON.parse(two.stdout) as { error: { code: string } }).error.code], [2, 'ambiguous-task']);
    assert.equal((await treeline('cancel', second)).code, 0);
    assert.equal((await treeline('watch', second)).code, 1);
  });

  it('REQ-CLI-14: waits for a key that it was not given, and says what to do', async () => {
    const plain = ground.repository('plain', { 'package.json': JSON.stringify({ name: 'plain', scripts: { test: 'node --test' } }) });
    const ended = await ground.treeline(['run', 'x', '--agent', 'implementer=anthropic:some-model', '--trust', '--json', '--repo', plain]);
    const view = lastView(ended.stdout);
    assert.deepEqual([ended.code, view.state, view.waiting?.for], [3, 'waiting', 'key']);
    assert.match(view.waiting?.next ?? '', /key/i);
  });

  it('REQ-CLI-12: ends quietly when its reader goes away', async () => {
    const child = ground.start('bash', ['-c', 'set -o pipefail; "$0" "$1" schema event | head -1', process.execPath, cli]);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
    child.stdout.resume();
    assert.deepEqual([await new Promise((resolve) => { child.on('close', resolve); }), stderr], [0, '']);
  });

  it('REQ-CLI-21: verify passes the judge\'s document and exit code through', async () => {
    const ended = await treeline('verify', '--base', 'HEAD', '--head', 'HEAD', '--json');
    const { verdict, schema } = JSON.parse(ended.stdout) as { verdict: string; schema: string };
    assert.deepEqual([ended.code, schema, verdict], [0, 'treeline/verify/1', 'accepted']);
  });

  it('REQ-CLI-22: agents check finds the demo agent in the sample, and nobody elsewhere', async () => {
    const rows = async (at: string): Promise<[number | null, string[]]> => {
      const ended = await ground.treeline(['agents', 'check', '--json', '--repo', at]);
      return [ended.code, (JSON.parse(ended.stdout) as { agents: { provider: string; ok: boolean }[] }).agents.filter((agent) => agent.ok).map((agent) => agent.provider)];
    };
    assert.deepEqual(await rows(repository), [0, ['demo']]);
    assert.deepEqual(await rows(ground.folder), [6, []]);
    ground.environment['OPENAI_API_KEY'] = 'sk-of-the-test';
    assert.deepEqual(await rows(ground.folder), [0, ['openai']]);
  });
});
