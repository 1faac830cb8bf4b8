/**
 * How jest is heard: @jest/core takes every file's result in through `addResult` of @jest/test-result, a package of its own since jest 24
 * (measured with jest 29 and 30). The listener hands it a copy of that package that listens, once, and is gone before a test runs.
 * Owns: this part of the listener's text (nodeListener.ts has the whole). `end` is said when all files that were planned have come in.
 */
export const jestListener = String.raw`  const hearJest = () => {
    const Module = require('module');
    const load = Module._load;
    let count = 0;
    let all = null;
    let begun = false;
    let ended = false;
    const end = () => {
      if (!begun || ended) return;
      ended = true;
      say({ k: 'end', tests: 0 });
    };
    const begin = (aggregate) => {
      if (begun) return;
      begun = true;
      found = all = aggregate;
      if (EventEmitter.prototype.emit === emit) EventEmitter.prototype.emit = original;
      if (Module._load === listening) Module._load = load;
      say({ k: 'begin', runner: 'jest', child: false, main: cut(process.argv[1], 2000) });
    };
    const tell = (result) => {
      const project = result.displayName && (result.displayName.name ?? result.displayName);
      const around = typeof project === 'string' && project !== '' ? [project] : [];
      const file = cut(result.testFilePath, 2000);
      const tests = result.testResults ?? [];
      for (const test of tests) {
        const state = test.status === 'passed' || test.status === 'focused' ? 'passed' : test.status === 'failed' ? 'failed' : 'skipped';
        const message = (test.failureMessages ?? [])[0];
        say({ k: 'test', state, path: [...around, ...(test.ancestorTitles ?? []), test.title].map(String), file, ...(state === 'failed' ? { message: ends(message, 4000), stack: cut(message, 6000) } : {}) });
      }
      if (tests.length === 0 && (result.testExecError || result.failureMessage)) {
        const message = result.failureMessage ?? errorOf(result.testExecError).message;
        say({ k: 'test', state: 'failed', path: [...around, String(file)], file, whole: true, message: ends(message, 4000), stack: cut(message, 6000) });
      }
    };
    const heard = (own) => {
      const copy = {};
      for (const key of Object.keys(own)) Object.defineProperty(copy, key, { enumerable: true, configurable: true, get: () => own[key] });
      Object.defineProperty(copy, '__esModule', { value: true });
      const replace = (name, after) => Object.defineProperty(copy, name, { enumerable: true, configurable: true, value: (...args) => {
        const result = own[name](...args);
        begin(result ?? args[0]);
        try { after(...args); } catch {}
        return result;
      } });
      replace('makeEmptyAggregatedTestResult', () => undefined);
      replace('addResult', (aggregate, result) => {
        count += 1;
        tell(result);
        if (count >= aggregate.numTotalTestSuites) end();
      });
      return copy;
    };
    const copies = new Map();
    function listening(request, ...rest) {
      if (/^(@jest\/core|jest-cli(\/.*)?|jest)$/.test(request)) letGo();
      const own = Reflect.apply(load, this, [request, ...rest]);
      if (request !== '@jest/test-result' || typeof own.addResult !== 'function' || typeof own.makeEmptyAggregatedTestResult !== 'function') return own;
      if (!copies.has(own)) copies.set(own, heard(own));
      return copies.get(own);
    }
    Module._load = listening;
    // Nothing was planned: a run without a test. Planned and not come in: the run ended before its time.
    exit(() => { if (all !== null && all.numTotalTestSuites === 0) end(); });
  };`;
