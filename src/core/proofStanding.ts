/**
 * What would land, in the order in which a person has to know it: what is proven, what is not, what was touched that is protected or out of
 * scope.
 * Owns: that order, and what is said of each. Pure, from facts that the run already has. Refuses: to judge (`verdict.ts`), and to call
 * what was waived proven.
 */
import * as z from 'zod';
import type { Evidence } from './gate.ts';
import { outOfScope } from './outOfScope.ts';
import type { RunState } from './state.ts';
import { traceOf } from './trace.ts';

const rowSchema = z.object({
  /** `tick`: a finding that asks for one and is none of the others. `path`: a file that is protected, or that no subtask which changed it may change. */
  kind: z.enum(['gate', 'test', 'base-tests', 'requirement', 'tick', 'path']),
  what: z.string(), why: z.string(),
  /** Id of the tick that an approval needs for it; null: none. And who gave it, of what would land now; null: nobody yet. */
  tick: z.string().nullable(), tickedBy: z.string().nullable(),
  /** A person let it pass unproven, with this reason. */
  waived: z.object({ reason: z.string(), by: z.string() }).nullable(),
});
export type ProofRow = z.infer<typeof rowSchema>;

export const proofStandingSchema = z.object({ proven: z.array(rowSchema), open: z.array(rowSchema), touched: z.array(rowSchema) });
export type ProofStanding = z.infer<typeof proofStandingSchema>;

/** Null: nothing has judged what would land. */
export function proofStanding(state: RunState): ProofStanding | null {
  const evidence = state.candidateEvidence;
  if (!evidence) return null;
  const approvals = state.checkpoints.filter((checkpoint) => checkpoint.state === 'approved' && checkpoint.binding.evidence === evidence.id);
  const tickedBy = (id: string | undefined): string | null => approvals.find(({ ticks }) => ticks?.some((tick) => tick === id))?.by ?? null;
  const waivers = [...state.waived, ...approvals.flatMap((approval) => approval.waivers.map((waiver) => ({ ...waiver, by: approval.by ?? '' })))];
  const row = (kind: ProofRow['kind'], what: string, why: string, more: { readonly tick?: string; readonly gate?: string } = {}): ProofRow => {
    const waiver = waivers.findLast(({ gate }) => gate === more.gate);
    return { kind, what, why, tick: more.tick ?? null, tickedBy: tickedBy(more.tick), waived: waiver ? { reason: waiver.reason, by: waiver.by } : null };
  };
  const ticks = new Map(evidence.ticks.map((tick) => [tick.id, tick]));
  const trace = traceOf(state);
  const failing = evidence.baseTests?.failing ?? [];
  const named = new Set(failing.map(({ test }) => `base-test:${test}`));
  return {
    proven: [
      ...evidence.gates.filter((gate) => gate.verdict === 'accepted').map((gate) => row('gate', gate.id, gateWords(gate))),
      ...testsOf(evidence, true).map(({ test }) => row('test', test, 'fails without the change, and passes with it')),
      ...(evidence.baseTests?.state === 'hold' ? [row('base-tests', 'tests that the change edits', 'pass on it as the base has them, too')] : []),
      ...trace.filter((one) => one.covered).map((one) => row('requirement', one.requirement, one.tests.map(({ test }) => test).join('; '))),
    ],
    open: [
      ...(evidence.gates.length === 0 ? [row('gate', 'gate', `${evidence.verdict} (${evidence.reason})`, { gate: 'gate' })] : []),
      ...evidence.gates.filter((gate) => gate.verdict !== 'accepted').map((gate) => row('gate', gate.id, gateWords(gate), { gate: gate.id })),
      ...testsOf(evidence, false).map(({ test, state: how, shown }) => row('test', test, how === 'not-discriminating' ? 'passes without the change, too' : `nobody can say: ${shown.split('\n')[0] ?? ''}`)),
      ...failing.map(({ test, asked }) => row('base-tests', test, `as the base has it, it fails on the change${asked ? '; the plan names it' : ''}`, ticks.has(`base-test:${test}`) ? { tick: `base-test:${test}` } : {})),
      ...(evidence.baseTests?.state === 'inconclusive' ? [row('base-tests', 'tests that the change edits', 'could not be run on it as the base has them')] : []),
      ...trace.filter((one) => !one.covered).map((one) => row('requirement', one.requirement, one.why)),
    ],
    touched: [
      ...evidence.ticks.filter(({ id }) => !named.has(id)).map(({ id, why }) => row('tick', id, why, { tick: id })),
      ...(evidence.change?.marks ?? []).flatMap((mark) => {
        const path = mark.endsWith(': protected') ? mark.slice(0, -': protected'.length) : null;
        return path === null || ticks.has(`protected:${path}`) ? [] : [row('path', path, 'is protected')];
      }),
      ...outOfScope(state).map(({ file, why }) => row('path', file, why)),
    ],
  };
}

function testsOf(evidence: Evidence, proven: boolean): NonNullable<Evidence['redGreen']>['tests'] {
  return (evidence.redGreen?.tests ?? []).filter(({ state }) => (state === 'proven') === proven);
}

function gateWords({ verdict, reason, tests }: Evidence['gates'][number]): string {
  const ran = tests.passed + tests.failed;
  const counts = ran === 0 ? '' : `, ${tests.failed > 0 ? `${tests.failed} of ${ran} tests failed` : `${tests.passed} test${tests.passed === 1 ? '' : 's'} passed`}`;
  return `${verdict}${reason === 'passed' ? '' : ` (${reason})`}${counts}`;
}
