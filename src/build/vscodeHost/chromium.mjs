// @ts-check
/**
 * The browser that shows the hosted VS Code when nobody looks: finds one, or sets one up from the npm registry.
 *
 * Owns: the order of the search, the flags, unpacking the npm package's Chromium. Refuses: to call a system's package
 * manager, and to use a browser that does not answer `--version` (Ubuntu's /usr/bin/chromium-browser, for one, can be a
 * script that only tells how to install a snap).
 *
 * Order: CHROMIUM_PATH; an installed Chromium, Chrome or Edge; the npm package @sparticuz/chromium (Linux on x64 only).
 */
import { execFile } from 'node:child_process';
import { copyFileSync, createReadStream, createWriteStream, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';
import { cacheFolder, makeCacheFolder } from './cacheFolder.mjs';
import { npm } from './npm.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const manifests = ['package.json', 'package-lock.json'].map((name) => join(here, 'chromium', name));

/**
 * @typedef {object} Chromium
 * @property {'CHROMIUM_PATH' | 'installed' | 'npm'} source
 * @property {string} executablePath
 * @property {Record<string, string>} environment what it needs beside the process's own environment
 */

/**
 * @param {{ log?: (line: string) => void, source?: Chromium['source'] }} [options] `source` asks for one kind only
 * @returns {Promise<Chromium>}
 * @throws {Error} when there is none: what was looked at, and what to do
 */
async function findChromium({ log = console.log, source } = {}) {
  const named = process.env.CHROMIUM_PATH;
  if (named && (!source || source === 'CHROMIUM_PATH')) {
    if (await starts(named)) return { source: 'CHROMIUM_PATH', executablePath: named, environment: {} };
    throw new Error(`CHROMIUM_PATH is ${named}, but that does not start as a browser. Correct or unset it.`);
  }
  if (!source || source === 'installed') {
    for (const executablePath of installedCandidates()) {
      if (existsSync(executablePath) && (await starts(executablePath))) return { source: 'installed', executablePath, environment: {} };
    }
  }
  if (process.platform === 'linux' && process.arch === 'x64' && (!source || source === 'npm')) return npmChromium(log);
  throw new Error('No browser was found: looked for CHROMIUM_PATH and for an installed Chromium, Chrome or Edge. Install one, or set CHROMIUM_PATH to its executable.');
}

/** @returns {string[]} in the order of preference */
function installedCandidates() {
  if (process.platform === 'darwin') {
    return ['Chromium', 'Google Chrome', 'Microsoft Edge'].map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`);
  }
  if (process.platform === 'win32') {
    const roots = [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA].filter((root) => root !== undefined);
    return ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'].flatMap((path) => roots.map((root) => join(root, path)));
  }
  const directories = [...(process.env.PATH ?? '').split(delimiter).filter((directory) => directory.startsWith('/')), '/usr/bin', '/snap/bin'];
  return ['chromium', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'chromium-browser'].flatMap((name) => directories.map((directory) => join(directory, name)));
}

/** @param {string} executable @param {Record<string, string>} [environment] */
async function starts(executable, environment = {}) {
  if (process.platform === 'win32') return existsSync(executable); // chrome.exe --version opens a window there
  try {
    const { stdout } = await promisify(execFile)(executable, ['--no-sandbox', '--version'], { env: { ...process.env, ...environment }, timeout: 30_000 });
    return /\d+\.\d+/.test(stdout);
  } catch {
    return false;
  }
}

/** @param {(line: string) => void} log @returns {Promise<Chromium>} */
async function npmChromium(log) {
  const directory = cacheFolder('chromium', [...manifests, fileURLToPath(import.meta.url)]);
  if (!existsSync(directory)) {
    log('Setting up a Chromium, once: about 66 MB from the npm registry …');
    await makeCacheFolder(directory, unpackChromium);
  }
  const executablePath = join(directory, 'chromium');
  // Its fonts only help where the system has none; our own file lists both, the package's names folders of a cloud service.
  const fonts = { FONTCONFIG_FILE: writeFontsFile(directory) };
  // Its build expects NSS on the system. Where that is missing the package's own copy does; where it is there, it is
  // the better one, so the copy comes second.
  const libraries = { LD_LIBRARY_PATH: [join(directory, 'al2023', 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter) };
  for (const environment of [fonts, { ...fonts, ...libraries }]) {
    if (await starts(executablePath, environment)) return { source: 'npm', executablePath, environment };
  }
  throw new Error(`The Chromium of the npm package does not start here (${executablePath}); it needs glibc. Install a Chromium and run the same command again, or set CHROMIUM_PATH.`);
}

/**
 * Not by the package's own `executablePath()`: that one unpacks to fixed names in the shared temporary folder, where
 * anybody on the machine could have put another binary before.
 * @param {string} directory
 */
async function unpackChromium(directory) {
  for (const file of manifests) copyFileSync(file, join(directory, file.endsWith('lock.json') ? 'package-lock.json' : 'package.json'));
  await npm(directory, ['ci']);
  const packed = join(directory, 'node_modules', '@sparticuz', 'chromium', 'bin');
  const { extract } = createRequire(join(directory, 'package.json'))('tar-fs');
  await Promise.all([
    pipeline(createReadStream(join(packed, 'chromium.br')), createBrotliDecompress(), createWriteStream(join(directory, 'chromium'), { mode: 0o755 })),
    ...['al2023', 'fonts'].map((name) => pipeline(createReadStream(join(packed, `${name}.tar.br`)), createBrotliDecompress(), extract(join(directory, name), { chown: false }))),
  ]);
  for (const name of readdirSync(directory)) if (!['chromium', 'al2023', 'fonts'].includes(name)) rmSync(join(directory, name), { recursive: true });
}

/** @param {string} directory */
function writeFontsFile(directory) {
  const file = join(directory, 'fonts.conf');
  const system = '/etc/fonts/fonts.conf'; // with its aliases: without them "monospace" would be any font
  writeFileSync(file, `<?xml version="1.0"?>\n<fontconfig>\n<include ignore_missing="yes">${system}</include>\n<dir>${join(directory, 'fonts')}</dir>\n`
    + `<cachedir>${join(directory, 'fonts-cache')}</cachedir>\n</fontconfig>\n`);
  return file;
}

/**
 * Starts a browser for tests. Its pages live in contexts, each with storage of its own, as if on another machine.
 * @param {{ headless?: boolean, source?: Chromium['source'], log?: (line: string) => void }} [options]
 * @returns {Promise<import('playwright-core').Browser>} close() ends every process of it
 */
export async function launchChromium({ headless = true, ...search } = {}) {
  const { chromium } = await import('playwright-core');
  const { executablePath, environment } = await findChromium(search);
  return chromium.launch({ executablePath, headless, env: definedEntries({ ...process.env, ...environment }),
    // No sandbox of its own: containers and root may not make one, and it only ever shows our own server.
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
}

/** @param {NodeJS.ProcessEnv} environment @returns {Record<string, string>} */
function definedEntries(environment) {
  return Object.fromEntries(Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
