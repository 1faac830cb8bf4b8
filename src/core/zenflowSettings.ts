/**
 * `.zenflow/settings.json` as Zenflow has it: `setup_script`, `verification_script`, `copy_files`; what else stands there is another tool's.
 * Owns: its form. It lives here because two rooms that may not see one another read it: gates (set-up, gate, copied files) and workflows
 * (a verification after each step). Refuses: paths outside the repository.
 */
import * as z from 'zod';
import { ok, refuse } from './result.ts';
import type { Result } from './result.ts';

export const zenflowSettingsPath = '.zenflow/settings.json' as const;

/** A script may be a text or, in older files, a list of commands. */
const script = z.union([z.string().max(2_000), z.array(z.string().max(2_000)).max(20).transform((lines) => lines.filter((line) => line.trim() !== '').join(' && '))]).transform((text) => (text.trim() === '' ? null : text.trim()));
const insidePath = z.string().min(1).max(500).refine((path) => !/^([/\\]|[A-Za-z]:)/.test(path) && !path.split(/[/\\]/).includes('..'), 'expected a path inside the repository');
const schema = z.object({ setup_script: script.nullish(), verification_script: script.nullish(), copy_files: z.array(insidePath).max(100).nullish() });

export interface ZenflowSettings { readonly setup: string | null; readonly verification: string | null; readonly copy: readonly string[]; /** Keys that nothing comes of here: another tool's, or a script that is not run. */ readonly unused: readonly string[] }

/** Refused with one sentence for each mistake. */
export function readZenflowSettings(text: string): Result<ZenflowSettings, readonly string[]> {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    return refuse([`it is no JSON: ${error instanceof Error ? error.message : String(error)}`]);
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success) return refuse(parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`));
  const { setup_script: setup, verification_script: verification, copy_files: copy } = parsed.data;
  const unused = Object.keys(raw as object).filter((key) => !Object.hasOwn(schema.shape, key));
  return ok({ setup: setup ?? null, verification: verification ?? null, copy: copy ?? [], unused });
}
