/**
 * Zenflow's Markdown → a workflow file of ours, and back.
 * Owns: what a Zenflow step comes to (an agent that may change files, one after the other, its verification as gates), and what of a file
 * of ours Zenflow can say. Refuses: to leave something out on the way back: it names what has no counterpart instead.
 */
import { Document, isMap, isSeq } from 'yaml';
import { ok, refuse } from '../../core/result.ts';
import type { Result } from '../../core/result.ts';
import { literalText, stepIdFor } from '../../core/zenflowText.ts';
import { inOrder } from '../mistake.ts';
import type { Mistake } from '../mistake.ts';
import { outlineOf } from '../outline.ts';
import { readFile } from '../readFile.ts';
import { readYaml } from '../yamlText.ts';
import { readZenflow, writeZenflow } from './zenflowFile.ts';
import { cannotSay, zenflowOf } from './zenflowOf.ts';

/**
 * A Zenflow file as one of ours. `verified`: the repository has a verification script, which Zenflow runs after each step: each step's work
 * then lands through the gates. The gate, the checkpoint and the merge at the end are what Zenflow leaves to the person.
 */
export function zenflowToYaml(markdown: string, id: string, verified: boolean): Result<string, readonly Mistake[]> {
  const read = readZenflow(markdown, id);
  if (!read.ok) return read;
  const { title, instructions, artifacts, steps } = read.value;
  const taken = new Set<string>();
  const named = steps.map((step) => ({ ...step, id: stepIdFor(step.heading, taken) }));
  const last = named[named.length - 1]?.id ?? '';
  const [test, approve, land] = ['verify', 'approve-merge', 'merge'].map((wanted) => stepIdFor(wanted, taken));
  const document = new Document({
    name: title, description: `Imported from Zenflow: ${steps.length} ${steps.length === 1 ? 'step' : 'steps'}.`,
    ...(instructions === '' ? {} : { instructions: literalText(instructions) }), zenflow: { artifacts },
    steps: [
      ...named.map(({ id: step, heading, preset, text }, at) => ({
        id: step, title: heading, agent: 'implementer', ...(preset === null ? {} : { agents: `preset:${preset.replaceAll(',', ' ')}` }), ...(at === 0 ? {} : { needs: named[at - 1]?.id }),
        landing: verified ? 'gated' : 'direct', 'may-change-nothing': true, ...(text === '' ? {} : { prompt: literalText(text) }),
      })),
      { id: test, gate: 'all', needs: last, 'on-reject': { to: last, times: 2 } },
      { id: approve, checkpoint: 'merge', needs: test, 'on-reject': last },
      { id: land, merge: 'target', needs: approve },
    ],
  }, { aliasDuplicateObjects: false });
  const list = document.get('steps');
  if (isSeq(list)) for (const step of list.items.slice(1)) if (isMap(step)) step.spaceBefore = true;
  return ok(document.toString({ lineWidth: 0, blockQuote: 'literal' }));
}

/** A file of ours as Zenflow writes it, when Zenflow can say all of it; else what it cannot say. */
export function yamlToZenflow(text: string): Result<string, readonly Mistake[]> {
  const yaml = readYaml(text);
  if (!yaml.ok) return yaml;
  const file = readFile(yaml.value);
  if (file.mistakes.length > 0 || !file.head) return refuse(inOrder(file.mistakes));
  const { nodes } = outlineOf(file.steps);
  const unsaid = cannotSay(file.head, nodes, yaml.value);
  return unsaid.length > 0 ? refuse(inOrder(unsaid)) : ok(writeZenflow(zenflowOf(file.head, nodes)));
}
