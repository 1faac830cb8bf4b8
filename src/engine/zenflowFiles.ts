/**
 * The artifacts folder of a run of a Zenflow workflow, in the worktree of the step at work: `plan.md` with its boxes kept current, and what
 * earlier steps wrote there and git does not carry since the repository ignores it.
 * Owns: what the engine writes into that folder, and what it reads out of the plan. Refuses: to write anywhere else; to follow a link out.
 */
import { differs, plainRow } from '../core/zenflowGrowth.ts';
import { artifactsFolder, markedPlan, planMarks, stepsOfPlan } from '../core/zenflowPlan.ts';
import type { RunState, Unit } from '../core/state.ts';
import { unitOf } from '../core/state.ts';
import { presetChain } from '../core/zenflowText.ts';
import type { ZenflowPlanStep } from '../core/zenflowText.ts';
import { ConfinementError } from '../ports/sandbox.ts';
import type { ConfinedFiles } from '../ports/sandbox.ts';
import type { EnginePorts } from './enginePorts.ts';
import type { WorkContext } from './workContext.ts';

const fileLimit = 1024 * 1024;
const filesLimit = 300;
const folderDepth = 4;
/** Of a plan that its run grows by: characters of all texts together. */
const textsLimit = 512 * 1024;

/** What stood in `plan.md` when the step began. */
export interface OpenedPlan { readonly path: string; readonly text: string; readonly files: ConfinedFiles }

/**
 * Before the agent begins: the folder as the steps before it left it, and the plan with its boxes. Null: the step has no such folder.
 * `resumed`: the worktree holds unfinished work of this very step, its plan too.
 */
export async function openPlan({ ports, state, unit }: Pick<WorkContext, 'ports' | 'state' | 'unit'>, root: string, resumed: boolean): Promise<OpenedPlan | null> {
  const folder = artifactsFolder(state);
  if (folder === null || state.workflow.zenflow === null || unit.gives !== 'tree') return null;
  const files = ports.files(root);
  const path = `${folder}/plan.md`;
  await bringAlong(ports, state, unit, folder, files);
  // A plan that lies there before this run has written one is another task's: folders without the task's id are shared.
  const own = resumed || state.units.some((other) => other.landings > 0);
  const text = markedPlan((own ? await read(files, path) : null) ?? state.workflow.zenflow.plan, planMarks(state));
  await write(files, path, text);
  return { path, text, files };
}

/** After the agent has ended: its step is ticked, everybody else's boxes stand as they are. `steps`: those that the plan has come to have. */
export async function closePlan({ state, unit, part }: WorkContext, opened: OpenedPlan): Promise<{ readonly touched: boolean; readonly steps: readonly ZenflowPlanStep[] | null }> {
  const { files, path } = opened;
  const left = await read(files, path);
  const found = stepsOfPlan(left ?? opened.text);
  const ticked = planMarks(state).map((one) => (one.step === unit.step ? { ...one, mark: 'x' } as const : one));
  const text = markedPlan(left ?? opened.text, ticked);
  if (text !== left) await write(files, path, text);
  return { touched: left !== opened.text, steps: grows(state, found, (notice) => part({ kind: 'notice', text: notice })) ? found : null };
}

function grows(state: RunState, found: readonly ZenflowPlanStep[], say: (notice: string) => void): boolean {
  if (!differs(state.workflow, found)) return false;
  if (plainRow(state.workflow) === null) {
    say('plan.md has other steps than this workflow, which is more than one step after the other: they are not done by themselves.');
    return false;
  }
  if (found.length > 400 || found.reduce((sum, step) => sum + step.text.length, 0) > textsLimit) {
    say('plan.md has more steps, or longer ones, than a run takes up (400 steps, 512 KiB): none of them is added.');
    return false;
  }
  const unknown = found.flatMap(({ heading, preset }) => (preset !== null && presetChain(state.workflow.zenflow?.presets ?? {}, preset) === null ? [`"${preset}" (${heading})`] : []));
  if (unknown.length > 0) say(`plan.md names presets that your settings (agents.presets) do not have: ${unknown.slice(0, 5).join(', ')}. The agents of the role do these steps.`);
  return true;
}

/** A step that waits for a person is marked so, in its worktree, where that is. */
export async function markWaiting(ports: EnginePorts, state: RunState | undefined, id: string): Promise<void> {
  const unit = state && unitOf(state, id);
  const folder = state && artifactsFolder(state);
  if (!folder || (unit?.phase.kind !== 'stuck' && unit?.phase.kind !== 'failed')) return;
  const worktree = (await ports.archive.worktrees(state.task)).find((one) => one.unit === id);
  if (!worktree) return;
  const files = ports.files(worktree.path);
  const text = await read(files, `${folder}/plan.md`);
  const marked = text === null ? null : markedPlan(text, planMarks(state));
  if (marked !== null && marked !== text) await write(files, `${folder}/plan.md`, marked);
}

/** Files of the folder that the last step's worktree has and this one lacks: the repository ignores them, so no commit carried them. */
async function bringAlong(ports: EnginePorts, state: RunState, unit: Unit, folder: string, files: ConfinedFiles): Promise<void> {
  const before = state.units.findLast((other) => other.id !== unit.id && other.gives === 'tree' && other.phase.kind === 'landed');
  const worktree = before && (await ports.archive.worktrees(state.task)).find((one) => one.unit === before.id);
  if (!worktree) return;
  const from = ports.files(worktree.path);
  const missing: string[] = [];
  for (const path of await below(from, folder, folderDepth)) if (missing.length < filesLimit && await read(files, path) === null) missing.push(path);
  for (const path of missing) {
    const content = await from.read(path, fileLimit).catch(unlessRefused);
    if (content) await files.write(path, content);
  }
}

async function below(files: ConfinedFiles, folder: string, depth: number): Promise<readonly string[]> {
  const entries = await files.list(folder).catch(unlessRefused) ?? [];
  const found = entries.filter((entry) => !entry.endsWith('/')).map((entry) => `${folder}/${entry}`);
  for (const entry of depth > 1 ? entries.filter((one) => one.endsWith('/')) : []) found.push(...await below(files, `${folder}/${entry.slice(0, -1)}`, depth - 1));
  return found;
}

async function read(files: ConfinedFiles, path: string): Promise<string | null> {
  const bytes = await files.read(path, fileLimit).catch(unlessRefused);
  return bytes ? new TextDecoder().decode(bytes) : null;
}

/** What cannot be read (a folder, a link that leads out, too much) is as if it were not there; to write it is refused all the same. */
function unlessRefused(error: unknown): null {
  if (error instanceof ConfinementError) return null;
  throw error;
}

async function write(files: ConfinedFiles, path: string, text: string): Promise<void> {
  await files.write(path, new TextEncoder().encode(text));
}
