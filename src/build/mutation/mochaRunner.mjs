// @ts-check
/**
 * How Stryker runs our mocha tests, and what it leaves alone. A runner of our own because Stryker's does not know mocha 12's files, and cannot load
 * ES modules a second time, so that each mutant of a table at the top of a file would cost a process.
 *
 * Owns: loading specs anew when the mutant is in code that runs while loading, running those tests that reach the mutant, saying what they found; which
 * texts are not mutated. Refuses: to judge. No import of Stryker: it lives in a folder of its own (see ../testMutation.mjs); its words stand here as text.
 */
import fastCheck from 'fast-check';
import Mocha from 'mocha';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * What of Stryker's contract is used here (its `TestRunner`), in short.
 * @typedef {{ id: string, name: string, timeSpentMs: number, status: 0 | 1 | 2, failureMessage: string, fileName: string | undefined }} Result status: passed, failed, skipped
 * @typedef {{ activeMutant?: string | undefined, currentTestId?: string | undefined, mutantCoverage?: unknown, hitCount?: number | undefined, hitLimit?: number | undefined }} Instruments
 */

const { EVENT_SUITE_BEGIN, EVENT_TEST_BEGIN, EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING } = Mocha.Runner.constants;

/** What the instrumented sources look at. @type {Instruments} */
const instruments = (/** @type {any} */ (globalThis).__stryker__ ??= {});

/** Titles of tests that take long, as the first run measured them. */
const slowTests = '.slow-tests.json';

/** Which loading of the sources this is: a part of their addresses, since what was imported once stays. */
let round = 0;

class Silent extends Mocha.reporters.Base {}

class MochaRunner {
  static inject = ['options'];

  /** @param {{ treelineSpecs: string[] }} options */
  constructor(options) {
    this.patterns = options.treelineSpecs;
    /** @type {Mocha | undefined} */
    this.mocha = undefined;
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async init() {
    const here = pathToFileURL(`${process.cwd()}/`).href;
    registerHooks({
      resolve(specifier, context, next) {
        const found = next(specifier, context);
        return found.url.startsWith(here) && !found.url.includes('/node_modules/') ? { ...found, url: `${found.url}?round=${round}` } : found;
      },
    });
    // The same figure tomorrow; and a failure is enough, its smallest form is of no use here.
    fastCheck.configureGlobal({ seed: 1, endOnFailure: true });
  }

  /** @param {{ coverageAnalysis: string, disableBail: boolean }} options */
  async dryRun({ coverageAnalysis, disableBail }) {
    const tests = await this.#run({ bail: !disableBail, named: coverageAnalysis === 'perTest' });
    // For runners that take the place of this one, too: this is the copy's folder.
    writeFileSync(slowTests, JSON.stringify(tests.filter(({ timeSpentMs }) => timeSpentMs > 50).map(({ id }) => id)));
    return { status: 'complete', tests, mutantCoverage: instruments.mutantCoverage };
  }

  /** @param {{ activeMutant: { id: string }, testFilter?: string[], disableBail: boolean, hitLimit?: number, mutantActivation: string, reloadEnvironment: boolean, sandboxFileName: string }} options */
  async mutantRun({ activeMutant, testFilter, disableBail, hitLimit, mutantActivation, reloadEnvironment, sandboxFileName }) {
    instruments.hitLimit = hitLimit;
    instruments.hitCount = hitLimit === undefined ? undefined : 0;
    if (reloadEnvironment) {
      this.mocha?.dispose();
      this.mocha = undefined;
      round += 1;
    }
    try {
      const wanted = testFilter && new Set(testFilter);
      const slow = new Set(existsSync(slowTests) ? JSON.parse(readFileSync(slowTests, 'utf8')) : []);
      const options = { bail: !disableBail, named: false, mutant: activeMutant.id, whileLoading: mutantActivation === 'static', first: basename(sandboxFileName, '.ts') };
      const tests = await this.#run({ ...options, wanted: (title) => (wanted?.has(title) ?? true) && !slow.has(title) });
      // Few tests take most of the time, and most mutants are noticed by others.
      if (!tests.some(({ status }) => status === 1)) tests.push(...await this.#run({ ...options, wanted: (title) => (wanted?.has(title) ?? true) && slow.has(title) }));
      const ran = tests.filter(({ status }) => status !== 2), failed = tests.filter(({ status }) => status === 1);
      if (hitLimit !== undefined && (instruments.hitCount ?? 0) > hitLimit) return { status: 'timeout', reason: `reached ${instruments.hitCount} times` };
      if (failed[0]) return { status: 'killed', killedBy: failed.map(({ id }) => id), failureMessage: failed[0].failureMessage, nrOfTests: ran.length };
      return { status: 'survived', nrOfTests: ran.length };
    } catch (error) {
      // The specs could not even be loaded with it: whoever runs them sees that.
      return { status: 'killed', killedBy: [], failureMessage: String(error), nrOfTests: 0 };
    } finally {
      instruments.activeMutant = undefined;
    }
  }

  async dispose() {
    this.mocha?.dispose();
  }

  /**
   * @param {{ bail: boolean, named: boolean, mutant?: string, whileLoading?: boolean, wanted?: (title: string) => boolean, first?: string }} options
   * @returns {Promise<Result[]>}
   */
  async #run({ bail, named, mutant, whileLoading, wanted, first }) {
    if (whileLoading) instruments.activeMutant = mutant;
    const mocha = this.mocha ??= await this.#load(first);
    instruments.activeMutant = mutant;
    instruments.currentTestId = undefined;
    every(mocha.suite, (suite) => suite.bail(bail));
    // Mocha asks it one thing only: whether a title is meant.
    mocha.grep(/** @type {RegExp} */ (/** @type {unknown} */ ({ test: wanted ?? (() => true) })));
    /** @type {Result[]} */
    const results = [];
    await /** @type {Promise<void>} */ (new Promise((resolve) => {
      const runner = mocha.run(() => resolve());
      /** @param {Result['status']} status */
      const note = (status) => (/** @type {Mocha.Test} */ test, /** @type {Error} */ error) => {
        results.push({ id: test.fullTitle(), name: test.fullTitle(), timeSpentMs: test.duration ?? 0, status, failureMessage: String(error?.message ?? error), fileName: test.file?.replace(/\?.*/, '') });
      };
      runner.on(EVENT_TEST_PASS, note(0)).on(EVENT_TEST_FAIL, note(1)).on(EVENT_TEST_PENDING, note(2));
      if (!named) return;
      // What a suite does once, before its tests, is reached by the first of them.
      runner.on(EVENT_SUITE_BEGIN, (suite) => { instruments.currentTestId = firstOf(suite)?.fullTitle(); });
      runner.on(EVENT_TEST_BEGIN, (test) => { instruments.currentTestId = test.fullTitle(); });
    }));
    return results;
  }

  /** @param {string | undefined} first name of the source whose own spec comes first: it knows most of it */
  async #load(first) {
    const mocha = new Mocha({ reporter: Silent, timeout: 0 });
    mocha.cleanReferencesAfterRun(false);
    const files = globSync(this.patterns).sort((a, b) => Number(basename(b).startsWith(`${first}.`)) - Number(basename(a).startsWith(`${first}.`)) || (a < b ? -1 : 1));
    for (const file of files) {
      mocha.suite.emit('pre-require', globalThis, file, mocha);
      await import(`${pathToFileURL(file).href}`);
      mocha.suite.emit('post-require', globalThis, file, mocha);
    }
    return mocha;
  }
}

/** @param {Mocha.Suite} suite @param {(suite: Mocha.Suite) => void} visit */
function every(suite, visit) {
  visit(suite);
  for (const child of suite.suites) every(child, visit);
}

/** @param {Mocha.Suite} suite @returns {Mocha.Test | undefined} */
function firstOf(suite) {
  return suite.tests[0] ?? suite.suites.map(firstOf).find((test) => test !== undefined);
}

/** Sentences for people (a blank between two words) are not mutated: tests of the exact wording of every message would be tests of nothing. */
const sentences = {
  /** @param {any} path of Babel */
  shouldIgnore({ node }) {
    if (node.type === 'StringLiteral' && isSentence(node.value)) return 'a sentence for people';
    // Whatever decides inside of a template is looked at; names alone decide nothing.
    const plain = node.type === 'TemplateLiteral' && node.expressions.every((/** @type {any} */ { type }) => type === 'Identifier' || type === 'MemberExpression');
    return plain && node.quasis.some((/** @type {any} */ quasi) => isSentence(quasi.value.raw)) ? 'a sentence for people' : undefined;
  },
};

/** @param {string} text */
function isSentence(text) {
  return /[a-z,:;)] +[a-z(]/i.test(text);
}

export const strykerPlugins = [
  { kind: 'TestRunner', name: 'treeline', injectableClass: MochaRunner },
  { kind: 'Ignore', name: 'sentences', value: sentences },
];
