/** The flags of decisions → what the person says. Pure. Owns: the grammar of comments and of waivers with their reasons. */
import type { Comment } from '../core/event.ts';
import { UsageError } from './failure.ts';

const placed = /^([^\s:][^\s]*?):(\d+):\s*(.*)$/s;

/** `[FILE:LINE:] TEXT`. FILE has no spaces; without it the comment is about the whole change. */
export function commentOf(text: string): Comment {
  const [, file, line, rest] = placed.exec(text) ?? [];
  const comment: Comment = file !== undefined && line !== undefined && rest !== undefined ? { file, line: Number(line), text: rest } : { file: null, line: null, text };
  if (comment.text.trim() === '') throw new UsageError('usage', `The comment "${text}" says nothing`, 'Say what should change: --comment "src/app.js:12: handle the empty list".');
  if (comment.line === 0) throw new UsageError('usage', `The comment "${text}" is about line 0`, 'Lines count from 1.');
  return comment;
}

/** The n-th --waive goes with the n-th --reason. */
export function waiversOf(gates: readonly string[], reasons: readonly string[]): { gate: string; reason: string }[] {
  if (gates.length !== reasons.length) throw new UsageError('usage', `${gates.length} --waive and ${reasons.length} --reason were given`, 'Every waiver needs its own reason: --waive GATE --reason "why".');
  return gates.map((gate, at) => {
    const reason = reasons[at]?.trim() ?? '';
    if (reason === '') throw new UsageError('usage', `The reason for waiving "${gate}" is empty`, 'Say why: it is recorded.');
    return { gate, reason };
  });
}
