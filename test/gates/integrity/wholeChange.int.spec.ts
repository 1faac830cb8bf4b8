/** The guard among the gates: real runners, real trees, one verdict each. REQ ids: specs/integrity.md. */
import { deepEqual, match } from 'node:assert/strict';
import { grammarFiles } from '../../../src/app/grammarFiles.ts';
import type { Evidence } from '../../../src/core/gate.ts';
import { createExaminers } from '../../../src/gates/createExaminers.ts';
import { bench, realSandbox, silent, type Bench } from '../support/judge.ts';
import { adder, adds, manifest, mochaFile, withMocha, wrongAdder } from '../support/projects.ts';
import type { Files } from '../support/smallRepository.ts';

const spec = (tests: Readonly<Record<string, string>>): Files => ({ 'test/add.spec.js': mochaFile(tests) });
const kinds = (evidence: Evidence): readonly string[] => (evidence.integrity ?? []).map(({ kind, severity }) => `${severity} ${kind}`);
const gates = (evidence: Evidence): readonly string[] => evidence.gates.map((gate) => `${gate.id} ${gate.reason}`);

interface Row { readonly name: string; readonly base: Files; readonly change: Files; readonly expected: string; readonly gates: readonly string[]; readonly kinds: readonly string[]; readonly ticks: number }

const unit = ['unit passed'];
const rejected = (reason: string): readonly string[] => ['unit passed', `integrity-guard ${reason}`];

const rows: readonly Row[] = [
  { name: 'a wrong fix with a weakened assertion', base: withMocha, change: { 'src/add.js': wrongAdder, ...spec({ 'adds two': 'assert.ok(add(1, 2));', 'adds nothing': adds['adds nothing'] }) }, expected: 'rejected assertions-weakened', gates: rejected('assertions-weakened'), kinds: ['high assertion-weakened'], ticks: 1 },
  { name: 'a wrong fix with an emptied test', base: withMocha, change: { 'src/add.js': wrongAdder, ...spec({ 'adds two': '', 'adds nothing': adds['adds nothing'] }) }, expected: 'rejected assertions-weakened', gates: rejected('assertions-weakened'), kinds: ['high test-emptied'], ticks: 1 },
  { name: 'a failure caught', base: withMocha, change: { 'src/add.js': wrongAdder, ...spec({ 'adds two': 'try { assert.equal(add(1, 2), 3); } catch {}', 'adds nothing': adds['adds nothing'] }) }, expected: 'rejected assertions-weakened', gates: rejected('assertions-weakened'), kinds: ['high assertion-weakened'], ticks: 1 },
  { name: 'a test skipped', base: withMocha, change: { 'test/add.spec.js': mochaFile(adds).replace('it("adds two"', 'it.skip("adds two"') }, expected: 'rejected tests-skipped', gates: ['unit tests-skipped', 'integrity-guard tests-skipped'], kinds: ['high test-skipped'], ticks: 1 },
  { name: 'an expectation changed with the code', base: withMocha, change: { 'src/add.js': wrongAdder, ...spec({ 'adds two': 'assert.equal(add(1, 2), -1);', 'adds nothing': adds['adds nothing'] }) }, expected: 'not-verified needs-person', gates: unit, kinds: ['medium expectation-changed'], ticks: 1 },
  { name: 'a snapshot rewritten', base: { ...withMocha, 'test/add.snap': 'three\n' }, change: { 'test/add.snap': 'two\n' }, expected: 'not-verified needs-person', gates: unit, kinds: ['medium snapshot-rewritten'], ticks: 1 },
  { name: 'a stub called done', base: withMocha, change: { 'src/sub.js': 'exports.sub = (a, b) => { throw new Error("not implemented"); };\n' }, expected: 'not-verified incomplete', gates: unit, kinds: ['medium stub-left'], ticks: 1 },
  { name: 'a pipeline added', base: withMocha, change: { '.github/workflows/ci.yml': 'on: push\n' }, expected: 'accepted passed', gates: unit, kinds: ['medium ci-edited'], ticks: 1 },
  { name: 'a pipeline that may fail now', base: { ...withMocha, '.github/workflows/ci.yml': 'jobs: { t: { steps: [{ run: npm test }] } }\n' }, change: { '.github/workflows/ci.yml': 'jobs: { t: { steps: [{ run: npm test, continue-on-error: true }] } }\n' }, expected: 'rejected gate-tampered', gates: rejected('gate-tampered'), kinds: ['high exit-zero', 'medium ci-edited'], ticks: 2 },
  { name: 'the gate\'s script changed, which the gate asks about itself', base: { ...manifest({ test: 'mocha' }), 'src/add.js': adder, ...spec(adds) }, change: manifest({ test: 'mocha --recursive' }), expected: 'not-verified needs-person', gates: ['unit needs-person'], kinds: ['medium gate-script-edited'], ticks: 1 },
  { name: 'assertions put into a function', base: withMocha, change: { 'test/add.spec.js': "const assert = require('node:assert');\nconst { add } = require('../src/add.js');\nconst adds = (a, b, sum) => assert.equal(add(a, b), sum);\ndescribe('add', () => {\n  it(\"adds two\", () => { adds(1, 2, 3); });\n  it(\"adds nothing\", () => { adds(4, 0, 4); });\n});\n" }, expected: 'accepted passed', gates: unit, kinds: [], ticks: 0 },
  { name: 'a test added', base: withMocha, change: spec({ ...adds, 'adds more': 'assert.equal(add(2, 2), 4);' }), expected: 'accepted passed', gates: unit, kinds: [], ticks: 0 },
];

describe('the integrity guard among the gates', function () {
  this.timeout(60_000);
  let here: Bench;
  beforeEach(async () => { here = await bench(); });
  afterEach(() => here.close());

  for (const row of rows) {
    it(`REQ-INTEGRITY-22: ${row.name}: ${row.expected}`, async () => {
      const evidence = await here.judge(row.base, row.change);
      deepEqual({ verdict: `${evidence.verdict} ${evidence.reason}`, gates: gates(evidence), kinds: kinds(evidence), ticks: evidence.ticks.length }, { verdict: row.expected, gates: row.gates, kinds: row.kinds, ticks: row.ticks });
    });
  }

  it('REQ-INTEGRITY-21: a finding is ticked by its id', async () => {
    const evidence = await here.judge(withMocha, spec({ 'adds two': 'assert.ok(add(1, 2));', 'adds nothing': adds['adds nothing'] }));
    deepEqual(evidence.ticks.map((tick) => tick.id), (evidence.integrity ?? []).map((finding) => `integrity:${finding.id}`));
    match(evidence.ticks[0]?.why ?? '', /^test\/add\.spec\.js:4: /);
  });

  it('REQ-INTEGRITY-05: the same change is looked at once', async () => {
    const base = await here.repository.commit(withMocha);
    const head = await here.repository.commit(spec({ ...adds, 'adds two': 'assert.ok(add(1, 2));' }));
    const judge = async (examiners = here.examiners): Promise<Evidence> => examiners.examine({ task: 'task', id: 'again', ...head, base: base.commit, content: await here.examiners.content(base.commit), sandbox: 'prefer' }, () => undefined, AbortSignal.timeout(60_000));
    const first = await judge();
    const [key] = [...here.store.kept].find(([, value]) => value.includes('assertion-weakened')) ?? [''];
    here.store.kept.set(key, '{"findings":[],"moved":[]}');
    // These remember what they saw; those of another process have the store alone.
    const others = createExaminers({ archive: here.repository.archive, tree: here.repository.tree, scratch: here.repository.scratch, sandbox: realSandbox(), store: here.store, log: silent, toolchain: 'x', grammars: grammarFiles(import.meta.filename) });
    deepEqual([kinds(first), kinds(await judge()), kinds(await judge(others))], [['high assertion-weakened'], ['high assertion-weakened'], []]);
  });

  it('REQ-INTEGRITY-24: without its parsers the guard says so, and nothing is accepted', async () => {
    const blind = createExaminers({
      archive: here.repository.archive, tree: here.repository.tree, scratch: here.repository.scratch, sandbox: realSandbox(), store: here.store, log: silent, toolchain: 'x',
      grammars: () => Promise.reject(new Error('no file')),
    });
    const base = await here.repository.commit(withMocha);
    const head = await here.repository.commit({ 'src/add.js': `// better\n${adder}` });
    const evidence = await blind.examine({ task: 'task', id: 'blind', ...head, base: base.commit, content: await blind.content(base.commit), sandbox: 'prefer' }, () => undefined, AbortSignal.timeout(60_000));
    deepEqual({ verdict: `${evidence.verdict} ${evidence.reason}`, kinds: kinds(evidence) }, { verdict: 'not-verified needs-person', kinds: ['medium not-examined'] });
  });
});
