/**
 * (state) → everything that should be running now. Owns: the whole order of work of a run.
 * Each command has an id that never comes twice (`<unit>#<attempt>`, `<step>#<round>`), so starting one twice is impossible;
 * what depends on the tip that it is laid on carries that tip in its id, so that an answer for an older tip is not expected any more.
 * A wait for a person is simply: no command.
 */
import type { Binding } from './event.ts';
import { lastAttempt } from './state.ts';
import type { Candidate, RunState, Unit } from './state.ts';
import { waivable } from './verdict.ts';

export type Command =
  | { readonly kind: 'work'; readonly id: string; readonly unit: string; readonly n: number; readonly start: string; /** Earliest start, ms since 1970. */ readonly notBefore: number }
  | { readonly kind: 'integrate'; readonly id: string; readonly unit: string; readonly n: number; readonly commit: string; readonly onto: string }
  | { readonly kind: 'judge-unit'; readonly id: string; readonly unit: string; readonly n: number; readonly commit: string; readonly tree: string; readonly onto: string }
  | { readonly kind: 'advance'; readonly id: string; readonly unit: string; readonly n: number; readonly from: string; readonly to: string }
  | { readonly kind: 'make-candidate'; readonly id: string; readonly step: string; readonly n: number; readonly head: string }
  | { readonly kind: 'judge-candidate'; readonly id: string; readonly step: string; readonly n: number; readonly candidate: Candidate }
  | { readonly kind: 'land'; readonly id: string; readonly step: string; readonly n: number; readonly binding: Binding };

export function decide(state: RunState): readonly Command[] {
  if (state.end) return [];
  const commands: Command[] = [];
  for (const step of state.workflow.steps) {
    const status = state.steps.find((candidate) => candidate.id === step.id);
    if (status?.status !== 'active') continue;
    const id = `${step.id}#${status.n}`;
    switch (step.kind) {
      case 'agent': commands.push(...workOf(state, step.id)); break;
      case 'gate':
        if (status.gate?.kind === 'making') commands.push({ kind: 'make-candidate', id: `${id}:candidate`, step: step.id, n: status.n, head: state.head });
        if (status.gate?.kind === 'judging' && state.candidate) commands.push({ kind: 'judge-candidate', id: `${id}:gate`, step: step.id, n: status.n, candidate: state.candidate });
        break;
      case 'merge': {
        const binding = landable(state);
        if (binding && (status.land?.kind === 'landing' || status.land?.kind === 'blocked')) commands.push({ kind: 'land', id, step: step.id, n: status.n, binding });
        break;
      }
      case 'checkpoint': case 'run': case 'tool': case 'use': break;
    }
  }
  return commands;
}

function workOf(state: RunState, step: string): readonly Command[] {
  const units = state.units.filter((unit) => unit.step === step);
  const commands = units.flatMap((unit) => agentWork(state, unit));
  // One landing at a time on the integration branch, in the order in which the work was finished: a tip never moves under a gate.
  // Whoever is past its merge keeps its turn, even when an older piece of work comes back after a retry.
  const turn = (unit: Unit): number => ['advancing', 'judging', 'integrating'].indexOf(unit.phase.kind);
  const [landing] = units.filter((unit) => turn(unit) >= 0)
    .sort((left, right) => turn(left) - turn(right) || (left.finishedAt ?? 0) - (right.finishedAt ?? 0) || (left.id < right.id ? -1 : 1));
  // A move of the tip that broke may have happened: until it is repeated, nobody else lands on a tip that is not known.
  const unsure = units.some((unit) => unit.phase.kind === 'stuck' && unit.phase.waitingFor === 'workspace' && unit.phase.resume.kind === 'advancing');
  return landing && !unsure ? [...commands, ...landingOf(state, landing)] : commands;
}

function agentWork(state: RunState, unit: Unit): readonly Command[] {
  if (unit.phase.kind === 'ready') {
    const n = unit.attempts.length + 1;
    return [{ kind: 'work', id: `${unit.id}#${n}`, unit: unit.id, n, start: startOf(state, unit), notBefore: unit.phase.notBefore }];
  }
  const last = lastAttempt(unit);
  return unit.phase.kind === 'working' && last ? [{ kind: 'work', id: `${unit.id}#${last.n}`, unit: unit.id, n: last.n, start: last.start, notBefore: 0 }] : [];
}

function startOf(state: RunState, unit: Unit): string {
  if (unit.gives === 'plan') return state.accepted.base.commit;
  if (unit.gives === 'review') return state.candidate?.commit ?? state.head;
  return unit.start ?? state.head;
}

function landingOf(state: RunState, unit: Unit): readonly Command[] {
  const n = unit.attempts.length;
  const id = `${unit.id}#${n}`;
  switch (unit.phase.kind) {
    case 'integrating': return [{ kind: 'integrate', id: `${id}:integrate@${state.head.slice(0, 12)}`, unit: unit.id, n, commit: unit.phase.commit, onto: state.head }];
    case 'judging': return [{ kind: 'judge-unit', id: `${id}:gate`, unit: unit.id, n, commit: unit.phase.commit, tree: unit.phase.tree, onto: unit.phase.onto }];
    case 'advancing': return [{ kind: 'advance', id: `${id}:advance`, unit: unit.id, n, from: unit.phase.onto, to: unit.phase.commit }];
    default: return [];
  }
}

/** I4: what may land, or null. Accepted (or waived) gates for exactly this tree, and an approval of exactly this where the workflow asks one. */
export function landable(state: RunState): Binding | null {
  const { candidate, candidateEvidence } = state;
  if (!candidate || !candidateEvidence || candidateEvidence.tree !== candidate.tree) return null;
  const binding: Binding = { commit: candidate.commit, base: candidate.onto, tree: candidate.tree, evidence: candidateEvidence.id };
  const asks = state.workflow.steps.some((step) => step.kind === 'checkpoint' && step.about === 'merge');
  const approval = state.checkpoints.findLast((checkpoint) => checkpoint.about === 'merge' && checkpoint.state === 'approved');
  if (asks && (!approval || !sameBinding(approval.binding, binding))) return null;
  const waived = new Set([...state.waived, ...(approval?.waivers ?? [])].map((waiver) => waiver.gate));
  return unwaived(state, waived).length === 0 ? binding : null;
}

/** Gates of the candidate that are not green and that no waiver names. */
export function unwaived(state: RunState, waived: ReadonlySet<string>): readonly string[] {
  const evidence = state.candidateEvidence;
  if (!evidence || evidence.verdict === 'accepted') return [];
  // Evidence with no gate at all stands for "no command": it is waived under the name `gate`.
  if (evidence.gates.length === 0) return waived.has('gate') ? [] : ['gate'];
  return evidence.gates.filter((gate) => gate.verdict !== 'accepted' && (!waived.has(gate.id) || !waivable(gate))).map((gate) => gate.id);
}

export function sameBinding(left: Binding, right: Binding): boolean {
  return left.commit === right.commit && left.base === right.base && left.tree === right.tree && left.evidence === right.evidence;
}
