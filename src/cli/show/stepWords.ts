/** Every state of a step and of a run as a mark and a word. Owns the words. Refuses: states of its own. */
import { clockTime } from '../../protocol/clockTime.ts';
import type { RunView, StepView } from '../../protocol/runView.ts';
import type { Paint } from './paint.ts';

export function stepMark(state: StepView['state'], paint: Paint): string {
  switch (state) {
    case 'pending': return paint.quiet('○');
    case 'ready': return paint.quiet('◌');
    case 'working': case 'gating': case 'landing': return '▸';
    case 'waiting': return paint.notice('●');
    case 'done': return paint.good('✓');
    case 'skipped': return paint.quiet('–');
    case 'failed': return paint.bad('✗');
  }
}

export function stepWord(state: StepView['state']): string {
  switch (state) {
    case 'pending': return 'not started';
    case 'ready': return 'ready';
    case 'working': return 'working';
    case 'gating': return 'gate running';
    case 'landing': return 'landing';
    case 'waiting': return 'waits for you';
    case 'done': return 'done';
    case 'skipped': return 'skipped';
    case 'failed': return 'failed';
  }
}

/** When work that pauses goes on. Empty: it does not pause, or no longer. */
export function resumesText({ notBefore }: Pick<StepView, 'notBefore'>, now: number): string {
  return notBefore !== null && notBefore > now ? `goes on at ${clockTime(notBefore, now)}` : '';
}

/** A run's state in a word; a task that waits for another one needs nobody. */
export function runWord({ state, waiting, dependsOn }: Pick<RunView, 'state' | 'waiting' | 'dependsOn'>, paint: Paint): string {
  return state === 'waiting' && waiting?.for === 'task' && dependsOn?.state === 'waiting' ? paint.quiet('waits for a task') : stateWord(state, paint);
}

/** `after task T`, and what became of that. Empty: it depends on none. */
export function dependsText({ dependsOn }: Pick<RunView, 'dependsOn'>): string {
  if (!dependsOn) return '';
  const { task, how, state, why } = dependsOn;
  const became = state === 'waiting' ? 'not landed yet' : state === 'landed' ? 'landed' : `${why ?? 'lost'}${state === 'released' ? '; this one goes on without it' : ''}`;
  return `${how} task ${task}, ${became}`;
}

function stateWord(state: RunView['state'], paint: Paint): string {
  switch (state) {
    case 'running': return 'running';
    case 'waiting': return paint.notice('waits for you');
    case 'paused': return paint.notice('paused');
    case 'merged': return paint.good('merged');
    case 'done': return paint.good('done');
    case 'rejected': return paint.bad('rejected');
    case 'failed': return paint.bad('failed');
    case 'cancelled': return paint.quiet('cancelled');
  }
}
