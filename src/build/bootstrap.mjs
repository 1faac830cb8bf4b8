// The door of every npm script. Runs on Node 20 with nothing installed: checks the machine, installs the pinned packages
// when they are missing or the lock file changed, then hands over to the script's module under the Node meant for work.
// Refuses to run package scripts of dependencies, and to go on when something is missing.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import { missingTools, nodeForWork, root } from './node.mjs';

/** npm script → module and its leading arguments. */
const targets = {
  start: ['src/build/start.mjs'],
  demo: ['src/build/buildAndRun.mjs', 'dist/cli.js', 'demo'],
  test: ['src/build/runTests.mjs'],
  'test:unit': ['src/build/runTests.mjs', 'unit', 'contract'],
  'test:int': ['src/build/runTests.mjs', 'bundle', 'integration'],
  'test:sim': ['src/build/runTests.mjs', 'simulation'],
  'test:e2e': ['src/build/runTests.mjs', 'setup', 'bundle', 'e2e'],
  'test:kill': ['src/build/runTests.mjs', 'bundle', 'kill', '--kills', '100'],
  'test:runners': ['src/build/testRunners.mjs'],
  'test:mutation': ['src/build/testMutation.mjs'],
  bench: ['src/build/buildAndRun.mjs', 'test/bench/bench.ts'],
  build: ['src/build/bundle.mjs'],
  check: ['src/build/check.mjs', 'types', 'pageTypes'],
  lint: ['src/build/check.mjs', 'lint'],
  rooms: ['src/build/check.mjs', 'rooms'],
  knip: ['src/build/check.mjs', 'knip'],
  package: ['src/build/package.mjs'],
};

const stamp = join(root, 'node_modules', '.treeline-lock');

/** Fingerprint of what should be installed: the lock file, which names every package with its content hash. */
function lockHash() {
  return createHash('sha256').update(readFileSync(join(root, 'package-lock.json'))).digest('hex');
}

function installPackages() {
  const wanted = lockHash();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  process.stderr.write('Installing the pinned packages (npm ci, scripts off) …\n');
  const options = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--engine-strict=false', '--loglevel=error'];
  const settings = { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] };
  const done = process.env.npm_execpath?.endsWith('.js')
    ? spawnSync(process.execPath, [process.env.npm_execpath, ...options], settings)
    : spawnSync('npm', options, { ...settings, shell: process.platform === 'win32' });
  if (done.error || done.status !== 0) {
    // npm ends with pages of its own usage; what went wrong stands first.
    const words = `${done.stdout ?? ''}${done.stderr ?? ''}`.split('\n').slice(0, 20).join('\n').trim();
    stop([`"npm ci" failed (${done.error?.message ?? `exit ${done.status}`}): is the npm registry reachable, and does the lock file fit package.json?`, words]);
  }
  writeFileSync(stamp, wanted);
}

function stop(problems) {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exit(6);
}

function handOver(node, [module, ...leading], args) {
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter);
  const child = spawn(node, [join(root, module), ...leading, ...args], { stdio: 'inherit', env: { ...process.env, PATH: path } });
  // Ctrl-C reaches the child by itself (same terminal); this process only has to outlive it.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => stop([`Could not start ${node}: ${error.message}`]));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

const [name, ...args] = process.argv.slice(2);
const target = targets[name];
if (!target) stop([`Unknown script "${name ?? ''}". Known: ${Object.keys(targets).join(', ')}.`]);
const missing = missingTools();
if (missing.length > 0) stop(missing);
installPackages();
const node = nodeForWork();
if ('problem' in node) stop([node.problem]);
else handOver(node.path, target, args);
