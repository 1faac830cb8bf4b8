/**
 * Whether parsing with a zod schema would hand a JSON value back exactly as it is: then there is nothing to parse, and no copy of it to make.
 * Replay is budgeted against JSON.parse alone, and most of zod's own time goes into its copies.
 * Owns: that a yes is certain (test/journal/unchangedBy.spec.ts holds it against zod). Refuses: to say no for good, or to say why: a value for
 * which it does not answer yes, or a schema with a kind of rule that is not in the tables below, is zod's to judge.
 */
import type * as z from 'zod';

type Test = (value: unknown) => boolean;

const known = new WeakMap<z.core.$ZodType, Test>();
const never: Test = () => false;

/** `value`s are what JSON.parse gives. */
export function unchangedBy(schema: z.core.$ZodType): Test {
  const there = known.get(schema);
  if (there) return there;
  // A schema that contains itself is zod's to judge where it does.
  known.set(schema, never);
  const test = testOf(schema as z.core.$ZodTypes);
  known.set(schema, test);
  return test;
}

function testOf({ _zod: { def } }: z.core.$ZodTypes): Test {
  switch (def.type) {
    // z.uuid() and z.int() are such a rule themselves.
    case 'string': return 'check' in def ? never : checked((value) => typeof value === 'string', def);
    case 'number': return 'check' in def ? never : checked((value) => Number.isFinite(value), def);
    case 'boolean': return (value) => typeof value === 'boolean';
    case 'literal': return oneOf(def.values);
    case 'enum': return oneOf(Object.values(def.entries));
    case 'nullable': return orNull(unchangedBy(def.innerType));
    // What is missing stays missing where it is optional, and is put in by zod where it has a default.
    case 'optional': case 'default': return unchangedBy(def.innerType);
    case 'array': return checked(listOf(unchangedBy(def.element)), def);
    case 'object': return def.checks ? never : objectOf(def);
    case 'union': return 'discriminator' in def && typeof def.discriminator === 'string' && !def.checks ? oneOfKinds(def.discriminator, def.options) : never;
    default: return never;
  }
}

function oneOf(values: readonly unknown[]): Test {
  const set = new Set(values);
  return (value) => set.has(value);
}

function orNull(test: Test): Test {
  return (value) => value === null || test(value);
}

function listOf(element: Test): Test {
  return (value) => Array.isArray(value) && value.every(element);
}

/** With the keys of `shape` and no others: others would be taken out or refused. */
function objectOf({ shape }: z.core.$ZodObjectDef): Test {
  const fields = Object.entries(shape).map(([key, schema]) => ({ key, test: unchangedBy(schema), optional: (schema as z.core.$ZodTypes)._zod.def.type === 'optional' }));
  return (value) => {
    if (!isRecord(value)) return false;
    let found = 0;
    for (const { key, test, optional } of fields) {
      const field = value[key];
      if (field === undefined) {
        if (optional) continue;
        return false;
      }
      if (!test(field)) return false;
      found += 1;
    }
    return Object.keys(value).length === found;
  };
}

function oneOfKinds(discriminator: string, options: readonly z.core.$ZodType[]): Test {
  const kinds = new Map<unknown, Test>();
  for (const option of options) {
    const { def } = (option as z.core.$ZodTypes)._zod;
    const kind = def.type === 'object' ? (def.shape[discriminator] as z.core.$ZodTypes | undefined)?._zod.def : undefined;
    if (kind?.type !== 'literal') return never;
    for (const value of kind.values) kinds.set(value, unchangedBy(option));
  }
  return (value) => isRecord(value) && kinds.get(value[discriminator])?.(value) === true;
}

function checked(test: Test, { checks = [] }: { readonly checks?: readonly z.core.$ZodCheck<never>[] | undefined }): Test {
  return checks.reduce((so, check) => both(so, rule((check as unknown as z.core.$ZodChecks)._zod.def)), test);
}

function both(first: Test, second: Test): Test {
  return (value) => first(value) && second(value);
}

function rule(def: z.core.$ZodChecks['_zod']['def']): Test {
  switch (def.check) {
    case 'number_format': return def.format === 'safeint' ? Number.isSafeInteger : never;
    case 'greater_than': return beyond(def.value, def.inclusive, 1);
    case 'less_than': return beyond(def.value, def.inclusive, -1);
    case 'min_length': return (value) => (value as string | readonly unknown[]).length >= def.minimum;
    case 'max_length': return (value) => (value as string | readonly unknown[]).length <= def.maximum;
    default: return never;
  }
}

/** Of numbers alone: `sign` 1 for more than the limit, -1 for less. */
function beyond(limit: unknown, inclusive: boolean, sign: 1 | -1): Test {
  if (typeof limit !== 'number') return never;
  return (value) => ((value as number) - limit) * sign > 0 || (inclusive && value === limit);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
