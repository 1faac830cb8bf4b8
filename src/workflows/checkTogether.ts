/**
 * What is wrong between steps: plans, documents and candidates that are asked for and not given, work sent where nobody is, a merge that
 * nothing has proven.
 * Owns: those rules. Refuses: conditions and joins (see `checkReach.ts`), and what a used workflow does inside.
 */
import type { Mistake, MistakeCode } from './mistake.ts';
import { didYouMean, shown, ways } from './mistake.ts';
import type { Node, Outline } from './outline.ts';
import { changesTree, givesOf, listOf, onRejectOf } from './outline.ts';
import { need, put, rename, takeOut, write } from './way.ts';
import type { Way } from './way.ts';
import type { FileStep, StepKind } from './workflowFile.ts';
import type { Path, YamlText } from './yamlText.ts';

/** What of another workflow counts here: whether its steps judge the merged tree, and whether they change files. */
export interface UsedSummary { readonly gated: boolean; readonly changes: boolean; readonly documents: readonly string[] }

type Say = (path: Path, code: MistakeCode, message: string, fix: string, ways?: readonly Way[]) => void;
type Checked<Kind extends StepKind> = Node & { readonly step: FileStep<Kind> };

const is = <Kind extends StepKind>(node: Node | undefined, kind: Kind): node is Checked<Kind> => node?.step?.kind === kind;
const quote = (id: string): string => `"${shown(id)}"`;

export function checkTogether(outline: Outline, used: (id: string) => UsedSummary | null, { place }: Pick<YamlText, 'place'>): readonly Mistake[] {
  const found: Mistake[] = [];
  const say: Say = (path, code, message, fix, ways = []) => { found.push({ ...place(path), code, message, fix, ways }); };
  checkDocuments(outline, used, say);
  for (const node of outline.nodes) {
    if (!node.step) continue;
    checkBack(outline, node, node.step, say);
    checkPlan(outline, node, node.step, say);
    if (is(node, 'checkpoint')) checkAbout(outline, node, say);
    if (is(node, 'merge')) checkMerge(outline, node, used, say);
    if (changesTree(node.step) && 'landing' in node.step && node.step.landing === 'choice' && !outline.nodes.some((other) => is(other, 'checkpoint') && other.step.checkpoint === 'choice' && ofCheckpoint(outline, other)?.id === node.id)) {
      say([...node.path, 'landing'], 'rule', `${quote(node.id)} makes candidates to choose from, and no checkpoint chooses`, `Add a step "checkpoint: choice" with "of: ${node.id}" and "needs: ${node.id}".`, [takeOut([...node.path, 'landing'])]);
    }
  }
  return found;
}

/** The step that a checkpoint is about: the one it names, else the one before it that there is only one of. */
export function ofCheckpoint(outline: Outline, node: Node): Node | null {
  if (!is(node, 'checkpoint')) return null;
  if (node.step.of !== undefined) return outline.node(node.step.of) ?? null;
  const fitting = outline.nodes.filter((other) => outline.before(node.id).has(other.id) && other.step && fits(node.step.checkpoint, other.step));
  return fitting.length === 1 ? fitting[0] ?? null : null;
}

function fits(about: FileStep<'checkpoint'>['checkpoint'], step: FileStep): boolean {
  if (about === 'choice') return changesTree(step) && 'landing' in step && step.landing === 'choice';
  return givesOf(step) === about;
}

function checkAbout(outline: Outline, node: Checked<'checkpoint'>, say: Say): void {
  const { step, path } = node;
  const { checkpoint: about } = step;
  if (about === 'merge' || about === 'review') return;
  const wanted = { plan: 'gives a plan', document: 'gives a document', choice: 'has "landing: choice"' }[about];
  const at = step.of === undefined ? [...path, 'checkpoint'] : [...path, 'of'];
  if (step.of !== undefined && !outline.node(step.of)) return say(at, 'reference', `${quote(node.id)} is about ${quote(step.of)}, and no step is called that`, didYouMean(step.of, outline.nodes.map((other) => other.id), 'Name the step that it is about.'), ways(step.of, outline.nodes.flatMap((other) => (other.step && fits(about, other.step) ? [other.id] : []))));
  const of = ofCheckpoint(outline, node);
  if (!of && !outline.clear(node.id)) return;
  if (!of) {
    const many = outline.nodes.filter((other) => outline.before(node.id).has(other.id) && other.step && fits(about, other.step)).map((other) => other.id);
    return say(at, 'rule', many.length > 1 ? `${quote(node.id)} could be about ${many.map(quote).join(' or ')}` : `${quote(node.id)} has nothing to decide about: no step before it ${wanted}`,
      many.length > 1 ? 'Say which with "of: STEP".' : `Give it a need of a step that ${wanted}.`,
      many.length > 1 ? many.map((id) => put(path, 'of', id)) : outline.nodes.filter((other) => other.step && fits(about, other.step) && !outline.before(other.id).has(node.id)).map((other) => need(path, other.id)));
  }
  if (of.step && !fits(about, of.step)) say(at, 'rule', `${quote(node.id)} is about the ${about} of ${quote(of.id)}, which ${about === 'choice' ? 'offers none' : 'gives none'}`, `Name a step that ${wanted}.`, outline.nodes.flatMap((other) => (other.step && fits(about, other.step) ? [rename(of.id, other.id)] : [])));
  else if (of.step && !outline.before(node.id).has(of.id) && outline.clear(node.id)) say(at, 'rule', `${quote(node.id)} does not wait for ${quote(of.id)}, which it is about`, `Add "${of.id}" to its needs.`, outline.before(of.id).has(node.id) ? [] : [need(path, of.id)]);
}

function checkBack(outline: Outline, node: Node, step: FileStep, say: Say): void {
  const back = onRejectOf(step, node.path);
  const target = back && outline.node(back.to);
  if (!back || !target?.step) return;
  if (target.step.kind !== 'agent') return say(back.path, 'rule', `${quote(node.id)} sends work back to ${quote(back.to)}, which no agent does`, 'Name an agent step that comes before it.', agentsBefore(outline, node, back.to));
  if (!outline.before(node.id).has(back.to)) return outline.clear(node.id) ? say(back.path, 'rule', `${quote(node.id)} sends work back to ${quote(back.to)}, which does not come before it`, `Add "${back.to}" to its needs, or name a step before it.`, [...(outline.before(back.to).has(node.id) ? [] : [need(node.path, back.to)]), ...agentsBefore(outline, node, back.to)]) : undefined;
  const judgesTree = step.kind === 'gate' || givesOf(step) === 'review' || (step.kind === 'checkpoint' && step.checkpoint === 'merge');
  if (judgesTree && !changesTree(target.step)) say(back.path, 'rule', `${quote(node.id)} judges changed files and sends them back to ${quote(back.to)}, which changes none`, 'Name the agent step that changes them.', agentsBefore(outline, node, back.to, true));
}

/** Agent steps before this one that could get the work instead; `changing`: those that change files. */
function agentsBefore(outline: Outline, node: Node, instead: string, changing = false): readonly Way[] {
  return outline.nodes.filter((other) => other.id !== instead && other.step?.kind === 'agent' && outline.before(node.id).has(other.id) && (!changing || changesTree(other.step))).map((other) => rename(instead, other.id));
}

/** One more need, unless that would close a circle. */
function waiting(outline: Outline, node: Node, id: string): readonly Way[] {
  return outline.before(id).has(node.id) || id === node.id ? [] : [need(node.path, id)];
}

/** A gate between this step and all that changes files, which it waits for from then on. */
function gateBefore(outline: Outline, node: Node): Way {
  const changing = outline.nodes.filter((other) => other.step && changesTree(other.step) && outline.before(node.id).has(other.id)).map((other) => other.id);
  let id = 'test';
  for (let count = 2; outline.node(id); count += 1) id = `test-${count}`;
  return { title: `Add a gate before "${shown(node.id)}"`, changes: [{ do: 'need', path: node.path, id }, { do: 'step', path: node.path, lines: [`id: ${id}`, 'gate: all', ...(changing.length > 0 ? [`needs: [${changing.join(', ')}]`] : [])] }] };
}

function checkPlan(outline: Outline, node: Node, step: FileStep, say: Say): void {
  const each = 'for-each' in step ? step['for-each'] : undefined;
  if (typeof each !== 'string') return;
  const id = each.slice(0, -'.subtasks'.length);
  const plan = outline.node(id);
  const path = [...node.path, 'for-each'];
  const planners = outline.nodes.filter((other) => other.step && givesOf(other.step) === 'plan').map((other) => other.id);
  const plans = planners.map((planner) => write(path, `${planner}.subtasks`));
  if (!plan) return say(path, 'reference', `${quote(node.id)} runs for each subtask of ${quote(id)}, and no step is called that`, planners.length > 0 ? `Write "${planners[0]}.subtasks".` : 'Add a step "agent: planner" before it.', plans);
  if (!plan.step) return;
  if (givesOf(plan.step) !== 'plan') return say(path, 'rule', `${quote(node.id)} runs for each subtask of ${quote(id)}, which gives no plan`, planners.length > 0 ? `Write "${planners[0]}.subtasks".` : 'Let that step be "agent: planner".', plans);
  if (!outline.before(node.id).has(id) && outline.clear(node.id)) say(path, 'rule', `${quote(node.id)} does not wait for the plan ${quote(id)}`, `Add "${id}", or the checkpoint of it, to its needs.`, waiting(outline, node, id));
}

function checkDocuments(outline: Outline, used: (id: string) => UsedSummary | null, say: Say): void {
  const writers = new Map<string, Node>();
  for (const node of outline.nodes) {
    const { step } = node;
    if (step?.kind !== 'agent' || step.document === undefined) continue;
    const other = writers.get(step.document);
    if (other) say([...node.path, 'document'], 'double', `${quote(node.id)} and ${quote(other.id)} both write the document "${shown(step.document)}"`, 'Give each its own name; to write it anew, use "on-reject" or "loop".');
    else writers.set(step.document, node);
  }
  for (const node of outline.nodes) {
    const { step } = node;
    if (step?.kind !== 'agent') continue;
    const before = outline.before(node.id);
    const nested = outline.nodes.flatMap((other) => (is(other, 'use') && before.has(other.id) ? used(other.step.use)?.documents ?? [] : []));
    listOf(step.reads).forEach((name, at) => {
      const path = typeof step.reads === 'string' ? [...node.path, 'reads'] : [...node.path, 'reads', at];
      const writer = writers.get(name);
      if (nested.includes(name) || !outline.clear(node.id)) return;
      if (!writer) say(path, 'reference', `${quote(node.id)} reads the document "${shown(name)}", which no step writes`, didYouMean(name, [...writers.keys(), ...nested], 'Add a step with "document: …" before it, or take this out.'), [...ways(name, [...writers.keys(), ...nested]), takeOut(path)]);
      else if (!before.has(writer.id) && writer.id !== node.id) say(path, 'rule', `${quote(node.id)} reads "${shown(name)}" without waiting for ${quote(writer.id)}, which writes it`, `Add "${writer.id}" to its needs.`, waiting(outline, node, writer.id));
    });
  }
}

/** I4: on every way to it, a gate has judged the merged tree, and nothing that changes files stands between. */
function checkMerge(outline: Outline, node: Checked<'merge'>, used: (id: string) => UsedSummary | null, say: Say): void {
  const before = outline.before(node.id);
  if (!outline.clear(node.id)) return;
  const gates = [...certainBefore(outline, node, new Map())].filter((id) => {
    const step = outline.node(id)?.step;
    return step?.kind === 'gate' ? step.tree !== 'task' : step?.kind === 'use' && used(step.use)?.gated === true;
  });
  const path = [...node.path, 'merge'];
  if (gates.length === 0) return say(path, 'rule', `${quote(node.id)} merges, and no gate is sure to have judged the merged tree before`, 'Add a step "gate: all" before it, and let the merge (or the checkpoint before it) need that.', [gateBefore(outline, node)]);
  const changing = [...before].filter((id) => {
    const step = outline.node(id)?.step;
    return step && (changesTree(step) || (step.kind === 'use' && used(step.use)?.changes === true && !gates.includes(id)));
  });
  const late = changing.find((id) => !gates.some((gate) => outline.before(gate).has(id)));
  if (late !== undefined) say(path, 'rule', `${quote(node.id)} merges what ${quote(late)} changed after the last gate`, `Let the gate need "${late}".`, gates.flatMap((gate) => { const step = outline.node(gate); return step ? waiting(outline, step, late) : []; }));
}

/** Steps that have succeeded whenever this one begins. */
function certainBefore(outline: Outline, node: Node, known: Map<string, ReadonlySet<string>>): ReadonlySet<string> {
  const found = known.get(node.id);
  if (found) return found;
  known.set(node.id, new Set()); // what a circle comes to
  const anyhow = node.step?.if !== undefined && /\b(?:always|failure)\s*\(/.test(String(node.step.if));
  const ways = anyhow ? [] : node.needs.map(({ id }) => {
    const need = outline.node(id);
    return new Set([id, ...(need ? certainBefore(outline, need, known) : [])]);
  });
  const certain = node.join === 'all' ? new Set(ways.flatMap((way) => [...way])) : new Set([...(ways[0] ?? [])].filter((id) => ways.every((way) => way.has(id))));
  known.set(node.id, certain);
  return certain;
}
