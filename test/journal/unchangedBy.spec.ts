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

  it('REQ-JOURNAL-19 leaves to zod what it does not know for certain', () => {
    interface Nested { inner: Nested | null }
    const nested: z.ZodType<Nested> = z.object({ get inner() { return z.nullable(nested); } });
    const cases: [z.ZodType, unknown][] = [
      [z.uuid(), 'no uuid'], [z.int(), 1.5], [z.string().trim(), ' a '], [z.string().regex(/b/), 'a'], [z.number().multipleOf(2), 3], [z.number().refine(() => false), 1],
      [z.object({ a: z.string() }).refine(() => false), { a: 'b' }], [z.array(z.string()).refine(() => false), ['a']], [z.string().transform(() => 'b'), 'a'], [z.string().catch('b'), 'a'],
      [z.object({ a: z.string().default('b') }), {}], [nested, { inner: { inner: null } }], [z.union([z.string(), z.number()]), 'a'], [z.record(z.string(), z.string()), { a: 'b' }],
    ];
    assert.deepEqual(cases.filter(([schema, value]) => unchangedBy(schema)(value)), []);
  });
});
