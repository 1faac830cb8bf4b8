// @ts-check
/**
 * Opens a folder with Treeline in a VS Code for a person to look at.
 *
 * Owns: which VS Code that is (the desktop one when it is there or can be had, else the browser-based one), its data,
 * its end. Refuses: to touch the person's own VS Code: settings, extensions and windows of it are another instance's.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layOutTreeline } from '../package.mjs';
import { root } from '../node.mjs';
import { downloadDesktop, findDesktop, hasDisplay } from './desktop.mjs';
import { startServer } from './server.mjs';
import { hostSettings } from './settings.mjs';
import { setUpVsCode } from './setup.mjs';

/**
 * @typedef {object} EditorOptions
 * @property {string} folder to open
 * @property {string} data an empty folder for the editor's own files; the caller removes it
 * @property {'desktop' | 'browser' | undefined} kind undefined: the desktop one where there is one
 * @property {boolean} open show it: false only prints the address of the browser-based one
 * @property {number} port of the browser-based one; 0 takes a free one
 * @property {Record<string, string | undefined>} environment added to what extensions see
 * @property {(line: string) => void} log
 *
 * @typedef {object} Editor
 * @property {string} place where it is to be seen, for people
 * @property {Promise<void>} closed resolves when the person closes the desktop window; never for the browser-based one
 * @property {() => Promise<void>} stop ends its processes
 */

/** @param {EditorOptions} options @returns {Promise<Editor>} */
export async function openEditor(options) {
  const executable = await desktopFor(options);
  return executable ? openDesktop(executable, options) : openBrowser(options);
}

/** @param {EditorOptions} options @returns {Promise<string | undefined>} */
async function desktopFor({ kind, open }) {
  if (kind === 'browser') return undefined;
  if (kind === 'desktop') {
    const executable = findDesktop() ?? (await downloadDesktop({ timeout: 15_000 }));
    if (executable) return executable;
    throw new Error('No desktop VS Code: VSCODE_EXECUTABLE is not set, there is no `code` on PATH (or no display), and none could be downloaded. Leave --desktop away for the browser-based one.');
  }
  // Where no window can be shown, and where nobody wants one, a desktop VS Code is no help: the address is.
  if (!open || process.env.CI || !hasDisplay()) return undefined;
  return findDesktop() ?? (await downloadDesktop());
}

/** @param {string} executable @param {EditorOptions} options @returns {Promise<Editor>} */
async function openDesktop(executable, { folder, data, environment, log }) {
  const user = join(data, 'user');
  mkdirSync(join(user, 'User'), { recursive: true });
  writeFileSync(join(user, 'User', 'settings.json'), JSON.stringify(hostSettings, null, 2));
  // With user data of its own it is a process of its own too: it neither joins a running VS Code nor returns at once.
  const args = [folder, `--extensionDevelopmentPath=${root}`, `--user-data-dir=${user}`, `--extensions-dir=${join(data, 'extensions')}`, '--disable-workspace-trust',
    '--skip-welcome', '--skip-release-notes', '--disable-updates', '--new-window', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  const env = { ...process.env, ...environment };
  delete env.ELECTRON_RUN_AS_NODE; // else the application would be a Node that tries to run the folder
  const child = spawn(executable, args, { stdio: 'ignore', env, shell: process.platform === 'win32' && executable.endsWith('.cmd') });
  /** @type {Promise<void>} */
  const closed = new Promise((resolve) => child.once('exit', () => resolve()));
  await new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new Error(`${executable} could not be started: ${error.message}`, { cause: error })));
  });
  log(`VS Code opens: ${executable}`);
  return { place: 'the VS Code window', closed, stop: async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill();
    await closed;
  } };
}

/** @param {EditorOptions} options @returns {Promise<Editor>} */
async function openBrowser({ folder, port, open, environment, log }) {
  await setUpVsCode({ log });
  const server = await startServer({ port, layOut: layOutTreeline, environment });
  const address = server.address({ folder });
  log(`VS Code is at\n\n    ${address}\n`);
  if (open && !process.env.CI && hasDisplay()) openInSystemBrowser(address);
  return { place: address, closed: new Promise(() => {}), stop: server.stop };
}

/** @param {string} address */
function openInSystemBrowser(address) {
  const opener = { darwin: 'open', win32: 'explorer' }[/** @type {string} */ (process.platform)] ?? 'xdg-open';
  // Without an opener the printed address does: that is no error.
  spawn(opener, [address], { stdio: 'ignore', detached: true }).on('error', () => {}).unref();
}
