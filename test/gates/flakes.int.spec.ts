/** Flaky tests (product.md G4): a suite that knows the how-manieth run of its side this is, so that each row plays the same. */
import { deepEqual, equal } from 'node:assert/strict';
import type { Evidence } from '../../src/core/gate.ts';
import type { Sandbox } from '../../src/ports/sandbox.ts';
import { bench, realSandbox, type Bench } from './support/judge.ts';
import { adder, gate } from './support/projects.ts';
import type { Files } from './support/smallRepository.ts';

/** A mocha suite: the named tests fail in the runs, counted from 1 on each side, that are listed. */
const suite = (tests: Readonly<Record<string, { readonly base: readonly number[]; readonly head: readonly number[] }>>): string => Object.entries(tests)
  .map(([name, fails]) => `it(${JSON.stringify(name)}, () => { if (${JSON.stringify(fails)}[process.env.SIDE].includes(Number(process.env.RUN))) throw new Error('no luck'); });\n`).join('');
const all = Array.from({ length: 20 }, (_, index) => index + 1);
const steady = { base: [], head: [] };

/** The walls, with SIDE and RUN in the environment of each gate. The head is the side that has a file called `head`. */
function counting(): Sandbox {
  const walls = realSandbox();
  const runs = { base: 0, head: 0 };
  return {
    ...walls,
    run: async (request, signal) => {
      const side = (await walls.files(request.root).read('head', 10)) === null ? 'base' : 'head';
      runs[side] += 1;
      return walls.run({ ...request, environment: { ...request.environment, SIDE: side, RUN: String(runs[side]) } }, signal);
    },
  };
}

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

  it('REQ-GATE-130: one that fails every time is never excused, and is asked often enough to be sure', async () => {
    deepEqual(await judged({ breaks: { base: [], head: all }, holds: steady }), ['rejected new-failures', []]);
  });

  it('REQ-GATE-130: one that fails now and then only on the change is the change\'s', async () => {
    deepEqual(await judged({ flips: { base: [], head: [1] }, holds: steady }), ['rejected new-failures', ['flips: 1/2, base 0/9']]);
  });

  it('REQ-GATE-131: a new test that is flaky is rejected as that', async () => {
    deepEqual(await judged({ flips: { base: [], head: [1] }, holds: steady }, {}, { holds: steady }), ['rejected new-test-flaky', ['flips: 1/2, base 0/0']]);
  });

  it('REQ-GATE-132: what flips on the base is remembered: the next change is not excused by it, nor blamed', async () => {
    await judged({ flips: { base: [2], head: [1] }, holds: steady });
    const base = { commit: await here.repository.commit({ head: null, more: 'x' }) };
    const head = await here.repository.commit({ head: 'y', 'test/a.spec.js': suite({ flips: { base: [], head: all }, holds: steady }) });
    const evidence = await here.examiners.examine({ task: 'task', id: 'gate', ...head, base: base.commit.commit, content: await here.examiners.content(base.commit.commit), sandbox: 'prefer' }, () => undefined, AbortSignal.timeout(60_000));
    deepEqual([evidence.verdict, evidence.reason, evidence.gates[0]?.flakes?.map(({ head: now, base: before }) => [now, before])], ['not-verified', 'flaky-at-base', [[{ runs: 5, failed: 5 }, { runs: 2, failed: 1 }]]]);
  });
});
