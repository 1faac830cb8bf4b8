/** Flaky tests (product.md G4): a suite that knows the how-manieth run of its side this is, so that each row plays the same. */
import { deepEqual, equal } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { Evidence } from '../../src/core/gate.ts';
import { skipBecause } from '../support/skip.ts';
import { counting, flipping as suite } from './support/counting.ts';
import { bench, type Bench } from './support/judge.ts';
import { rerunWords } from '../../src/core/rerun.ts';
import { adder, gate, manifest } from './support/projects.ts';
import type { Files } from './support/smallRepository.ts';

/** What reads its command line cannot be given other arguments: it is run as a whole. */
const readsArguments = "it('reads', () => { if (process.argv.includes('--quick')) throw new Error('no'); });\n";
const all = Array.from({ length: 20 }, (_, index) => index + 1);
const python: string = 'pytest';
const steady = { base: [], head: [] };

describe('flaky tests', function () {
  this.timeout(120_000);
  let here: Bench;

  beforeEach(async () => { here = await bench({ sandbox: counting() }); });
  afterEach(async () => {
    deepEqual({ checkouts: here.repository.open(), folders: here.store.open() }, { checkouts: 0, folders: 0 });
    await here.close();
  });

  async function judged(tests: Parameters<typeof suite>[0], base: Files = {}, baseTests = tests): Promise<readonly unknown[]> {
    const evidence: Evidence = await here.judge({ ...gate('mocha'), 'src/add.js': adder, 'test/a.spec.js': suite(baseTests), ...base }, { head: 'x', 'test/a.spec.js': suite(tests) });
    const [first] = evidence.gates;
    equal(first?.tests.flaky, first?.flakes?.length ?? 0);
    return [`${evidence.verdict} ${evidence.reason}`, (first?.flakes ?? []).map(({ test, head, base: before }) => `${test.split(' › ').at(-1) ?? ''}: ${head.failed}/${head.runs}, base ${before.failed}/${before.runs}`)];
  }

  it('REQ-GATE-130: a test that fails now and then on both sides is amber, and shown with how often', async () => {
    deepEqual(await judged({ flips: { base: [3], head: [1, 2] }, holds: steady }), ['accepted known-flaky-only', ['flips: 2/3, base 1/3']]);
  });

  const said = (evidence: Evidence): readonly unknown[] => [`${evidence.verdict} ${evidence.reason}`, (evidence.gates[0]?.reruns ?? []).map((rerun) => `${rerun.test.split(' › ').at(-1) ?? ''}: ${rerunWords(rerun)}`)];

  it('REQ-GATE-133: one that fails every time is never excused, and is asked often enough to be sure; as a whole where it reads its arguments', async () => {
    const tests = suite({ breaks: { base: [], head: all }, holds: steady });
    const base = { ...gate('mocha'), 'src/add.js': adder, 'test/a.spec.js': tests, 'test/b.spec.js': readsArguments };
    deepEqual(said(await here.judge(base, { head: 'x' })), ['rejected new-failures', ['breaks: fails-always: failed 5 of 5 with the whole suite; test/b.spec.js looks at the command line, so only the whole suite is run']]);
  });

  it('REQ-GATE-133: one that passes alone and fails with its file is called order-dependent, and is the change\'s', async () => {
    const file = "const { existsSync } = require('node:fs');\nlet dirty = false;\nit('first', () => { dirty = existsSync('head'); });\nit('second', () => { if (dirty) throw new Error('dirty'); });\n";
    const base = { ...gate('mocha'), 'src/add.js': adder, 'test/a.spec.js': file, 'test/b.spec.js': suite({ holds: steady }) };
    deepEqual(said(await here.judge(base, { head: 'x' })), ['rejected new-failures', ['second: order-dependent: failed 0 of 3 alone, 4 of 4 with its file, 1 of 1 with the whole suite']]);
  });

  it('REQ-GATE-133: node:test behind npm is asked for the one test, on both sides', async () => {
    const file = `const { it } = require('node:test');\n${suite({ flips: { base: [3], head: [1, 4] }, holds: steady })}`;
    const base = { ...manifest({ test: 'node --test test/*.js' }), 'test/a.test.js': file, 'test/b.test.js': `const { it } = require('node:test');\n${suite({ holds: steady })}` };
    deepEqual(said(await here.judge(base, { head: 'x' })), ['accepted known-flaky-only', ['flips: flaky: failed 1 of 2 alone, 0 of 1 with its file, 1 of 1 with the whole suite; 1 of 3 on the base']]);
  });

  it('REQ-GATE-133: pytest is asked for the one test with its parameters', async function () {
    if (spawnSync(python, ['--version'], { timeout: 30_000 }).status !== 0) skipBecause(this, `${python} does not work here`);
    const change = { head: 'x', 'tests/test_a.py': 'import os\nimport pytest\n\n\n@pytest.mark.parametrize("n", [1, 2])\ndef test_flips(n):\n    assert n == 1 or os.environ["RUN"] not in ("1", "2")\n' };
    const base = { ...gate('pytest'), 'tests/test_b.py': 'def test_other():\n    pass\n' };
    deepEqual(said(await here.judge(base, change)), ['rejected new-test-flaky', ['test_flips[2]: flaky: failed 1 of 2 alone, 0 of 1 with its file, 1 of 1 with the whole suite']]);
  });

  it('REQ-GATE-130: one that fails now and then only on the change is the change\'s', async () => {
    deepEqual(await judged({ flips: { base: [], head: [1] }, holds: steady }), ['rejected new-failures', ['flips: 1/5, base 0/9']]);
  });

  it('REQ-GATE-131: a new test that is flaky is rejected as that', async () => {
    deepEqual(await judged({ flips: { base: [], head: [1] }, holds: steady }, {}, { holds: steady }), ['rejected new-test-flaky', ['flips: 1/5, base 0/0']]);
  });

  it('REQ-GATE-132: what flips on the base is remembered: the next change is not excused by it, nor blamed', async () => {
    await judged({ flips: { base: [2], head: [1] }, holds: steady });
    const base = { commit: await here.repository.commit({ head: null, more: 'x' }) };
    const head = await here.repository.commit({ head: 'y', 'test/a.spec.js': suite({ flips: { base: [], head: all }, holds: steady }) });
    const evidence = await here.examiners.examine({ task: 'task', id: 'gate', ...head, base: base.commit.commit, content: await here.examiners.content(base.commit.commit), sandbox: 'prefer' }, () => undefined, AbortSignal.timeout(60_000));
    deepEqual([evidence.verdict, evidence.reason, evidence.gates[0]?.flakes?.map(({ head: now, base: before }) => [now, before])], ['not-verified', 'flaky-at-base', [[{ runs: 5, failed: 5 }, { runs: 2, failed: 1 }]]]);
    // All its runs in the first examination.
    deepEqual(evidence.gates[0]?.reruns?.map(({ known }) => known), [{ runs: 7, failed: 2 }]);
  });
});
