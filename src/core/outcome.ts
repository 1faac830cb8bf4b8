/**
 * How an attempt of an agent, a command or a tool can end, and what the engine does about each way.
 * Owns: the closed list of failures and the retry rule. Refuses: to read an error message.
 */
import * as z from 'zod';
import { planSchema, reviewSchema } from './plan.ts';
import { valueSchema } from './workflow.ts';
import { zenflowStepSchema } from './zenflowText.ts';

/**
 * `model`: it kept answering what cannot be used (malformed calls, unknown tools, no submission). `tampered`: its worktree is not ours any more.
 * `command`: it exited with another code than 0. `tool`: the call was answered with an error. `output`: a declared output is missing or of another type.
 */
export const failureSchema = z.enum(['key', 'auth', 'rate-limit', 'overloaded', 'network', 'context', 'refused', 'model', 'loop', 'idle', 'timeout', 'budget', 'tampered', 'unsupported-filter', 'workspace', 'disk-full', 'interrupted', 'command', 'tool', 'output']);
export type Failure = z.infer<typeof failureSchema>;

/** By name, as the step declared them; a command has `exit` and `stdout` beside. */
const outputs = z.record(z.string(), valueSchema).optional();
/** A document is kept in the journal, every version of it. Characters. */
export const documentLimit = 256 * 1024;

export const outcomeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('plan'), plan: planSchema, outputs }),
  z.object({ kind: z.literal('review'), review: reviewSchema, outputs }),
  /** An artifact: `name` as the step declared it. */
  z.object({ kind: z.literal('document'), name: z.string(), text: z.string().max(documentLimit), summary: z.string(), outputs }),
  z.object({ kind: z.literal('result'), summary: z.string(), outputs }),
  z.object({
    kind: z.literal('tree'), commit: z.string(), tree: z.string(), summary: z.string(), files: z.number().int(),
    /** Files that the worktree hides from git (ignored): listed, never committed. */
    hidden: z.array(z.string()),
    /** Changed files that lie outside the unit's declared scope. */
    outOfScope: z.array(z.string()),
    /** Of a Zenflow workflow: the steps in its `plan.md` now, where they are others than the run's. */
    plan: z.array(zenflowStepSchema).max(400).optional(),
    outputs,
  }),
  z.object({ kind: z.literal('no-changes'), summary: z.string(), outputs }),
  z.object({ kind: z.literal('failed'), failure: failureSchema, message: z.string(), retryAt: z.number().nullable(), outputs }),
]);
export type Outcome = z.infer<typeof outcomeSchema>;

/** What `retry: { on: [any] }` stands for: each that can pass by itself. */
export const retryable: readonly Failure[] = ['rate-limit', 'overloaded', 'network', 'idle', 'timeout', 'model', 'loop', 'output', 'command', 'tool'];

/** What follows a failure: again at once or later, or a person has to act. */
export type AfterFailure = { readonly kind: 'again'; readonly afterMs: number } | { readonly kind: 'person'; readonly waitingFor: 'key' | 'budget' | 'agent' };

/** Short: a person who is asked after twenty seconds can decide; a provider that names a time is given that time. */
const backoffMs = [1_000, 5_000, 15_000];

/** `inARow`: how often this unit has failed in this way without a success between, this failure included (≥ 1). */
export function afterFailure(failure: Failure, inARow: number): AfterFailure {
  switch (failure) {
    case 'key': case 'auth': return { kind: 'person', waitingFor: 'key' };
    case 'budget': return { kind: 'person', waitingFor: 'budget' };
    case 'interrupted': return inARow > 20 ? { kind: 'person', waitingFor: 'agent' } : { kind: 'again', afterMs: 0 };
    case 'rate-limit':
    case 'overloaded':
    case 'network':
    case 'idle': {
      const afterMs = backoffMs[inARow - 1];
      return afterMs === undefined ? { kind: 'person', waitingFor: 'agent' } : { kind: 'again', afterMs };
    }
    case 'model': case 'output': return inARow <= 1 ? { kind: 'again', afterMs: 0 } : { kind: 'person', waitingFor: 'agent' };
    case 'context': case 'refused': case 'loop': case 'timeout': case 'tampered': case 'unsupported-filter': case 'workspace': case 'disk-full': case 'command': case 'tool':
      return { kind: 'person', waitingFor: 'agent' };
  }
}
