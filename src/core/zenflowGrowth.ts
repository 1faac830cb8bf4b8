/**
 * How the plan of a Zenflow workflow grows: its planning step puts concrete steps in the place of a later one, a review adds steps that mend.
 * Owns: which of the steps that stand in `plan.md` after a step has landed the run takes up, and in which order. Refuses: to drop a step that
 * nothing takes the place of, to do one again that is done, and to grow a workflow that is more than steps one after the other.
 */
import { newStepState } from './begin.ts';
import type { RunState, Unit } from './state.ts';
import type { Step, StepOf, Workflow } from './workflow.ts';
import { headingOf } from './zenflowPlan.ts';
import { literalText, presetChain, stepIdFor, zenflowPrompt } from './zenflowText.ts';
import type { ZenflowPlanStep } from './zenflowText.ts';

type AgentStep = StepOf<'agent'>;

/** Of a whole run, so that no plan grows without end. */
const stepLimit = 200;

/** The agent steps of a workflow whose plan can grow: one after the other, then what a person does at the end. Null: it is another one. */
export function plainRow(workflow: Workflow): readonly AgentStep[] | null {
  if (workflow.zenflow === null) return null;
  const row = workflow.steps.filter((step) => step.kind === 'agent');
  const last = row.at(-1)?.id;
  const isPlain = (step: Step, at: number): boolean => step.within === null && step.if === null && step.loop === null && step.join === 'all' && step.needs.length === (at === 0 ? 0 : 1);
  const inRow = row.every((step, at) => isPlain(step, at) && step.forEach === undefined && step.gives === 'tree' && step.reads.length === 0 && step.rework === null && (at === 0 || step.needs[0] === row[at - 1]?.id));
  const others = workflow.steps.filter((step) => step.kind !== 'agent');
  const ids = new Set(row.map((step) => step.id));
  const behind = others.every((step) => (step.kind === 'gate' || step.kind === 'checkpoint' || step.kind === 'merge') && isPlain(step, 1) && step.needs.every((need) => !ids.has(need) || need === last) && (!('rework' in step) || step.rework === null || step.rework === last));
  return inRow && behind ? row : null;
}

/** Whether a plan has other steps than the run, open ones or fewer. */
export function differs(workflow: Workflow, found: readonly ZenflowPlanStep[]): boolean {
  const own = workflow.steps.flatMap((step) => (step.kind === 'agent' && step.within === null ? [headingOf(step)] : []));
  return own.length !== found.length || own.some((heading, at) => found[at]?.heading !== heading);
}

/** The run with the steps that its plan has now; `unit` has just landed, and with it what it wrote into the plan. */
export function grown(state: RunState, unit: Unit): RunState {
  const outcome = unit.attempts.findLast((attempt) => attempt.outcome?.kind === 'tree')?.outcome;
  const plan = outcome?.kind === 'tree' ? outcome.plan : undefined;
  const row = plan ? plainRow(state.workflow) : null;
  const at = row?.findIndex((step) => step.id === unit.step) ?? -1;
  const current = row?.[at];
  if (!plan || !row || !current) return state;
  const fresh = freshSteps(row, at, plan).slice(0, Math.max(0, stepLimit - row.length));
  if (fresh.length === 0) return state;
  const begun = new Set(state.steps.flatMap((step) => (step.n > 0 ? [step.id] : [])));
  const stays = (step: AgentStep, index: number): boolean => begun.has(step.id) || !isReplaced(row, at, index, plan, fresh);
  const taken = new Set(state.workflow.steps.map((step) => step.id));
  const list = row.flatMap((step, index) => [
    ...(stays(step, index) ? [step] : []),
    ...fresh.filter((one) => one.behind === index).map(({ found }) => stepFrom(state.workflow, current, found, stepIdFor(found.heading, taken))),
  ]);
  return withRow(state, row.at(-1)?.id ?? '', list);
}

/** A step of the plan that is none of the run's, and the place in the row that it stands behind. */
interface Fresh { readonly found: ZenflowPlanStep; readonly behind: number }

/** Open steps that stand behind the one that has landed. What is ticked already was done with it. */
function freshSteps(row: readonly AgentStep[], at: number, plan: readonly ZenflowPlanStep[]): readonly Fresh[] {
  const places = placesIn(row, plan);
  const from = places.findLastIndex((place) => place !== null && place <= at);
  let behind = at;
  return plan.flatMap((found, index) => {
    const place = places[index] ?? null;
    if (place !== null && place > at) behind = place;
    return place === null && index > from && !found.done ? [{ found, behind }] : [];
  });
}

/** For each step of the plan its place in the row; null: it is none of it. Of two with one heading the first is the first. */
function placesIn(row: readonly AgentStep[], plan: readonly ZenflowPlanStep[]): readonly (number | null)[] {
  const used = new Set<number>();
  return plan.map(({ heading }) => {
    const place = row.findIndex((step, index) => !used.has(index) && headingOf(step) === heading);
    if (place < 0) return null;
    used.add(place);
    return place;
  });
}

/**
 * Gone from the plan, and others stand where it stood: directly behind a step that is still there, so that of several that are gone one is
 * replaced. A plan that lacks the very step that wrote it was written over: it replaces nothing.
 */
function isReplaced(row: readonly AgentStep[], at: number, index: number, plan: readonly ZenflowPlanStep[], fresh: readonly Fresh[]): boolean {
  const there = new Set(placesIn(row, plan));
  return there.has(at) && !there.has(index) && there.has(index - 1) && fresh.some(({ behind }) => behind === index - 1);
}

function stepFrom({ zenflow }: Workflow, like: AgentStep, { heading, preset, text }: ZenflowPlanStep, id: string): AgentStep {
  const chain = preset === null ? null : presetChain(zenflow?.presets ?? {}, preset);
  return {
    ...like, id, title: heading, role: 'implementer', agents: chain && [...chain], outputs: {}, retry: null, timeoutMs: null, continueOnError: false,
    mayChangeNothing: true, prompt: zenflowPrompt(zenflow?.artifacts ?? '', zenflow?.instructions ?? null, heading, literalText(text)),
  };
}

/** What needed the last step of the row, or sent work back to it, means the last one that there is now. */
function withRow(state: RunState, last: string, list: readonly AgentStep[]): RunState {
  const now = list.at(-1)?.id ?? last;
  const moved = (id: string): string => (id === last ? now : id);
  const others = state.workflow.steps.filter((step) => step.kind !== 'agent').map((step): Step => {
    const needs = step.needs.map(moved);
    return 'rework' in step && step.rework !== null ? { ...step, needs, rework: moved(step.rework) } : { ...step, needs };
  });
  const steps = [...list.map((step, at) => ({ ...step, needs: list.slice(at - 1, at).map(({ id }) => id) })), ...others];
  const known = new Map(state.steps.map((step) => [step.id, step]));
  return { ...state, workflow: { ...state.workflow, steps }, steps: steps.map((step) => known.get(step.id) ?? newStepState(step.id)) };
}
