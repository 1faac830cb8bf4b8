/** How a newly failing test is run again, played through with runs that give known answers. */
import { deepEqual, equal } from 'node:assert/strict';
import fc from 'fast-check';
import { added, nextRerun, nothingCounted, rerunOutcome, rerunWords, type RerunCounts, type RerunWay } from '../../src/core/rerun.ts';

type Fails = (way: RerunWay, n: number) => boolean;
const both = { alone: true, withFile: true };

/** All runs until enough is known; each as its way, in capitals where the test failed. */
function played(fails: Fails, can = both): { readonly path: string; readonly counts: RerunCounts } {
  let counts: RerunCounts = { alone: nothingCounted, withFile: nothingCounted, whole: { runs: 1, failed: 1 } };
  const path: string[] = [];
  for (let way = nextRerun(counts, can); way !== null && path.length < 50; way = nextRerun(counts, can)) {
    const failed = fails(way, counts[way].runs + 1);
    path.push(failed ? way.charAt(0).toUpperCase() : way.charAt(0));
    counts = { ...counts, [way]: added(counts[way], { runs: 1, failed: failed ? 1 : 0 }) };
  }
  return { path: path.join(''), counts };
}

const rows: readonly (readonly [sentence: string, fails: Fails, can: typeof both, path: string, outcome: string])[] = [
  ['fails every way', () => true, both, 'AWAWA', 'fails-always'],
  ['fails every time and cannot be chosen', () => true, { alone: false, withFile: false }, 'WWWW', 'fails-always'],
  ['fails every time and is its whole file', () => true, { alone: true, withFile: false }, 'AAAW', 'fails-always'],
  ['passes at the second run of the whole suite, which is all that can be run', (_way, n) => n < 2, { alone: false, withFile: false }, 'w', 'flaky'],
  ['passes alone the second time', (_way, n) => n < 2, both, 'AWa', 'flaky'],
  ['passes by itself and with its file, and fails in the suite again and again', (way) => way === 'whole', both, 'awawaWWWW', 'order-dependent'],
  ['passes by itself, fails with its file', (way) => way !== 'alone', both, 'aWaWaWW', 'order-dependent'],
  ['passes by itself, and after all with its file', (way, n) => way === 'withFile' && n < 3, both, 'aWaWaw', 'flaky'],
  ['needs what its file sets up, and fails in the suite', (way) => way !== 'withFile', both, 'AwAwAWWWW', 'order-dependent'],
  ['passes whenever it is run again', () => false, both, 'awawaw', 'flaky'],
];

describe('a test that failed newly', () => {
  for (const [sentence, fails, can, path, outcome] of rows) {
    it(`REQ-GATE-133: ${sentence}: ${outcome}`, () => {
      const found = played(fails, can);
      deepEqual([found.path, rerunOutcome(found.counts)], [path, outcome]);
    });
  }

  it('REQ-GATE-130: is never called flaky where no way gave both answers, nor run without end', () => {
    fc.assert(fc.property(fc.boolean(), fc.boolean(), fc.record({ alone: fc.boolean(), withFile: fc.boolean() }), (alone, withFile, can) => {
      const { path, counts } = played((way) => (way === 'whole' ? true : way === 'alone' ? alone : withFile), can);
      return path.length <= 10 && rerunOutcome(counts) === ((can.alone && !alone) || (can.withFile && !withFile) ? 'order-dependent' : 'fails-always');
    }));
  });

  it('REQ-GATE-133: is undecided where there was no time to know', () => {
    const whole = { runs: 1, failed: 1 };
    equal(rerunOutcome({ alone: nothingCounted, withFile: nothingCounted, whole }), 'undecided');
    equal(rerunOutcome({ alone: { runs: 2, failed: 0 }, withFile: { runs: 1, failed: 1 }, whole }), 'undecided');
  });

  it('REQ-GATE-134: is said with how often it failed each way, and in all that is remembered', () => {
    const counted = (failed: number, runs: number): { runs: number; failed: number } => ({ runs, failed });
    equal(rerunWords({ test: 't', outcome: 'flaky', alone: counted(1, 2), withFile: counted(0, 1), whole: counted(1, 1), base: counted(1, 9), known: counted(3, 40) }),
      'flaky: failed 1 of 2 alone, 0 of 1 with its file, 1 of 1 with the whole suite; 1 of 9 on the base; 3 of 40 in all runs remembered from before');
    equal(rerunWords({ test: 't', outcome: 'fails-always', alone: nothingCounted, withFile: nothingCounted, whole: counted(5, 5), base: nothingCounted, because: 'several commands run its tests' }),
      'fails-always: failed 5 of 5 with the whole suite; several commands run its tests');
  });
});
