/**
 * The `plan.md` of a task that runs a Zenflow workflow: a copy of the workflow whose boxes say how far it is, and in which agents and people
 * write further steps. Owns: the boxes of the run's own steps, where the file is, and which steps a plan has. Refuses: to touch anything else
 * of it; to believe a box that somebody else ticked.
 */
import { unitsOf } from './change.ts';
import type { RunState } from './state.ts';
import type { StepOf } from './workflow.ts';
import { bodyOf, boxedStep, linesOf, zenflowHeading } from './zenflowText.ts';
import type { ZenflowPlanStep } from './zenflowText.ts';

/** Open, at work, done, waiting for a person, passed over. */
export type PlanMark = ' ' | '>' | 'x' | '!' | '-';

/** Folder of the task's artifacts in the repository, no slash at its end; null: the run is none of a Zenflow workflow. */
export function artifactsFolder(state: RunState): string | null {
  return state.workflow.zenflow?.artifacts.replaceAll('{task_id}', state.task) ?? null;
}

/** What stands behind the box of a step of a run. */
export function headingOf(step: StepOf<'agent'>): string {
  return zenflowHeading(step.title ?? step.id);
}

/** The boxes of a run's own steps, in their order. */
export function planMarks(state: RunState): readonly { readonly step: string; readonly heading: string; readonly mark: PlanMark }[] {
  return state.workflow.steps.flatMap((step, index) => (step.kind === 'agent' && step.within === null ? [{ step: step.id, heading: headingOf(step), mark: markOf(state, index) }] : []));
}

function markOf(state: RunState, index: number): PlanMark {
  const own = state.steps[index];
  switch (own?.status) {
    case 'done': return 'x';
    case 'failed': return '!';
    case 'skipped': return '-';
    case 'active': {
      const phases = unitsOf(state, own.id).map((unit) => unit.phase.kind);
      if (own.stopped || phases.some((phase) => phase === 'stuck' || phase === 'failed')) return '!';
      return phases.some((phase) => phase !== 'ready' && phase !== 'pending') ? '>' : ' ';
    }
    default: return ' ';
  }
}

/**
 * `text` with the boxes of the named steps as they are now. Of steps with one heading, the first in the text is the first in the list. A step
 * that somebody took out of the text stays out.
 */
export function markedPlan(text: string, steps: readonly { readonly heading: string; readonly mark: PlanMark }[]): string {
  const open = [...steps];
  const lines = linesOf(text);
  return text.split('\n').map((raw, index) => {
    const line = lines[index];
    const [, before = '', , , heading] = (line?.plain === true ? boxedStep.exec(line.text) : null) ?? [];
    const at = heading === undefined ? -1 : open.findIndex((candidate) => candidate.heading === zenflowHeading(heading));
    const [found] = at < 0 ? [] : open.splice(at, 1);
    return found ? `${before}${found.mark}${raw.slice(before.length + 1)}` : raw;
  }).join('\n');
}

const headingLimit = 120;
const textLimit = 32_768;

/** The steps that a plan has now, in its order. Longer texts are cut, what has a longer heading is no step. */
export function stepsOfPlan(text: string): readonly ZenflowPlanStep[] {
  const found: { heading: string; done: boolean; lines: string[] }[] = [];
  let inside: { lines: string[] } | null = null;
  for (const { text: line, plain } of linesOf(text)) {
    const [, , mark, , heading] = (plain ? boxedStep.exec(line) : null) ?? [];
    if (heading !== undefined && heading.length <= headingLimit) {
      const step = { heading, done: mark === 'x' || mark === 'X' || mark === '✓' || mark === '✔', lines: [] };
      found.push(step);
      inside = step;
    } else if (plain && /^##?[ \t]+\S/.test(line)) {
      inside = null;
    } else {
      inside?.lines.push(line);
    }
  }
  return found.map(({ heading, done, lines }) => { const body = bodyOf(lines); return { heading: zenflowHeading(heading).slice(0, headingLimit), done, preset: body.preset, text: body.text.slice(0, textLimit) }; });
}
