/**
 * Where things lie that belong to the user and not to a repository: the engine's sockets, its copies.
 * Owns: these folders and the length that a socket's path may have. Refuses: to make any of them.
 */
import { homedir, tmpdir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { TreelineError } from './treelineError.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Bytes that a socket's path may have: `sun_path` less its closing zero. */
const socketLimit = process.platform === 'linux' ? 107 : 103;

/** Folder of sockets, to be 0700: `$XDG_RUNTIME_DIR/treeline`, else `<tmp>/treeline-<uid>`. */
export function runtimeFolder(environment: Environment): string {
  const given = environment['XDG_RUNTIME_DIR'];
  return given !== undefined && isAbsolute(given) ? join(given, 'treeline') : join(environment['TMPDIR'] ?? tmpdir(), `treeline-${userInfo().uid}`);
}

/** Throws `socket-too-long`. Named pipes have no such limit. */
export function checkSocketPath(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (process.platform === 'win32' || bytes <= socketLimit) return;
  throw new TreelineError('socket-too-long', `The path of the engine's socket has ${bytes} bytes, this system allows ${socketLimit}: ${path}`, 'Set XDG_RUNTIME_DIR to a folder with a shorter path.');
}

/** `$XDG_DATA_HOME/treeline` and its like: copies of the engine. */
export function dataFolder(environment: Environment): string {
  return join(base(environment, 'XDG_DATA_HOME', 'LOCALAPPDATA', '.local/share'), 'treeline');
}

/** `$XDG_STATE_HOME/treeline` and its like: what the user has trusted. */
export function stateFolder(environment: Environment): string {
  return join(base(environment, 'XDG_STATE_HOME', 'LOCALAPPDATA', '.local/state'), 'treeline');
}

/** `$XDG_CONFIG_HOME/treeline` and its like: the user's settings. */
export function configFolder(environment: Environment): string {
  return join(base(environment, 'XDG_CONFIG_HOME', 'APPDATA', '.config'), 'treeline');
}

function base(environment: Environment, xdg: string, windows: string, underHome: string): string {
  const given = environment[xdg];
  if (given !== undefined && isAbsolute(given)) return given;
  const onWindows = process.platform === 'win32' ? environment[windows] : undefined;
  return onWindows ?? join(environment['HOME'] ?? homedir(), underHome);
}
