/**
 * (state) → everything that should be running now. Owns: the whole order of work of a run.
 * Each command has an id that never comes twice (`<unit>#<attempt>`, `<step>#<round>`, with `.2` where a command is repeated for the same attempt), so starting one twice is impossible;
 * what depends on the tip that it is laid on carries that tip in its id, so that an answer for an older tip is not expected any more.
 * A wait for a person is simply: no command. Decided once for each state: the answer is kept beside it.
 */
import { heldBy, openAmendments } from './amending.ts';
import { stepStateOf, workOf } from './change.ts';
import type { Binding } from './event.ts';
import { landable } from './landable.ts';
import { lastAttempt, unitOf } from './state.ts';
import type { Candidate, RunState, StepState, Unit } from './state.ts';
import { restacking, stackedOn } from './upstream.ts';
import type { Step } from './workflow.ts';

export type Command =
  | { readonly kind: 'work'; readonly id: string; readonly unit: string; readonly n: number; readonly start: string; /** Earliest start, ms since 1970. */ readonly notBefore: number }
  | { readonly kind: 'integrate'; readonly id: string; readonly unit: string; readonly n: number; readonly commit: string; readonly onto: string }
  | { readonly kind: 'judge-unit'; readonly id: string; readonly unit: string; readonly n: number; readonly commit: string; readonly tree: string; readonly onto: string; /** While nothing else is at work. */ readonly alone?: true }
  | { readonly kind: 'advance'; readonly id: string; readonly unit: string; readonly n: number; readonly from: string; readonly to: string }
  | { readonly kind: 'make-candidate'; readonly id: string; readonly step: string; readonly n: number; readonly head: string; /** The commit of the target that `head` stands on. */ readonly base: string; /** Made on this commit of the task below; null: on the target's tip. */ readonly onto: string | null }
  | { readonly kind: 'judge-candidate'; readonly id: string; readonly step: string; readonly n: number; readonly candidate: Candidate; /** Null: all gates of the project. */ readonly gates: readonly string[] | null; readonly alone?: true }
  | { readonly kind: 'land'; readonly id: string; readonly step: string; readonly n: number; readonly binding: Binding };

const decided = new WeakMap<RunState, readonly Command[]>();
const wanted = new WeakMap<RunState, ReadonlySet<string>>();

export function decide(state: RunState): readonly Command[] {
  const known = decided.get(state);
  if (known) return known;
  const commands = state.end ? [] : state.upstream?.standing === 'lost' ? begun(state) : [...workCommands(state), ...stepCommands(state)];
  decided.set(state, commands);
  return commands;
}

/** Nothing more is built on a task that is lost before a person says so; what has begun comes to its end on the task's own branch. */
function begun(state: RunState): readonly Command[] {
  return workCommands(state).filter((command) => command.kind !== 'work' || unitOf(state, command.unit)?.phase.kind === 'working');
}

/** Whether the run still expects the outcome of this command. */
export function wants(state: RunState, command: string): boolean {
  let known = wanted.get(state);
  if (!known) {
    known = new Set(decide(state).map(({ id }) => id));
    wanted.set(state, known);
  }
  return known.has(command);
}

function workCommands(state: RunState): readonly Command[] {
  const begin: Command[] = [], choosing: Command[] = [];
  const line: Unit[] = [];
  let unsure = false;
  const capped = new Map<string, Unit[]>();
  for (const unit of state.units) {
    const kind = unit.phase.kind;
    if (kind === 'landed' || kind === 'given' || kind === 'skipped' || kind === 'pending' || kind === 'failed' || kind === 'candidate') continue;
    // A move of the tip that broke may have happened: until it is repeated, nobody else lands on a tip that is not known.
    if (unit.phase.kind === 'stuck') { unsure ||= unit.phase.waitingFor === 'workspace' && unit.phase.resume.kind === 'advancing'; continue; }
    const status = stepStateOf(state, unit.step)?.status;
    // A tip that is being moved is moved, also where the step has been set back meanwhile.
    if (status !== 'active' && status !== 'done' && kind !== 'advancing') continue;
    // What an open proposal would split or drop does not start before a person has decided.
    if (kind === 'ready' && heldBy(state, unit)) continue;
    if (kind === 'integrating' || kind === 'judging' || kind === 'advancing') {
      if (unit.landing === 'choice') choosing.push(...landingOf(state, unit)); else line.push(unit);
    }
    const step = workOf(state, unit);
    if (step?.maxParallel != null) capped.set(step.id, [...capped.get(step.id) ?? [], unit]);
    else begin.push(...workFor(state, unit));
  }
  for (const [step, units] of capped) begin.push(...withinCap(state, step, units));
  // While stacked work is carried onto the new tip below, nobody else is laid on the old one.
  const moving = restacking(state), alone = moving !== undefined && moving.phase.kind !== 'stuck' && moving.phase.kind !== 'failed';
  const first = unsure ? undefined : firstInLine(alone ? line.filter((unit) => unit === moving || unit.phase.kind !== 'integrating') : line);
  return [...begin, ...choosing, ...(first ? landingOf(state, first) : [])];
}

/** Of a step with `max-parallel`: those under way first, then the others as they stand. One that waits for a person leaves its place. */
function withinCap(state: RunState, id: string, units: readonly Unit[]): readonly Command[] {
  const [first] = units;
  const most = (first && workOf(state, first)?.maxParallel) ?? units.length;
  const begun = (unit: Unit): boolean => unit.phase.kind !== 'ready' || unit.attempts.length > unit.from;
  return [...units.filter(begun), ...units.filter((unit) => !begun(unit))].slice(0, most).flatMap((unit) => (unit.step === id ? workFor(state, unit) : []));
}

/**
 * One landing at a time on the integration branch, in the order in which the work was finished: a tip never moves under a gate.
 * Whoever is past its merge keeps its turn, even when an older piece of work comes back after a retry.
 */
function firstInLine(line: readonly Unit[]): Unit | undefined {
  const turn = (unit: Unit): number => (unit.phase.kind === 'advancing' ? 0 : unit.phase.kind === 'judging' ? 1 : 2);
  const before = (left: Unit, right: Unit): number => turn(left) - turn(right) || (left.finishedAt ?? 0) - (right.finishedAt ?? 0) || (left.id < right.id ? -1 : 1);
  return line.reduce<Unit | undefined>((first, unit) => (first === undefined || before(unit, first) < 0 ? unit : first), undefined);
}

function workFor(state: RunState, unit: Unit): readonly Command[] {
  if (unit.phase.kind === 'ready') {
    const n = unit.attempts.length + 1;
    return [{ kind: 'work', id: `${unit.id}#${n}`, unit: unit.id, n, start: startOf(state, unit), notBefore: unit.phase.notBefore }];
  }
  const last = lastAttempt(unit);
  return unit.phase.kind === 'working' && last ? [{ kind: 'work', id: `${unit.id}#${last.n}`, unit: unit.id, n: last.n, start: last.start, notBefore: 0 }] : [];
}

function startOf(state: RunState, unit: Unit): string {
  if (unit.gives === 'review') return state.candidate?.head === state.head ? state.candidate.commit : state.head;
  return unit.start ?? state.head;
}

function landingOf(state: RunState, unit: Unit): readonly Command[] {
  const n = unit.attempts.length;
  const id = `${unit.id}#${n}`;
  const again = unit.relaid === 0 ? '' : `.${unit.relaid + 1}`;
  switch (unit.phase.kind) {
    case 'integrating': {
      const onto = unit.rebase?.onto ?? state.head;
      return [{ kind: 'integrate', id: `${id}:integrate${again}@${onto.slice(0, 12)}`, unit: unit.id, n, commit: unit.phase.commit, onto }];
    }
    case 'judging': return [{ kind: 'judge-unit', id: `${id}:gate${again}${unit.phase.alone ? ':alone' : ''}`, unit: unit.id, n, commit: unit.phase.commit, tree: unit.phase.tree, onto: unit.phase.onto, ...(unit.phase.alone ? { alone: true } : {}) }];
    case 'advancing': return [{ kind: 'advance', id: `${id}:advance${again}`, unit: unit.id, n, from: unit.rebase?.head ?? unit.phase.onto, to: unit.phase.commit }];
    default: return [];
  }
}

/** Gates, what checkpoints and merges have to prove themselves, and landings. */
function stepCommands(state: RunState): readonly Command[] {
  const commands: Command[] = [];
  // What would land is made once, whoever needs it; not while the work is on its way onto another base.
  let making = restacking(state) !== undefined;
  const below = stackedOn(state)?.head ?? null;
  state.steps.forEach((own, index) => {
    const step = state.workflow.steps[index];
    if (own.status !== 'active' || !step) return;
    if (own.gate?.kind === 'making' && !making) {
      making = true;
      commands.push({ kind: 'make-candidate', id: `${own.id}#${own.n}:candidate${below === null ? '' : `@${below.slice(0, 12)}`}`, step: own.id, n: own.n, head: state.head, base: state.base, onto: below });
    }
    if (own.gate?.kind === 'judging') commands.push({ kind: 'judge-candidate', id: `${own.id}#${own.n}:gate${own.gate.alone ? ':alone' : ''}`, step: own.id, n: own.n, candidate: own.gate.subject, gates: step.kind === 'gate' ? step.gates : null, ...(own.gate.alone ? { alone: true } : {}) });
    commands.push(...landOf(state, step, own));
  });
  return commands;
}

function landOf(state: RunState, step: Step, own: StepState): readonly Command[] {
  if (step.kind !== 'merge' || (own.land?.kind !== 'landing' && own.land?.kind !== 'blocked')) return [];
  // Another plan may mean more work: what is there does not land as if it were all.
  if (openAmendments(state).length > 0) return [];
  const binding = landable(state, step);
  return binding ? [{ kind: 'land', id: `${own.id}#${own.n}`, step: own.id, n: own.n, binding }] : [];
}
