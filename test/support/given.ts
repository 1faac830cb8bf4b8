/** Sentences about a run: given([...events]).when(ask) / .commands() / .status(). Times are counted, one second per event. */
import { readFileSync } from 'node:fs';
import { accept } from '../../src/core/accept.ts';
import type { Ask } from '../../src/core/accept.ts';
import { decide } from '../../src/core/decide.ts';
import type { CheckpointKind, Recorded, RunEvent } from '../../src/core/event.ts';
import { fold } from '../../src/core/evolve.ts';
import type { Evidence } from '../../src/core/gate.ts';
import type { Plan, Review } from '../../src/core/plan.ts';
import type { RunState } from '../../src/core/state.ts';
import { status, waiting } from '../../src/core/status.ts';
import { noUsage } from '../../src/core/usage.ts';
import type { Reason, Verdict } from '../../src/core/verdict.ts';
import { readWorkflow } from '../../src/workflows/readWorkflow.ts';

export function builtinWorkflow(name: string) {
  const read = readWorkflow(readFileSync(new URL(`../../src/workflows/builtin/${name}.yaml`, import.meta.url), 'utf8'));
  if (!read.ok) throw new Error(read.refusal.map((mistake) => `${mistake.line}: ${mistake.message}`).join('\n'));
  return read.value.workflow;
}

export const startedAt = 1_700_000_000_000;

export function given(events: readonly RunEvent[]) {
  const records = events.map((event, index): Recorded<RunEvent> => ({ seq: index + 1, epoch: 1, at: startedAt + index * 1_000, event }));
  const state = fold(records) as RunState;
  return {
    state,
    commands: (): string[] => decide(state).map((command) => `${command.kind} ${command.id}`),
    standing: () => ({ status: status(state), waitingFor: waiting(state)?.for ?? null }),
    when: (ask: Ask) => {
      const answer = accept(state, ask);
      return answer.ok ? { then: answer.value } : { refused: answer.refusal.code, becauseTrue: answer.refusal.events.map((event) => event.type) };
    },
  };
}

export function accepted(workflow = 'spec-and-build', yes: CheckpointKind[] = []): RunEvent {
  return {
    type: 'TaskAccepted', version: 1, task: 't1', request: 'add csv export', title: 'Add csv export', workflow: builtinWorkflow(workflow), workflowHash: 'w',
    base: { ref: 'main', commit: 'base', tree: 'base-tree' }, target: 'refs/heads/main', specs: [], agents: { implementer: ['demo'] }, sameProvider: false,
    budget: { usd: null, minutes: null }, settings: { sandbox: 'prefer', slots: 3, yes, stepMinutes: 30 },
    content: { hash: 'c', setup: null, copy: [], gates: [], protect: [], target: null }, by: 'you', inputs: {},
  };
}

export const plan: Plan = {
  summary: 'two parts and a third that needs both',
  subtasks: ['a', 'b', 'c'].map((id) => ({ id, title: id, description: id, needs: id === 'c' ? ['a', 'b'] : [], scope: ['src/**'], requirements: [], tests: [] })),
};

const spent = { usage: noUsage, costUsd: 0, durationMs: 1_000 };

export function startedAttempt(unit: string, n = 1): RunEvent {
  return { type: 'AttemptStarted', command: `${unit}#${n}`, unit, n, agent: 'demo', start: 'base' };
}

export function finishedAttempt(unit: string, outcome: Extract<RunEvent, { type: 'AttemptFinished' }>['outcome'], n = 1): RunEvent {
  return { type: 'AttemptFinished', command: `${unit}#${n}`, unit, n, outcome, ...spent };
}

export function changed(unit: string, n = 1): RunEvent[] {
  return [startedAttempt(unit, n), finishedAttempt(unit, { kind: 'tree', commit: `${unit}-${n}`, tree: `${unit}-${n}-tree`, summary: 'done', files: 1, hidden: [], outOfScope: [] }, n)];
}

export function integrated(unit: string, onto: string, n = 1): RunEvent {
  return { type: 'Integrated', command: `${unit}#${n}:integrate@${onto.slice(0, 12)}`, unit, n, onto, commit: `${unit}-${n}-on-${onto}`, tree: `${unit}-${n}-tree` };
}

export function evidence(tree: string, verdict: Verdict = 'accepted', reason: Reason = 'passed', ticks: Evidence['ticks'] = []): Evidence {
  const tests = { passed: 1, failed: 0, skipped: 0, new: 0, removed: 0, flaky: 0, preexisting: 0 };
  const found = { command: 'npm test', sandbox: 'bubblewrap', dependencies: 'none', log: null, tail: '', durationMs: 1, cached: false };
  return { id: `e-${tree}-${verdict}`, commit: 'c', tree, verdict, reason, ticks, gates: [{ id: 'unit', verdict, reason, exit: 0, tests, failures: [], evidence: found }] };
}

export function judgedUnit(unit: string, found: Evidence, n = 1): RunEvent {
  return { type: 'UnitJudged', command: `${unit}#${n}:gate`, unit, n, evidence: found };
}

export function landed(unit: string, commit: string, n = 1): RunEvent {
  return { type: 'UnitLanded', command: `${unit}#${n}:advance`, unit, n, commit };
}

/** A unit from its first attempt to its landing on `onto`. */
export function throughGate(unit: string, onto: string): RunEvent[] {
  return [...changed(unit), integrated(unit, onto), judgedUnit(unit, evidence(`${unit}-1-tree`)), landed(unit, `${unit}-1-on-${onto}`)];
}

export function planned(): RunEvent[] {
  return [accepted(), startedAttempt('plan'), finishedAttempt('plan', { kind: 'plan', plan })];
}

export function planApproved(): RunEvent[] {
  return [...planned(), { type: 'CheckpointApproved', checkpoint: 'approve-plan#1', binding: { commit: 'base', base: 'base', tree: 'base-tree', evidence: 'plan-1' }, by: 'you', waivers: [], ticks: [] }];
}

export const afterC = 'implement/c-1-on-implement/b-1-on-implement/a-1-on-base';

/** The agent of `implement/a` proposes to split `b`, and one part of it may change what no subtask could. */
export function widerPlanProposed(): RunEvent[] {
  const part = (id: string, scope: string): Plan['subtasks'][number] => ({ id, title: id, description: id, needs: [], scope: [scope], requirements: [], tests: [] });
  const into = [part('b1', 'src/**'), part('b2', 'infra/**')];
  const [a, , c] = plan.subtasks;
  const amended = { ...plan, subtasks: [...(a ? [a] : []), ...into, ...(c ? [{ ...c, needs: ['a', 'b1', 'b2'] }] : [])] };
  return [...planApproved(), startedAttempt('implement/a'), { type: 'PlanAmendmentProposed', command: 'implement/a#1', unit: 'implement/a', step: 'implement', amendment: { why: 'b is two', add: [], split: [{ id: 'b', into }], drop: [] }, plan: amended, wider: ['infra/**'], dropped: [], waits: true }];
}

export function allLanded(): RunEvent[] {
  const afterA = 'implement/a-1-on-base', afterB = `implement/b-1-on-${afterA}`;
  return [...planApproved(), ...throughGate('implement/a', 'base'), ...throughGate('implement/b', afterA), ...throughGate('implement/c', afterB)];
}

export function candidate(found: Evidence, n = 1, onto = 'base', head = afterC): RunEvent[] {
  return [
    { type: 'CandidateMade', command: `test#${n}:candidate`, step: 'test', n, head, onto, commit: `squash-${onto}`, tree: found.tree },
    { type: 'CandidateJudged', command: `test#${n}:gate`, step: 'test', n, evidence: found },
  ];
}

export function reviewed(n = 1): RunEvent[] {
  return [startedAttempt('review', n), finishedAttempt('review', { kind: 'review', review: { summary: 'fine', criteria: [], findings: [] } }, n)];
}

/** The same run with these reviewers and what each said last, in the place of those that it had. */
export function withReviews(state: RunState, reviews: Readonly<Record<string, Partial<Review>>>): RunState {
  const [pattern] = state.units, attempt = pattern?.attempts[0];
  if (!pattern || !attempt) throw new Error('the run has no attempt yet');
  const others = state.units.filter(({ attempts }) => attempts.every(({ outcome }) => outcome?.kind !== 'review'));
  return { ...state, units: [...others, ...Object.entries(reviews).map(([id, review]) => ({
    ...pattern, id, step: 'review', phase: { kind: 'given' as const }, attempts: [{ ...attempt, agent: `agent of ${id}`, outcome: { kind: 'review' as const, review: { summary: 's', criteria: [], findings: [], ...review } } }],
  }))] };
}

export const approve: Extract<Ask, { kind: 'approve' }> = { kind: 'approve', checkpoint: null, commit: null, waivers: [], ticks: [], by: 'you', tip: 'base' };
