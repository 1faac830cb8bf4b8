/**
 * What may land (I4, I6): accepted or waived gates for exactly this tree, an approval of exactly this where the workflow asked one, and a
 * person's ticks where evidence asks for them, whatever the workflow asked.
 * Owns: that rule, whatever a workflow's file says.
 */
import { stepStateOf } from './change.ts';
import { withoutCompleteness } from './completeness.ts';
import type { Binding } from './event.ts';
import type { Evidence } from './gate.ts';
import { ancestors } from './graph.ts';
import { baseTestsTogether, proofGateId, together as redGreenTogether } from './redGreen.ts';
import type { DeclaredTest, NamingTests } from './requirement.ts';
import type { Candidate, Checkpoint, RunState } from './state.ts';
import { waivable, worst } from './verdict.ts';
import type { StepOf } from './workflow.ts';

/** The candidate that is there for today's head, if it has not landed yet. */
export function currentCandidate(state: RunState): Candidate | null {
  const { candidate } = state;
  return candidate && candidate.head === state.head && candidate.commit !== state.landed?.commit ? candidate : null;
}

/** The same, when its gates have spoken. */
export function provenCandidate(state: RunState): Candidate | null {
  const candidate = currentCandidate(state);
  return candidate && state.candidateEvidence?.tree === candidate.tree ? candidate : null;
}

/** What `merge` (else the merge that is active) may land now, or null. */
export function landable(state: RunState, merge: StepOf<'merge'> | undefined = activeMerge(state)): Binding | null {
  const binding = bindingOfCandidate(state);
  if (!merge || !binding || binding.commit === state.landed?.commit) return null;
  const asked = approvalsBefore(state, merge);
  if (asked.some((approval) => approval === undefined || !sameBinding(approval.binding, binding))) return null;
  const own = asked.length === 0 ? approvedAt(state, merge, binding) : undefined;
  if (asked.length === 0 && own === undefined && asksForTicks(state)) return null;
  const waived = new Set([...state.waived, ...[...asked, own].flatMap((approval) => approval?.waivers ?? [])].map((waiver) => waiver.gate));
  return unwaived(state, waived).length === 0 ? binding : null;
}

function activeMerge(state: RunState): StepOf<'merge'> | undefined {
  return state.workflow.steps.find((step): step is StepOf<'merge'> => step.kind === 'merge' && stepStateOf(state, step.id)?.status === 'active');
}

export function bindingOfCandidate(state: RunState): Binding | null {
  const { candidate, candidateEvidence } = state;
  if (!candidate || !candidateEvidence || candidateEvidence.tree !== candidate.tree) return null;
  return { commit: candidate.commit, base: candidate.onto, tree: candidate.tree, evidence: candidateEvidence.id };
}

/** For each merge checkpoint before `merge` that was passed: what was approved there last. One that was skipped, or that the join did not wait for, was not asked. */
export function approvalsBefore(state: RunState, merge: StepOf<'merge'>): readonly (Checkpoint | undefined)[] {
  return ancestors(state.workflow, merge.id)
    .filter((step) => step.kind === 'checkpoint' && step.about === 'merge' && stepStateOf(state, step.id)?.status === 'done')
    .map((step) => state.checkpoints.findLast((checkpoint) => checkpoint.step === step.id && checkpoint.state === 'approved'));
}

/** Whether something of what would land needs a person's own look: no approval by a policy and no gate stands for that. */
export function asksForTicks(state: RunState): boolean {
  return (state.candidateEvidence?.ticks.length ?? 0) > 0;
}

/** What was approved at the merge itself, which asks where nobody before it did and evidence needs ticks. */
function approvedAt(state: RunState, merge: StepOf<'merge'>, binding: Binding): Checkpoint | undefined {
  return state.checkpoints.findLast((checkpoint) => checkpoint.step === merge.id && checkpoint.state === 'approved' && sameBinding(checkpoint.binding, binding));
}

/** Gates of the candidate that are not green and that no waiver names. */
export function unwaived(state: RunState, waived: ReadonlySet<string>): readonly string[] {
  return state.candidateEvidence ? unwaivedIn(state.candidateEvidence, waived) : [];
}

export function unwaivedIn(evidence: Evidence, waived: ReadonlySet<string>): readonly string[] {
  if (evidence.verdict === 'accepted') return [];
  // Evidence with no gate at all stands for "no command": it is waived under the name `gate`.
  if (evidence.gates.length === 0) return waived.has('gate') ? [] : ['gate'];
  return evidence.gates.filter((gate) => gate.verdict !== 'accepted' && (!waived.has(gate.id) || !waivable(gate))).map((gate) => gate.id);
}

/** What all gates together found on one tree: each gate step may have run its own. Whether all is there that was promised is to be asked of the whole. */
export function together(parts: readonly Evidence[]): Evidence | null {
  const found = parts.map(withoutCompleteness);
  const [first] = found;
  if (!first || found.length === 1) return first ?? null;
  const proofs = found.flatMap((one) => one.redGreen ?? []), base = found.flatMap((one) => one.baseTests ?? []);
  const redGreen = proofs.length > 0 ? redGreenTogether(proofs) : undefined;
  // What one step's tests prove another step's need not.
  const left = redGreen?.state === 'proven' ? found.map(withoutLack) : found;
  const { verdict, reason } = worst(left);
  const ticks = [...new Map(found.flatMap((one) => one.ticks.map((tick) => [tick.id, tick] as const))).values()];
  return { ...first, id: found.map((one) => one.id).join('+'), verdict, reason, gates: left.flatMap((one) => one.gates), ticks, ...(redGreen ? { redGreen } : {}), ...(base.length > 0 ? { baseTests: baseTestsTogether(base) } : {}), ...(first.declared ? { declared: togetherDeclared(found.flatMap((one) => one.declared ?? [])) } : {}), ...(first.named ? { named: togetherNamed(found.flatMap((one) => one.named ?? [])) } : {}) };
}

function withoutLack(evidence: Evidence): Evidence {
  const gates = evidence.gates.filter((gate) => gate.id !== proofGateId);
  return { ...evidence, gates, ...(evidence.reason === 'no-red-proof' ? worst(gates) : {}) };
}

/** A test that one gate has and another has not was run; one that failed anywhere failed. */
function togetherDeclared(all: readonly DeclaredTest[]): DeclaredTest[] {
  const order = ['failed', 'passed', 'skipped', 'missing'] as const;
  return [...new Set(all.map(({ test }) => test))].map((test) => ({ test, state: order.find((state) => all.some((one) => one.test === test && one.state === state)) ?? 'missing' }));
}

function togetherNamed(all: readonly NamingTests[]): NamingTests[] {
  const order = ['failed', 'passed', 'skipped', 'missing'] as const;
  return [...new Set(all.map(({ requirement }) => requirement))].map((requirement) => {
    const own = all.filter((one) => one.requirement === requirement);
    return { requirement, tests: own.flatMap(({ tests }) => tests), state: order.find((state) => own.some((one) => one.state === state)) ?? 'missing' };
  });
}

export function sameBinding(left: Binding, right: Binding): boolean {
  return left.commit === right.commit && left.base === right.base && left.tree === right.tree && left.evidence === right.evidence;
}
