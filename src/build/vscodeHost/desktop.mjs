// @ts-check
/**
 * The VS Code that people have on their desks: finds the application, or has it downloaded.
 *
 * Owns: where applications lie on each platform. Refuses: to start one (runTests.mjs, start.mjs), and to say one is there
 * on a Linux without a display, where it could only fail.
 */
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { cacheDirectory } from './cacheFolder.mjs';

/** @typedef {Record<string, string | undefined>} Environment */

/**
 * VSCODE_EXECUTABLE, or the application behind a `code` on PATH. Not that launcher itself: it returns at once instead of
 * waiting for the window, and inside an editor's terminal it is a script that speaks to that editor.
 * @param {Environment} [env]
 * @returns {string | undefined} path of an application
 * @throws {Error} when VSCODE_EXECUTABLE names a file that is not there
 */
export function findDesktop(env = process.env) {
  const named = env.VSCODE_EXECUTABLE;
  if (named && !existsSync(named)) throw new Error(`VSCODE_EXECUTABLE is ${named}, but there is no such file. Correct or unset it.`);
  if (named) return named;
  if (!hasDisplay(env)) return undefined;
  for (const directory of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    for (const name of ['code', 'code-insiders', 'codium']) {
      const launcher = join(directory, process.platform === 'win32' ? `${name}.cmd` : name);
      const application = existsSync(launcher) ? applications(dirname(realpathSync(launcher)), name).find((path) => existsSync(path)) : undefined;
      if (application) return application;
    }
  }
  return undefined;
}

/** Where an application may lie, seen from its launcher's folder. @param {string} bin @param {string} name */
function applications(bin, name) {
  if (process.platform === 'win32') return ['Code.exe', 'Code - Insiders.exe', 'VSCodium.exe'].map((file) => join(bin, '..', file));
  if (process.platform === 'darwin') return ['Electron', 'Code', 'VSCodium'].map((file) => join(bin, '..', '..', '..', 'MacOS', file));
  return [join(bin, '..', name)];
}

/**
 * Whether a window could be shown.
 * @param {Environment} [env]
 */
export function hasDisplay(env = process.env) {
  return process.platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/**
 * Downloads a desktop VS Code as @vscode/test-electron does, into the cache folder; quick when it is there already.
 * @param {{ version?: string, timeout?: number }} [options] `timeout`: ms without an answer until it gives up
 * @returns {Promise<string | undefined>} path of the application; undefined where it cannot be had, which is no error: the
 *   browser-based VS Code is the answer then
 */
export async function downloadDesktop({ version = 'stable', timeout = 5000 } = {}) {
  try {
    const { downloadAndUnzipVSCode, SilentReporter } = await import('@vscode/test-electron');
    return await downloadAndUnzipVSCode({ version, timeout, cachePath: join(cacheDirectory, 'vscode-desktop'), reporter: new SilentReporter() });
  } catch {
    return undefined;
  }
}
