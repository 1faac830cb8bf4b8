/** One changed file as the editor's multi-file diff wants it. Owns: both sides' addresses. Refuses: to follow a branch: both sides are commits. */
import * as vscode from 'vscode';
import type { ChangedFile } from './changedFile.ts';
import { addressOf } from './revision.ts';

export type Compared = [label: vscode.Uri, old: vscode.Uri | undefined, now: vscode.Uri | undefined];

/** `of`: the checkpoint, or the command whose work it is. */
export function compare({ task, of, from, to }: { readonly task: string; readonly of: string; readonly from: string; readonly to: string }, file: ChangedFile): Compared {
  const at = (path: string, commit: string, side: 'old' | 'new'): vscode.Uri => vscode.Uri.from(addressOf(path, { show: 'file', task, commit, of, side }));
  // Both sides get one path but for a true rename: else every file would be drawn as renamed.
  const old = file.status === 'added' ? undefined : at(file.previous ?? file.path, from, file.status === 'deleted' ? 'new' : 'old');
  const now = file.status === 'deleted' ? undefined : at(file.path, to, 'new');
  return [now ?? old ?? at(file.path, to, 'new'), old, now];
}
