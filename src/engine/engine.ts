/**
 * The engine: carries out what core decides, through ports.
 *   request → accept → events → journal (fsync) → evolve → decide → activities → outcome events → …
 * Owns: which commands run now, and that each outcome is recorded once (I3). Refuses: to decide; to know the world.
 */
import { accept } from '../core/accept.ts';
import type { Ask, Refusal } from '../core/accept.ts';
import { wants } from '../core/decide.ts';
import type { RunEvent } from '../core/event.ts';
import { passing } from '../core/policy.ts';
import type { QueueEntry } from '../core/queue.ts';
import { landable, sameBinding } from '../core/landable.ts';
import { ok, refuse } from '../core/result.ts';
import type { Result } from '../core/result.ts';
import { providerOf } from '../core/schedule.ts';
import type { RunState, Unit } from '../core/state.ts';
import { openCheckpoints, unitOf } from '../core/state.ts';
import { stackedOn } from '../core/upstream.ts';
import { upstreamNews } from '../core/upstreamNews.ts';
import { carryOut } from './activities.ts';
import { proposeAmendment } from './amending.ts';
import { createCrew } from './crew.ts';
import type { Activity } from './crew.ts';
import { cutOff, spentInVain } from './cutOff.ts';
import type { Change, Engine, EnginePorts, LaunchRequest } from './enginePorts.ts';
import { openMergeQueue } from './mergeQueue.ts';
import type { MergeQueue } from './mergeQueue.ts';
import { titleOf } from './messages.ts';
import { createProgress } from './progress.ts';
import { openRunStream } from './runStream.ts';
import type { RunStream } from './runStream.ts';
import { lookAtSpecs } from './specLooks.ts';
import { createSpending } from './spending.ts';
import { carryOutWork } from './work.ts';
import { markWaiting } from './zenflowFiles.ts';

export function createEngine(ports: EnginePorts): Engine {
  const { journal, archive, clock, log } = ports;
  const runs = new Map<string, RunStream>();
  const listeners = new Set<(change: Change) => void>();
  const heldListeners = new Set<(task: string) => void>();
  const progress = createProgress(ports.attemptLog);
  const spending = createSpending(clock);
  /** Runs whose cut-off attempts are closed on disk: only they may go on. */
  const ready = new Set<string>();
  const closing = new AbortController();
  const cleaning = new Map<string, Promise<void>>();
  let queue: MergeQueue | undefined;
  let opened = false;

  const crew = createCrew({
    clock, log, slots: ports.slots, load: ports.machine.load, states: () => states().filter((state) => ready.has(state.task)), provider, carryOut: activity,
    onHeld: (task) => { for (const listener of heldListeners) listener(task); }, signal: closing.signal,
  });

  function states(): readonly RunState[] {
    return [...runs.values()].flatMap((run) => run.state() ?? []);
  }

  /** Who does it: the first of the chain that can work now; a command or a tool is its own. */
  function agentFor(task: string, unit: Unit): string {
    return (unit.role && ports.workers.choose(task, unit.agents, unit.role)) ?? unit.agents[0] ?? unit.does;
  }

  function provider(state: RunState, id: string): string | null {
    const unit = Object.keys(ports.slots().perProvider).length === 0 ? undefined : unitOf(state, id);
    return unit?.does === 'agent' ? providerOf(agentFor(state.task, unit)) : null;
  }

  async function adopt(task: string): Promise<RunStream> {
    const stream = await journal.run(task);
    const run = openRunStream(stream, clock, (records, state) => {
      for (const listener of listeners) listener({ task, records, state });
      followUp(task, state);
    }, (trouble) => progress.notice(task, trouble));
    runs.set(task, run);
    return run;
  }

  /** What follows from a change without anybody asking: more work, an approval by `--yes` or the policy, tidying up after the end. */
  function followUp(task: string, state: RunState): void {
    if (closing.signal.aborted) return;
    if (passing(state)) pass(task);
    crew.pump();
    if (state.end) tidy(task);
    tellOf(task, state);
    for (const other of states()) if (other.upstream?.task === task) tellOf(other.task, other);
  }

  /** A task that depends on another one hears what became of that; not before all journals are read. */
  function tellOf(task: string, state: RunState): void {
    const { upstream } = state, run = runs.get(task);
    if (!upstream || !opened || !run || !ready.has(task)) return;
    const news = (now: RunState | undefined): readonly RunEvent[] => (now ? upstreamNews(now, runs.get(upstream.task)?.state()) : []);
    if (news(state).length > 0) run.record(news, closing.signal).catch((error: unknown) => { if (!closing.signal.aborted) log.error(`${task}: what became of ${upstream.task} could not be recorded`, error); });
  }

  function pass(task: string): void {
    const run = runs.get(task);
    void run?.record((state) => {
      const ask = state && passing(state);
      const answer = ask ? accept(state, ask) : null;
      return answer?.ok ? answer.value : [];
    }, closing.signal).catch((error: unknown) => { if (!closing.signal.aborted) log.error(`${task}: an approval could not be recorded`, error); });
  }

  function tidy(task: string): void {
    if (cleaning.has(task)) return;
    const done = (async (): Promise<void> => {
      for (let pauseMs = 1_000; !closing.signal.aborted; pauseMs = Math.min(pauseMs * 2, 60_000)) {
        try {
          await crew.settled(task);
          return await archive.cleanUp(task);
        } catch (error) {
          log.error(`${task}: its worktrees could not be removed yet`, error);
          await clock.after(pauseMs, closing.signal).catch(() => undefined);
        }
      }
    })();
    cleaning.set(task, done);
  }

  /** Carries out one command and records its outcome, unless the run does not expect it any more (I3). */
  async function activity({ task, command, signal }: Activity): Promise<void> {
    const run = runs.get(task);
    const state = run?.state();
    if (!run || !state) return;
    if (command.kind === 'work') await work(run, state, { task, command, signal });
    else {
      const events = command.kind === 'land' ? await landing(state, command, signal)
        : await carryOut(ports, state, command, (text) => progress.output(task, command.id, text), signal);
      await record(run, command.id, events);
    }
    if ('unit' in command) await markWaiting(ports, run.state(), command.unit).catch((error: unknown) => log.warn(`${task}: plan.md could not be marked: ${error instanceof Error ? error.message : String(error)}`));
  }

  async function work(run: RunStream, state: RunState, { task, command, signal }: Activity): Promise<void> {
    if (command.kind !== 'work') return;
    const unit = state.units.find((candidate) => candidate.id === command.unit);
    if (!unit) return;
    const agent = agentFor(task, unit);
    const started = await record(run, command.id, [{ type: 'AttemptStarted', command: command.id, unit: unit.id, n: command.n, agent, start: command.start }]);
    const now = run.state();
    const current = now?.units.find((candidate) => candidate.id === unit.id);
    if (!started || !now || !current) return;
    const live = spending.begin(task, command.id);
    let recorded = false;
    try {
      const events = await carryOutWork({
        ports, state: now, unit: current, command, signal, spend: (own) => live.spent(own, run.state() ?? now),
        part: (part) => { if (part.kind === 'spent') live.note(part.spend); progress.part(task, command.id, part); },
        propose: (amendment) => proposeAmendment({ run, hold: () => crew.hold(task, 'land'), unit: unit.id, command: command.id }, amendment, signal),
      });
      for (const event of events) if (event.type === 'AttemptFinished') live.note({ ...event, estimatedUsd: event.estimatedUsd ?? 0 });
      recorded = await record(run, command.id, events);
    } finally {
      // It counts as live until it stands in the journal: in between others would be let spend it once more (I16).
      try {
        if (!recorded && !closing.signal.aborted) await run.record((state) => (state ? spentInVain(state, command, live.own()) : []), closing.signal);
      } finally {
        live.end();
      }
    }
  }

  async function record(run: RunStream, command: string, events: readonly RunEvent[]): Promise<boolean> {
    // What is on the target is there, whatever the run has come to want meanwhile.
    const landed = events.some((event) => event.type === 'Landed');
    const records = await run.record((state) => (state && (wants(state, command) || (landed && !state.end)) ? events : []), closing.signal);
    return records.length > 0;
  }

  async function landing(state: RunState, command: Extract<Activity['command'], { kind: 'land' }>, signal: AbortSignal): Promise<readonly RunEvent[]> {
    const { task } = state;
    const run = runs.get(task);
    const blocked = (reasons: readonly string[]): void => {
      if (run) void record(run, command.id, [{ type: 'LandingBlocked', command: command.id, reasons: [...reasons] }]).catch((error: unknown) => log.error(`${task}: could not be recorded`, error));
    };
    const end = await queue?.land({ id: `${task}/${command.id}`, task, target: state.accepted.target, binding: command.binding }, blocked, signal);
    switch (end?.kind) {
      case 'landed': return [{ type: 'Landed', command: command.id, commit: end.commit, tree: end.tree, target: state.accepted.target }];
      case 'voided': return [{ type: 'LandingVoided', command: command.id, tip: end.tip, why: end.why }];
      case 'failed': return [{ type: 'CommandFailed', command: command.id, at: command.step, reason: 'failed', message: end.message, next: 'Mend the cause, then retry the merge.' }];
      default: return [];
    }
  }

  function stillLandable(entry: QueueEntry): boolean {
    const state = runs.get(entry.task)?.state();
    const binding = state && !state.end ? landable(state) : null;
    return binding !== null && sameBinding(binding, entry.binding);
  }

  async function landsNow(task: string): Promise<boolean> {
    const state = runs.get(task)?.state();
    const binding = state && !state.end && state.steps.some((step) => step.land?.kind === 'blocked') ? landable(state) : null;
    return binding !== null && (await archive.landingBlockers({ target: state?.accepted.target ?? '', onto: binding.base, commit: binding.commit })).length === 0;
  }

  async function ask(task: string, question: Ask): Promise<Result<RunState, Refusal>> {
    const run = runs.get(task);
    const before = run?.state();
    if (!run || !before) throw new Error(`no such task: ${task}`);
    const checked = question.kind === 'approve' && isAboutTarget(before, question) ? { ...question, tip: stackedOn(before)?.head ?? await archive.tip(before.accepted.target) ?? 'gone' } : question;
    // What is landing at this moment may be on the branch already: first let it say so, then judge what would take it back.
    const takesBack = question.kind === 'cancel' || question.kind === 'reject' || (question.kind === 'retry' && question.fresh === true);
    const release = takesBack ? await crew.hold(task, 'land') : () => undefined;
    let refusal: Refusal | undefined;
    try {
      await run.mutate((state) => {
        if (!state) return [];
        const answer = accept(state, checked);
        if (answer.ok) return answer.value;
        refusal = answer.refusal;
        return answer.refusal.events;
      });
    } finally {
      release();
    }
    return refusal ? refuse(refusal) : ok(run.state() ?? before);
  }

  async function open(): Promise<{ unreadable: { task: string; message: string }[] }> {
    const unreadable: { task: string; message: string }[] = [];
    queue = openMergeQueue({ stream: await journal.queue(), archive, clock, log, stillLandable });
    for (const task of await journal.tasks()) {
      try {
        resume(task, await adopt(task));
      } catch (error) {
        unreadable.push({ task, message: error instanceof Error ? error.message : String(error) });
      }
    }
    opened = true;
    void queue.forget((entry) => { const state = runs.get(entry.task)?.state(); return state !== undefined && wants(state, entry.id.slice(entry.task.length + 1)); }).catch((error: unknown) => { if (!closing.signal.aborted) log.error('the merge queue could not be written', error); });
    for (const state of states()) tellOf(state.task, state);
    return { unreadable };
  }

  /** Not awaited by `open`: a full disk holds this run up, not the engine. */
  function resume(task: string, run: RunStream): void {
    void closeCutOff(run).then(async () => {
      ready.add(task);
      const state = run.state();
      if (state?.end && (await archive.worktrees(task)).length > 0) tidy(task);
      else if (state && !state.end) followUp(task, state);
    }).catch((error: unknown) => { if (!closing.signal.aborted) log.error(`${task}: could not go on`, error); });
  }

  async function closeCutOff(run: RunStream): Promise<void> {
    const before = run.state();
    const events = before ? await cutOff(before, ports.attemptLog) : [];
    // Until this is on disk nothing of the run goes on; only a person may have ended it meanwhile.
    await run.record((state) => (state && !state.end ? events : []), closing.signal);
  }

  async function launch(request: LaunchRequest, prepare?: (task: string) => void): Promise<string> {
    const task = ports.ids.task();
    prepare?.(task);
    const run = await adopt(task);
    ready.add(task);
    try {
      await run.mutate(() => [{ type: 'TaskAccepted', version: 1, task, title: titleOf(request.request), ...request }]);
    } catch (error) {
      runs.delete(task);
      ready.delete(task);
      await run.close();
      throw error;
    }
    return task;
  }

  async function close(): Promise<void> {
    // The queue first: an entry that is cut off by closing stays queued, it is not withdrawn.
    const queueClosed = queue?.close();
    closing.abort(new Error('the engine is closing'));
    await queueClosed;
    await crew.settled(null);
    await Promise.all(cleaning.values());
    await Promise.all([...runs.values()].map((run) => run.close()));
  }

  /** An approval of what would land is held against the branch as it is now. */
  function isAboutTarget(state: RunState, question: Extract<Ask, { kind: 'approve' }>): boolean {
    const open = openCheckpoints(state);
    const named = open.find((checkpoint) => checkpoint.id === question.checkpoint || checkpoint.step === question.checkpoint) ?? (question.checkpoint === null ? open[0] : undefined);
    return state.candidate !== null && (named === undefined || named.about === 'merge');
  }

  return {
    open, launch, ask, landsNow, states, close,
    lookAtSpecs: (task, commit) => lookAtSpecs(ports, runs.get(task), commit, closing.signal),
    state: (task) => runs.get(task)?.state(),
    settled: async (task) => cleaning.get(task),
    subscribe: (listener) => { listeners.add(listener); return () => { listeners.delete(listener); }; },
    onProgress: (listener) => progress.listen(listener),
    held: (task) => crew.held(task),
    onHeld: (listener) => { heldListeners.add(listener); return () => { heldListeners.delete(listener); }; },
    idle: () => crew.idle(),
  };
}
