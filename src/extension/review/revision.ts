/**
 * Addresses of frozen things: a file at a commit, the brief of a checkpoint, a plan, a log, an evidence.
 * Owns: the scheme and what its query carries. Refuses: an address that names no commit or no task; nothing here follows a branch.
 */
import * as z from 'zod';

/** Also in package.json: `onFileSystem:treeline-rev`. */
export const revisionScheme = 'treeline-rev';

const revisionSchema = z.object({
  show: z.enum(['file', 'brief', 'plan', 'document', 'log', 'evidence']),
  task: z.string().min(1),
  /** Of a file; empty for what belongs to the task. */
  commit: z.string(),
  /** Checkpoint id, the id of a log, or that of an evidence. */
  of: z.string(),
  /** `new` takes comments. */
  side: z.enum(['old', 'new']),
});
export type Revision = z.infer<typeof revisionSchema>;

export interface Address { readonly scheme: string; readonly path: string; readonly query: string }

/** Both sides of a diff have the same `path`: a differing one would be drawn as a rename. */
export function addressOf(path: string, { show, task, commit, of, side }: Revision): Address {
  // In one order always: editors compare addresses as text.
  return { scheme: revisionScheme, path: `/${path}`, query: new URLSearchParams({ show, task, commit, of, side }).toString() };
}

/** Null for whatever we did not write. */
export function revisionOf(address: Address): Revision | null {
  if (address.scheme !== revisionScheme) return null;
  const read = revisionSchema.safeParse(Object.fromEntries(new URLSearchParams(address.query)));
  return read.success ? read.data : null;
}

export const pathOf = (address: Address): string => address.path.replace(/^\//, '');
