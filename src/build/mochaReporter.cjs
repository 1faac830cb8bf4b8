// How a suite's mocha process tells runTests.mjs what happened: a result file at the end, few lines on the way.
// Owns the shape of that file. A skipped test must say why (`skipBecause` in test/support/skip.ts); one that does not is told apart.
'use strict';

const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

const { EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING, EVENT_TEST_RETRY, EVENT_RUN_END } = Mocha.Runner.constants;

/** The reason given by the test itself or by the suite around it; undefined when nobody gave one. */
function reasonOf(test) {
  for (let at = test; at; at = at.parent) if (at.skipReason) return at.skipReason;
  return undefined;
}

/**
 * Reporter options: `result`, the file to write `{ passed, failed, skipped: [{ title, reason? }] }` to (all titles are full
 * ones), and `lines`, "each" for a line per test (suites whose tests take seconds) or "failures".
 */
module.exports = class Reporter extends Mocha.reporters.Base {
  constructor(runner, options) {
    super(runner, options);
    const { result, lines } = options.reporterOptions;
    const counts = { passed: 0, failed: 0, skipped: [] };
    const say = (sign, test, more = '') => process.stdout.write(`    ${sign} ${test.fullTitle()}${more}\n`);
    runner.on(EVENT_TEST_PASS, (test) => {
      counts.passed += 1;
      if (lines === 'each') say('✓', test, ` (${((test.duration ?? 0) / 1000).toFixed(1)} s)`);
    });
    runner.on(EVENT_TEST_FAIL, (test) => {
      counts.failed += 1;
      say('✗', test);
    });
    runner.on(EVENT_TEST_RETRY, (test, error) => say('↻', test, ` is tried once more: ${String(error?.message ?? error).split('\n', 1)[0]}`));
    runner.on(EVENT_TEST_PENDING, (test) => {
      counts.skipped.push({ title: test.fullTitle(), reason: reasonOf(test) });
    });
    runner.once(EVENT_RUN_END, () => {
      if (this.failures.length > 0) Mocha.reporters.Base.list(this.failures);
      writeFileSync(result, JSON.stringify(counts));
    });
  }
};
