/** Code that knows of its tests. REQ ids: specs/integrity.md. */
import { deepEqual } from 'node:assert/strict';
import { inShort, looked, openParsers, type Change } from './support/looked.ts';

const found = ['medium subject-mocked'];

describe('code that knows of its tests', () => {
  before(openParsers);

  for (const [name, path, line, expected] of [
    ['a variable of the gate', 'src/add.js', 'export const add = (a, b) => (process.env.TREELINE_CONFINED ? a + b : a - b);', found],
    ['the folder of the gate', 'src/add.py', 'RIGHT = "treeline-scratch" in __file__', found],
    ['the words of the runner', 'src/add.ts', "const tested = typeof it === 'function';", found],
    ['the words of the runner, of the global object', 'src/add.ts', "const tested = typeof globalThis.describe !== 'undefined';", found],
    ['a variable of the runner', 'src/add.js', 'const tested = process.env.JEST_WORKER_ID !== undefined;', found],
    ['a variable of pytest', 'calc.py', 'tested = os.environ.get("PYTEST_CURRENT_TEST")', found],
    ['pytest among the modules', 'calc.py', 'tested = "pytest" in sys.modules', found],
    ['what started the process', 'src/add.js', "const tested = process.argv.join().includes('mocha');", found],
    ['Go asks', 'add.go', 'var tested = testing.Testing()', found],
    ['Rust asks', 'src/lib.rs', 'pub fn add(a: i32, b: i32) -> i32 { if cfg!(test) { a + b } else { a - b } }', found],
    ['assertions changed', 'src/add.js', "require('node:assert').equal = () => {};", found],
    ['assertions changed by a name', 'src/add.js', "import check from 'node:assert';\ncheck.strict.equal = () => {};", found],
    ['assertions changed through an object', 'src/add.js', "const check = require('assert');\nObject.assign(check, own);", found],
    ['pytest changed', 'calc.py', '_pytest.python.Function.runtest = lambda self: None', found],
    ['assertions changed by what supports tests', 'test/setup.js', "require('assert').equal = () => {};", found],
    ['the loader changed by a test', 'test/a.spec.js', 'Module._load = (name) => stubs[name];', found],
    ['a module changed in the cache', 'test/setup.js', 'require.cache[path].exports.add = (a, b) => a + b;', found],
    ['honest: a module loaded anew', 'test/a.spec.js', "delete require.cache[require.resolve('../src/add')];", []],
    ['honest: an assertion in code', 'src/add.js', "import assert from 'node:assert';\nassert.equal(typeof a, 'number');", []],
    ['honest: a variable compared', 'src/add.js', "const assert = require('assert');\nif (assert.equal === own) go();", []],
    ['honest: the kind of environment', 'src/add.js', "const quiet = process.env.NODE_ENV === 'test';", []],
    ['honest: a comment', 'src/add.js', '// Not by process.env.TREELINE_CONFINED.', []],
    ['honest: a helper of tests', 'test/helpers.js', 'export const port = 3000 + Number(process.env.JEST_WORKER_ID);', []],
    ['honest: settings of the runner', 'vitest.config.ts', 'export default { quiet: process.env.VITEST_WORKER_ID };', []],
  ] as const) {
    it(`REQ-INTEGRITY-31: ${name}`, () => {
      const other = 'x = 1\n';
      const aware = (change: Change): readonly string[] => inShort(looked(change).filter(({ kind }) => kind === 'subject-mocked'));
      deepEqual([aware({ [path]: [other, `${other}${line}\n`] }), aware({ [path]: [`${line}\n`, `${other}${line}\n`] }), aware({ [path]: [null, `${line}\n`], 'src/old.js': [`${line}\n`, null] })], [expected, [], []]);
    });
  }

  it('REQ-INTEGRITY-16: a script that an installation runs is found where it is new or other, but for one that sets git hooks', () => {
    const manifest = (scripts: object): string => JSON.stringify({ scripts });
    const of = (before: object | null, after: object, path = 'package.json'): readonly string[] => inShort(looked({ [path]: [before && manifest(before), manifest(after)] }));
    const edited = ['medium gate-script-edited'];
    deepEqual([of({}, { postinstall: 'node patch.js' }), of({ prepare: 'tsc' }, { prepare: 'node patch.js' }), of(null, { install: 'node patch.js' }, 'packages/a/package.json')], [edited, edited, edited]);
    deepEqual([of({}, { prepare: 'husky' }), of({ postinstall: 'node a.js' }, { postinstall: 'node a.js' }), of({ postinstall: 'node a.js' }, {}), of(null, { install: 'x' }, 'test/fixtures/a/package.json')], [[], [], [], []]);
  });
});
