/**
 * How an agent's attempt can end, and what the engine does about each way.
 * Owns: the closed list of failures and the retry rule. Refuses: to read an error message.
 */
import * as z from 'zod';
import { planSchema, reviewSchema } from './plan.ts';

/** `model`: it kept answering what cannot be used (malformed calls, unknown tools, no submission). `tampered`: its worktree is not ours any more. */
export const failureSchema = z.enum(['key', 'auth', 'rate-limit', 'overloaded', 'network', 'context', 'refused', 'model', 'loop', 'idle', 'timeout', 'budget', 'tampered', 'unsupported-filter', 'workspace', 'disk-full', 'interrupted']);
export type Failure = z.infer<typeof failureSchema>;

export const outcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('plan'), plan: planSchema }),
  z.object({ kind: z.literal('review'), review: reviewSchema }),
  z.object({
    kind: z.literal('tree'), commit: z.string(), tree: z.string(), summary: z.string(), files: z.number().int(),
    /** Files that the worktree hides from git (ignored): listed, never committed. */
    hidden: z.array(z.string()),
    /** Changed files that lie outside the unit's declared scope. */
    outOfScope: z.array(z.string()),
  }),
  z.object({ kind: z.literal('no-changes'), summary: z.string() }),
  z.object({ kind: z.literal('failed'), failure: failureSchema, message: z.string(), retryAt: z.number().nullable() }),
]);
export type Outcome = z.infer<typeof outcomeSchema>;

/** What follows a failure: again at once or later, or a person has to act. */
export type AfterFailure = { readonly kind: 'again'; readonly afterMs: number } | { readonly kind: 'person'; readonly waitingFor: 'key' | 'budget' | 'agent' };

/** Short: a person who is asked after twenty seconds can decide; a provider that names a time is given that time. */
const backoffMs = [1_000, 5_000, 15_000];

/** `inARow`: how often this unit has failed in this way without a success between, this failure included (≥ 1). */
export function afterFailure(failure: Failure, inARow: number): AfterFailure {
  switch (failure) {
    case 'key': return { kind: 'person', waitingFor: 'key' };
    case 'auth': return { kind: 'person', waitingFor: 'key' };
    case 'budget': return { kind: 'person', waitingFor: 'budget' };
    case 'interrupted': return inARow > 20 ? { kind: 'person', waitingFor: 'agent' } : { kind: 'again', afterMs: 0 };
    case 'rate-limit':
    case 'overloaded':
    case 'network':
    case 'idle': {
      const afterMs = backoffMs[inARow - 1];
      return afterMs === undefined ? { kind: 'person', waitingFor: 'agent' } : { kind: 'again', afterMs };
    }
    case 'model': return inARow <= 1 ? { kind: 'again', afterMs: 0 } : { kind: 'person', waitingFor: 'agent' };
    case 'context': case 'refused': case 'loop': case 'timeout': case 'tampered': case 'unsupported-filter': case 'workspace': case 'disk-full':
      return { kind: 'person', waitingFor: 'agent' };
  }
}
