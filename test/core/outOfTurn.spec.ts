/** Work that lands out of its turn, is begun again, or is overtaken: cases that the simulation of drawn workflows came upon. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunEvent } from '../../src/core/event.ts';
import { workflowSchema } from '../../src/core/workflow.ts';
import { accepted, changed, evidence, finishedAttempt, given, integrated, judgedUnit, landed, planApproved, startedAttempt } from '../support/given.ts';

const waiver: RunEvent = { type: 'GateWaived', at: 'implement/a', gate: 'unit', reason: 'known', by: 'you' };
const broken = [...planApproved(), ...changed('implement/a'), integrated('implement/a', 'base'), judgedUnit('implement/a', evidence('t', 'error', 'setup-failed'))];
const behind = [...broken, ...changed('implement/b'), integrated('implement/b', 'base')];

function of(steps: readonly object[], events: readonly RunEvent[]) {
  return given([{ ...accepted(), workflow: workflowSchema.parse({ name: 'case', description: '', steps }) } as RunEvent, ...events]);
}

describe('REQ-RUN-04 a gate that a person waives while another unit is on its way', () => {
  it('lets its unit land first on the tip that it was judged on; the other is laid on the new one and judged again', () => {
    const first = given([...behind, waiver]);
    const then = given([...behind, waiver, landed('implement/a', 'after-a')]);
    assert.deepEqual([first.commands(), then.commands()], [['advance implement/a#1:advance'], ['integrate implement/b#1:integrate.2@after-a']]);
  });

  it('lets its unit wait while the other is about to move the tip', () => {
    const moving = [...behind, judgedUnit('implement/b', evidence('implement/b-1-tree'))];
    const then = given([...moving, waiver, landed('implement/b', 'after-b')]);
    assert.deepEqual([given([...moving, waiver]).commands(), then.commands()], [['advance implement/b#1:advance'], ['integrate implement/a#1:integrate.2@after-b']]);
  });

  it('lets its unit wait also while it is not known whether the other has moved it', () => {
    const unsure: RunEvent = { type: 'CommandFailed', command: 'implement/b#1:advance', at: 'implement/b', reason: 'failed', message: 'broken', next: 'Retry.' };
    const again: RunEvent = { type: 'RetryRequested', at: 'implement/b', by: 'you', budget: null };
    const events = [...behind, judgedUnit('implement/b', evidence('implement/b-1-tree')), unsure, waiver];
    assert.deepEqual([given(events).commands(), given([...events, again]).commands()], [[], ['advance implement/b#1:advance']]);
  });
});

describe('REQ-FLOW-07 a retry of all that stands', () => {
  it('leaves what failed as an outcome: its step is over', () => {
    const steps = [
      { id: 'look', kind: 'agent', role: 'implementer', gives: 'result', repairs: 0, needs: [], loop: { until: 'round >= 1', max: 2 } },
      { id: 'make', kind: 'agent', role: 'implementer', gives: 'result', repairs: 0, needs: [] },
    ];
    const refused = (unit: string): RunEvent[] => [startedAttempt(unit), finishedAttempt(unit, { kind: 'failed', failure: 'refused', message: 'no', retryAt: null })];
    const run = of(steps, [...refused('look'), ...refused('make'), { type: 'RetryRequested', at: null, by: 'you', budget: null }]);
    assert.deepEqual([run.state.steps.map((step) => step.status), run.commands()], [['done', 'active'], ['work make#2']]);
  });
});

describe('REQ-FLOW-15 a merge that nobody is asked about', () => {
  it('lands what is there now, not what was proven for another merge before the work was done again', () => {
    const steps = [
      { id: 'make', kind: 'agent', role: 'implementer', gives: 'tree', landing: 'direct', repairs: 0, needs: [] }, { id: 'land', kind: 'merge', needs: ['make'] },
      { id: 'look', kind: 'checkpoint', about: 'merge', needs: ['land'], rework: 'make' },
    ];
    const made = (step: string, head: string, onto: string, commit: string): RunEvent[] => [
      { type: 'CandidateMade', command: `${step}#1:candidate`, step, n: 1, head, onto, commit, tree: commit }, { type: 'CandidateJudged', command: `${step}#1:gate`, step, n: 1, evidence: evidence(commit) },
    ];
    const work = (n: number, onto: string): RunEvent[] => [...changed('make', n), integrated('make', onto, n), landed('make', `h${n}`, n)];
    const run = of(steps, [
      ...work(1, 'base'), ...made('land', 'h1', 'base', 'squash'), { type: 'Landed', command: 'land#1', commit: 'squash', tree: 'squash', target: 'refs/heads/main' }, ...made('look', 'h1', 'squash', 'nothing-new'),
      { type: 'ChangesRequested', checkpoint: 'look#1', comments: [{ file: null, line: null, text: 'better' }], by: 'you' }, ...work(2, 'h1'),
    ]);
    assert.deepEqual(run.commands(), ['make-candidate land#2:candidate']);
  });
});

describe('REQ-FLOW-10 work that is set back while it moves the tip of the branch', () => {
  const steps = [
    { id: 'ask', kind: 'checkpoint', about: 'review', needs: [], continueOnError: true },
    { id: 'first', kind: 'agent', role: 'implementer', gives: 'result', repairs: 0, needs: [] },
    { id: 'make', kind: 'agent', role: 'implementer', gives: 'tree', landing: 'direct', repairs: 0, needs: ['ask', 'first'], join: 'any' },
  ];
  const result = { kind: 'result', summary: 'seen' } as const;
  const moving: RunEvent[] = [startedAttempt('first'), finishedAttempt('first', result), ...changed('make'), integrated('make', 'base')];
  const rejected: RunEvent = { type: 'CheckpointRejected', checkpoint: 'ask#1', reason: 'no', by: 'you' };

  it('is let end, for the tip may have moved already; only then it begins anew, on what is there then', () => {
    const run = of(steps, [...moving, rejected]);
    assert.deepEqual([of(steps, moving).commands(), run.commands(), of(steps, [...moving, rejected, landed('make', 'h1')]).commands()], [['advance make#1:advance'], ['advance make#1:advance'], ['work make#2']]);
  });

  it('is waited for also where it is not known whether the tip has moved', () => {
    const broken: RunEvent = { type: 'CommandFailed', command: 'make#1:advance', at: 'make', reason: 'failed', message: 'broken', next: 'Retry.' };
    const again: RunEvent = { type: 'RetryRequested', at: null, by: 'you', budget: null };
    assert.deepEqual([of(steps, [...moving, broken, rejected]).commands(), of(steps, [...moving, broken, rejected, again]).commands()], [[], ['advance make#1:advance']]);
  });
});

describe('REQ-FLOW-15 a landing that waits for a clean checkout', () => {
  it('is asked about again when another gate says something else of its tree meanwhile', () => {
    const gate = (id: string): object => ({ id, kind: 'gate', repairs: 0, needs: ['make'] });
    const steps = [
      { id: 'make', kind: 'agent', role: 'implementer', gives: 'tree', landing: 'direct', repairs: 0, needs: [] }, gate('quick'), gate('slow'),
      { id: 'look', kind: 'checkpoint', about: 'merge', needs: ['quick'] }, { id: 'land', kind: 'merge', needs: ['look'] },
    ];
    const binding = { commit: 'squash', base: 'base', tree: 'squash', evidence: evidence('squash').id };
    const blocked: RunEvent[] = [
      ...changed('make'), integrated('make', 'base'), landed('make', 'h1'),
      { type: 'CandidateMade', command: 'quick#1:candidate', step: 'quick', n: 1, head: 'h1', onto: 'base', commit: 'squash', tree: 'squash' }, { type: 'CandidateJudged', command: 'quick#1:gate', step: 'quick', n: 1, evidence: evidence('squash') },
      { type: 'CheckpointApproved', checkpoint: 'look#1', binding, by: 'you', waivers: [], ticks: [] }, { type: 'LandingBlocked', command: 'land#1', reasons: ['a.ts is modified'] },
    ];
    const then = of(steps, [...blocked, { type: 'CandidateJudged', command: 'slow#1:gate', step: 'slow', n: 1, evidence: evidence('squash', 'not-verified', 'no-tests') }]);
    const open = (run: ReturnType<typeof of>): string[] => run.state.checkpoints.filter((checkpoint) => checkpoint.state === 'open').map(({ id }) => id);
    assert.deepEqual([of(steps, blocked).commands(), open(of(steps, blocked)), then.commands(), open(then)], [['judge-candidate slow#1:gate', 'land land#1'], [], [], ['look#2']]);
  });
});

describe('REQ-FLOW-15 what comes after a landing', () => {
  it('is all that the landed commit does not hold, also where another candidate was made while it landed', () => {
    const agent = (id: string): object => ({ id, kind: 'agent', role: 'implementer', gives: 'tree', landing: 'direct', repairs: 0, needs: [] });
    const steps = [agent('make'), agent('other'), { id: 'land', kind: 'merge', needs: ['make'] }, { id: 'test', kind: 'gate', repairs: 0, needs: ['other'] }, { id: 'last', kind: 'merge', needs: ['land', 'test'] }];
    const run = of(steps, [
      ...changed('make'), integrated('make', 'base'), landed('make', 'h1'),
      { type: 'CandidateMade', command: 'land#1:candidate', step: 'land', n: 1, head: 'h1', onto: 'base', commit: 'squash', tree: 'squash' }, { type: 'CandidateJudged', command: 'land#1:gate', step: 'land', n: 1, evidence: evidence('squash') },
      ...changed('other'), integrated('other', 'h1'), landed('other', 'h2'),
      { type: 'CandidateMade', command: 'test#1:candidate', step: 'test', n: 1, head: 'h2', onto: 'squash', commit: 'both', tree: 'both' },
      { type: 'Landed', command: 'land#1', commit: 'squash', tree: 'squash', target: 'refs/heads/main' }, { type: 'CandidateJudged', command: 'test#1:gate', step: 'test', n: 1, evidence: evidence('both') },
    ]);
    assert.deepEqual([run.state.base, run.state.head, run.commands()], ['h1', 'h2', ['land last#1']]);
  });
});

describe('REQ-FLOW-10 a step with a loop that begins anew', () => {
  it('begins with its first round: its condition is not asked about the last one of before', () => {
    const steps = [
      { id: 'make', kind: 'agent', role: 'implementer', gives: 'result', repairs: 0, needs: [] },
      { id: 'try', kind: 'run', command: 'true', needs: ['make'], if: 'round < 2', loop: { until: 'round >= 2', max: 3 } },
      { id: 'look', kind: 'checkpoint', about: 'review', needs: ['try'], rework: 'make' },
    ];
    const result = (unit: string, n = 1): RunEvent[] => [startedAttempt(unit, n), finishedAttempt(unit, { kind: 'result', summary: 'done' }, n)];
    const run = of(steps, [...result('make'), ...result('try'), ...result('try', 2), { type: 'ChangesRequested', checkpoint: 'look#1', comments: [{ file: null, line: null, text: 'better' }], by: 'you' }, ...result('make', 2)]);
    assert.deepEqual(run.commands(), ['work try#3']);
  });
});
