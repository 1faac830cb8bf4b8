/** What badge, status bar and view messages say about all runs together. Owns those texts. Refuses: to speak when there is nothing to say. */
import type { RunView } from '../../protocol/runView.ts';
import { money } from '../figures.ts';
import { withoutIcons } from '../plain.ts';
import { t } from '../words.ts';
import { needs } from './needsYouRows.ts';

export interface StatusText { readonly text: string; readonly tooltip: string; readonly accessible: string; /** Somebody is needed, so the item leads to the next review; else it shows the runs. */ readonly needed: boolean }

/** Null: the status bar shows nothing. */
export function statusText(views: readonly RunView[]): StatusText | null {
  const waiting = needs(views);
  const reviews = waiting.filter((need) => need.kind === 'checkpoint').length;
  const others = waiting.length - reviews;
  const running = runningCount(views);
  if (waiting.length === 0 && running === 0) return null;
  const said = [
    reviews > 0 ? t('{0} to review', reviews) : '',
    others > 0 ? (others === 1 ? t('1 needs you') : t('{0} need you', others)) : '',
    running > 0 && waiting.length === 0 ? t('{0} running', running) : '',
  ].filter(Boolean).join(', ');
  const first = waiting[0];
  return {
    text: `$(${waiting.length > 0 ? 'checklist' : 'sync~spin'}) ${said}`,
    tooltip: first ? t('Treeline: {0}. Waiting longest: {1}', said, withoutIcons(first.view.title)) : t('Treeline: {0}. Show the runs', said),
    accessible: t('Treeline: {0}', said), needed: reviews > 0,
  };
}

export interface Badge { readonly value: number; readonly tooltip: string }

export function badge(views: readonly RunView[]): Badge | undefined {
  const value = needs(views).length;
  if (value === 0) return undefined;
  return { value, tooltip: value === 1 ? t('1 task needs you') : t('{0} tasks need you', value) };
}

/** Beside the title of Runs: how many work, and what all of them cost so far. */
export function runsDescription(views: readonly RunView[]): string {
  const running = runningCount(views);
  const cost = money(views.reduce((sum, view) => sum + (view.costUsd ?? 0), 0));
  return [running > 0 ? t('{0} running', running) : '', cost].filter(Boolean).join(' · ');
}

/** In the empty inbox. */
export function allClear(views: readonly RunView[]): string {
  const running = runningCount(views);
  if (running === 0) return t('Nothing needs you.');
  return running === 1 ? t('Nothing needs you. 1 task is running.') : t('Nothing needs you. {0} tasks are running.', running);
}

const runningCount = (views: readonly RunView[]): number => views.filter((view) => view.state === 'running').length;
