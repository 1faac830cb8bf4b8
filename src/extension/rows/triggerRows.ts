/**
 * What may start a workflow by itself: each trigger with its state, its next time, what came of it.
 * Owns: those rows. Refuses: to arm anything by a click on a row; that is an action of its own.
 */
import type { TriggerView } from '../../protocol/triggerView.ts';
import { elapsed, line } from '../figures.ts';
import { markdownText, plain } from '../plain.ts';
import { t } from '../words.ts';
import { triggerIcon } from './icons.ts';
import type { Row } from './row.ts';

/** `place`: the folder whose repository offers them; `now`: ms since 1970. */
export function triggerRows(triggers: readonly TriggerView[], place: string, now: number): readonly Row[] {
  return triggers.map((trigger) => {
    const label = plain(trigger.name, 60);
    // A narrow sidebar cuts the end off: what is asked most comes first.
    const parts = [stateWord(trigger), nextWord(trigger, now), plain(trigger.words, 80), lastWord(trigger, now)];
    return {
      id: `trigger/${place}/${trigger.id}`, label, description: line(...parts), accessible: line(label, ...parts, plain(trigger.why, 200)), icon: triggerIcon(trigger.state),
      tooltip: [`**${markdownText(trigger.name)}** · ${stateWord(trigger)}`, markdownText(trigger.words), trigger.base === null ? '' : t('On branch {0}', markdownText(trigger.base)), markdownText(trigger.why),
        trigger.last ? line(lastWord(trigger, now), markdownText(trigger.last.cause), trigger.last.missed > 0 ? t('{0} times were missed before', trigger.last.missed) : '', markdownText(trigger.last.why)) : '', t('Trigger {0}', markdownText(trigger.id))].filter(Boolean).join('\n\n'),
      context: `trigger.${trigger.state}`, opens: null, expanded: false, children: [],
      about: { task: trigger.running ?? trigger.last?.task ?? '', at: trigger.id, checkpoint: null, commit: null },
    };
  });
}

function stateWord({ state }: TriggerView): string {
  switch (state) {
    case 'off': return t('off');
    case 'armed': return t('armed');
    case 'paused': return t('paused');
    case 'changed': return t('changed, starts nothing');
  }
}

function nextWord({ next, running }: TriggerView, now: number): string {
  if (running !== null) return t('its task goes on');
  return next === null ? '' : t('next in {0}', elapsed(next - now));
}

function lastWord({ last }: TriggerView, now: number): string {
  if (!last) return '';
  return last.result === 'started' ? t('started {0} ago', elapsed(now - last.at)) : t('refused {0} ago: {1}', elapsed(now - last.at), plain(last.why, 80));
}
