// Each built-in workflow from its request to its end: scripted models behind the real SDKs, real git, real worktrees, real gates.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { ranked } from '../../src/core/choice.ts';
import type { RunState } from '../../src/core/state.ts';
import { openCheckpoints } from '../../src/core/state.ts';
import { status, waiting } from '../../src/core/status.ts';
import { git } from '../app/support.ts';
import { builtinWorkflow } from '../support/given.ts';
import { call, startModelServer } from '../support/modelServer.ts';
import type { ModelAnswer, ModelRequest, ModelScript, ModelServer } from '../support/modelServer.ts';
import { openRealEngine, temporaryGround } from './support/realEngine.ts';
import type { RealEngine } from './support/realEngine.ts';

type Files = Readonly<Record<string, string>>;

const testOf = (name: string, file: string, body: string): string => `import { test } from "node:test";\nimport assert from "node:assert/strict";\nimport * as tried from "./${file}";\ntest("${name}", () => { ${body} });\n`;
const project: Files = {
  'package.json': JSON.stringify({ name: 'sums', type: 'module', scripts: { test: 'node --test' } }),
  'sum.js': 'export const sum = (a, b) => a + b;\n', 'sum.test.js': testOf('adds', 'sum.js', 'assert.equal(tried.sum(2, 3), 5);'),
  'mean.js': 'export const mean = (list) => list.reduce((one, other) => one + other, 0) / list.length;\n', 'mean.test.js': testOf('takes the mean', 'mean.js', 'assert.equal(tried.mean([2, 4]), 3);'),
};
const total = (sign = '+'): Files => ({ 'total.js': `export const total = (list) => list.reduce((one, other) => one ${sign} other, 0);\n`, 'total.test.js': testOf('totals', 'total.js', 'assert.equal(tried.total([1, 2, 3]), 6);') });
const count: Files = { 'count.js': 'export const count = (list) => list.length;\n', 'count.test.js': testOf('counts', 'count.js', 'assert.equal(tried.count([1, 2]), 2);') };

/** Writes the files one after another, then says that it is done. */
function writes({ calls }: ModelRequest, files: Files): ModelAnswer {
  const [path, content] = Object.entries(files)[calls.length] ?? [];
  return path === undefined ? call('finish', { summary: 'It is done.' }) : call('write_file', { path, content });
}
const reviewed = ({ request }: ModelRequest): ModelAnswer => call('submit_review', { summary: 'Nothing to mend.', criteria: [{ criterion: request, verdict: 'met', why: 'It is there.' }], findings: [], verdict: 'approve' });
const subtask = (id: string, needs: string[] = []) => ({ id, title: `Add ${id}`, description: `Write ${id}.js and its test.`, scope: [`${id}.js`, `${id}.test.js`], needs });

describe('each built-in workflow, end to end', function () {
  this.timeout(120_000);
  let ground: ReturnType<typeof temporaryGround>;
  let repository: string;
  let server: ModelServer | undefined;
  let real: RealEngine | undefined;

  beforeEach(() => {
    ground = temporaryGround();
    repository = join(ground.folder, 'sums');
    mkdirSync(repository);
    git(repository, 'init', '--quiet', '--initial-branch=main');
    commit(project, 'first');
  });
  afterEach(async () => {
    await real?.close();
    await server?.close();
    [real, server] = [undefined, undefined];
    ground.end();
  });

  function commit(files: Files, message: string): void {
    for (const [path, text] of Object.entries(files)) writeFileSync(join(repository, path), text);
    git(repository, 'add', '--all');
    git(repository, 'commit', '--quiet', '--message', message);
  }
  async function open(script: ModelScript): Promise<RealEngine> {
    server = await startModelServer(script);
    real = await openRealEngine(repository, { endpoints: server.endpoints });
    return real;
  }
  const agents = { implementer: ['anthropic:test'], reviewer: ['openai:test'] };
  const approval = { kind: 'approve', checkpoint: null, commit: null, waivers: [], ticks: [], by: 'a test', tip: null } as const;
  const comments = (text: string) => ({ kind: 'request-changes', checkpoint: null, comments: [{ file: null, line: null, text }], by: 'a test' }) as const;

  const openAt = (state: RunState): string | undefined => openCheckpoints(state)[0]?.step;
  const attempts = (state: RunState): Record<string, string[]> => Object.fromEntries(state.units.map((unit) => [unit.id, unit.attempts.map(({ outcome }) => outcome?.kind ?? 'none')]));
  const decided = (state: RunState): string[] => state.checkpoints.map((checkpoint) => `${checkpoint.step} ${checkpoint.state}`);
  const subjects = (): string[] => git(repository, 'log', '--format=%s', 'main').split('\n');
  /** What is left when a run has ended: a clean checkout at main's tip, whose tests pass, and nothing of ours beside it. */
  async function leftBehind(task: string): Promise<unknown> {
    await real?.engine.settled(task);
    assert.deepEqual(server?.faults, []);
    return { status: git(repository, 'status', '--porcelain'), branches: git(repository, 'branch', '--format=%(refname:short)').split('\n'), worktrees: git(repository, 'worktree', 'list').split('\n').length, tests: spawnSync(process.execPath, ['--test'], { cwd: repository, env: { PATH: process.env['PATH'] } }).status };
  }
  const nothingLeft = { status: '', branches: ['main'], worktrees: 1, tests: 0 };

  it('REQ-WORKFLOW-13 quick-change: a red gate is repaired, a person\'s comments are answered, and what was approved lands', async () => {
    const { launch, standing, ask } = await open((talk) => writes(talk, talk.comments.length > 0 ? { 'NOTES.md': `${talk.comments.join()}\n` } : total(talk.evidence === '' ? '-' : '+')));
    const task = await launch(builtinWorkflow('quick-change'), { request: 'Add a total', agents });
    const proven = await standing(task);
    assert.deepEqual([openAt(proven), proven.candidateEvidence?.verdict, attempts(proven)], ['approve-merge', 'accepted', { implement: ['tree', 'tree'] }]);
    await ask(task, comments('Say so in NOTES.md'));
    assert.equal(openAt(await standing(task)), 'approve-merge');
    await ask(task, approval);
    const state = await standing(task);
    assert.deepEqual([status(state), attempts(state), decided(state)], ['merged', { implement: ['tree', 'tree', 'tree'] }, ['approve-merge changes-requested', 'approve-merge approved']]);
    assert.deepEqual([subjects(), git(repository, 'show', 'main:NOTES.md'), git(repository, 'diff', '--name-only', 'main~1', 'main')], [['Add a total', 'first'], 'Say so in NOTES.md', 'NOTES.md\ntotal.js\ntotal.test.js']);
    assert.deepEqual(await leftBehind(task), nothingLeft);
  });

  it('REQ-WORKFLOW-13 spec-and-build: the plan is corrected and approved, its subtasks land in their order, the review of another provider comes before the merge', async () => {
    const { launch, standing, ask, events } = await open((talk) => {
      if (talk.gives === 'plan') return call('submit_plan', { summary: 'Parts.', subtasks: talk.comments.length === 0 ? [subtask('total')] : [subtask('total'), subtask('count', ['total'])] });
      if (talk.gives === 'review') return reviewed(talk);
      return writes(talk, talk.subtask?.id === 'count' ? count : total());
    });
    const task = await launch(builtinWorkflow('spec-and-build'), { request: 'Add a total and a count', agents });
    assert.equal(openAt(await standing(task)), 'approve-plan');
    await ask(task, comments('The count is missing'));
    const planned = await standing(task);
    assert.deepEqual([openAt(planned), planned.planVersion, planned.plan?.subtasks.map(({ id }) => id)], ['approve-plan', 2, ['total', 'count']]);
    await ask(task, approval);
    const proven = await standing(task);
    assert.deepEqual([openAt(proven), proven.review?.summary, proven.candidateEvidence?.verdict], ['approve-merge', 'Nothing to mend.', 'accepted']);
    await ask(task, approval);
    const state = await standing(task);
    assert.deepEqual([status(state), attempts(state), decided(state)], [
      'merged', { plan: ['plan', 'plan'], 'implement/total': ['tree'], 'implement/count': ['tree'], review: ['review'] }, ['approve-plan changes-requested', 'approve-plan approved', 'approve-merge approved'],
    ]);
    assert.deepEqual(events(task).flatMap((event) => (event.type === 'UnitLanded' || event.type === 'Landed' ? ['unit' in event ? event.unit : event.type] : [])), ['implement/total', 'implement/count', 'Landed']);
    assert.deepEqual([subjects(), server?.requests.filter((request) => request.gives === 'review').every((request) => request.protocol === 'openai')], [['Add a total and a count', 'first'], true]);
    assert.deepEqual(await leftBehind(task), nothingLeft);
  });

  it('REQ-WORKFLOW-13 full-sdd: each document is corrected, edited by hand or approved, and later steps work from the version that was approved', async () => {
    const { launch, standing, ask } = await open((talk) => {
      if (talk.gives === 'document') return call('submit_document', { text: `# ${talk.document ?? ''}\n\nREQ-SUM-01 WHEN numbers are given, the system SHALL give their total.\n${talk.comments.map((comment) => `- ${comment}\n`).join('')}` });
      if (talk.gives === 'plan') return call('submit_plan', { summary: 'One part.', subtasks: [{ ...subtask('total'), requirements: ['REQ-SUM-01'], tests: ['totals'] }] });
      if (talk.gives === 'review') return reviewed(talk);
      return writes(talk, total());
    });
    const task = await launch(builtinWorkflow('full-sdd'), { request: 'Add a total', agents });
    assert.equal(openAt(await standing(task)), 'approve-requirements');
    await ask(task, comments('An empty list is 0'));
    const corrected = await standing(task);
    assert.deepEqual([openAt(corrected), corrected.artifacts['requirements.md']?.map(({ text }) => text.includes('An empty list is 0'))], ['approve-requirements', [false, true]]);
    await ask(task, approval);
    assert.equal(openAt(await standing(task)), 'approve-spec');
    await ask(task, { kind: 'edit', checkpoint: null, text: '# spec.md\n\nBy hand: one loop.\n', by: 'a test' });
    assert.equal(openAt(await standing(task)), 'approve-spec');
    await ask(task, approval);
    assert.equal(openAt(await standing(task)), 'approve-plan');
    await ask(task, approval);
    const proven = await standing(task);
    assert.deepEqual([openAt(proven), proven.candidateEvidence?.verdict, proven.candidateEvidence?.declared], ['approve-merge', 'accepted', [{ test: 'totals', state: 'passed' }]]);
    await ask(task, approval);
    const state = await standing(task);
    assert.deepEqual([status(state), attempts(state), decided(state)], [
      'merged', { requirements: ['document', 'document'], 'check-requirements': ['document', 'document'], spec: ['document'], 'check-spec': ['document'], plan: ['plan'], 'implement/total': ['tree'], review: ['review'] },
      ['approve-requirements changes-requested', 'approve-requirements approved', 'approve-spec void', 'approve-spec approved', 'approve-plan approved', 'approve-merge approved'],
    ]);
    const implementer = server?.requests.find((request) => request.subtask?.id === 'total');
    assert.deepEqual(['An empty list is 0', 'By hand: one loop.'].map((words) => JSON.stringify(implementer?.body).includes(words)), [true, true]);
    assert.deepEqual([subjects(), await leftBehind(task)], [['Add a total', 'first'], nothingLeft]);
  });

  const noBug = (verdict: 'bug' | 'no-bug'): ModelScript => (talk) => {
    if (talk.gives === 'document') return call('submit_document', { text: '# Investigation\n\nmean.js, line 1: an empty list is divided by 0.\n', outputs: { verdict } });
    if (talk.gives === 'review') return reviewed(talk);
    if (talk.role === 'tester') return writes(talk, { 'empty.test.js': testOf('has 0 for an empty list', 'mean.js', 'assert.equal(tried.mean([]), 0);') });
    return writes(talk, { 'mean.js': 'export const mean = (list) => (list.length === 0 ? 0 : list.reduce((one, other) => one + other, 0) / list.length);\n' });
  };

  it('REQ-WORKFLOW-13 fix-bug: the test that shows the bug lands first and fails; after the fix it passes, and both land as one', async () => {
    const { launch, standing, ask, events } = await open(noBug('bug'));
    const task = await launch(builtinWorkflow('fix-bug'), { request: 'The mean of nothing is NaN', agents });
    const proven = await standing(task);
    const landed = events(task).flatMap((event) => (event.type === 'UnitLanded' ? [event] : []));
    assert.deepEqual([openAt(proven), landed.map(({ unit }) => unit), attempts(proven)], ['approve-merge', ['reproduce', 'fix'], { investigate: ['document'], reproduce: ['tree'], fix: ['tree'], review: ['review'] }]);
    // Both commits, tried as they are: red with the test alone, green with the fix.
    const tried = landed.map(({ unit, commit: at }) => {
      const folder = join(ground.folder, unit);
      mkdirSync(folder);
      execFileSync('tar', ['-x', '-C', folder], { input: execFileSync('git', ['archive', at], { cwd: repository }) });
      const { status: code, stdout } = spawnSync(process.execPath, ['--test'], { cwd: folder, encoding: 'utf8', env: { PATH: process.env['PATH'] } });
      return [code, stdout.includes('has 0 for an empty list')];
    });
    assert.deepEqual([tried, proven.candidateEvidence?.verdict], [[[1, true], [0, true]], 'accepted']);
    await ask(task, approval);
    const state = await standing(task);
    assert.deepEqual([status(state), subjects(), git(repository, 'diff', '--name-only', 'main~1', 'main')], ['merged', ['The mean of nothing is NaN', 'first'], 'empty.test.js\nmean.js']);
    assert.deepEqual(await leftBehind(task), nothingLeft);
  });

  it('REQ-WORKFLOW-13 fix-bug: where there is no bug it ends with the findings and changes nothing', async () => {
    const { launch, standing } = await open(noBug('no-bug'));
    const task = await launch(builtinWorkflow('fix-bug'), { request: 'The mean of nothing is NaN', agents });
    const state = await standing(task);
    assert.deepEqual([status(state), attempts(state), state.steps.filter((step) => step.status !== 'skipped').map((step) => step.id), state.artifacts['investigation.md']?.length], ['done', { investigate: ['document'] }, ['investigate'], 1]);
    assert.deepEqual([subjects(), await leftBehind(task)], [['first'], nothingLeft]);
  });

  it('REQ-WORKFLOW-13 race: three agents do the same, the gates rank what they made, a person takes the second, and only that lands', async () => {
    const made: Readonly<Record<string, Files>> = { one: { ...total(), 'why.txt': 'one\n' }, two: total('-'), three: total() };
    const { launch, standing, ask } = await open((talk) => writes(talk, talk.evidence === '' ? made[String(talk.body['model'])] ?? {} : { 'note.txt': 'I believe that this helps.\n' }));
    const task = await launch(builtinWorkflow('race'), { request: 'Add a total', agents: { implementer: ['anthropic:one', 'openai:two', 'anthropic:three'] } });
    const choosing = await standing(task);
    const candidates = ranked(choosing, 'build');
    assert.deepEqual([openAt(choosing), candidates.map(({ unit, agent, evidence, files }) => [unit, agent, evidence?.verdict, files])], ['choose', [
      ['build/3', 'anthropic:three', 'accepted', 2], ['build/1', 'anthropic:one', 'accepted', 3], ['build/2', 'openai:two', 'rejected', 3],
    ]]);
    await ask(task, { ...approval, commit: candidates[1]?.commit ?? '' });
    const proven = await standing(task);
    assert.deepEqual([openAt(proven), proven.candidateEvidence?.verdict, proven.units.map((unit) => `${unit.id} ${unit.phase.kind}`)], ['approve-merge', 'accepted', ['build/1 landed', 'build/2 skipped', 'build/3 skipped']]);
    await ask(task, approval);
    const state = await standing(task);
    assert.deepEqual([status(state), decided(state), subjects(), git(repository, 'diff', '--name-only', 'main~1', 'main')], ['merged', ['choose approved', 'approve-merge approved'], ['Add a total', 'first'], 'total.js\ntotal.test.js\nwhy.txt']);
    assert.deepEqual(await leftBehind(task), nothingLeft);
  });

  it('REQ-WORKFLOW-13 review-only: a branch is read with what it changed, the review is there, and nothing has moved', async () => {
    git(repository, 'switch', '--quiet', '--create', 'feature');
    commit(count, 'Add a count');
    git(repository, 'switch', '--quiet', 'main');
    const before = git(repository, 'for-each-ref', 'refs/heads');
    const { launch, standing } = await open((talk) => call('submit_review', { summary: `Read ${talk.diff.split('\n').filter((line) => line.startsWith('+++')).join(', ')}`, criteria: [], findings: [{ file: 'count.js', line: 1, severity: 'high', message: 'A list may be missing.' }], verdict: 'changes' }));
    const task = await launch(builtinWorkflow('review-only'), { request: 'Review this branch', base: 'feature', inputs: { from: git(repository, 'rev-parse', 'main') }, agents });
    const state = await standing(task);
    assert.deepEqual([status(state), waiting(state), attempts(state), state.review?.summary, state.review?.findings.length], ['done', null, { range: ['result'], review: ['review'] }, 'Read +++ b/count.js, +++ b/count.test.js', 1]);
    assert.deepEqual([await leftBehind(task), git(repository, 'for-each-ref', 'refs/heads')], [{ ...nothingLeft, branches: ['feature', 'main'] }, before]);
  });
});
