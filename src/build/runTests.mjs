// `npm test`: set-up, bundle, static checks, then the mocha suites, each in a process of its own, some beside one another; a failing stage hides no
// later one. Ends with the line "N passed, N failed, N skipped" over everything; a static check counts as one test.
// Arguments name stages to run instead of all; `--kills N` sets how often the kill suite kills.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.mjs';
import { checks, runCheck } from './check.mjs';
import { root } from './node.mjs';
import { runnersFolder, setUpRunners } from './runners.mjs';
import { filesOf, suites, turnsOf } from './suites.mjs';
import { closeGround, openGround } from './testGround.mjs';
import { setUpVsCode } from './vscodeHost/setup.mjs';

const total = { passed: 0, failed: 0, skipped: [] };
let interrupted = false;

function say(line) {
  process.stdout.write(`${line}\n`);
}

const since = (began) => `${((performance.now() - began) / 1000).toFixed(1)} s`;

/** Runs a stage that counts as one test. `work` gives what to print beside its name; a throw is a failure. */
async function once(name, work) {
  const began = performance.now();
  try {
    const note = await work();
    total.passed += 1;
    say(`✓ ${name}  ${note ? `${note}, ` : ''}${since(began)}`);
  } catch (error) {
    total.failed += 1;
    say(`✗ ${name}  ${since(began)}`);
    say(`${error instanceof Error ? (error.output ?? error.stack) : error}`.replace(/^/gm, '    '));
  }
}

async function setUp() {
  const { installed } = await setUpVsCode({ log: (line) => say(`    ${line}`) });
  return installed ? 'VS Code installed' : 'VS Code is there';
}

/** They are wanted, not needed: rows of a table are skipped, with the reason, where they are not there. */
async function setUpTheRunners() {
  try {
    await setUpRunners();
    return 'jest and vitest are there';
  } catch (error) {
    return `going on without jest and vitest: ${(error instanceof Error ? error.message : String(error)).split('\n')[0]}`;
  }
}

async function bundleAll() {
  const written = await bundle();
  return written.map(({ file, bytes }) => `${file} ${(bytes / 1024).toFixed(0)} kB`).join(', ');
}

async function check(name) {
  const { ok, output } = await runCheck(name);
  if (!ok) throw Object.assign(new Error(`${name} failed`), { output });
}

/** Two at a time: they are slow to start and each keeps one core busy. */
async function checkAll(names) {
  const waiting = [...names];
  await Promise.all([1, 2].map(async () => {
    for (let name = waiting.shift(); name; name = waiting.shift()) {
      const current = name;
      await once(current, () => check(current));
    }
  }));
}

/**
 * One mocha process in its own group. Resolves with how it ended; ends the group when it takes longer than the suite may,
 * or does not end by itself after its last test.
 */
function runMocha(suite, files, result, env) {
  const { minutes, lines, timeout, retries = 0 } = suites[suite];
  const args = [join(root, 'node_modules/mocha/bin/mocha.js'), '--reporter', join(root, 'src/build/mochaReporter.cjs'),
    '--reporter-option', `result=${result},lines=${lines}`, '--timeout', String(timeout), '--retries', String(retries), ...files];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
    let cause;
    const stop = (why) => {
      cause ??= why;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch { /* it has just ended */ }
    };
    const limit = setTimeout(() => stop(`it ran longer than ${minutes} minutes`), minutes * 60_000);
    let patience = 60;
    const watch = setInterval(() => {
      if (existsSync(result) && (patience -= 1) < 0) stop('it did not end after its last test: something it opened is still open');
    }, 1000);
    const interrupt = () => {
      interrupted = true;
      stop('it was interrupted');
    };
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearTimeout(limit);
      clearInterval(watch);
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
      resolve({ code, signal, cause });
    });
  });
}

/** Some files of a suite in one process: their counts, and what keeps these from being believed. */
async function runPart(suite, files, result, env) {
  const ended = await runMocha(suite, files, result, env);
  const counts = existsSync(result) ? JSON.parse(readFileSync(result, 'utf8')) : { passed: 0, failed: 0, skipped: [] };
  rmSync(result, { force: true });
  const unexplained = counts.skipped.filter(({ reason }) => !reason).map(({ title }) => title);
  const problems = [];
  if (ended.cause) problems.push(`was ended: ${ended.cause}`);
  else if (ended.signal) problems.push(`was ended by ${ended.signal}`);
  else if (ended.code !== 0 && counts.failed === 0) problems.push(`mocha ended with exit ${ended.code}`);
  if (counts.passed + counts.failed === 0) problems.push('ran no test');
  if (unexplained.length > 0) problems.push(`skipped without a reason: ${unexplained.join('; ')}`);
  return { counts, problems };
}

/** A suite's counts; whatever keeps it from being believed (no result, no test, an unexplained skip) is one failure more. */
async function runSuite(suite, ground) {
  const files = filesOf(suite);
  if (files.length === 0) {
    say(`- ${suite}  no files yet`);
    return;
  }
  const began = performance.now();
  say(`  ${suite}: ${files.length} files`);
  const { apart = [] } = suites[suite];
  const parts = [...apart.map((own) => files.filter((file) => own.test(file))), files.filter((file) => !apart.some((own) => own.test(file)))].filter((part) => part.length > 0);
  const ended = await Promise.all(parts.map((part, at) => runPart(suite, part, join(ground.folder, `${suite}-${at}.json`), ground.env)));
  const counts = { passed: 0, failed: 0, skipped: [] };
  const problems = [];
  for (const part of ended) {
    counts.passed += part.counts.passed;
    counts.failed += part.counts.failed;
    counts.skipped.push(...part.counts.skipped);
    problems.push(...part.problems);
  }
  total.passed += counts.passed;
  total.failed += counts.failed + problems.length;
  total.skipped.push(...counts.skipped);
  const sign = counts.failed + problems.length === 0 ? '✓' : '✗';
  say(`${sign} ${suite}  ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped.length} skipped, ${since(began)}`);
  for (const problem of problems) say(`    ${suite} ${problem}`);
}

const args = process.argv.slice(2);
const kills = args.includes('--kills') ? args.splice(args.indexOf('--kills'), 2)[1] : '10';
const stages = ['setup', 'runners', 'bundle', ...Object.keys(checks), ...Object.keys(suites)];
const unknown = args.filter((name) => !stages.includes(name));
if (unknown.length > 0) {
  say(`Unknown: ${unknown.join(', ')}. Known: ${stages.join(', ')}.`);
  process.exit(2);
}
const wanted = (name) => args.length === 0 || args.includes(name);
const began = performance.now();

if (wanted('setup')) await once('setup', setUp);
if (wanted('runners')) await once('runners', setUpTheRunners);
if (wanted('bundle')) await once('bundle', bundleAll);
await checkAll(Object.keys(checks).filter(wanted));
const chosen = Object.keys(suites).filter(wanted);
if (chosen.length > 0) {
  const ground = openGround();
  ground.env.TREELINE_TEST_KILLS = kills;
  if (existsSync(runnersFolder())) ground.env.TREELINE_RUNNERS = runnersFolder();
  for (const turn of turnsOf(chosen)) if (!interrupted) await Promise.all(turn.map((suite) => runSuite(suite, ground)));
  await once('nothing left behind', async () => {
    const left = await closeGround(ground.folder);
    if (left.length > 0) throw Object.assign(new Error('left behind'), { output: left.join('\n') });
  });
}
for (const { title, reason } of total.skipped) say(`skipped: ${title}: ${reason ?? 'no reason given'}`);
say(`in ${since(began)}`);
say(`${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
