/**
 * One attempt of an agent, a command or a tool, to its outcome. Owns: what an agent is given, that only its worktree's tree is taken
 * (the engine commits, never the agent), and that whatever breaks on the way becomes an outcome with a name. Refuses: to believe what the agent says of its work.
 */
import { amendableBy } from '../core/amending.ts';
import { workOf } from '../core/change.ts';
import type { RunEvent } from '../core/event.ts';
import type { Failure, Outcome } from '../core/outcome.ts';
import { plainText } from '../core/plainText.ts';
import { planMistakes } from '../core/plan.ts';
import { specCommitOf } from '../core/staleSpecs.ts';
import type { RunState, Unit } from '../core/state.ts';
import { lastAttempt } from '../core/state.ts';
import { render } from '../core/template.ts';
import { budgetReached, nothingSpent } from '../core/usage.ts';
import type { Spend } from '../core/usage.ts';
import { valuesFor } from '../core/values.ts';
import type { Value } from '../core/workflow.ts';
import { GitError } from '../ports/archive.ts';
import type { WorkEnd, WorkReport, WorkRequest } from '../ports/workers.ts';
import { commandOutcome } from './commandWork.ts';
import { takeTree } from './takeTree.ts';
import { toolOutcome } from './toolWork.ts';
import type { WorkContext } from './workContext.ts';
import { closePlan, openPlan } from './zenflowFiles.ts';
import type { OpenedPlan } from './zenflowFiles.ts';

const diffLimit = 200_000;

/** Whether the worktree's unfinished work is to be kept: the last attempt did not hand over, and this one begins where that began. */
function keeps(unit: Unit, start: string): boolean {
  const last = unit.attempts.findLast((attempt) => attempt.finishedAt !== null);
  return last?.outcome?.kind === 'failed' && last.start === start;
}

export async function carryOutWork(context: WorkContext): Promise<readonly RunEvent[]> {
  const { ports, unit, command, signal } = context;
  const startedAt = ports.clock.now();
  let spend: Spend = nothingSpent;
  let outcome: Outcome;
  let specs: { readonly commit: string; readonly hash: string } | null = null;
  try {
    signal.throwIfAborted();
    const step = workOf(context.state, unit);
    if (step?.kind === 'run') outcome = await commandOutcome(context, step);
    else if (step?.kind === 'tool') outcome = await toolOutcome(context, step);
    else {
      const { request, ...stamp } = await prepare(context);
      specs = stamp.specs;
      const plan = await openPlan(context, request.root, keeps(unit, command.start));
      signal.throwIfAborted();
      const result = await ports.workers.work(request, reportOf(context), signal);
      spend = result;
      signal.throwIfAborted();
      outcome = result.end.kind === 'edited' ? await editedOutcome(context, result.end, plan) : await outcomeOf(context, result.end);
    }
  } catch (error) {
    signal.throwIfAborted();
    outcome = failed(error);
  }
  return [{ type: 'AttemptFinished', command: command.id, unit: unit.id, n: command.n, outcome, usage: spend.usage, costUsd: spend.costUsd, estimatedUsd: spend.estimatedUsd, durationMs: ports.clock.now() - startedAt, ...(specs ? { specs } : {}) }];
}

async function prepare(context: WorkContext): Promise<{ readonly request: WorkRequest; readonly specs: { readonly commit: string; readonly hash: string } }> {
  const { ports, state, unit, command } = context;
  const { role, gives } = unit;
  const step = state.workflow.steps.find((candidate) => candidate.id === unit.step);
  if (role === null || step?.kind !== 'agent') throw new Error(`${unit.id} is no agent's work`);
  const resumed = keeps(unit, command.start);
  const worktree = await ports.archive.openWorktree({ task: state.task, unit: unit.id, start: command.start, keep: resumed });
  const commit = specCommitOf(state, unit);
  const { text, hash } = await ports.library.contextOf(commit, state.accepted.specs);
  const timeoutMs = step.timeoutMs ?? state.settings.stepMinutes * 60_000;
  const request: WorkRequest = {
    task: state.task, unit: unit.id, n: command.n, role, gives, agents: unit.agents, request: state.request,
    document: step.document, outputs: step.outputs, prompt: step.prompt === null ? null : render(step.prompt, valuesFor(state, step, unit)), artifacts: artifactsFor(state, step.document === null ? step.reads : [...step.reads, step.document]), item: unit.item, mayChangeNothing: step.mayChangeNothing, amendable: amendableBy(state, unit) !== null,
    plan: state.plan, subtask: unit.subtask, feedback: unit.feedback, resumed: resumed && lastOutcomeWasCutOff(unit), review: await reviewed(context), context: text,
    root: worktree.path, mounts: worktree.mounts, writes: gives === 'tree', sandbox: state.settings.sandbox, timeoutMs,
  };
  return { request, specs: { commit, hash } };
}

/** The newest version of each that there is. */
function artifactsFor(state: RunState, names: readonly string[]): WorkRequest['artifacts'] {
  return names.flatMap((name) => { const text = state.artifacts[name]?.at(-1)?.text; return text === undefined ? [] : [{ name, text }]; });
}

/** What would land, else the work so far; null where nothing was changed. */
async function reviewed({ ports, state, unit }: WorkContext): Promise<WorkRequest['review']> {
  if (unit.gives !== 'review') return null;
  const { candidate, base, head } = state;
  if (candidate?.head === head) return { diff: await ports.archive.diff(candidate.onto, candidate.commit, diffLimit), evidence: state.candidateEvidence };
  return head === base ? null : { diff: await ports.archive.diff(base, head, diffLimit), evidence: null };
}

function lastOutcomeWasCutOff(unit: Unit): boolean {
  const outcome = (lastAttempt(unit)?.outcome ?? unit.attempts.at(-2)?.outcome);
  return outcome?.kind === 'failed' && outcome.failure === 'interrupted';
}

function reportOf(context: WorkContext): WorkReport {
  return {
    part: context.part, propose: context.propose,
    allowance: (soFar) => budgetReached(context.state.budget, context.spend(soFar)),
  };
}

type Edited = Extract<WorkEnd, { kind: 'edited' }>;

/** The worktree's tree, with the plan of a Zenflow workflow as it stands after this step. */
async function editedOutcome(context: WorkContext, end: Edited, plan: OpenedPlan | null): Promise<Outcome> {
  const closed = plan && await closePlan(context, plan);
  const step = workOf(context.state, context.unit);
  const taken = await takeTree(context, end.summary, closed && !closed.touched && step?.kind === 'agent' && !step.mayChangeNothing ? plan.path : null);
  return { ...taken, ...(closed?.steps && taken.kind === 'tree' ? { plan: [...closed.steps] } : {}), ...outputsOf(end) };
}

function outputsOf(end: WorkEnd): { outputs?: Record<string, Value> } {
  return 'outputs' in end && end.outputs !== undefined && Object.keys(end.outputs).length > 0 ? { outputs: { ...end.outputs } } : {};
}

async function outcomeOf(context: WorkContext, end: Exclude<WorkEnd, Edited>): Promise<Outcome> {
  const outputs = outputsOf(end);
  switch (end.kind) {
    case 'plan': {
      const found = planMistakes(end.plan);
      return found.length === 0 ? { kind: 'plan', plan: end.plan, ...outputs } : { kind: 'failed', failure: 'model', message: `the plan cannot be carried out: ${found.join('; ')}`, retryAt: null };
    }
    case 'review': return { kind: 'review', review: end.review, ...outputs };
    case 'document': return { kind: 'document', name: documentOf(context), text: plainText(end.text), summary: headingOf(plainText(end.text)), ...outputs };
    case 'result': return { kind: 'result', summary: end.summary, ...outputs };
    case 'failed': return { kind: 'failed', failure: end.failure, message: end.message, retryAt: end.retryAt };
  }
}

function documentOf({ state, unit }: WorkContext): string {
  const step = state.workflow.steps.find((candidate) => candidate.id === unit.step);
  return (step?.kind === 'agent' ? step.document : null) ?? `${unit.step.replaceAll('/', '-')}.md`;
}

/** A document in a line: its title, else how it begins. */
function headingOf(text: string): string {
  const line = text.split('\n').map((candidate) => candidate.replace(/^#+\s*/, '').trim()).find((candidate) => candidate !== '') ?? '';
  return line.length <= 120 ? line : `${line.slice(0, 119)}…`;
}

const failureOfGit: Partial<Record<GitError['reason'], Failure>> = { tampered: 'tampered', 'unsupported-filter': 'unsupported-filter', 'disk-full': 'disk-full' };

function failed(error: unknown): Outcome {
  if (error instanceof GitError) return { kind: 'failed', failure: failureOfGit[error.reason] ?? 'workspace', message: `${error.message}. ${error.next}`, retryAt: null };
  return { kind: 'failed', failure: 'workspace', message: error instanceof Error ? error.message : String(error), retryAt: null };
}
