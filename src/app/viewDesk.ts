/**
 * Views of runs with what only the engine's process knows: their worktrees. And who is told of changes.
 * Owns: subscriptions of visitors, and that a slow one misses progress, never an event. Refuses: to keep an activity waiting for a listener.
 */
import type { RunState } from '../core/state.ts';
import type { Change, Engine } from '../engine/enginePorts.ts';
import type { Archive } from '../ports/archive.ts';
import type { Log } from '../ports/system.ts';
import type { RunView } from '../protocol/runView.ts';
import { viewOf } from '../protocol/viewOf.ts';
import type { Visitor } from './door.ts';

export interface ViewDesk {
  /** With worktrees as they are now. */
  view(state: RunState): Promise<RunView>;
  /** `task` null: all runs, those to come too. */
  subscribe(visitor: Visitor, task: string | null): void;
  left(visitor: Visitor): void;
  close(): void;
}

const settleMs = 400;
/** After its end a run's worktrees go by and by: looked at so often. */
const looksAfterEnd = 20;
const progressMs = 50;
const backlogLimit = 4 * 1024 * 1024;
const progressLimit = 64 * 1024;

export function createViewDesk({ engine, archive, log }: { readonly engine: Pick<Engine, 'subscribe' | 'onProgress' | 'state' | 'held' | 'onHeld'>; readonly archive: Pick<Archive, 'worktrees'>; readonly log: Log }): ViewDesk {
  const watching = new Map<Visitor, Set<string | null>>();
  const worktrees = new Map<string, RunView['worktrees']>();
  const looking = new Map<string, NodeJS.Timeout>();
  const changed = new Set<string>();
  const output = new Map<string, { readonly task: string; readonly key: string; text: string }>();
  let flushing: NodeJS.Timeout | undefined;

  const watchers = (task: string): Visitor[] => [...watching].filter(([, tasks]) => tasks.has(null) || tasks.has(task)).map(([visitor]) => visitor);
  const tell = (task: string): void => {
    const state = engine.state(task);
    const to = state ? watchers(task) : [];
    if (!state || to.length === 0) return;
    const view = viewOf(state, worktrees.get(task), engine.held(task));
    for (const visitor of to) visitor.notify('runChanged', { view });
  };

  async function look(task: string, again: number): Promise<void> {
    looking.delete(task);
    const state = engine.state(task);
    const before = JSON.stringify(worktrees.get(task) ?? []);
    const now = await worktreesOf(task);
    if (JSON.stringify(now) !== before) tell(task);
    if (state?.end && now.length > 0 && again > 0) lookLater(task, again - 1);
  }

  function lookLater(task: string, again: number): void {
    if (looking.has(task)) return;
    looking.set(task, setTimeout(() => void look(task, again).catch((error: unknown) => log.warn(`worktrees of ${task} could not be listed: ${String(error)}`)), settleMs).unref());
  }

  async function worktreesOf(task: string): Promise<RunView['worktrees']> {
    const found = (await archive.worktrees(task)).map(({ unit, path, branch }) => ({ unit, path, branch }));
    worktrees.set(task, found);
    return found;
  }

  /** Several changes at one moment are one new view; events are told one by one. */
  function onChange({ task, records }: Change): void {
    for (const visitor of watchers(task)) for (const { seq, epoch, at, event } of records) visitor.notify('event', { task, seq, epoch, at, event });
    tellSoon(task);
    lookLater(task, looksAfterEnd);
  }

  function tellSoon(task: string): void {
    if (changed.has(task)) return;
    changed.add(task);
    setImmediate(() => { changed.delete(task); tell(task); });
  }

  function onProgress(task: string, key: string, text: string): void {
    const id = `${task}/${key}`;
    const waiting = output.get(id) ?? { task, key, text: '' };
    waiting.text = (waiting.text + text).slice(-progressLimit);
    output.set(id, waiting);
    flushing ??= setTimeout(() => {
      flushing = undefined;
      const parts = [...output.values()];
      output.clear();
      for (const part of parts) for (const visitor of watchers(part.task)) if (visitor.backlog() < backlogLimit) visitor.notify('progress', part);
    }, progressMs).unref();
  }

  const undo = [engine.subscribe(onChange), engine.onProgress(onProgress), engine.onHeld(tellSoon)];
  return {
    view: async (state) => viewOf(state, await worktreesOf(state.task).catch(() => worktrees.get(state.task) ?? []), engine.held(state.task)),
    subscribe: (visitor, task) => { watching.set(visitor, new Set([...(watching.get(visitor) ?? []), task])); },
    left: (visitor) => { watching.delete(visitor); },
    close: () => {
      for (const step of undo) step();
      clearTimeout(flushing);
      for (const timer of looking.values()) clearTimeout(timer);
    },
  };
}
