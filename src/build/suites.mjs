// Which test file belongs to which suite, and how a suite is run. Every spec under test/ is in exactly one suite.
import { readdirSync } from 'node:fs';
import { join, sep } from 'node:path';
import { root } from './node.mjs';

/**
 * Suites in the order in which `npm test` runs them.
 * `minutes`: when a suite that still runs is ended as hung; generous, since a machine may be shared. `lines`: see mochaReporter.cjs.
 * `timeout`: mocha's limit for one test, in ms, where the test sets none itself. `beside`: the suite in whose turn it runs: on two cores one that
 * works and one that waits for processes take hardly longer than one of them. `apart`: files that run in a process of their own for each pattern,
 * beside the others: these tests wait for processes more than they work.
 */
export const suites = {
  unit: { minutes: 10, lines: 'failures', timeout: 20_000 },
  simulation: { beside: 'unit', minutes: 20, lines: 'failures', timeout: 600_000 },
  contract: { beside: 'unit', minutes: 15, lines: 'failures', timeout: 120_000 },
  integration: { minutes: 25, lines: 'each', timeout: 180_000, apart: [/^test\/(agents|app|build|cli|client)\//, /^test\/gates\/truthTable/] },
  kill: { beside: 'integration', minutes: 120, lines: 'each', timeout: 1_800_000 },
  // A real editor in a real browser now and then swallows a key under load: a test is tried once more, and the report says so.
  e2e: { minutes: 40, lines: 'each', timeout: 300_000, retries: 1 },
};

/**
 * The chosen suites in the order of their turns.
 * @param {(keyof typeof suites)[]} chosen
 * @returns {(keyof typeof suites)[][]}
 */
export function turnsOf(chosen) {
  return [...Map.groupBy(chosen, (suite) => suites[suite].beside ?? suite).values()];
}

/**
 * The suite of a spec file.
 * @param {string} file relative to test/, with forward slashes
 * @returns {keyof typeof suites}
 */
export function suiteOf(file) {
  if (file.endsWith('.e2e.spec.ts')) return 'e2e';
  const [folder] = file.split('/');
  if (folder === 'kill' || folder === 'simulation' || folder === 'contract') return folder;
  return file.endsWith('.int.spec.ts') ? 'integration' : 'unit';
}

/**
 * The spec files of a suite, relative to the repository, the rules of the house first.
 * @param {keyof typeof suites} suite
 * @returns {string[]}
 */
export function filesOf(suite) {
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(sep).join('/'))
    .filter((file) => file.endsWith('.spec.ts') && !file.startsWith('fixtures/') && suiteOf(file) === suite)
    .sort((a, b) => Number(b.startsWith('architecture/')) - Number(a.startsWith('architecture/')) || (a < b ? -1 : 1))
    .map((file) => `test/${file}`);
}
