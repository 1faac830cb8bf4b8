/** A run that would go on by itself, if an engine led it. Pure. Owns: which runs those are, and the words. */
import type { RunView } from '../../protocol/runView.ts';

/** What waits for a person stands still with an engine, too, and says so by itself; a landing that waits for their checkout goes on by itself. */
export function goesOnByItself({ state, waiting }: Pick<RunView, 'state' | 'waiting'>): boolean {
  return state === 'running' || (state === 'waiting' && waiting?.for === 'clean-checkout');
}

/** The same run as one that no engine leads. */
export function withoutEngine<View extends Pick<RunView, 'task' | 'state' | 'waiting' | 'stalled'>>(view: View): View {
  return goesOnByItself(view) ? { ...view, stalled: { why: 'it stands still: no engine is at work in this repository', next: `Open the repository in the editor, or go on with: treeline watch ${view.task}` } } : view;
}
