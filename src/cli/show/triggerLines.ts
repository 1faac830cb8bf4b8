/** Triggers as lines (`treeline trigger list`). Pure. Owns: its columns, and what to do next. */
import type { TriggerView } from '../../protocol/triggerView.ts';
import { columns } from './columns.ts';
import { elapsed } from './figures.ts';
import type { Paint } from './paint.ts';
import { plain } from './plain.ts';

/** `now`: ms since 1970. */
export function triggerLines(triggers: readonly TriggerView[], now: number, paint: Paint): string[] {
  if (triggers.length === 0) return ['No workflow of this branch offers a trigger. One does with "on:" in .treeline/workflows/*.yaml, for example: on: { schedule: "0 6 * * 1-5" }'];
  const quietHead = (cell: string, row: number): string => (row === 0 ? paint.quiet(cell) : cell);
  const rows = triggers.map((trigger) => [plain(trigger.id, 80), trigger.state, plain(trigger.words, 80), nextOf(trigger, now), lastOf(trigger, now)]);
  const lines = columns([['TRIGGER', 'STATE', 'STARTS', 'NEXT', 'LAST'], ...rows], [quietHead, quietHead, quietHead, quietHead, quietHead]);
  const off = triggers.find((trigger) => trigger.state === 'off');
  return [
    ...lines.flatMap((line, row) => {
      const trigger = triggers[row - 1];
      const why = trigger && (trigger.why || (trigger.last?.result === 'refused' ? trigger.last.why : ''));
      return why ? [line, paint.quiet(`  ${plain(why, 300)}`)] : [line];
    }),
    ...(off ? ['', paint.quiet(`Nothing starts by itself before it is armed: treeline trigger arm ${plain(off.id, 80)}`)] : []),
  ];
}

const nextOf = ({ next, state, running }: TriggerView, now: number): string => (running !== null ? `after task ${running}` : next !== null ? `in ${elapsed(next - now)}` : state === 'armed' ? 'when it happens' : '-');

function lastOf({ last }: TriggerView, now: number): string {
  if (!last) return '-';
  const missed = last.missed > 0 ? `, ${last.missed} missed` : '';
  return `${last.result === 'started' ? `task ${last.task ?? '?'}` : 'refused'} ${elapsed(now - last.at)} ago, ${plain(last.cause, 60)}${missed}`;
}
