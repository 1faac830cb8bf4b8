/** Tasks that depend on tasks, in the real engine: over real git, gates and journals, with commands for agents. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { RunState } from '../../src/core/state.ts';
import { status, waiting } from '../../src/core/status.ts';
import { git, makeSample } from '../app/support.ts';
import { openRealEngine, temporaryGround, workflowOf } from './support/realEngine.ts';
import type { RealEngine } from './support/realEngine.ts';

/** A command whose tree is landed behind the gate and a person's word. */
const workflow = (name: string, command: string) => workflowOf({
  name, description: '', steps: [
    { kind: 'run', id: 'write', needs: [], command, gives: 'tree' }, { kind: 'gate', id: 'test', needs: ['write'], repairs: 0 },
    { kind: 'checkpoint', id: 'approve', needs: ['test'], about: 'merge', rework: 'write' }, { kind: 'merge', id: 'merge', needs: ['approve'] },
  ],
});
const below = workflow('below', 'echo "a line" >> below.txt');

describe('tasks that depend on tasks in the real engine', function () {
  this.timeout(120_000);
  let ground: ReturnType<typeof temporaryGround>;
  let repository: string;
  let real: RealEngine;
  beforeEach(async () => {
    ground = temporaryGround();
    repository = join(ground.folder, 'shelf');
    await makeSample(repository);
    real = await openRealEngine(repository);
  });
  afterEach(async () => {
    await real.close();
    ground.end();
  });

  const by = 'a test';
  const approve = (task: string): Promise<RunState> => real.ask(task, { kind: 'approve', checkpoint: null, commit: null, waivers: [], ticks: [], by, tip: null });
  const waitsFor = (what: string) => (state: RunState): boolean => status(state) === 'waiting' && waiting(state)?.for === what;
  const atCheckpoint = (task: string): Promise<RunState> => real.until(task, waitsFor('checkpoint'));
  const ended = (task: string): Promise<RunState> => real.until(task, (state) => state.end !== null);
  const onMain = (path: string): string => git(repository, 'show', `main:${path}`);
  const inTree = (commit: string): string[] => git(repository, 'ls-tree', '--name-only', commit).split('\n').filter((name) => name.endsWith('.txt'));
  const subjects = (): string[] => git(repository, 'log', '--format=%s', 'main').split('\n').slice(0, -1);

  it('REQ-RUN-40: one waits until the other has landed, over a restart of the engine, and then sees what landed', async () => {
    const first = await real.launch(below, { request: 'Below' });
    const second = await real.launch(workflow('after', 'cat below.txt > copy.txt'), { request: 'After', upstream: { task: first, how: 'after' } });
    await atCheckpoint(first);
    assert.deepEqual([waiting((await real.standing(second)))?.why, real.engine.state(second)?.units], [`it starts when task ${first} has landed`, []]);
    await real.close();
    real = await openRealEngine(repository);
    await approve(first);
    const proven = await atCheckpoint(second);
    assert.deepEqual([proven.accepted.base.commit, proven.base, proven.units[0]?.attempts[0]?.start], Array.from({ length: 3 }, () => git(repository, 'rev-parse', 'main')));
    await approve(second);
    assert.deepEqual([status(await ended(second)), onMain('copy.txt'), subjects()], ['merged', 'a line', ['After', 'Below']]);
  });

  it('REQ-RUN-42 REQ-RUN-43 REQ-RUN-44: one stands on the other\'s branch, follows its rework, is gated again each time, and lands after it', async () => {
    const first = await real.launch(below, { request: 'Below' });
    await atCheckpoint(first);
    const second = await real.launch(workflow('on', 'wc -l < below.txt > count.txt; echo mine > own.txt'), { request: 'On', upstream: { task: first, how: 'on' } });
    const proven = await real.until(second, waitsFor('task'));
    assert.deepEqual([proven.base, inTree(proven.head), proven.candidateEvidence?.verdict, proven.checkpoints], [real.engine.state(first)?.head, ['below.txt', 'count.txt', 'own.txt'], 'accepted', []]);
    assert.equal(git(repository, 'rev-parse', `${proven.candidate?.commit ?? ''}~1`), real.engine.state(first)?.head);

    await real.ask(first, { kind: 'request-changes', checkpoint: null, comments: [{ file: null, line: null, text: 'again' }], by });
    const reworked = await real.until(first, (state) => waitsFor('checkpoint')(state) && state.checkpoints.length === 2);
    const again = await real.until(second, (state) => waitsFor('task')(state) && state.base === reworked.head && state.candidateEvidence !== null);
    assert.deepEqual([git(repository, 'show', `${again.head}:below.txt`), git(repository, 'rev-parse', `${again.head}~1`), again.candidate?.onto, again.units.map(({ attempts }) => attempts.length)], ['a line\na line', reworked.head, reworked.head, [1]]);
    assert.deepEqual(real.events(second).flatMap(({ type }) => (['UpstreamAtWork', 'Integrated', 'UnitJudged', 'UnitLanded', 'CandidateMade', 'CandidateJudged'].includes(type) ? [type] : [])), [
      'Integrated', 'UnitJudged', 'UnitLanded', 'CandidateMade', 'CandidateJudged', 'UpstreamAtWork', 'Integrated', 'UnitJudged', 'UnitLanded', 'CandidateMade', 'CandidateJudged',
    ]);

    await real.close();
    real = await openRealEngine(repository);
    await approve(first);
    await ended(first);
    const open = await atCheckpoint(second);
    assert.equal(open.candidate?.onto, git(repository, 'rev-parse', 'main'));
    await approve(second);
    assert.deepEqual([status(await ended(second)), subjects(), onMain('below.txt'), onMain('count.txt').trim()], ['merged', ['On', 'Below'], 'a line\na line', '1']);
    assert.deepEqual(git(repository, 'show', '--format=', '--name-only', 'main').split('\n'), ['count.txt', 'own.txt']);
  });

  it('REQ-RUN-45: a command whose work conflicts with the rework below is run again on top of that', async () => {
    const first = await real.launch(below, { request: 'Below' });
    await atCheckpoint(first);
    const second = await real.launch(workflow('on', 'sed -i "s/a line/my line/" below.txt'), { request: 'On', upstream: { task: first, how: 'on' } });
    await real.until(second, waitsFor('task'));
    await real.ask(first, { kind: 'request-changes', checkpoint: null, comments: [{ file: null, line: null, text: 'again' }], by });
    const reworked = await real.until(first, (state) => waitsFor('checkpoint')(state) && state.checkpoints.length === 2);
    const again = await real.until(second, (state) => waitsFor('task')(state) && state.base === reworked.head && state.candidateEvidence !== null);
    assert.deepEqual([git(repository, 'show', `${again.head}:below.txt`), again.units.map(({ attempts }) => attempts.length)], ['my line\nmy line', [2]]);
  });

  it('REQ-RUN-41: when the other one is rejected both kinds wait for a person, and go on without it only by their word', async () => {
    const first = await real.launch(below, { request: 'Below' });
    await atCheckpoint(first);
    const on = await real.launch(workflow('on', 'echo mine > own.txt'), { request: 'On', upstream: { task: first, how: 'on' } });
    const after = await real.launch(workflow('after', 'ls > list.txt'), { request: 'After', upstream: { task: first, how: 'after' } });
    await real.until(on, waitsFor('task'));
    await real.ask(first, { kind: 'reject', checkpoint: null, reason: 'not so', by });
    const lost = await Promise.all([on, after].map((task) => real.until(task, (state) => state.upstream?.standing === 'lost')));
    assert.deepEqual(lost.map((state) => [status(state), waiting(state)?.why]), [['waiting', `task ${first} was rejected (not so), and this one stands on it`], ['waiting', `task ${first} was rejected (not so), and this one was to start after it`]]);
    await real.ask(after, { kind: 'cancel', by });
    await real.ask(on, { kind: 'retry', at: null, budget: null, by });
    await atCheckpoint(on);
    await approve(on);
    assert.deepEqual([status(await ended(on)), subjects(), git(repository, 'show', '--format=', '--name-only', 'main')], ['merged', ['On'], 'own.txt']);
  });
});
