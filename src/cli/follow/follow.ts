/**
 * Follows one run until it ends, waits, or the person leaves: lines for a person, events for a program, the exit code for both.
 * Owns: when following is over. Refuses: to touch the run: leaving never cancels, only a person's answer decides.
 */
import { setTimeout as after } from 'node:timers/promises';
import type { EngineClient, EventNotice } from '../../client/engineClient.ts';
import { readEvents } from '../../client/readRuns.ts';
import { TreelineError } from '../../client/treelineError.ts';
import { exitCode } from '../../core/status.ts';
import type { RunView } from '../../protocol/runView.ts';
import type { Invocation } from '../invocation.ts';
import { changeLines } from '../show/changeLines.ts';
import { plain, plainLines } from '../show/plain.ts';
import { askAtCheckpoint } from './askAtCheckpoint.ts';
import { comeBack, repoToSay } from './comeBack.ts';
import { openPrompt } from './prompt.ts';

export interface Following {
  readonly client: EngineClient;
  readonly task: string;
  /** Ask the person at checkpoints. */
  readonly asks: boolean;
  /** Stay on although something waits for a person, until the run is over. */
  readonly stays: boolean;
  /** Print agents' and gates' output too. */
  readonly verbose: boolean;
}

const detached = 130;
const tidyPatienceMs = 20_000;
/** The engine looks at a blocked landing every 5 s at the least. */
const landingLooks = 30;
const landingPauseMs = 1_000;
/** How long apart it is looked whether a task that this one waits for is still at work. */
const otherPauseMs = 1_000;
/** How often, and how long apart, the journal is asked for events that nobody told of. */
const eventLooks = 10;
const eventPauseMs = 300;

/** The exit code, and the run as it stood then. Rejects with a TreelineError. */
export async function follow(invocation: Invocation, following: Following): Promise<{ readonly code: number; readonly view: RunView }> {
  const { client, task } = following;
  const { outlet, surroundings } = invocation;
  const latest: { view: RunView | null } = { view: null };
  let printed = 0;
  let looks = 0;
  let woken: () => void = () => undefined;
  let interrupted = false;
  let asking = new AbortController();
  let ended: Error | null | undefined;
  const wake = (): void => woken();
  const change = (): Promise<void> => new Promise((resolve) => { woken = resolve; });

  const print = (event: EventNotice): void => {
    if (event.task !== task || event.seq <= printed) return;
    printed = event.seq;
    outlet.document({ schema: 'treeline/event/1', ...event });
    wake();
  };
  const take = (next: RunView): void => {
    if (next.task !== task || (latest.view && next.seq < latest.view.seq)) return;
    outlet.say(...changeLines(latest.view, next, outlet.paint));
    latest.view = next;
    wake();
  };
  const prompt = following.asks ? openPrompt(surroundings, outlet) : null;
  const live: EventNotice[] = [];
  let pass = (event: EventNotice): void => { live.push(event); };
  const letGo = [
    client.onRunChanged(take), client.onEvent((event) => pass(event)),
    ...(following.verbose ? [client.onProgress((progress) => { if (progress.task === task) outlet.say(...plainLines(progress.text).split('\n').filter(Boolean).map((text) => outlet.paint.quiet(`  ${plain(progress.key)}  ${text}`))); })] : []),
    surroundings.onInterrupt(() => { interrupted = true; asking.abort(); wake(); }),
  ];
  /** A wait that following outlasts: said once, with what to do, unless the person is asked right here. */
  let told = '';
  const tellWait = (now: RunView | null): void => {
    const wait = now && exitCode(now) !== null && !(prompt && now.waiting?.for === 'checkpoint') ? now.waiting : null;
    const about = wait ? `${wait.at} ${wait.why}` : '';
    if (now && wait && about !== told) outlet.say(...lastWords(now, 3, repoToSay(invocation)), '');
    told = about;
  };
  void client.closed.then((error) => { ended = error; asking.abort(); wake(); });

  try {
    const [first] = (await client.request('subscribe', { task })).runs;
    for (const event of await readEvents(invocation.directory, task)) print(event);
    pass = print;
    live.splice(0).forEach(print);
    if (first) take(first);
    for (;;) {
      const now = latest.view;
      if (interrupted && now) return { code: detached, view: now };
      if (ended) throw ended;
      const code = now && over(now, following);
      const waiting = change();
      // The last line of a stream of events is the view that they lead to.
      if (now && code !== null && (!outlet.json || printed >= now.seq)) {
        if (await landsBeforeLong(client, now, waiting)) continue;
        if (await othersAreAtWork(client, now)) {
          tellWait(now);
          await within(otherPauseMs, waiting);
          continue;
        }
        if (latest.view === now && !interrupted && !ended) return { code, view: await tidied(client, now) };
        continue;
      }
      if (now && code !== null) {
        // Told events can be lost with an engine, never those of the journal.
        if ((looks += 1) > eventLooks) throw new TreelineError('corrupt-journal', `Task ${task} stands at entry ${now.seq}, and its journal gives only ${printed}`, `Check it with: treeline journal verify ${task}.`);
        await within(eventPauseMs, waiting);
        for (const event of await readEvents(invocation.directory, task).catch(() => [])) print(event);
        continue;
      }
      looks = 0;
      tellWait(now);
      const open = now?.checkpoints.find((checkpoint) => checkpoint.state === 'open');
      if (!now || !open || !prompt) {
        await waiting;
        continue;
      }
      asking = new AbortController();
      const isOpen = (): boolean => latest.view?.checkpoints.find((one) => one.id === open.id)?.state === 'open';
      const stop = client.onRunChanged(() => { if (!isOpen()) asking.abort(); });
      const asked = await askAtCheckpoint({ invocation, client, prompt, view: now, checkpoint: open, signal: asking.signal }).finally(stop);
      const then = latest.view ?? now;
      if (asked === 'interrupted') return { code: detached, view: then };
      if (asked === 'left') return { code: exitCode(then) ?? 3, view: then };
      // A decision's effect on the view comes as a change of its own.
      while (isOpen() && !interrupted && !ended) await change();
    }
  } finally {
    for (const stop of letGo) stop();
    prompt?.close();
  }
}

/** After its end a run's worktrees and branches go: whoever waited for the end finds them gone, unless they cannot be removed now. */
async function tidied(client: EngineClient, view: RunView): Promise<RunView> {
  if (view.state !== 'merged' && view.state !== 'rejected' && view.state !== 'cancelled') return view;
  const done = new AbortController();
  const patience = after(tidyPatienceMs, view, { signal: done.signal }).catch(() => view);
  return Promise.race([client.request('settle', { task: view.task }).catch(() => view), patience]).finally(() => done.abort());
}

/**
 * A checkout that was cleared a moment ago is no reason to leave: true when the landing goes on, or something else changed meanwhile.
 * An engine of another version that cannot be asked says nothing about it.
 */
async function landsBeforeLong(client: EngineClient, { task, waiting }: RunView, changed: Promise<void>): Promise<boolean> {
  if (waiting?.for !== 'clean-checkout') return false;
  for (let look = 0; look < landingLooks; look += 1) {
    if (!(await client.request('landsNow', { task }).catch(() => false))) return false;
    if (await within(landingPauseMs, changed)) return true;
  }
  return false;
}

/** A task that waits for another one goes on by itself, unless that one, or what that waits for, stands still until somebody acts. What it came to is told at once. */
async function othersAreAtWork(client: EngineClient, { waiting, dependsOn }: RunView): Promise<boolean> {
  if (waiting?.for !== 'task' || dependsOn?.state !== 'waiting') return false;
  const other = await client.request('show', { task: dependsOn.task }).catch(() => null);
  if (other?.state === 'waiting' || other?.state === 'paused') return othersAreAtWork(client, other);
  return other !== null;
}

/** Whether `changed` comes in so many ms. */
async function within(ms: number, changed: Promise<void>): Promise<boolean> {
  const pause = new AbortController();
  return Promise.race([changed.then(() => true), after(ms, false, { signal: pause.signal })]).finally(() => pause.abort());
}

/** The exit code once following is over for this run, else null. */
function over(view: RunView, { asks, stays }: Following): number | null {
  const code = exitCode(view);
  if (code === null) return null;
  const waits = view.state === 'waiting' || view.state === 'paused';
  if (waits && stays) return null;
  // A person at the terminal is asked; what only their own checkout holds up goes on by itself.
  return waits && asks && (view.waiting?.for === 'checkpoint' || view.waiting?.for === 'clean-checkout') ? null : code;
}

/** The end of following, in words: how it stands, why, and how to go on. */
export function lastWords(view: RunView, code: number, repo: string | null): string[] {
  const back = comeBack(view, repo);
  if (code === detached) return ['', `Task ${view.task} goes on without you. Come back with:`, ...back];
  switch (view.state) {
    case 'merged': return ['', `Task ${view.task} is merged.`];
    case 'done': return ['', `Task ${view.task} is done.`];
    case 'rejected': return ['', `Task ${view.task} was rejected; everything it made is kept under refs/treeline/${view.task}.`];
    case 'cancelled': return ['', `Task ${view.task} was cancelled; everything it made is kept under refs/treeline/${view.task}.`];
    case 'failed': return ['', `Task ${view.task} failed: ${view.failures.map((failure) => `${failure.at}: ${plain(failure.why)}`).join('; ')}.`, ...back];
    case 'waiting': case 'paused': case 'running': return ['', `Task ${view.task} waits: ${plain(view.waiting?.why ?? 'for its next step', 400).replace(/[.]$/, '')}.`, ...(view.waiting ? [plain(view.waiting.next, 400)] : []), ...back];
  }
}
