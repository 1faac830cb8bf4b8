/** Small projects for truth tables, as maps of files. */
import type { Files } from './smallRepository.ts';

/** `package.json` with scripts; no dependency, so no set-up. */
export function manifest(scripts: Readonly<Record<string, string>>, more: Readonly<Record<string, unknown>> = {}): Files {
  return { 'package.json': `${JSON.stringify({ name: 'small', version: '1.0.0', scripts, ...more }, null, 2)}\n` };
}

/** A gate given by the project file: quicker than through npm. */
export function gate(run: string, more = ''): Files {
  return { '.treeline/project.yaml': `gates:\n  - id: unit\n    run: ${JSON.stringify(run)}\n${more}` };
}

export const adder = 'exports.add = (a, b) => a + b;\n';
export const wrongAdder = 'exports.add = (a, b) => a - b;\n';

/** A mocha file of named tests; each body is one statement. */
export function mochaFile(tests: Readonly<Record<string, string>>): string {
  const bodies = Object.entries(tests).map(([title, body]) => `  it(${JSON.stringify(title)}, () => { ${body} });\n`);
  return `const assert = require('node:assert');\nconst { add } = require('../src/add.js');\ndescribe('add', () => {\n${bodies.join('')}});\n`;
}

export const adds = { 'adds two': 'assert.equal(add(1, 2), 3);', 'adds nothing': 'assert.equal(add(4, 0), 4);' };

/** A project whose gate is mocha, with two tests that the right adder passes. */
export const withMocha: Files = { ...gate('mocha'), 'src/add.js': adder, 'test/add.spec.js': mochaFile(adds) };

/** The same on node:test. */
export const withNodeTest: Files = {
  ...gate('node --test'),
  'src/add.js': adder,
  'test/add.test.js': `const { test, describe, it } = require('node:test');\nconst assert = require('node:assert');\nconst { add } = require('../src/add.js');\n`
    + `test('adds two', () => assert.equal(add(1, 2), 3));\ndescribe('nothing', () => { it('adds nothing', () => assert.equal(add(4, 0), 4)); });\n`,
};
