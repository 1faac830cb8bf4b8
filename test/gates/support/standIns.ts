/** Stand-ins for jest and vitest with nothing but the seams that the listeners hold on to, as files of a small repository. */
import type { Files } from './smallRepository.ts';

const jest = `
const test = require('node:path');
const globals = (into) => {
  const around = [];
  globalThis.describe = (title, body) => { around.push(title); body(); around.pop(); };
  globalThis.it = globalThis.test = (title, body) => void into.push({ ancestorTitles: [...around], title, body });
  globalThis.expect = (found) => ({ toBe: (wanted) => { if (found !== wanted) throw new Error(found + ' is not ' + wanted); } });
};
exports.run = () => {
  const files = require('node:fs').readdirSync('test').map((name) => test.resolve('test', name));
  const results = require('@jest/test-result');
  const all = results.makeEmptyAggregatedTestResult();
  all.numTotalTestSuites = files.length;
  for (const testFilePath of files) {
    const tests = [];
    globals(tests);
    require(testFilePath);
    const testResults = tests.map(({ body, ...titles }) => {
      try { body(); return { ...titles, status: 'passed', failureMessages: [] }; } catch (error) { return { ...titles, status: 'failed', failureMessages: [error.stack] }; }
    });
    results.addResult(all, { testFilePath, testResults });
  }
  process.exitCode = all.numFailedTests > 0 ? 1 : 0;
};
`;
const results = `
Object.defineProperty(exports, '__esModule', { value: true });
const make = () => ({ numTotalTestSuites: 0, numFailedTests: 0 });
const add = (all, result) => { all.numFailedTests += result.testResults.filter((test) => test.status === 'failed').length; };
Object.defineProperty(exports, 'makeEmptyAggregatedTestResult', { enumerable: true, get: () => make });
Object.defineProperty(exports, 'addResult', { enumerable: true, get: () => add });
`;

/** `npm test` finds `jest` in node_modules/.bin; the listener knows it by the name of its main script. */
export const jestStandIn: Files = {
  'package.json': `${JSON.stringify({ name: 'small', version: '1.0.0', scripts: { test: 'node node_modules/jest/bin/jest.js' } })}\n`,
  'node_modules/jest/bin/jest.js': "require('@jest/core').run();\n", 'node_modules/@jest/core/index.js': jest, 'node_modules/@jest/test-result/index.js': results,
};

const vitest = `
class Vitest {
  constructor() { this.files = []; this.state = { idMap: new Map(), getFiles: () => this.files, getUnhandledErrors: () => [] }; this.isCancelling = false; this.reporters = []; }
  async report(name, ...args) { await Promise.all(this.reporters.map((reporter) => reporter[name]?.(...args))); }
}
export async function run() {
  const { readdirSync } = await import('node:fs');
  const { resolve } = await import('node:path');
  const { collected } = await import('vitest');
  const vitest = new Vitest();
  await vitest.report('onTestRunStart', []);
  for (const name of readdirSync('test')) {
    const filepath = resolve('test', name);
    collected.length = 0;
    await import('file://' + filepath);
    const tasks = await Promise.all(collected.map(async ({ titles, body }) => {
      const failure = await Promise.resolve().then(body).then(() => null, (error) => error);
      const test = { type: 'test', name: titles.at(-1), mode: 'run', result: failure === null ? { state: 'pass' } : { state: 'fail', errors: [failure] } };
      return titles.slice(0, -1).reduceRight((task, title) => ({ type: 'suite', name: title, mode: 'run', tasks: [task], result: { state: task.result.state } }), test);
    }));
    const file = { type: 'suite', id: name, filepath, name, tasks, mode: 'run', result: { state: tasks.some((task) => task.result.state === 'fail') ? 'fail' : 'pass' } };
    vitest.files.push(file);
    vitest.state.idMap.set(name, file);
    await vitest.report('onTaskUpdate', [[name, file.result]], []);
  }
  await vitest.report('onTestRunEnd', [], [], 'passed');
  process.exitCode = vitest.files.some((file) => file.result.state === 'fail') ? 1 : 0;
}
`;
const api = `
export const collected = [];
const around = [];
export const describe = (title, body) => { around.push(title); body(); around.pop(); };
export const it = (title, body) => void collected.push({ titles: [...around, title], body });
export const expect = (found) => ({ toBe: (wanted) => { if (found !== wanted) throw new Error(found + ' is not ' + wanted); } });
`;

export const vitestStandIn: Files = {
  'package.json': `${JSON.stringify({ name: 'small', version: '1.0.0', type: 'module', scripts: { test: 'node node_modules/vitest/vitest.mjs' } })}\n`,
  'node_modules/vitest/package.json': '{"name":"vitest","type":"module","exports":{".":"./index.js"}}\n', 'node_modules/vitest/vitest.mjs': "import './dist/cli.js';\n",
  'node_modules/vitest/dist/cli.js': "const { run } = await import('./chunks/cli-api.js');\nawait run();\n", 'node_modules/vitest/dist/chunks/cli-api.js': vitest, 'node_modules/vitest/index.js': api,
};
