/**
 * `approve`, `request-changes`, `reject`, `retry`, `cancel`: one decision of a person, sent to the engine.
 * Owns: that the task is known before an engine is started, and that 0 means: on disk. Refuses: to wait for what follows.
 */
import { findRun, readRuns } from '../../client/readRuns.ts';
import type { Act } from '../../protocol/messages.ts';
import type { RunView } from '../../protocol/runView.ts';
import { commentOf, waiversOf } from '../decisionOptions.ts';
import { UsageError } from '../failure.ts';
import { comeBack, repoToSay } from '../follow/comeBack.ts';
import { openEngine } from '../invocation.ts';
import type { Invocation } from '../invocation.ts';
import { keysOf } from '../keys.ts';
import { positive } from '../launchOptions.ts';

export interface ApproveFlags { readonly checkpoint?: string; readonly commit?: string; readonly waive?: readonly string[]; readonly reason?: readonly string[]; readonly tick?: readonly string[] }
export interface RetryFlags { readonly maxUsd?: string; readonly maxMinutes?: string }

export function approve(invocation: Invocation, task: string, flags: ApproveFlags): Promise<number> {
  const { checkpoint, commit } = flags;
  if (commit !== undefined && !/^[0-9a-f]{4,64}$/i.test(commit)) throw new UsageError('usage', `--commit "${commit}" is no commit id`, 'Give at least 4 of its hexadecimal digits, as treeline show prints them.');
  const waivers = waiversOf(flags.waive ?? [], flags.reason ?? []);
  return decide(invocation, task, { kind: 'approve', checkpoint: checkpoint ?? null, commit: commit?.toLowerCase() ?? null, waivers, ticks: [...(flags.tick ?? [])], by: invocation.person }, 'Approved');
}

export function requestChanges(invocation: Invocation, task: string, flags: { readonly comment?: readonly string[]; readonly checkpoint?: string }): Promise<number> {
  const comments = (flags.comment ?? []).map(commentOf);
  if (comments.length === 0) throw new UsageError('usage', 'No comment was given', 'Say what should change: --comment "src/app.js:12: handle the empty list".');
  return decide(invocation, task, { kind: 'request-changes', checkpoint: flags.checkpoint ?? null, comments, by: invocation.person }, 'Changes requested');
}

export function reject(invocation: Invocation, task: string, flags: { readonly reason?: string; readonly checkpoint?: string }): Promise<number> {
  const reason = flags.reason?.trim() ?? '';
  if (reason === '') throw new UsageError('usage', 'No reason was given', 'Say why: --reason "…". It is recorded; what the task made is kept under private refs.');
  return decide(invocation, task, { kind: 'reject', checkpoint: flags.checkpoint ?? null, reason, by: invocation.person }, 'Rejected');
}

export function retry(invocation: Invocation, task: string, step: string | undefined, flags: RetryFlags): Promise<number> {
  const usd = positive('--max-usd', flags.maxUsd);
  const minutes = positive('--max-minutes', flags.maxMinutes);
  return decide(invocation, task, { kind: 'retry', at: step ?? null, budget: usd === null && minutes === null ? null : { usd, minutes }, by: invocation.person }, 'Tried again');
}

export function cancel(invocation: Invocation, task: string, step: string | undefined): Promise<number> {
  if (step !== undefined) throw new UsageError('not-in-this-version', 'Cancelling a single step is not in this version of Treeline', 'Cancel the whole task: treeline cancel TASK.');
  return decide(invocation, task, { kind: 'cancel', by: invocation.person }, 'Cancelled');
}

async function decide(invocation: Invocation, task: string, act: Act, word: string): Promise<number> {
  const { outlet, surroundings } = invocation;
  const { task: id } = findRun(await readRuns(invocation.directory), task);
  const client = await openEngine(invocation);
  try {
    const { view } = await client.request('act', { task: id, act, keys: keysOf(surroundings.environment) });
    outlet.document(view);
    outlet.say(`${word}: task ${id}${goesOn(view) ? ' goes on. See it with:' : '.'}`, ...(goesOn(view) ? comeBack(view, repoToSay(invocation)).slice(0, 1) : []));
    return 0;
  } finally {
    await client.close();
  }
}

const goesOn = (view: RunView): boolean => view.state === 'running';
