// `npm run test:runners`: the gate against the real jest and vitest. They are no dependencies of Treeline (300 packages, 120 MB), so they are
// installed into a temporary folder for this run alone; `npm test` uses stand-ins with their seams.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './node.mjs';

const runners = { jest: '30.5.2', vitest: '4.1.12' };

/** Runs a program to its end with our streams; its exit code. */
function run(file, args, environment = {}) {
  return spawnSync(file, args, { cwd: root, stdio: 'inherit', shell: file === 'npm' && process.platform === 'win32', env: { ...process.env, ...environment } }).status ?? 1;
}

const folder = mkdtempSync(join(tmpdir(), 'treeline-runners-'));
try {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: runners }));
  process.exitCode = run('npm', ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'])
    || run(process.execPath, [join(root, 'node_modules/mocha/bin/mocha.js'), '--timeout', '300000', 'test/gates/runners.int.spec.ts'], { TREELINE_RUNNERS: folder });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
