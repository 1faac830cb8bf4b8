/**
 * Where the command line speaks: stdout for the answer, stderr for everything around it.
 * Owns: that stdout is one JSON document (or one event per line) with --json, and that a reader who goes away ends it quietly.
 */
import type { Failure } from './failure.ts';
import { paintFor } from './show/paint.ts';
import type { Paint } from './show/paint.ts';
import type { Surroundings } from './surroundings.ts';

export interface Outlet {
  readonly json: boolean;
  /** Whether a person can be asked: stdin and stdout are a terminal, and nobody wants JSON. */
  readonly interactive: boolean;
  readonly paint: Paint;
  /** Lines for a person, on stdout; nothing with --json. */
  say(...lines: readonly string[]): void;
  /** Lines beside the answer, on stderr. */
  note(...lines: readonly string[]): void;
  /** A whole JSON document on one line; nothing without --json. */
  document(value: object): void;
  /** Text as it is (help, a log), on stdout. */
  raw(text: string): void;
  /** While a question is open, `say` goes through `speak`, which draws the question again. Null: the question is over. */
  interject(speak: ((text: string) => void) | null): void;
}

export function createOutlet(surroundings: Pick<Surroundings, 'stdin' | 'stdout' | 'stderr' | 'environment'>, json: boolean): Outlet {
  const { stdin, stdout, stderr, environment } = surroundings;
  let open = true;
  let speak: ((text: string) => void) | null = null;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The reader of a pipe has gone (`… | head`): there is nobody left to speak to.
    if (error.code !== 'EPIPE') throw error;
    open = false;
  });
  const write = (text: string): void => {
    if (open) stdout.write(text);
  };
  return {
    json,
    interactive: !json && stdin.isTTY === true && stdout.isTTY === true,
    paint: paintFor(stdout.isTTY === true, environment),
    say: (...lines) => {
      if (json || lines.length === 0) return;
      (speak ?? write)(`${lines.join('\n')}\n`);
    },
    note: (...lines) => {
      if (lines.length > 0) stderr.write(`${lines.join('\n')}\n`);
    },
    document: (value) => {
      if (json) write(`${JSON.stringify(value)}\n`);
    },
    raw: write,
    interject: (next) => {
      speak = next;
    },
  };
}

/** An error, as the contract wants it: a JSON document on stdout, or words on stderr. */
export function report(outlet: Outlet, { code, message, next }: Failure): void {
  if (outlet.json) outlet.document({ error: { code, message, next } });
  else outlet.note(`${message}${/[.!?:)]$/.test(message.trimEnd()) ? '' : '.'}`, next);
}
