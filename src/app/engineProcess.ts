/**
 * The life of the engine's process: lock → house → door → engine.json, until it is told to end or nobody needs it.
 * Owns: that order, and that everything is undone in the opposite one. Refuses: to do anything before it holds the lock.
 */
import { randomBytes } from 'node:crypto';
import { readEngineFile, removeEngineFile, writeEngineFile } from '../client/engineFile.ts';
import type { Environment } from '../client/places.ts';
import { runtimeFolder } from '../client/places.ts';
import { journalFolder, makeFolder } from '../journal/journalFolder.ts';
import { acquireLock } from '../journal/lock.ts';
import type { Log } from '../ports/system.ts';
import { protocolVersion } from '../protocol/messages.ts';
import { openDoor } from './door.ts';
import type { Answers, Visitor } from './door.ts';
import { newSocketPath, removeSocket } from './runtimeFolder.ts';

/** What works behind the door. */
export interface House {
  readonly answers: Omit<Answers, 'stepDown'>;
  /** What confines processes here: `bubblewrap`, or `none: <why>`. */
  readonly sandbox: string;
  /** Variables of a client's environment that the user's tool servers need, by name. */
  variables(): readonly string[];
  /** Nothing runs and nothing will start by itself. */
  idle(): boolean;
  /** Called when `idle` may have changed. */
  onChange(listener: () => void): void;
  left(visitor: Visitor): void;
  close(): Promise<void>;
}

export interface EngineProcessOptions {
  readonly commonDir: string;
  readonly version: string;
  readonly environment: Environment;
  readonly log: Log;
  /** Ends itself after so long without work and without clients, ms. */
  readonly idleMs: number;
  readonly openHouse: (epoch: number) => Promise<House>;
}

export interface EngineProcess {
  readonly epoch: number;
  close(): Promise<void>;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
}

/** Null: another process leads. Rejects with a TreelineError, a JournalError, or what `openHouse` rejects with; nothing is left behind then. */
export async function startEngineProcess(options: EngineProcessOptions): Promise<EngineProcess | null> {
  const { commonDir, log, environment, version } = options;
  const folder = journalFolder(commonDir);
  await makeFolder(folder);
  const lock = acquireLock(folder);
  if (!lock) return null;
  const undo: (() => Promise<void> | void)[] = [() => lock.release()];
  const takeBack = async (): Promise<void> => { for (const step of undo.reverse()) await Promise.resolve(step()).catch((error: unknown) => log.error('while closing', error)); };
  try {
    await removeWhatTheLastOneLeft(folder, environment);
    const path = await newSocketPath(environment);
    const house = await options.openHouse(lock.epoch);
    undo.push(() => house.close());
    const token = randomBytes(32).toString('hex');
    const stepDown = async (): Promise<boolean> => {
      if (!house.idle()) return false;
      log.info('a newer version asked for the place');
      // The answer goes out first.
      setTimeout(() => void close(), 50);
      return true;
    };
    const describe = () => ({ version, protocol: protocolVersion, epoch: lock.epoch, pid: process.pid, sandbox: house.sandbox, busy: !house.idle(), variables: [...house.variables()] });
    const door = await openDoor({ path, token, log, host: { answers: { ...house.answers, stepDown }, describe, left: (visitor) => house.left(visitor) } });
    undo.push(() => removeSocket(path), () => door.close());
    await writeEngineFile(folder, { socket: path, token, pid: process.pid, epoch: lock.epoch, protocol: protocolVersion, version });
    undo.push(() => removeEngineFile(folder));

    let timer: NodeJS.Timeout | undefined;
    let closing: Promise<void> | undefined;
    let resolveEnded: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => { resolveEnded = resolve; });
    const close = (): Promise<void> => {
      clearTimeout(timer);
      closing ??= takeBack().then(() => { log.info('closed'); resolveEnded(); });
      return closing;
    };
    const look = (): void => {
      const needed = door.visitors() > 0 || !house.idle();
      if (needed || closing) {
        clearTimeout(timer);
        timer = undefined;
      } else {
        timer ??= setTimeout(() => { log.info('nothing to do and nobody is watching'); void close(); }, options.idleMs);
      }
    };
    door.onTraffic(look);
    house.onChange(look);
    look();
    log.info(`leader ${lock.epoch} listens at ${path}`);
    return { epoch: lock.epoch, close, ended };
  } catch (error) {
    await takeBack();
    throw error;
  }
}

/** A socket of ours that a killed engine left; its file says which. */
async function removeWhatTheLastOneLeft(folder: string, environment: Environment): Promise<void> {
  const left = await readEngineFile(folder).catch(() => null);
  await removeEngineFile(folder);
  if (left?.socket.startsWith(runtimeFolder(environment)) === true) await removeSocket(left.socket);
}
