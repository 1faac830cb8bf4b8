/**
 * The merge queue at work: its stream, and the one landing per target that runs.
 * Owns: that an entry is landed at most once and that its end is recorded before anyone hears of it.
 * Refuses: to land what is not landable any more (`stillLandable` is asked right before).
 */
import type { Binding } from '../core/event.ts';
import { decideQueue, emptyQueue, evolveQueue, heldUp, isOpen } from '../core/queue.ts';
import type { QueueEntry, QueueEvent, QueueState } from '../core/queue.ts';
import type { Archive } from '../ports/archive.ts';
import type { Stream } from '../ports/journal.ts';
import type { Clock, Log } from '../ports/system.ts';

export interface MergeQueue {
  /** Queues the landing (the same id again is the same entry) and resolves with how it ended. Rejects with the signal's reason: the entry is withdrawn, unless it landed first. */
  land(request: { readonly id: string; readonly task: string; readonly target: string; readonly binding: Binding }, blocked: (reasons: readonly string[]) => void, signal: AbortSignal): Promise<QueueEntry['state']>;
  /** Entries that no run wants any more leave the queue: a run may have changed its mind and the engine died before that was said. Whoever stands behind one would wait for ever. */
  forget(wanted: (entry: QueueEntry) => boolean): Promise<void>;
  close(): Promise<void>;
}

interface Waiter { readonly blocked: (reasons: readonly string[]) => void; readonly ended: (state: QueueEntry['state']) => void; readonly failed: (error: unknown) => void }

export function openMergeQueue(options: { readonly stream: Stream<QueueEvent>; readonly archive: Archive; readonly clock: Clock; readonly log: Log; readonly stillLandable: (entry: QueueEntry) => boolean }): MergeQueue {
  const { stream, archive, clock, log } = options;
  let state: QueueState = stream.records.reduce(evolveQueue, emptyQueue);
  let last: Promise<unknown> = Promise.resolve();
  const landing = new Map<string, { readonly controller: AbortController; readonly done: Promise<void> }>();
  const waiters = new Map<string, Waiter>();
  let closed = false;

  function append(change: () => readonly QueueEvent[]): Promise<void> {
    const mine = last.then(async () => {
      const events = change();
      if (events.length === 0) return;
      const records = await stream.append(events, clock.now());
      state = records.reduce(evolveQueue, state);
    });
    last = mine.catch(() => undefined);
    return mine;
  }

  const entryOf = (id: string): QueueEntry | undefined => state.entries.find((entry) => entry.id === id);

  function pump(): void {
    if (closed) return;
    for (const entry of decideQueue(state)) {
      // Without a waiter nobody would record the outcome in the run: after a restart the run's own command comes again and asks.
      if (landing.has(entry.id) || !waiters.has(entry.id)) continue;
      const controller = new AbortController();
      landing.set(entry.id, { controller, done: carry(entry, controller.signal).finally(() => { landing.delete(entry.id); pump(); }) });
    }
  }

  async function carry(entry: QueueEntry, signal: AbortSignal): Promise<void> {
    try {
      const event = await landOne(entry, signal);
      await append(() => [event]);
      const ended = entryOf(entry.id);
      if (ended) waiters.get(entry.id)?.ended(ended.state);
    } catch (error) {
      waiters.get(entry.id)?.failed(error);
    }
  }

  async function landOne(entry: QueueEntry, signal: AbortSignal): Promise<QueueEvent> {
    const { binding, target } = entry;
    if (!options.stillLandable(entry)) return { type: 'EntryVoided', entry: entry.id, tip: binding.base, why: 'the approval or its evidence changed' };
    try {
      const result = await archive.land({ target, onto: binding.base, commit: binding.commit, tree: binding.tree }, (reasons) => onBlocked(entry.id, reasons), signal);
      return result.kind === 'landed' ? { type: 'EntryLanded', entry: entry.id, commit: result.commit, tree: result.tree } : { type: 'EntryVoided', entry: entry.id, tip: result.tip, why: result.why };
    } catch (error) {
      signal.throwIfAborted();
      return { type: 'EntryFailed', entry: entry.id, message: error instanceof Error ? error.message : String(error) };
    }
  }

  function onBlocked(id: string, reasons: readonly string[]): void {
    append(() => [{ type: 'EntryBlocked', entry: id, reasons: [...reasons] }]).then(() => { waiters.get(id)?.blocked(reasons); tellHeldUp(); }, (error: unknown) => log.error('the merge queue could not be written', error));
  }

  function tellHeldUp(): void {
    if (closed) return;
    let told: ReturnType<typeof heldUp> = [];
    append(() => {
      told = heldUp(state);
      return told.map(({ id, reasons }) => ({ type: 'EntryBlocked', entry: id, reasons: [...reasons] }));
    }).then(() => { for (const { id, reasons } of told) waiters.get(id)?.blocked(reasons); }, (error: unknown) => log.error('the merge queue could not be written', error));
  }

  async function land(request: { id: string; task: string; target: string; binding: Binding }, blocked: (reasons: readonly string[]) => void, signal: AbortSignal): Promise<QueueEntry['state']> {
    signal.throwIfAborted();
    const { id: entry, task, target, binding } = request;
    await append(() => { const there = entryOf(entry); return there && there.state.kind !== 'withdrawn' ? [] : [{ type: 'EntryQueued', entry, task, target, binding }]; });
    const known = entryOf(entry);
    if (known && !isOpen(known)) return known.state;
    try {
      return await new Promise<QueueEntry['state']>((ended, failed) => {
        waiters.set(entry, { blocked, ended, failed });
        signal.addEventListener('abort', () => { withdraw(entry, signal).then(ended, failed); }, { once: true });
        if (signal.aborted) withdraw(entry, signal).then(ended, failed);
        else {
          pump();
          tellHeldUp();
        }
      });
    } finally {
      waiters.delete(entry);
    }
  }

  /** A landing that is under way is let end: what is on the branch is the truth. Otherwise the entry leaves the queue. */
  async function withdraw(id: string, signal: AbortSignal): Promise<QueueEntry['state']> {
    const running = landing.get(id);
    // Until it is written down that it has left, nobody may begin to land it: others come and look at the queue meanwhile.
    waiters.delete(id);
    running?.controller.abort(signal.reason);
    await running?.done;
    if (closed) throw signal.reason;
    await append(() => { const entry = entryOf(id); return entry && isOpen(entry) ? [{ type: 'EntryWithdrawn', entry: id }] : []; });
    pump();
    const entry = entryOf(id);
    if (entry?.state.kind === 'landed') return entry.state;
    throw signal.reason;
  }

  return {
    land,
    forget: async (wanted) => {
      await append(() => state.entries.filter((entry) => isOpen(entry) && !waiters.has(entry.id) && !wanted(entry)).map(({ id }) => ({ type: 'EntryWithdrawn', entry: id })));
      pump();
    },
    close: async () => {
      closed = true;
      for (const { controller } of landing.values()) controller.abort(new Error('the engine is closing'));
      await Promise.all([...landing.values()].map(({ done }) => done));
      await last;
      await stream.close();
    },
  };
}
