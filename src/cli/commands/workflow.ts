/**
 * `treeline workflow list|new|validate|import|schema`: workflow files as they lie in the checkout.
 * Owns: how their mistakes and forms are shown. Refuses: to read a file itself (dist/cliTools.js does), and to start an engine.
 */
import { workflowCheckDocument, workflowListDocument, workflowWrittenDocument } from '../../protocol/workflowDocuments.ts';
import type { WorkflowCheckDocument, WorkflowListDocument } from '../../protocol/workflowDocuments.ts';
import { checkoutOf } from '../checkout.ts';
import type { Invocation } from '../invocation.ts';
import { oneOf } from '../launchOptions.ts';
import { columns } from '../show/columns.ts';
import { count } from '../show/figures.ts';
import type { Paint } from '../show/paint.ts';
import { plain } from '../show/plain.ts';
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
