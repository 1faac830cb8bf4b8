/** What adapters and core refuse, in the form that travels through the door. Owns: reason → code and next step. Total. */
import { TreelineError } from '../client/treelineError.ts';
import type { ErrorCode } from '../client/treelineError.ts';
import type { Refusal } from '../core/accept.ts';
import { GitError } from '../ports/archive.ts';
import type { GitFailure } from '../ports/archive.ts';
import { ProjectFileError } from '../ports/examiners.ts';
import { JournalError } from '../ports/journal.ts';
import type { JournalFailure } from '../ports/journal.ts';

const gitCodes: Readonly<Record<GitFailure, ErrorCode>> = {
  'git-missing': 'git-missing', 'git-too-old': 'git-too-old', 'not-a-repository': 'not-a-repository', 'no-commits': 'no-commits', bare: 'bare-repository',
  'unknown-ref': 'unknown-base', 'no-target': 'no-target', unwritable: 'unwritable', 'disk-full': 'disk-full',
  'unsupported-filter': 'git-failed', tampered: 'git-failed', locked: 'git-failed', aborted: 'git-failed', failed: 'git-failed',
};

const journalNext: Readonly<Record<JournalFailure, readonly [ErrorCode, string]>> = {
  'disk-full': ['disk-full', 'Free some disk space, then try again; nothing is lost.'],
  unwritable: ['unwritable', 'Make the folder that is named writable for you ("ls -ld" shows whose it is; a disk that is mounted read-only has to be mounted anew), then try again. Until then only verify, list, show and log work.'],
  corrupt: ['corrupt-journal', 'Look at it with: treeline journal verify. The task\'s commits are still under refs/treeline.'],
  'newer-version': ['newer-journal', 'Update Treeline, then try again.'],
  closed: ['closed', 'The engine is ending; try again.'],
};

/** A TreelineError for what is known; anything else is given back as it came. */
export function doorError(error: unknown): unknown {
  if (error instanceof GitError) return new TreelineError(gitCodes[error.reason], error.message, error.next, { cause: error });
  if (error instanceof ProjectFileError) return new TreelineError('invalid-file', error.message, 'Mend these lines in a commit, then start from that.', { cause: error });
  if (error instanceof JournalError) {
    const [code, next] = journalNext[error.reason];
    return new TreelineError(code, error.message, next, { cause: error });
  }
  return error;
}

export function refusalError(refusal: Refusal): TreelineError {
  return new TreelineError(refusal.code, refusal.message, refusal.next);
}
