// @ts-check
/**
 * Runs a test module inside an extension host, with the options of @vscode/test-electron's runTests and the same meaning.
 *
 * Owns: the choice between a desktop VS Code (started by @vscode/test-electron) and the browser-based one with a Chromium
 * as its window; the exit code and the lines that come out of the latter. Refuses: to know mocha.
 *
 * The choice: `vscodeExecutablePath` or what findDesktop finds; a download only when VSCODE_TEST_HOST is `desktop`; else
 * the browser-based one, always with VSCODE_TEST_HOST=browser. What the test module prints is passed on where it begins with the mark
 * in the variable TEST_LOG_MARK: in the browser-based one the workbench's own lines come the same way.
 */
import { launchChromium } from './chromium.mjs';
import { downloadDesktop, findDesktop } from './desktop.mjs';
import { startServer } from './server.mjs';
import { setUpVsCode } from './setup.mjs';

const mark = '@@ ';

/**
 * @typedef {object} TestOptions
 * @property {string | string[]} extensionDevelopmentPath
 * @property {string} extensionTestsPath a module that exports `run(): Promise<void>`, which rejects when a test fails
 * @property {string[]} [launchArgs] the first without a dash is the folder to open
 * @property {Record<string, string | undefined>} [extensionTestsEnv]
 * @property {string} [vscodeExecutablePath]
 * @property {string} [version] of a download
 * @property {number} [timeout] of the browser-based run, in ms
 * @property {(line: string) => void} [log]
 */

/**
 * @param {TestOptions} options
 * @returns {Promise<number>} 0
 * @throws {Error} when a test fails, when no test host can be had, or when the tests do not end
 */
export async function runTests(options) {
  const { log = console.log } = options;
  const wanted = process.env.VSCODE_TEST_HOST ?? 'auto';
  const executable = wanted === 'browser' ? undefined : options.vscodeExecutablePath ?? findDesktop() ?? (wanted === 'desktop' ? await downloadDesktop(options.version ? { version: options.version } : {}) : undefined);
  if (executable) {
    const electron = await import('@vscode/test-electron');
    log(`Testing in ${executable}`);
    return electron.runTests({ ...options, vscodeExecutablePath: executable });
  }
  if (wanted === 'desktop') throw new Error('VSCODE_TEST_HOST is "desktop", but no desktop VS Code was found (VSCODE_EXECUTABLE, `code` on PATH) and none could be downloaded.');
  return runInBrowser(options);
}

/** @param {TestOptions} options */
async function runInBrowser({ extensionDevelopmentPath, extensionTestsPath, launchArgs = [], extensionTestsEnv = {}, timeout = 300_000, log = console.log }) {
  await setUpVsCode({ log });
  const folder = launchArgs.find((argument) => !argument.startsWith('-'));
  if (!folder) throw new Error('The browser-based VS Code needs a folder to open: name one in launchArgs.');
  const server = await startServer({ environment: { ...extensionTestsEnv, TEST_LOG_MARK: mark }, flags: ['--enable-smoke-test-driver'] });
  try {
    const browser = await launchChromium({ log });
    try {
      const page = await browser.newPage();
      const code = await new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`The tests did not end in ${timeout / 1000} s.`)), timeout);
        const end = (/** @type {number} */ exitCode) => {
          clearTimeout(timer);
          resolve(exitCode);
        };
        // The two functions that a workbench under test calls on its page; without them it would close the window.
        page.exposeFunction('codeAutomationExit', end)
          .then(() => page.exposeFunction('codeAutomationLog', (/** @type {string} */ _type, /** @type {unknown[]} */ values) => passOn(values, log)))
          .then(() => page.goto(server.address({ folder, extensionDevelopmentPaths: [extensionDevelopmentPath].flat(), extensionTestsPath })))
          .catch(reject);
      });
      if (code !== 0) throw new Error(`The tests failed (exit code ${code}).`);
      return 0;
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
  }
}

/** Lines arrive as console arguments, with %c styles in the first. @param {unknown[]} values @param {(line: string) => void} log */
function passOn(values, log) {
  const text = [values].flat().map(String).join(' ');
  const at = text.indexOf(mark);
  if (at !== -1) log(text.slice(at + mark.length));
}
