/**
 * Which texts of a workflow file are expressions, which are filled in, and what they may look at where they stand.
 * Owns: that table by paths. Refuses: to read the expressions.
 */
import { environmentOf, insideOf } from '../../core/declared.ts';
import type { TypeEnvironment } from '../../core/expression.ts';
import type { Part } from '../part.ts';
import type { StepKind } from '../workflowFile.ts';
import type { Path } from '../yamlText.ts';
import { kindAt } from './forms.ts';

/** `expression`: all of it. `template`: what stands in `${{ }}`. */
export type Field = 'expression' | 'template';

export function fieldAt(path: Path, value: unknown): Field | null {
  const [first, , key, inner] = path;
  if (first === 'instructions') return path.length === 1 ? 'template' : null;
  if (first === 'outputs') return path.length === 2 ? 'expression' : null;
  if (first !== 'steps') return null;
  const kind: StepKind | null = kindAt(path, value);
  switch (key) {
    case 'if': return 'expression';
    case 'loop': return inner === 'until' ? 'expression' : null;
    case 'for-each': return inner === 'list' ? 'expression' : null;
    case 'env': return path.length === 4 ? 'expression' : null;
    case 'with': return path.length < 4 ? null : kind === 'use' ? 'expression' : 'template';
    case 'prompt': return 'template';
    default: return null;
  }
}

/** What an expression at a path may look at. `part`: the file as it was read; where its step could not be, all steps of it. */
export function environmentAt(path: Path, { laid, outline }: Part): TypeEnvironment {
  if (!laid) return { inputs: {}, steps: Object.fromEntries(outline.nodes.map((node) => [node.id, {}])), matrix: null };
  const id = path[0] === 'steps' ? outline.nodes[Number(path[1])]?.id : undefined;
  const step = laid.steps.find((one) => one.id === id);
  return step ? environmentOf(laid, step, path[2] === 'loop') : insideOf(laid, null);
}
