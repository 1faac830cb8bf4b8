/** The worktrees that git knows, the person's and ours. Owns: reading `worktree list`. */
import type { ArchiveContext } from './archiveContext.ts';

export interface ListedWorktree {
  readonly path: string;
  /** Full name of the branch checked out there, or null when HEAD is detached. */
  readonly branch: string | null;
  readonly locked: boolean;
  /** Its folder is gone. */
  readonly prunable: boolean;
}

/** Reads `worktree list --porcelain -z`: lines end with NUL, an empty one ends a worktree. */
export function parseWorktreeList(text: string): readonly ListedWorktree[] {
  return text.split('\0\0').filter((block) => block !== '').map((block) => {
    const fields = new Map(block.split('\0').map((field) => {
      const cut = field.indexOf(' ');
      return cut === -1 ? [field, ''] as const : [field.slice(0, cut), field.slice(cut + 1)] as const;
    }));
    return { path: fields.get('worktree') ?? '', branch: fields.get('branch') ?? null, locked: fields.has('locked'), prunable: fields.has('prunable') };
  });
}

export async function listWorktrees(context: ArchiveContext): Promise<readonly ListedWorktree[]> {
  return parseWorktreeList((await context.real({ args: ['worktree', 'list', '--porcelain', '-z'] })).stdout.toString());
}
