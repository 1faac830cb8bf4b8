/** Asks for the lock once it is told to, says what it got, and holds it until its standard input ends. */
import { acquireLock } from '../../../src/journal/lock.ts';

process.stdout.write('here\n');
process.stdin.once('data', () => {
  const lock = acquireLock(process.argv[2] ?? '');
  process.stdout.write(`${lock ? lock.epoch : 'locked'}\n`);
  process.stdin.once('end', () => lock?.release());
});
