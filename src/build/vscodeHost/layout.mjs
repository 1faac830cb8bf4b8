// @ts-check
/**
 * Where the hosted VS Code lies, and which Node runs it.
 *
 * Owns: the paths inside the host folder and the choice of Node. Refuses: to install or start anything (setup.mjs and
 * server.mjs do).
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeForWork } from '../node.mjs';
import { cacheFolder } from './cacheFolder.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** @param {string} name */
export const shim = (name) => join(here, 'shims', name);

/** The manifest and the lock file that the host is installed from. */
export const manifests = ['package.json', 'package-lock.json'].map((name) => join(here, name));

/** The folder that holds the installed VS Code for this checkout and platform; exists only when it is complete. */
export function hostDirectory() {
  return cacheFolder('vscode-host', [...manifests, join(here, 'setup.mjs'), shim('spdlog.cjs'), shim('nativeWatchdog.cjs')]);
}

/**
 * The root of VS Code's own files inside a host folder.
 * @param {string} host
 */
export const vscodeDirectory = (host) => join(host, 'node_modules', 'code-server', 'lib', 'vscode');

/**
 * VS Code's own server entry. Not the `code-server` command: that one adds a process and a login page, and hides the
 * flags (connection token, reconnection grace time) that tests and `npm start` want.
 * @param {string} host
 */
export const serverEntry = (host) => join(vscodeDirectory(host), 'out', 'server-main.js');

/**
 * The Node that runs the server, and with it the extension host. Node 20 would not do: the server imports
 * `module.registerHooks` (22.15 or newer) and with an older one answers every page with 500.
 * @returns {string} the path of an executable
 * @throws {Error} when there is none; the message says what to install
 */
export function serverNode() {
  const node = nodeForWork();
  if ('problem' in node) throw new Error(node.problem);
  return node.path;
}
