/**
 * What a person changes by hand at a checkpoint: a document, or the plan as YAML.
 * Owns: which text that is, and that a plan's text is read before core is asked. Refuses: what is neither.
 */
import { TreelineError } from '../client/treelineError.ts';
import type { Ask } from '../core/accept.ts';
import { findCheckpoint } from '../core/approve.ts';
import type { RunState } from '../core/state.ts';
import type { Act, Answer } from '../protocol/messages.ts';
import { planFromText, planTextMistakes, planToText } from '../workflows/planText.ts';
import { refusalError } from './doorErrors.ts';

/** Throws a TreelineError: `nothing-open`, `ambiguous`, `not-here`… */
export function editableAt(state: RunState, named: string | null): Answer<'editable'> {
  const found = findCheckpoint(state, named);
  if (!found.ok) throw refusalError(found.refusal);
  const { id, step, about, subject } = found.value;
  if (about === 'plan' && state.plan) return { checkpoint: id, step, kind: about, name: 'plan.yaml', text: planToText(state.plan) };
  const text = about === 'document' && subject !== null ? state.artifacts[subject]?.at(-1)?.text : undefined;
  if (subject !== null && text !== undefined) return { checkpoint: id, step, kind: 'document', name: subject, text };
  throw new TreelineError('not-here', `Checkpoint ${id} is about ${about === 'document' ? 'no document that is there' : `a ${about}`}: there is nothing to edit.`, 'Documents and plans can be edited where one is to be approved.');
}

/** What of `text` would be refused as a plan; any text is a document. Throws a TreelineError as `editableAt`. */
export function mistakesIn(state: RunState, named: string | null, text: string): Answer<'mistakes'> {
  return editableAt(state, named).kind === 'plan' ? [...planTextMistakes(text)] : [];
}

/** With the plan that the text says, at a plan. Throws a TreelineError `invalid-plan` with every mistake and its line. */
export function editOf(state: RunState, act: Extract<Act, { kind: 'edit' }>): Ask {
  const open = findCheckpoint(state, act.checkpoint);
  if (!open.ok || open.value.about !== 'plan') return act;
  const read = planFromText(act.text);
  if (!read.ok) throw new TreelineError('invalid-plan', `The text is no plan: ${read.refusal.join('; ')}`, 'Mend these lines, then save again.');
  return { ...act, plan: read.value };
}
