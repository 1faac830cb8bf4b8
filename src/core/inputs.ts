/**
 * What a workflow asks for when it starts: given by a person as text or as values, held against what it declares.
 * Owns: how a text becomes a value, and every mistake at once. Refuses: names that the workflow does not have, values of another type.
 */
import { ok, refuse } from './result.ts';
import type { Result } from './result.ts';
import type { Input, Value, Workflow } from './workflow.ts';

type Inputs = Workflow['inputs'];
export type GivenInputs = Readonly<Record<string, Value>>;

/** `k=v` as a person types it → values of the declared types. A list has commas. Refused with one sentence for each mistake. */
export function inputsFromText(inputs: Inputs, given: readonly (readonly [name: string, text: string])[]): Result<GivenInputs, readonly string[]> {
  const values: Record<string, Value> = {};
  const wrong: string[] = [];
  for (const [name, text] of given) {
    const input = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (!input) wrong.push(`there is no input "${name}"`);
    else if (Object.hasOwn(values, name)) wrong.push(`"${name}" is given twice`);
    else values[name] = fromText(input, text);
  }
  const found = [...wrong, ...inputMistakes(inputs, values)];
  return found.length > 0 ? refuse(found) : ok(values);
}

function fromText({ type }: Input, text: string): Value {
  switch (type.type) {
    case 'number': return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    case 'boolean': return text === 'true' || text === 'false' ? text === 'true' : text;
    case 'list': return text === '' ? [] : text.split(',').map((item) => item.trim());
    case 'string': case 'enum': return text;
  }
}

/** Everything that is wrong with what was given; empty: it may start. */
export function inputMistakes(inputs: Inputs, given: GivenInputs): readonly string[] {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(inputs, name)).map((name) => `there is no input "${name}"`);
  const others = Object.entries(inputs).flatMap(([name, input]) => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined) return input.required && input.default === null ? [`"${name}" has to be given`] : [];
    return fits(input, value) ? [] : [`"${name}" is ${shownValue(value)}, and has to be ${typeWords(input)}`];
  });
  return [...unknown, ...others];
}

function fits({ type }: Input, value: Value): boolean {
  switch (type.type) {
    case 'list': return Array.isArray(value);
    case 'enum': return type.values.some((one) => one === value);
    case 'string': case 'number': case 'boolean': return typeof value === type.type;
  }
}

/** The type as a person reads it: `a number`, `one of fast, thorough`. */
export function typeWords({ type, commit }: Input): string {
  if (commit) return 'a branch, tag or commit';
  return type.type === 'enum' ? `one of ${type.values.join(', ')}` : type.type === 'list' ? 'a list with commas' : type.type === 'string' ? 'a text' : type.type === 'boolean' ? 'true or false' : 'a number';
}

function shownValue(value: Value): string {
  const text = Array.isArray(value) ? value.join(', ') : String(value);
  return text.length > 60 ? `"${text.slice(0, 59)}…"` : `"${text}"`;
}

/** Declared inputs as lines for a person, the way they are given on the command line. */
export function inputLines(inputs: Inputs): readonly string[] {
  return Object.entries(inputs).map(([name, input]) => `--input ${name}=…  ${typeWords(input)}${input.default !== null ? ` (${shownValue(input.default)} when left out)` : input.required ? ' (has to be given)' : ''}${input.description === '' ? '' : `: ${input.description}`}`);
}
