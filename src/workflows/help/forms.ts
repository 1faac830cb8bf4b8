/**
 * What the schema of workflow files says about a place of a file: the forms that may stand there, and their words.
 * Owns: the walk from a path to its forms, also where a step does not say yet what it does. Refuses: words of its own: all are the schema's.
 */
import * as z from 'zod';
import { headSchema, stepKinds, stepSchemas } from '../workflowFile.ts';
import type { StepKind } from '../workflowFile.ts';
import type { Path } from '../yamlText.ts';

export interface Form { readonly schema: z.ZodType; readonly description: string }
export interface KeyForm extends Form { readonly key: string; readonly required: boolean }

/** Forms of the value at a path; `value`: the file as it is, which says of which kind a step is. */
export function formsAt(path: Path, value: unknown): readonly Form[] {
  if (path[0] !== 'steps' || path.length === 1) return path[0] === 'steps' ? [{ schema: headSchema.shape.steps, description: 'What is done. Steps without "needs" begin at once.' }] : descend({ schema: headSchema, description: '' }, path);
  const kind = kindAt(path, value);
  return (kind === null ? stepKinds : [kind]).flatMap((one) => descend({ schema: stepSchemas[one], description: '' }, path.slice(2)));
}

/** Keys of the map at a path, each once, those that have to be there first. */
export function keysAt(path: Path, value: unknown): readonly KeyForm[] {
  const found = new Map<string, KeyForm>();
  for (const { schema } of formsAt(path, value)) {
    if (!(schema instanceof z.ZodObject)) continue;
    const shape: Readonly<Record<string, z.ZodType>> = schema.shape;
    for (const [key, form] of Object.entries(shape)) {
      const [described] = descend({ schema: form, description: '' }, []);
      if (!found.has(key)) found.set(key, { key, schema: form, description: described?.description ?? '', required: !form.safeParse(undefined).success });
    }
  }
  return [...found.values()].sort((left, right) => Number(right.required) - Number(left.required));
}

/** Of the step around a path; null: none, or it does not say (or says two). */
export function kindAt(path: Path, value: unknown): StepKind | null {
  const step = stepAt(path, value);
  const said = step === null ? [] : stepKinds.filter((kind) => Object.hasOwn(step, kind));
  return said.length === 1 ? said[0] ?? null : null;
}

export function stepAt(path: Path, value: unknown): Readonly<Record<string, unknown>> | null {
  const steps = isMap(value) ? value['steps'] : null;
  const step: unknown = path[0] === 'steps' && Array.isArray(steps) ? steps[Number(path[1])] : null;
  return isMap(step) ? step : null;
}

/** Words that can stand here as they are. */
export function wordsOf(forms: readonly Form[]): readonly string[] {
  return [...new Set(forms.flatMap(({ schema }) => {
    if (schema instanceof z.ZodEnum) return schema.options.map(String);
    if (schema instanceof z.ZodLiteral) return [...schema.values].map(String);
    return schema instanceof z.ZodBoolean ? ['true', 'false'] : [];
  }))];
}

/** What may be written, in a few words: `a, b or a list`. */
export function formWords(forms: readonly Form[]): string {
  const words = new Set(forms.flatMap(({ schema }) => {
    if (schema instanceof z.ZodEnum || schema instanceof z.ZodLiteral) return wordsOf([{ schema, description: '' }]);
    if (schema instanceof z.ZodBoolean) return ['true', 'false'];
    if (schema instanceof z.ZodNumber) return ['a number'];
    if (schema instanceof z.ZodArray) return ['a list'];
    if (schema instanceof z.ZodObject || schema instanceof z.ZodRecord) return ['a map'];
    return ['text'];
  }));
  return [...words].join(' · ');
}

function descend({ schema, description }: Form, path: Path): readonly Form[] {
  const said = description || schema.description || '';
  if (schema instanceof z.ZodOptional) return descend({ schema: schema.unwrap() as z.ZodType, description: said }, path);
  if (schema instanceof z.ZodUnion) return (schema.options as readonly z.ZodType[]).flatMap((option) => descend({ schema: option, description: path.length === 0 ? said : '' }, path));
  const [key, ...rest] = path;
  if (key === undefined) return [{ schema, description: said }];
  if (schema instanceof z.ZodObject) {
    const child = (schema.shape as Readonly<Record<string, z.ZodType>>)[String(key)];
    return child && Object.hasOwn(schema.shape, String(key)) ? descend({ schema: child, description: '' }, rest) : [];
  }
  if (schema instanceof z.ZodRecord) return descend({ schema: schema.valueType as z.ZodType, description: '' }, rest);
  if (schema instanceof z.ZodArray) return descend({ schema: schema.element as z.ZodType, description: said }, rest);
  return [];
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
