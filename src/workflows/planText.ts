/**
 * A plan as text that a person edits (YAML), and back, or every mistake with its line.
 * Owns: the form, and the lines of mistakes. Refuses: rules of its own for what subtasks have to do with one another (`core/plan.ts`), and hostile text like every file here.
 */
import { stringify } from 'yaml';
import { placedPlanMistakes, planSchema } from '../core/plan.ts';
import type { Plan } from '../core/plan.ts';
import { ok, refuse } from '../core/result.ts';
import type { Result } from '../core/result.ts';
import { shown } from './mistake.ts';
import { readYaml } from './yamlText.ts';
import type { Path } from './yamlText.ts';

const head = `# The plan, to be edited: save it to put it in place of the one that is shown. Nothing runs before it is approved.
# Subtasks without needs between them are done at once; "scope" is the list of files (globs) that a subtask may change.
`;

export function planToText(plan: Plan): string {
  const subtasks = plan.subtasks.map(({ id, title, description, needs, scope, requirements, tests, estimate }) => ({ id, title, description, needs, scope, requirements, tests, ...(estimate === undefined ? {} : { estimate }) }));
  return `${head}${stringify({ summary: plan.summary, subtasks }, { lineWidth: 0, blockQuote: 'literal', flowCollectionPadding: false })}`;
}

/** Mistakes as `line 3: …`, all at once. */
export function planFromText(text: string): Result<Plan, readonly string[]> {
  const read = readPlan(text);
  return read.ok ? ok(read.value.plan) : refuse(read.refusal.map(({ line, message }) => `line ${line}: ${message}`));
}

/** `line` from 1. */
export interface PlanTextMistake { readonly line: number; readonly message: string }

/** What keeps a text from being a plan that can be carried out: its form, and where that is right what its subtasks have to do with one another. */
export function planTextMistakes(text: string): readonly PlanTextMistake[] {
  const read = readPlan(text);
  if (!read.ok) return read.refusal;
  const { plan, lineOf } = read.value;
  return placedPlanMistakes(plan).map(({ path, message }) => ({ line: lineOf(path), message }));
}

function readPlan(text: string): Result<{ readonly plan: Plan; readonly lineOf: (path: Path) => number }, readonly PlanTextMistake[]> {
  const read = readYaml(text);
  if (!read.ok) return refuse(read.refusal.map(({ line, message }) => ({ line, message })));
  const lineOf = (path: Path): number => read.value.place(path).line;
  const parsed = planSchema.safeParse(read.value.value);
  if (parsed.success) return ok({ plan: parsed.data, lineOf });
  return refuse(parsed.error.issues.map((issue) => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    return { line: lineOf(path), message: `${path.length === 0 ? 'the plan' : path.map((part) => shown(String(part))).join('.')}: ${issue.message}` };
  }));
}
