/** Lock files of git. Owns: waiting until one goes. Refuses: to take one away: whether that may be done, only who knows whose it is can say. */
import { access } from 'node:fs/promises';
import { GitError } from '../ports/archive.ts';
import type { Clock } from '../ports/system.ts';
import { retryWhileLocked } from './serialize.ts';

/** @returns whether it is there still, after about 11 s */
export async function staysLocked(clock: Clock, lock: string): Promise<boolean> {
  const held = (): never => { throw new GitError('locked', `${lock} is there`, 'Wait for the git command that made it'); };
  return retryWhileLocked(clock, () => access(lock).then(held, () => undefined)).then(() => false, () => true);
}
