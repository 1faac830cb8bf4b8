/**
 * Reads the JSON of ESLint (`--format json`, the same since ESLint 1), in a file or among other output.
 * Owns: the reading. A message without a rule is the parser's: rule `parse-error`.
 */
import * as z from 'zod';
import { jsonOf } from '../reports/lineReader.ts';
import { findingLimit, findingOf, type Finding } from './finding.ts';

const schema = z.array(z.object({
  filePath: z.string(),
  messages: z.array(z.object({ ruleId: z.string().nullish(), severity: z.number(), message: z.string(), line: z.number().int().nullish() })),
}));

/** Null: no such document. */
export function readEslint(text: string, root: string): readonly Finding[] | null {
  const files = schema.safeParse(arrayIn(text)).data;
  if (!files || files.reduce((sum, file) => sum + file.messages.length, 0) > findingLimit) return null;
  return files.flatMap((file) => file.messages.map((message) => findingOf({
    file: file.filePath, line: message.line ?? null, rule: message.ruleId ?? 'parse-error', message: message.message, severity: message.severity >= 2 ? 'error' : message.severity === 1 ? 'warning' : 'note',
  }, root)));
}

function arrayIn(text: string): unknown {
  const plain = jsonOf(text.replace(/^\ufeff/, '').trim());
  if (plain !== null) return plain;
  // ESLint writes the document on one line.
  return text.split('\n').filter((line) => line.startsWith('[')).map(jsonOf).find((value) => value !== null) ?? null;
}
