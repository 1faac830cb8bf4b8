/**
 * One call of the command line, as its command sees it: where, by whom, and how to reach the engine.
 * Owns: what the flags that every command has come to. Refuses: to start an engine before a command asks for one.
 */
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { connectEngine } from '../client/connectEngine.ts';
import type { EngineClient } from '../client/engineClient.ts';
import { UsageError } from './failure.ts';
import type { Outlet } from './outlet.ts';
import type { Surroundings } from './surroundings.ts';

export interface GlobalFlags { readonly repo?: string; readonly config?: string; readonly json?: boolean }

export interface Invocation {
  readonly surroundings: Surroundings;
  readonly outlet: Outlet;
  /** `--repo`, or where the person is. */
  readonly directory: string;
  /** Who decides, for the record. */
  readonly person: string;
}

/** Throws a UsageError for a settings file that is not there. */
export function invocationOf(surroundings: Surroundings, outlet: Outlet, flags: GlobalFlags): Invocation {
  return { surroundings: { ...surroundings, environment: environmentOf(surroundings, flags) }, outlet, directory: resolve(surroundings.directory, flags.repo ?? '.'), person: personName() };
}

/** `--config` reaches every program of ours through the environment. */
function environmentOf({ environment, directory }: Surroundings, { config }: GlobalFlags): Surroundings['environment'] {
  if (config === undefined) return environment;
  const path = resolve(directory, config);
  if (!existsSync(path)) throw new UsageError('cannot-read-file', `There is no settings file ${path}`, 'Give the path of a settings.yaml with --config, or leave it out.');
  return { ...environment, TREELINE_SETTINGS: path };
}

function personName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown user'; // a user id without an entry in the system's list
  }
}

/** The engine of the repository, started where none runs. Rejects with a TreelineError. Who opens it closes it. */
export function openEngine({ surroundings, directory, outlet }: Invocation): Promise<EngineClient> {
  const engineBundle = join(surroundings.programs, 'engine.js');
  if (!existsSync(engineBundle)) throw new UsageError('not-built', `The engine's program ${engineBundle} is not there`, 'Build it with: npm run build.');
  return connectEngine({
    directory, engineBundle, clientName: 'cli', version: surroundings.version, start: true,
    environment: surroundings.environment,
    log: (message) => outlet.note(outlet.paint.quiet(message)),
  });
}
