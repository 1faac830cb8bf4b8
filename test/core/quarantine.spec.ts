/** Tests that a person put aside: which count on a day, what became of each, and what is said. */
import { deepEqual } from 'node:assert/strict';
import { inQuarantine, quarantined, quarantineWords, type QuarantineEntry } from '../../src/core/quarantine.ts';
import type { TestFacts } from '../../src/core/verdict.ts';

const entry = (test: string, more: Partial<QuarantineEntry> = {}): QuarantineEntry => ({ test, gate: null, reason: 'slow disks', since: null, until: '2030-01-31', ...more });
const facts = (more: Partial<TestFacts>): TestFacts => ({ passed: [], failed: [], skipped: [], truncated: false, left: [], ...more });

describe('REQ-GATE-171 quarantine', () => {
  const entries = [entry('fails'), entry('passes'), entry('skips'), entry('goes'), entry('over', { until: '2030-01-30' }), entry('elsewhere', { gate: 'more' })];
  const reports = new Map([['unit', facts({ failed: ['fails', 'over'], passed: ['passes', 'elsewhere'], skipped: ['skips'] })], ['more', facts({ passed: ['else'] })]]);
  const standings = (found: typeof reports | ReadonlyMap<string, TestFacts | null>, today = '2030-01-31'): readonly string[] => quarantined(entries, found, ['unit', 'more'], today).map(({ test, standing }) => `${test} ${standing}`);

  it('is in force through its last day, in its gate or in all', () => {
    deepEqual(['unit', 'more'].map((gate) => [...inQuarantine(entries, gate, '2030-01-31').keys()]), [['fails', 'passes', 'skips', 'goes'], ['fails', 'passes', 'skips', 'goes', 'elsewhere']]);
    deepEqual([...inQuarantine(entries, 'unit', '2030-02-01').keys()], []);
  });

  it('tells of each what became of it, and of a test that is not there any more only where all reports are whole', () => {
    deepEqual(standings(reports), ['fails failing', 'passes passing', 'skips skipped', 'goes gone', 'over over', 'elsewhere gone']);
    deepEqual(standings(new Map([...reports, ['more', null]])), ['fails failing', 'passes passing', 'skips skipped', 'goes not-run', 'over over', 'elsewhere not-run']);
    deepEqual(standings(new Map([['unit', facts({ failed: ['fails'], truncated: true })], ['more', facts({})]])), ['fails failing', 'passes not-run', 'skips not-run', 'goes not-run', 'over over', 'elsewhere gone']);
    deepEqual(quarantined([entry('a', { gate: 'gone' })], reports, ['unit', 'more'], '2030-01-01').map(({ standing }) => standing), ['not-run']);
  });

  it('says each in words, with what to do', () => {
    deepEqual(quarantined(entries, reports, ['unit', 'more'], '2030-01-31').map(quarantineWords), [
      'in quarantine until 2030-01-31, and fails: fails (slow disks)', 'in quarantine until 2030-01-31, and passes: passes (slow disks)', 'in quarantine until 2030-01-31, and is skipped: skips (slow disks)',
      'in quarantine until 2030-01-31, but there is no such test any more: goes (slow disks). Take its entry out.', 'its quarantine was over on 2030-01-30, so it counts: over (slow disks). Mend it, or put it aside anew.',
      'in quarantine until 2030-01-31, but there is no such test any more: elsewhere (slow disks). Take its entry out.',
    ]);
  });
});
