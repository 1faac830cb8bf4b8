/**
 * The steps of a file and of the workflows that it uses → one flat list, as core runs it: `<step>/<their step>`, earlier steps first.
 * Owns: that order, and what an input of a used workflow is when nobody gives it. Refuses: to judge: what has a mistake is left out, so that
 * the rest can still be looked at.
 */
import type { Value } from '../core/workflow.ts';
import { zenflowHeading, zenflowPrompt } from '../core/zenflowText.ts';
import { inputOf } from './checkHead.ts';
import { ofCheckpoint } from './checkTogether.ts';
import { compileStep } from './compileStep.ts';
import type { RawStep } from './compileStep.ts';
import type { Node, Outline } from './outline.ts';
import type { FileHead, FileStep } from './workflowFile.ts';
import { writeZenflow } from './zenflow/zenflowFile.ts';
import { zenflowOf } from './zenflow/zenflowOf.ts';

export interface LaidFile { readonly head: FileHead; readonly outline: Outline; readonly uses: ReadonlyMap<string, LaidFile> }

/** What `workflowSchema` takes. */
export function layOut(file: LaidFile): object {
  const { head } = file;
  return {
    name: head.name, description: head.description, ...(head.kind ? { kind: head.kind } : {}), outputs: head.outputs ?? {},
    ...(head.zenflow ? { origin: 'zenflow', zenflow: { artifacts: head.zenflow.artifacts, instructions: head.instructions ?? null, plan: writeZenflow(zenflowOf(head, file.outline.nodes)) } } : {}),
    inputs: Object.fromEntries(Object.entries(head.inputs ?? {}).map(([name, input]) => [name, inputOf(input)])), steps: stepsOf(file, null),
  };
}

function stepsOf({ head, outline, uses }: LaidFile, within: string | null): readonly RawStep[] {
  const nodes = inOrder(outline);
  const sound = new Set(nodes.map((node) => node.id));
  return nodes.flatMap((node) => {
    const kept = { ...node, needs: node.needs.filter((need) => sound.has(need.id)) };
    const step = compileStep(kept, { within, prompt: node.step.kind === 'agent' ? promptOf(head, node.step) : null, of: ofCheckpoint(outline, node)?.id ?? null });
    const used = node.step.kind === 'use' ? uses.get(node.step.use) : undefined;
    return used ? [{ ...step, inputs: givenInputs(node.step as FileStep<'use'>, used, step), outputs: used.head.outputs ?? {} }, ...stepsOf(used, step.id)] : [step];
  });
}

/** What is the same for each agent of the workflow stands first. */
function promptOf({ instructions, zenflow }: FileHead, step: FileStep<'agent'>): string | null {
  if (zenflow) return zenflowPrompt(zenflow.artifacts, instructions ?? null, zenflowHeading(step.title ?? step.id), step.prompt ?? null);
  const parts = [instructions, step.prompt].filter((text) => text !== undefined);
  return parts.length === 0 ? null : parts.join('\n\n');
}

type SoundNode = Node & { readonly step: FileStep };

/** Steps of one id count once; a step in a circle stands where the circle was entered. */
function inOrder(outline: Outline): readonly SoundNode[] {
  const done = new Set<string>();
  const ordered: SoundNode[] = [];
  const visit = (node: Node | undefined): void => {
    if (!node?.step || done.has(node.id)) return;
    done.add(node.id);
    for (const need of node.needs) visit(outline.node(need.id));
    ordered.push({ ...node, step: node.step });
  };
  outline.nodes.forEach(visit);
  return ordered;
}

function givenInputs({ with: given = {} }: FileStep<'use'>, used: LaidFile, step: RawStep): Readonly<Record<string, unknown>> {
  const defaults = Object.entries(used.head.inputs ?? {}).flatMap(([name, written]) => { const { default: value } = inputOf(written); return value === null || Object.hasOwn(given, name) ? [] : [[name, literal(value)] as const]; });
  return { ...Object.fromEntries(defaults), ...(step['inputs'] as Readonly<Record<string, unknown>>) };
}

/** A value as an expression. */
function literal(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  return typeof value === 'string' ? `'${value.replaceAll('\'', '\'\'')}'` : String(value);
}
