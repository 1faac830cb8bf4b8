/**
 * The world of one seed: scripted ports around an in-memory repository and disk, with faults and crashes at every port call.
 * A crash ends a generation: calls of the old engine never come back, as after kill -9. What was fsynced stays.
 */
import type { Recorded, RunEvent } from '../../src/core/event.ts';
import { unmeasured } from '../../src/core/load.ts';
import type { Load } from '../../src/core/load.ts';
import type { QueueEvent } from '../../src/core/queue.ts';
import type { RunState } from '../../src/core/state.ts';
import type { EnginePorts } from '../../src/engine/enginePorts.ts';
import { GitError } from '../../src/ports/archive.ts';
import type { LastSpend } from '../../src/ports/attemptLog.ts';
import { JournalError } from '../../src/ports/journal.ts';
import type { Stream } from '../../src/ports/journal.ts';
import { FlowWatch } from '../support/flowWatch.ts';
import type { Chance } from './chance.ts';
import { ModelRepository } from './modelRepository.ts';
import { modelArchive } from './modelArchive.ts';
import { modelExaminers, modelWorkers } from './modelAgents.ts';
import { modelCommands, modelToolServers } from './modelCommands.ts';
import { VirtualTime } from './virtualTime.ts';

export class World {
  readonly time = new VirtualTime();
  readonly repository = new ModelRepository();
  readonly runs = new Map<string, Recorded<RunEvent>[]>();
  queue: Recorded<QueueEvent>[] = [];
  /** Records whose append was acknowledged, in order: they must survive everything (I2). */
  readonly acknowledged = new Map<string, Recorded<RunEvent>[]>();
  readonly violations: string[] = [];
  readonly trace: string[] = [];
  generation = 0;
  crashed = false;
  /** Faults stop after a while, so that every run must come to an end. */
  faults = true;
  landing = 0;
  engaged = { count: 0, alone: 0 };
  tasks = 0;
  /** What each attempt said last that it had spent, crashes or not: it was paid for. */
  readonly told = new Map<string, LastSpend>();
  /** Every commit that really landed for a run. */
  readonly landed: string[] = [];
  readonly chance: Chance;
  /** Whether workflows are drawn as well, and plans differ from one time to the next. */
  readonly drawn: boolean;
  /** Of a port call to fail, of the engine to be killed at one, and of work, gates and tools to come to something else than success. */
  readonly odds: { readonly fault: number; readonly crash: number; readonly surprise: number };
  /** States of the engine that were held against the disk already. */
  readonly compared = new WeakSet<RunState>();
  readonly #folded = new Map<string, { readonly states: (RunState | undefined)[]; readonly watch: FlowWatch }>();

  constructor(chance: Chance, drawn: boolean) {
    this.chance = chance;
    this.drawn = drawn;
    const fault = chance.pick([0, 0.02, 0.08]);
    this.odds = { fault, crash: chance.pick([0, 0.005, 0.02]), surprise: drawn ? chance.pick([0.03, 0.1, 0.2]) : fault };
  }

  /** A machine that is busy now and then. */
  load(): Load {
    if (!this.faults || !this.chance.happens(0.3)) return unmeasured;
    return { cpu: this.chance.pick([0.5, 0.9, 1]), queue: this.chance.pick([0.5, 1.5, 4]), memory: this.chance.pick([0.5, 0.1, 0.01]), disk: this.chance.pick([1e10, 1e9, 1e8]) };
  }

  /** Work or a gate of this generation, from its begin to its end. What is to run alone does, whatever the machine has room for. */
  async engage<Value>(generation: number, alone: boolean, work: () => Promise<Value>): Promise<Value> {
    if (generation !== this.generation) return work();
    if (this.engaged.alone > 0 || (alone && this.engaged.count > 0)) this.violated('REQ-SCHEDULE-12', 'a gate that is to run alone has company');
    const mine = this.engaged;
    mine.count += 1;
    if (alone) mine.alone += 1;
    try {
      return await work();
    } finally {
      mine.count -= 1;
      if (alone) mine.alone -= 1;
    }
  }

  surprises(): boolean {
    return this.faults && this.chance.happens(this.odds.surprise);
  }

  violated(invariant: string, what: string): void {
    this.violations.push(`${invariant}: ${what}`);
  }

  durable(task: string): RunState | undefined {
    return this.folded(task, this.runs.get(task)?.length ?? 0);
  }

  /** The fold of the first `count` records on disk. Each is folded once, and looked at then. */
  folded(task: string, count: number): RunState | undefined {
    const known = this.#folded.get(task) ?? { states: [undefined], watch: new FlowWatch() };
    this.#folded.set(task, known);
    const disk = this.runs.get(task) ?? [];
    for (const record of disk.slice(known.states.length - 1, count)) known.states.push(known.watch.follow(known.states.at(-1), record));
    for (const found of known.watch.found.splice(0)) this.violated('flow', `${task}: ${found}`);
    return known.states[Math.max(0, count)];
  }

  /** One port call: takes some virtual time, may fail, may be cut off by a crash before or after its effect. */
  async call<Value>(generation: number, name: string, effect: () => Value, fault: (() => Error) | null = () => new GitError('failed', `${name} failed`, 'retry')): Promise<Value> {
    this.trace.push(name);
    if (this.chance.happens(0.3)) await this.time.clock(generation).after(this.chance.between(1, 2_000), new AbortController().signal);
    if (generation !== this.generation) return new Promise(() => undefined);
    if (this.faults && this.chance.happens(this.odds.crash)) return this.crash();
    if (this.faults && fault && this.chance.happens(this.odds.fault)) throw fault();
    const value = effect();
    if (this.faults && this.chance.happens(this.odds.crash)) return this.crash();
    return value;
  }

  crash(): Promise<never> {
    this.trace.push('CRASH');
    this.crashed = true;
    this.time.forget(this.generation);
    this.generation += 1;
    this.landing = 0;
    this.engaged = { count: 0, alone: 0 };
    for (const worktree of this.repository.worktrees.values()) worktree.busy = false;
    return new Promise(() => undefined);
  }

  ports(): EnginePorts {
    const { generation } = this;
    const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: (message: string, cause?: unknown) => { if (cause instanceof TypeError || cause instanceof ReferenceError) this.violated('defect', `${message}: ${cause.stack ?? cause.message}`); } };
    return {
      clock: this.time.clock(generation),
      ids: { task: () => `task-${++this.tasks}` },
      log: quiet,
      machine: { load: () => this.load() },
      slots: () => ({ agents: 3, gates: 1, perProvider: {}, waitingReviews: 5 }),
      attemptLog: {
        write: (task, key, part) => { if (part.kind === 'spent') this.told.set(`${task}/${key}`, { spend: part.spend, heardAt: this.time.now }); },
        lastSpend: (task, key) => this.call(generation, `lastSpend ${key}`, () => this.told.get(`${task}/${key}`) ?? null, null),
      },
      files: () => { throw new Error('no workflow of the simulation writes files of its own'); },
      library: { contextOf: () => this.call(generation, 'contextOf', () => ({ text: 'specs', files: [], hash: 'specs' })), changes: (from, to) => this.call(generation, 'changes', () => (this.faults && this.chance.happens(0.3) ? [{ path: 'AGENTS.md', change: 'changed' as const, before: from, after: to, states: [], requirements: [] }] : [])) },
      journal: {
        tasks: () => Promise.resolve([...this.runs.keys()]),
        run: (task) => Promise.resolve(this.stream(generation, task)),
        queue: () => Promise.resolve(this.queueStream(generation)),
      },
      archive: modelArchive(this, generation),
      workers: modelWorkers(this, generation),
      commands: modelCommands(this, generation),
      toolServers: modelToolServers(this, generation),
      examiners: modelExaminers(this, generation),
    };
  }

  private stream(generation: number, task: string): Stream<RunEvent> {
    const disk = this.runs.get(task) ?? [];
    this.runs.set(task, disk);
    // What a restart reads is known from then on, acknowledged before or not.
    const acknowledged = [...disk];
    const before = this.acknowledged.get(task) ?? [];
    if (before.some((record, index) => disk[index] !== record)) this.violated('I2', `${task}: an acknowledged record is gone after a restart`);
    this.acknowledged.set(task, acknowledged);
    return {
      records: [...disk],
      close: () => Promise.resolve(),
      append: async (events, at) => {
        const records = events.map((event, index) => ({ seq: disk.length + index + 1, epoch: generation, at, event }));
        await this.call(generation, `append ${events.map((event) => event.type).join('+')}`, () => {
          // A crash between write and fsync may leave any prefix on disk.
          const kept = this.faults && this.chance.happens(this.odds.crash) ? this.chance.between(0, records.length - 1) : records.length;
          disk.push(...records.slice(0, kept));
          if (kept < records.length) void this.crash();
        }, () => new JournalError('disk-full', 'no space left'));
        if (generation !== this.generation) return new Promise(() => undefined);
        acknowledged.push(...records);
        return records;
      },
    };
  }

  private queueStream(generation: number): Stream<QueueEvent> {
    return {
      records: [...this.queue],
      close: () => Promise.resolve(),
      append: (events, at) => this.call(generation, `queue ${events.map((event) => event.type).join('+')}`, () => {
        const records = events.map((event, index) => ({ seq: this.queue.length + index + 1, epoch: generation, at, event }));
        this.queue = [...this.queue, ...records];
        return records;
      }, null),
    };
  }
}
