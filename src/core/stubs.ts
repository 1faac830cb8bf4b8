/**
 * Outcomes that a dry run is told or draws in place of agents, commands, gates and people.
 * Owns: what can be said of each kind of question, and what is taken when nothing is said. Refuses: chance of its own: `draw` is given.
 */
import type { Failure, Outcome } from './outcome.ts';
import { failureSchema, retryable } from './outcome.ts';
import type { Plan } from './plan.ts';
import { ok, refuse } from './result.ts';
import type { Result } from './result.ts';
import type { Unit } from './state.ts';
import { outputsFromText } from './typedOutputs.ts';
import { verdictSchema } from './verdict.ts';
import type { Verdict } from './verdict.ts';
import type { Scalar, Step, Value, ValueType, WorkStep, Workflow } from './workflow.ts';

/** `nth`: how often this was asked before of this step (of this unit, for work), from 1. */
export type StubQuestion =
  | { readonly kind: 'work'; readonly step: WorkStep; readonly unit: Unit; readonly agent: string; readonly nth: number }
  | { readonly kind: 'gate'; readonly step: Step; readonly unit: Unit | null; readonly nth: number }
  /** Laying work on the task's branch (`unit`), or the branch on the target. */
  | { readonly kind: 'merge'; readonly step: Step; readonly unit: Unit | null; readonly nth: number }
  | { readonly kind: 'landing'; readonly step: Step; readonly nth: number }
  | { readonly kind: 'decision'; readonly step: Step; readonly nth: number }
  /** Something stands until a person retries it. */
  | { readonly kind: 'stopped'; readonly step: Step; readonly unit: Unit | null; readonly nth: number };

/** Only what fits the question counts; what is left out is as good as it can be. */
export interface StubAnswer {
  readonly outcome?: 'success' | 'no-changes' | Failure;
  readonly outputs?: Readonly<Record<string, Value>>;
  /** Of a plan: ids, each with what it needs: `b: [a]`. */
  readonly subtasks?: Readonly<Record<string, readonly string[]>>;
  /** Of a review. */
  readonly review?: 'approve' | 'changes';
  readonly verdict?: Verdict;
  readonly merge?: 'clean' | 'conflict';
  readonly landing?: 'landed' | 'moved';
  /** `edit`: `text` takes the place of the document that the checkpoint is about; then it is asked again. */
  readonly decision?: 'approve' | 'changes' | 'reject' | 'edit' | 'wait';
  readonly text?: string;
  /** At a choice: id of the unit whose candidate is taken. */
  readonly choice?: string;
  readonly stopped?: 'retry' | 'wait';
}

export type Stubs = (question: StubQuestion) => StubAnswer;

/** By id of unit or step: one answer, or one for each time, the last of which goes on. */
export function chosenStubs(chosen: Readonly<Record<string, StubAnswer | readonly StubAnswer[]>>, others: Stubs = () => ({})): Stubs {
  return (question) => {
    const unit = 'unit' in question ? question.unit?.id : undefined;
    const found = own(chosen, unit ?? '') ?? own(chosen, question.step.id);
    if (found === undefined) return others(question);
    if (!isList(found)) return found;
    return found[Math.min(question.nth, found.length) - 1] ?? {};
  };
}

/**
 * `STEP=WORD[,WORD…]`, one word for one time after another: `success`, `no-changes`, a kind of failure (`rate-limit`), a gate's verdict
 * (`rejected`), `conflict`, `moved`, a person's `approve`, `changes` (also of a review), `reject`, `edit` or `wait`, and `retry`.
 * `STEP.NAME=VALUE`: an output, the same each time. Every mistake at once.
 */
export function readStubs(written: readonly string[], workflow: Workflow): Result<Readonly<Record<string, readonly StubAnswer[]>>, readonly string[]> {
  const mistakes: string[] = [];
  const found = new Map<string, { readonly step: Step; readonly answers: StubAnswer[]; readonly outputs: Map<string, string> }>();
  for (const one of written) {
    const [, id = '', name, said = ''] = /^([^=.]+)(?:\.([^=]+))?=(.*)$/s.exec(one) ?? [];
    // The last one: a step inside of a `use` stands behind that, and begins with its id.
    const step = workflow.steps.findLast((candidate) => candidate.id === id || id.startsWith(`${candidate.id}/`));
    if (!step) { mistakes.push(`"${one}" names no step; there are ${workflow.steps.map((candidate) => candidate.id).join(', ')}.`); continue; }
    const entry = found.get(id) ?? { step, answers: [], outputs: new Map<string, string>() };
    found.set(id, entry);
    if (name !== undefined) { entry.outputs.set(name, said); continue; }
    for (const word of said.split(',')) {
      const answer = answerOf(word.trim());
      if (answer) entry.answers.push(answer); else mistakes.push(`"${word.trim()}" is nothing that can come of "${id}".`);
    }
  }
  const stubs = [...found].map(([id, { step, answers, outputs }]): [string, readonly StubAnswer[]] => {
    const declared = 'outputs' in step && step.kind !== 'use' ? step.outputs : {};
    const unknown = [...outputs.keys()].filter((name) => !Object.hasOwn(declared, name));
    if (unknown.length > 0) mistakes.push(`"${id}" declares no output ${unknown.map((name) => `"${name}"`).join(', ')}.`);
    const given: Record<string, Value> = {};
    for (const [name, text] of outputs) {
      const type = own(declared, name);
      const value = type && outputFromText(type, text);
      if (value !== undefined) given[name] = value;
      else if (type) mistakes.push(`"${text}" does not fit the output "${name}" of "${id}".`);
    }
    return [id, (answers.length > 0 ? answers : [{}]).map((answer) => ({ ...answer, outputs: given }))];
  });
  return mistakes.length > 0 ? refuse(mistakes) : ok(Object.fromEntries(stubs));
}

function answerOf(word: string): StubAnswer | null {
  const failure = failureSchema.safeParse(word);
  if (failure.success) return { outcome: failure.data };
  const verdict = verdictSchema.safeParse(word);
  if (verdict.success) return { verdict: verdict.data };
  switch (word) {
    case 'success': case 'no-changes': return { outcome: word };
    case 'conflict': return { merge: 'conflict' };
    case 'moved': return { landing: 'moved' };
    case 'changes': return { decision: 'changes', review: 'changes' };
    case 'approve': case 'reject': case 'edit': case 'wait': return { decision: word };
    case 'retry': return { stopped: 'retry' };
    default: return null;
  }
}

function outputFromText(type: ValueType, text: string): Value | undefined {
  const read = outputsFromText({ value: type }, `value=${text}`);
  return read.ok ? read.value.value : undefined;
}

function isList(value: StubAnswer | readonly StubAnswer[]): value is readonly StubAnswer[] {
  return Array.isArray(value);
}

function own<Item>(record: Readonly<Record<string, Item>>, name: string): Item | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Answers of every kind, mostly good ones, so that most runs get far. `draw(n)`: a whole number from 0 to n - 1. */
export function drawnStubs(draw: (below: number) => number): Stubs {
  const often = (percent: number): boolean => draw(100) < percent;
  const pick = <Item>(items: readonly [Item, ...Item[]]): Item => items[draw(items.length)] ?? items[0];
  return (question) => {
    switch (question.kind) {
      case 'work': return {
        outcome: often(80) ? 'success' : often(20) ? 'no-changes' : retryable[draw(retryable.length)] ?? 'model', review: often(70) ? 'approve' : 'changes', subtasks: drawnPlan(draw),
        outputs: Object.fromEntries(Object.entries(question.step.outputs).map(([name, type]) => [name, drawnValue(type, draw)])),
      };
      case 'gate': return { verdict: often(70) ? 'accepted' : pick(['rejected', 'not-verified', 'error', 'timed-out']) };
      case 'merge': return { merge: often(90) ? 'clean' : 'conflict' };
      case 'landing': return { landing: often(85) ? 'landed' : 'moved' };
      case 'decision': return { decision: often(85) ? 'approve' : often(80) ? 'changes' : 'reject' };
      case 'stopped': return { stopped: 'retry' };
    }
  };
}

function drawnPlan(draw: (below: number) => number): Readonly<Record<string, readonly string[]>> {
  const ids = ['a', 'b', 'c', 'd'].slice(0, 1 + draw(4));
  return Object.fromEntries(ids.map((id, index) => [id, ids.slice(0, index).filter(() => draw(100) < 40)]));
}

function drawnValue(type: ValueType, draw: (below: number) => number): Value {
  switch (type.type) {
    case 'string': return ['a', 'b', ''][draw(3)] ?? '';
    case 'number': return draw(4);
    case 'boolean': return draw(2) === 1;
    case 'enum': return type.values[draw(type.values.length)] ?? '';
    case 'list': return ['a', 'b', 'c'].slice(0, draw(4));
  }
}

/** What an attempt comes to, in the shape of the journal. `count`: makes commits of their own. */
export function outcomeOf(question: Extract<StubQuestion, { kind: 'work' }>, answer: StubAnswer, count: number): Outcome {
  const { step, unit } = question;
  const outputs = { ...(step.kind === 'run' ? { exit: answer.outcome === 'command' ? 1 : 0, stdout: '' } : {}), ...defaults(step.outputs), ...answer.outputs };
  const outcome = answer.outcome ?? 'success';
  if (outcome === 'no-changes' && unit.gives === 'tree') return { kind: 'no-changes', summary: 'nothing to do', outputs };
  if (outcome !== 'success' && outcome !== 'no-changes') return { kind: 'failed', failure: outcome, message: `stub: ${outcome}`, retryAt: null, outputs };
  switch (unit.gives) {
    case 'plan': return { kind: 'plan', plan: planOf(answer.subtasks ?? { first: [], second: [] }), outputs };
    case 'review': return { kind: 'review', review: { summary: 'stub', criteria: [], findings: answer.review === 'changes' ? [{ file: 'src/a.ts', line: 1, severity: 'high', message: 'stub finding' }] : [] }, outputs };
    case 'document': return { kind: 'document', name: (step.kind === 'agent' ? step.document : null) ?? 'document.md', text: `stub ${count}`, summary: 'stub', outputs };
    case 'result': return { kind: 'result', summary: 'stub', outputs };
    case 'tree': return { kind: 'tree', ...made(count), summary: 'stub', files: 1, hidden: [], outOfScope: [], outputs };
  }
}

/** A commit of its own, and its tree. */
export function made(count: number): { readonly commit: string; readonly tree: string } {
  const number = String(count).padStart(5, '0');
  return { commit: `c${number}`, tree: `t${number}` };
}

function planOf(subtasks: Readonly<Record<string, readonly string[]>>): Plan {
  return { summary: 'stub', subtasks: Object.entries(subtasks).map(([id, needs]) => ({ id, title: id, description: id, needs: [...needs], scope: ['**'], requirements: [], tests: [] })) };
}

function defaults(declared: Readonly<Record<string, ValueType>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(declared).map(([name, type]): [string, Scalar | Scalar[]] => {
    switch (type.type) {
      case 'string': return [name, name];
      case 'number': return [name, 1];
      case 'boolean': return [name, true];
      case 'enum': return [name, type.values[0] ?? ''];
      case 'list': return [name, [name]];
    }
  }));
}
