/** Every state of the core's closed tables in a person's words. Owns the words. Refuses: states of its own. */
import type { Evidence } from '../../core/gate.ts';
import type { CheckpointView, RunView, StepView } from '../../protocol/runView.ts';
import { plain } from '../plain.ts';
import { t } from '../words.ts';

export function runWord({ state, waiting, dependsOn }: Pick<RunView, 'state' | 'waiting' | 'dependsOn'>): string {
  // Who waits for another task needs nobody.
  if (state === 'waiting' && waiting?.for === 'task' && dependsOn?.state === 'waiting') return t('waits for a task');
  switch (state) {
    case 'running': return t('running');
    case 'waiting': return t('waits for you');
    case 'paused': return t('paused');
    case 'merged': return t('merged');
    case 'done': return t('done');
    case 'rejected': return t('rejected');
    case 'failed': return t('failed');
    case 'cancelled': return t('cancelled');
  }
}

export function stepWord(state: StepView['state']): string {
  switch (state) {
    case 'pending': return t('not started');
    case 'ready': return t('ready');
    case 'working': return t('working');
    case 'gating': return t('gate running');
    case 'landing': return t('landing');
    case 'waiting': return t('waits for you');
    case 'done': return t('done');
    case 'skipped': return t('skipped');
    case 'failed': return t('failed');
  }
}

export function checkpointWord(state: CheckpointView['state']): string {
  switch (state) {
    case 'open': return t('open');
    case 'approved': return t('approved');
    case 'changes-requested': return t('changes requested');
    case 'rejected': return t('rejected');
    case 'void': return t('no longer valid');
  }
}

/** What a wait is for, as the beginning of a row. */
export function waitWord(waitingFor: NonNullable<RunView['waiting']>['for']): string {
  switch (waitingFor) {
    case 'checkpoint': return t('Review');
    case 'key': return t('Key needed');
    case 'budget': return t('Budget reached');
    case 'agent': return t('Agent stopped');
    case 'gate': return t('Gate cannot run');
    case 'workspace': return t('Worktree problem');
    case 'clean-checkout': return t('Waits for a clean checkout');
    case 'task': return t('Its task will not land');
  }
}

export const isOver = (state: RunView['state']): boolean => state === 'merged' || state === 'done' || state === 'rejected' || state === 'cancelled';

/** `unit 43/43`, `unit 2 of 43 failed`, `unit: no test ran`: the gates of one evidence in one line. */
export function evidenceLine(evidence: Evidence | null): string {
  if (!evidence) return '';
  if (evidence.gates.length === 0) return t('not verified: no gate');
  return evidence.gates.map((gate) => {
    const { passed, failed } = gate.tests;
    if (passed + failed === 0) return t('{0}: {1}', gate.id, `${gate.verdict} (${gate.reason})`);
    return failed > 0 ? t('{0}: {1} of {2} tests failed', gate.id, failed, passed + failed) : t('{0} {1}/{2}', gate.id, passed, passed + failed);
  }).join(', ');
}

/** What a checkpoint is about: `Plan`, `requirements.md`, `Choose`, `Work so far`, `Merge`. */
export function aboutWord(checkpoint: Pick<CheckpointView, 'kind' | 'subject'>): string {
  switch (checkpoint.kind) {
    case 'plan': return t('Plan');
    case 'document': return plain(checkpoint.subject ?? '', 60) || t('Document');
    case 'choice': return t('Choose');
    case 'review': return t('Work so far');
    case 'merge': return t('Merge');
    case 'amendment': return t('Another plan');
  }
}

/** `adds c; splits b; drops a; wider: src/**`, of a proposed change of the plan. */
export function amendmentLine({ amendment }: CheckpointView): string {
  if (!amendment) return '';
  const ids = (list: readonly string[]): string => plain(list.join(', '), 60);
  return [
    amendment.added.length > 0 ? t('adds {0}', ids(amendment.added)) : '', amendment.split.length > 0 ? t('splits {0}', ids(amendment.split.map(({ id }) => id))) : '', amendment.dropped.length > 0 ? t('drops {0}', ids(amendment.dropped)) : '',
    amendment.wider.length > 0 ? t('wider: {0}', ids(amendment.wider)) : '', amendment.givenUp.length > 0 ? t('gives up {0}', ids(amendment.givenUp)) : '',
  ].filter(Boolean).join('; ');
}

/** `2 candidates, best: gate accepted`, of a choice. */
export function candidatesLine(checkpoint: CheckpointView): string {
  const [best] = checkpoint.candidates;
  return best ? t('{0} candidates, best: {1}', checkpoint.candidates.length, `${plain(best.agent, 40)} ${best.verdict}`) : '';
}
