/**
 * What something in a workflow file means: a key by the schema's words, a step by what it would do, a name in an expression by its type.
 * Owns: those texts, as Markdown. Refuses: Markdown of the file: its own words stand in code, where nothing of them is a link or a picture.
 */
import { isScalar } from 'yaml';
import { shown } from '../mistake.ts';
import type { Node } from '../outline.ts';
import type { Part } from '../part.ts';
import type { Path } from '../yamlText.ts';
import type { UsableWorkflow } from './complete.ts';
import { functionWords, typeOfName, typeWords } from './expressionHelp.ts';
import { environmentAt, fieldAt } from './field.ts';
import { formsAt, formWords } from './forms.ts';
import { stepInWords } from './stepInWords.ts';
import { spanOf } from './written.ts';
import type { Span, Written } from './written.ts';

export interface Hover { readonly span: Span; readonly markdown: string }

export function hoverAt(file: Written, offset: number, part: Part, workflows: readonly UsableWorkflow[]): Hover | null {
  const found = file.scalarAt(offset);
  if (!found) return null;
  const { path, isKey, scalar } = found;
  const span = spanOf(scalar, file.text);
  if (isKey) {
    const words = keyWords(path, file.value);
    return words === null ? null : { span, markdown: words };
  }
  const field = fieldAt(path, file.value);
  if (field !== null) return nameAt(file, offset, path, field, part);
  const text = isScalar(scalar) ? String(scalar.value) : '';
  const node = namesStep(path) ? part.outline.node(path[2] === 'for-each' ? text.replace(/\.subtasks$/, '') : text) : undefined;
  if (node) return { span, markdown: stepMarkdown(node) };
  const used = path[2] === 'use' && path.length === 3 ? workflows.find(({ id }) => id === text) : undefined;
  if (used) return { span, markdown: [`**${code(used.id)}** ${code(used.description)}`, ...Object.entries(used.inputs).map(([name, words]) => `- ${code(name)}: ${code(words)}`)].join('\n\n') };
  const words = keyWords(path.findLastIndex((one) => typeof one === 'string') >= 0 ? path.slice(0, path.findLastIndex((one) => typeof one === 'string') + 1) : path, file.value);
  return words === null ? null : { span: { from: span.from, to: Math.min(span.to, file.text.indexOf('\n', span.from) < 0 ? span.to : file.text.indexOf('\n', span.from)) }, markdown: words };
}

/** A text of the file as it is, on one line. */
function code(text: string): string {
  const line = shown(text).replaceAll('`', '\'').trim();
  return line === '' ? '' : `\`${line}\``;
}

function keyWords(path: Path, value: unknown): string | null {
  const forms = formsAt(path, value);
  if (forms.length === 0) return null;
  const description = forms.find((form) => form.description !== '')?.description ?? '';
  const key = path.findLast((one) => typeof one === 'string') ?? '';
  return [`**${code(key)}**`, description.replace(/[\\`*_{}[\]<>]/g, String.raw`\$&`), `*${formWords(forms)}*`].filter((one) => one !== '').join('\n\n');
}

/** Places where the id of a step stands. */
function namesStep([first, , key, inner]: Path): boolean {
  return first === 'steps' && (key === 'id' || key === 'needs' || key === 'of' || key === 'for-each' || (key === 'on-reject' && (inner === undefined || inner === 'to')));
}

function stepMarkdown(node: Node): string {
  const { does, more } = stepInWords(node);
  return [`**${code(node.id)}**${node.step?.title === undefined ? '' : ` ${code(node.step.title)}`}`, code(does), ...more.map((one) => `- ${code(one)}`)].join('\n\n');
}

function nameAt(file: Written, offset: number, path: Path, field: 'expression' | 'template', part: Part): Hover | null {
  const { text } = file;
  if (field === 'template') {
    const opened = text.lastIndexOf('${{', offset);
    if (opened < 0 || text.slice(opened, offset).includes('}}')) {
      const words = keyWords(path, file.value);
      const line = { from: text.lastIndexOf('\n', offset - 1) + 1, to: text.indexOf('\n', offset) < 0 ? text.length : text.indexOf('\n', offset) };
      return words === null ? null : { span: line, markdown: words };
    }
  }
  const before = /[\w./-]*$/.exec(text.slice(Math.max(0, offset - 300), offset))?.[0] ?? '';
  const after = /^[\w/-]*/.exec(text.slice(offset, offset + 300))?.[0] ?? '';
  const name = before + after;
  const span = { from: offset - before.length, to: offset + after.length };
  const environment = environmentAt(path, part);
  const type = typeOfName(name, environment);
  if (type !== null) return { span, markdown: `${code(name)}\n\n${code(typeWords(type))}` };
  const does = functionWords(name);
  if (does !== null) return { span, markdown: `${code(`${name}(…)`)} ${does}` };
  const [space, id] = name.split('.');
  const node = space === 'steps' && id !== undefined ? part.outline.node(id) : undefined;
  return node ? { span, markdown: stepMarkdown(node) } : null;
}
