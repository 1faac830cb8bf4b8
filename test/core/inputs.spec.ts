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

  it('REQ-FLOW-18 take a text as it stands: no number is none, no list is an empty one', () => {
    const value = (name: keyof typeof inputs, text: string): unknown => { const read = inputsFromText({ [name]: inputs[name] }, [[name, text]]); return read.ok ? read.value[name] : read.refusal[0]; };
    assert.deepEqual([value('depth', ' -2e1 '), value('depth', ''), value('depth', ' '), value('depth', 'Infinity'), value('deep', 'true'), value('deep', 'false'), value('files', ''), value('files', ' a ,,b'), value('area', '')], [
      -20, '"depth" is "", and has to be a number', '"depth" is " ", and has to be a number', '"depth" is "Infinity", and has to be a number', true, false, [], ['a', '', 'b'], '',
    ]);
  });

  it('REQ-FLOW-18 as values: names that the workflow does not have, values of another type, long ones cut', () => {
    const long = 'x'.repeat(60);
    assert.deepEqual(inputMistakes(inputs, { from: 'main', aera: 'x', depth: ['1', '2'], speed: 1, area: true }), [
      'there is no input "aera"', '"area" is "true", and has to be a text', '"depth" is "1, 2", and has to be a number', '"speed" is "1", and has to be one of fast, thorough',
    ]);
    assert.deepEqual([long, `${long}y`].map((depth) => inputMistakes(inputs, { from: 'main', depth })), [[`"depth" is "${long}", and has to be a number`], [`"depth" is "${'x'.repeat(59)}…", and has to be a number`]]);
    assert.deepEqual(inputMistakes({ area: { ...inputs.area, required: true } }, {}), [], 'what has a default need not be given');
  });

  it('REQ-FLOW-18 are said as they are given', () => {
    assert.deepEqual(inputLines({ area: inputs.area, from: inputs.from, depth: inputs.depth }), ['--input area=…  a text ("src" when left out): Where to look', '--input from=…  a branch, tag or commit (has to be given)', '--input depth=…  a number']);
  });
});
