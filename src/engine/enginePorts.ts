/** What the engine is given, and what it offers. Owns: the engine's contract, so that it can be composed and simulated. */
import type { Ask, Refusal } from '../core/accept.ts';
import type { Recorded, RunEvent, TaskAccepted } from '../core/event.ts';
import type { QueueEvent } from '../core/queue.ts';
import type { Result } from '../core/result.ts';
import type { Slots } from '../core/schedule.ts';
import type { RunState } from '../core/state.ts';
import type { Archive } from '../ports/archive.ts';
import type { AttemptLog } from '../ports/attemptLog.ts';
import type { Commands } from '../ports/commands.ts';
import type { Examiners } from '../ports/examiners.ts';
import type { Journal } from '../ports/journal.ts';
import type { Library } from '../ports/library.ts';
import type { ConfinedFiles } from '../ports/sandbox.ts';
import type { Machine } from '../ports/machine.ts';
import type { Clock, IdSource, Log } from '../ports/system.ts';
import type { ToolServers } from '../ports/toolServers.ts';
import type { Workers } from '../ports/workers.ts';

export interface EnginePorts {
  readonly journal: Journal<RunEvent, QueueEvent>;
  readonly archive: Archive;
  readonly workers: Workers;
  readonly commands: Commands;
  readonly toolServers: ToolServers;
  readonly examiners: Examiners;
  readonly library: Library;
  /** Files of a worktree, for what the engine itself writes there. */
  readonly files: (root: string) => ConfinedFiles;
  readonly attemptLog: AttemptLog;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Log;
  readonly machine: Machine;
  /** As the settings are now. */
  readonly slots: () => Slots;
}

export type LaunchRequest = Omit<TaskAccepted, 'type' | 'version' | 'task' | 'title' | 'workflowHash'> & { readonly workflowHash: string };

export interface Change { readonly task: string; readonly records: readonly Recorded<RunEvent>[]; readonly state: RunState }

export interface Engine {
  /** Folds every journal, marks attempts that a crash cut off as interrupted, and goes on. A corrupt stream is reported and left alone. */
  open(): Promise<{ readonly unreadable: readonly { readonly task: string; readonly message: string }[] }>;
  /** Resolves with the task's id once its first event is on disk. `prepare` runs with the id before anything starts (binding keys). */
  launch(request: LaunchRequest, prepare?: (task: string) => void): Promise<string>;
  /** A person's decision. Resolves once it is on disk, or with the refusal. */
  ask(task: string, ask: Ask): Promise<Result<RunState, Refusal>>;
  /** All runs, oldest first. */
  states(): readonly RunState[];
  state(task: string): RunState | undefined;
  /** Resolves when the tidying up after the run's end is done; at once for a run that has not ended. */
  settled(task: string): Promise<void>;
  /** Whether a landing that stands as blocked would come to an end now. False where none does. */
  landsNow(task: string): Promise<boolean>;
  /** Records what of the run's specifications is not what it was, at this commit of its target. Resolves when that is on disk. */
  lookAtSpecs(task: string, commit: string): Promise<void>;
  /** Called after every acknowledged event. */
  subscribe(listener: (change: Change) => void): () => void;
  /** Live progress: command id and a part of its transcript or output. */
  onProgress(listener: (task: string, key: string, text: string) => void): () => void;
  /** By unit: why its ready work does not start, where a free slot alone does not help (files of others, waiting reviews, a provider's limit). */
  held(task: string): Readonly<Record<string, string>>;
  /** Called when that has changed for a task. */
  onHeld(listener: (task: string) => void): () => void;
  /** Nothing runs and nothing will start by itself. */
  idle(): boolean;
  /** Stops activities, waits for them, closes the journals. Runs go on where they were at the next open. */
  close(): Promise<void>;
}
