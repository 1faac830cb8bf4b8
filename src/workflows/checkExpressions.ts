/**
 * Expressions and templates of a file, checked where they are written. Core knows the language; this knows the places.
 * Owns: from a field of core's step to a place in the file, and the way out of a mistake. Refuses: to check twice what a used workflow
 * says of itself.
 */
import { check } from '../core/expression.ts';
import { environmentOf } from '../core/declared.ts';
import type { Workflow } from '../core/workflow.ts';
import type { WorkflowMistake } from '../core/workflowMistakes.ts';
import { inputOf } from './checkHead.ts';
import { expressionText } from './compileStep.ts';
import type { LaidFile } from './layOut.ts';
import type { Mistake, Place } from './mistake.ts';
import { didYouMean, shown, ways } from './mistake.ts';
import type { Node } from './outline.ts';
import { need, put, rename, takeOut } from './way.ts';
import type { Way } from './way.ts';
import type { FileHead, FileStep } from './workflowFile.ts';
import type { Path, YamlText } from './yamlText.ts';

/** `workflow`: what the file comes to; `found`: what core says of it. Steps of workflows that it uses are not looked at: they were, by themselves. */
export function checkExpressions(file: LaidFile, workflow: Workflow, found: readonly WorkflowMistake[], text: Pick<YamlText, 'place' | 'inside'>): readonly Mistake[] {
  const unclear = file.outline.nodes.filter((node) => !node.step || (node.step.kind === 'use' && !file.uses.has(node.step.use))).map((node) => node.id);
  return [...found.filter(isTold).flatMap((mistake) => toldOf(mistake, file, text, unclear)), ...file.outline.nodes.flatMap((node) => inputMistakes(node, file, workflow, text))];
}

/** Doubles, needs and work sent back are told by the other checks, with the words of the file; used workflows by themselves. */
export function isTold({ step, at }: WorkflowMistake): boolean {
  return at !== null && (step === null || !step.includes('/'));
}

function toldOf({ step, field, at, message }: WorkflowMistake, { outline, head }: LaidFile, text: Pick<YamlText, 'place' | 'inside'>, unclear: readonly string[]): readonly Mistake[] {
  // Whoever looks at a step that could not be read is not wrong because of it.
  if (unclear.some((id) => message.includes(`"${id}"`))) return [];
  const words = message.replace(/^(?:step "[^"]*"(?:, [^:]*)?|outputs\.[^:]*):? /, '');
  const node = step === null ? undefined : outline.node(step);
  const place = placeOf(node, head, field, at, text);
  return [{ ...place, code: 'expression', message: words, fix: wayOut(words, node, outline.nodes.map((one) => one.id)), ways: waysOut(words, node, outline) }];
}

/** Where a field of core's step is written, and the character in it. */
function placeOf(node: Node | undefined, head: FileHead, field: string, at: number | null, text: Pick<YamlText, 'place' | 'inside'>): Place {
  const base = node?.path ?? [];
  const [first = '', ...rest] = field.split('.');
  const name = rest.join('.');
  const { step } = node ?? {};
  const written = (path: Path, raw: unknown, shift = 0): Place => (at === null ? text.place(path) : text.inside(path, Math.max(0, at + shift + offsetOf(raw))));
  switch (first) {
    case 'if': return written([...base, 'if'], step?.if);
    case 'loop': return written([...base, 'loop', 'until'], step && 'loop' in step ? step.loop?.until : undefined);
    case 'forEach': return written([...base, 'for-each', 'list'], step && 'for-each' in step && typeof step['for-each'] === 'object' && 'list' in step['for-each'] ? step['for-each'].list : undefined);
    case 'env': return written([...base, 'env', name], step?.kind === 'run' ? step.env?.[name] : undefined);
    case 'with': return step?.kind === 'tool' && typeof step.with?.[name] === 'string' ? text.inside([...base, 'with', name], at ?? 0) : text.place([...base, 'with', name]);
    case 'inputs': return written([...base, 'with', name], step?.kind === 'use' ? step.with?.[name] : undefined);
    case 'outputs': return written([...base, 'outputs', name], node ? undefined : head.outputs?.[name]);
    case 'prompt': {
      if (head.zenflow) return text.place([...base, step?.kind === 'agent' && step.prompt !== undefined ? 'prompt' : 'id']);
      const before = head.instructions === undefined ? 0 : head.instructions.length + 2;
      return at !== null && at < before ? text.inside(['instructions'], at) : text.inside([...base, 'prompt'], Math.max(0, (at ?? 0) - before));
    }
    default: return text.place(base);
  }
}

/** Characters of a written expression before what is left of it when `${{ }}` and spaces around it are taken off. */
function offsetOf(raw: unknown): number {
  return typeof raw === 'string' ? Math.max(0, raw.indexOf(expressionText(raw))) : 0;
}

const missing = /^there is no (?:output of step "[^"]*" called|[^"]*?) ?"([^"]*)"(?:; there (?:is|are) (.*))?$/;
const noStep = /^no step before this one is called "([^"]*)"(?:; there (?:is|are) (.*))?$/;

function wayOut(message: string, node: Node | undefined, ids: readonly string[]): string {
  const [, step, before] = noStep.exec(message) ?? [];
  if (step !== undefined) {
    if (ids.includes(step)) return node?.id === step ? 'A step sees its own outputs in "loop.until" only.' : `Add "${step}" to the needs of this step: it can only look at what comes before it.`;
    return didYouMean(step, before?.split(', ') ?? [], before === undefined ? 'Give this step a need first: it can only look at what comes before it.' : 'Name a step that comes before this one.');
  }
  const [, name, names] = missing.exec(message) ?? [];
  if (name !== undefined) return didYouMean(name, names?.split(', ') ?? [], names === undefined ? 'Declare it first.' : `Write one of ${names}.`);
  const [, word, forms] = /^"([^"]*)" is nothing here; there are (.*)$/.exec(message) ?? [];
  if (word !== undefined) return didYouMean(word, forms?.split(', ').slice(0, -1) ?? [], `A fixed text has quotes of its own: '${shown(word)}'.`);
  if (message.startsWith('it is never ')) return `Compare with ${message.slice(message.indexOf('one of'))}.`;
  if (message.includes('is needed here')) return 'Compare it with something ("==", ">", empty(…)), or take another value.';
  if (message.includes('never equal')) return 'Compare things of one type; a number has no quotes.';
  return 'See "Expressions" in the documentation of workflows.';
}

/** The same as changes: the word that was meant, or a need of the step that it looks at. */
function waysOut(message: string, node: Node | undefined, outline: LaidFile['outline']): readonly Way[] {
  const [, step, before] = noStep.exec(message) ?? [];
  if (step !== undefined) {
    if (node && node.id !== step && outline.node(step) && !outline.before(step).has(node.id)) return [need(node.path, step)];
    return ways(step, before?.split(', ') ?? []);
  }
  const [, name, names] = missing.exec(message) ?? [];
  if (name !== undefined) return ways(name, names?.split(', ') ?? []);
  const [, word, forms] = /^"([^"]*)" is nothing here; there are (.*)$/.exec(message) ?? [];
  if (word !== undefined) return [...ways(word, forms?.split(', ').slice(0, -1) ?? [], 0), rename(word, `'${word}'`)];
  const [, other, values] = /^it is never '([^']*)'; it is one of (.*)$/.exec(message) ?? [];
  if (other !== undefined) return ways(other, values?.split(', ') ?? [], 8);
  if (message.endsWith('equality is "=="')) return [rename('=', '==')];
  const [, doubled] = /; write "(&&|\|\|)"$/.exec(message) ?? [];
  return doubled === undefined ? [] : [rename(doubled.slice(1), doubled)];
}

/** What a used workflow asks for: given, of the right type, and nothing else. */
function inputMistakes(node: Node, { uses }: LaidFile, workflow: Workflow, { place, inside }: Pick<YamlText, 'place' | 'inside'>): readonly Mistake[] {
  const used = node.step?.kind === 'use' ? uses.get(node.step.use) : undefined;
  if (!used) return [];
  const step = node.step as FileStep<'use'>;
  const asked = used.head.inputs ?? {};
  const core = workflow.steps.find((one) => one.id === node.id);
  const unknown = Object.keys(step.with ?? {}).filter((name) => !Object.hasOwn(asked, name)).map((name): Mistake => ({
    ...place([...node.path, 'with', name], true), code: 'reference', message: `the workflow "${shown(step.use)}" has no input "${shown(name)}"`, fix: didYouMean(name, Object.keys(asked), Object.keys(asked).length === 0 ? 'It asks for nothing: take "with" out.' : `It has ${Object.keys(asked).join(', ')}.`),
    ways: [...ways(name, Object.keys(asked)), takeOut(Object.keys(asked).length === 0 ? [...node.path, 'with'] : [...node.path, 'with', name])],
  }));
  const others = Object.entries(asked).flatMap(([name, written]): readonly Mistake[] => {
    const input = inputOf(written);
    const given = step.with?.[name];
    if (given === undefined) return input.default !== null ? [] : [{ ...place([...node.path, 'use']), code: 'reference', message: `the workflow "${shown(step.use)}" needs the input "${shown(name)}"`, fix: `Add "with: { ${name}: … }".`, ways: [step.with === undefined ? put(node.path, 'with', `{ ${name}: inputs.${name} }`) : put([...node.path, 'with'], name, `inputs.${name}`)] }];
    if (!core) return [];
    const path = [...node.path, 'with', name];
    return check(expressionText(given), environmentOf(workflow, core), input.type.type).filter(({ message }) => message.includes('is needed here'))
      .map(({ at, message }): Mistake => ({ ...inside(path, at + offsetOf(given)), code: 'expression', message: `${shown(name)}: ${message}`, fix: `The workflow "${shown(step.use)}" asks for a ${input.type.type} here.` }));
  });
  return [...unknown, ...others];
}
