/** A worktree's tree becomes the engine's own commit. Owns: that only the tree is taken, and what is said of files outside the scope. */
import type { Outcome } from '../core/outcome.ts';
import { insideScope } from '../core/pathScope.ts';
import { commitMessage } from './messages.ts';
import type { WorkContext } from './workContext.ts';

/** `own`: a file that only the engine has written: nothing but that is no change of the agent's. */
export async function takeTree({ ports, state, unit, command }: WorkContext, summary: string, own: string | null = null): Promise<Extract<Outcome, { kind: 'tree' | 'no-changes' }>> {
  const committed = await ports.archive.commitWorktree({
    task: state.task, unit: unit.id, n: command.n, parent: command.start, message: commitMessage(state, unit, summary), at: ports.clock.now(),
  });
  if (!committed || committed.files.every((file) => file === own)) return { kind: 'no-changes', summary };
  const scope = unit.subtask?.scope ?? [];
  return {
    kind: 'tree', commit: committed.commit, tree: committed.tree, summary, files: committed.files.length, hidden: [...committed.hidden],
    outOfScope: scope.length === 0 ? [] : committed.files.filter((file) => !insideScope(file, scope)),
  };
}
