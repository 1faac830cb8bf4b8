import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { landingMessage, titleOf } from '../../src/engine/messages.ts';
import { insideScope } from '../../src/engine/scope.ts';
import { allLanded, given } from '../support/given.ts';

describe('REQ-MOTOR-01 a declared scope', () => {
  for (const [path, scope, inside] of [
    ['src/csv.ts', ['src/**'], true], ['src/deep/er/csv.ts', ['src/**'], true], ['src/csv.ts', ['src'], true], ['src/csv.ts', ['src/'], true],
    ['src/csv.ts', ['src/*.ts'], true], ['src/deep/csv.ts', ['src/*.ts'], false], ['test/csv.test.ts', ['**/*.test.ts'], true], ['csv.test.ts', ['**/*.test.ts'], true],
    ['lib/csv.ts', ['src/**', 'test/**'], false], ['src/a-b-c.ts', ['src/a*b*c.ts'], true], ['README.md', ['README.md'], true], ['docs/README.md', ['README.md'], false],
  ] as const) it(`${inside ? 'holds' : 'does not hold'} ${path} in ${scope.join(' ')}`, () => assert.equal(insideScope(path, scope), inside));

  it('answers a hostile glob at once', () => assert.equal(insideScope('a'.repeat(200), [`${'a*'.repeat(100)}b`, `${'**/'.repeat(100)}b`]), false));
});

describe('REQ-MOTOR-02 what stands in the history', () => {
  it('says the task, its parts and where it came from', () => {
    assert.equal(landingMessage(given(allLanded()).state), 'Add csv export\n\n- a\n- b\n- c\n\nTreeline-Task: t1\n');
  });

  it('shortens a request to a title at a word', () => {
    assert.equal(titleOf('  Fix   the bug\nwith details'), 'Fix the bug');
    const long = titleOf(`Add ${'very '.repeat(30)}long things`);
    assert.ok(long.length <= 72 && long.endsWith(' very…'), long);
  });
});
