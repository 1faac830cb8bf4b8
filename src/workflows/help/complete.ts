/**
 * What may be written at a place of a workflow file: keys and words from the schema, ids of steps, workflows, roles, inputs, names in
 * expressions.
 * Owns: which of them fit, and the text that each becomes. Refuses: what would close a circle, and what stands there already.
 */
import { shown } from '../mistake.ts';
import type { Outline } from '../outline.ts';
import { givesOf } from '../outline.ts';
import type { Part } from '../part.ts';
import { stepKinds } from '../workflowFile.ts';
import type { Path } from '../yamlText.ts';
import { cursorAt } from './cursor.ts';
import type { Cursor } from './cursor.ts';
import { namesAfter } from './expressionHelp.ts';
import { environmentAt, fieldAt } from './field.ts';
import { formsAt, keysAt, kindAt, stepAt, wordsOf } from './forms.ts';
import type { KeyForm } from './forms.ts';
import { stepInWords } from './stepInWords.ts';
import type { Span } from './written.ts';

export interface Suggestion {
  readonly label: string;
  readonly kind: 'key' | 'step-kind' | 'word' | 'step' | 'workflow' | 'name' | 'whole-step';
  readonly detail: string;
  readonly documentation: string;
  /** A snippet: `$1`, `${1|a,b|}`; other `$`, `}` and `\` are escaped. */
  readonly insert: string;
  readonly span: Span;
  /** More is suggested once this one is taken. */
  readonly more: boolean;
}
export interface UsableWorkflow { readonly id: string; readonly description: string; readonly inputs: Readonly<Record<string, string>> }
export interface Around {
  /** Reads the file with the cursor's mark in it; when nothing of that can be read, the last that could. */
  readonly read: (marked: string) => Part;
  readonly workflows: readonly UsableWorkflow[];
  /** Ids of the project's own gates. */
  readonly gates: readonly string[];
}

export function suggestionsAt(text: string, offset: number, around: Around): readonly Suggestion[] {
  const cursor = cursorAt(text, offset);
  if (!cursor) return [];
  const part = around.read(cursor.file.text);
  if (cursor.place === 'value') return values(cursor, offset, cursor.path, part, around);
  const keys = keySuggestions(cursor, around);
  // A word alone behind a dash may be an entry, and below a key its value.
  return cursor.place === 'open' ? [...keys, ...values(cursor, offset, cursor.path.slice(0, -1), part, around)] : keys;
}

const snippet = (text: string): string => text.replace(/[\\$}]/g, String.raw`\$&`);

function keySuggestions(cursor: Cursor, { workflows }: Around): readonly Suggestion[] {
  const map = cursor.path.slice(0, -1);
  const { value } = cursor.file;
  const [first, , key] = map;
  const suggestion = (label: string, detail: string, documentation: string, kind: Suggestion['kind'], body: string): Suggestion => ({ label, kind, detail, documentation, insert: cursor.hasColon ? label : body, span: cursor.whole, more: !cursor.hasColon && body.endsWith(': ') });
  if (first === 'steps' && key === 'with' && map.length === 3 && kindAt(map, value) === 'use') {
    const used = workflows.find(({ id }) => id === stepAt(map, value)?.['use']);
    return Object.entries(used?.inputs ?? {}).filter(([name]) => !cursor.beside.includes(name)).map(([name, words]) => suggestion(name, 'input', words, 'name', `${name}: `));
  }
  const undecided = first === 'steps' && map.length === 2 && kindAt(map, value) === null;
  const keys = keysAt(map, value).filter((form) => !cursor.beside.includes(form.key));
  const kinds = new Set<string>(stepKinds);
  const ordered = undecided ? [...keys.filter((form) => form.key === 'id'), ...keys.filter((form) => kinds.has(form.key)), ...keys.filter((form) => ['title', 'needs', 'if'].includes(form.key))] : keys;
  const whole = undecided && cursor.beside.length === 0 && !cursor.inFlow ? stepKinds.map((kind) => suggestion(`${kind} step`, 'a whole step', descriptionOf(kind, keys), 'whole-step', wholeSteps[kind])) : [];
  return [...ordered.map((form) => suggestion(form.key, form.required && !(undecided && kinds.has(form.key)) ? 'has to be there' : '', form.description, undecided && kinds.has(form.key) ? 'step-kind' : 'key', bodyOf(form, cursor.inFlow))), ...whole];
}

function descriptionOf(key: string, keys: readonly KeyForm[]): string {
  return keys.find((form) => form.key === key)?.description ?? '';
}

const wholeSteps: Readonly<Record<(typeof stepKinds)[number], string>> = {
  agent: 'id: ${1:implement}\n  agent: ${2|implementer,planner,tester,reviewer,resolver|}\n  prompt: |\n    ${0}',
  gate: 'id: ${1:test}\n  gate: ${2:all}\n  needs: ${0}',
  checkpoint: 'id: ${1:approve}\n  checkpoint: ${2|merge,plan,document,choice,review|}\n  needs: ${0}',
  run: 'id: ${1:scan}\n  run: ${0:npm test}',
  tool: 'id: ${1:ask}\n  tool: ${2:SERVER}/${3:TOOL}\n  with: { ${0} }',
  use: 'id: ${1:sub}\n  use: ${0}',
  merge: 'id: ${1:merge}\n  merge: target\n  needs: ${0}',
};

const bodies: Readonly<Record<string, string>> = {
  steps: 'steps:\n  - id: ${1:implement}\n    ${0}', prompt: 'prompt: |\n  ${0}', instructions: 'instructions: |\n  ${0}', inputs: 'inputs:\n  ${1:area}: ${2|string,number,boolean,list,commit|}',
  loop: 'loop: { until: ${1:success()}, max: ${2:3} }', outputs: 'outputs: { ${0} }', with: 'with: { ${0} }', env: 'env: { ${1:NAME}: ${0} }', merge: 'merge: target', gate: 'gate: ${1:all}', matrix: 'matrix: { ${1:os}: [${0}] }',
};

function bodyOf({ key }: KeyForm, inFlow: boolean): string {
  const body = Object.hasOwn(bodies, key) ? bodies[key] : undefined;
  return body === undefined || (inFlow && body.includes('\n')) ? `${key}: ` : body;
}

function values(cursor: Cursor, offset: number, path: Path, part: Part, { workflows, gates }: Around): readonly Suggestion[] {
  const value = cursor.file.value;
  const field = cursor.place === 'value' ? fieldAt(path, value) : null;
  if (field !== null) return names(cursor, offset, path, field, part);
  const make = (kind: Suggestion['kind'], label: string, detail = '', documentation = '', insert = label): Suggestion => ({ label, kind, detail, documentation, insert: snippet(insert), span: cursor.whole, more: insert.endsWith(':') || insert.endsWith('/') });
  const forms = formsAt(path, value);
  const words = wordsOf(forms).map((word) => make('word', word, '', forms[0]?.description ?? ''));
  const steps = (fits: (node: Outline['nodes'][number]) => boolean): readonly Suggestion[] => stepsFor(path, part, fits).map((node) => make('step', node.id, node.step?.kind ?? '', stepInWords(node).does));
  const [first, , key, inner] = path;
  if (first !== 'steps' || key === undefined) return words;
  switch (key) {
    case 'needs': return steps(() => true);
    case 'on-reject': return inner === undefined || inner === 'to' ? steps((node) => node.step?.kind === 'agent') : words;
    case 'of': return steps((node) => aboutFits(node, stepAt(path, value)?.['checkpoint']));
    case 'use': return workflows.map(({ id, description }) => make('workflow', id, '', description));
    case 'for-each': return inner === undefined ? stepsFor(path, part, (node) => node.step !== null && givesOf(node.step) === 'plan').map((node) => make('step', `${node.id}.subtasks`, 'once for each subtask')) : words;
    case 'reads': return part.outline.nodes.flatMap((node) => (node.step?.kind === 'agent' && node.step.document !== undefined ? [make('word', node.step.document, `written by ${shown(node.id)}`)] : []));
    case 'gate': return [make('word', 'all', 'every gate of the project'), ...gates.map((id) => make('word', id, 'of .treeline/project.yaml'))];
    case 'agents': return agentForms.map(([label, detail]) => make('word', label, detail));
    case 'timeout': return ['5m', '20m', '1h'].map((word) => make('word', word, 'of one attempt'));
    default: return words.length > 0 || inner !== 'pause' ? words : ['10s', '1m'].map((word) => make('word', word));
  }
}

const agentForms = [['anthropic:', 'MODEL'], ['openai:', 'MODEL'], ['compatible:', 'NAME/MODEL'], ['acp:', 'NAME, an external agent'], ['vscode:', 'FAMILY, a model of the editor'], ['preset:', 'NAME, a chain of the settings'], ['auto', 'by recorded outcomes'], ['demo', 'scripted, in the sample only']] as const;

/** Steps that the one at `path` may name: not itself, and none that waits for it, where it would wait for them. */
function stepsFor(path: Path, { outline }: Part, fits: (node: Outline['nodes'][number]) => boolean): Outline['nodes'] {
  const own = outline.nodes[Number(path[1])];
  return outline.nodes.filter((node) => node !== own && node.id !== '' && fits(node) && !(own && outline.before(node.id).has(own.id)));
}

function aboutFits({ step }: Outline['nodes'][number], about: unknown): boolean {
  if (!step) return false;
  if (about === 'choice') return 'landing' in step && step.landing === 'choice';
  return about === 'plan' || about === 'document' ? givesOf(step) === about : true;
}

function names(cursor: Cursor, offset: number, path: Path, field: 'expression' | 'template', part: Part): readonly Suggestion[] {
  const opened = cursor.before.lastIndexOf('${{');
  const inside = opened >= 0 && !cursor.before.slice(opened).includes('}}');
  if (field === 'template' && !inside) return [];
  const before = inside ? cursor.before.slice(opened + 3) : cursor.before;
  const rest = /^[\w-]*/.exec(cursor.after)?.[0].length ?? 0;
  return namesAfter(before, environmentAt(path, part)).map(({ label, detail, insert, replaces, more }) => ({ label, kind: 'name', detail, documentation: '', insert: snippet(insert), span: { from: offset - replaces, to: offset + rest }, more }));
}
