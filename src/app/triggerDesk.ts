/**
 * Triggers at work: who is armed, what is due, and starting its workflow.
 * Owns: when the world is looked at, one look at a time, and that a start is on record before it happens. Refuses: to decide what is
 * due (core/triggering.ts), to arm anything by itself, and to start what nobody trusts.
 */
import { TreelineError } from '../client/treelineError.ts';
import { look, triggerIds, triggerWords } from '../core/triggering.ts';
import type { ArmedTrigger, Firing } from '../core/triggering.ts';
import type { Engine } from '../engine/enginePorts.ts';
import type { Clock, Log } from '../ports/system.ts';
import type { Keys, Launch } from '../protocol/messages.ts';
import type { TriggerAct, TriggerView } from '../protocol/triggerView.ts';
import { nextTime } from './schedule.ts';
import type { TriggerBook } from './triggerBook.ts';
import { factsFor, failedTests, launchedBy, thereFor } from './triggerFacts.ts';
import type { FailedTest, Surroundings } from './triggerFacts.ts';
import type { Offer, Shelf } from './workflowShelf.ts';

/** Who acts, with what: keys for its tasks, and the hashes of the content and the workflow that were just trusted. */
export interface Who { readonly by: string; readonly keys: Keys; readonly trust: string | null; readonly workflowTrust?: string | null | undefined }

export interface TriggerDesk {
  list(): Promise<readonly TriggerView[]>;
  /** Resolves once it is on disk. Rejects with a TreelineError: `unknown-trigger`, `untrusted` (arming what nobody trusts), `wrong-state`. */
  act(id: string, act: TriggerAct, who: Who): Promise<readonly TriggerView[]>;
  /** Something is armed and not paused. */
  armed(): boolean;
  onChange(listener: () => void): void;
  /** Looks at the world once more; resolves when what was due has started. */
  look(): Promise<void>;
  close(): Promise<void>;
}

export interface TriggerMeans extends Omit<Surroundings, 'failed' | 'task'> {
  readonly book: TriggerBook;
  readonly engine: Pick<Engine, 'state' | 'states' | 'subscribe'>;
  readonly shelf: Pick<Shelf, 'offers'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Branch and commit that the engine's checkout stands on. */
  readonly here: () => Promise<{ readonly branch: string; readonly commit: string }>;
  /** Rejects with a TreelineError when nobody trusts, now (`given`) or before, what a task on this commit would run. */
  readonly trusted: (commit: string, workflow: string, given: Pick<Who, 'trust' | 'workflowTrust'>) => Promise<void>;
  /** Starts a task; answers its id. */
  readonly launch: (launch: Launch) => Promise<string>;
}

/** Branches and specifications are looked at so often while something is armed, ms. */
const lookEveryMs = 30_000;
const failedKept = 2_000;

export function openTriggerDesk(means: TriggerMeans): TriggerDesk {
  const { book, engine, clock, log } = means;
  const closing = new AbortController();
  const listeners = new Set<() => void>();
  /** Of the client that armed: in memory only. */
  const keys = new Map<string, Keys>();
  let failed: readonly FailedTest[] = [];
  let last: Promise<unknown> = Promise.resolve();
  let alarm: AbortController | undefined;

  const changed = (): void => { for (const listener of listeners) listener(); };
  const around = (): Surroundings => ({ ...means, failed, task: (id) => engine.state(id) });
  const oneAtATime = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };

  async function lookAtAll(): Promise<void> {
    if (closing.signal.aborted) return;
    for (const armed of book.all()) {
      try {
        await lookAt(armed);
      } catch (error) {
        log.error(`trigger ${armed.id} could not be looked at`, error);
      }
    }
    setAlarm();
  }

  async function lookAt(given: ArmedTrigger): Promise<void> {
    const armed = await withTask(given);
    const looked = look(armed, await factsFor(armed, around(), clock.now()));
    if (looked.kind === 'due') return fire(looked.armed, looked.cause, looked.missed);
    if (looked.armed !== armed) await book.put(armed.id, looked.armed);
  }

  /** A start that was cut off between its record and the task's own first event: it happened or it did not, it is not done twice. */
  async function withTask(armed: ArmedTrigger): Promise<ArmedTrigger> {
    const { last: firing } = armed;
    if (firing?.result !== 'started' || firing.task !== null) return armed;
    const task = engine.states().find((state) => state.accepted.by === launchedBy(armed.id) && state.startedAt >= firing.at)?.task ?? null;
    const known: ArmedTrigger = { ...armed, last: task !== null ? { ...firing, task } : { ...firing, result: 'refused', why: 'the engine ended before the task began' } };
    await book.put(armed.id, known);
    return known;
  }

  async function fire(armed: ArmedTrigger, cause: string, missed: number): Promise<void> {
    const firing: Firing = { at: clock.now(), cause, result: 'started', task: null, why: '', missed };
    await book.put(armed.id, { ...armed, last: firing });
    const done = await start(armed).then((task): Firing => ({ ...firing, task }), (error: unknown): Firing => ({ ...firing, result: 'refused', why: sentenceOf(error) }));
    if (done.result === 'refused') log.warn(`trigger ${armed.id} started nothing: ${done.why}`);
    await book.put(armed.id, { ...armed, last: done });
    changed();
  }

  async function start(armed: ArmedTrigger): Promise<string> {
    const tip = (await means.branches()).get(armed.base);
    if (tip === undefined) throw new TreelineError('unknown-base', `Its branch ${armed.base} is gone.`, 'Disarm it, or make the branch again.');
    const offer = offerOf(armed, await means.shelf.offers(tip));
    if (typeof offer === 'string') throw new TreelineError('untrusted', `${offer}.`, 'Read it, then arm it again.');
    return means.launch({
      request: offer.request, workflow: armed.workflow, base: armed.base, specs: [], agents: {}, budget: { usd: null, minutes: null }, yes: [], sandbox: null, trust: null,
      keys: keys.get(armed.id) ?? {}, by: launchedBy(armed.id),
    });
  }

  /** Wakes for the next time of a schedule, and every so often for everything else. */
  function setAlarm(): void {
    alarm?.abort();
    const now = clock.now();
    const waits = book.all().filter((armed) => !armed.paused).map((armed) => (armed.trigger.kind === 'schedule' ? (nextTime(armed.trigger.cron, Math.max(now, armed.lookedAt)) ?? Infinity) - now : lookEveryMs));
    const wait = Math.min(...waits);
    if (!Number.isFinite(wait) || closing.signal.aborted) return;
    const mine = new AbortController();
    alarm = mine;
    clock.after(wait, AbortSignal.any([mine.signal, closing.signal])).then(() => oneAtATime(lookAtAll), () => undefined).catch((error: unknown) => log.error('triggers could not be looked at', error));
  }

  async function list(): Promise<readonly TriggerView[]> {
    const { commit } = await means.here();
    const offers = await means.shelf.offers(commit);
    const armed = new Map(book.all().map((one) => [one.id, one]));
    const tips = await means.branches();
    const views = await Promise.all([...armed.values()].map(async (one) => {
      const tip = tips.get(one.base);
      const offer = tip === undefined ? `its branch ${one.base} is gone` : offerOf(one, tip === commit ? offers : await means.shelf.offers(tip));
      return viewOf(one, typeof offer === 'string' ? { name: one.workflow, why: offer } : { name: offer.name, why: '' });
    }));
    const off = offers.flatMap((offer) => triggerIds(offer.id, offer.triggers).flatMap((id, at): TriggerView[] => {
      const trigger = offer.triggers[at];
      return trigger === undefined || armed.has(id) ? [] : [{ id, workflow: offer.id, name: offer.name, trigger, words: triggerWords(trigger), state: 'off', base: null, next: null, running: null, last: null, why: '' }];
    }));
    return [...views, ...off].sort((left, right) => (left.id < right.id ? -1 : 1));
  }

  function viewOf(armed: ArmedTrigger, { name, why }: { readonly name: string; readonly why: string }): TriggerView {
    const task = armed.last?.task != null ? engine.state(armed.last.task) : undefined;
    const state = why !== '' ? 'changed' : armed.paused ? 'paused' : 'armed';
    return {
      id: armed.id, workflow: armed.workflow, name, trigger: armed.trigger, words: triggerWords(armed.trigger), state, base: armed.base,
      next: state === 'armed' && armed.trigger.kind === 'schedule' ? nextTime(armed.trigger.cron, Math.max(clock.now(), armed.lookedAt)) : null,
      running: task && !task.end ? task.task : null, last: armed.last, why,
    };
  }

  async function arm(id: string, { by, keys: offered, ...given }: Who): Promise<void> {
    const { branch, commit } = await means.here();
    const found = (await means.shelf.offers(commit)).flatMap((offer) => triggerIds(offer.id, offer.triggers).flatMap((own, at) => (own === id && offer.triggers[at] ? [{ offer, trigger: offer.triggers[at] }] : [])))[0];
    if (!found) throw unknown(id);
    const { offer, trigger } = found;
    await means.trusted(commit, offer.id, given);
    const now = clock.now();
    await book.put(id, { id, workflow: offer.id, trigger, hash: offer.hash, base: branch, by, armedAt: now, paused: false, lookedAt: now, seen: await thereFor(id, trigger, branch, around()), last: null });
    keys.set(id, offered);
  }

  async function act(id: string, what: TriggerAct, who: Who): Promise<void> {
    const known = book.all().find((armed) => armed.id === id);
    if (what === 'arm') return arm(id, who);
    if (!known) throw (await list()).some((view) => view.id === id) ? new TreelineError('wrong-state', `Trigger ${id} is not armed.`, `Arm it first: treeline trigger arm ${id}`) : unknown(id);
    if (what === 'disarm') {
      keys.delete(id);
      return book.put(id, null);
    }
    if (what === 'resume' && Object.keys(who.keys).length > 0) keys.set(id, who.keys);
    await book.put(id, { ...known, paused: what === 'pause' });
  }

  engine.subscribe(({ records, state }) => {
    const found = records.flatMap(({ event }) => failedTests(event, state.accepted.by));
    failed = [...failed, ...found].slice(-failedKept);
    const watched = book.all();
    if (watched.length > 0 && (found.length > 0 || state.end !== null)) void oneAtATime(lookAtAll).then(changed, (error: unknown) => log.error('triggers could not be looked at', error));
  });
  void oneAtATime(lookAtAll).catch((error: unknown) => log.error('triggers could not be looked at', error));

  return {
    // Whoever asks sees what is due now, not what was due at the last look.
    list: () => oneAtATime(async () => { await lookAtAll(); return list(); }),
    act: (id, what, who) => oneAtATime(async () => {
      await act(id, what, who);
      setAlarm();
      changed();
      return list();
    }).then((views) => { if (what === 'resume') void oneAtATime(lookAtAll); return views; }),
    armed: () => book.all().some((one) => !one.paused),
    onChange: (listener) => { listeners.add(listener); },
    look: () => oneAtATime(lookAtAll),
    close: async () => {
      closing.abort(new Error('the engine is closing'));
      await last;
    },
  };
}

/** The workflow as it was armed, or why it is not there. */
function offerOf(armed: ArmedTrigger, offers: readonly Offer[]): Offer | string {
  const offer = offers.find((one) => one.id === armed.workflow);
  if (!offer) return `the workflow ${armed.workflow} is gone from ${armed.base}, or offers nothing any more`;
  return offer.hash === armed.hash ? offer : `the workflow ${armed.workflow} is not what it was when this was armed`;
}

function unknown(id: string): TreelineError {
  return new TreelineError('unknown-trigger', `No workflow of this branch offers a trigger "${id}".`, 'List them: treeline trigger list');
}

function sentenceOf(error: unknown): string {
  return error instanceof TreelineError ? `${error.message} ${error.next}` : error instanceof Error ? error.message : String(error);
}
