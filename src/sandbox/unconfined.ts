/**
 * No walls: a process group of its own, and a mark in the environment by which what left the group is found again (I11, best effort).
 * Owns ending and counting such leftovers. Off Linux only the group is known; on Windows the tree that taskkill sees.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { confinedVariable } from './environment.ts';
import type { ProcessTree } from './runProcess.ts';

/** Rounds of looking for leftovers: one that forks while it is looked for is found in the next. */
const rounds = 20;

/**
 * @param child started as the leader of its own session
 * @param marker value of the marking variable in its environment
 */
export function groupOf(child: ChildProcess, marker: string): ProcessTree {
  const leader = child.pid ?? 0;
  const found = new Set<number>();
  let groupKilled = false;
  const kill = (): void => {
    groupKilled = true;
    if (process.platform === 'win32') spawn('taskkill', ['/PID', String(leader), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).on('error', () => child.kill());
    else sendGroup(leader, 'SIGKILL');
  };
  return {
    kill,
    terminate: () => {
      if (process.platform === 'win32') kill();
      else sendGroup(leader, 'SIGTERM');
    },
    reap: async () => {
      if (process.platform === 'darwin') sendGroup(leader, 'SIGKILL');
      for (let round = 0; round < rounds; round += 1) {
        const left = await leftovers(leader, marker);
        if (left.length === 0) break;
        for (const { pid, inGroup } of left) {
          if (!(groupKilled && inGroup)) found.add(pid); // one that was killed may take a moment to be gone
          send(pid, 'SIGKILL');
        }
      }
      return found.size;
    },
  };
}

/**
 * Kills what ran without walls for a process that was itself killed: all that bear a mark of `owner`. To be called by the one process that may
 * start commands for this owner, before it starts any. Linux only: elsewhere no process's environment can be read.
 * @returns how many there were
 */
export async function endOrphans(owner: string): Promise<number> {
  const found = new Set<string>();
  for (let round = 0; round < rounds; round += 1) {
    const names = (await readdir('/proc').catch((): string[] => [])).filter((name) => /^\d+$/.test(name));
    const left = (await Promise.all(names.map(async (name) => ((await environmentOf(name)).some((entry) => entry.startsWith(`${confinedVariable}=${owner}.`)) ? [name] : [])))).flat();
    if (left.length === 0) break;
    for (const name of left) {
      found.add(name);
      send(Number(name), 'SIGKILL');
    }
  }
  return found.size;
}

/** Living processes with the mark, or of the session, that are neither the first one nor its direct children: those are our own few lines of shell. */
async function leftovers(leader: number, marker: string): Promise<{ readonly pid: number; readonly inGroup: boolean }[]> {
  const names = await readdir('/proc').catch((): string[] => []);
  const judged = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map(async (name) => {
    const stat = await readFile(`/proc/${name}/stat`, 'latin1').catch(() => null);
    if (stat === null) return null;
    const [state, parent, group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X' || Number(name) === leader || Number(parent) === leader) return null;
    const one = { pid: Number(name), inGroup: Number(group) === leader };
    if (Number(session) === leader) return one;
    return (await environmentOf(name)).includes(`${confinedVariable}=${marker}`) ? one : null;
  }));
  return judged.filter((one) => one !== null);
}

/** `NAME=value` of each; none for a process that is gone, is a zombie, or is another user's. */
async function environmentOf(pid: string): Promise<readonly string[]> {
  return (await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')).split('\0');
}

function sendGroup(leader: number, signal: NodeJS.Signals): void {
  if (leader > 1) send(-leader, signal);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch { /* it has just ended */ }
}
