/**
 * Units that wait for a key begin again once it is there. Owns: when that is. Refuses: to try a key again that a provider refused,
 * unless somebody offers keys anew.
 */
import { lastAttempt } from '../core/state.ts';
import type { RunState, Unit } from '../core/state.ts';
import type { Engine } from '../engine/enginePorts.ts';
import type { Log } from '../ports/system.ts';
import type { Workers } from '../ports/workers.ts';

export interface KeyRetry {
  /** Keys of this task were just offered: also what a provider refused is tried again. */
  offered(task: string, by: string): Promise<void>;
}

export function createKeyRetry({ engine, workers, log }: { readonly engine: Pick<Engine, 'ask' | 'state' | 'subscribe'>; readonly workers: Pick<Workers, 'choose'>; readonly log: Log }): KeyRetry {
  const stuck = (state: RunState): readonly Unit[] => state.units.filter((unit) => unit.phase.kind === 'stuck' && unit.phase.waitingFor === 'key');

  async function retry(task: string, unit: string, by: string): Promise<void> {
    const answer = await engine.ask(task, { kind: 'retry', at: unit, budget: null, by });
    if (!answer.ok) log.info(`${task}: ${unit} was not begun again: ${answer.refusal.message}`);
  }

  /** Keys may come while an attempt is just finding out that it has none. */
  function canWork(state: RunState, unit: Unit): boolean {
    const outcome = lastAttempt(unit)?.outcome;
    if (outcome?.kind !== 'failed' || outcome.failure !== 'key') return false;
    return unit.role !== null && workers.choose(state.task, unit.agents, unit.role) !== null;
  }

  engine.subscribe(({ task, state }) => {
    for (const unit of stuck(state)) if (canWork(state, unit)) void retry(task, unit.id, 'its key').catch((error: unknown) => log.error(`${task}: ${unit.id} could not be begun again`, error));
  });
  return {
    offered: async (task, by) => {
      const state = engine.state(task);
      for (const unit of state ? stuck(state) : []) await retry(task, unit.id, by);
    },
  };
}
