// @ts-check
/**
 * Calls npm in a folder that is not this project, from inside an `npm run` of this project.
 *
 * Owns: finding npm, the Node it runs on, the environment it sees, a readable failure. Refuses: install scripts, always.
 */
import { execFile } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { promisify } from 'node:util';
import { serverNode } from './layout.mjs';

/**
 * @param {string} cwd
 * @param {string[]} command for example `['ci']`
 * @throws {Error} with the command, the folder and what npm printed
 */
export async function npm(cwd, command) {
  const node = serverNode();
  const args = [...command, '--ignore-scripts', '--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  // Under `npm start` npm names its own script, which spares the search for it and the shell that Windows would need.
  const script = process.env.npm_execpath?.endsWith('npm-cli.js') ? process.env.npm_execpath : undefined;
  try {
    await promisify(execFile)(script ? node : 'npm', script ? [script, ...args] : args,
      { cwd, env: npmEnvironment(node), maxBuffer: 64 * 1024 * 1024, shell: !script && process.platform === 'win32' });
  } catch (error) {
    const { message, stderr = '', stdout = '' } = /** @type {Error & { stderr?: string, stdout?: string }} */ (error);
    throw new Error(`\`npm ${args.join(' ')}\` failed in ${cwd}:\n${(stderr + stdout).trim() || message}\nCheck that the npm registry can be reached and run the same command again.`, { cause: error });
  }
}

/**
 * `npm run` hands its own project's settings down by environment (prefixes, lifecycle names), which would send an npm in
 * another folder to the wrong place. What a person configures (registry, proxy, certificates, cache) stays.
 * @param {string} node
 */
function npmEnvironment(node) {
  const kept = /^npm_config_(registry|cache|userconfig|globalconfig|https?_proxy|proxy|noproxy|ca|cafile|strict_ssl|offline|prefer_offline|fetch_.*)$/i;
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || kept.test(name)));
  return { ...environment, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}` };
}
