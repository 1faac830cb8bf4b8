/**
 * From a repository to a connection: the engine that runs, or one that is started for it.
 * Owns: the hand-over between versions (an older idle engine steps down) and the race of several starters.
 * Refuses: to take a stale file or socket for an engine.
 */
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { protocolVersion } from '../protocol/messages.ts';
import { ConnectionLost, openChannel } from './doorChannel.ts';
import type { DoorChannel, Listeners } from './doorChannel.ts';
import { readEngineFile } from './engineFile.ts';
import type { ConnectOptions } from './engineClient.ts';
import { startEngine } from './startEngine.ts';
import { TreelineError } from './treelineError.ts';

/** Another starter's engine may take this long from its lock to its door: it folds every journal before. */
const patienceMs = 60_000;
const pauseMs = 40;

/** Rejects with a TreelineError. `commonDir` as found by findCommonDir. */
export async function reachEngine(options: ConnectOptions, commonDir: string, listeners: Listeners, signal: AbortSignal): Promise<DoorChannel> {
  const folder = join(commonDir, 'treeline');
  const who = { client: options.clientName, version: options.version };
  let locked = 0;
  for (let waited = 0; waited < patienceMs; waited += pauseMs) {
    signal.throwIfAborted();
    const file = await readEngineFile(folder);
    const channel = file && await openChannel(file, who, listeners);
    if (channel && channel.engine.protocol === protocolVersion) return channel;
    if (channel) await handOver(channel);
    if (!options.start) throw new TreelineError('not-running', `No engine runs for ${commonDir}.`, 'Start a task, or open the repository in VS Code.');
    // One that holds the lock and has no door yet is not asked for again at once: each question costs a process.
    if (locked === 0 || locked % 25 === 0) {
      const started = await startEngine({ commonDir, directory: options.directory, bundle: options.engineBundle, version: options.version, environment: options.environment ?? process.env, signal });
      if (started === 'ready') continue;
    }
    locked += 1;
    await after(pauseMs, undefined, { signal });
  }
  throw new TreelineError('engine-failed', `Another process holds ${join(folder, 'lock.db')}, but no engine answers.`, 'Look at engine.log beside it and end that process; the work goes on with the next engine.');
}

/** The engine speaks another protocol: it makes room, or we cannot work with it. */
async function handOver(channel: DoorChannel): Promise<void> {
  const { engine } = channel;
  try {
    if (engine.protocol > protocolVersion) {
      throw new TreelineError('protocol-newer', `A newer Treeline (${engine.version}) works in this repository; this one cannot speak to it.`, 'Update this Treeline, or close the newer one and wait until its engine has ended.');
    }
    const stepsDown = await channel.request('stepDown', {}).catch((error: unknown) => { if (error instanceof ConnectionLost) return true; throw error; });
    if (!stepsDown) {
      throw new TreelineError('protocol-older-busy', `An engine of an older Treeline (${engine.version}) is at work in this repository.`, 'Wait until its tasks are done or wait for you, then try again; or answer them with that version.');
    }
    await channel.ended;
  } finally {
    channel.close();
  }
}
