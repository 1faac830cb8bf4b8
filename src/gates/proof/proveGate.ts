/**
 * The two proofs of a gate that is content with the change: the head's tests over the base's sources (red there, green here: G5), and the
 * base's tests over the head's sources (what catches a weakened assertion when every count stays the same).
 * Owns: when each is worth a run. Refuses: to run by itself, and verdicts.
 */
import type { BaseTests, ChangeKind, RedGreen } from '../../core/redGreen.ts';
import { baseTests, redGreen } from '../../core/redGreen.ts';
import type { GateRun } from '../gateRun.ts';
import type { Brings } from './failureCause.ts';
import { outcomesOf, type Patch, type TestPatches } from './otherSide.ts';

export interface ProofRequest {
  readonly kind: ChangeKind;
  readonly patches: TestPatches;
  readonly brings: () => Promise<Brings>;
  /** The task asked for a change of this test. */
  readonly asked: (test: string) => boolean;
}

export interface GateProof { readonly redGreen: RedGreen; readonly baseTests: BaseTests }

export interface ProofRuns {
  readonly head: GateRun;
  /** Tests in quarantine: what they say today is no proof against the change. */
  readonly aside: ReadonlyMap<string, unknown>;
  /** Null: not known. */
  readonly base: GateRun | null;
  readonly baseWithHeadTests: (patch: Patch) => Promise<GateRun>;
  readonly headWithBaseTests: (patch: Patch) => Promise<GateRun>;
}

export async function proveGate(request: ProofRequest, runs: ProofRuns): Promise<GateProof> {
  const { patches } = request;
  const head = runs.head.report?.tests ?? [], base = runs.base?.report?.tests ?? [];
  const of = (tests: typeof head, state: 'passed' | 'failed'): readonly (typeof head)[number][] => tests.filter((test) => test.state === state);
  const passed = of(head, 'passed').map(({ id }) => id), passedBefore = of(base, 'passed').map(({ id }) => id).filter((id) => !runs.aside.has(id));
  const failedBefore = new Map(of(base, 'failed').map(({ id, message }) => [id, message]));
  const expected = new Set([...head, ...base].map(({ id }) => id));

  // What mends a test that was red has its proof; nobody waits for another one.
  const mended = passed.some((id) => failedBefore.has(id));
  const over = patches.ofHead && !mended ? outcomesOf(await runs.baseWithHeadTests(patches.ofHead), expected, await request.brings()) : null;
  const proof = redGreen({ passed, known: new Set(base.map(({ id }) => id)), failedBefore, over });
  if (patches.ofBase === null || passedBefore.length === 0) return { redGreen: proof, baseTests: { state: 'none', failing: [] } };
  const old = outcomesOf(await runs.headWithBaseTests(patches.ofBase), expected, () => false);
  return { redGreen: proof, baseTests: baseTests(passedBefore, old, request.asked) };
}
