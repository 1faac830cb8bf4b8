/** The expression language: what is written, what it comes to, and what is wrong with it. */
import { deepEqual, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { check, evaluate, parts } from '../../src/core/expression.ts';
import type { TypeEnvironment, Values } from '../../src/core/expression.ts';
import { parse } from '../../src/core/expressionSyntax.ts';
import { checkTemplate, render } from '../../src/core/template.ts';
import type { Value } from '../../src/core/workflow.ts';

const inputs: Record<string, Value> = { area: 'src', strict: true, tries: 3, files: ['a.ts', 'b.ts'] };
const outputs: Record<string, Record<string, Value>> = { scan: { found: true, files: ['x.ts'], severity: 'high', count: 2 }, 'sub/scan': { found: false } };
const values: Values = {
  input: (name) => inputs[name], outcome: (step) => (step === 'scan' ? 'success' : undefined), output: (step, name) => outputs[step]?.[name],
  matrix: (name) => (name === 'os' ? 'linux' : undefined), task: { id: 't1', request: 'add csv export', title: 'Add csv export' }, round: 2, success: () => true, failure: () => false,
};
const environment: TypeEnvironment = {
  inputs: { area: { type: 'string' }, strict: { type: 'boolean' }, tries: { type: 'number' }, files: { type: 'list' } },
  steps: { scan: { found: { type: 'boolean' }, files: { type: 'list' }, severity: { type: 'enum', values: ['low', 'high'] }, count: { type: 'number' } } }, matrix: { os: { type: 'string' }, item: { type: 'any' } },
};
const valueOf = (text: string): Value | undefined | { readonly mistake: string } => {
  const parsed = parse(text);
  return parsed.ok ? evaluate(parsed.value, values) : { mistake: `${parsed.refusal.at}: ${parsed.refusal.message}` };
};
const mistakesOf = (text: string, expected: Parameters<typeof check>[2] = 'boolean'): string[] => check(text, environment, expected).map(({ at, message }) => `${at}: ${message}`);

const sentences: readonly (readonly [text: string, value: Value | undefined])[] = [
  ['\'it\'\'s\'', 'it\'s'], ['"say ""hi"""', 'say "hi"'], ['-1.5', -1.5], ['true', true], ['[1, \'a\', false]', [1, 'a', false]], ['[]', []],
  ['inputs.area', 'src'], ['steps.scan.outcome', 'success'], ['steps.scan.outputs.files', ['x.ts']], ['steps.sub/scan.outputs.found', false], ['matrix.os', 'linux'], ['task.title', 'Add csv export'], ['round', 2],
  ['inputs.area == \'src\'', true], ['inputs.area != \'src\'', false], ['inputs.tries == 3', true], ['inputs.tries == \'3\'', false], ['[1, 2] == [1, 2]', true], ['[1] == [2]', false],
  ['[1, 2] == [1, 3]', false], ['[1] == [1, 2]', false], ['[1, 2] == [1]', false], ['[] == []', true], ['[1] == 1', false], ['1 == [1]', false], ['[1] != [2]', true],
  ['1 < 1', false], ['2 < 1', false], ['3 <= 2', false], ['3 > 3', false], ['4 > 3', true], ['3 >= 3', true], ['\'1\' < 2', false], ['1 < \'2\'', false],
  ['1 < 2', true], ['2 <= 2', true], ['3 > 4', false], ['3 >= 4', false], ['\'a\' < \'b\'', false],
  ['false || false', false], ['inputs.tries || inputs.strict', true], ['inputs.tries || inputs.area', false],
  ['true && false', false], ['true || false', true], ['!false', true], ['!true || true', true], ['false && true || true', true], ['true || true && false', true], ['(true || true) && false', false], ['!(1 == 2)', true], ['!1 == 2', false],
  ['contains(inputs.files, \'a.ts\')', true], ['contains(inputs.area, \'rc\')', true], ['contains(3, 3)', false], ['startsWith(task.request, \'add\')', true], ['endsWith(task.request, \'add\')', false],
  ['contains(inputs.files, \'c.ts\')', false], ['contains(\'31\', 3)', false], ['contains(3, \'3\')', false], ['contains([3], 3)', true],
  ['startsWith(task.request, \'export\')', false], ['startsWith(\'1a\', 1)', false], ['startsWith(1, \'1\')', false], ['endsWith(task.request, \'export\')', true], ['endsWith(\'a1\', 1)', false], ['endsWith(1, \'1\')', false],
  ['length(inputs.files)', 2], ['length(\'abc\')', 3], ['length(inputs.nothing)', 0], ['empty(inputs.files)', false], ['empty(\'\')', true], ['empty([])', true], ['empty(inputs.nothing)', true], ['empty(0)', false],
  ['success()', true], ['failure()', false], ['always()', true],
  ['inputs.nothing', undefined], ['inputs.nothing == steps.none.outputs.x', true], ['inputs.nothing == \'\'', false], ['inputs.nothing == false', false], ['!inputs.nothing', true], ['inputs.nothing < 1', false], ['inputs.area && true', false],
  ['steps.scan.outputs.found && steps.scan.outputs.severity == \'high\' && round < 3', true],
];

describe('an expression', () => {
  for (const [text, value] of sentences) it(`REQ-FLOW-04 ${text} is ${value === undefined ? 'empty' : JSON.stringify(value)}`, () => deepEqual(valueOf(text), value));

  it('REQ-FLOW-04 says where it cannot be read, and why', () => {
    const wrong = ['', 'inputs', 'inputs.', 'steps.a', 'steps.a.b', 'steps.a.outputs', 'task.base', 'nonsense', 'env.HOME', '1 =  1', 'a & b', '(true', 'true)', '\'open', '1 2', 'eval(\'1\')', '1.2.3', '[1', 'x'.repeat(2_001), '('.repeat(40), '!'.repeat(40)];
    deepEqual(wrong.map((text) => (valueOf(text) as { mistake?: string }).mistake ?? `${text} was read`), [
      '0: the expression ends too early', '6: "." is expected here, not the end', '7: a name is expected after "inputs."', '7: "." is expected here, not the end', '0: a step has no "b"; it has outcome and outputs',
      '15: "." is expected here, not the end', '0: a task has no "base"; it has id, request and title', '0: "nonsense" is nothing here; there are inputs, steps, matrix, task, round, and text in quotes',
      '0: "env" is nothing here; there are inputs, steps, matrix, task, round, and text in quotes', '2: "=" is no part of an expression; equality is "=="', '2: "&" is no part of an expression; write "&&"',
      '5: ")" is expected here, not the end', '4: ")" is not expected here', '0: the text that begins here is not closed', '2: "2" is not expected here',
      '0: there is no function "eval"; there are contains, startsWith, endsWith, length, empty, success, failure, always', '0: "1.2.3" is no number', '2: "]" is expected here, not the end',
      '2000: an expression has at most 2000 characters', '32: nested deeper than 32', '32: nested deeper than 32',
    ]);
  });

  it('REQ-FLOW-04 is checked where it is written: names and types, all mistakes at once', () => {
    const wrong = ['inputs.are == \'x\'', 'steps.none.outcome == \'success\'', 'steps.scan.outputs.nope', 'inputs.tries', 'inputs.area && inputs.strict', 'inputs.tries == \'3\'', 'steps.scan.outputs.severity == \'hihg\'', 'steps.scan.outcome == \'ok\'',
      'length(3) > 0', 'startsWith(\'a\')', 'contains(inputs.area, 3)', 'inputs.area < 3', '!inputs.files', 'always(1)', 'inputs.a || inputs.b'];
    deepEqual(wrong.map((text) => mistakesOf(text)), [
      ['0: there is no input "are"; there are area, strict, tries, files'], ['0: no step before this one is called "none"; there is scan'], ['0: there is no output of step "scan" called "nope"; there are found, files, severity, count'],
      ['0: a boolean is needed here, this is a number'], ['0: a boolean is needed here, this is a string'], ['13: a number and a string are never equal'], ['31: it is never \'hihg\'; it is one of low, high'], ['22: it is never \'ok\'; it is one of success, failure, skipped'],
      ['7: length() looks at text or a list, not at a number'], ['0: startsWith() takes 2 values, not 1'], ['22: a string is needed here, this is a number'], ['0: a number is needed here, this is a string'], ['1: a boolean is needed here, this is a list'],
      ['0: always() takes nothing, not 1'], ['0: there is no input "a"; there are area, strict, tries, files', '12: there is no input "b"; there are area, strict, tries, files'],
    ]);
    deepEqual(['steps.scan.outputs.found', 'matrix.item == 3', 'contains(inputs.files, matrix.item)', 'steps.scan.outputs.severity == inputs.area'].map((text) => mistakesOf(text)), [[], [], [], []]);
    deepEqual(check('matrix.os == \'a\'', { ...environment, matrix: null }, 'boolean'), [{ at: 0, message: '"matrix" is only there in a step with "for-each"' }]);
    deepEqual(mistakesOf('inputs.area', 'list'), ['0: a list is needed here, this is a string']);
    deepEqual([mistakesOf('inputs.toString == 1'), mistakesOf('steps.constructor.outcome == \'success\'')].map((found) => found.length), [1, 1], 'what every object has is no name');
  });

  for (const [text, expected, mistakes] of [
    ['[inputs.files, 1, [2]]', 'list', ['1: a list holds no lists', '18: a list holds no lists']], ['[1]', 'list', []], ['[1]', 'boolean', ['0: a boolean is needed here, this is a list']],
    ['task.title', 'string', []], ['task.title', 'boolean', ['0: a boolean is needed here, this is a string']], ['round', 'number', []], ['round', 'string', ['0: a string is needed here, this is a number']],
    ['inputs.area', null, []], ['\'a\'', 'string', []], ['1', 'number', []], ['true', 'boolean', []],
    // A value of a few is text, and text may be one of a few.
    ['steps.scan.outputs.severity', 'string', []], ['steps.scan.outputs.severity', 'boolean', ['0: a boolean is needed here, this is an enum']], ['inputs.area', 'enum', []], ['inputs.tries', 'enum', ['0: an enum is needed here, this is a number']], ['inputs.strict', 'string', ['0: a string is needed here, this is a boolean']],
    ['length(inputs.area, 1)', 'number', ['0: length() takes 1 value, not 2']], ['length(steps.scan.outputs.severity)', 'number', []], ['length(matrix.item)', 'number', []],
    ['startsWith(inputs.area, 3)', 'boolean', ['24: a string is needed here, this is a number']], ['startsWith(steps.scan.outputs.severity, \'h\')', 'boolean', []], ['endsWith(inputs.files, \'h\')', 'boolean', ['9: a string is needed here, this is a list']],
    ['contains(inputs.files, 3)', 'boolean', []], ['contains(matrix.item, 3)', 'boolean', []], ['contains(inputs.area)', 'boolean', ['0: contains() takes 2 values, not 1']], ['contains(inputs.area, matrix.item)', 'boolean', []], ['empty(inputs.tries)', 'boolean', []],
    ['inputs.tries == steps.scan.outputs.severity', 'boolean', ['13: a number and an enum are never equal']], ['inputs.area == matrix.item', 'boolean', []], ['inputs.tries != matrix.item', 'boolean', []], ['inputs.tries < matrix.item', 'boolean', []], ['steps.scan.outputs.severity == \'high\'', 'boolean', []],
  ] as const) {
    it(`REQ-FLOW-04 ${text} where ${expected ?? 'anything'} is wanted: ${mistakes.length === 0 ? 'is well so' : 'is a mistake'}`, () => deepEqual(check(text, environment, expected).map(({ at, message }) => `${at}: ${message}`), mistakes));
  }

  it('REQ-FLOW-04 names what there is, twelve at most', () => {
    const inputs = (count: number): TypeEnvironment => ({ ...environment, inputs: Object.fromEntries(Array.from({ length: count }, (_, index) => [`i${index + 1}`, { type: 'boolean' }])) });
    deepEqual([0, 1, 13].map((count) => check('inputs.x', inputs(count), null).map(({ message }) => message).join()), [
      'there is no input "x"', 'there is no input "x"; there is i1', 'there is no input "x"; there are i1, i2, i3, i4, i5, i6, i7, i8, i9, i10, i11, i12',
    ]);
  });

  it('REQ-FLOW-04 has parts, itself first: what is looked for in it is found however deep', () => {
    const parsed = parse('!contains([inputs.area, round], task.id) && steps.scan.outcome == \'success\'');
    deepEqual(parsed.ok && parts(parsed.value).map(({ kind }) => kind), ['binary', 'not', 'call', 'list', 'input', 'round', 'task', 'binary', 'outcome', 'literal']);
  });

  it('REQ-FLOW-04 never throws and never runs for long, whatever is written', () => {
    const piece = fc.constantFrom('inputs.area', 'inputs.x', 'steps.scan.outputs.found', 'matrix.os', 'round', '1', '\'a\'', 'true', '&&', '||', '==', '<', '!', '(', ')', '[', ']', ',', 'contains(', 'length(', 'always()', '.', ' ');
    fc.assert(fc.property(fc.oneof(fc.string({ maxLength: 200 }), fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(' '))), (text) => {
      const parsed = parse(text);
      check(text, environment, 'boolean');
      if (!parsed.ok) { ok(parsed.refusal.at >= 0 && parsed.refusal.at <= text.length); return; }
      const value = evaluate(parsed.value, values);
      ok(value === undefined || ['string', 'number', 'boolean', 'object'].includes(typeof value));
      ok(parts(parsed.value).length >= 1);
    }), { numRuns: 2_000 });
  });

  it('REQ-FLOW-04 what is without a mistake gives what its type says', () => {
    const piece = fc.constantFrom('inputs.strict', 'steps.scan.outputs.found', 'inputs.tries == 3', 'inputs.area == \'src\'', 'contains(inputs.files, inputs.area)', 'empty(inputs.area)', 'length(inputs.files) > round');
    const tree: fc.Memo<string> = fc.memo((depth) => (depth <= 1 ? piece : fc.oneof(piece, tree().map((inner) => `!(${inner})`), fc.tuple(tree(), fc.constantFrom('&&', '||', '=='), tree()).map(([left, operator, right]) => `(${left}) ${operator} (${right})`))));
    fc.assert(fc.property(tree(4), (text) => {
      deepEqual([mistakesOf(text), typeof valueOf(text)], [[], 'boolean']);
    }), { numRuns: 500 });
  });
});

describe('a template', () => {
  it('REQ-FLOW-04 is text with expressions in it', () => {
    deepEqual([
      render('Look at ${{ inputs.area }} in ${{inputs.files}}, ${{ inputs.nothing }}${{ \'}}\' }}!', values), render('', values), render('no expression, $HOME, {{ x }}, }}', values), render('${{ broken', values),
    ], ['Look at src in a.ts, b.ts, }}!', '', 'no expression, $HOME, {{ x }}, }}', '${{ broken']);
    deepEqual([checkTemplate('a ${{ inputs.are }} ${{ 1 < \'2\' }}', environment), checkTemplate('a ${{ 1', environment), checkTemplate('a ${{ ) }}', environment), checkTemplate('${{ inputs.area }}', environment)], [
      [{ at: 6, message: 'there is no input "are"; there are area, strict, tries, files' }, { at: 28, message: 'a number is needed here, this is a string' }],
      [{ at: 2, message: 'the "${{" that begins here is not closed with "}}"' }], [{ at: 6, message: '")" is not expected here' }], [],
    ]);
  });
});
