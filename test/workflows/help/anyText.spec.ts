// Help at any place of any text: files that are half written, broken or hostile. Nothing throws, nothing reaches outside of the text.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { suggestionsAt } from '../../../src/workflows/help/complete.ts';
import { hoverAt } from '../../../src/workflows/help/hover.ts';
import { mendings, spanOfMistake } from '../../../src/workflows/help/mend.ts';
import type { Edit } from '../../../src/workflows/help/mend.ts';
import { written } from '../../../src/workflows/help/written.ts';
import { around, read } from './support.ts';

const folder = join(import.meta.dirname, '../../../src/workflows/builtin');
const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
const pieces = ['- ', ': ', '\n', '\n    ', '{ ', ' }', '[', ']', '"', '\'', '|', '&a ', '*a', '<<: *a', '# ', '${{ ', ' }}', 'needs: ', 'steps.', '\t', '__proto__: 1', '!!js x', '\u0000', '\ud83d\ude00', '?', ',', 'if: ', 'use: mine', '---\n'];
/** A built-in workflow with pieces cut out and put in. */
const broken = fc.tuple(fc.constantFrom(...texts), fc.array(fc.tuple(fc.nat(10_000), fc.nat(40), fc.constantFrom(...pieces, '')), { maxLength: 6 }), fc.nat(10_000)).map(([text, changes, end]) => {
  const changed = changes.reduce((made, [at, cut, put]) => { const from = at % (made.length + 1); return made.slice(0, from) + put + made.slice(from + cut); }, text);
  return end % 3 === 0 ? changed.slice(0, end % (changed.length + 1)) : changed;
});

describe('help at any place of any text', () => {
  it('REQ-HELP-01 REQ-HELP-02 REQ-HELP-03 REQ-HELP-04 answers within the text, and never throws', function () {
    this.timeout(120_000);
    fc.assert(fc.property(broken, fc.nat(20_000), (text, place) => {
      const offset = place % (text.length + 1);
      const file = written(text);
      const part = read(text);
      const inside = ({ from, to }: { readonly from: number; readonly to: number }): boolean => from >= 0 && from <= to && to <= text.length;
      const edits = part.mistakes.flatMap((mistake) => mendings(file, mistake).flatMap((way): readonly Edit[] => way.edits));
      const spans = [...part.mistakes.map((mistake) => spanOfMistake(file, mistake)), ...suggestionsAt(text, offset, around(texts[0])).map(({ span }) => span), ...edits];
      const hover = hoverAt(file, offset, part, around().workflows);
      assert.deepEqual([...spans, ...(hover ? [hover.span] : [])].filter((span) => !inside(span)), []);
    }), { numRuns: 400, seed: 9 });
  });
});
