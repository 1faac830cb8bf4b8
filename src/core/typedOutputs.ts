/**
 * Values that a step hands over by name, against the types that it declared: of an agent (JSON), a tool (JSON) or a command (text).
 * Owns: what fits. Refuses: to guess: a value of another type is a mistake, named with what was found. What nobody declared is passed over.
 */
import * as z from 'zod';
import type { Result } from './result.ts';
import { ok, refuse } from './result.ts';
import { scalarSchema } from './workflow.ts';
import type { Value, ValueType } from './workflow.ts';

export type Declared = Readonly<Record<string, ValueType>>;
type Outputs = Result<Record<string, Value>, readonly string[]>;

/** As JSON: what an agent is asked for, exactly, and what a model's provider gets as a schema. */
export function outputsSchema(declared: Declared): z.ZodObject<Record<string, z.ZodType<Value>>> {
  return z.strictObject(Object.fromEntries(Object.entries(declared).map(([name, type]) => [name, schemaOf(type)])));
}

const string = z.string().max(65_536);
const list = z.array(scalarSchema).max(1_000);

function schemaOf(type: ValueType): z.ZodType<Value> {
  switch (type.type) {
    case 'string': return string;
    case 'number': return z.number();
    case 'boolean': return z.boolean();
    case 'enum': return z.enum(type.values);
    case 'list': return list;
  }
}

/** Of a JSON object that may hold more than was declared. */
export function outputsOf(declared: Declared, found: Readonly<Record<string, unknown>>): Outputs {
  return collected(declared, (name) => (Object.hasOwn(found, name) ? found[name] : undefined));
}

/**
 * Of lines `name=value`, and of GitHub's form for more lines: `name<<WORD`, the lines, `WORD`. The last of a name counts; text is read by its
 * declared type: `true`/`false`, a number, a list as a JSON array or one element a line.
 */
export function outputsFromText(declared: Declared, text: string): Outputs {
  const read = entries(text);
  if (!read.ok) return read;
  return collected(declared, (name, type) => {
    const found = read.value.get(name);
    return found === undefined ? undefined : fromText(type, found);
  });
}

function collected(declared: Declared, valueOf: (name: string, type: ValueType) => unknown): Outputs {
  const values: Record<string, Value> = {};
  const mistakes: string[] = [];
  for (const [name, type] of Object.entries(declared)) {
    const found = valueOf(name, type);
    const parsed = schemaOf(type).safeParse(found);
    if (parsed.success) values[name] = parsed.data;
    else mistakes.push(found === undefined ? `"${name}" (${typeWords(type)}) was not handed over` : `"${name}" is to be ${typeWords(type)}, not ${shown(found)}`);
  }
  return mistakes.length === 0 ? ok(values) : refuse(mistakes);
}

function typeWords(type: ValueType): string {
  switch (type.type) {
    case 'string': return 'a text';
    case 'number': return 'a number';
    case 'boolean': return 'true or false';
    case 'enum': return `one of ${type.values.join(', ')}`;
    case 'list': return 'a list of texts, numbers or truth values';
  }
}

function shown(found: unknown): string {
  const text = JSON.stringify(found);
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

function fromText(type: ValueType, text: string): unknown {
  switch (type.type) {
    case 'string': case 'enum': return text;
    case 'number': return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    case 'boolean': return text === 'true' ? true : text === 'false' ? false : text;
    case 'list': return text.trimStart().startsWith('[') ? jsonOr(text) : text.split('\n').filter((line) => line !== '');
  }
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function entries(text: string): Result<ReadonlyMap<string, string>, readonly string[]> {
  const found = new Map<string, string>();
  const mistakes: string[] = [];
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const one = /^([^=<]+?)(=|<<)(.*)/s.exec(line);
    if (!one) {
      if (line.trim() !== '') mistakes.push(`line ${at + 1} of the outputs is neither name=value nor name<<WORD: ${shown(line)}`);
      continue;
    }
    const [, name = '', sign, rest = ''] = one;
    if (sign === '=') {
      found.set(name.trim(), rest);
      continue;
    }
    const end = lines.indexOf(rest, at + 1);
    if (end === -1 || rest === '') {
      mistakes.push(`"${name.trim()}<<${rest}" in line ${at + 1} of the outputs has no end: a line "${rest}" is missing`);
      break;
    }
    found.set(name.trim(), lines.slice(at + 1, end).join('\n'));
    at = end;
  }
  return mistakes.length === 0 ? ok(found) : refuse(mistakes);
}
