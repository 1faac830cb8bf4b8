/**
 * What is wrong inside one step although each key of it has a form: keys that do not go together, a role that may not do what it is told.
 * Owns: those rules. Refuses: other steps.
 */
import type { Mistake } from './mistake.ts';
import { shown } from './mistake.ts';
import type { Node, Outline } from './outline.ts';
import { givesOf } from './outline.ts';
import { put, takeOut, write } from './way.ts';
import type { Way } from './way.ts';
import type { FileStep } from './workflowFile.ts';
import type { Path, YamlText } from './yamlText.ts';

const longest = 86_400_000;
const rowLimit = 256;

/** `10s`, `5m`, `2h` in milliseconds; the schema has looked at its form. */
export function milliseconds(duration: string): number {
  return Number.parseInt(duration, 10) * { s: 1_000, m: 60_000, h: 3_600_000 }[duration.slice(-1) as 's' | 'm' | 'h'];
}

export function checkSteps(outline: Outline, { place }: Pick<YamlText, 'place'>): readonly Mistake[] {
  return outline.nodes.flatMap((node) => (node.step ? checkStep(node, node.step).map(({ key, message, fix, ways }) => ({ ...place([...node.path, ...key], true), code: 'rule' as const, message: `"${shown(node.id)}" ${message}`, fix, ways: ways(node.path) })) : []));
}

interface Trouble { readonly key: readonly (string | number)[]; readonly message: string; readonly fix: string; readonly ways: (step: Path) => readonly Way[] }

const none = (): readonly Way[] => [];
const without = (key: string) => (step: Path): readonly Way[] => [takeOut([...step, key])];
const saying = (key: string, text: string) => (step: Path): readonly Way[] => [put(step, key, text)];
const asRole = (role: string) => (step: Path): readonly Way[] => [write([...step, 'agent'], role, `Change to "agent: ${role}"`)];
const either = (...all: readonly ((step: Path) => readonly Way[])[]) => (step: Path): readonly Way[] => all.flatMap((one) => one(step));

function checkStep({ id }: Node, step: FileStep): readonly Trouble[] {
  const found: Trouble[] = [...checkDurations(step)];
  const say = (key: string, message: string, fix: string, ways: Trouble['ways'] = none): void => { found.push({ key: [key], message, fix, ways }); };
  if (step.kind === 'agent') found.push(...checkAgent(step));
  if (step.kind === 'run' && step.landing !== undefined && givesOf(step) !== 'tree') say('landing', 'says how changes land, and throws its changes away', 'Add "gives: tree", or take "landing" out.', either(saying('gives', 'tree'), without('landing')));
  if ('for-each' in step && step['for-each'] !== undefined) {
    const each = step['for-each'];
    if (step.loop) say('loop', 'has both "for-each" and "loop"', 'Put the fan-out into a workflow of its own and loop the "use" of that.', either(without('loop'), without('for-each')));
    if (typeof each === 'object' && 'agents' in each && step.kind !== 'agent') say('for-each', 'fans out over agents and is done by none', 'Use a matrix here.');
    if (typeof each === 'object' && 'matrix' in each) {
      const rows = Object.values(each.matrix).reduce((product, values) => product * values.length, 1);
      if (Object.keys(each.matrix).length === 0) say('for-each', 'has a matrix without values', 'Name at least one: { matrix: { os: [linux, macos] } }.');
      if (rows > rowLimit) say('for-each', `has a matrix of ${rows} combinations; there are at most ${rowLimit}`, 'Leave values out, or make two steps of it.');
    }
  } else if ('max-parallel' in step && step['max-parallel'] !== undefined) {
    say('max-parallel', 'limits how much of it runs at once, and runs once', 'Add "for-each", or take "max-parallel" out.', without('max-parallel'));
  }
  if (step.kind === 'checkpoint' && step.of !== undefined && !['plan', 'document', 'choice'].includes(step.checkpoint)) say('of', `is about the ${step.checkpoint === 'merge' ? 'result' : 'work so far'}, not about a step`, 'Take "of" out.', without('of'));
  if (id === 'rework' || id.startsWith('rework-')) say('id', 'has a name that the engine keeps for itself', 'Call it otherwise.', (path) => [write([...path, 'id'], `my-${id}`)]);
  return found;
}

function checkDurations(step: FileStep): readonly Trouble[] {
  const found: Trouble[] = [];
  const long = (key: readonly string[], given: string, most: number, words: string): void => { if (milliseconds(given) > most) found.push({ key, message: `waits ${given}; at most ${words} are possible`, fix: `Write at most ${words}.`, ways: (path) => [write([...path, ...key], words)] }); };
  if ('timeout' in step && step.timeout !== undefined) long(['timeout'], step.timeout, longest, '24h');
  if ('retry' in step && typeof step.retry === 'object' && step.retry.pause !== undefined) long(['retry', 'pause'], step.retry.pause, 3_600_000, '1h');
  return found;
}

function checkAgent(step: FileStep<'agent'>): readonly Trouble[] {
  const found: Trouble[] = [];
  const say = (key: string, message: string, fix: string, ways: Trouble['ways'] = none): void => { found.push({ key: [key], message, fix, ways }); };
  const gives = givesOf(step);
  const { agent: role } = step;
  if (gives === 'tree' && (role === 'planner' || role === 'reviewer')) say('gives', `lets a ${role} change files, and a ${role} never does`, 'Use "agent: implementer", or let it give a document.', either(asRole('implementer'), without('gives')));
  if (gives === 'plan' && role !== 'planner') say('gives', `wants a plan of ${role === 'implementer' ? 'an' : 'a'} ${role}`, 'Use "agent: planner".', asRole('planner'));
  if (gives === 'review' && role !== 'reviewer') say('gives', `wants a review of ${role === 'implementer' ? 'an' : 'a'} ${role}`, 'Use "agent: reviewer".', asRole('reviewer'));
  if (gives === 'document' && step.document === undefined) say('gives', 'gives a document without a name', 'Add "document: NAME.md".', saying('document', `${step.id}.md`));
  if (gives !== 'document' && step.document !== undefined) say('document', `names a document and gives ${gives === 'tree' ? 'changed files' : `a ${gives ?? ''}`}`, 'Write "gives: document", or take "document" out.', either(saying('gives', 'document'), without('document')));
  if (gives === 'result' && Object.keys(step.outputs ?? {}).length === 0) say('gives', 'gives a result without saying of what', 'Add "outputs: { NAME: TYPE }".', saying('outputs', '{ result: string }'));
  if (gives !== 'tree' && step.landing !== undefined) say('landing', 'says how changes land, and changes no file', 'Take "landing" out.', without('landing'));
  if (gives !== 'tree' && step['may-change-nothing'] !== undefined) say('may-change-nothing', 'is about changed files, and this step changes none', 'Take it out.', without('may-change-nothing'));
  if (gives !== 'review' && step['on-reject'] !== undefined) say('on-reject', 'sends work back, and judges none', 'Only a review, a gate and a checkpoint do; rejected work of its own goes back by "repairs".', without('on-reject'));
  if (gives === 'review' && step.repairs !== undefined) say('repairs', 'repairs nothing: it reviews', 'Say how often work goes back in "on-reject: { to: STEP, times: N }".', without('repairs'));
  const each = step['for-each'];
  if (each !== undefined && gives === 'plan') say('for-each', 'makes more than one plan', 'A plan is made once; let each one give a document instead.', without('for-each'));
  if (each !== undefined && gives === 'document') say('for-each', 'writes one document more than once', 'Let it give a result, or write one step for each document.', either(saying('gives', 'result'), without('for-each')));
  return found;
}
