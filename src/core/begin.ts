/**
 * A step begins: its units, its gate, its checkpoint, its landing. Owns: what there is when a step is active for the first time or anew.
 * Refuses: to ask whether it may (see `settle.ts`).
 */
import { failStep, endStep, replaceStep, unitsOf } from './change.ts';
import { ranked } from './choice.ts';
import type { Binding } from './event.ts';
import { approvalsBefore, currentCandidate, landable, provenCandidate, sameBinding } from './landable.ts';
import type { Checkpoint, RunState, StepState, Unit } from './state.ts';
import { valueOf, valuesFor, valuesOf } from './values.ts';
import type { Step, StepOf, WorkStep } from './workflow.ts';

/** `afresh`: a further round of a loop: what it did before does not count, but how often it sent work back does: else a review that repeats itself would never end. */
export function beginStep(state: RunState, step: Step, own: StepState, at: number, afresh: boolean): RunState {
  const begun: StepState = {
    ...own, status: 'active', why: null, n: own.n + 1, round: afresh ? own.round + 1 : 1, startedAt: at, finishedAt: null, gate: null, land: null, outputs: {}, evidence: null, stopped: null, kept: null,
  };
  switch (step.kind) {
    case 'agent': case 'run': case 'tool': return beginWork(replaceStep(state, begun), step, at, afresh);
    case 'gate': return beginGate(state, step, begun);
    case 'checkpoint': return step.about === 'merge' && !provenCandidate(state) ? beginProof(state, begun) : openAt(replaceStep(state, begun), step, begun.n, at);
    case 'merge': return beginMerge(state, step, begun, at);
    case 'use': return replaceStep(state, { ...begun, inputs: valuesOf(step.inputs, valuesFor(state, step)) });
  }
}

export function beginMerge(state: RunState, step: StepOf<'merge'>, begun: StepState, at: number): RunState {
  if (state.head === state.base) return endStep(replaceStep(state, begun), step.id, 'done', at, { why: 'there was nothing to land' });
  // What was approved lands as it was approved; where nobody was asked, only what holds all work that is there now.
  const approved = landable(state, step) !== null && approvalsBefore(state, step).length > 0;
  return approved || provenCandidate(state) ? replaceStep(state, { ...begun, land: { kind: 'landing' } }) : beginProof(state, { ...begun, land: null });
}

function beginGate(state: RunState, step: StepOf<'gate'>, begun: StepState): RunState {
  if (step.tree === 'task') return replaceStep(state, { ...begun, gate: { kind: 'judging', subject: { head: state.head, onto: state.base, commit: state.head, tree: state.headTree } } });
  return beginProof(state, begun);
}

/** The tree that would land is judged; it is made first, unless another gate had it made for this very head. */
function beginProof(state: RunState, begun: StepState): RunState {
  const current = currentCandidate(state);
  if (current) return replaceStep(state, { ...begun, gate: { kind: 'judging', subject: current } });
  return { ...replaceStep(state, { ...begun, gate: { kind: 'making' } }), candidate: null, candidateEvidence: null, waived: [] };
}

/** A checkpoint stands open with what it is about. */
export function openAt(state: RunState, step: StepOf<'checkpoint'>, n: number, at: number): RunState {
  if (step.about === 'choice' && step.of !== null && ranked(state, step.of).length === 0) return endStep(state, step.id, 'done', at, { outputs: { decision: 'approved' }, why: 'there was nothing to choose from' });
  const subject = step.about === 'document' ? documentOf(state, step.of) : null;
  return { ...state, checkpoints: [...state.checkpoints, opened({ id: `${step.id}#${n}`, step: step.id, about: step.about, binding: bindingFor(state, step), openedAt: at, subject })] };
}

const opened = (own: Pick<Checkpoint, 'id' | 'step' | 'about' | 'binding' | 'openedAt' | 'subject'>): Checkpoint => ({ ...own, state: 'open', decidedAt: null, by: null, reason: null, comments: [], waivers: [] });

/** A merge that nobody was asked about asks by itself where what it would land needs a person's ticks: always about exactly what stands there now. */
export function openAtMerge(state: RunState, merge: StepOf<'merge'>, binding: Binding, at: number): RunState {
  const own = state.checkpoints.filter((checkpoint) => checkpoint.step === merge.id);
  if (own.some((checkpoint) => checkpoint.state === 'open' && sameBinding(checkpoint.binding, binding))) return state;
  const checkpoints = state.checkpoints.map((checkpoint): Checkpoint => (checkpoint.step === merge.id && checkpoint.state === 'open' ? { ...checkpoint, state: 'void', decidedAt: at } : checkpoint));
  return { ...state, checkpoints: [...checkpoints, opened({ id: `${merge.id}#${own.length + 1}`, step: merge.id, about: 'merge', binding, openedAt: at, subject: null })] };
}

/** The artifact that a step gives. */
export function documentOf(state: RunState, of: string | null): string | null {
  const step = state.workflow.steps.find((candidate) => candidate.id === of);
  return step?.kind === 'agent' ? step.document : null;
}

function bindingFor(state: RunState, step: StepOf<'checkpoint'>): Binding {
  const work: Binding = { commit: state.head, base: state.base, tree: state.headTree, evidence: '' };
  switch (step.about) {
    case 'merge': return state.candidate ? { commit: state.candidate.commit, base: state.candidate.onto, tree: state.candidate.tree, evidence: state.candidateEvidence?.id ?? '' } : work;
    case 'plan': return { commit: state.accepted.base.commit, base: state.accepted.base.commit, tree: state.accepted.base.tree, evidence: `plan-${state.planVersion}` };
    case 'document': {
      const name = documentOf(state, step.of);
      return { ...work, evidence: `${name ?? 'nothing'}@${name === null ? 0 : state.artifacts[name]?.length ?? 0}` };
    }
    case 'choice': {
      const [first] = step.of === null ? [] : ranked(state, step.of);
      return first ? { commit: first.commit, base: first.onto, tree: first.tree, evidence: first.evidence?.id ?? '' } : work;
    }
    case 'review': return work;
  }
}

interface Row { readonly id: string; readonly title: string; readonly subtask: Unit['subtask']; readonly item: Unit['item']; readonly needs: readonly string[]; readonly agents: readonly string[] }

const rowLimit = 256;

function beginWork(state: RunState, step: WorkStep, at: number, afresh: boolean): RunState {
  const rows = rowsOf(state, step);
  if (rows.length > rowLimit) return failStep(state, step.id, `it would run ${rows.length} times; ${rowLimit} is the most`, at);
  const existing = new Map(unitsOf(state, step.id).map((unit) => [unit.id, unit]));
  const wanted = new Set(rows.map((row) => row.id));
  const begun = rows.map((row) => beginUnit(existing.get(row.id), newUnit(step, row), afresh, at));
  const replaced = new Map(begun.map((unit) => [unit.id, unit]));
  const units = state.units.map((unit) => {
    if (unit.step !== step.id || wanted.has(unit.id)) return replaced.get(unit.id) ?? unit;
    // A row that is gone: what it landed stays, what it did not begin or end is left.
    return unit.phase.kind === 'landed' || unit.phase.kind === 'given' || unit.phase.kind === 'skipped' ? unit : { ...unit, phase: { kind: 'skipped', why: 'it is not wanted any more' } as const };
  });
  return { ...state, units: [...units, ...begun.filter((unit) => !existing.has(unit.id))] };
}

/** A subtask that has landed and still says the same is not done twice; everything else is done anew, with attempts counted on. */
export function beginUnit(known: Unit | undefined, fresh: Unit, afresh: boolean, at: number): Unit {
  const phase: Unit['phase'] = fresh.needs.length > 0 ? { kind: 'pending' } : { kind: 'ready', notBefore: at, why: null };
  if (!known) return { ...fresh, phase };
  if (!afresh && known.phase.kind === 'landed' && fresh.subtask !== null && JSON.stringify(known.subtask) === JSON.stringify(fresh.subtask)) return known;
  return { ...fresh, phase, attempts: known.attempts, from: known.attempts.length, relaid: known.relaid, landings: known.landings, specs: known.specs, finishedAt: known.finishedAt };
}

export function rowsOf(state: RunState, step: WorkStep): readonly Row[] {
  const plain = { title: step.title ?? state.title, subtask: null, item: null, needs: [], agents: chainFor(state, step) };
  const { forEach } = step;
  if (forEach === undefined) return [{ ...plain, id: step.id }];
  switch (forEach.over) {
    case 'subtasks': return (state.plans[forEach.of] ?? state.plan)?.subtasks.map((subtask): Row => ({
      ...plain, id: `${step.id}/${subtask.id}`, title: subtask.title, subtask, needs: subtask.needs.map((need) => `${step.id}/${need}`),
    })) ?? [];
    case 'matrix': return forEach.rows.map((row) => ({ ...plain, id: `${step.id}/${row.name}`, item: row }));
    case 'list': {
      const list = valueOf(forEach.of, valuesFor(state, step));
      return (Array.isArray(list) ? list : []).map((item, index) => ({ ...plain, id: `${step.id}/${index + 1}`, item: { name: String(item).slice(0, 80), values: { item } } }));
    }
    case 'agents': return Array.from({ length: Math.max(forEach.copies, plain.agents.length) }, (_, index) => {
      const agents = plain.agents.filter((_, at) => at === index % plain.agents.length);
      return { ...plain, id: `${step.id}/${index + 1}`, item: { name: agents[0] ?? `${index + 1}`, values: { copy: index + 1, agent: agents[0] ?? '' } }, agents };
    });
  }
}

/** Who works in a step, first is tried first; a role that was not named has the implementer's chain. */
export function chainFor(state: RunState, step: WorkStep): readonly string[] {
  if (step.kind !== 'agent') return [];
  return step.agents ?? state.accepted.agents[step.role] ?? state.accepted.agents.implementer ?? [];
}

export function newStepState(id: string): StepState {
  return {
    id, status: 'pending', why: null, n: 0, round: 0, startedAt: null, finishedAt: null, gate: null, land: null, repairsUsed: 0,
    outputs: {}, evidence: null, inputs: null, stopped: null, kept: null,
  };
}

export function newUnit(step: WorkStep, row: Row): Unit {
  return {
    ...row, step: step.id, does: step.kind, role: step.kind === 'agent' ? step.role : null, gives: step.kind === 'tool' ? 'result' : step.gives,
    landing: step.kind === 'tool' ? 'gated' : step.landing ?? 'gated', attempts: [], phase: { kind: 'pending' }, feedback: [],
    repairs: { used: 0, cap: step.kind === 'agent' ? step.repairs : 0 }, start: null, from: 0, relaid: 0, landings: 0, specs: 0, rebase: null, judged: null, finishedAt: null,
  };
}
