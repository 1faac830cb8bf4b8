import assert from 'node:assert/strict';
import fc from 'fast-check';
import { outputsFromText, outputsOf, outputsSchema } from '../../src/core/typedOutputs.ts';
import type { Declared } from '../../src/core/typedOutputs.ts';

const declared: Declared = { text: { type: 'string' }, count: { type: 'number' }, found: { type: 'boolean' }, severity: { type: 'enum', values: ['low', 'high'] }, files: { type: 'list' } };

describe('outputs of steps (specs/run-steps.md)', () => {
  it('REQ-STEP-10: values of JSON are taken as declared; what is more is passed over', () => {
    const values = { text: 'a=b', count: 2.5, found: false, severity: 'high', files: ['a', 1, true] };
    assert.deepEqual(outputsOf(declared, { ...values, more: { nested: 1 }, constructor: 1 }), { ok: true, value: values });
  });

  it('REQ-STEP-10: every mistake is named, with what was found', () => {
    assert.deepEqual(outputsOf(declared, { text: 3, count: '3', severity: 'middle', files: [{ a: 1 }] }), { ok: false, refusal: [
      '"text" is to be a text, not 3', '"count" is to be a number, not "3"', '"found" (true or false) was not handed over',
      '"severity" is to be one of low, high, not "middle"', '"files" is to be a list of texts, numbers or truth values, not [{"a":1}]',
    ] });
  });

  it('REQ-STEP-10: what was found is told as it was written, and cut where it is long', () => {
    const told = (found: unknown): unknown => { const read = outputsOf({ found: { type: 'boolean' } }, { found }); return read.ok ? [] : read.refusal; };
    assert.deepEqual([null, 1, '1', [1], { a: null }].map(told), ['null', '1', '"1"', '[1]', '{"a":null}'].map((text) => [`"found" is to be true or false, not ${text}`]));
    assert.deepEqual(['x'.repeat(78), 'x'.repeat(79)].map(told), [`"${'x'.repeat(78)}"`, `"${'x'.repeat(78)}…`].map((text) => [`"found" is to be true or false, not ${text}`]));
  });

  it('REQ-STEP-10: what an object inherits is no value', () => {
    assert.deepEqual(outputsOf({ constructor: declared['text'], toString: declared['text'] } as Declared, {}).ok, false);
  });

  it('REQ-STEP-11: lines name=value and name<<WORD are read by their declared types; the last of a name counts', () => {
    const text = 'text=one\ntext=two = three\ncount=-4e2\nfound=true\nseverity=low\r\n\nfiles<<END\na b\nc\nEND\nother=ignored\n';
    assert.deepEqual(outputsFromText(declared, text), { ok: true, value: { text: 'two = three', count: -400, found: true, severity: 'low', files: ['a b', 'c'] } });
    assert.deepEqual(outputsFromText({ files: { type: 'list' }, text: { type: 'string' } }, 'files=["a",2]\ntext<<--\nx=1\ny<<z\n--'), { ok: true, value: { files: ['a', 2], text: 'x=1\ny<<z' } });
  });

  it('REQ-STEP-11: a line that is neither, a text without its end, and a value of another type are named', () => {
    const { count, found } = declared as { count: Declared[string]; found: Declared[string] };
    assert.deepEqual(outputsFromText({ count, found }, 'hello\ncount=many\nfound=yes'), { ok: false, refusal: ['line 1 of the outputs is neither name=value nor name<<WORD: "hello"'] });
    assert.deepEqual(outputsFromText({ count, found }, 'count=many\nfound=yes'), { ok: false, refusal: ['"count" is to be a number, not "many"', '"found" is to be true or false, not "yes"'] });
    assert.deepEqual(outputsFromText({ count }, 'count<<END\n1'), { ok: false, refusal: ['"count<<END" in line 1 of the outputs has no end: a line "END" is missing'] });
  });

  it('REQ-STEP-11: each type has its own reading of a text', () => {
    const one = (type: Declared[string], text: string): unknown => { const read = outputsFromText({ value: type }, text); return read.ok ? read.value['value'] : read.refusal.join(); };
    assert.deepEqual([one({ type: 'enum', values: ['1', '2'] }, 'value=1'), one({ type: 'boolean' }, 'value=false'), one({ type: 'number' }, ' value = 7 '), one({ type: 'string' }, 'value=')], ['1', false, 7, '']);
    const wrong = '"value" is to be a number, not ';
    assert.deepEqual(['value=', 'value= ', 'value=Infinity', 'value=1 2'].map((text) => one({ type: 'number' }, text)), ['""', '" "', '"Infinity"', '"1 2"'].map((text) => `${wrong}${text}`));
    assert.deepEqual(['value=a', 'value=', 'value<<E\na\n\nb\nE', 'value= [1,"x"]', 'value=[1'].map((text) => one({ type: 'list' }, text)), [['a'], [], ['a', 'b'], [1, 'x'], '"value" is to be a list of texts, numbers or truth values, not "[1"']);
  });

  it('REQ-STEP-11: a name may have blanks around it, and what is missing, has no end or no name is said', () => {
    const read = (text: string): unknown => { const found = outputsFromText({ text: { type: 'string' } }, text); return found.ok ? found.value : found.refusal; };
    assert.deepEqual([' text =a', '  \ntext=a', ' text << E\na\nb\n E', 'text=a<<b', 'text<<=\nx\n='].map(read), ['a', 'a', 'a\nb', 'a<<b', 'x'].map((text) => ({ text })));
    assert.deepEqual(outputsFromText({ count: { type: 'number' }, files: { type: 'list' } }, ''), { ok: false, refusal: ['"count" (a number) was not handed over', '"files" (a list of texts, numbers or truth values) was not handed over'] });
    assert.deepEqual(['other=1', '=text=1', ' text << E\nx', 'text<<\nx\n\ny'].map(read), [
      ['"text" (a text) was not handed over'], ['line 1 of the outputs is neither name=value nor name<<WORD: "=text=1"'],
      ['"text<< E" in line 1 of the outputs has no end: a line " E" is missing'], ['"text<<" in line 1 of the outputs has no end: a line "" is missing'],
    ]);
  });

  it('REQ-STEP-11: a line ends where a line end stands: what a bar of progress or an editor leaves inside of one belongs to its value', () => {
    const value = '10 %\r100 %\u2028done';
    assert.deepEqual(outputsFromText({ text: { type: 'string' } }, `text=${value}\r\nother=1`), { ok: true, value: { text: value } });
  });

  it('REQ-STEP-11: any text, whatever lines it has, comes through the form for more lines as it was', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (value) => {
      const text = value.replaceAll('\r\n', '\n');
      const word = `END${text.length}`;
      fc.pre(!text.split('\n').includes(word));
      assert.deepEqual(outputsFromText({ text: { type: 'string' } }, `text<<${word}\n${text}\n${word}\n`), { ok: true, value: { text } });
    }));
  });

  it('REQ-STEP-12: an agent is asked for exactly what was declared', () => {
    const schema = outputsSchema(declared);
    const given = { text: 'a', count: 1, found: true, severity: 'low', files: ['a', 1, true] };
    for (const [name, wrong] of Object.entries({ text: 1, count: '1', found: 'true', severity: 'middle', files: 'a' })) assert.equal(schema.safeParse({ ...given, [name]: wrong }).success, false, name);
    assert.deepEqual([schema.safeParse(given).success, outputsSchema({}).safeParse({}).success], [true, true]);
    assert.deepEqual([schema.safeParse({ text: 'a', count: 1, found: true, severity: 'low', files: [] }).success, schema.safeParse({ text: 'a', count: 1, found: true, severity: 'low', files: [], more: 1 }).success], [true, false]);
  });
});
