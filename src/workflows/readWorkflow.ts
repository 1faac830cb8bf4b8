/**
 * The text of a workflow file → the workflow that core runs, or every mistake at once with its place and how to mend it.
 * Owns: what a caller gets. Refuses: to run anything; files with a mistake.
 */
import { ok, refuse } from '../core/result.ts';
import type { Result } from '../core/result.ts';
import type { Trigger } from '../core/trigger.ts';
import type { Workflow } from '../core/workflow.ts';
import type { Mistake } from './mistake.ts';
import { createReader } from './part.ts';
import type { Part, Resolve } from './part.ts';
import { triggersOf } from './triggers.ts';

export interface ReadWorkflow {
  readonly workflow: Workflow;
  readonly triggers: readonly Trigger[];
  /** What a task is asked for when a trigger starts it. */
  readonly request: string;
  /** Texts that it is made of: its own with the id '', then what it uses in the order of the ids. What counts for its content hash (REQ-WORKFLOW-05). */
  readonly texts: readonly { readonly id: string; readonly text: string }[];
}

export interface ReadOptions {
  /** Gives the text of a workflow that a step uses. */
  readonly resolve?: Resolve;
  /** Its own id, so that a circle of files is named from it. */
  readonly id?: string;
  /** All ids that there are, to guess from. */
  readonly known?: readonly string[];
}

export function readWorkflow(text: string, { resolve = () => null, id, known = [] }: ReadOptions = {}): Result<ReadWorkflow, readonly Mistake[]> {
  const part = createReader(resolve, known).part(text, id ?? null);
  if (part.mistakes.length > 0 || !part.workflow) return refuse(part.mistakes);
  if (part.untold.length > 0) return refuse(part.untold.map((message) => ({ line: 1, column: 1, code: 'rule', message, fix: 'Write it otherwise.' })));
  return ok({ workflow: part.workflow, triggers: triggersOf(part.head.on), request: part.head.on?.request ?? (part.workflow.description || part.workflow.name), texts: [{ id: '', text }, ...textsOf(part)] });
}

function textsOf(part: Part): readonly { readonly id: string; readonly text: string }[] {
  const found = new Map<string, string>();
  const visit = ({ uses }: Part): void => {
    for (const [id, used] of uses) {
      if (found.has(id)) continue;
      found.set(id, used.text);
      visit(used);
    }
  };
  visit(part);
  return [...found].sort(([left], [right]) => (left < right ? -1 : 1)).map(([id, text]) => ({ id, text }));
}
