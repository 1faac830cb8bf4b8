// @ts-check
/**
 * VS Code's server and extension hosts leave the files of their sockets behind, one or two for every window ever opened.
 *
 * Owns: removing those that came since a given time and that nobody listens to any more. Refuses: to touch a socket with a
 * listener, any other file, and platforms where listeners cannot be seen (all but Linux).
 */
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @param {number} since as Date.now() gives it */
export function removeStaleSockets(since) {
  if (process.platform !== 'linux') return;
  const directory = process.env.XDG_RUNTIME_DIR ?? tmpdir(); // where VS Code puts them
  const names = listing(directory).filter((name) => /^vscode-(ipc|git)-[\w-]+\.sock$/.test(name));
  if (names.length === 0) return;
  const listening = new Set(readFileSync('/proc/net/unix', 'utf8').split('\n').map((line) => line.slice(line.indexOf('/'))));
  for (const path of names.map((name) => join(directory, name))) {
    const stat = statSync(path, { throwIfNoEntry: false });
    // A second of tolerance: file times are coarser than the clock.
    if (stat?.isSocket() && stat.ctimeMs >= since - 1000 && !listening.has(path)) rmSync(path, { force: true });
  }
}

/** @param {string} directory */
function listing(directory) {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
