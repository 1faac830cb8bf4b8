/**
 * A YAML value → a workflow file as its schema has it, piece by piece, so that one wrong step does not hide what is wrong with the others.
 * Owns: the words for what a schema refuses. Refuses: to judge what pieces have to do with one another.
 */
import * as z from 'zod';
import type { Mistake } from './mistake.ts';
import { didYouMean, meant, shown, ways as waysTo } from './mistake.ts';
import { put, rename, takeOut, write } from './way.ts';
import type { Way } from './way.ts';
import type { FileHead, FileStep, StepKind } from './workflowFile.ts';
import { headSchema, stepKinds, stepSchemas } from './workflowFile.ts';
import type { Path, YamlText } from './yamlText.ts';

/** A step with a mistake of form: its id still counts, so that whoever needs it is not called wrong as well. */
export interface BrokenStep { readonly id: string; readonly kind: StepKind | null; readonly broken: true }
export interface ReadFile {
  /** Null when the file is no map at all. What of it has a mistake is left out. */
  readonly head: FileHead | null;
  readonly steps: readonly (FileStep | BrokenStep)[];
  readonly mistakes: readonly Mistake[];
}

const headKeys = Object.keys(headSchema.shape);

export function readFile({ value, place }: YamlText): ReadFile {
  const mistakes: Mistake[] = [];
  const wrong: Tell = (path, message, fix, { key = false, ways = [] } = {}) => { mistakes.push({ ...place(path, key), code: 'schema', message, fix, ways }); };
  if (!isMap(value)) {
    wrong([], `a workflow file is a map of ${headKeys.join(', ')}; this is ${kindOf(value)}`, 'Begin with "name: …", or copy a workflow: treeline workflow new --from quick-change.');
    return { head: null, steps: [], mistakes };
  }
  const parsed = headSchema.safeParse(value);
  if (!parsed.success) for (const issue of parsed.error.issues) tell(issue, [], value, wrong);
  const raw = Array.isArray(value['steps']) ? (value['steps'] as unknown[]) : [];
  const steps = raw.flatMap((step, at) => readStep(step, ['steps', at], wrong) ?? []);
  return { head: parsed.success ? parsed.data : soundPart(value), steps, mistakes };
}

/** What of the head can be used all the same, for the checks that follow. */
function soundPart(value: Readonly<Record<string, unknown>>): FileHead {
  const { shape } = headSchema;
  const sound = <Schema extends z.ZodType>(schema: Schema, key: string): z.infer<Schema> | undefined => schema.safeParse(value[key]).data;
  return { name: sound(shape.name, 'name') ?? 'workflow', description: '', kind: sound(shape.kind, 'kind'), instructions: sound(shape.instructions, 'instructions'), zenflow: sound(shape.zenflow, 'zenflow'), on: sound(shape.on, 'on'), inputs: sound(shape.inputs, 'inputs'), outputs: sound(shape.outputs, 'outputs') };
}

/** `key`: the place is that of the key, not of its value. */
type Tell = (path: Path, message: string, fix: string, more?: { readonly key?: boolean; readonly ways?: readonly Way[] }) => void;

function readStep(raw: unknown, path: Path, wrong: Tell): FileStep | BrokenStep | null {
  if (!isMap(raw)) {
    wrong(path, `a step is a map with an id and what it does; this is ${kindOf(raw)}`, `Write "- id: NAME" and one of ${stepKinds.join(', ')}.`);
    return null;
  }
  const said = stepKinds.filter((kind) => Object.hasOwn(raw, kind));
  const id = typeof raw['id'] === 'string' ? raw['id'] : '';
  const broken: BrokenStep = { id, kind: said[0] ?? null, broken: true };
  const [kind] = said;
  if (kind === undefined) {
    const [near, guess] = nearestKind(Object.keys(raw)) ?? [];
    wrong(near === undefined ? path : [...path, near], near === undefined ? `the step "${shown(id)}" does not say what it does` : `"${shown(near)}" is nothing that a step does`,
      guess === undefined ? `Give it one of ${stepKinds.join(', ')}.` : `Did you mean "${guess}"?`,
      { key: true, ways: near !== undefined && guess !== undefined ? [rename(near, guess)] : [put(path, 'agent', 'implementer'), put(path, 'gate', 'all'), put(path, 'run', 'npm test')] });
    return broken;
  }
  if (said.length > 1) {
    wrong([...path, said[1] ?? ''], `the step "${shown(id)}" does ${said.join(' and ')}, and a step does one thing`, 'Make a step of each, the later one with "needs".', { key: true, ways: said.map((one) => takeOut([...path, one])) });
    return broken;
  }
  const parsed = stepSchemas[kind].safeParse(raw);
  if (parsed.success) return { ...parsed.data, kind } as FileStep;
  for (const issue of parsed.error.issues) tell(issue, path, raw, wrong);
  return broken;
}

function nearestKind(keys: readonly string[]): readonly [string, StepKind] | null {
  for (const key of keys) {
    const guess = meant(key, stepKinds);
    if (guess !== null && !['id', 'if', 'needs', 'title'].includes(key)) return [key, guess as StepKind];
  }
  return null;
}

/** One issue of zod as a mistake with a way out. `root`: the value that was parsed, at `base`. */
function tell(issue: z.core.$ZodIssue, base: Path, root: unknown, wrong: Tell): void {
  const inner = issue.path.filter((part) => typeof part !== 'symbol');
  const path = [...base, ...inner];
  const what = inner.length === 0 ? '' : `${named(inner)}: `;
  const found = at(root, inner);
  switch (issue.code) {
    case 'unrecognized_keys':
      for (const key of issue.keys) {
        const known = keysAt(root, inner, base.length > 0);
        wrong([...path, key], `${what}the key "${shown(key)}" is not known here`, didYouMean(key, known, known.length > 0 ? `There are: ${known.join(', ')}.` : 'Take it out.'), { key: true, ways: [...waysTo(key, known, 0), takeOut([...path, key])] });
      }
      return;
    case 'invalid_value': {
      const words = issue.values.map(String);
      if (inner[0] === 'version') return wrong(path, `this file says that it is of version ${shown(textOf(found))}, and this Treeline knows version 1`, 'Update Treeline, or take "version" out if it was not written for a later one.', { ways: [takeOut(['version'])] });
      if (found === undefined) return wrong(path, `${what}is missing`, `Give it one of ${words.join(', ')}.`, { ways: words.slice(0, 8).map((word) => put(path.slice(0, -1), String(path[path.length - 1]), word)) });
      return wrong(path, `${what}"${shown(textOf(found))}" is not one of ${words.join(', ')}`, didYouMean(textOf(found), words, `Write ${words.length === 1 ? `"${words[0]}"` : `one of ${words.join(', ')}`}.`), { ways: typeof found === 'string' ? waysTo(found, words, 8) : words.slice(0, 8).map((word) => write(path, word)) });
    }
    case 'invalid_type': {
      if (found === undefined) return wrong(path, `${named(inner)} is missing`, `Add "${String(inner[inner.length - 1])}: …".`, { ways: missing(path) });
      const mended = article(wordFor(issue.expected));
      return wrong(path, `${what}expected ${mended}, found ${kindOf(found)}`, issue.expected === 'string' && (typeof found === 'number' || typeof found === 'boolean') ? `Put it in quotes: "${String(found)}".` : `Write ${mended} here.`, { ways: converted(path, issue.expected, found) });
    }
    case 'invalid_format': return wrong(path, `${what}${issue.message}, found "${shown(textOf(found))}"`, sentence(issue.message.replace(/^expected /, 'write ')), { ways: reformed(path, found) });
    case 'too_small': case 'too_big': return size(issue, path, what, wrong);
    case 'invalid_key': return wrong(path, `${what}${issue.issues[0]?.message ?? 'this name cannot be used'}`, 'Give it a name of letters, digits, "_" and "-".', { key: true });
    case 'invalid_union': return union(issue, inner, base, root, wrong);
    default: return wrong(path, `${what}${issue.message}`, 'Write it as the documentation of workflows says.');
  }
}

function size(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig, path: Path, what: string, wrong: Tell): void {
  const small = issue.code === 'too_small';
  const limit = String(small ? issue.minimum : issue.maximum);
  if (small && issue.origin !== 'number' && limit === '1') return wrong(path, `${what}is empty`, 'Say something here, or take it out.', { ways: [takeOut(path)] });
  const unit = issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : '';
  wrong(path, `${what}${small ? 'at least' : 'at most'} ${limit}${unit} are expected`, `Write ${small ? 'at least' : 'at most'} ${limit}${unit}.`, { ways: unit === '' ? [write(path, limit)] : [] });
}

/** Of several forms, the one that what is written comes nearest to; when it is like none, what there could be. */
function union(issue: z.core.$ZodIssueInvalidUnion, inner: Path, base: Path, root: unknown, wrong: Tell): void {
  const found = at(root, inner);
  const what = inner.length === 0 ? '' : `${named(inner)}: `;
  const missesTop = (issues: readonly z.core.$ZodIssue[]): boolean => issues.some((one) => one.path.length === 0
    && (one.code === 'invalid_type' || (one.code === 'invalid_value' && typeof found !== 'string') || (one.code === 'invalid_union' && one.errors.every(missesTop))));
  const near = issue.errors.filter((issues) => !missesTop(issues));
  const score = (issues: readonly z.core.$ZodIssue[]): number => issues.filter((one) => one.code === 'unrecognized_keys').length * 10 + issues.length;
  const best = [...near].sort((left, right) => score(left) - score(right))[0];
  if (best) {
    const unknown = best.find((one) => one.code === 'unrecognized_keys');
    const wanted = near.flatMap((issues) => issues.flatMap((one) => (one.code === 'invalid_type' && one.path.length === 1 && at(found, one.path as Path) === undefined ? [String(one.path[0])] : [])));
    if (unknown?.code === 'unrecognized_keys' && unknown.path.length === 0 && wanted.length > 1) {
      const [key = ''] = unknown.keys;
      return wrong([...base, ...inner, key], `${what}the key "${shown(key)}" is not known here`, didYouMean(key, new Set(wanted), `There are: ${[...new Set(wanted)].join(', ')}.`), { key: true, ways: waysTo(key, wanted) });
    }
    for (const one of best) tell({ ...one, path: [...inner, ...one.path] }, base, root, wrong);
    return;
  }
  if (found === undefined) return wrong([...base, ...inner], `${named(inner)} is missing`, `Add "${String(inner[inner.length - 1])}: …".`, { ways: missing([...base, ...inner]) });
  const forms = [...new Set(issue.errors.flatMap(formsOf))];
  wrong([...base, ...inner], `${what}expected ${forms.join(' or ')}, found ${kindOf(found)}`, `Write ${forms.map(article).join(' or ')} here.`, { ways: forms.includes('text') && (typeof found === 'number' || typeof found === 'boolean') ? [write([...base, ...inner], `"${String(found)}"`)] : [] });
}

/** What stands for a key that has to be there, until the person says something better. */
const starters: Readonly<Record<string, string>> = { name: 'New workflow', description: '""', id: 'step', max: '3', times: '1', until: 'success()', type: 'string', of: 'plan' };

function missing(path: Path): readonly Way[] {
  const key = String(path[path.length - 1]);
  const starter = Object.hasOwn(starters, key) ? starters[key] : undefined;
  return starter === undefined ? [] : [put(path.slice(0, -1), key, starter)];
}

/** The same value in the form that is wanted, where there is no doubt. */
function converted(path: Path, expected: string, found: unknown): readonly Way[] {
  if (expected === 'string' && (typeof found === 'number' || typeof found === 'boolean')) return [write(path, `"${String(found)}"`)];
  if (expected === 'array' && typeof found === 'string' && /^[\w./-]+$/.test(found)) return [write(path, `[${found}]`)];
  if (['number', 'int'].includes(expected) && typeof found === 'string' && /^\d{1,9}$/.test(found)) return [write(path, found)];
  if (expected === 'boolean' && typeof found === 'string' && /^(yes|on|true|no|off|false)$/i.test(found)) return [write(path, /^(yes|on|true)$/i.test(found) ? 'true' : 'false')];
  return [];
}

/** An id in small letters, a duration with its unit. */
function reformed(path: Path, found: unknown): readonly Way[] {
  const key = path[path.length - 1];
  const [, count, unit] = /^\s*(\d{1,4})\s*(s|m|h)?(?:ec|in|our|econd|inute)?s?\s*$/i.exec(String(found)) ?? [];
  if ((key === 'timeout' || key === 'pause') && count !== undefined && Number(count) > 0) return [write(path, `${Number(count)}${(unit ?? 'm').toLowerCase()}`)];
  const id = String(found).toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+|-+$/g, '').slice(0, 40);
  return key === 'id' && id !== '' ? [write(path, id)] : [];
}

/** The forms that a union's branches ask for, in words. */
function formsOf(issues: readonly z.core.$ZodIssue[]): readonly string[] {
  return issues.flatMap((one) => {
    if (one.path.length > 0) return [];
    if (one.code === 'invalid_type') return [wordFor(one.expected)];
    if (one.code === 'invalid_value') return one.values.map((value) => `"${String(value)}"`);
    return one.code === 'invalid_union' ? one.errors.flatMap(formsOf) : [];
  });
}

function wordFor(expected: string): string {
  const words: Readonly<Record<string, string>> = { record: 'map', object: 'map', array: 'list', string: 'text', int: 'whole number' };
  return words[expected] ?? expected;
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inside, key) => (Array.isArray(inside) ? (inside as unknown[])[Number(key)] : isMap(inside) && Object.hasOwn(inside, String(key)) ? inside[String(key)] : undefined), value);
}

/** The keys that a map at this place may have, for a guess. */
function keysAt(root: unknown, inner: Path, inStep: boolean): readonly string[] {
  if (!inStep && inner.length === 0) return headKeys;
  let schema: unknown = headSchema;
  if (inStep) {
    const kind = isMap(root) ? stepKinds.find((one) => Object.hasOwn(root, one)) : undefined;
    if (!kind) return [];
    schema = stepSchemas[kind];
  }
  return keysOfSchema(schema, inner);
}

function keysOfSchema(schema: unknown, path: Path): readonly string[] {
  if (schema instanceof z.ZodOptional) return keysOfSchema(schema.unwrap(), path);
  if (schema instanceof z.ZodUnion) return [...new Set(schema.options.flatMap((option) => keysOfSchema(option, path)))];
  const [key, ...rest] = path;
  if (schema instanceof z.ZodObject) return key === undefined ? Object.keys(schema.shape) : keysOfSchema((schema.shape as Record<string, unknown>)[String(key)], rest);
  if (schema instanceof z.ZodRecord) return keysOfSchema(schema.valueType, rest);
  if (schema instanceof z.ZodArray) return keysOfSchema(schema.element, rest);
  return [];
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value) ?? 'nothing';
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (isMap(value)) return 'a map';
  return typeof value === 'string' ? `the text "${shown(value)}"` : `the ${typeof value} ${shown(textOf(value))}`;
}

function named(path: Path): string {
  return path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${shown(part)}`)).join('').replace(/^\./, '');
}

const article = (word: string): string => (word.startsWith('"') ? word : `a ${word}`);
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
