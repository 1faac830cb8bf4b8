/**
 * An agent at work proposes another plan: checked on the newest state, on record before it is answered (I1).
 * Owns: the words that the agent hears. Refuses: proposals of an attempt that the run does not expect any more (I3).
 */
import { propose } from '../core/amending.ts';
import type { Amendment } from '../core/amendment.ts';
import { wants } from '../core/decide.ts';
import type { RunEvent } from '../core/event.ts';
import { unitOf } from '../core/state.ts';
import type { Proposed } from '../ports/workers.ts';
import type { RunStream } from './runStream.ts';

interface Proposing { readonly run: RunStream; /** Lets a landing that is under way end, and none begin before the answer is called: what is on the target is the truth. */ readonly hold: () => Promise<() => void>; readonly unit: string; readonly command: string }

export async function proposeAmendment(about: Proposing, amendment: Amendment, signal: AbortSignal): Promise<Proposed> {
  const release = await about.hold();
  try {
    return await recorded(about, amendment, signal);
  } finally {
    release();
  }
}

async function recorded(about: Proposing, amendment: Amendment, signal: AbortSignal): Promise<Proposed> {
  let mistakes: readonly string[] = ['your work was stopped'];
  const records = await about.run.record((state) => {
    const unit = state && unitOf(state, about.unit);
    if (!state || !unit || !wants(state, about.command)) return [];
    const proposed = propose(state, unit, about.command, amendment);
    mistakes = proposed.ok ? [] : proposed.refusal;
    return proposed.ok ? [proposed.value] : [];
  }, signal);
  const [event] = records.map((record): RunEvent => record.event);
  if (event?.type !== 'PlanAmendmentProposed') return { kind: 'refused', mistakes };
  return event.waits ? { kind: 'waits', why: [...event.wider.map((glob) => `wider scope: ${glob}`), ...event.dropped.map((what) => `given up: ${what}`)] } : { kind: 'taken', subtasks: event.plan.subtasks.map(({ id }) => id) };
}
