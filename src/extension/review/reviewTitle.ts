/**
 * The name of a review's tab, by which the editor's tabs are told apart: there is no stable way to ask a multi-file diff what it shows.
 * Owns: that name and how it is found again. Refuses: two reviews with one name: the task's id is part of it.
 */
import type { CheckpointView, RunView } from '../../protocol/runView.ts';
import { branchName } from '../figures.ts';
import { plain, withoutIcons } from '../plain.ts';
import { aboutWord } from '../rows/stateWords.ts';
import { t } from '../words.ts';

export interface OpenReview { readonly title: string; readonly task: string; readonly checkpoint: string; readonly commit: string; readonly page: number; readonly pages: number }

export function reviewTitle(view: RunView, checkpoint: CheckpointView, page: number, pages: number): string {
  const what = checkpoint.kind === 'merge' ? t('Merge → {0}', withoutIcons(branchName(view.target))) : withoutIcons(aboutWord(checkpoint));
  const rounds = view.checkpoints.filter((candidate) => candidate.step === checkpoint.step && candidate.openedAt <= checkpoint.openedAt).length;
  return [what, plain(withoutIcons(view.title), 48), rounds > 1 ? t('round {0}', rounds) : '', pages > 1 ? t('page {0} of {1}', page + 1, pages) : '', view.task.slice(-6)].filter(Boolean).join(' · ');
}

/** The editor puts ` (3 files)` behind the name that it was given. The longest name wins: one may begin like another. */
export function reviewOfTab(label: string, reviews: readonly OpenReview[]): OpenReview | undefined {
  return reviews.filter((review) => label === review.title || label.startsWith(`${review.title} (`)).sort((left, right) => right.title.length - left.title.length)[0];
}
