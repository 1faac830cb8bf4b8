/**
 * What goes wrong, in the one form that is printed: `code`, what was tried and found, what to do, and the exit code.
 * Owns: wrong use of the command line itself. Refuses: a stack trace as an answer.
 */
import { CommanderError } from 'commander';
import { TreelineError } from '../client/treelineError.ts';

export type UsageFault = 'usage' | 'not-in-this-version' | 'cannot-read-file' | 'cannot-write' | 'not-built' | 'sample-missing' | 'confined' | 'unchanged' | 'no-editor';

const exits = { usage: 2, 'not-in-this-version': 2, 'cannot-read-file': 2, 'cannot-write': 2, 'not-built': 6, 'sample-missing': 6, confined: 6, unchanged: 2, 'no-editor': 2 } as const satisfies Record<UsageFault, number>;

/** The command line was used in a way that it does not understand, or is not whole. */
export class UsageError extends Error {
  readonly reason: UsageFault;
  readonly next: string;

  constructor(reason: UsageFault, message: string, next: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'UsageError';
    this.reason = reason;
    this.next = next;
  }
}

export interface Failure { readonly code: string; readonly message: string; readonly next: string; readonly exit: number }

export function failureOf(error: unknown): Failure {
  if (error instanceof TreelineError) return { code: error.code, message: error.message, next: error.next, exit: error.exit };
  if (error instanceof UsageError) return { code: error.reason, message: error.message, next: error.next, exit: exits[error.reason] };
  if (error instanceof CommanderError) return { code: 'usage', message: commanderWords(error), next: 'See: treeline help, or treeline help COMMAND.', exit: 2 };
  return { code: 'failed', message: error instanceof Error ? error.message : String(error), next: 'Try again; if it stays, look at the log of the engine under <git common dir>/treeline.', exit: 6 };
}

function commanderWords({ code, message }: CommanderError): string {
  if (code === 'commander.help') return 'No command was given';
  return message.replace(/^error: /, '').replaceAll('\n', ' ').replace(/^./, (first) => first.toUpperCase());
}
