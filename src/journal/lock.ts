/**
 * Who leads: an exclusive transaction held on `<folder>/lock.db` for as long as the engine lives. The system lets go of it
 * with the process, however that ends. Owns: the lock and the count of leaders (`epoch`) in it.
 * Refuses: to wait; to open the file in any other way in this process (closing a second handle would drop POSIX locks).
 */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { JournalError } from '../ports/journal.ts';

export interface Lock {
  /** Grows by one with every leader of this repository. */
  readonly epoch: number;
  release(): void;
}

const busy = 5;
const full = 13;
const unreadable = new Set([11, 26]);

/** Null: another process leads. Throws a JournalError: `unwritable`, `disk-full`, `corrupt`. `folder` exists. */
export function acquireLock(folder: string): Lock | null {
  const path = join(folder, 'lock.db');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    // Exclusive mode keeps the lock between the transaction that counts and the one that is held.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE IF NOT EXISTS leader (epoch INTEGER NOT NULL)');
    const row = database.prepare('SELECT max(epoch) AS epoch FROM leader').get();
    // A lock file that was removed must not count from 1 again: entries of an older epoch are left out when journals are read.
    const epoch = Number(row?.['epoch'] ?? Math.floor(Date.now() / 1000)) + 1;
    database.exec('DELETE FROM leader');
    database.prepare('INSERT INTO leader VALUES (?)').run(epoch);
    database.exec('COMMIT; BEGIN EXCLUSIVE');
    chmodSync(path, 0o600);
    const held = database;
    return { epoch, release: () => held.close() };
  } catch (error) {
    database?.close();
    const code = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 0;
    if (code === busy) return null;
    const reason = code === full ? 'disk-full' : unreadable.has(code) ? 'corrupt' : 'unwritable';
    const next = reason === 'corrupt' ? ' It holds no work: remove it when no engine runs.' : '';
    throw new JournalError(reason, `the lock ${path} could not be taken: ${error instanceof Error ? error.message : String(error)}.${next}`, { cause: error });
  }
}
