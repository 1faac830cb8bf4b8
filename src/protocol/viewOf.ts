/** (RunState) → RunView: a pure projection. What the engine alone knows (worktrees, why ready work is held back) is handed in. */
import { heldBy, openAmendments } from '../core/amending.ts';
import { redGates } from '../core/approve.ts';
import { landable, unwaived } from '../core/landable.ts';
import { ranked } from '../core/choice.ts';
import { reviewsOf } from '../core/reviews.ts';
import { proofStanding } from '../core/proofStanding.ts';
import { staleUnits, staleWords } from '../core/staleSpecs.ts';
import type { AmendmentRecord, Checkpoint, RunState, StepState, Unit } from '../core/state.ts';
import { failures, status, waiting } from '../core/status.ts';
import { traceOf } from '../core/trace.ts';
import { heldStep } from '../core/upstream.ts';
import { addCost, addUsage, countedUsd, noUsage } from '../core/usage.ts';
import type { Usage } from '../core/usage.ts';
import type { Step } from '../core/workflow.ts';
import { atEnd } from './atEnd.ts';
import type { AmendmentView, CheckpointView, RunSummary, RunView, StepView } from './runView.ts';
import { gateStepState, mergeStepState, overState, proofState, unitState } from './stepState.ts';

/** By unit or step: why what is ready there does not start. */
type Held = Readonly<Record<string, string>>;

export function viewOf(folded: RunState, worktrees: RunView['worktrees'] = [], heldBack: Held = {}): RunView {
  const state = atEnd(folded);
  const held = { ...heldBack, ...heldByProposals(state) };
  const total = spent(state.units);
  const stale = staleUnits(state).map(({ unit, files }) => ({ at: unit, why: staleWords(files), files: files.map((file) => ({ ...file, requirements: [...file.requirements] })) }));
  return {
    schema: 'treeline/run/1', task: state.task, title: state.title, request: state.request, state: status(state),
    workflow: state.workflow.name, base: { ref: state.accepted.base.ref, commit: state.accepted.base.commit }, target: state.accepted.target,
    specs: state.accepted.specs, specsHash: state.accepted.specsHash ?? null, stale, agents: state.accepted.agents, sameProvider: state.accepted.sameProvider, sandbox: state.settings.sandbox,
    waiting: waiting(state), stalled: null, failures: [...failures(state)], red: redViews(state), dependsOn: dependsOn(state),
    steps: withStale(timed(state, state.workflow.steps.flatMap((step) => stepViews(state, step, held))), stale),
    checkpoints: state.checkpoints.map((checkpoint) => checkpointView(state, checkpoint)),
    subtasks: (state.plan?.subtasks ?? []).map((subtask) => ({ id: subtask.id, title: subtask.title, needs: subtask.needs, scope: subtask.scope, requirements: subtask.requirements, tests: subtask.tests, state: subtaskState(state, subtask.id) })),
    trace: [...traceOf(state)], documents: documentsOf(state), planVersions: state.planVersions.map(({ version, plan, by, at }) => ({ version, by, at, subtasks: plan.subtasks.length })), amendments: state.amendments.map((record) => amendmentView(state, record)), plan: state.plan, review: state.review, reviews: [...reviewsOf(state)], head: state.head, evidence: state.candidateEvidence, proof: proofStanding(state), conflicts: state.conflicts.map(({ onto, files }) => ({ onto, files: [...files] })), waivers: waiversOf(state), merge: mergeView(state), budget: state.budget,
    usage: total.usage, costUsd: total.costUsd, countedUsd: state.units.flatMap((unit) => unit.attempts).reduce((sum, attempt) => sum + countedUsd(attempt), 0),
    unpriced: state.accepted.unpriced ?? [], notes: state.accepted.notes ?? [], worktrees, startedAt: state.startedAt, updatedAt: state.updatedAt, seq: state.seq,
  };
}

/** Time stands still for all of a run that has ended. */
function timed({ end, updatedAt }: RunState, steps: StepView[]): StepView[] {
  return end ? steps.map((step) => ({ ...step, finishedAt: step.startedAt === null ? null : step.finishedAt ?? updatedAt })) : steps;
}

function withStale(steps: StepView[], stale: RunView['stale']): StepView[] {
  return stale.length === 0 ? steps : steps.map((step) => ({ ...step, stale: stale.find(({ at }) => at === step.id)?.why ?? null }));
}

export function summaryOf(view: RunView): RunSummary {
  const { task, title, state, workflow, target, usage, costUsd, startedAt, updatedAt } = view;
  return { task, title, state, workflow, target, waiting: view.waiting, stalled: view.stalled, dependsOn: view.dependsOn, usage, costUsd, startedAt, updatedAt };
}

function dependsOn({ upstream }: RunState): RunView['dependsOn'] {
  return upstream && { task: upstream.task, how: upstream.how, state: upstream.standing === 'open' ? 'waiting' : upstream.standing, why: upstream.why };
}

function waiversOf(state: RunState): RunView['waivers'] {
  const approved = state.checkpoints.filter((checkpoint) => checkpoint.state === 'approved');
  return [...state.waived, ...approved.flatMap((checkpoint) => checkpoint.waivers.map((waiver) => ({ ...waiver, by: checkpoint.by ?? '' })))];
}

function redViews(state: RunState): RunView['red'] {
  return redGates(state).filter(({ gates }) => gates.length > 0).map(({ at, gates, evidence }) => ({ at, gates: gates.map((id) => {
    const found = evidence?.gates.find((gate) => gate.id === id) ?? evidence;
    return { id, verdict: found?.verdict ?? 'not-verified', reason: found?.reason ?? 'no-command' };
  }) }));
}

function stepViews(state: RunState, step: Step, held: Held): readonly StepView[] {
  const status = state.steps.find((candidate) => candidate.id === step.id);
  if (!status) return [];
  const over = overState(status);
  const own = { id: step.id, kind: step.kind, needs: step.needs, parent: null, stale: null, notBefore: null, startedAt: status.startedAt, finishedAt: status.finishedAt, attempts: [], usage: noUsage, costUsd: 0 };
  switch (step.kind) {
    case 'agent': case 'run': case 'tool': {
      const units = state.units.filter((unit) => unit.step === step.id);
      const [only] = units;
      if (step.forEach === undefined && only) return [{ ...unitView(state, only, step.needs, null, status, held), ...over }];
      const { usage, costUsd } = spent(units);
      const waits = openAmendments(state).some((open) => open.step === step.id);
      const count = over?.detail ?? (units.length > 0 ? `${units.filter((unit) => unit.phase.kind === 'landed' || unit.phase.kind === 'given').length} of ${units.length} ${units.some((unit) => unit.gives === 'tree') ? 'landed' : 'done'}` : status.why ?? '');
      const detail = waits ? [count, 'another plan is proposed'].filter(Boolean).join(' · ') : count;
      return [{ ...own, title: step.title ?? (step.kind === 'agent' ? step.role : step.id), ...fanOutState(status, units, waits), ...over, detail, usage, costUsd, logs: [] }, ...units.map((unit) => unitView(state, unit, unit.needs, step.id, null, held))];
    }
    case 'gate': return [{ ...own, title: step.title ?? 'test gate', ...gateStepState(status, state, held[step.id]), logs: rounds(status, ':gate') }];
    case 'checkpoint': {
      const last = state.checkpoints.findLast((checkpoint) => checkpoint.step === step.id);
      const current = status.status === 'pending' ? undefined : last;
      const detail = current?.state === 'approved' ? `approved by ${current.by ?? 'nobody'}` : current?.state === 'open' ? 'waits for you' : last?.state === 'changes-requested' ? 'changes requested' : '';
      const standing = over ?? heldBelow(state, step) ?? proofState(status, held[step.id]) ?? { state: current?.state === 'open' ? 'waiting' : status.status === 'done' ? 'done' : current?.state === 'approved' ? 'landing' : 'pending', detail } as const;
      return [{ ...own, title: step.title ?? `approve ${step.about}`, ...standing, logs: [] }];
    }
    case 'merge': return [{ ...own, title: step.title ?? 'merge', ...(heldBelow(state, step) ?? mergeStepState(status, state, held[step.id])), logs: [] }];
    case 'use': return [{ ...own, title: step.title ?? step.workflow, ...(over ?? { state: status.status === 'active' ? 'working' : status.status === 'done' ? 'done' : 'pending', detail: '' }), logs: [] }];
  }
}

/** All that is before it is done, but the task below has not landed. */
function heldBelow(state: RunState, step: Step): Pick<StepView, 'state' | 'detail'> | null {
  return heldStep(state) === step.id ? { state: 'pending', detail: `waits for task ${state.upstream?.task ?? ''}` } : null;
}

function rounds(status: StepState, suffix: string): string[] {
  return Array.from({ length: status.n }, (_, index) => `${status.id}#${index + 1}${suffix}`);
}

function fanOutState(status: StepState, units: readonly Unit[], waits: boolean): Pick<StepView, 'state'> {
  if (status.status === 'done') return { state: 'done' };
  if (status.status === 'pending') return { state: 'pending' };
  const states = units.map((unit) => unitState(unit).state);
  const first = (['working', 'gating', 'landing', 'ready', 'waiting', 'failed'] as const).find((candidate) => states.includes(candidate));
  return { state: first ?? (waits ? 'waiting' : 'working') };
}

function unitView({ updatedAt }: RunState, unit: Unit, needs: readonly string[], parent: string | null, step: StepState | null, held: Held): StepView {
  const { usage, costUsd } = spent([unit]);
  const logs = unit.attempts.flatMap((attempt) => [`${unit.id}#${attempt.n}`, ...(unit.gives === 'tree' && unit.landing !== 'direct' ? [`${unit.id}#${attempt.n}:gate`] : [])])
    .concat(Array.from({ length: unit.relaid }, (_, index) => `${unit.id}#${unit.attempts.length}:gate.${index + 2}`));
  return {
    id: unit.id, kind: unit.does, title: unit.title, ...(step?.status === 'pending' ? { state: 'pending', detail: '' } : unitState(unit, held[unit.id])), needs: [...needs], parent, stale: null,
    notBefore: unit.phase.kind === 'ready' && unit.phase.notBefore > updatedAt && step?.status !== 'pending' ? unit.phase.notBefore : null,
    attempts: unit.attempts.map((attempt) => ({
      n: attempt.n, agent: attempt.agent, start: attempt.start, commit: attempt.outcome?.kind === 'tree' ? attempt.outcome.commit : null,
      outcome: attempt.outcome === null ? 'running' : attempt.outcome.kind === 'failed' ? `failed: ${attempt.outcome.failure}` : attempt.outcome.kind,
      message: attempt.outcome?.kind === 'failed' ? attempt.outcome.message : attempt.outcome && 'summary' in attempt.outcome ? attempt.outcome.summary : null,
      usage: attempt.usage, costUsd: attempt.costUsd, startedAt: attempt.startedAt, finishedAt: attempt.finishedAt, evidence: attempt.evidence, specs: attempt.specs ?? null,
    })),
    startedAt: unit.attempts[0]?.startedAt ?? null, finishedAt: unit.phase.kind === 'landed' || unit.phase.kind === 'given' || unit.phase.kind === 'candidate' ? unit.finishedAt : null, usage, costUsd, logs,
  };
}

function checkpointView(state: RunState, checkpoint: Checkpoint): CheckpointView {
  const { commit, base, tree, evidence } = checkpoint.binding;
  const open = checkpoint.state === 'open' && checkpoint.about === 'merge';
  const step = state.workflow.steps.find((candidate) => candidate.id === checkpoint.step);
  return {
    id: checkpoint.id, step: checkpoint.step, kind: checkpoint.about, state: checkpoint.state, commit, base, tree, evidence,
    openedAt: checkpoint.openedAt, decidedAt: checkpoint.decidedAt, by: checkpoint.by, reason: checkpoint.reason, passed: checkpoint.passed ? [...checkpoint.passed] : null, comments: [...checkpoint.comments],
    message: step?.kind === 'checkpoint' ? step.message : null, subject: checkpoint.subject, candidates: checkpoint.state === 'open' && checkpoint.about === 'choice' ? candidatesAt(state, checkpoint) : [],
    needsWaiver: open ? [...unwaived(state, new Set(state.waived.map((waiver) => waiver.gate)))] : [],
    needsTick: open ? [...(state.candidateEvidence?.ticks ?? [])] : [], amendment: amendmentAt(state, checkpoint),
  };
}

function amendmentAt(state: RunState, checkpoint: Checkpoint): CheckpointView['amendment'] {
  const record = state.amendments.find(({ n }) => n === checkpoint.amendment);
  return record ? { ...amendmentView(state, record), before: record.before, after: record.plan } : null;
}

function amendmentView(state: RunState, record: AmendmentRecord): AmendmentView {
  const { n, by, at, amendment, wider, dropped } = record;
  const last = state.checkpoints.findLast((checkpoint) => checkpoint.amendment === n)?.state;
  return {
    n, by, at, why: amendment.why, added: amendment.add.map(({ id }) => id), split: amendment.split.map(({ id, into }) => ({ id, into: into.map((part) => part.id) })), dropped: [...amendment.drop],
    wider: [...wider], givenUp: [...dropped], state: !record.waited ? 'taken' : last === undefined || last === 'changes-requested' ? 'void' : last,
  };
}

/** What an open proposal would split or drop does not start. */
function heldByProposals(state: RunState): Held {
  return Object.fromEntries(state.units.flatMap((unit) => (unit.phase.kind === 'ready' && heldBy(state, unit) ? [[unit.id, 'waits for your word on another plan']] : [])));
}

function documentsOf(state: RunState): RunView['documents'] {
  return Object.entries(state.artifacts).flatMap(([name, versions]) => {
    const newest = versions.at(-1);
    const step = state.workflow.steps.find((candidate) => candidate.kind === 'agent' && candidate.document === name);
    return newest ? [{ name, versions: versions.length, by: newest.by, at: newest.at, step: step?.id ?? null }] : [];
  });
}

function candidatesAt(state: RunState, checkpoint: Checkpoint): CheckpointView['candidates'] {
  const step = state.workflow.steps.find((candidate) => candidate.id === checkpoint.step);
  if (step?.kind !== 'checkpoint' || step.of === null) return [];
  return ranked(state, step.of).map(({ unit, agent, commit, onto, evidence, findings, files }) => (
    { id: unit, agent, commit, base: onto, verdict: evidence?.verdict ?? 'not-verified', reason: evidence?.reason ?? 'no-command', findings, files }));
}

function mergeView(state: RunState): RunView['merge'] {
  const step = state.steps.find((candidate) => state.workflow.steps.some((other) => other.id === candidate.id && other.kind === 'merge'));
  if (!step) return null;
  if (state.landed) return { state: 'merged', commit: state.landed.commit };
  if (step.land?.kind === 'blocked' || step.land?.kind === 'stuck') return { state: 'waiting', commit: state.candidate?.commit ?? null };
  return step.status === 'active' && landable(state) ? { state: 'landing', commit: state.candidate?.commit ?? null } : { state: 'pending', commit: null };
}

function subtaskState(state: RunState, id: string): string {
  const unit = state.units.find((candidate) => candidate.subtask?.id === id);
  return unit ? unitState(unit).state : 'pending';
}

function spent(units: readonly Unit[]): { usage: Usage; costUsd: number | null } {
  const attempts = units.flatMap((unit) => unit.attempts);
  return {
    usage: attempts.reduce((sum, attempt) => addUsage(sum, attempt.usage), noUsage),
    costUsd: attempts.reduce<number | null>((sum, attempt) => addCost(sum, attempt.costUsd), 0),
  };
}
