/**
 * Comments that a person has written in a review and not yet sent: kept over a reload, sent together as one turn.
 * Owns: their shape, how they move to a newer round, and the comments that they become. Refuses: to lose one silently.
 */
import * as z from 'zod';
import type { Comment } from '../../core/event.ts';
import type { CheckpointView } from '../../protocol/runView.ts';
import { plain } from '../plain.ts';
import { t } from '../words.ts';

const draftSchema = z.object({
  id: z.string(), task: z.string(), checkpoint: z.string(), step: z.string(),
  show: z.enum(['file', 'brief', 'plan', 'document', 'log']), path: z.string(), commit: z.string(), side: z.enum(['old', 'new']),
  /** From 1. */
  line: z.number().int().min(1),
  text: z.string().min(1),
  /** The line as it stood there: what tells a planner which part of a document is meant. */
  quote: z.string(),
});
export type Draft = z.infer<typeof draftSchema>;

/** What was stored, without what cannot be read any more. */
export function readDrafts(stored: unknown): readonly Draft[] {
  const list = z.array(z.unknown()).safeParse(stored);
  return (list.data ?? []).flatMap((item) => draftSchema.safeParse(item).data ?? []);
}

/** Drafts of an earlier round of the same checkpoint step go on in `checkpoint`, at the same place of what is there now. */
export function carriedOver(drafts: readonly Draft[], task: string, checkpoint: Pick<CheckpointView, 'id' | 'step' | 'commit'>): readonly Draft[] {
  return drafts.map((draft) => draft.task !== task || draft.step !== checkpoint.step || draft.checkpoint === checkpoint.id ? draft
    : { ...draft, checkpoint: checkpoint.id, commit: draft.show === 'file' && draft.side === 'new' ? checkpoint.commit : draft.commit });
}

export const draftsOf = (drafts: readonly Draft[], task: string, checkpoint: string): readonly Draft[] =>
  drafts.filter((draft) => draft.task === task && draft.checkpoint === checkpoint);

/** What is sent: the general remark first, then by file and line. Remarks on documents of ours quote the line they stand at. */
export function commentsOf(drafts: readonly Draft[], general: string): Comment[] {
  const ordered = [...drafts].sort((left, right) => (left.path < right.path ? -1 : left.path > right.path ? 1 : left.line - right.line));
  return [
    ...(general.trim() === '' ? [] : [{ file: null, line: null, text: general.trim() }]),
    ...ordered.map((draft): Comment => (draft.show === 'file' ? { file: draft.path, line: draft.line, text: draft.text, ...(draft.side === 'old' ? { side: draft.side } : {}) }
      : { file: null, line: null, text: draft.quote === '' ? draft.text : t('{0} (on "{1}" in {2})', draft.text, plain(draft.quote, 60), draft.path) })),
  ];
}
