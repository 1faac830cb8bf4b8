/**
 * Reads git's words once, so that the rest of the house asks for a reason. The words are English: runGit.ts sets LC_ALL=C.
 * Owns: the table of messages. Refuses: to guess at what it does not know (`failed`, with git's own text).
 */
import { statSync } from 'node:fs';
import { GitError } from '../ports/archive.ts';
import type { GitFailure } from '../ports/archive.ts';

const table: readonly { readonly words: RegExp; readonly reason: GitFailure; readonly next: string }[] = [
  { words: /No space left on device|Disk quota exceeded/, reason: 'disk-full', next: 'Free some space, then resume' },
  { words: /Read-only file system|Permission denied|insufficient permission/, reason: 'unwritable', next: 'Make the named path writable for this user, then retry' },
  { words: /dubious ownership/, reason: 'not-a-repository', next: 'If you trust it, run the "git config --global --add safe.directory" command that git names, then retry' },
  { words: /cannot use bare repository/, reason: 'bare', next: 'Open a checkout of it, for instance one made by "git worktree add"' },
  { words: /not a git repository/, reason: 'not-a-repository', next: 'Open a folder of a git repository, or run "git init" and make a first commit' },
  { words: /\.lock': File exists|Unable to create '[^']*\.lock'|could not lock config file|another git process seems to be running/i, reason: 'locked', next: 'Wait for the other git command to end; if none runs, remove the named lock file yourself' },
  { words: /failed to read [^\n]*commondir/, reason: 'locked', next: 'Another worktree is just being made: retry' },
];

/** @param what the command in words */
export function failureOf(what: string, output: { readonly code: number; readonly stderr: string }, signal: string | null): GitError {
  const text = output.stderr.trim();
  const found = table.find(({ words }) => words.test(text));
  const said = text === '' ? (signal === null ? `exit code ${output.code}` : `ended by ${signal}`) : short(text);
  return new GitError(found?.reason ?? 'failed', `${what} failed: ${said}${found?.reason === 'locked' ? lockAge(text) : ''}`, found?.next ?? 'See the text of git above; the log has the whole of it', { cause: output });
}

export function gitMissing(binary: string, directory: string, cause: unknown): GitError {
  return new GitError('git-missing', `"${binary}" was not found, or the folder ${directory} is gone`, 'Install git 2.38 or newer (https://git-scm.com), and see that it is on PATH', { cause });
}

function short(text: string): string {
  const lines = text.split('\n').filter((entry) => !entry.startsWith('hint:') && entry.trim() !== '');
  return lines.slice(0, 8).join('; ').slice(0, 1_000);
}

function lockAge(text: string): string {
  const path = /'([^']+\.lock)'/.exec(text)?.[1];
  if (path === undefined) return '';
  try {
    return ` (${path} is there since ${statSync(path).mtime.toISOString()})`;
  } catch {
    return '';
  }
}
