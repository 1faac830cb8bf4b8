// The static checks, as commands: types, lint, rooms (who may import whom), knip (dead exports, unused packages).
// Owns their command lines. `node src/build/check.mjs types lint` runs some; runTests.mjs runs all.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './node.mjs';

const settings = 'test/architecture';

/** What the compiler knows of the last run: the second check of a day looks only at what changed. */
const remembered = (name) => ['--incremental', '--tsBuildInfoFile', `node_modules/.cache/treeline/${name}.tsbuildinfo`];

/** Check → the tool's script under node_modules, and its arguments. */
export const checks = {
  types: ['typescript/bin/tsc', '--project', 'tsconfig.json', ...remembered('types')],
  /** The page of the graph: the browser's types, which no other room may see. */
  pageTypes: ['typescript/bin/tsc', '--project', 'src/webview/tsconfig.json', ...remembered('pageTypes')],
  lint: ['eslint/bin/eslint.js', '--config', `${settings}/eslint.config.mjs`, '--max-warnings', '0', '--no-warn-ignored', 'src', 'test'],
  rooms: ['dependency-cruiser/bin/dependency-cruiser.mjs', '--config', `${settings}/rooms.cjs`, '--progress', 'none', 'src'],
  knip: ['knip/bin/knip.js', '--config', `${settings}/knip.json`, '--no-progress'],
};

/**
 * Runs one check.
 * @param {keyof typeof checks} name
 * @returns {Promise<{ ok: boolean, output: string }>} `ok` is the tool's exit code being 0; `output` is all it printed
 */
export function runCheck(name) {
  const [script, ...args] = checks[name];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'node_modules', script), ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { output += text; });
    child.on('error', reject);
    child.on('close', (code) => resolve({ ok: code === 0, output: output.trim() }));
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const name of process.argv.slice(2)) {
    const { ok, output } = await runCheck(name);
    if (output) process.stdout.write(`${output}\n`);
    process.stdout.write(`${name}: ${ok ? 'ok' : 'failed'}\n`);
    if (!ok) process.exitCode = 1;
  }
}
