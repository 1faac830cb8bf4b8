/**
 * What a step of a file would do, in words: for whoever points at it, and at its box in the graph.
 * Owns: those sentences. Refuses: Markdown: whoever shows them makes the file's own words harmless.
 */
import { shown } from '../mistake.ts';
import type { Node } from '../outline.ts';
import { givesOf, listOf, onRejectOf } from '../outline.ts';
import type { FileStep } from '../workflowFile.ts';

export interface StepWords { /** One clause. */ readonly does: string; /** Conditions and repetitions, a clause each. */ readonly more: readonly string[] }

export function stepInWords({ step, needs, join, path }: Node): StepWords {
  if (!step) return { does: 'could not be read', more: [] };
  const back = onRejectOf(step, path);
  const ids = needs.map((need) => shown(need.id));
  return {
    does: does(step),
    more: [
      ...(ids.length === 0 ? [] : [join === 'any' ? `as soon as ${ids.join(' or ')} has succeeded` : `after ${ids.join(' and ')}${join === 'settled' ? ', however they end' : ''}`]),
      ...(step.if === undefined ? [] : [`if ${shown(String(step.if))}`]), ...repetitions(step),
      ...(back ? [`rejected work goes back to ${shown(back.to)}${back.times === undefined ? '' : `, ${times(back.times)} at most`}`] : []),
      ...('continue-on-error' in step && step['continue-on-error'] === true ? ['a failure does not stop what follows'] : []),
    ],
  };
}

function does(step: FileStep): string {
  switch (step.kind) {
    case 'agent': {
      const who = `${step.agent === 'implementer' ? 'an' : 'a'} ${step.agent}`;
      switch (givesOf(step)) {
        case 'plan': return `${who} makes a plan of subtasks`;
        case 'document': return `${who} writes ${shown(step.document ?? 'a document')}`;
        case 'review': return `${who} reviews the changes`;
        case 'result': return `${who} hands over ${Object.keys(step.outputs ?? {}).map(shown).join(', ')}`;
        case 'tree': case null: return `${who} changes files, which land ${landing(step.landing)}`;
      }
      break;
    }
    case 'gate': return `${step.gate === 'all' ? 'all gates judge' : `the gate ${listOf(step.gate).map(shown).join(', ')} judges`} ${step.tree === 'task' ? 'the task\'s branch as it is' : 'what would land on the target'}`;
    case 'checkpoint': return `a person decides about the ${step.checkpoint === 'choice' ? 'candidates' : step.checkpoint === 'review' ? 'work so far' : step.checkpoint}${step.of === undefined ? '' : ` of ${shown(step.of)}`}`;
    case 'run': return `runs ${shown(step.run.split('\n', 1)[0] ?? '')}${step.gives === 'tree' ? `; changed files land ${landing(step.landing)}` : ''}`;
    case 'tool': return `calls ${shown(step.tool)}`;
    case 'use': return `runs the workflow ${shown(step.use)}`;
    case 'merge': return 'lands the result on the target branch';
  }
}

function landing(said: 'gated' | 'direct' | 'choice' | undefined): string {
  return said === 'direct' ? 'at once' : said === 'choice' ? 'when a person has chosen' : 'through the gates';
}

function repetitions(step: FileStep): readonly string[] {
  const found: string[] = [];
  const each = 'for-each' in step ? step['for-each'] : undefined;
  if (typeof each === 'string') found.push(`once for each subtask of ${shown(each.slice(0, -'.subtasks'.length))}`);
  else if (each !== undefined) found.push('matrix' in each ? `once for each combination of ${Object.keys(each.matrix).map(shown).join(', ')}` : 'list' in each ? `once for each of ${shown(each.list)}` : `by ${each.agents} agents side by side`);
  if ('max-parallel' in step && step['max-parallel'] !== undefined) found.push(`${step['max-parallel']} at once`);
  if ('loop' in step && step.loop) found.push(`again until ${shown(String(step.loop.until))}, ${times(step.loop.max)} at most`);
  if ('retry' in step && step.retry !== undefined) found.push(`tried again ${times(typeof step.retry === 'number' ? step.retry : step.retry.times)}`);
  if ('timeout' in step && step.timeout !== undefined) found.push(`for ${step.timeout} at most`);
  return found;
}

function times(count: number): string {
  return count === 0 ? 'never' : count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}
