/**
 * The pure tables that say how a run stands: its state, what it waits for, and the exit code of a command that followed it.
 * CLI, JSON schema, tree rows, docs and tests are made from them (product.md §5).
 */

import { approvalFlags } from './approvalFlags.ts';
import { letsFail } from './change.ts';
import { decide } from './decide.ts';
import type { Command } from './decide.ts';
import { unwaived } from './landable.ts';
import { passing } from './policy.ts';
import { dissenting, reviewsOf } from './reviews.ts';
import type { Checkpoint, RunState, WaitingFor } from './state.ts';
import { openCheckpoints } from './state.ts';
import { landsAfterTask, stoppedByTask } from './upstream.ts';

export const runStates = ['running', 'waiting', 'paused', 'merged', 'done', 'rejected', 'failed', 'cancelled'] as const;
export type RunStatus = (typeof runStates)[number];

export const waitingFors = ['checkpoint', 'key', 'budget', 'agent', 'gate', 'workspace', 'clean-checkout', 'task'] as const satisfies readonly WaitingFor[];

export interface Waiting { readonly for: WaitingFor; readonly why: string; readonly next: string; /** Unit, step or checkpoint that waits; of a wait for another task, that one. */ readonly at: string }

export function status(state: RunState): RunStatus {
  if (state.end) return state.end.kind;
  // What `--yes` approves is about to be approved by the engine itself: nobody is waited for.
  if (decide(state).some((command) => isWork(state, command)) || passing(state)) return 'running';
  if (waiting(state)) return 'waiting';
  if (failures(state).length > 0) return 'failed';
  return 'done';
}

/** A landing that is blocked by the person's checkout is looked at again and again, but it is a wait, not work. */
function isWork(state: RunState, command: Command): boolean {
  return command.kind !== 'land' || state.steps.find((step) => step.id === command.step)?.land?.kind !== 'blocked';
}

/** What waits longest for a person, or null. Others may go on meanwhile. */
export function waiting(state: RunState): Waiting | null {
  if (state.end) return null;
  const stopped = stoppedByTask(state);
  if (stopped) return stopped;
  const yes = passing(state);
  const open = openCheckpoints(state).find((checkpoint) => yes?.kind !== 'approve' || checkpoint.id !== yes.checkpoint);
  if (open) return { for: 'checkpoint', why: whyOpen(state, open), next: nextOpen(state, open), at: open.id };
  for (const unit of state.units) if (unit.phase.kind === 'stuck') return { for: unit.phase.waitingFor, why: unit.phase.why, next: unit.phase.next, at: unit.id };
  for (const step of state.steps) {
    if (step.gate?.kind === 'stuck') return { for: step.gate.waitingFor, why: step.gate.why, next: step.gate.next, at: step.id };
    if (step.land?.kind === 'stuck') return { for: step.land.waitingFor, why: step.land.why, next: step.land.next, at: step.id };
    if (step.land?.kind === 'blocked') return { for: 'clean-checkout', why: step.land.reasons.join('; '), next: 'Do that yourself in your checkout; the merge then lands by itself.', at: step.id };
  }
  return landsAfterTask(state);
}

function whyOpen(state: RunState, open: Checkpoint): string {
  switch (open.about) {
    case 'plan': return 'the plan is ready to be approved';
    case 'document': return `${open.subject ?? 'the document'} is ready to be approved`;
    case 'choice': return 'candidates are ready to be chosen from';
    case 'review': return ['the work so far is ready to be reviewed', ...dissent(state)].join('; ');
    case 'amendment': return amendmentWords(state, open);
    case 'merge': return `the merge is ${proof(state)}`;
  }
}

/** Who proposes what, and why a person is asked. */
function amendmentWords({ amendments }: RunState, { amendment }: Checkpoint): string {
  const record = amendments.find(({ n }) => n === amendment);
  if (!record) return 'a change of the plan is proposed';
  const facts = [...(record.wider.length > 0 ? [`it may change more: ${few(record.wider)}`] : []), ...(record.dropped.length > 0 ? [`nobody would do ${few(record.dropped)} any more`] : [])];
  return `${record.by} proposes another plan; ${facts.join('; ')}`;
}

function few(names: readonly string[]): string {
  return `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
}

/** Longer ones are cut where they are shown; half of one is of no use. */
const longestFlags = 300;

function nextOpen(state: RunState, { about }: Checkpoint): string {
  if (about === 'amendment') return 'Look at what would change, then approve or reject it; the task goes on either way.';
  const flags = about === 'merge' ? approvalFlags(missing(state), ticksOf(state)) : '';
  if (flags === '') return 'Review it, then approve, request changes, or reject.';
  return `Review it, then request changes, reject, or approve ${flags.length > longestFlags ? 'with a --waive or --tick for each of what it needs: an approval without them names all.' : `with: ${flags}`}`;
}

/** Gates that an approval would have to waive. */
function missing(state: RunState): readonly string[] {
  return unwaived(state, new Set(state.waived.map((waiver) => waiver.gate)));
}

function ticksOf({ candidateEvidence }: RunState): readonly string[] {
  return (candidateEvidence?.ticks ?? []).map(({ id }) => id);
}

/** A waived gate is let pass; that does not make it proven. What is proven may still need a look. */
function proof(state: RunState): string {
  const evidence = state.candidateEvidence, open = missing(state), waived = unwaived(state, new Set()), ticks = ticksOf(state);
  const left = open.length > 0 ? `not proven: ${open.join(', ')}` : waived.length > 0 ? `waived, not proven: ${waived.join(', ')}`
    : evidence && evidence.verdict !== 'accepted' && ticks.length > 0 ? `not proven without your look (${evidence.reason})` : null;
  const against = [...dissent(state), ...(ticks.length > 0 ? [`needs your own tick: ${few(ticks)}`] : [])];
  const ready = `ready to be ${open.length > 0 || against.length > 0 ? 'decided' : 'approved'}`;
  if (left === null) return against.length > 0 ? `proven, and ${ready}; ${against.join('; ')}` : `proven and ${ready}`;
  return [ready, left, ...against].join('; ');
}

/** Each reviewer that asks for changes is heard beside the gates; a person decides. */
function dissent(state: RunState): readonly string[] {
  const reviews = reviewsOf(state);
  return dissenting(reviews).map(({ at, review }) => {
    const places = (['high', 'medium'] as const).flatMap((severity) => review.findings.filter((finding) => finding.severity === severity)).map(({ file, line, severity }) => `${file}:${line} (${severity})`);
    const unmet = review.criteria.filter(({ verdict }) => verdict === 'not-met').length;
    const what = [...(unmet > 0 ? [`${unmet} ${unmet === 1 ? 'criterion' : 'criteria'} not met`] : []), ...(places.length > 0 ? [few(places)] : [])];
    return `the reviewer ${reviews.length > 1 ? `${at} ` : ''}asks for changes${what.length > 0 ? `: ${what.join(', ')}` : ''}`;
  });
}

/** What has failed for good (until somebody retries or waives), in words. */
export function failures(state: RunState): readonly { readonly at: string; readonly why: string }[] {
  return [
    ...state.units.flatMap((unit) => (unit.phase.kind === 'failed' && !letsFail(state, unit) ? [{ at: unit.id, why: unit.phase.why }] : [])),
    ...state.steps.flatMap((step) => (step.stopped ? [{ at: step.id, why: step.stopped.why }] : step.gate?.kind === 'failed' ? [{ at: step.id, why: step.gate.why }] : [])),
  ];
}

/** Exit code of `run` and `watch` for a run that stands so. `null`: it goes on, there is none yet. */
export function exitCode(run: { readonly state: RunStatus; readonly waiting: { readonly for: string } | null }): number | null {
  switch (run.state) {
    case 'merged': case 'done': return 0;
    case 'failed': case 'cancelled': return 1;
    case 'rejected': return 4;
    case 'waiting': case 'paused': return run.waiting?.for === 'budget' ? 5 : 3;
    case 'running': return null;
  }
}
