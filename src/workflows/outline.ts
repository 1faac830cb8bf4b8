/**
 * A file's steps as a graph: who waits for whom and where that is written.
 * Owns: what comes before what; a step with a mistake of form is in it, too. Refuses: to judge it (see `check*.ts`).
 */
import type { Role } from '../core/workflow.ts';
import type { BrokenStep } from './readFile.ts';
import type { FileStep } from './workflowFile.ts';
import type { Path } from './yamlText.ts';

export interface Need { readonly id: string; readonly path: Path }
export interface Node {
  readonly id: string;
  /** Of the step in the file. */
  readonly path: Path;
  /** Null: it has a mistake of form, so that nothing more is known of it. */
  readonly step: FileStep | null;
  readonly needs: readonly Need[];
  readonly join: 'all' | 'any' | 'settled';
}
export interface Outline {
  /** In the order of the file; of two steps with one id, both. */
  readonly nodes: readonly Node[];
  readonly node: (id: string) => Node | undefined;
  /** Ids of all that comes before it, itself only in a circle. */
  readonly before: (id: string) => ReadonlySet<string>;
  /** All that comes before it is there and has no mistake of form: what it misses there, it really misses. */
  readonly clear: (id: string) => boolean;
}

export function outlineOf(steps: readonly (FileStep | BrokenStep)[]): Outline {
  const nodes = steps.map((step, at): Node => {
    const path = ['steps', at];
    if ('broken' in step) return { id: step.id, path, step: null, needs: [], join: 'all' };
    return { id: step.id, path, step, ...needsOf(step, [...path, 'needs']) };
  });
  const byId = new Map([...nodes].reverse().map((node) => [node.id, node]));
  const known = new Map<string, ReadonlySet<string>>();
  const before = (id: string): ReadonlySet<string> => {
    const found = known.get(id);
    if (found) return found;
    const reached = new Set<string>();
    const open = [id];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const need of byId.get(next)?.needs ?? []) {
        if (reached.has(need.id)) continue;
        reached.add(need.id);
        open.push(need.id);
      }
    }
    known.set(id, reached);
    return reached;
  };
  return { nodes, node: (id) => byId.get(id), before, clear: (id) => !before(id).has(id) && [...before(id)].every((other) => byId.get(other)?.step != null) };
}

function needsOf({ needs }: FileStep, path: Path): Pick<Node, 'needs' | 'join'> {
  if (needs === undefined) return { needs: [], join: 'all' };
  if (typeof needs === 'string') return { needs: [{ id: needs, path }], join: 'all' };
  const listed = (ids: readonly string[], at: Path): readonly Need[] => ids.map((id, index) => ({ id, path: [...at, index] }));
  if (Array.isArray(needs)) return { needs: listed(needs, path), join: 'all' };
  if ('all' in needs) return { needs: listed(needs.all, [...path, 'all']), join: 'all' };
  if ('any' in needs) return { needs: listed(needs.any, [...path, 'any']), join: 'any' };
  return { needs: listed(needs.settled, [...path, 'settled']), join: 'settled' };
}

const usually: Readonly<Record<Role, 'plan' | 'tree' | 'review'>> = { planner: 'plan', implementer: 'tree', tester: 'tree', reviewer: 'review', resolver: 'tree' };

/** What an agent or run step hands over; null: another kind of step. */
export function givesOf(step: FileStep): 'plan' | 'tree' | 'review' | 'document' | 'result' | null {
  if (step.kind === 'run') return step.gives ?? 'result';
  if (step.kind !== 'agent') return null;
  return step.gives ?? (step.document === undefined ? usually[step.agent] : 'document');
}

/** Whether what it changes comes onto the task's branch. */
export function changesTree(step: FileStep): boolean {
  return givesOf(step) === 'tree';
}

/** Where rejected work goes, how often, and where that is written; null: nowhere. */
export function onRejectOf(step: FileStep, at: Path): { readonly to: string; readonly times: number | undefined; readonly path: Path } | null {
  const said = 'on-reject' in step ? step['on-reject'] : undefined;
  if (said === undefined) return null;
  const path = [...at, 'on-reject'];
  if (typeof said === 'string') return { to: said, times: undefined, path };
  const times = 'times' in said && typeof said.times === 'number' ? said.times : undefined;
  return { to: said.to, times, path: [...path, 'to'] };
}

export function listOf(given: string | readonly string[] | undefined): readonly string[] {
  return given === undefined ? [] : typeof given === 'string' ? [given] : given;
}
