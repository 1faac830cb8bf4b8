/** What a planner may come with, in the real engine: each odd plan has an outcome with a name, and nothing is lost by it. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Plan } from '../../src/core/plan.ts';
import type { RunState } from '../../src/core/state.ts';
import { status, waiting } from '../../src/core/status.ts';
import type { EnginePorts } from '../../src/engine/enginePorts.ts';
import type { WorkEnd } from '../../src/ports/workers.ts';
import { nothingSpent } from '../../src/core/usage.ts';
import { ended, timedEngine } from '../support/timedEngine.ts';

type Part = Plan['subtasks'][number];
const part = (id: string, needs: string[] = [], scope = [`src/${id}.ts`]): Part => ({ id, title: id, description: id, needs, scope, requirements: [], tests: [] });
const good: readonly Part[] = [part('a'), part('b', ['a'])];

/** A planner that hands in these plans one after another, the last again and again; others take a minute. `most`: of subtasks at work at once, with their names. */
function working(ports: EnginePorts, plans: readonly (readonly Part[])[], seen: string[][]): EnginePorts {
  let asked = 0;
  const atWork = new Set<string>();
  const end = (gives: string): WorkEnd => {
    switch (gives) {
      case 'plan': return { kind: 'plan', plan: { summary: 'planned', subtasks: [...plans[Math.min(asked++, plans.length - 1)] ?? []] } };
      case 'review': return { kind: 'review', review: { summary: 'read', criteria: [], findings: [] } };
      default: return { kind: 'edited', summary: 'done' };
    }
  };
  return {
    ...ports,
    workers: {
      ...ports.workers,
      work: async ({ gives, subtask }, _report, signal) => {
        if (subtask) {
          atWork.add(subtask.id);
          seen.push([...atWork]);
          await ports.clock.after(60_000, signal);
          atWork.delete(subtask.id);
        }
        return { agent: 'timed', ...nothingSpent, end: end(gives) };
      },
    },
  };
}

/** Plays until the run has ended or waits. */
async function played(plans: readonly (readonly Part[])[], then: (state: RunState) => 'retry' | 'stop' = () => 'stop') {
  const seen: string[][] = [];
  const { engine, launch, pass } = await timedEngine({ agents: 8 }, (ports) => working(ports, plans, seen));
  const task = await launch([]);
  const stands = (): boolean => { const state = engine.state(task); return ended(state) || (state !== undefined && status(state) !== 'running'); };
  await pass(stands);
  const first = engine.state(task) as RunState;
  if (then(first) === 'retry') {
    await engine.ask(task, { kind: 'retry', at: null, budget: null, by: 'you' });
    await pass(stands);
  }
  const state = engine.state(task) as RunState;
  await engine.close();
  return { first, state, seen, landed: state.units.filter((unit) => unit.phase.kind === 'landed').length };
}

describe('REQ-RUN-18 a plan that cannot be carried out', () => {
  for (const [name, subtasks, why] of [
    ['with a circle', [part('a', ['c']), part('b', ['a']), part('c', ['b'])], 'the needs form a circle: a → c → b → a'],
    ['with a need that is no subtask', [part('a'), part('b', ['x'])], '"b" needs "x", which is no subtask'],
    ['without a subtask', [], 'it has no subtask'],
  ] as const) {
    it(`${name} is told to the planner, then to a person, with every mistake; nothing of it is begun, and a good one goes on`, async () => {
      const { first, state, landed } = await played([subtasks, subtasks, good], () => 'retry');
      assert.deepEqual([status(first), waiting(first), first.units.map((unit) => unit.id), first.units[0]?.attempts.map(({ outcome }) => outcome?.kind === 'failed' && outcome.failure), first.plan], [
        'waiting', { for: 'agent', why: `the plan cannot be carried out: ${why}`, next: 'Read the step\'s log, then retry it, or cancel the task.', at: 'plan' }, ['plan'], ['model', 'model'], null,
      ]);
      assert.deepEqual([status(state), state.plan?.subtasks.length, landed], ['merged', 2, 2]);
    });
  }
});

describe('REQ-SCHEDULE-04 a plan whose subtasks declare the same files', () => {
  it('is carried out one after another, and both land', async () => {
    const { state, seen, landed } = await played([[part('a', [], ['src/**']), part('b', [], ['src/**'])]]);
    assert.deepEqual([status(state), landed, seen], ['merged', 2, [['a'], ['b']]]);
  });
});

describe('REQ-SCHEDULE-01 a plan of 60 subtasks', () => {
  it('lands all of them, as many at work at once as there are slots and no more', async () => {
    const { state, seen, landed } = await played([Array.from({ length: 60 }, (_, index) => part(`s${index}`, index % 7 === 6 ? [`s${index - 3}`] : []))]);
    assert.deepEqual([status(state), landed, seen.length, Math.max(...seen.map((ids) => ids.length))], ['merged', 60, 60, 8]);
  });
});
