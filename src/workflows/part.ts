/**
 * One workflow file, read and checked by itself and with the workflows that it uses.
 * Owns: which checks are made in which order, and how far "uses" may go. Refuses: circles of files, more than five levels, and to lay
 * anything out (see `readWorkflow.ts`).
 */
import { workflowSchema } from '../core/workflow.ts';
import type { Workflow } from '../core/workflow.ts';
import { mistakes } from '../core/workflowMistakes.ts';
import { checkExpressions, isTold } from './checkExpressions.ts';
import { checkGraph } from './checkGraph.ts';
import { checkHead } from './checkHead.ts';
import { checkReach } from './checkReach.ts';
import { checkSteps } from './checkSteps.ts';
import { checkTogether } from './checkTogether.ts';
import type { UsedSummary } from './checkTogether.ts';
import { layOut } from './layOut.ts';
import type { Mistake } from './mistake.ts';
import { didYouMean, inOrder, shown, ways } from './mistake.ts';
import type { Node, Outline } from './outline.ts';
import { changesTree, outlineOf } from './outline.ts';
import { readFile } from './readFile.ts';
import type { FileHead, FileStep } from './workflowFile.ts';
import { readYaml } from './yamlText.ts';

/** The text of another workflow by its id; null: there is none. */
export type Resolve = (id: string) => string | null;

export interface Part {
  readonly text: string;
  readonly head: FileHead;
  readonly outline: Outline;
  /** Workflows that it uses, by id; one with a mistake is left out (and is a mistake here). */
  readonly uses: ReadonlyMap<string, Part>;
  /** Steps, with those of the workflows that it uses. */
  readonly size: number;
  /** Levels of files, this one included. */
  readonly height: number;
  readonly mistakes: readonly Mistake[];
  /** What core runs; null where there is a mistake. */
  readonly workflow: Workflow | null;
  /** What can be laid out of it although there are mistakes: what expressions of the sound steps may look at. */
  readonly laid: Workflow | null;
  /** What core says of it beside: nothing, when the checks here are as strict as it is. */
  readonly untold: readonly string[];
}

const deepest = 5;
const sizeLimit = 2_000;

/** Reads files, each once. `known`: ids to guess from where one is not found. */
export function createReader(resolve: Resolve, known: readonly string[]) {
  const read = new Map<string, Part>();
  const open: string[] = [];

  function part(text: string, id: string | null): Part {
    const yaml = readYaml(text);
    if (!yaml.ok) return { text, head: { name: '', description: '' }, outline: outlineOf([]), uses: new Map(), size: 0, height: 1, mistakes: inOrder(yaml.refusal), workflow: null, laid: null, untold: [] };
    const { value } = yaml;
    const file = readFile(value);
    const head = file.head ?? { name: '', description: '' };
    const outline = outlineOf(file.steps);
    if (id !== null) open.push(id);
    const { uses, mistakes: used } = usesOf(outline, (node) => value.place([...node.path, 'use']));
    if (id !== null) open.pop();
    const found = [...file.mistakes, ...checkHead(head, value), ...checkGraph(outline, value), ...checkSteps(outline, value), ...used, ...checkTogether(outline, (name) => summaryOf(uses.get(name)), value)];
    const size = outline.nodes.reduce((sum, node) => sum + 1 + (node.step?.kind === 'use' ? uses.get(node.step.use)?.size ?? 0 : 0), 0);
    if (size > sizeLimit) found.push({ ...value.place(['steps'], true), code: 'use', message: `with the workflows that it uses it has ${size} steps; there are at most ${sizeLimit}`, fix: 'Use fewer, or smaller ones.' });
    const height = 1 + Math.max(0, ...[...uses.values()].map((one) => one.height));
    const workflow = size > sizeLimit || file.head === null ? null : workflowSchema.safeParse(layOut({ head, outline, uses })).data ?? null;
    const core = workflow ? mistakes(workflow) : [];
    if (workflow) found.push(...checkExpressions({ head, outline, uses }, workflow, core, value), ...checkReach(outline, workflow, value));
    return { text, head, outline, uses, size, height, mistakes: inOrder(found), workflow: found.length > 0 ? null : workflow, laid: workflow, untold: core.filter((mistake) => !isTold(mistake)).map(({ message }) => message) };
  }

  function usesOf(outline: Outline, place: (node: Node) => { line: number; column: number }): { readonly uses: Map<string, Part>; readonly mistakes: readonly Mistake[] } {
    const uses = new Map<string, Part>();
    const mistakes = outline.nodes.flatMap((node): Mistake[] => {
      if (node.step?.kind !== 'use') return [];
      const found = usedBy(node.step);
      if ('message' in found) return [{ ...place(node), code: 'use', ...found }];
      uses.set(node.step.use, found);
      return [];
    });
    return { uses, mistakes };
  }

  function usedBy({ use: name }: FileStep<'use'>): Part | Pick<Mistake, 'message' | 'fix' | 'ways'> {
    if (open.includes(name)) return { message: `the workflows use one another in a circle: ${[...open.slice(open.indexOf(name)), name].map(shown).join(' → ')}`, fix: 'Take one of these "use" steps out; to repeat steps, use "loop".' };
    const text = resolve(name);
    if (text === null) return { message: `there is no workflow "${shown(name)}"`, fix: didYouMean(name, known, known.length > 0 ? `There are: ${known.join(', ')}.` : 'Write it under .treeline/workflows/.'), ways: ways(name, known.filter((id) => !open.includes(id))) };
    const found = read.get(name) ?? part(text, name);
    read.set(name, found);
    const [first] = found.mistakes;
    if (!first) return found.height < deepest ? found : { message: `workflows use one another more than ${deepest} levels deep, with "${shown(name)}" here`, fix: 'Put some of their steps into the workflow that uses them.' };
    return { message: `the workflow "${shown(name)}" that it uses has ${found.mistakes.length === 1 ? 'a mistake' : `${found.mistakes.length} mistakes`}: line ${first.line}: ${first.message}`, fix: `Mend that file first: treeline workflow validate ${shown(name)}.` };
  }

  return { part };
}

function summaryOf(part: Part | undefined): UsedSummary | null {
  if (!part) return null;
  const nested = (node: Node): UsedSummary | null => (node.step?.kind === 'use' ? summaryOf(part.uses.get(node.step.use)) : null);
  const { nodes, before } = part.outline;
  const changing = nodes.filter((node) => (node.step && changesTree(node.step)) || nested(node)?.changes === true);
  const always = (node: Node): boolean => [node.id, ...before(node.id)].every((id) => { const one = part.outline.node(id); return one?.join === 'all' && one.step?.if === undefined; });
  const gated = nodes.some((node) => ((node.step?.kind === 'gate' && node.step.tree !== 'task') || nested(node)?.gated === true) && always(node) && changing.every((other) => other.id === node.id || before(node.id).has(other.id)));
  const documents = nodes.flatMap((node) => (node.step?.kind === 'agent' && node.step.document !== undefined ? [node.step.document] : nested(node)?.documents ?? []));
  return { gated, changes: changing.length > 0, documents };
}
