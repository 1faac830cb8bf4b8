/**
 * What a workflow file of ours comes to as a Zenflow file, and what of it Zenflow cannot say.
 * Owns: that list. Refuses: to read or write a file.
 */
import { expressionOpening, openingAsText, zenflowHeading } from '../../core/zenflowText.ts';
import type { Mistake } from '../mistake.ts';
import { shown } from '../mistake.ts';
import { listOf, onRejectOf } from '../outline.ts';
import type { Node } from '../outline.ts';
import type { FileHead, FileStep } from '../workflowFile.ts';
import type { YamlText } from '../yamlText.ts';
import { usualArtifacts } from './zenflowFile.ts';
import type { ZenflowFile } from './zenflowFile.ts';

const fromText = (text: string): string => text.replaceAll(openingAsText, expressionOpening);
const hasExpression = (text = ''): boolean => text.replaceAll(openingAsText, '').includes(expressionOpening);

const agentsOf = (nodes: readonly Node[]): readonly (Node & { readonly step: FileStep<'agent'> })[] => nodes.flatMap((node) => (node.step?.kind === 'agent' ? [{ ...node, step: node.step }] : []));

/** The agent steps in the order of the file; all else is left out. */
export function zenflowOf(head: FileHead, nodes: readonly Node[]): ZenflowFile {
  const steps = agentsOf(nodes).map(({ step }) => ({ heading: head.zenflow ? step.title ?? zenflowHeading(step.id) : zenflowHeading(step.title ?? step.id), preset: listOf(step.agents)[0]?.replace(/^preset:/, '') ?? null, text: fromText(step.prompt ?? '') }));
  return { title: head.name, instructions: fromText(head.instructions ?? ''), artifacts: head.zenflow?.artifacts ?? usualArtifacts, steps };
}

const unsaid = ['for-each', 'max-parallel', 'retry', 'timeout', 'outputs', 'loop', 'continue-on-error', 'gives', 'document', 'reads', 'repairs', 'on-reject', 'if'] as const;

/** Everything that would be lost, each at its place. Empty: nothing would. */
export function cannotSay(head: FileHead, nodes: readonly Node[], { place }: Pick<YamlText, 'place'>): readonly Mistake[] {
  const found: Mistake[] = [];
  const cannot = (path: readonly (string | number)[], what: string): void => { found.push({ ...place(path, true), code: 'rule', message: `${what} has no counterpart in a Zenflow workflow`, fix: 'Take it out, or keep the workflow as a file of Treeline.' }); };
  for (const key of ['on', 'inputs', 'outputs'] as const) if (head[key] !== undefined) cannot([key], `"${key}"`);
  if (hasExpression(head.instructions)) cannot(['instructions'], 'an expression in the instructions');
  const agents = agentsOf(nodes);
  if (agents.length === 0) cannot(['steps'], 'a workflow without an agent');
  agents.forEach((node, at) => {
    const { step, path, needs } = node;
    const before = agents[at - 1];
    if (node.join !== 'all' || needs.length !== (before ? 1 : 0) || (before && needs[0]?.id !== before.id)) cannot([...path, needs.length > 0 ? 'needs' : 'id'], 'another order than one after the other');
    for (const key of unsaid) if (step[key] !== undefined) cannot([...path, key], `"${key}"`);
    if (step.agent !== 'implementer') cannot([...path, 'agent'], `the role ${step.agent}`);
    if (step.landing === 'choice') cannot([...path, 'landing'], '"landing: choice"');
    const by = listOf(step.agents);
    if (by.length > 1 || (by[0] !== undefined && !by[0].startsWith('preset:'))) cannot([...path, 'agents'], `the agent ${by.map(shown).join(', ')}`);
    if (hasExpression(step.prompt)) cannot([...path, 'prompt'], 'an expression in a prompt');
  });
  const last = agents[agents.length - 1];
  nodes.filter((node) => node.step?.kind !== 'agent').forEach((node, at) => { if (!isEnding(node, at, last)) cannot([...node.path, node.step?.kind ?? 'id'], `the step "${shown(node.id)}"`); });
  return found;
}

/** Gate, checkpoint and merge at the end say what a person does at the end of every Zenflow task. */
function isEnding({ step, needs, path }: Node, at: number, last: Node | undefined): boolean {
  if (!step || step.if !== undefined || needs.length !== 1) return false;
  const back = onRejectOf(step, path);
  if (back && back.to !== last?.id) return false;
  switch (at) {
    case 0: return step.kind === 'gate' && step.gate === 'all' && step.tree !== 'task' && needs[0]?.id === last?.id;
    case 1: return step.kind === 'checkpoint' && step.checkpoint === 'merge';
    case 2: return step.kind === 'merge';
    default: return false;
  }
}
