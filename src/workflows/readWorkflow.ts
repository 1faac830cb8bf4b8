/**
 * YAML text → a workflow, or every mistake at once with its line.
 * Owns: the text form of workflows. Refuses: files over 256 KB, alias bombs, and to run anything.
 */
import { LineCounter, isNode, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { refuse, ok } from '../core/result.ts';
import type { Result } from '../core/result.ts';
import { workflowSchema } from '../core/workflow.ts';
import type { Workflow } from '../core/workflow.ts';
import { mistakes } from '../core/workflowMistakes.ts';

export interface Mistake { readonly line: number; readonly message: string }

const sizeLimit = 256 * 1024;

/** What a workflow file may leave out: a step without `needs` waits for nothing. */
const stepDefaults = { needs: [] };

export function readWorkflow(text: string): Result<Workflow, readonly Mistake[]> {
  if (text.length > sizeLimit) return refuse([{ line: 1, message: `the file has ${text.length} characters; a workflow has at most ${sizeLimit}` }]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) return refuse(document.errors.map((error) => ({ line: lines.linePos(error.pos[0]).line, message: error.message.split('\n', 1)[0] ?? error.message })));
  let raw: unknown;
  try {
    raw = document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    return refuse([{ line: 1, message: error instanceof Error ? error.message : String(error) }]);
  }
  const parsed = workflowSchema.safeParse(withDefaults(raw));
  if (!parsed.success) return refuse(parsed.error.issues.map((issue) => ({ line: lineOf(document, lines, issue.path), message: `${issue.path.join('.') || 'the file'}: ${issue.message}` })));
  const found = mistakes(parsed.data);
  return found.length > 0 ? refuse(found.map(({ step, field, message }) => ({ line: lineOf(document, lines, step === null ? [field] : ['steps', parsed.data.steps.findIndex((one) => one.id === step), field]), message }))) : ok(parsed.data);
}

function withDefaults(raw: unknown): unknown {
  if (typeof raw !== 'object' || raw === null || !('steps' in raw) || !Array.isArray(raw.steps)) return raw;
  return { ...raw, steps: raw.steps.map((step: unknown) => (typeof step === 'object' && step !== null ? { ...stepDefaults, ...step } : step)) };
}

/** The line of the deepest node of the path that exists. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
