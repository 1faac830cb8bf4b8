/**
 * The task that a new one shall depend on. Owns: which tasks can be depended on, and where a stacked one starts.
 * Refuses: what will not land any more. A circle cannot come about: who depends on whom is said at a launch, of a task that is there, and never changed.
 */
import { TreelineError } from '../client/treelineError.ts';
import type { RunState } from '../core/state.ts';
import { lostWords } from '../core/upstreamNews.ts';
import type { Archive, Base } from '../ports/archive.ts';
import type { Launch } from '../protocol/messages.ts';

export interface Below { readonly how: 'after' | 'on'; readonly state: RunState }

/** `stateOf` throws for a name that is none, or not only one. Throws a TreelineError. */
export function belowOf(wanted: Launch['upstream'], stateOf: (named: string) => RunState): Below | null {
  if (!wanted) return null;
  const state = stateOf(wanted.task), { how } = wanted, { task } = state;
  if (state.landed) throw new TreelineError('ended', `Task ${task} has landed already: there is nothing to wait for.`, `Leave --${how} out: a task that starts now sees what landed.`);
  const lost = lostWords(state);
  if (lost !== null && state.end) throw new TreelineError('ended', `Task ${task} ${lost}: it will not land.`, `Start this one without --${how}, or name another: treeline list.`);
  if (lost !== null) throw new TreelineError('wrong-state', `Task ${task} ${lost}: nothing of it would land now.`, `Retry that one first (treeline retry ${task}), or start this one without --${how}.`);
  if (state.workflow.steps.every((step) => step.kind !== 'merge')) throw new TreelineError('not-here', `Task ${task} runs the workflow "${state.workflow.name}", which has no merge step: nothing of it will land.`, `Start this one without --${how}, or name another: treeline list.`);
  return { how, state };
}

/** What a launch looks at for workflow, gates and trust: never what agents of the task below have made. */
export async function groundOf(archive: Pick<Archive, 'resolveBase'>, ref: string | null, below: Below | null): Promise<Base> {
  if (below?.how !== 'on') return archive.resolveBase(ref);
  const { base, target } = below.state.accepted;
  return { ...base, target, dirty: [] };
}

/** Where the work starts. What starts later gets its base then. */
export function startOf({ ref, commit, tree }: Base, below: Below | null): { readonly ref: string; readonly commit: string; readonly tree: string } {
  return below?.how === 'on' ? { ref, commit: below.state.head, tree: below.state.headTree } : { ref, commit, tree };
}
