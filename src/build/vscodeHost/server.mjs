// @ts-check
/**
 * Starts and stops the browser-based VS Code: a server on 127.0.0.1 that hands out the workbench and runs extensions.
 *
 * Owns: one server process group, its token, its data folder. Refuses: to install itself (setup.mjs), to open a browser,
 * to listen anywhere but on 127.0.0.1, and to serve without a token: whoever reaches the port has a shell.
 */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hostDirectory, serverEntry, serverNode, shim } from './layout.mjs';
import { hostSettings } from './settings.mjs';
import { removeStaleSockets } from './staleSockets.mjs';

/**
 * @typedef {object} ServerOptions
 * @property {number} [port] 0, the default, takes a free one
 * @property {string[]} [vsix] extension packages to install first
 * @property {(directory: string) => void} [layOut] puts unpacked extensions, each in a folder `publisher.name-version`,
 *   into the still empty extensions folder: quicker than `vsix`, and not what a person's VS Code does
 * @property {Record<string, unknown>} [userSettings] on top of {@link hostSettings}
 * @property {boolean} [workspaceTrust] true: folders start in Restricted Mode, as for a person; default false: all trusted
 * @property {Record<string, string | undefined>} [environment] added to what extensions and terminals see
 * @property {string[]} [flags] further flags of the server
 *
 * @typedef {object} Server
 * @property {string} url without the token: answers 403
 * @property {string} authority host and port, as in `vscode-remote://` addresses
 * @property {string} token
 * @property {number} pid also the id of the process group in which everything of this server runs
 * @property {string} settingsFile user settings, read when a window loads
 * @property {string} log what the server printed
 * @property {(page: PageOptions) => string} address of a workbench, with the token
 * @property {() => Promise<void>} stop ends every process and removes the data folder; may be called again
 *
 * @typedef {object} PageOptions
 * @property {string} folder absolute path of the folder to open
 * @property {string[]} [extensionDevelopmentPaths] folders of extensions to load unpacked. VS Code heeds these and the
 *   next only on a server with the flag `--enable-smoke-test-driver`, for it is a built product
 * @property {string} [extensionTestsPath] a module whose `run()` is called inside the extension host
 */

/**
 * Starts a server and resolves when it listens.
 * @param {ServerOptions} [options]
 * @returns {Promise<Server>}
 * @throws {Error} when VS Code is not set up, an extension cannot be installed, or the server ends at once
 */
export async function startServer({ port = 0, vsix = [], layOut, userSettings = {}, workspaceTrust = false, environment = {}, flags = [] } = {}) {
  const entry = serverEntry(hostDirectory());
  if (!existsSync(entry)) throw new Error(`VS Code is not set up: ${entry} is missing. Call setUpVsCode() first; \`npm start\` and \`npm test\` do.`);
  const directory = mkdtempSync(join(tmpdir(), 'treeline-vscode-'));
  const settingsFile = join(directory, 'user', 'User', 'settings.json');
  mkdirSync(join(directory, 'user', 'User'), { recursive: true });
  mkdirSync(join(directory, 'extensions'));
  // Before the first start: settings of the browser-based VS Code live on the server, not in the browser.
  writeFileSync(settingsFile, JSON.stringify({ ...hostSettings, ...userSettings }, null, 2));
  const places = ['--user-data-dir', join(directory, 'user'), '--extensions-dir', join(directory, 'extensions'), '--server-data-dir', join(directory, 'server'),
    '--accept-server-license-terms', '--telemetry-level', 'off'];
  const env = serverEnvironment(environment);
  const started = Date.now();
  const removeData = () => {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    removeStaleSockets(started);
  };
  try {
    layOut?.(join(directory, 'extensions'));
    for (const file of vsix) await installExtension(entry, places, file, env);
    const token = randomBytes(24).toString('hex');
    const log = join(directory, 'server.log');
    const { child, listening } = await launch([entry, ...places, '--host', '127.0.0.1', '--port', String(port), '--connection-token', token,
      // A page that reloads comes back within this time or its extension host ends; the default is three hours.
      '--reconnection-grace-time', '5', ...(workspaceTrust ? [] : ['--disable-workspace-trust']), ...flags], env, log);
    const authority = `127.0.0.1:${listening}`;
    const url = `http://${authority}`;
    return { url, authority, token, pid: /** @type {number} */ (child.pid), settingsFile, log,
      address: (page) => pageAddress(url, authority, token, page),
      stop: stopper(child, removeData) };
  } catch (error) {
    removeData();
    throw error;
  }
}

/**
 * Of a VS Code that we may run inside, nothing is passed on: its variables would send our server to its sockets.
 * @param {Record<string, string | undefined>} added
 */
function serverEnvironment(added) {
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, ...added, TREELINE_HOST_STARTER: String(process.pid) };
  for (const name of Object.keys(env)) if (/^(VSCODE_|ELECTRON_)/.test(name) || name === 'NODE_OPTIONS') delete env[name];
  return env;
}

/** @param {string} entry @param {string[]} places @param {string} file @param {NodeJS.ProcessEnv} env */
async function installExtension(entry, places, file, env) {
  try {
    await promisify(execFile)(serverNode(), [entry, ...places, '--force', '--install-extension', file], { env });
  } catch (error) {
    const { message, stdout = '', stderr = '' } = /** @type {Error & { stdout?: string, stderr?: string }} */ (error);
    throw new Error(`VS Code refused the extension ${file}:\n${(stdout + stderr).trim() || message}`, { cause: error });
  }
}

/**
 * @param {string[]} args @param {NodeJS.ProcessEnv} env @param {string} log
 * @returns {Promise<{ child: import('node:child_process').ChildProcess, listening: string }>}
 */
async function launch(args, env, log) {
  // Detached makes it the leader of a process group: extension hosts, terminals and watchers are in it and end with it.
  // (Treeline's engine is not: it has a group of its own, since it must outlive the editor.)
  const child = spawn(serverNode(), ['--require', shim('endWithStarter.cjs'), ...args], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const file = createWriteStream(log);
  child.stderr.pipe(file, { end: false });
  child.stdout.pipe(file, { end: false });
  let text = '';
  const listening = await new Promise((resolve, reject) => {
    child.stdout.on('data', (data) => {
      text += data;
      const match = /Extension host agent listening on (\d+)/.exec(text);
      if (match) resolve(match[1]);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The VS Code server ended with ${code} before it listened:\n${text.trim()}`)));
  });
  return { child, listening };
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {() => void} removeData
 * @returns {() => Promise<void>}
 */
function stopper(child, removeData) {
  /** @param {NodeJS.Signals} signal */
  const signalGroup = (signal) => {
    try {
      process.kill(-Number(child.pid), signal);
    } catch {
      child.kill(signal); // no such group any more, or a platform without groups
    }
  };
  const onExit = () => signalGroup('SIGKILL');
  process.once('exit', onExit);
  /** @type {Promise<void> | undefined} */
  let stopped;
  return () => (stopped ??= (async () => {
    const ended = child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise((resolve) => child.once('exit', resolve));
    signalGroup('SIGTERM');
    let timer;
    await Promise.race([ended, new Promise((resolve) => (timer = setTimeout(resolve, 3000)))]);
    clearTimeout(timer);
    // The leader may be gone while an extension host still says goodbye: nothing of the group stays.
    signalGroup('SIGKILL');
    await ended;
    process.off('exit', onExit);
    removeData();
  })());
}

/** @param {string} url @param {string} authority @param {string} token @param {PageOptions} page */
function pageAddress(url, authority, token, { folder, extensionDevelopmentPaths = [], extensionTestsPath }) {
  const remote = (/** @type {string} */ path) => `vscode-remote://${authority}${path}`;
  const payload = extensionDevelopmentPaths.map((path) => ['extensionDevelopmentPath', remote(path)]);
  if (extensionTestsPath) payload.push(['extensionTestsPath', remote(extensionTestsPath)]);
  const query = new URLSearchParams({ tkn: token, folder });
  if (payload.length > 0) query.set('payload', JSON.stringify(payload));
  return `${url}/?${query}`;
}
