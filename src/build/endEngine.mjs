// @ts-check
/**
 * Ends the engine process of a repository that is about to be removed.
 *
 * Owns: finding it by the file that engines leave in the git folder, and its end. Refuses: to be used on a person's own
 * repository, where an engine is never ended from outside: it ends itself when nobody needs it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks it to end (it ends what it runs), and insists after ten seconds. Returns when it is gone, at once when there is none.
 * @param {string} repository its work tree
 */
export async function endEngine(repository) {
  const pid = engineOf(repository);
  if (pid === undefined || !send(pid, 'SIGTERM')) return;
  if (await hasEnded(pid)) return;
  send(pid, 'SIGKILL');
  await hasEnded(pid);
}

/** @param {string} repository @returns {number | undefined} */
function engineOf(repository) {
  try {
    const { pid } = JSON.parse(readFileSync(join(repository, '.git', 'treeline', 'engine.json'), 'utf8'));
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined; // none was started, or it has ended
  }
}

/**
 * Waits up to ten seconds for a process to be gone.
 * @param {number} pid
 * @returns {Promise<boolean>} whether it is
 */
export async function hasEnded(pid) {
  for (let tries = 0; tries < 200; tries += 1) {
    if (!send(pid, 0)) return true;
    await pause(50);
  }
  return false;
}

/** @param {number} pid @param {NodeJS.Signals | 0} signal @returns {boolean} whether there is such a process */
function send(pid, signal) {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
