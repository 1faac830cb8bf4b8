/**
 * Small workflows and what came of them, in one line. Steps are written as in `core/workflow.ts`, with what matters only.
 * A path: `a` ended well, `a!` failed and the run went on, `a-` was skipped; `a:rate-limit` an attempt that failed, `a:no-changes` one that
 * changed nothing, `each/x` one unit of a fan-out that ended well; `test:rejected` a red gate, `each/x:rejected` a red unit, `conflict:a`;
 * `ok:changes` a person's decision other than yes; `retry:a`; `land:moved`. Then ` = ` and how the run stands: `done`, `merged`, `rejected`, `failed at a`, `waits at a`, `endless`.
 */
import { deepEqual } from 'node:assert/strict';
import { it } from 'mocha';
import type { DryRun, PathEntry } from '../../../src/core/dryRun.ts';
import { dryRun } from '../../../src/core/dryRun.ts';
import { chosenStubs } from '../../../src/core/stubs.ts';
import type { StubAnswer } from '../../../src/core/stubs.ts';
import type { RunState } from '../../../src/core/state.ts';
import { workflowSchema } from '../../../src/core/workflow.ts';
import type { Value, Workflow } from '../../../src/core/workflow.ts';
import { accepted, given } from '../../support/given.ts';

type Loose = Readonly<Record<string, unknown>>;

export const run = (id: string, more: Loose = {}): Loose => ({ id, kind: 'run', command: 'true', needs: [], ...more });
export const tool = (id: string, more: Loose = {}): Loose => ({ id, kind: 'tool', server: 'tracker', tool: 'get', needs: [], ...more });
export const agent = (id: string, more: Loose = {}): Loose => ({ id, kind: 'agent', role: 'implementer', gives: 'tree', landing: 'direct', repairs: 1, needs: [], ...more });
export const plan = (id = 'plan', more: Loose = {}): Loose => ({ id, kind: 'agent', role: 'planner', gives: 'plan', repairs: 0, needs: [], ...more });
export const review = (id: string, more: Loose = {}): Loose => ({ id, kind: 'agent', role: 'reviewer', gives: 'review', repairs: 1, needs: [], ...more });
export const gate = (id: string, more: Loose = {}): Loose => ({ id, kind: 'gate', repairs: 1, needs: [], ...more });
export const checkpoint = (id: string, about: string, more: Loose = {}): Loose => ({ id, kind: 'checkpoint', about, needs: [], ...more });
export const merge = (id = 'land', more: Loose = {}): Loose => ({ id, kind: 'merge', needs: [], ...more });
export const use = (id: string, more: Loose = {}): Loose => ({ id, kind: 'use', workflow: 'other', needs: [], ...more });
/** A step of the workflow that `within` uses. */
export const inside = (within: string, step: Loose): Loose => ({ ...step, within, id: `${within}/${String(step.id)}`, needs: (step.needs as string[]).map((need) => `${within}/${need}`), ...(typeof step.rework === 'string' ? { rework: `${within}/${step.rework}` } : {}) });

function workflowOf(steps: readonly Loose[], more: Loose = {}): Workflow {
  return workflowSchema.parse({ name: 'case', description: '', steps, ...more });
}

export interface Case {
  readonly steps: readonly Loose[];
  readonly stubs?: Readonly<Record<string, StubAnswer | readonly StubAnswer[]>>;
  readonly inputs?: Readonly<Record<string, Value>>;
  readonly workflow?: Loose;
  readonly agents?: Partial<Record<'planner' | 'implementer' | 'reviewer', string[]>>;
  readonly path: string;
}

export function played(one: Omit<Case, 'path'>): DryRun {
  return dryRun({ workflow: workflowOf(one.steps, one.workflow), stubs: chosenStubs(one.stubs ?? {}), ...(one.inputs ? { inputs: one.inputs } : {}), ...(one.agents ? { agents: one.agents } : {}), limit: 1_000 });
}

/** A run that has just been accepted: what needs nothing has begun. */
export function begun(steps: readonly Loose[]): RunState {
  const event = accepted();
  return given([event.type === 'TaskAccepted' ? { ...event, workflow: workflowOf(steps) } : event]).state;
}

export function pathOf(dry: DryRun): string {
  const end = dry.endless ? 'endless' : dry.waiting ? `waits at ${dry.waiting.at}` : dry.failures.length > 0 ? `failed at ${dry.failures.map(({ at }) => at).join(', ')}` : dry.status;
  return `${dry.path.flatMap(words).join(' ')} = ${end}`;
}

function words(entry: PathEntry): string[] {
  switch (entry.kind) {
    case 'attempt': {
      const plain = entry.outcome !== 'no-changes' && ['tree', 'plan', 'review', 'document', 'result'].includes(entry.outcome);
      return plain ? entry.unit === entry.step ? [] : [entry.unit] : [`${entry.unit}:${entry.outcome}`];
    }
    case 'gate': return entry.verdict === 'accepted' ? [] : [`${entry.unit ?? entry.step}:${entry.verdict}`];
    case 'merge': return [`conflict:${entry.unit ?? entry.step}`];
    case 'decision': return entry.decision === 'approve' ? [] : [`${entry.step}:${entry.decision}`];
    case 'retry': return [`retry:${entry.at}`];
    case 'landing': return entry.outcome === 'landed' ? [] : [`${entry.step}:moved`];
    case 'step': return [`${entry.step}${entry.outcome === 'success' ? '' : entry.outcome === 'failure' ? '!' : '-'}`];
  }
}

/** One test for each sentence. */
export function cases(requirement: string, rows: Readonly<Record<string, Case>>): void {
  for (const [sentence, one] of Object.entries(rows)) it(`${requirement} ${sentence}`, () => deepEqual(pathOf(played(one)), one.path));
}
