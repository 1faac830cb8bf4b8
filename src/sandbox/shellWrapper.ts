/**
 * The few lines of shell around every command, and the reader of what they report on descriptor 3.
 * Owns: limits, closing inherited descriptors, a real pipe for the output (Node's are sockets, and `> /dev/stdout` fails on those), and telling
 * "ended by signal 9" from "exited with 137". Refuses to hand descriptor 3 on to the command.
 */
import { constants } from 'node:os';

export interface Limits {
  /** Largest file a process may write, in bytes. */
  readonly fileBytes: number;
  /** Processes and threads of one run; null where the system would count all of the user's (no user namespace, or Linux before 5.14). */
  readonly processes: number | null;
}

/** `apart`: errors leave on the wrapper's own standard error; otherwise they share the one stream of the output, in order. */
export type Streams = 'together' | 'apart';

/** Chosen when memory runs out, before the engine is. */
const outOfMemoryScore = 600;

/**
 * @returns arguments for bash. The command is an argument of its own, never pasted into this text.
 * Descriptor 3 gets `started`, at most one sentence of bash about a signal, and `exit N`.
 */
export function shellArguments(command: string, limits: Limits, streams: Streams = 'together'): readonly string[] {
  const apart = streams === 'apart';
  const script = [
    `printf 'started\\n' >&3`,
    `for fd in /proc/self/fd/* /dev/fd/*; do fd=\${fd##*/}; case $fd in [0-3]|*[!0-9]*) ;; *) eval "exec $fd>&-" ;; esac; done`,
    `echo ${outOfMemoryScore} 2>/dev/null >/proc/self/oom_score_adj`,
    `ulimit -c 0; ulimit -f ${Math.ceil(limits.fileBytes / 1024)} 2>/dev/null`,
    ...(limits.processes === null ? [] : [`ulimit -u ${limits.processes} 2>/dev/null`]),
    `trap '' TERM`, // the pump and this shell outlive the polite request to end, so that the last output and the exit code arrive
    ...(apart ? ['exec 6> >(exec cat >&2 3>&-); pump=$!'] : []),
    `{ trap : TERM; { bash --noprofile --norc -c "$1" ${apart ? '2>&6 6>&-' : '2>&1'} 3>&-; } 2>&3; printf 'exit %d\\n' "$?" >&3; } | cat 3>&-${apart ? ' 6>&-' : ''}`,
    'ended=${PIPESTATUS[0]}',
    ...(apart ? ['exec 6>&-; wait "$pump"'] : []), // the last of the errors
    'exit "$ended"', // not the pump's: a command that kills the shell that would report its code must not come out as 0
  ].join('\n');
  return ['--noprofile', '--norc', '-c', script, 'bash', command];
}

export interface Reported {
  readonly started: boolean;
  /** Null: the command has not ended by itself. */
  readonly end: { readonly kind: 'exited'; readonly code: number } | { readonly kind: 'signalled'; readonly signal: string } | null;
}

/** @param text all that came on descriptor 3 so far */
export function readReport(text: string): Reported {
  const lines = text.split('\n').slice(0, -1);
  const started = lines[0] === 'started';
  const last = /^exit (\d+)$/.exec(lines.at(-1) ?? '');
  if (last === null) return { started, end: null };
  const code = Number(last[1]);
  const signal = signalName(code - 128);
  const bashSaidSo = lines.length > 2;
  return { started, end: bashSaidSo && signal !== null ? { kind: 'signalled', signal } : { kind: 'exited', code } };
}

/** `SIGKILL` for 9; null for a number that is no signal. */
export function signalName(number: number): string | null {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? null;
}
