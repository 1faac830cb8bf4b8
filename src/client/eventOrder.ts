/**
 * Events of subscribed runs, each once and in order, although engines come and go: what was missed is read from the journal.
 * Owns: the last `seq` of each run that was passed on. Refuses: to pass on an event with a gap before it.
 */
import { journalFolder } from '../journal/journalFolder.ts';
import { readRunJournal } from '../journal/readJournal.ts';
import type { EventNotice } from './engineClient.ts';

export interface EventOrder {
  /** Events of this run count from after `seq`, unless it is followed already. */
  begin(task: string, seq: number): void;
  take(event: EventNotice): void;
  /** Passes on what the journal has and nobody was told, up to `seq` at least. */
  catchUp(task: string, seq: number): Promise<void>;
}

export function createEventOrder(commonDir: string, pass: (event: EventNotice) => void): EventOrder {
  const last = new Map<string, number>();
  const filling = new Map<string, Promise<void>>();

  async function fill(task: string): Promise<void> {
    const { records } = await readRunJournal(journalFolder(commonDir), task);
    for (const record of records) passOn({ task, ...record });
  }

  function passOn(event: EventNotice): void {
    const before = last.get(event.task) ?? 0;
    if (event.seq !== before + 1) return;
    last.set(event.task, event.seq);
    pass(event);
  }

  function catchUp(task: string, seq: number): Promise<void> {
    if ((last.get(task) ?? 0) >= seq) return Promise.resolve();
    const busy = filling.get(task);
    if (busy) return busy.then(() => catchUp(task, seq));
    // A journal that cannot be read now will be read at the next event.
    const mine = fill(task).catch(() => undefined).finally(() => { filling.delete(task); });
    filling.set(task, mine);
    return mine;
  }

  return {
    begin: (task, seq) => { if (!last.has(task)) last.set(task, seq); },
    take: (event) => {
      if (event.seq === (last.get(event.task) ?? 0) + 1 && !filling.has(event.task)) passOn(event);
      else void catchUp(event.task, event.seq);
    },
    catchUp,
  };
}
