/** Lock files of git. Owns: waiting until one goes. Refuses: to take one away: whether that may be done, only who knows whose it is can say. */
import { access } from 'node:fs/promises';
import { GitError } from '../ports/archive.ts';
import type { Clock } from '../ports/system.ts';
import { retryWhileLocked } from './serialize.ts';

/** @returns whether it is there still, after about 11 s */
export async function staysLocked(clock: Clock, lock: string): Promise<boolean> {
  return retryWhileLocked(clock, async () => {
    if (await access(lock).then(() => true, () => false)) throw new GitError('locked', `${lock} is there`, 'Wait for the git command that made it');
  }).then(() => false, () => true);
}
