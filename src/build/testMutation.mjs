// @ts-check
/**
 * `npm run test:mutation [-- [--tables] [--specs=GLOB]… PART|FILE…]`: how many small mistakes, planted one at a time into the rules that decide, some test
 * notices. Runs at the lowest priority, for minutes to hours; without arguments all parts.
 * `--specs` runs these specs alone against the mutants: what they notice is a least, and comes much sooner where a part's specs run real programs.
 * `--tables` mutates also what runs only while a file is loaded (schemas, tables): each of these mutants runs against every spec of its part.
 *
 * Owns: Stryker's configuration, the figures that are printed. Stryker is no dependency of Treeline (177 packages, 61 MB): it is
 * installed by its own lock file into the cache below node_modules when this runs first. Refuses: to touch the sources: mutants live in a copy.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { least, parts, sourcesOf } from './mutation/parts.mjs';
import { root } from './node.mjs';
import { closeGround, openGround } from './testGround.mjs';

/** Installs Stryker where it is missing or its lock file changed. @returns {string} its command */
function installStryker() {
  const own = join(root, 'src/build/mutation');
  const wanted = createHash('sha256').update(readFileSync(join(own, 'package-lock.json'))).digest('hex');
  const folder = join(root, 'node_modules/.cache/treeline/mutation'), stamp = join(folder, 'installed');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    process.stderr.write('Installing Stryker (npm ci, scripts off) …\n');
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const name of ['package.json', 'package-lock.json']) cpSync(join(own, name), join(folder, name));
    const done = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
    if (done.status !== 0) throw new Error(`"npm ci" in ${folder} failed (${done.error?.message ?? `exit ${done.status}`}): is the npm registry reachable?`);
    writeFileSync(stamp, wanted);
  }
  return join(folder, 'node_modules/@stryker-mutator/core/bin/stryker.js');
}

/**
 * Runs Stryker over some sources of a part.
 * @param {string} part @param {string[]} sources @param {string} stryker @param {string} output folder for its reports
 * @param {boolean} tables whether what runs while loading is mutated, too
 * @param {readonly string[]} specs patterns
 * @returns {Promise<any>} its report (mutation-testing-report-schema)
 */
async function mutate(part, sources, stryker, output, tables, specs) {
  const ground = openGround();
  const report = join(output, `${part}.json`);
  const config = join(ground.folder, 'stryker.json');
  rmSync(report, { force: true });
  writeFileSync(config, JSON.stringify({
    testRunner: 'treeline', ignorers: ['sentences'], plugins: [join(root, 'src/build/mutation/mochaRunner.mjs')], treelineSpecs: specs,
    mutate: sources, coverageAnalysis: 'perTest', ignoreStatic: !tables, concurrency: 1, tempDirName: join(ground.folder, 'box'),
    ignorePatterns: ['*', '!src/**', '!test/**', '!specs/**', '!media/**', '!package.json', '!package.nls.json', '!README.md', '!tsconfig.json'],
    // A mutant is what Node runs of it, types taken off. Nothing but a test counts.
    disableTypeChecks: false, checkers: [],
    // Generous: a busy machine must not pass for a test that noticed.
    timeoutMS: 20_000, warnings: { unknownOptions: false, slow: false }, allowConsoleColors: false,
    reporters: ['json', 'html', 'progress-append-only'], jsonReporter: { fileName: report }, htmlReporter: { fileName: join(output, `${part}.html`) },
  }));
  try {
    const child = spawn(process.execPath, [stryker, 'run', config], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: ground.env });
    const stop = () => child.kill('SIGTERM');
    process.once('SIGINT', stop).once('SIGTERM', stop);
    const code = await new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve));
    process.off('SIGINT', stop).off('SIGTERM', stop);
    if (!existsSync(report)) throw new Error(`Stryker ended with exit ${code} and without a report on ${part}: what it says stands above.`);
    return JSON.parse(readFileSync(report, 'utf8'));
  } finally {
    // A mutant may well leave things behind: that is its right, not ours.
    await closeGround(ground.folder);
  }
}

/** Counts of mutants by their fate, and the score: noticed ones of all that could have been, in per cent. @param {{ status: string }[]} mutants */
function count(mutants) {
  const of = (/** @type {string} */ status) => mutants.filter((mutant) => mutant.status === status).length;
  const found = { killed: of('Killed'), timeout: of('Timeout'), survived: of('Survived'), unreached: of('NoCoverage'), ignored: of('Ignored'), broken: of('RuntimeError') + of('CompileError') };
  const noticed = found.killed + found.timeout, all = noticed + found.survived + found.unreached;
  return { ...found, score: all === 0 ? 100 : (noticed * 100) / all };
}

/** @param {string} name @param {ReturnType<typeof count>} counts */
function row(name, { killed, timeout, survived, unreached, ignored, broken, score }) {
  return `${name.padEnd(32)}${[killed, timeout, survived, unreached, ignored, broken].map((number) => String(number).padStart(9)).join('')}${score.toFixed(1).padStart(9)}`;
}

/** Which mutants nobody noticed, and the figures. @param {string} part @param {any} report @returns {number} the part's score */
function print(part, report) {
  const files = Object.entries(/** @type {Record<string, { source: string, mutants: any[] }>} */ (report.files));
  for (const [file, { source, mutants }] of files) {
    const lines = source.split('\n');
    for (const { status, location, mutatorName, replacement } of mutants.filter((mutant) => mutant.status === 'Survived' || mutant.status === 'NoCoverage')) {
      const { start, end } = location;
      const was = start.line === end.line ? lines[start.line - 1]?.slice(start.column - 1, end.column - 1) : `${lines[start.line - 1]?.slice(start.column - 1)} …`;
      console.log(`${status === 'Survived' ? 'survived ' : 'unreached'} ${file}:${start.line}:${start.column} ${mutatorName}: ${was?.slice(0, 160)}  →  ${replacement?.replace(/\s+/g, ' ').slice(0, 160)}`);
    }
  }
  console.log(`\n${part.padEnd(32)}${['killed', 'timeout', 'survived', 'unreached', 'ignored', 'broken', 'score'].map((name) => name.padStart(9)).join('')}`);
  for (const [file, { mutants }] of files) console.log(row(file, count(mutants)));
  const all = count(files.flatMap(([, { mutants }]) => mutants));
  console.log(`${row(`all of ${part}`, all)}\n`);
  return all.score;
}

const { values: { tables, specs }, positionals: args } = parseArgs({ allowPositionals: true, options: { tables: { type: 'boolean', default: false }, specs: { type: 'string', multiple: true } } });
const known = Object.keys(parts).map((part) => /** @type {const} */ ([part, sourcesOf(part)]));
const unknown = args.filter((arg) => !parts[arg] && !known.some(([, sources]) => sources.includes(arg)));
if (unknown.length > 0) {
  console.error(`Cannot mutate ${unknown.join(', ')}: a part is wanted (${Object.keys(parts).join(', ')}), or a source of one (src/core/queue.ts).`);
  process.exit(2);
}
const chosen = known.map(([part, sources]) => /** @type {const} */ ([part, args.length === 0 || args.includes(part) ? sources : sources.filter((file) => args.includes(file))])).filter(([, sources]) => sources.length > 0);

setPriority(constants.priority.PRIORITY_LOW);
const output = join(root, '.test-output/mutation');
mkdirSync(output, { recursive: true });
try {
  const stryker = installStryker();
  for (const [part, sources] of chosen) {
    const score = print(part, await mutate(part, sources, stryker, output, tables, specs ?? parts[part]?.specs ?? []));
    if (score >= least) continue;
    console.log(`${part}: ${score.toFixed(1)} % of the mutants were noticed, at least ${least} % are wanted.`);
    process.exitCode = 1;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
