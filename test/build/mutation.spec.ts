// What is mutated by `npm run test:mutation`, and what is not. The run itself takes hours and is no part of `npm test`.
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { strykerPlugins } from '../../src/build/mutation/mochaRunner.mjs';
import { parts, sourcesOf } from '../../src/build/mutation/parts.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

describe('REQ-HOUSE-14 mutants', () => {
  it('are planted in every source of core, journal and git, each in one part, and every part has its specs', () => {
    const sources = Object.keys(parts).flatMap(sourcesOf);
    assert.deepEqual([sources.sort(), Object.values(parts).flatMap(({ specs }) => specs.filter((pattern) => globSync(pattern, { cwd: root }).length === 0))], [globSync('src/{core,journal,git}/*.ts', { cwd: root }).sort(), []]);
  });

  it('spare sentences for people, and nothing that decides or is compared', () => {
    const { value } = strykerPlugins[1] as { value: { shouldIgnore: (path: { node: unknown }) => string | undefined } };
    const text = (words: string): unknown => ({ type: 'StringLiteral', value: words });
    const template = (words: string, inside: string): unknown => ({ type: 'TemplateLiteral', quasis: [{ value: { raw: words } }], expressions: [{ type: inside }] });
    const nodes = [text('the gate was waived'), text('new-failures'), text(' '), text(''), template('gate of ', 'Identifier'), template('gate is it ', 'MemberExpression'), template('gate is it ', 'ConditionalExpression'), template('refs/treeline/', 'Identifier')];
    assert.deepEqual(nodes.map((node) => value.shouldIgnore({ node }) !== undefined), [true, false, false, false, true, true, false, false]);
  });
});
