import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { inputLines, inputMistakes, inputsFromText } from '../../src/core/inputs.ts';
import type { Input } from '../../src/core/workflow.ts';

const input = (type: Input['type'], more: Partial<Input> = {}): Input => ({ type, description: '', default: null, required: false, commit: false, ...more });
const inputs = {
  area: input({ type: 'string' }, { default: 'src', description: 'Where to look' }), depth: input({ type: 'number' }), deep: input({ type: 'boolean' }), files: input({ type: 'list' }),
  speed: input({ type: 'enum', values: ['fast', 'thorough'] }), from: input({ type: 'string' }, { required: true, commit: true }),
};

describe('inputs of a workflow', () => {
  it('REQ-FLOW-18 become values of their types', () => {
    const given = inputsFromText(inputs, [['area', 'a=b'], ['depth', '3.5'], ['deep', 'false'], ['files', 'a.js, b.js'], ['speed', 'fast'], ['from', 'main']]);
    assert.deepEqual(given, { ok: true, value: { area: 'a=b', depth: 3.5, deep: false, files: ['a.js', 'b.js'], speed: 'fast', from: 'main' } });
  });

  it('REQ-FLOW-18 name every mistake at once', () => {
    const given = inputsFromText(inputs, [['depth', 'very'], ['depth', '1'], ['deep', 'yes'], ['speed', 'slow'], ['aera', 'x'], ['__proto__', 'x']]);
    assert.deepEqual(given, { ok: false, refusal: ['"depth" is given twice', 'there is no input "aera"', 'there is no input "__proto__"', '"depth" is "very", and has to be a number', '"deep" is "yes", and has to be true or false', '"speed" is "slow", and has to be one of fast, thorough', '"from" has to be given'] });
    assert.deepEqual(inputMistakes(inputs, { from: 'main', depth: '3', files: 'a' }), ['"depth" is "3", and has to be a number', '"files" is "a", and has to be a list with commas']);
  });

  it('REQ-FLOW-18 are said as they are given', () => {
    assert.deepEqual(inputLines({ area: inputs.area, from: inputs.from }), ['--input area=…  a text ("src" when left out): Where to look', '--input from=…  a branch, tag or commit (has to be given)']);
  });
});
