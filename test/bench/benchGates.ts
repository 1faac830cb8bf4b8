/** Gates: what judging costs beside the bare command, what a known verdict costs, and a gate that prints 1 GB. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { bench } from '../gates/support/judge.ts';
import { gate } from '../gates/support/projects.ts';
import type { Figure } from './figure.ts';
import { median, paired, ratio, timed } from './figure.ts';
import { inMemory } from './inMemory.ts';
import { openVerifyGround } from './verifyGround.ts';

const rounds = 7;
/** The suite that the overhead is related to, since it hardly grows with the suite: as many bare runs of one that does nothing, about 10 s on a machine at rest. */
const bareRuns = 50;
const megabytes = 1_000;

export async function benchGates(): Promise<readonly Figure[]> {
  return inMemory(async () => [...await judging(200), ...await judging(10_000), ...await unchanged(), ...await flood()]);
}

/** In a repository of so many files. */
async function judging(files: number): Promise<readonly Figure[]> {
  const here = await bench();
  const tests = Array.from({ length: 50 }, (_, index) => `it("does ${index}", () => {});\n`).join('');
  const sources = Object.fromEntries(Array.from({ length: files }, (_, index) => [`src/part${Math.floor(index / 100)}/file${index}.js`, `exports.number = ${index};\n`.repeat(40)]));
  try {
    const base = await here.repository.commit({ ...gate('mocha'), ...sources, 'test/many.spec.js': tests });
    // As git does by itself, beside us, where so many objects lie about.
    await run('git', ['gc', '--quiet', '--force'], here.repository.path);
    const content = await here.examiners.content(base.commit);
    const examine = async (head: { readonly commit: string; readonly tree: string }, cached: boolean): Promise<void> => {
      const evidence = await here.examiners.examine({ task: 'bench', id: 'bench', ...head, base: base.commit, content, sandbox: 'prefer' }, () => undefined, AbortSignal.timeout(60_000));
      const [judged] = evidence.gates;
      if (judged?.evidence.cached !== cached || evidence.verdict !== 'accepted') throw new Error(`${evidence.verdict}: ${evidence.reason}, cached: ${String(judged?.evidence.cached)}`);
    };
    await examine(await here.repository.commit({ 'README.md': 'first\n' }), false);
    const mocha = join(import.meta.dirname, '../../node_modules/.bin/mocha');
    const overheads: number[] = [], bares: number[] = [], cached: number[] = [], removals: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const head = await here.repository.commit({ 'README.md': `${round}\n` });
      const judged = await timed(() => examine(head, false));
      removals.push(await timed(() => here.repository.scratch.settled()));
      const bare = await timed(() => run(mocha, [], here.repository.path));
      overheads.push(judged - bare);
      bares.push(bare);
      // The same tree by another commit, as a merge makes it.
      for (let again = 0; again < 3; again += 1) {
        const merged = await here.repository.commit({});
        cached.push(await timed(() => examine(merged, true)));
      }
    }
    const [overhead, hit, suite] = [median(overheads), median(cached), median(bares) * bareRuns];
    const size = `${files.toLocaleString('en')} files`;
    return [
      { what: `a gate beside its bare command, ${size}`, value: `+ ${Math.round(overhead)} ms`, against: `${(overhead / suite * 100).toFixed(1)} % of a suite of ${(suite / 1_000).toFixed(1)} s (${bareRuns} bare runs of an empty one); its checkout is gone ${Math.round(median(removals))} ms later`, budget: '≤ 5 %', inside: overhead / suite <= 0.05 },
      { what: `a verdict that is known, ${size}`, value: `${hit.toFixed(1)} ms`, against: '', budget: '≤ 20 ms', inside: hit <= 20 },
    ];
  } finally {
    await here.close();
  }
}

/** `treeline verify`, the whole program, on a tree that it has judged before, beside a plain run of its suite. */
async function unchanged(): Promise<readonly Figure[]> {
  const ground = await openVerifyGround();
  const [suites, each] = [20, 50];
  try {
    const tests = Object.fromEntries(Array.from({ length: suites }, (_, index) => [`test/many${index}.test.js`, `const { test } = require('node:test');\nfor (let n = 0; n < ${each}; n += 1) test('does ' + n, () => {});\n`]));
    await ground.commit('base', { '.treeline/project.yaml': 'gates: [{ id: unit, run: node --test }]\n', ...tests });
    await ground.commit('head', { 'README.md': 'more\n' });
    await ground.verify('base', 'head');
    const measured = await paired(5, async () => {
      if (!(await ground.verify('base', 'head')).document.includes('"cached":true')) throw new Error('the verdict was not known');
    }, () => run(process.execPath, ['--test'], ground.repository));
    return [{ what: 'verify of an unchanged tree, the whole program', value: `${Math.round(measured.left)} ms`, against: `${ratio(measured.left, measured.right)} of a plain run of its suite (${suites} files, ${suites * each} tests that do nothing)`, budget: '≤ 1 ×', inside: measured.left <= measured.right }];
  } finally {
    await ground.remove();
  }
}

async function run(command: string, words: readonly string[], cwd: string): Promise<void> {
  const child = spawn(command, words, { cwd, stdio: 'ignore' });
  const [code] = await once(child, 'exit') as [number | null];
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
}

const line = `${'tree line '.repeat(12)}\\n`;
const printer = 'const { once } = require("node:events"); const { writeFileSync } = require("node:fs"); const { megabytes } = require("./size.js");\n'
  + `const chunk = "${line}".repeat(${Math.floor(1_000_000 / (line.length - 1))});\n`
  + '(async () => { for (let n = 0; n < megabytes; n += 1) if (!process.stdout.write(chunk)) await once(process.stdout, "drain");\n'
  + 'writeFileSync("report.xml", "<testsuites><testsuite name=\\"all\\"><testcase classname=\\"all\\" name=\\"prints\\"/><testcase classname=\\"all\\" name=\\"ends\\"/></testsuite></testsuites>"); })();\n';

/** `treeline verify`'s own program on a change whose gate prints 1 GB, behind the walls of this machine. */
async function flood(): Promise<readonly Figure[]> {
  const ground = await openVerifyGround();
  try {
    await ground.commit('base', {
      '.treeline/project.yaml': 'gates:\n  - id: unit\n    run: node print.js\n    report: { format: junit, path: report.xml }\n', 'print.js': printer, '.gitignore': 'report.xml\n', 'size.js': 'exports.megabytes = 1;\n',
    });
    await ground.commit('head', { 'size.js': `exports.megabytes = ${megabytes};\n` });
    let found = { mostBytes: 0, heldMs: 0 };
    const ms = await timed(async () => { found = await ground.verify('base', 'head'); });
    const most = found.mostBytes / 1_048_576;
    return [
      { what: '1 GB of gate output, memory', value: `${Math.round(most)} MB`, against: `verify, in ${(ms / 1_000).toFixed(1)} s`, budget: '≤ 150 MB', inside: most <= 150 },
      { what: '1 GB of gate output, lag', value: `${Math.round(found.heldMs)} ms`, against: 'of the event loop, its own CPU', budget: '≤ 50 ms', inside: found.heldMs <= 50 },
    ];
  } finally {
    await ground.remove();
  }
}
