/**
 * `treeline workflow list|new|validate|import|dry-run|schema`: workflow files as they lie in the checkout.
 * Owns: how their mistakes and forms are shown. Refuses: to read a file itself (dist/cliTools.js does), and to start an engine.
 */
import { workflowCheckDocument, workflowDryRunDocument, workflowListDocument, workflowWrittenDocument } from '../../protocol/workflowDocuments.ts';
import type { WorkflowCheckDocument, WorkflowDryRunDocument, WorkflowListDocument } from '../../protocol/workflowDocuments.ts';
import { checkoutOf } from '../checkout.ts';
import type { Invocation } from '../invocation.ts';
import { oneOf } from '../launchOptions.ts';
import { columns } from '../show/columns.ts';
import { count } from '../show/figures.ts';
import type { Paint } from '../show/paint.ts';
import { plain } from '../show/plain.ts';
import { exitCode } from '../../core/status.ts';
import { askTools } from './childProgram.ts';

/** Asks the program that reads workflow files. Paths among `words` are meant from where the person stands. */
function askWorkflowTools(invocation: Invocation, verb: string, words: readonly string[]): Promise<unknown> {
  return askTools(invocation, ['workflow', verb, '--repo', checkoutOf(invocation.directory), '--directory', invocation.surroundings.directory, ...words]);
}

export async function workflowList(invocation: Invocation): Promise<number> {
  const { outlet } = invocation;
  const document = workflowListDocument.parse(await askWorkflowTools(invocation, 'list', []));
  outlet.document(document);
  outlet.say(...workflowLines(document, outlet.paint));
  return 0;
}

/** Exit code 2 when a file has a mistake. */
export async function workflowValidate(invocation: Invocation, files: readonly string[]): Promise<number> {
  const { outlet } = invocation;
  const document = workflowCheckDocument.parse(await askWorkflowTools(invocation, 'validate', ['--', ...files]));
  outlet.document(document);
  outlet.say(...checkLines(document, outlet.paint));
  return document.ok ? 0 : 2;
}

export async function workflowNew(invocation: Invocation, flags: { readonly from?: string; readonly as?: string }): Promise<number> {
  return written(invocation, 'new', ['--from', flags.from ?? 'quick-change', ...(flags.as === undefined ? [] : ['--as', flags.as])], 'Edit it, check it with: treeline workflow validate. A task reads it from a commit.');
}

export async function workflowImport(invocation: Invocation, file: string, flags: { readonly to?: string; readonly as?: string }): Promise<number> {
  const to = flags.to === undefined ? [] : ['--to', oneOf('--to', flags.to, ['yaml', 'zenflow'] as const)];
  return written(invocation, 'import', [...to, ...(flags.as === undefined ? [] : ['--as', flags.as]), '--', file], 'The file that it was made from is still there.');
}

/** Exit code 0: the run came to its end; 1: it failed or went on for ever; 3: it waits for a person; 4: rejected. */
export async function workflowDryRun(invocation: Invocation, file: string, flags: { readonly outcome?: readonly string[]; readonly seed?: string }): Promise<number> {
  const { outlet } = invocation;
  const stubs = (flags.outcome ?? []).flatMap((one) => ['--stub', one]);
  const document = workflowDryRunDocument.parse(await askWorkflowTools(invocation, 'dry-run', [...stubs, ...(flags.seed === undefined ? [] : ['--seed', flags.seed]), '--', file]));
  outlet.document(document);
  outlet.say(...dryRunLines(document, outlet.paint));
  return document.endless ? 1 : exitCode(document) ?? 1;
}

/** Pure. One line for each thing that happened, then how the run stands. */
export function dryRunLines({ path, state, waiting, failures, outputs, unreached, endless }: WorkflowDryRunDocument, paint: Paint): string[] {
  const given = (values: Readonly<Record<string, unknown>>): string => Object.entries(values).map(([name, value]) => `${plain(name)}=${plain(typeof value === 'string' ? value : JSON.stringify(value), 60)}`).join(' ');
  const rows = path.map((one): string[] => {
    switch (one.kind) {
      case 'attempt': return ['·', plain(one.unit), `attempt ${one.n} by ${plain(one.agent)}: ${one.outcome}`];
      case 'gate': return ['·', plain(one.unit ?? one.step), `gate: ${one.verdict}`];
      case 'merge': return ['·', plain(one.unit ?? one.step), 'conflict'];
      case 'decision': return ['·', plain(one.step), `a person: ${one.decision}`];
      case 'retry': return ['·', plain(one.at), 'a person: retry'];
      case 'landing': return ['·', plain(one.step), one.outcome === 'landed' ? 'lands' : 'the target moved'];
      case 'step': return [one.outcome === 'success' ? '✓' : one.outcome === 'failure' ? '✗' : '–', plain(one.step), one.why === null ? given(one.outputs) : `${one.outcome === 'skipped' ? 'skipped: ' : ''}${plain(one.why, 200)}`];
    }
  });
  const marks = (cell: string): string => (cell === '✓' ? paint.good(cell) : cell === '✗' ? paint.bad(cell) : paint.quiet(cell));
  const why = waiting ? [`  ${plain(waiting.at)}: ${plain(waiting.why, 200)}`] : failures.map((one) => `  ${plain(one.at)}: ${plain(one.why, 200)}`);
  return [
    ...columns(rows, [marks, (cell) => cell, paint.quiet]), '', `${endless ? 'It would go on for ever.' : `Would be: ${state}`}`, ...why,
    ...(Object.keys(outputs).length > 0 ? [`Outputs: ${given(outputs)}`] : []), ...(unreached.length > 0 ? [`Not reached: ${unreached.map((step) => plain(step)).join(', ')}`] : []),
  ];
}

/** The JSON schema that editors check and complete workflow files with. */
export async function workflowSchema(invocation: Invocation): Promise<number> {
  invocation.outlet.raw(`${JSON.stringify(await askWorkflowTools(invocation, 'schema', []), null, 2)}\n`);
  return 0;
}

async function written(invocation: Invocation, verb: string, words: readonly string[], hint: string): Promise<number> {
  const { outlet } = invocation;
  const document = workflowWrittenDocument.parse(await askWorkflowTools(invocation, verb, words));
  outlet.document(document);
  outlet.say(`Written: ${plain(document.path)}, from ${plain(document.from)}`);
  outlet.note(hint);
  return 0;
}

/** Pure. One workflow a line, its inputs and triggers below. */
export function workflowLines({ workflows }: WorkflowListDocument, paint: Paint): string[] {
  const rows = columns(workflows.map(({ id, from, mistakes, steps, description }) => [plain(id, 60), from, mistakes > 0 ? count(mistakes, 'mistake') : count(steps, 'step'), plain(description, 160)]), [paint.strong, paint.quiet, (cell, at) => ((workflows[at]?.mistakes ?? 0) > 0 ? paint.bad(cell) : cell)]);
  return rows.flatMap((row, at) => {
    const { inputs = [], triggers = [], mistakes = 0, path = '' } = workflows[at] ?? {};
    return [
      row, ...(mistakes > 0 ? [`    see: treeline workflow validate ${plain(path)}`] : []),
      ...inputs.map((input) => `    --input ${plain(input.name)}=${plain(input.type, 80)}${input.required ? '  (has to be given)' : 'default' in input ? `  (${plain(String(input.default), 60)})` : ''}${input.description === '' ? '' : `  ${plain(input.description, 160)}`}`),
      ...triggers.map((trigger) => `    offers to start by ${plain(trigger, 160)}`),
    ];
  });
}

/** Pure. `path:line:column: message`, as compilers say it, and below it what to do. */
export function checkLines({ files, ok }: WorkflowCheckDocument, paint: Paint): string[] {
  const lines = files.flatMap((file) => (file.mistakes.length === 0 ? [`${paint.good('✓')} ${plain(file.path)}  ${count(file.steps, 'step')}`] : file.mistakes.flatMap(({ line, column, message, fix }) => [`${paint.bad('✗')} ${plain(file.path)}:${line}:${column}: ${plain(message, 400)}`, paint.quiet(`    ${plain(fix, 400)}`)])));
  if (files.length === 0) return ['There is no workflow file in this repository. Begin with: treeline workflow new --from quick-change.'];
  const wrong = files.reduce((sum, file) => sum + file.mistakes.length, 0);
  return ok ? lines : [...lines, `${count(wrong, 'mistake')} in ${count(files.filter((file) => file.mistakes.length > 0).length, 'file')}.`];
}
