/**
 * A plan as text that a person edits (YAML), and back, or every mistake with its line.
 * Owns: the form. Refuses: to judge what the subtasks have to do with one another (`core/plan.ts`), and hostile text like every file here.
 */
import { stringify } from 'yaml';
import { planSchema } from '../core/plan.ts';
import type { Plan } from '../core/plan.ts';
import { ok, refuse } from '../core/result.ts';
import type { Result } from '../core/result.ts';
import { shown } from './mistake.ts';
import { readYaml } from './yamlText.ts';

const head = `# The plan, to be edited: save it to put it in place of the one that is shown. Nothing runs before it is approved.
# Subtasks without needs between them are done at once; "scope" is the list of files (globs) that a subtask may change.
`;

export function planToText(plan: Plan): string {
  const subtasks = plan.subtasks.map(({ id, title, description, needs, scope, requirements, tests }) => ({ id, title, description, needs, scope, requirements, tests }));
  return `${head}${stringify({ summary: plan.summary, subtasks }, { lineWidth: 0, blockQuote: 'literal', flowCollectionPadding: false })}`;
}

/** Mistakes as `line 3: …`, all at once. */
export function planFromText(text: string): Result<Plan, readonly string[]> {
  const read = readYaml(text);
  if (!read.ok) return refuse(read.refusal.map(({ line, message }) => `line ${line}: ${message}`));
  const parsed = planSchema.safeParse(read.value.value);
  if (parsed.success) return ok(parsed.data);
  return refuse(parsed.error.issues.map((issue) => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    return `line ${read.value.place(path).line}: ${path.length === 0 ? 'the plan' : path.map((part) => shown(String(part))).join('.')}: ${issue.message}`;
  }));
}
