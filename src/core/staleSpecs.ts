/**
 * Whose work stands on specifications that have changed since (product.md S3). Pure.
 * Owns: what work depends on which file. Refuses: to do anything about it: a person asks for a re-run, which works under the new text.
 */
import { landsElsewhere, stepStateOf } from './change.ts';
import type { StaleFile } from './specChange.ts';
import type { RunState, Unit } from './state.ts';

export interface Stale { readonly unit: string; readonly files: readonly StaleFile[] }

/** The commit whose specifications the agent of this unit works under. */
export function specCommitOf(state: RunState, unit: Unit): string {
  return state.specs[unit.specs - 1]?.commit ?? state.accepted.base.commit;
}

/** The commit up to which the target's specifications were compared. */
export function specsSeen(state: RunState): string {
  return state.specs.at(-1)?.commit ?? state.accepted.targetTip ?? state.accepted.base.commit;
}

export function staleUnits(state: RunState): readonly Stale[] {
  if (state.end || state.landed) return [];
  return state.units.flatMap((unit) => { const files = staleFiles(state, unit); return files.length > 0 ? [{ unit: unit.id, files }] : []; });
}

/** Files that this unit's work depends on and that are not what they were; what was changed and changed back is what it was. */
export function staleFiles(state: RunState, unit: Unit): readonly StaleFile[] {
  if (unit.does !== 'agent' || unit.phase.kind === 'skipped') return [];
  const since = state.specs.slice(unit.specs).flatMap(({ files }) => files);
  return [...new Set(since.map(({ path }) => path))].sort().flatMap((path): readonly StaleFile[] => {
    const changes = since.filter((file) => file.path === path);
    const [before, after] = [changes[0]?.before ?? null, changes.at(-1)?.after ?? null];
    if (before === after || !dependsOn(unit, new Set(changes.flatMap(({ states }) => states)))) return [];
    return [{ path, change: before === null ? 'added' : after === null ? 'removed' : 'changed', requirements: [...new Set(changes.flatMap(({ requirements }) => requirements.map(({ id }) => id)))] }];
  });
}

/**
 * A subtask that names requirements depends on the files that state one of them, and on those that state none: rules and architecture hold for
 * everybody. Work that names none (a plan, a review, a request as a whole) depends on everything that it is told.
 */
function dependsOn(unit: Unit, states: ReadonlySet<string>): boolean {
  const named = unit.subtask?.requirements ?? [];
  return named.length === 0 || states.size === 0 || named.some((id) => states.has(id));
}

/** Stale work that can be done again now: what is landing at this moment lands first, and what stands stopped goes on by a retry. */
export function rerunnable(state: RunState): readonly string[] {
  const stale = new Set(staleUnits(state).map(({ unit }) => unit));
  return state.units.flatMap((unit) => {
    const status = stepStateOf(state, unit.step)?.status;
    const { kind } = unit.phase;
    return stale.has(unit.id) && (status === 'active' || status === 'done') && kind !== 'integrating' && kind !== 'judging' && kind !== 'advancing' && kind !== 'stuck' && kind !== 'failed' && !landsElsewhere(state, unit.step) ? [unit.id] : [];
  });
}

/** `specs/export.md changed (REQ-EXPORT-02), AGENTS.md is new`. */
export function staleWords(files: readonly StaleFile[]): string {
  const words = { added: 'is new', changed: 'changed', removed: 'was removed' } as const;
  const few = (ids: readonly string[]): string => (ids.length === 0 ? '' : ` (${ids.slice(0, 3).join(', ')}${ids.length > 3 ? ` and ${ids.length - 3} more` : ''})`);
  const named = files.slice(0, 3).map(({ path, change, requirements }) => `${path} ${words[change]}${few(requirements)}`);
  return `${named.join(', ')}${files.length > 3 ? ` and ${files.length - 3} more files` : ''}`;
}
