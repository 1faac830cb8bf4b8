/**
 * What core needs on a run of 1,000 steps: saying what should be running now, and folding one more event, beside what a user would compare:
 * one line that reaches the disk, and a graph library's topological walk of the same graph.
 */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as dagre from '@dagrejs/dagre';
import { decide } from '../../src/core/decide.ts';
import type { Recorded, RunEvent } from '../../src/core/event.ts';
import { evolve } from '../../src/core/evolve.ts';
import type { RunState } from '../../src/core/state.ts';
import { noUsage } from '../../src/core/usage.ts';
import { workflowSchema } from '../../src/core/workflow.ts';
import type { Workflow } from '../../src/core/workflow.ts';
import { accepted } from '../support/given.ts';
import type { Figure } from './figure.ts';
import { median, ratio, timed } from './figure.ts';

/** What is used of the graph library that dagre carries: its own types are not found through dagre's. */
interface GraphLibrary { readonly Graph: new () => { setEdge(from: string, to: string): unknown }; readonly alg: { topsort(graph: unknown): readonly string[] } }
const { graphlib } = dagre as unknown as { readonly graphlib: GraphLibrary };

const steps = 1_000, layer = 25, rounds = 9, each = 50;

export async function benchDecide(): Promise<readonly Figure[]> {
  const workflow = layered();
  const { half, next } = halfWay(workflow);
  const graph = new graphlib.Graph();
  for (const step of workflow.steps) for (const need of step.needs) graph.setEdge(need, step.id);
  const folder = await mkdtemp(join(tmpdir(), 'treeline-bench-'));
  const file = await open(join(folder, 'log'), 'a');
  try {
    const found: Record<'decide' | 'fold' | 'append' | 'walk', number[]> = { decide: [], fold: [], append: [], walk: [] };
    const measure = async (name: keyof typeof found, work: () => unknown): Promise<void> => { found[name].push(await timed(async () => { for (let n = 0; n < each; n += 1) await work(); }) / each); };
    for (let round = 0; round < rounds; round += 1) {
      // What was decided for a state is kept beside it: another object is another question.
      await measure('decide', () => { decide({ ...half }); });
      await measure('fold', () => { evolve(half, next); });
      await measure('walk', () => { graphlib.alg.topsort(graph); });
      await measure('append', async () => { await file.write(`${'x'.repeat(400)}\n`); await file.datasync(); });
    }
    const [decided, folded, append, walk] = [median(found.decide), median(found.fold), median(found.append), median(found.walk)];
    const beside = (ms: number): string => `${ratio(ms, append)} of one write + fdatasync, ${ratio(ms, walk)} of graphlib's topsort (${walk.toFixed(2)} ms)`;
    return [
      { what: `decide on a run of ${steps.toLocaleString('en')} steps`, value: `${decided.toFixed(3)} ms`, against: beside(decided), budget: '≤ 2 × fdatasync', inside: decided <= 2 * append },
      { what: 'one more event of that run, folded and settled', value: `${folded.toFixed(3)} ms`, against: beside(folded), budget: '≤ 2 × fdatasync', inside: folded <= 2 * append },
    ];
  } finally {
    await file.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Layers of commands, each of which needs three of the layer before. */
function layered(): Workflow {
  const id = (index: number): string => `s${index}`;
  return workflowSchema.parse({
    name: 'many', description: '', steps: Array.from({ length: steps }, (_, index) => {
      const first = (Math.floor(index / layer) - 1) * layer;
      const needs = first < 0 ? [] : [0, 7, 16].map((shift) => id(first + ((index + shift) % layer)));
      return { kind: 'run', id: id(index), needs, command: 'true' };
    }),
  });
}

/** The run when half of its steps have ended and a layer is at work, with an event that ends one more. */
function halfWay(workflow: Workflow): { readonly half: RunState; readonly next: Recorded<RunEvent> } {
  let seq = 0;
  const record = (event: RunEvent): Recorded<RunEvent> => ({ seq: seq += 1, epoch: 1, at: seq, event });
  let state = evolve(undefined, record({ ...accepted(), workflow } as RunEvent)) as RunState;
  const begin = (unit: string): RunEvent => ({ type: 'AttemptStarted', command: `${unit}#1`, unit, n: 1, agent: 'run', start: 'base' });
  const end = (unit: string): RunEvent => ({ type: 'AttemptFinished', command: `${unit}#1`, unit, n: 1, outcome: { kind: 'result', summary: '' }, usage: noUsage, costUsd: 0, durationMs: 1 });
  const fold = (event: RunEvent): void => { state = evolve(state, record(event)) as RunState; };
  const wanted = (): string[] => decide(state).flatMap((command) => ('unit' in command ? [command.unit] : []));
  for (let ended = 0; ended < steps / 2;) {
    for (const unit of wanted()) { fold(begin(unit)); fold(end(unit)); ended += 1; }
  }
  const units = wanted();
  for (const unit of units) fold(begin(unit));
  return { half: state, next: record(end(units[0] ?? '')) };
}
