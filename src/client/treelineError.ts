/**
 * What goes wrong between a person and the engine, in the form that every face prints.
 * Owns: the closed table of codes and the exit code of each (product.md §5). Refuses: a message without a next step.
 */

/** 1: a decision that is void, impossible, or lacks a waiver or a tick · 2: wrong use or invalid file · 6: cannot start. */
export const errorCodes = {
  'no-folder': 2, 'not-a-repository': 2, 'bare-repository': 2, 'unknown-base': 2, 'no-target': 2, 'empty-request': 2, 'unknown-workflow': 2, 'unknown-spec': 2,
  'invalid-file': 2, 'invalid-input': 2, 'invalid-request': 2, 'unknown-agent': 2, 'demo-outside-sample': 2, 'unknown-task': 2, 'ambiguous-task': 2, 'unknown-log': 2, 'unknown-document': 2, 'unknown-plan': 2,
  'unknown-checkpoint': 2, 'ambiguous': 2, 'unknown-candidate': 2, 'not-here': 2, 'too-long': 2, 'invalid-plan': 2, 'nothing-open': 2, 'nothing-to-retry': 2, 'empty': 2, 'unknown-gate': 2, 'unknown-tick': 2, 'no-such-place': 2, 'ended': 2, 'unknown-trigger': 2, 'wrong-state': 2,
  'void': 1, 'not-waivable': 1, 'needs-waiver': 1, 'needs-tick': 1,
  'no-commits': 6, 'no-agent': 6, 'untrusted': 6, 'no-sandbox': 6, 'git-missing': 6, 'git-too-old': 6, 'git-failed': 6, 'unwritable': 6, 'disk-full': 6,
  'corrupt-journal': 6, 'newer-journal': 6, 'not-running': 6, 'wrong-token': 6, 'protocol-newer': 6, 'protocol-older-busy': 6,
  'socket-too-long': 6, 'socket-squatted': 6, 'socket-forbidden': 6, 'engine-failed': 6, 'engine-lost': 6, 'closed': 6, 'failed': 6,
} as const;
export type ErrorCode = keyof typeof errorCodes;

/** `message` says what was tried and what was found; `next` what to do; `exit` is the command line's exit code. */
export class TreelineError extends Error {
  readonly code: ErrorCode;
  readonly next: string;
  readonly exit: number;

  constructor(code: ErrorCode, message: string, next: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'TreelineError';
    this.code = code;
    this.next = next;
    this.exit = errorCodes[code];
  }
}

/** A code that came over the door: one of ours, or `failed` when another version sent it. */
export function knownCode(code: string): ErrorCode {
  return Object.hasOwn(errorCodes, code) ? (code as ErrorCode) : 'failed';
}
