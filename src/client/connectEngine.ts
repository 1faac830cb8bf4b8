/**
 * The handle that faces hold: it outlives engines. Owns: what has to be said again to a new engine (subscriptions, keys), and that
 * events come once and in order all the same. Refuses: to send `launch` or `act` twice.
 */
import { setTimeout as after } from 'node:timers/promises';
import { exitCode } from '../core/status.ts';
import type { Answer, Keys, Params, RequestName } from '../protocol/messages.ts';
import type { RunView } from '../protocol/runView.ts';
import { ConnectionLost } from './doorChannel.ts';
import type { DoorChannel, Listeners } from './doorChannel.ts';
import type { ConnectOptions, Connection, EngineClient, EventNotice, ProgressNotice } from './engineClient.ts';
import { createEventOrder } from './eventOrder.ts';
import { reachEngine } from './reachEngine.ts';
import { findCommonDir } from './repository.ts';
import { TreelineError } from './treelineError.ts';

const backoffMs = [0, 100, 300, 1_000, 2_000, 5_000, 10_000];
/** An engine that died sooner is started again more slowly each time, up to 2 s: one that breaks at once must not keep a machine busy. */
const shortLifeMs = 5_000;
const slowest = 4;
const sentOnce: ReadonlySet<RequestName> = new Set(['launch', 'act', 'stepDown']);

/** Rejects with a TreelineError that says what, why and what next. */
export async function connectEngine(options: ConnectOptions): Promise<EngineClient> {
  const commonDir = await findCommonDir(options.directory);
  const closing = new AbortController();
  const onRun = new Set<(view: RunView) => void>();
  const onEvent = new Set<(event: EventNotice) => void>();
  const onProgress = new Set<(progress: ProgressNotice) => void>();
  const onConnection = new Set<(connection: Connection) => void>();
  const keysOf = new Map<string, Keys>();
  const subscribed = new Set<string | null>();
  const order = createEventOrder(commonDir, (event) => { for (const listener of onEvent) listener(event); });
  const say = options.log ?? (() => undefined);
  let resolveClosed: (why: TreelineError | null) => void = () => undefined;
  const closed = new Promise<TreelineError | null>((resolve) => { resolveClosed = resolve; });

  const listeners: Listeners = {
    runChanged: ({ view }) => changed(view),
    event: (event) => order.take(event),
    progress: (progress) => { for (const listener of onProgress) listener(progress); },
  };
  async function reach(): Promise<DoorChannel> {
    const reached = await reachEngine(options, commonDir, listeners, closing.signal);
    if (closing.signal.aborted) reached.close();
    closing.signal.throwIfAborted();
    return reached;
  }

  let channel = await reach();
  let connection: Connection = 'connected';
  let ready: Promise<DoorChannel> = Promise.resolve(channel);
  let shortLives = 0;
  watch();

  function changed(view: RunView): void {
    const over = exitCode(view) !== null && view.state !== 'waiting' && view.state !== 'paused' && view.state !== 'failed';
    if (over) keysOf.delete(view.task);
    for (const listener of onRun) listener(view);
  }

  function watch(): void {
    const since = performance.now();
    void channel.ended.then(() => {
      if (closing.signal.aborted) return;
      shortLives = performance.now() - since < shortLifeMs ? shortLives + 1 : 0;
      say('the engine went away; starting it again');
      setConnection('lost');
      ready = again();
      ready.catch((error: unknown) => end(error instanceof TreelineError ? error : new TreelineError('engine-failed', `The engine could not be reached again: ${error instanceof Error ? error.message : String(error)}`, 'Look at treeline/engine.log in the git folder.', { cause: error })));
    });
  }

  async function again(): Promise<DoorChannel> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        await after(backoffMs[Math.max(attempt, Math.min(shortLives - 1, slowest))] ?? 0, undefined, { signal: closing.signal });
        channel = await reach();
        await resume();
        say(`connected to engine ${channel.engine.pid}, leader ${channel.engine.epoch}`);
        setConnection('connected');
        watch();
        return channel;
      } catch (error) {
        const hopeful = error instanceof ConnectionLost || (error instanceof TreelineError && (error.code === 'not-running' || error.code === 'engine-failed'));
        if (closing.signal.aborted || !hopeful || attempt + 1 >= backoffMs.length) throw error;
        say(error.message);
      }
    }
  }

  /** A new engine knows neither what we watch nor the keys it needs. */
  async function resume(): Promise<void> {
    for (const [task, keys] of keysOf) await channel.request('offerKeys', { task, keys }).catch((error: unknown) => { if (error instanceof ConnectionLost) throw error; say(`keys for ${task} were not taken: ${String(error)}`); });
    for (const task of subscribed) {
      const { runs } = await channel.request('subscribe', { task });
      for (const view of runs) await order.catchUp(view.task, view.seq);
      for (const view of runs) changed(view);
    }
  }

  function setConnection(now: Connection): void {
    connection = now;
    for (const listener of onConnection) listener(now);
  }

  function end(why: TreelineError | null): void {
    closing.abort(new Error('the client is closed'));
    channel.close();
    resolveClosed(why);
  }

  async function request<Name extends RequestName>(name: Name, params: Params<Name>): Promise<Answer<Name>> {
    for (;;) {
      if (closing.signal.aborted) throw await closed ?? new TreelineError('closed', 'The connection to the engine is closed.', 'Open it again.');
      const current = await ready;
      const whole = withVariables(name, params, current.engine.variables ?? []);
      try {
        const answer = await current.request(name, whole);
        remember(name, whole, answer);
        return answer;
      } catch (error) {
        if (!(error instanceof ConnectionLost)) throw error;
        if (sentOnce.has(name)) throw new TreelineError('engine-lost', `The engine ended before it answered "${name}"; whether it was recorded shows in the run.`, 'Look at the run (treeline show), then ask again if need be.', { cause: error });
        await current.ended;
      }
    }
  }

  /** Who starts a task, or begins a step of it again, lends it the variables that the user's tool servers name. */
  function withVariables<Name extends RequestName>(name: Name, params: Params<Name>, names: readonly string[]): Params<Name> {
    const said = { name, params } as { [Each in RequestName]: { readonly name: Each; readonly params: Params<Each> } }[RequestName];
    if (said.name !== 'launch' && !(said.name === 'act' && said.params.act.kind === 'retry')) return params;
    const environment = options.environment ?? process.env;
    const own = Object.fromEntries(names.flatMap((variable) => { const value = environment[variable]; return value === undefined || value === '' ? [] : [[variable, value]]; }));
    return { ...params, keys: { ...own, ...said.params.keys } };
  }

  function remember<Name extends RequestName>(name: Name, params: Params<Name>, answer: Answer<Name>): void {
    const said = { name, params, answer } as { [Each in RequestName]: { readonly name: Each; readonly params: Params<Each>; readonly answer: Answer<Each> } }[RequestName];
    if (said.name === 'launch') keep(said.answer.task, said.params.keys);
    if (said.name === 'act') keep(said.answer.view.task, said.params.keys);
    if (said.name === 'offerKeys') keep(said.params.task, said.params.keys);
    if (said.name !== 'subscribe') return;
    subscribed.add(said.params.task);
    for (const view of said.answer.runs) order.begin(view.task, view.seq);
  }

  function keep(task: string, keys: Keys): void {
    if (Object.keys(keys).length > 0) keysOf.set(task, keys);
  }

  const listen = <Value>(to: Set<(value: Value) => void>) => (listener: (value: Value) => void) => { to.add(listener); return () => { to.delete(listener); }; };
  return {
    commonDir, closed, request,
    get engine() { return channel.engine; },
    get connection() { return connection; },
    onRunChanged: listen(onRun), onEvent: listen(onEvent), onProgress: listen(onProgress), onConnection: listen(onConnection),
    close: async () => { end(null); await channel.ended; },
  };
}
