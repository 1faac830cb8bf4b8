/** The task's integration branch. Owns: moving it by compare-and-swap. Refuses: a branch that somebody else moved. */
import { GitError } from '../ports/archive.ts';
import type { ArchiveContext } from './archiveContext.ts';
import { branchPrefix } from './names.ts';
import { listRefs, swapRef } from './refs.ts';

/** See Archive.advance. */
export async function advance(context: ArchiveContext, request: { readonly task: string; readonly from: string; readonly to: string }): Promise<void> {
  const branches = await listRefs(context, 'refs/heads/');
  const branch = `${branchPrefix([...branches.keys()], request.task)}integration`;
  const now = branches.get(branch) ?? null;
  if (now === request.to) return;
  if ((now === null || now === request.from) && await swapRef(context, branch, now, request.to)) return;
  throw new GitError('failed', `the integration branch ${branch} is at ${now ?? 'another commit'} and not at ${request.from}: something else moved it`, 'Keep what is on it under another branch, set it back, then retry');
}
