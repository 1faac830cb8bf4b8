/**
 * Walls of namespaces, by bubblewrap (Linux). Owns finding out whether they really work here, and starting and ending what runs behind them.
 * Refuses to guess: the probe runs the very arguments that a command gets.
 */
import { execFile, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { access, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { absoluteEntries } from './environment.ts';
import { lookAtMachine } from './machine.ts';
import { bubblewrapArguments } from './policy.ts';
import type { ProcessTree } from './runProcess.ts';

const run = promisify(execFile);
const probeMs = 15_000;

export type Probe = { readonly kind: 'bubblewrap'; readonly why: string; readonly file: string; readonly canSize: boolean } | { readonly kind: 'none'; readonly why: string };

/**
 * Whether commands can be confined here. Really runs one behind the walls.
 * @param environment what that command gets; its PATH is also where bubblewrap is looked for
 * @param given bubblewrap's path when it is known
 */
export async function probeBubblewrap(environment: Readonly<Record<string, string>>, given?: string): Promise<Probe> {
  if (process.platform !== 'linux') return { kind: 'none', why: 'bubblewrap needs Linux, and there is no other sandbox here yet' };
  const file = given ?? await findBubblewrap(environment['PATH'] ?? '');
  if (file === null) return { kind: 'none', why: 'bubblewrap (bwrap) is not installed. Install it, for instance with "apt install bubblewrap", "dnf install bubblewrap" or "pacman -S bubblewrap"' };
  const root = await mkdtemp(join(await realpath(tmpdir()), 'treeline-probe-'));
  try {
    const { stdout: help } = await run(file, ['--help'], { timeout: probeMs, cwd: '/', env: {} });
    const canSize = help.includes('--size ');
    const machine = await lookAtMachine(environment, [], canSize);
    const view = { root, directory: root, network: false, mounts: [], gitPointer: false };
    await run(file, [...bubblewrapArguments(view, machine), '--', 'bash', '--noprofile', '--norc', '-c', ': >probed'], { timeout: probeMs, cwd: '/', env: { ...environment } });
    await access(join(root, 'probed'));
    return { kind: 'bubblewrap', why: `${file} works`, file, canSize };
  } catch (error) {
    return { kind: 'none', why: `${file} does not work here (${firstLine(error)}). ${remedy(firstLine(error))}` };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function findBubblewrap(path: string): Promise<string | null> {
  for (const folder of ['/usr/bin', '/usr/local/bin', ...absoluteEntries(path)]) {
    const file = join(folder, 'bwrap');
    if (await access(file).then(() => true, () => false)) return file;
  }
  return null;
}

function firstLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr?.trim() || message).split('\n')[0] ?? message;
}

function remedy(found: string): string {
  if (found.includes('ENOENT')) return 'Check the path of bwrap, or install bubblewrap.';
  return 'User namespaces seem to be forbidden: on Ubuntu 24.04 and newer allow them for bwrap with an AppArmor profile '
    + '(or "sysctl kernel.apparmor_restrict_unprivileged_userns=0"); in a container start it with "--security-opt seccomp=unconfined" or "--privileged"';
}

const news = z.object({ 'child-pid': z.int().positive() });

/**
 * The namespace behind a started bubblewrap, by what it says on descriptor 4. Its first process leads the group of the command:
 * asking the group to end reaches the command and not that process, which, being ended, takes everything in the namespace along.
 */
export function namespaceOf(child: ChildProcess): ProcessTree {
  let first: { readonly pid: number; readonly since: string | null } | null = null;
  let text = '';
  const channel = child.stdio[4] as NodeJS.ReadableStream | null | undefined;
  channel?.on('error', () => undefined).on('data', (part: Buffer) => {
    text += part.toString();
    const parsed = text.includes('}') ? news.safeParse(json(text)) : null;
    if (parsed?.success === true) first ??= { pid: parsed.data['child-pid'], since: startOf(parsed.data['child-pid']) };
  });
  const lives = (): boolean => first?.since != null && startOf(first.pid) === first.since;
  const kill = (): void => {
    if (first !== null && lives()) send(first.pid, 'SIGKILL');
    child.kill('SIGKILL');
  };
  return {
    kill,
    terminate: () => {
      if (first !== null && lives()) send(-first.pid, 'SIGTERM');
      else kill();
    },
    reap: async () => {
      kill();
      while (lives()) await new Promise((resolve) => { setTimeout(resolve, 2); });
      return 0;
    },
  };
}

/** When a process that runs began, in ticks since boot; null when it has ended (a zombie has: its namespace is empty by then). */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : fields[19] ?? null;
  } catch {
    return null;
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch { /* it has just ended */ }
}
