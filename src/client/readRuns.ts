/** Reads runs and their logs as plain files: no engine, no git, nothing written. */
import type { RunsOnDisk } from './engineClient.ts';

/** Rejects with a TreelineError (`no-folder`, `not-a-repository`). */
export declare function readRuns(directory: string): Promise<RunsOnDisk>;

/** The run whose id is, or uniquely begins with, `task`. Throws a TreelineError: `unknown-task`, `ambiguous-task`, `corrupt-journal`. */
export declare function findRun(found: RunsOnDisk, task: string): RunsOnDisk['runs'][number];

/** Text of one log and the names of all logs of the task, oldest first. `step`: a unit, a step or a command id; null: the newest. */
export declare function readLog(directory: string, task: string, step: string | null): Promise<{ readonly text: string; readonly logs: readonly string[] }>;
