/**
 * Runs one started command to its end: output, time limit, cancellation, and no process of it left afterwards (I11).
 * Owns which of several causes counts (the first) and when it is over: at the exit of the command and a short grace, not when the last
 * holder of its output pipe lets go. Knows nothing of namespaces or groups: a `ProcessTree` does.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { ProcessRequest, ProcessResult } from '../ports/sandbox.ts';
import { cleanOutput, readableOutput } from './cleanOutput.ts';
import { OutputRing } from './outputRing.ts';
import { readReport, signalName } from './shellWrapper.ts';

/** What was started, as something that can be ended whole. */
export interface ProcessTree {
  /** Asks all of it to end. */
  terminate(): void;
  /** Ends all of it. */
  kill(): void;
  /** After the command has ended: ends what it left, resolves when nothing of that lives; how many there were, earlier calls included. */
  reap(): Promise<number>;
}

export interface Launch {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  /** Handed over on descriptor 5, where descriptor 4 brings news (bubblewrap's `--args` and `--info-fd`); null: neither is opened. */
  readonly handOver: string | null;
  /** For the record: `bubblewrap` or `none: why`. */
  readonly sandbox: string;
  treeOf(child: ChildProcess): ProcessTree;
}

export type RunRules = Pick<ProcessRequest, 'timeoutMs' | 'output' | 'onOutput' | 'stdoutLimit'> & { /** From asking to killing. */ readonly graceMs: number };

type End = ProcessResult['end'];
/** How long output may still come once the command has exited, in ms: what holds the pipe longer is a daemon. */
const drainMs = 1000;
const longestTimer = 2 ** 31 - 1;
const messageLimit = 8192;

/** Never rejects: what goes wrong is an end. */
export async function runProcess(launch: Launch, rules: RunRules, signal: AbortSignal): Promise<ProcessResult> {
  const begun = performance.now();
  const ring = new OutputRing(rules.output);
  const apart = rules.stdoutLimit === undefined ? null : new OutputRing({ head: rules.stdoutLimit, tail: 0 });
  const result = (end: End, leftovers: number): ProcessResult => ({
    end, output: readableOutput(ring.kept()), bytes: ring.bytes, ...(apart === null ? {} : { stdout: apart.kept().head }), durationMs: Math.round(performance.now() - begun), sandbox: launch.sandbox, leftovers,
  });
  if (signal.aborted) return result({ kind: 'cancelled' }, 0);
  let child: ChildProcess;
  try {
    child = start(launch);
  } catch (error) {
    return result(notStarted(launch, error), 0);
  }
  const ended = new Promise<{ readonly code: number | null; readonly signal: string | null } | { readonly error: unknown }>((resolve) => {
    child.once('error', (error) => { resolve({ error }); });
    child.once('exit', (code, signalled) => { resolve({ code, signal: signalled }); });
  });
  const { stdout: output, stderr: messages } = child;
  const [, , , report, , handOver] = child.stdio as unknown as readonly [null, Readable, Readable, Readable | null, Readable?, Writable?];
  const tree = launch.treeOf(child);
  handOver?.on('error', () => undefined).end(launch.handOver); // it failed to start, and says so elsewhere
  const timers: NodeJS.Timeout[] = [];
  const later = (ms: number, act: () => void): void => { timers.push(setTimeout(act, Math.min(ms, longestTimer))); };

  let cause: End | null = null;
  let reported = readReport('');
  let forced = false; // we ended what held the output open, perhaps the shell around the command with it
  const stop = (why: End): void => {
    if (cause !== null || reported.end !== null) return;
    cause = why;
    tree.terminate();
    later(rules.graceMs, () => { tree.kill(); });
  };
  const onAbort = (): void => { stop({ kind: 'cancelled' }); };
  signal.addEventListener('abort', onAbort, { once: true });
  later(rules.timeoutMs, () => { stop({ kind: 'timed-out' }); });

  const closed = [output, messages, report].map((stream) => streamEnd(stream));
  const came = (chunk: Uint8Array): void => {
    if (cause?.kind === 'too-much-output') {
      release(chunk);
      return;
    }
    ring.push(chunk);
    rules.onOutput?.(chunk);
    release(chunk);
    if (ring.bytes <= rules.output.killAt || cause !== null) return;
    cause = { kind: 'too-much-output' };
    tree.kill();
  };
  const said = textOf(messages, messageLimit); // before those that release what came
  output?.on('data', (chunk: Uint8Array) => {
    apart?.push(chunk);
    came(chunk);
  });
  if (apart !== null) messages?.on('data', came);
  const told = textOf(report, messageLimit, (text) => {
    if (reported.end !== null) return;
    reported = readReport(text);
    if (reported.end === null) return;
    later(drainMs, () => {
      forced = true;
      void tree.reap();
    });
    later(drainMs + rules.graceMs, () => { tree.kill(); });
  });

  const exit = await ended;
  signal.removeEventListener('abort', onAbort);
  for (const timer of timers.splice(0)) clearTimeout(timer);
  const leftovers = child.pid === undefined ? 0 : await tree.reap();
  await Promise.race([Promise.all(closed), new Promise<void>((resolve) => { later(drainMs, resolve); })]);
  for (const timer of timers) clearTimeout(timer);
  for (const stream of [output, messages, report]) stream?.destroy();
  if ('error' in exit) return result(notStarted(launch, exit.error), leftovers);
  const final = readReport(told());
  if (cause !== null) return result(cause, leftovers);
  if (!final.started) return result({ kind: 'not-started', why: cleanOutput(said()).trim() || `${launch.file} ended with ${exit.signal ?? exit.code} before the command began.` }, leftovers);
  const intact = forced || (exit.signal === null && exit.code === 0); // else someone ended the shell around the command, and its word counts for nothing
  return result(intact && final.end !== null ? final.end : endOf(exit), leftovers);
}

/** Gives a chunk's memory back now: each has its own, and a gate that prints a gigabyte would else have tens of megabytes lie about until they are collected. */
function release({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
}

function start(launch: Launch): ChildProcess {
  return spawn(launch.file, launch.args, {
    cwd: launch.directory, env: { ...launch.environment }, detached: process.platform !== 'win32', windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', ...(launch.handOver === null ? [] : ['pipe', 'pipe'] as const)],
  });
}

function notStarted(launch: Launch, error: unknown): End {
  const found = error instanceof Error ? error.message : String(error);
  const next = found.includes('E2BIG') ? 'The command is too long: put it in a script.' : `Is ${launch.file} installed, and is ${launch.directory} a folder?`;
  return { kind: 'not-started', why: `Tried to start ${launch.file} in ${launch.directory}: ${found}. ${next}` };
}

/** Nobody reported the code: the shell around the command was ended, by the command or for want of memory. Never a success. */
function endOf(exit: { readonly code: number | null; readonly signal: string | null }): End {
  const signal = exit.signal ?? signalName((exit.code ?? 0) - 128);
  return signal === null ? { kind: 'exited', code: exit.code || 1 } : { kind: 'signalled', signal };
}

function streamEnd(stream: Readable | null): Promise<void> {
  return new Promise((resolve) => {
    if (stream === null) resolve();
    else stream.once('close', resolve).once('error', () => { resolve(); });
  });
}

/** Gathers text up to `limit` characters; gives what there is so far. */
function textOf(stream: Readable | null, limit: number, each: (text: string) => void = () => undefined): () => string {
  let text = '';
  const decoder = new TextDecoder();
  stream?.on('data', (part: Uint8Array) => {
    text = (text + decoder.decode(part, { stream: true })).slice(0, limit);
    each(text);
  });
  return () => text;
}
