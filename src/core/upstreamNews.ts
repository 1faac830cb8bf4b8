/**
 * (a run, the task that it depends on) → what the run has to hear of it, as events. Pure; asked after every change of either.
 * Owns: when another task counts as lost. Refuses: to tell anything twice.
 */
import type { RunEvent } from './event.ts';
import type { RunState } from './state.ts';
import { status } from './status.ts';

/** `other` undefined: there is no such task, or its journal cannot be read. */
export function upstreamNews(state: RunState, other: RunState | undefined): readonly RunEvent[] {
  const { upstream } = state;
  if (!upstream || state.end || upstream.standing === 'landed' || upstream.standing === 'released') return [];
  const { task, how, standing } = upstream;
  if (other?.landed) return [{ type: 'UpstreamLanded', task, commit: other.landed.commit, base: other.accepted.target === state.accepted.target ? other.landed : null }];
  const why = other ? lostWords(other) : 'is not there any more, or its journal cannot be read';
  if (why !== null) return standing === 'lost' && upstream.why === why ? [] : [{ type: 'UpstreamLost', task, why }];
  return other && (standing === 'lost' || (how === 'on' && other.head !== upstream.head)) ? [{ type: 'UpstreamAtWork', task, head: other.head, tree: other.headTree }] : [];
}

/** Null: it may still land. */
export function lostWords(other: RunState): string | null {
  switch (other.end?.kind) {
    case 'merged': return null;
    case 'rejected': return `was rejected (${other.end.reason.slice(0, 200)})`;
    case 'cancelled': return 'was cancelled';
    case 'done': return 'ended without landing anything';
    case undefined: return status(other) === 'failed' ? 'has failed' : null;
  }
}
