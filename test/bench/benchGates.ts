/** Gates: what judging costs beside the bare command, what a known verdict costs, and a gate that prints 1 GB. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bench } from '../gates/support/judge.ts';
import { gate } from '../gates/support/projects.ts';
import type { Figure } from './figure.ts';
import { median, timed } from './figure.ts';

const rounds = 7;
/** The suite that the overhead is related to, since it hardly grows with the suite: as many bare runs of one that does nothing, about 10 s on a machine at rest. */
const bareRuns = 50;
const megabytes = 1_000;

export async function benchGates(): Promise<readonly Figure[]> {
  return [...await judging(), ...await flood()];
}

async function judging(): Promise<readonly Figure[]> {
  const here = await bench();
  const tests = Array.from({ length: 50 }, (_, index) => `it("does ${index}", () => {});\n`).join('');
  try {
    const base = await here.repository.commit({ ...gate('mocha'), 'test/many.spec.js': tests });
    const content = await here.examiners.content(base.commit);
    const examine = async (head: { readonly commit: string; readonly tree: string }, cached: boolean): Promise<void> => {
      const evidence = await here.examiners.examine({ task: 'bench', id: 'bench', ...head, base: base.commit, content, sandbox: 'prefer' }, () => undefined, AbortSignal.timeout(60_000));
      const [judged] = evidence.gates;
      if (judged?.evidence.cached !== cached || evidence.verdict !== 'accepted') throw new Error(`${evidence.verdict}: ${evidence.reason}, cached: ${String(judged?.evidence.cached)}`);
    };
    await examine(await here.repository.commit({ 'README.md': 'first\n' }), false);
    const mocha = join(import.meta.dirname, '../../node_modules/.bin/mocha');
    const overheads: number[] = [], bares: number[] = [], cached: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const head = await here.repository.commit({ 'README.md': `${round}\n` });
      const judged = await timed(() => examine(head, false));
      const bare = await timed(() => run(mocha, here.repository.path));
      overheads.push(judged - bare);
      bares.push(bare);
      // The same tree by another commit, as a merge makes it.
      for (let again = 0; again < 3; again += 1) {
        const merged = await here.repository.commit({});
        cached.push(await timed(() => examine(merged, true)));
      }
    }
    const [overhead, hit, suite] = [median(overheads), median(cached), median(bares) * bareRuns];
    return [
      { what: 'a gate beside its bare command, warm', value: `+ ${Math.round(overhead)} ms`, against: `${(overhead / suite * 100).toFixed(1)} % of a suite of ${(suite / 1_000).toFixed(1)} s (${bareRuns} bare runs of an empty one)`, budget: '≤ 5 %', inside: overhead / suite <= 0.05 },
      { what: 'a verdict that is known', value: `${hit.toFixed(1)} ms`, against: '', budget: '≤ 20 ms', inside: hit <= 20 },
    ];
  } finally {
    await here.close();
  }
}

async function run(command: string, cwd: string): Promise<void> {
  const child = spawn(command, [], { cwd, stdio: 'ignore' });
  const [code] = await once(child, 'exit') as [number | null];
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
}

const line = `${'tree line '.repeat(12)}\\n`;
const printer = 'const { once } = require("node:events"); const { writeFileSync } = require("node:fs"); const { megabytes } = require("./size.js");\n'
  + `const chunk = "${line}".repeat(${Math.floor(1_000_000 / (line.length - 1))});\n`
  + '(async () => { for (let n = 0; n < megabytes; n += 1) if (!process.stdout.write(chunk)) await once(process.stdout, "drain");\n'
  + 'writeFileSync("report.xml", "<testsuites><testsuite name=\\"all\\"><testcase classname=\\"all\\" name=\\"prints " + (megabytes > 1 ? "much" : "little") + "\\"/><testcase classname=\\"all\\" name=\\"ends\\"/></testsuite></testsuites>"); })();\n';

/** `treeline verify`'s own program on a change whose gate prints 1 GB, behind the walls of this machine. */
async function flood(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'treeline-bench-'));
  try {
    const repository = join(folder, 'repository');
    const environment = { PATH: process.env['PATH'] ?? '', HOME: folder, XDG_STATE_HOME: join(folder, 'state'), XDG_DATA_HOME: join(folder, 'data'), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', TREELINE_BENCH_WATCH: join(folder, 'watch.json') };
    const git = (...words: string[]): void => {
      const ran = spawnSync('git', ['-C', repository, '-c', 'user.name=Bench', '-c', 'user.email=bench@test.invalid', ...words], { env: environment, encoding: 'utf8' });
      if (ran.status !== 0) throw new Error(ran.stderr);
    };
    await mkdir(join(repository, '.treeline'), { recursive: true });
    git('init', '-q', '-b', 'main');
    await writeFile(join(repository, '.treeline/project.yaml'), 'gates:\n  - id: unit\n    run: node print.js\n    report: { format: junit, path: report.xml }\n');
    await writeFile(join(repository, 'print.js'), printer);
    await writeFile(join(repository, '.gitignore'), 'report.xml\n');
    for (const [name, amount] of [['base', 1], ['head', megabytes]] as const) {
      await writeFile(join(repository, 'size.js'), `exports.megabytes = ${amount};\n`);
      git('add', '-A');
      git('commit', '-q', '-m', name);
      git('tag', name);
    }
    const verify = join(import.meta.dirname, '../../dist/verify.js');
    const child = spawn(process.execPath, ['--require', join(import.meta.dirname, 'programs/watchProcess.cjs'), verify, '--repo', repository, '--base', 'base', '--head', 'head', '--kind', 'refactor', '--trust', '--json'], { env: environment, stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => { said += text; });
    let ended: unknown[] = [];
    const ms = await timed(async () => { ended = await once(child, 'close'); });
    if (ended[0] !== 0 && !said.includes('"prints much"')) throw new Error(`verify ended with ${String(ended[0])}: ${said.slice(0, 2_000)}`);
    const { mostBytes, heldMs } = JSON.parse(await readFile(environment.TREELINE_BENCH_WATCH, 'utf8')) as { readonly mostBytes: number; readonly heldMs: number };
    const most = mostBytes / 1_048_576;
    return [
      { what: '1 GB of gate output, memory', value: `${Math.round(most)} MB`, against: `verify, in ${(ms / 1_000).toFixed(1)} s`, budget: '≤ 150 MB', inside: most <= 150 },
      { what: '1 GB of gate output, lag', value: `${Math.round(heldMs)} ms`, against: "of the event loop, its own CPU", budget: '≤ 50 ms', inside: heldMs <= 50 },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
