/**
 * A program of the user's own (a tool server of their settings), started outside the walls: it is theirs, and needs what they gave it.
 * Owns: its environment (the allow-list plus what is named), a process group with a mark, and that all of it has ended afterwards (I11).
 * Refuses: a shell, a repository's folder to stand in (whose files could pick what `npx` and its like run), and inherited keys.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { cleanOutput } from './cleanOutput.ts';
import { confinedEnvironment } from './environment.ts';
import { OutputRing } from './outputRing.ts';
import { groupOf } from './unconfined.ts';

export interface UserProgramOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** The engine's environment: its allow-listed part is passed on. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Added to that: what the user's settings name. */
  readonly added: Readonly<Record<string, string>>;
  /** See SandboxOptions. */
  readonly owner?: string;
  /** From closing its input to asking it to end, and from that to killing it, in ms. */
  readonly graceMs?: number;
  readonly onErrors?: (chunk: Uint8Array) => void;
}

export interface UserProgram {
  readonly input: Writable;
  readonly output: Readable;
  /** Resolves with words when it has ended, by itself or not: `exited with 3`, `could not be started: …`. */
  readonly ended: Promise<string>;
  /** The last it said on standard error, safe to show. */
  errors(): string;
  /** Closes its input, waits, asks, kills; resolves when no process of it lives. Again: the same answer. */
  end(): Promise<void>;
}

const usualGraceMs = 2_000;
const errorsKept = 4_096;

export function startUserProgram(options: UserProgramOptions): UserProgram {
  const marker = `${options.owner === undefined ? '' : `${options.owner}.`}${randomBytes(16).toString('hex')}`;
  const environment = confinedEnvironment(options.environment, { network: true, walls: false, windows: process.platform === 'win32', marker, added: options.added });
  const child = spawn(options.command, options.args, { cwd: homedir(), env: environment, detached: process.platform !== 'win32', windowsHide: true, stdio: ['pipe', 'pipe', 'pipe'] });
  const tree = groupOf(child, marker);
  const errors = new OutputRing({ head: 0, tail: errorsKept });
  child.stderr.on('data', (chunk: Uint8Array) => {
    errors.push(chunk);
    options.onErrors?.(chunk);
  });
  child.stdin.on('error', () => undefined); // it has ended; `ended` says so
  const ended = endOf(child);
  const graceMs = options.graceMs ?? usualGraceMs;
  let ending: Promise<void> | null = null;

  async function end(): Promise<void> {
    child.stdin.end();
    if (!await within(ended, graceMs)) tree.terminate();
    if (!await within(ended, graceMs)) tree.kill();
    await ended;
    if (child.pid !== undefined) await tree.reap();
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  }

  return {
    input: child.stdin, output: child.stdout, ended,
    errors: () => cleanOutput(new TextDecoder().decode(errors.kept().tail)).trim(),
    end: () => (ending ??= end()),
  };
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => { resolve(`could not be started: ${error.message}`); });
    child.once('exit', (code, signal) => { resolve(signal === null ? `exited with ${code ?? 0}` : `was ended by ${signal}`); });
  });
}

/** Whether it resolved in time. */
async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => { timer = setTimeout(() => { resolve(false); }, ms); });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
