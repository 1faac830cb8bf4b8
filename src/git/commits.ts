/**
 * Makes commit objects. Owns: that the same tree, parents, message and date give the same id, after a crash too.
 * Refuses: the clock, a signature, an editor.
 */
import type { ArchiveContext } from './archiveContext.ts';
import { line } from './runGit.ts';

/** @param at ms since 1970, floored to seconds: git knows no finer */
export async function writeCommit(context: Pick<ArchiveContext, 'facts' | 'plumbing'>, request: { readonly tree: string; readonly parents: readonly string[]; readonly message: string; readonly at: number }): Promise<string> {
  const { name, email } = context.facts.author;
  const date = `@${Math.max(0, Math.floor(request.at / 1000))} +0000`;
  const message = `${request.message.replaceAll('\0', '').trimEnd() || 'Work of an agent'}\n`;
  return line(await context.plumbing({
    args: ['commit-tree', ...request.parents.flatMap((parent) => ['-p', parent]), '-F', '-', request.tree], input: Buffer.from(message),
    environment: { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email, GIT_COMMITTER_DATE: date },
  }));
}
