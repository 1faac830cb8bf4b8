// Text of others: bounded, fenced, without what hides; and what an amendment makes of a plan, as it is shown.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { headAndTail } from '../../src/core/headAndTail.ts';
import { fitsName, namesMeet } from '../../src/core/namePattern.ts';
import { plainText } from '../../src/core/plainText.ts';
import { planDifference } from '../../src/core/planDifference.ts';
import type { Subtask } from '../../src/core/plan.ts';
import { quoted } from '../../src/core/quoted.ts';

describe('text of others', () => {
  it('REQ-AGENT-14 keeps head and tail of a long message and says how much is missing; a short one stays as it is', () => {
    assert.deepEqual([headAndTail('abcdef', 6), headAndTail('abcdefghij', 6), headAndTail('abcdefghij', 6, 1 / 2), headAndTail('abcdefghij', 4, 0)], [
      'abcdef', 'ab\n… (4 characters left out) …\nghij', 'abc\n… (4 characters left out) …\nhij', '\n… (6 characters left out) …\nghij',
    ]);
  });

  it('REQ-AGENT-15 stands in a fence that no content can close, under a name that keeps to its line', () => {
    assert.deepEqual([quoted('a.md', 'text'), quoted('a.md', 'text\n'), quoted('a\n`b', 'a `one` and ``` three'), quoted('', '````\n``')], [
      '```a.md\ntext\n```', '```a.md\ntext\n```', '````a??b\na `one` and ``` three\n````', '`````\n````\n``\n`````',
    ]);
    fc.assert(fc.property(fc.string(), fc.array(fc.constantFrom('`', '``', '````', 'x', '\n', ' ')).map((pieces) => pieces.join('')), (name, text) => {
      const lines = quoted(name, text).split('\n');
      const fence = /^`+/.exec(lines[0] ?? '')?.[0] ?? assert.fail();
      assert.ok(fence.length >= 3 && lines.at(-1) === fence && !text.includes(fence));
      assert.equal(lines.slice(1, -1).join('\n'), text.endsWith('\n') ? text.slice(0, -1) : text);
    }));
  });

  it('REQ-CLI-09 loses escape sequences, controls and what hides or reorders, and keeps tabs, line ends and every letter', () => {
    assert.deepEqual(['a\tb\nc', 'a\r\nb\rc', '\u001b[31mred\u001b[0m', '\u001b]0;title\u0007x', 'a\u0000b\u200bc\u202ed\u3164e', 'grüße 漢字'].map(plainText), ['a\tb\nc', 'a\nb\nc', 'red', 'x', 'abcde', 'grüße 漢字']);
  });
});

describe('a name with "*"', () => {
  it('REQ-TRIGGER-02 fits where its parts stand in their order and do not share a letter', () => {
    const fitting = [['main', 'main'], ['*', ''], ['*', 'any'], ['a*', 'a'], ['a*b', 'ab'], ['a*c*e', 'abcde'], ['*x*', 'axb'], ['a**b', 'ab'], ['a*bb*c', 'abbc'], ['*a*', 'ab']] as const;
    const other = [['main', 'mains'], ['a*', 'ba'], ['*a', 'ab'], ['aba*ba', 'aba'], ['a*b*b', 'ab'], ['*x*', 'ab'], ['a*x*b', 'ab'], ['a*bc*c', 'abc'], ['*b*a*', 'ab'], ['a*aa*', 'aa']] as const;
    assert.deepEqual([...fitting, ...other].map(([pattern, name]) => fitsName(pattern, name)), [...fitting.map(() => true), ...other.map(() => false)]);
  });

  it('REQ-SCHEDULE-04 two patterns meet exactly where some name fits both', () => {
    const meeting = [['a', 'a'], ['a', '*'], ['*', 'a'], ['a*', 'ab*'], ['ab*', 'a*'], ['*b', '*ab'], ['*ab', '*b'], ['a*', '*b'], ['a*c', 'ab*bc'], ['*', '*']] as const;
    const apart = [['a', 'b'], ['a', 'b*'], ['b*', 'a'], ['a*', 'b*'], ['*a', '*b'], ['a*x', 'a*y'], ['b*x', 'a*x'], ['ab', 'a*c'], ['a*c', 'ab'], ['a', 'ab*'], ['ab*', 'a']] as const;
    assert.deepEqual([...meeting, ...apart].map(([left, right]) => namesMeet(left, right)), [...meeting.map(() => true), ...apart.map(() => false)]);
  });
});

describe('what an amendment makes of a plan', () => {
  it('REQ-AMEND-03 is told subtask by subtask: what came, what went, and what is otherwise than it was', () => {
    const subtask = (id: string, title = id): Subtask => ({ id, title, description: '', needs: [], scope: [], requirements: [], tests: [] });
    const before = { summary: '', subtasks: [subtask('same'), subtask('gone'), subtask('other')] }, after = { summary: '', subtasks: [subtask('new'), subtask('other', 'another'), subtask('same')] };
    assert.deepEqual(planDifference(before, after), { added: [subtask('new')], removed: [subtask('gone')], changed: [{ before: subtask('other'), after: subtask('other', 'another') }] });
    assert.deepEqual(planDifference(before, before), { added: [], removed: [], changed: [] });
  });
});
