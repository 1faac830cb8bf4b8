/**
 * Which task a new one starts after, or is stacked on: what is offered, and the words for it. Not remembered: it is about one task.
 * Owns: both. Refuses: tasks that will not land any more.
 */
import type { Launch } from '../../protocol/messages.ts';
import type { RunView } from '../../protocol/runView.ts';
import { plain, withoutIcons } from '../plain.ts';
import { isOver, runWord } from '../rows/stateWords.ts';
import { t } from '../words.ts';

export type UpstreamChoice = NonNullable<Launch['upstream']> & { readonly title: string };

export interface UpstreamItem { readonly label: string; readonly description: string; readonly detail: string; readonly upstream: UpstreamChoice | null }

/** First: no other task. Then each that may still land, newest first, in both ways. */
export function upstreamItems(views: readonly RunView[]): readonly UpstreamItem[] {
  const open = views.filter((view) => !isOver(view.state) && view.state !== 'failed').sort((left, right) => right.startedAt - left.startedAt);
  return [
    { label: t('Start Now'), description: t('from its base, whatever the others do'), detail: '', upstream: null },
    ...open.flatMap(({ task, title, state, waiting, dependsOn }): UpstreamItem[] => {
      const description = runWord({ state, waiting, dependsOn });
      const shown = withoutIcons(plain(title, 80));
      return [
        { label: t('After {0}', shown), description, detail: t('Starts when that task has landed.'), upstream: { task, how: 'after', title } },
        { label: t('On {0}', shown), description, detail: t('Starts now from that task\'s branch, follows it, and lands after it.'), upstream: { task, how: 'on', title } },
      ];
    }),
  ];
}

/** In the title of New Task; empty: it depends on none. */
export function upstreamText(upstream: UpstreamChoice | null): string {
  if (!upstream) return '';
  const title = withoutIcons(plain(upstream.title, 40));
  return upstream.how === 'after' ? t('after {0}', title) : t('on {0}', title);
}
