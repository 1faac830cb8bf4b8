/** What examiners promise beyond a verdict: caches, closing, dependencies, walls, and that the suite does not notice them. */
import { deepEqual, equal, match, notEqual } from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Evidence } from '../../src/core/gate.ts';
import { evidenceDocumentSchema } from '../../src/core/testState.ts';
import { grammarFiles } from '../../src/app/grammarFiles.ts';
import { sha256 } from '../../src/gates/canonical.ts';
import { createExaminers } from '../../src/gates/createExaminers.ts';
import { createSandbox } from '../../src/sandbox/createSandbox.ts';
import { bench, realSandbox, silent, type Bench } from './support/judge.ts';
import { adder, gate, manifest, mochaFile, withMocha, wrongAdder } from './support/projects.ts';

const never = new AbortController().signal;
const judgement = ({ verdict, reason }: Evidence): string => `${verdict} ${reason}`;

describe('examiners', function () {
  this.timeout(60_000);
  let here: Bench;
  beforeEach(async () => {
    here = await bench();
  });
  afterEach(async () => {
    deepEqual({ checkouts: here.repository.open(), folders: here.store.open() }, { checkouts: 0, folders: 0 });
    await here.close();
  });

  /** Judges again what was judged last, as another command would. */
  async function again(base: string, head: { readonly commit: string; readonly tree: string }, output: (text: string) => void = () => undefined): Promise<Evidence> {
    return here.examiners.examine({ task: 'task', id: 'again', ...head, base, content: await here.examiners.content(base), sandbox: 'prefer' }, output, never);
  }

  it('REQ-GATE-50: a green tree is not run twice, its evidence keeps its id, and a hit says so', async () => {
    const base = await here.repository.commit(withMocha);
    const head = await here.repository.commit({ 'README.md': 'more' });
    const first = await again(base.commit, head);
    const second = await again(base.commit, head);
    deepEqual([first.gates[0]?.evidence.cached, second.gates[0]?.evidence.cached], [false, true]);
    equal(second.id, first.id);
    equal(here.store.logs.length, 1);
  });

  it('REQ-GATE-73, REQ-GATE-173: git is asked nothing about a tree that was just judged, whatever commit it comes with, and lays no files', async () => {
    const base = await here.repository.commit(withMocha);
    const asked: string[] = [];
    const watched = <Port extends object>(port: Port): Port => new Proxy(port, { get: (target, name, self) => { const call: unknown = Reflect.get(target, name, self); return typeof call === 'function' ? (...given: unknown[]) => { asked.push(String(name)); return Reflect.apply(call, target, given) as unknown; } : call; } });
    const { archive, tree, scratch } = here.repository;
    const examiners = createExaminers({ archive: watched(archive), tree: watched(tree), scratch: watched(scratch), sandbox: realSandbox(), store: here.store, log: silent, toolchain: process.version, grammars: grammarFiles(import.meta.filename) });
    const content = await examiners.content(base.commit);
    const examine = async (files: Parameters<typeof here.repository.commit>[0]) => examiners.examine({ task: 'task', id: 'same', ...await here.repository.commit(files), base: base.commit, content, sandbox: 'prefer' }, () => undefined, never);
    const first = await examine({ 'README.md': 'more' });
    deepEqual(asked.filter((name) => name === 'open' || name === 'listFiles').slice(0, 3), ['listFiles', 'open', 'listFiles']);
    asked.length = 0;
    const second = await examine({});
    deepEqual({ asked, cached: second.gates[0]?.evidence.cached, tree: second.tree, judged: judgement(second) }, { asked: [], cached: true, tree: first.tree, judged: judgement(first) });
    notEqual(second.commit, first.commit);
  });

  it('REQ-GATE-50: a red tree is run again, and its base is not', async () => {
    const base = await here.repository.commit(withMocha);
    const head = await here.repository.commit({ 'src/add.js': wrongAdder });
    const told: string[] = [];
    await again(base.commit, head);
    const second = await again(base.commit, head, (text) => void told.push(text));
    equal(judgement(second), 'rejected new-failures');
    match(told.join(''), /unit: mocha on the change .*\n[^]*unit: the base is known from an earlier run/);
  });

  it('REQ-GATE-50: what was judged as a head serves as the next base', async () => {
    const base = await here.repository.commit(withMocha);
    const head = await here.repository.commit({ 'README.md': 'more' });
    await again(base.commit, head);
    const next = await here.repository.commit({ 'test/more.spec.js': 'it("more", () => {});\n' });
    const told: string[] = [];
    const evidence = await again(head.commit, next, (text) => void told.push(text));
    equal(evidence.gates[0]?.tests.new, 1);
    match(told.join(''), /the base is known/);
  });

  it('REQ-GATE-51: another toolchain or another definition is another key', async () => {
    const base = await here.repository.commit(withMocha);
    const head = await here.repository.commit({ 'README.md': 'more' });
    await again(base.commit, head);
    const keys = new Set(here.store.kept.keys());
    const other = createExaminers({ archive: here.repository.archive, tree: here.repository.tree, scratch: here.repository.scratch, grammars: grammarFiles(import.meta.filename), sandbox: realSandbox(), store: here.store, log: silent, toolchain: 'another node' });
    const evidence = await other.examine({ task: 'task', id: 'other', ...head, base: base.commit, content: await other.content(base.commit), sandbox: 'prefer' }, () => undefined, never);
    equal(evidence.gates[0]?.evidence.cached, false);
    // That the tree was judged is kept, too, how long the command took, and since when its tests are known, each under a key of its own.
    deepEqual([keys.size, here.store.kept.size], [5, 7]);
    const changed = await here.examiners.content((await here.repository.commit(gate('mocha --bail'))).commit);
    notEqual(changed.hash, (await here.examiners.content(base.commit)).hash);
  });

  it('REQ-GATE-54: a required sandbox that does not work stops every gate', async () => {
    const closed = await bench({ sandbox: createSandbox({ log: silent, environment: process.env, hidden: [], bwrapPath: '/nowhere/bwrap' }) });
    try {
      const base = await closed.repository.commit(withMocha);
      const head = await closed.repository.commit({ 'README.md': 'more' });
      const content = await closed.examiners.content(base.commit);
      const evidence = await closed.examiners.examine({ task: 'task', id: 'gate', ...head, base: base.commit, content, sandbox: 'required' }, () => undefined, never);
      equal(judgement(evidence), 'error no-sandbox');
      match(evidence.gates[0]?.evidence.sandbox ?? '', /^none: /);
    } finally {
      await closed.close();
    }
  });

  it('REQ-GATE-55: a time-out on a loaded machine is overloaded, not a time-out of the change', async () => {
    const loaded = await bench({ loadPerCore: () => 5 });
    try {
      equal(judgement(await loaded.judge({ ...gate('sleep 60', '    timeout: 1s\n') }, { 'README.md': 'more' })), 'error overloaded');
    } finally {
      await loaded.close();
    }
  });

  it('REQ-GATE-56: an installed tree with the same lock file is copied in, and the evidence says so', async () => {
    const lock = { lockfileVersion: 3, packages: { '': {}, 'node_modules/two': { version: '1.0.0' } } };
    const installed = join(here.repository.path, 'node_modules');
    await mkdir(join(installed, 'two'), { recursive: true });
    await writeFile(join(installed, 'two/index.js'), 'module.exports = 2;\n');
    await writeFile(join(installed, '.package-lock.json'), JSON.stringify({ packages: { 'node_modules/two': { version: '1.0.0' } } }));
    const evidence = await here.judge({
      ...manifest({ test: 'mocha' }, { dependencies: { two: '1.0.0' } }), 'package-lock.json': JSON.stringify(lock), '.gitignore': 'node_modules\n',
      'test/two.spec.js': 'it("is two", () => require("node:assert").equal(require("two"), 2));\n',
    }, { 'README.md': 'more' });
    equal(judgement(evidence), 'accepted passed');
    equal(evidence.gates[0]?.evidence.dependencies, 'copied from the checkout (same package-lock.json)');
  });

  it('REQ-GATE-56: set-up runs first, of its own, and the evidence names it', async () => {
    const evidence = await here.judge({
      '.treeline/project.yaml': 'setup: mkdir -p node_modules/two && echo "module.exports = 2" > node_modules/two/index.js\ngates: [{ id: unit, run: mocha }]\n',
      '.gitignore': 'node_modules\n', 'test/two.spec.js': 'it("is two", () => require("node:assert").equal(require("two"), 2));\n',
    }, { 'README.md': 'more' });
    equal(judgement(evidence), 'accepted passed');
    match(evidence.gates[0]?.evidence.dependencies ?? '', /^setup: mkdir/);
  });

  it('REQ-GATE-57: the suite sees neither arguments nor options of ours, and its own children neither', async () => {
    const suite = `const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
it('is alone', () => {
  assert.deepEqual(process.argv.slice(2), ['--timeout', '20000']);
  assert.deepEqual(process.execArgv, []);
  assert.equal(process.env.NODE_OPTIONS, undefined);
  assert.equal(execFileSync(process.execPath, ['-p', 'String(process.env.NODE_OPTIONS)'], { encoding: 'utf8' }).trim(), 'undefined');
  assert.equal(require('node:events').EventEmitter.prototype.emit.toString().includes('Reflect.apply(original'), false);
  assert.deepEqual(require('node:fs').readdirSync('.').sort(), ['.git', '.treeline', 'README.md', 'test']);
});
`;
    const evidence = await here.judge({ ...gate('mocha --timeout 20000'), 'test/alone.spec.js': suite }, { 'README.md': 'more' });
    equal(judgement(evidence), 'accepted passed', JSON.stringify(evidence.gates[0]?.failures));
  });

  it('REQ-GATE-57: options that a script adds to NODE_OPTIONS stay', async () => {
    const evidence = await here.judge({
      ...manifest({ test: 'NODE_OPTIONS="$NODE_OPTIONS --max-old-space-size=200" mocha' }),
      'test/options.spec.js': 'it("keeps", () => require("node:assert").equal(process.env.NODE_OPTIONS, "--max-old-space-size=200"));\n',
    }, { 'README.md': 'more' });
    equal(judgement(evidence), 'accepted passed', JSON.stringify(evidence.gates[0]?.failures));
  });

  it('REQ-GATE-104: a script that sets NODE_OPTIONS itself is heard all the same, and sees its own value', async () => {
    const suite = 'it("sees", () => require("node:assert").deepEqual([process.env.NODE_OPTIONS, process.execArgv, /reports-/.test(process.env.PATH)], ["--no-warnings", [], false]));\n';
    const evidence = await here.judge({ ...manifest({ test: 'NODE_OPTIONS=--no-warnings mocha' }), 'test/a.spec.js': suite, 'src/a.js': '1' }, { 'src/a.js': '2' });
    equal(judgement(evidence), 'accepted passed', JSON.stringify(evidence.gates[0]?.failures));
    const npmrc = await here.judge({ '.npmrc': 'node-options=--no-warnings\n', ...manifest({ test: 'mocha' }) }, { 'src/a.js': '3' });
    equal(judgement(npmrc), 'accepted passed', JSON.stringify(npmrc.gates[0]?.failures));
  });

  it('REQ-GATE-24: a script that goes round all of that is read from what it prints', async () => {
    const own = join(import.meta.dirname, '../../node_modules/mocha/bin/mocha.js');
    const evidence = await here.judge({ ...manifest({ test: `NODE_OPTIONS= ${process.execPath} ${own} --reporter spec` }), 'src/add.js': adder, 'test/add.spec.js': mochaFile({ 'adds two': 'assert.equal(add(1, 2), 3);' }) }, { 'src/add.js': wrongAdder });
    equal(judgement(evidence), 'rejected new-failures');
    deepEqual(evidence.gates[0]?.failures.map((failure) => failure.test), ['add › adds two']);
  });

  it('REQ-GATE-140: keeps a document of every verdict, with what became of each test and since when an old failure is known', async () => {
    const tests = (old: string, more: Readonly<Record<string, string>> = {}): string => mochaFile({ stays: '', breaks: 'assert.equal(add(1, 2), 3);', old, ...more });
    const first = await here.repository.commit({ ...gate('mocha'), 'src/add.js': adder, 'test/add.spec.js': tests('assert.equal(1, 2);', { goes: '' }) });
    const middle = await here.repository.commit({ 'README.md': 'more' });
    await again(first.commit, middle);
    const head = await here.repository.commit({ 'src/add.js': wrongAdder, 'test/add.spec.js': tests('assert.equal(1, 2);', { comes: '' }) });
    const evidence = await again(middle.commit, head);
    const text = here.store.evidence.get(evidence.document ?? '') ?? '';
    equal(sha256(text), evidence.document);
    const document = evidenceDocumentSchema.parse(JSON.parse(text));
    deepEqual([document.base, document.evidence.id, document.gates.map(({ definition }) => definition.command)], [middle.commit, evidence.id, ['mocha']]);
    deepEqual(evidence.gates[0]?.failures.map(({ test, since }) => [test.split(' › ').at(-1), since]), [['breaks', undefined], ['goes', undefined], ['old', first.commit]]);
    deepEqual(document.gates[0]?.tests.map(({ test, state, since }) => `${test.split(' › ').at(-1) ?? ''}: ${state}${since === first.commit ? ' since the first' : ''}`), [
      'stays: passes', 'breaks: newly-failing', 'old: already-failing since the first', 'comes: new', 'goes: removed',
    ]);
  });

  it('REQ-GATE-58: sixteen gates at once come to what they come to one at a time', async function () {
    this.timeout(180_000);
    const commands = ['mocha test/add.spec.js', 'mocha test/broken.spec.js', 'mocha test/old.spec.js', 'no-such-runner', 'mocha test/empty.spec.js', 'true', 'mocha test/leaves.spec.js', 'mocha --timeout 0 test/slow.spec.js'];
    const gates = Array.from({ length: 16 }, (_, index) => `  - id: g${index}\n    run: ${JSON.stringify(commands[index % commands.length])}\n    timeout: ${index % commands.length === 7 ? '3s' : '2m'}\n`);
    const base = {
      '.treeline/project.yaml': `gates:\n${gates.join('')}`, 'src/add.js': adder, 'test/add.spec.js': mochaFile({ adds: 'assert.equal(add(1, 2), 3);' }), 'test/broken.spec.js': mochaFile({ same: 'assert.equal(add(4, 0), 4);', one: 'assert.equal(require("../src/one.js"), 1);' }),
      'src/one.js': 'module.exports = 1;\n', 'test/old.spec.js': mochaFile({ old: 'assert.equal(1, 2);' }), 'test/empty.spec.js': '', 'test/leaves.spec.js': 'it("leaves", () => {});\n', 'test/slow.spec.js': 'it("waits", (done) => { setTimeout(done, 600_000); });\n',
    };
    const change = { 'src/one.js': 'module.exports = 2;\n', 'test/leaves.spec.js': 'it("leaves", () => process.exit(0));\n' };
    const found: unknown[] = [];
    for (const gatesAtOnce of [1, 16]) {
      const own = await bench({ gatesAtOnce });
      try {
        const evidence = await own.judge(base, change);
        deepEqual({ checkouts: own.repository.open(), folders: own.store.open() }, { checkouts: 0, folders: 0 });
        found.push([judgement(evidence), ...evidence.gates.map(({ id, verdict, reason, exit, tests }) => ({ id, verdict, reason, exit, tests }))]);
      } finally {
        await own.close();
      }
    }
    deepEqual(found[1], found[0]);
    deepEqual((found[0] as { reason: string }[]).slice(1, 9).map(({ reason }) => reason), ['passed', 'new-failures', 'only-preexisting-failures', 'command-missing', 'no-tests', 'no-tests', 'early-exit', 'timeout']);
  });

  it('REQ-GATE-58: several gates: all run, the worst decides', async () => {
    const evidence = await here.judge({ '.treeline/project.yaml': 'gates:\n  - { id: silent, run: "true" }\n  - { id: unit, run: mocha }\n', 'src/add.js': adder, 'test/add.spec.js': mochaFile({ 'adds two': 'assert.equal(add(1, 2), 3);' }) }, { 'src/add.js': wrongAdder });
    deepEqual(evidence.gates.map(({ id, verdict }) => `${id} ${verdict}`), ['silent not-verified', 'unit rejected']);
    equal(judgement(evidence), 'rejected new-failures');
  });

  it('REQ-GATE-61: asked to stop early, begins no gate after one that rejects, and names those that were not run', async () => {
    const own = await bench({ gatesAtOnce: 1 });
    try {
      const base = await own.repository.commit({ '.treeline/project.yaml': 'gates:\n  - { id: unit, run: mocha }\n  - { id: more, run: mocha }\n', 'src/add.js': adder, 'test/add.spec.js': mochaFile({ 'adds two': 'assert.equal(add(1, 2), 3);' }) });
      const head = await own.repository.commit({ 'src/add.js': wrongAdder });
      const evidence = await own.examiners.examine({ task: 'task', id: 'gate', ...head, base: base.commit, content: await own.examiners.content(base.commit), sandbox: 'prefer', stopEarly: true }, () => undefined, AbortSignal.timeout(60_000));
      deepEqual([judgement(evidence), evidence.gates.map(({ id }) => id), evidence.notRun], ['rejected new-failures', ['unit'], ['more']]);
    } finally {
      await own.close();
    }
  });

  it('REQ-GATE-170, REQ-GATE-172: a test that the base has in quarantine fails without rejecting, is amber and shown; one that the change puts there, or whose time is over, counts', async () => {
    const aside = (until: string): string => `gates: [{ id: unit, run: mocha }]\nquarantine:\n  - { test: "test/add.spec.js › add › breaks", reason: slow disks, until: ${until} }\n`;
    const base = { 'src/add.js': adder, 'test/add.spec.js': mochaFile({ stays: '', breaks: 'assert.equal(add(1, 2), 3);' }) };
    const change = { 'src/add.js': wrongAdder };
    const said = (evidence: Evidence): readonly unknown[] => [judgement(evidence), evidence.quarantine?.map(({ standing }) => standing), evidence.ticks.map(({ why }) => why), evidence.gates[0]?.failures.map(({ message }) => message.split(':')[0])];
    const shown = await here.judge({ '.treeline/project.yaml': aside('2026-01-01'), ...base }, change);
    deepEqual(said(shown), ['accepted known-flaky-only', ['failing'], [], ['in quarantine until 2026-01-01 (slow disks)']]);
    const document = evidenceDocumentSchema.parse(JSON.parse(here.store.evidence.get(shown.document ?? '') ?? ''));
    deepEqual([shown.gates[0]?.reruns, document.gates[0]?.tests.map(({ state }) => state)], [undefined, ['passes', 'quarantined']]);
    deepEqual(said(await here.judge({ '.treeline/project.yaml': aside('2025-12-31'), ...base }, change)), ['rejected new-failures', ['over'], [], ['-1 == 3']]);
    const added = await here.judge({ '.treeline/project.yaml': 'gates: [{ id: unit, run: mocha }]\n', ...base }, { ...change, '.treeline/project.yaml': aside('2026-01-01') });
    deepEqual(said(added), ['rejected new-failures', undefined, ['.treeline/project.yaml:3: The change puts "test/add.spec.js › add › breaks" into quarantine: from the next change on it may fail.'], ['-1 == 3']]);
  });

  it('REQ-GATE-59: paths that the project protects need a person', async () => {
    const evidence = await here.judge({ '.treeline/project.yaml': 'gates: [{ id: unit, run: mocha }]\nprotect: ["infra/**"]\n', 'test/a.js': 'it("a", () => {});\n' }, { 'infra/deep/main.tf': 'x', 'src/a.js': '' });
    deepEqual(evidence.ticks.map((tick) => tick.id), ['protected:infra/deep/main.tf']);
    equal(judgement(evidence), 'not-verified needs-person');
    deepEqual(evidence.gates.map(({ verdict }) => verdict), ['accepted']);
  });
});
