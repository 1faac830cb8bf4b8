/** Reads runs and their logs as plain files: no engine, no git, nothing written. Owns: what a task's name may be shortened to. */
import { evolve } from '../core/evolve.ts';
import type { PlanVersion, RunState } from '../core/state.ts';
import { listLogs, pickLog, readLogFile } from '../journal/attemptLogFile.ts';
import { journalFolder } from '../journal/journalFolder.ts';
import { readRunJournal } from '../journal/readJournal.ts';
import { viewOf } from '../protocol/viewOf.ts';
import type { EventNotice, RunsOnDisk } from './engineClient.ts';
import { findCommonDir } from './repository.ts';
import { tasksOf } from './tasksOf.ts';
import { TreelineError } from './treelineError.ts';

/**
 * Rejects with a TreelineError (`no-folder`, `not-a-repository`). Views have no worktrees: those are the engine's to know.
 * Of a damaged journal there is no view: what the entries before the damage say is not how the run stands.
 */
export async function readRuns(directory: string): Promise<RunsOnDisk> {
  const commonDir = await findCommonDir(directory);
  const folder = journalFolder(commonDir);
  const read = await Promise.all((await tasksOf(folder)).map(async (task) => {
    try {
      const { records, problem } = await readRunJournal(folder, task);
      if (problem !== null) return { run: undefined, problem: { task, message: problem } };
      const state = records.reduce<RunState | undefined>(evolve, undefined);
      return { run: state && viewOf(state), problem: null };
    } catch (error) {
      return { run: undefined, problem: { task, message: error instanceof Error ? error.message : String(error) } };
    }
  }));
  return { commonDir, runs: read.flatMap(({ run }) => run ?? []), unreadable: read.flatMap(({ problem }) => problem ?? []) };
}

/** The id that is, or uniquely begins with, `task`. Throws a TreelineError: `unknown-task`, `ambiguous-task`. */
export function findTask(tasks: readonly string[], task: string): string {
  const wanted = task.trim().toLowerCase();
  const fitting = tasks.includes(wanted) ? [wanted] : tasks.filter((candidate) => wanted !== '' && candidate.startsWith(wanted));
  const [only] = fitting;
  if (only === undefined) throw new TreelineError('unknown-task', `There is no task "${task}" in this repository.`, 'See all tasks with: treeline list.');
  if (fitting.length > 1) throw new TreelineError('ambiguous-task', `"${task}" could be ${fitting.slice(0, 5).join(', ')}${fitting.length > 5 ? ', …' : ''}.`, 'Give more of its id.');
  return only;
}

/** The run whose id is, or uniquely begins with, `task`. Throws a TreelineError: `unknown-task`, `ambiguous-task`, `corrupt-journal`. */
export function findRun(found: RunsOnDisk, task: string): RunsOnDisk['runs'][number] {
  const id = findTask([...new Set([...found.runs.map((run) => run.task), ...found.unreadable.map((run) => run.task)])], task);
  const run = found.runs.find((candidate) => candidate.task === id);
  if (run) return run;
  throw damaged(id, found.unreadable.find((candidate) => candidate.task === id)?.message);
}

function damaged(id: string, problem: string | undefined): TreelineError {
  return new TreelineError('corrupt-journal', `The journal of task ${id} cannot be read: ${problem ?? 'it has no first entry'}.`, `Check it with: treeline journal verify ${id}. Its branches and refs/treeline/${id} are still in git.`);
}

/** The newest of what it wrote may be behind the damage: an older one is never given for it. Throws a TreelineError: `corrupt-journal`. */
async function wholeRun(folder: string, id: string): Promise<RunState> {
  const { records, problem } = await readRunJournal(folder, id);
  const state = records.reduce<RunState | undefined>(evolve, undefined);
  if (problem !== null || state === undefined) throw damaged(id, problem ?? undefined);
  return state;
}

/** Text of one log and the names of all logs of the task, oldest first. `step`: a unit, a step or a command id; null: the newest. `unknown-log` when there is none. */
export async function readLog(directory: string, task: string, step: string | null): Promise<{ readonly text: string; readonly logs: readonly string[] }> {
  const folder = journalFolder(await findCommonDir(directory));
  return logOf(folder, findTask(await tasksOf(folder), task), step);
}

/** The same for a known folder and task id. */
export async function logOf(folder: string, task: string, step: string | null): Promise<{ readonly text: string; readonly logs: readonly string[] }> {
  const logs = await listLogs(folder, task);
  const picked = pickLog(logs, step);
  if (picked === undefined && step !== null) throw new TreelineError('unknown-log', `Task ${task} has no log of "${step}".`, logs.length > 0 ? `There are: ${logs.join(', ')}.` : 'Nothing of it has run yet.');
  return { text: picked === undefined ? '' : await readLogFile(folder, task, picked) ?? '', logs };
}

/** A document of a run, the newest version or the one that is asked for (from 1). Throws a TreelineError: `unknown-document`, `corrupt-journal`. */
export async function readDocument(directory: string, task: string, name: string, version: number | null): Promise<{ readonly task: string; readonly name: string; readonly version: number; readonly versions: number; readonly by: string; readonly text: string }> {
  const folder = journalFolder(await findCommonDir(directory));
  const id = findTask(await tasksOf(folder), task);
  const { artifacts } = await wholeRun(folder, id);
  const versions = Object.hasOwn(artifacts, name) ? artifacts[name] ?? [] : [];
  const found = versions[(version ?? versions.length) - 1];
  if (found) return { task: id, name, version: version ?? versions.length, versions: versions.length, by: found.by, text: found.text };
  const known = Object.keys(artifacts);
  throw new TreelineError('unknown-document', versions.length > 0 ? `"${name}" of task ${id} has ${versions.length} versions; there is no version ${version ?? 0}.` : `Task ${id} has no document "${name}".`, known.length > 0 ? `There are: ${known.join(', ')}.` : 'No step has written one yet.');
}

/** A plan of a run, the newest version or the one that is asked for (from 1). Throws a TreelineError: `unknown-plan`, `corrupt-journal`. */
export async function readPlan(directory: string, task: string, version: number | null): Promise<PlanVersion & { readonly task: string; readonly versions: readonly Omit<PlanVersion, 'plan'>[] }> {
  const folder = journalFolder(await findCommonDir(directory));
  const id = findTask(await tasksOf(folder), task);
  const all = (await wholeRun(folder, id)).planVersions;
  const found = all[(version ?? all.length) - 1];
  if (found) return { ...found, task: id, versions: all.map(({ version: number, by, at }) => ({ version: number, by, at })) };
  throw new TreelineError('unknown-plan', all.length > 0 ? `Task ${id} has no version ${version ?? 0} of its plan.` : `Task ${id} has no plan.`, all.length > 0 ? `There are ${all.length}, from 1.` : 'No step has given one yet.');
}

/** Every event of a run from its journal, as `onEvent` gives them. */
export async function readEvents(directory: string, task: string): Promise<readonly EventNotice[]> {
  const folder = journalFolder(await findCommonDir(directory));
  const id = findTask(await tasksOf(folder), task);
  return (await readRunJournal(folder, id)).records.map((record) => ({ task: id, ...record }));
}
