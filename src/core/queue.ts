/**
 * The merge queue of a repository: its own stream, its own fold, its own decision.
 * Owns: that one entry at a time lands on a target (I5), in the order of arrival, and each at most once.
 * Refuses: to know about runs: an entry names what lands, not why.
 */
import * as z from 'zod';
import { bindingSchema } from './event.ts';
import type { Recorded } from './event.ts';

export const queueEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('EntryQueued'), entry: z.string(), task: z.string(), target: z.string(), binding: bindingSchema }),
  z.object({ type: z.literal('EntryBlocked'), entry: z.string(), reasons: z.array(z.string()) }),
  z.object({ type: z.literal('EntryLanded'), entry: z.string(), commit: z.string(), tree: z.string() }),
  z.object({ type: z.literal('EntryVoided'), entry: z.string(), tip: z.string(), why: z.string() }),
  z.object({ type: z.literal('EntryFailed'), entry: z.string(), message: z.string() }),
  z.object({ type: z.literal('EntryWithdrawn'), entry: z.string() }),
]);
export type QueueEvent = z.infer<typeof queueEventSchema>;

export interface QueueEntry {
  /** `<task>/<command id>`: the same landing asked twice is one entry. */
  readonly id: string;
  readonly task: string;
  readonly target: string;
  readonly binding: z.infer<typeof bindingSchema>;
  readonly state: { readonly kind: 'queued' } | { readonly kind: 'blocked'; readonly reasons: readonly string[] } | { readonly kind: 'landed'; readonly commit: string; readonly tree: string }
    | { readonly kind: 'voided'; readonly tip: string; readonly why: string } | { readonly kind: 'failed'; readonly message: string } | { readonly kind: 'withdrawn' };
}
export interface QueueState { readonly entries: readonly QueueEntry[] }
export const emptyQueue: QueueState = { entries: [] };

export function evolveQueue(state: QueueState, recorded: Recorded<QueueEvent>): QueueState {
  const { event } = recorded;
  if (event.type === 'EntryQueued') {
    // A withdrawn entry may be queued again (the person's cancel was refused): at the end of the line.
    if (state.entries.some((entry) => entry.id === event.entry && entry.state.kind !== 'withdrawn')) return state;
    const { entry: id, task, target, binding } = event;
    return { entries: [...state.entries.filter((entry) => entry.id !== id), { id, task, target, binding, state: { kind: 'queued' } }] };
  }
  return { entries: state.entries.map((entry) => (entry.id === event.entry && isOpen(entry) ? { ...entry, state: stateAfter(event) } : entry)) };
}

function stateAfter(event: Exclude<QueueEvent, { type: 'EntryQueued' }>): QueueEntry['state'] {
  switch (event.type) {
    case 'EntryBlocked': return { kind: 'blocked', reasons: event.reasons };
    case 'EntryLanded': return { kind: 'landed', commit: event.commit, tree: event.tree };
    case 'EntryVoided': return { kind: 'voided', tip: event.tip, why: event.why };
    case 'EntryFailed': return { kind: 'failed', message: event.message };
    case 'EntryWithdrawn': return { kind: 'withdrawn' };
  }
}

export function isOpen(entry: QueueEntry): boolean {
  return entry.state.kind === 'queued' || entry.state.kind === 'blocked';
}

/** The entries to land now: for each target the first that is open. A blocked one is tried again in its place: what blocks it (the checkout) blocks every other too. */
export function decideQueue(state: QueueState): readonly QueueEntry[] {
  const targets = new Set<string>();
  return state.entries.filter((entry) => {
    if (!isOpen(entry) || targets.has(entry.target)) return false;
    targets.add(entry.target);
    return true;
  });
}

/** Who stands behind a blocked landing and does not say so yet: what stops the first stops them, too, and a person has to hear it. */
export function heldUp(state: QueueState): readonly { readonly id: string; readonly reasons: readonly string[] }[] {
  return decideQueue(state).flatMap((first) => {
    if (first.state.kind !== 'blocked') return [];
    const reasons = [`behind task ${first.task} in the merge queue`, ...first.state.reasons];
    return state.entries.filter((entry) => entry.target === first.target && entry.state.kind === 'queued').map(({ id }) => ({ id, reasons }));
  });
}
