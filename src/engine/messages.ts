/** Commit messages of the engine: what a person reads in the history of their target branch. Pure. */
import type { RunState, Unit } from '../core/state.ts';

/** One attempt's commit on the unit's own branch. */
export function commitMessage(state: RunState, unit: Unit, summary: string): string {
  return withBody(unit.subtask?.title ?? unit.title, summary, [`Treeline-Task: ${state.task}`, `Treeline-Unit: ${unit.id}`]);
}

/** The one commit that lands on the target: the task's title, what its parts did, and where the proof is. */
export function landingMessage(state: RunState): string {
  const parts = state.units.flatMap((unit) => {
    const outcome = unit.attempts.findLast((attempt) => attempt.outcome?.kind === 'tree')?.outcome;
    return unit.phase.kind === 'landed' && outcome?.kind === 'tree' ? [`- ${unit.subtask?.title ?? outcome.summary}`] : [];
  });
  const requirements = [...new Set((state.plan?.subtasks ?? []).flatMap((subtask) => subtask.requirements))];
  return withBody(state.title, parts.join('\n'), [`Treeline-Task: ${state.task}`, ...(requirements.length > 0 ? [`Treeline-Requirements: ${requirements.join(', ')}`] : [])]);
}

function withBody(title: string, body: string, trailers: readonly string[]): string {
  const subject = oneLine(title).slice(0, 72);
  // A line that looks like a trailer in an agent's words must not be read as one of ours.
  const safe = body.trim().slice(0, 4_000).replaceAll(/^treeline-/gim, '> Treeline-');
  return [subject, ...(safe === '' ? [] : [safe]), trailers.join('\n')].join('\n\n') + '\n';
}

/** A title from a request: its first line, shortened at a word. */
export function titleOf(request: string): string {
  const line = oneLine(request.trim().split('\n', 1)[0] ?? '');
  if (line.length <= 72) return line;
  const cut = line.slice(0, 71);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), 40))}…`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
