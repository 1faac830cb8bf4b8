// What the specs of the walls stand on: a folder of their own, a sandbox over the real machine, and short requests.
import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noMounts, type ProcessRequest, type ProcessResult, type Sandbox, type SandboxMode } from '../../src/ports/sandbox.ts';
import type { Log } from '../../src/ports/system.ts';
import { createSandbox, type SandboxOptions } from '../../src/sandbox/createSandbox.ts';
import { skipBecause } from '../support/skip.ts';

export const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export interface Ground {
  /** Real path; removed by `close`. */
  readonly folder: string;
  /** `folder/tree`: the root of what runs. */
  readonly root: string;
  readonly sandbox: Sandbox;
  run(command: string, more?: Partial<ProcessRequest>): Promise<ProcessResult>;
  close(): void;
}

/** A sandbox whose commands may write `root`; `graceMs` is short, since tests end what does not want to end. */
export function openGround(mode: SandboxMode, options: Partial<SandboxOptions> = {}): Ground {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'treeline-walls-')));
  const root = join(folder, 'tree');
  mkdirSync(root);
  const sandbox = createSandbox({ log: silent, environment: process.env, hidden: [], graceMs: 300, ...options });
  return {
    folder, root, sandbox,
    run: (command, more = {}) => sandbox.run({
      command, root, timeoutMs: 60_000, network: false, mounts: noMounts, environment: {}, mode,
      output: { head: 64 * 1024, tail: 64 * 1024, killAt: 64 * 1024 ** 2 }, ...more,
    }, new AbortController().signal),
    close: () => { rmSync(folder, { recursive: true, force: true }); },
  };
}

/** Skips, saying why, where bubblewrap does not work. For a `before` hook. */
export async function needsWalls(context: Mocha.Context): Promise<void> {
  const { kind, why } = await createSandbox({ log: silent, environment: process.env, hidden: [] }).probe();
  if (kind === 'none') skipBecause(context, `No sandbox on this machine: ${why}.`);
}

/** Skips, saying why, off Linux. */
export function needsLinux(context: Mocha.Context): void {
  if (process.platform !== 'linux') skipBecause(context, 'Looks for processes in /proc, which only Linux has.');
}

/** Command lines of living processes that hold `text`, on Linux. */
export function living(text: string): readonly string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return command.includes(text) ? [command] : []; // a zombie's is empty
    } catch {
      return [];
    }
  });
}

/** A number of seconds to sleep that no other process sleeps: marks what a test started. */
export function rareSleep(): string {
  return `sleep 9${randomInt(1e9)}.${randomInt(1e9)}`;
}
