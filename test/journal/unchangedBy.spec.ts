/** specs/journal.md REQ-JOURNAL-19: a yes of `unchangedBy` is what zod would have answered. Held against zod with values made from the schemas themselves, and spoilt in every way. */
import assert from 'node:assert/strict';
import * as z from 'zod';
import { runEventSchema } from '../../src/core/event.ts';
import { queueEventSchema } from '../../src/core/queue.ts';
import { unchangedBy } from '../../src/journal/unchangedBy.ts';

type Def = z.core.$ZodTypes['_zod']['def'];
const defOf = (schema: z.core.$ZodType): Def => (schema as z.core.$ZodTypes)._zod.def;

/** Values that a schema takes, each branch of a union for itself; with optional fields and without. */
function valuesOf(schema: z.core.$ZodType): unknown[] {
  const def = defOf(schema);
  switch (def.type) {
    case 'string': return [def.checks?.some((check) => check._zod.def.check === 'string_format') ? 'abc' : 'texte à lire'];
    case 'number': return [3];
    case 'boolean': return [true];
    case 'literal': return [...def.values];
    case 'enum': return Object.values(def.entries).slice(0, 2);
    case 'nullable': return [null, ...valuesOf(def.innerType)];
    case 'optional': case 'default': return [undefined, ...valuesOf(def.innerType)];
    case 'array': return [valuesOf(def.element).filter((value) => value !== undefined).slice(0, 3)];
    // What is turned into the newest form first comes in that form, too; a value of any JSON is a word.
    case 'pipe': return valuesOf(def.out);
    case 'lazy': return ['any'];
    case 'record': return [Object.fromEntries(valuesOf(def.keyType).map((key) => [String(key), valuesOf(def.valueType)[0]]))];
    case 'union': return def.options.flatMap((option) => valuesOf(option).slice(0, 40));
    case 'object': {
      const fields = Object.entries(def.shape).map(([key, field]) => [key, valuesOf(field)] as const);
      const most = Math.max(1, ...fields.map(([, values]) => values.length));
      return Array.from({ length: most }, (_, index) => JSON.parse(JSON.stringify(Object.fromEntries(fields.map(([key, values]) => [key, values[index % values.length]])))) as unknown);
    }
    default: throw new Error(`no value for ${def.type}`);
  }
}

/** The value with one thing wrong, or only different, at each place of it. */
function spoilt(value: unknown): unknown[] {
  const others = [null, Infinity, 1.5, -1, 0, 5_000, '', 'x'.repeat(30_000), true, [], {}, { kind: 'tree' }].filter((other) => typeof other !== typeof value || typeof value !== 'object');
  if (Array.isArray(value)) {
    const list: unknown[] = value;
    return [...others, [], [...list, 7], ...list.flatMap((item, at) => spoilt(item).map((bad) => list.with(at, bad)))];
  }
  if (typeof value !== 'object' || value === null) return others;
  const entries = Object.entries(value);
  return [
    ...others, { ...value, added: 1 }, JSON.parse(`{"__proto__":{},${JSON.stringify(value).slice(1)}`.replace(',}', '}')) as unknown,
    ...entries.map(([key]) => Object.fromEntries(entries.filter(([other]) => other !== key))),
    ...entries.flatMap(([key, field]) => spoilt(field).map((bad) => ({ ...value, [key]: bad }))),
  ];
}

describe('what zod would not change', () => {
  for (const [name, schema] of [['a run', runEventSchema], ['the merge queue', queueEventSchema]] as const) {
    it(`REQ-JOURNAL-19 says yes to an event of ${name} only where zod gives back the very same`, () => {
      const test = unchangedBy(schema);
      const good = valuesOf(schema);
      const wrong = [...good, ...good.flatMap(spoilt)].filter((value) => {
        if (!test(value)) return false;
        const parsed = schema.safeParse(value);
        try {
          assert.deepEqual(parsed, { success: true, data: value });
          return false;
        } catch {
          return true;
        }
      });
      assert.deepEqual(wrong, []);
      const kinds = new Set(good.map((value) => (value as { type: string }).type));
      const unsure = [...kinds].filter((kind) => !good.some((value) => (value as { type: string }).type === kind && test(value)));
      // What begins a run, and plans in the words of a person or of an agent at work, have rules that only zod knows; they are few.
      assert.deepEqual(unsure, name === 'a run' ? ['TaskAccepted', 'PlanAmendmentProposed', 'PlanEdited'] : []);
    });
  }

  it('REQ-JOURNAL-19 knows kinds and limits by itself, and each limit on both sides of it', () => {
    const cases: [string, z.ZodType, readonly unknown[], readonly unknown[]][] = [
      ['text', z.string(), ['', 'a'], [1, null, true, undefined, {}, ['a']]],
      ['number', z.number(), [0, -1.5], ['1', null, NaN, Infinity, true, undefined]],
      ['whole number', z.number().int(), [0, -3, Number.MAX_SAFE_INTEGER], [1.5, Number.MAX_SAFE_INTEGER + 1, '1']],
      ['boolean', z.boolean(), [true, false], [0, 'true', null, undefined]],
      ['word', z.literal(['a', 1]), ['a', 1], ['1', 'b', null]],
      ['one of some', z.enum(['a', 'b']), ['a', 'b'], ['c', null, 0]],
      ['or null', z.nullable(z.string()), [null, 'a'], [1, undefined, {}]],
      ['at least', z.number().min(2), [2, 3], [1, 1.9]],
      ['more than', z.number().gt(2), [2.1, 3], [2, 1]],
      ['at most', z.number().max(2), [2, 1], [2.1, 3]],
      ['less than', z.number().lt(2), [1.9, -3], [2, 3]],
      ['between', z.number().min(2).max(4), [2, 3, 4], [1, 5]],
      ['short text', z.string().min(2).max(3), ['ab', 'abc'], ['a', 'abcd', '']],
      ['short list', z.array(z.number()).min(1).max(2), [[1], [1, 2]], [[], [1, 2, 3], ['a'], { length: 1 }, 'a']],
      ['object', z.object({ a: z.string(), b: z.number().optional() }), [{ a: 'x' }, { a: 'x', b: 1 }], [{}, { b: 1 }, { a: 'x', b: '1' }, { a: 'x', c: 1 }, null, 'a', undefined, ['a']]],
      ['empty object', z.object({}), [{}], [null, [], 'a', '', 1, undefined, { a: 1 }]],
      ['kinds', z.discriminatedUnion('k', [z.object({ k: z.literal('a'), n: z.number() }), z.object({ k: z.literal(['b', 'c']) })]), [{ k: 'a', n: 1 }, { k: 'b' }, { k: 'c' }], [{ k: 'a' }, { k: 'b', n: 1 }, { k: 'd' }, {}, null, 'a', undefined]],
    ];
    const wrong = cases.flatMap(([name, schema, good, bad]) => [...good.filter((value) => !unchangedBy(schema)(value)), ...bad.filter((value) => unchangedBy(schema)(value) !== false)].map((value) => [name, value]));
    assert.deepEqual(wrong, []);
  });

  it('REQ-JOURNAL-19 leaves to zod what it does not know for certain', () => {
    interface Nested { inner: Nested | null }
    const nested: z.ZodType<Nested> = z.object({ get inner() { return z.nullable(nested); } });
    const cases: [z.ZodType, unknown][] = [
      [z.uuid(), 'no uuid'], [z.int(), 1.5], [z.string().trim(), ' a '], [z.string().regex(/b/), 'a'], [z.number().multipleOf(2), 3], [z.number().refine(() => false), 1],
      [z.object({ a: z.string() }).refine(() => false), { a: 'b' }], [z.array(z.string()).refine(() => false), ['a']], [z.string().transform(() => 'b'), 'a'], [z.string().catch('b'), 'a'],
      [z.object({ a: z.string().default('b') }), {}], [nested, { inner: { inner: null } }], [z.union([z.string(), z.number()]), 'a'], [z.record(z.string(), z.string()), { a: 'b' }],
      [z.number().check(z.gt(1n)), 2], [z.number().check(z.int32()), 1],
    ];
    assert.deepEqual(cases.filter(([schema, value]) => unchangedBy(schema)(value)), []);
  });
});
