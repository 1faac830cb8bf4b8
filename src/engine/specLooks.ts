/**
 * What of the specifications that a run works under is not what it was, at a commit of its target.
 * Owns: the event that says so. Refuses: to keep a run waiting because specifications cannot be read there: that is logged.
 */
import type { RunEvent } from '../core/event.ts';
import { specsSeen } from '../core/staleSpecs.ts';
import type { RunState } from '../core/state.ts';
import type { EnginePorts } from './enginePorts.ts';
import type { RunStream } from './runStream.ts';

type Means = Pick<EnginePorts, 'library' | 'log'>;

/** Resolves when it is on disk. */
export async function lookAtSpecs(means: Means, run: RunStream | undefined, commit: string, signal: AbortSignal): Promise<void> {
  const before = run?.state();
  const events = before ? await specEvents(means, before, commit) : [];
  if (events.length > 0) await run?.record((state) => (state && before && !state.end && specsSeen(state) === specsSeen(before) ? events : []), signal);
}

export async function specEvents({ library, log }: Means, state: RunState, commit: string): Promise<readonly RunEvent[]> {
  // While it waits for another task, or stands on one, that one's branch is what it reads.
  const below = state.upstream?.standing === 'open' || state.upstream?.standing === 'lost';
  if (state.end || state.landed || below || commit === specsSeen(state)) return [];
  try {
    const changes = await library.changes(specsSeen(state), commit, state.accepted.specs);
    const files = changes.map(({ path, change, before, after, requirements, states }) => ({ path, change, before, after, requirements: requirements.map((one) => ({ ...one })), states: [...states] }));
    return files.length > 0 ? [{ type: 'SpecsChanged', commit, files }] : [];
  } catch (error) {
    log.warn(`${state.task}: the specifications at ${commit.slice(0, 12)} could not be compared: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}
