/** The real engine in virtual time: agents that take as long as their subtask says, gates and git that answer at once, a journal in memory. */
import type { Recorded, RunEvent } from '../../src/core/event.ts';
import type { Evidence } from '../../src/core/gate.ts';
import type { Plan } from '../../src/core/plan.ts';
import { unmeasured } from '../../src/core/load.ts';
import type { RunState } from '../../src/core/state.ts';
import { nothingSpent } from '../../src/core/usage.ts';
import type { Slots } from '../../src/core/schedule.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { Engine, EnginePorts, LaunchRequest } from '../../src/engine/enginePorts.ts';
import type { Stream } from '../../src/ports/journal.ts';
import { noMounts } from '../../src/ports/sandbox.ts';
import { VirtualTime, drain } from '../simulation/virtualTime.ts';
import { builtinWorkflow } from './given.ts';

export interface Part { readonly id: string; readonly needs: readonly string[]; readonly minutes: number; /** Not told to the scheduler. */ readonly unknown?: boolean }

export interface TimedEngine {
  readonly engine: Engine;
  readonly time: VirtualTime;
  readonly launch: (parts: readonly Part[], yes?: LaunchRequest['settings']['yes'], more?: Partial<LaunchRequest>) => Promise<string>;
  /** Lets time pass until `over` holds, at most until nothing waits for time any more, or the time `until`. */
  readonly pass: (over: () => boolean, until?: number) => Promise<void>;
  /** What is recorded of the task, each with its time. */
  readonly recorded: (task: string) => readonly Recorded<RunEvent>[];
}

const spec = builtinWorkflow('spec-and-build');
const minute = 60_000;

export async function timedEngine(slots: Partial<Slots>, change: (ports: EnginePorts) => EnginePorts = (ports) => ports): Promise<TimedEngine> {
  const time = new VirtualTime();
  const runs = new Map<string, Recorded<RunEvent>[]>();
  const plans = new Map<string, readonly Part[]>();
  const engine = createEngine(change(timedPorts(time, runs, plans, { agents: 8, gates: 2, perProvider: {}, waitingReviews: 5, ...slots })));
  await engine.open();
  return {
    engine, time, recorded: (task) => runs.get(task) ?? [],
    launch: (parts, yes = ['plan', 'merge'], more = {}) => engine.launch({ ...request(yes), ...more }, (task) => plans.set(task, parts)),
    pass: async (over, until = Number.POSITIVE_INFINITY) => {
      for (await drain(); !over() && time.next() <= until; await drain()) if (!time.step()) return;
    },
  };
}

/** Minutes from the first attempt at a subtask to the landing of the last. */
export function makespan(records: readonly Recorded<RunEvent>[]): number {
  const times = records.flatMap(({ at, event }) => ((event.type === 'AttemptStarted' || event.type === 'UnitLanded') && event.unit.startsWith('implement/') ? [at] : []));
  return (Math.max(...times) - Math.min(...times)) / minute;
}

export function ended(state: RunState | undefined): boolean {
  return state?.end != null;
}

function request(yes: LaunchRequest['settings']['yes']): LaunchRequest {
  return {
    request: 'timed', workflow: spec, workflowHash: 'w', base: { ref: 'main', commit: 'base', tree: 't' }, target: 'refs/heads/main', specs: [],
    agents: { implementer: ['timed'] }, sameProvider: true, budget: { usd: null, minutes: null }, settings: { sandbox: 'off', slots: 8, yes, stepMinutes: 1_000_000 },
    content: { hash: 'c', setup: null, copy: [], gates: [], protect: [], target: null }, by: 'you', inputs: {},
  };
}

function planOf(parts: readonly Part[]): Plan {
  return {
    summary: 'timed',
    subtasks: parts.map(({ id, needs, minutes, unknown }) => ({ id, title: id, description: id, needs: [...needs], scope: [`src/${id}.ts`], requirements: [], tests: [], ...(unknown ? {} : { estimate: minutes }) })),
  };
}

function timedPorts(time: VirtualTime, runs: Map<string, Recorded<RunEvent>[]>, plans: ReadonlyMap<string, readonly Part[]>, slots: Slots): EnginePorts {
  let count = 0, tasks = 0;
  const id = (): string => (++count).toString(16).padStart(40, '0');
  const clock = time.clock(0);
  const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: (message: string, cause?: unknown) => { throw new Error(message, { cause }); } };
  const tests = { passed: 1, failed: 0, skipped: 0, new: 0, removed: 0, flaky: 0, preexisting: 0 };
  const found = { command: 'npm test', sandbox: 'none', dependencies: 'none', log: null, tail: '', durationMs: 1, cached: false };
  const unused = (): Promise<never> => Promise.reject(new Error('not used'));
  return {
    clock, ids: { task: () => `t${++tasks}` }, log: quiet, slots: () => slots,
    machine: { load: () => unmeasured },
    attemptLog: { write: () => undefined, lastSpend: () => Promise.resolve(null) }, library: { contextOf: () => Promise.resolve({ text: '', files: [], hash: '' }), changes: () => Promise.resolve([]) }, files: () => { throw new Error('not used'); },
    journal: {
      tasks: () => Promise.resolve([]),
      run: (task) => { const records: Recorded<RunEvent>[] = []; runs.set(task, records); return Promise.resolve(inMemory(records)); },
      queue: () => Promise.resolve(inMemory([])),
    },
    archive: {
      resolveBase: unused, openWorktree: () => Promise.resolve({ path: '/', branch: 'b', mounts: noMounts }),
      commitWorktree: () => Promise.resolve({ commit: id(), tree: id(), files: ['a'], hidden: [] }),
      integrate: ({ onto }) => Promise.resolve({ kind: 'clean', commit: id(), tree: id(), onto }),
      advance: () => Promise.resolve(), tip: () => Promise.resolve('base'),
      makeCandidate: () => Promise.resolve({ kind: 'clean', commit: id(), tree: id(), onto: 'base' }),
      landingBlockers: () => Promise.resolve([]), land: ({ commit, tree }) => Promise.resolve({ kind: 'landed', commit, tree }),
      changes: () => Promise.resolve([]), diff: () => Promise.resolve(''), readFile: () => Promise.resolve(null), listFiles: () => Promise.resolve([]),
      cleanUp: () => Promise.resolve(), worktrees: () => Promise.resolve([]),
    },
    workers: {
      choose: (_task, agents) => agents[0] ?? null,
      work: async ({ task, gives, subtask }, _report, signal) => {
        const parts = plans.get(task) ?? [];
        await clock.after((parts.find((part) => part.id === subtask?.id)?.minutes ?? 0) * minute, signal);
        return { agent: 'timed', ...nothingSpent, end: gives === 'plan' ? { kind: 'plan', plan: planOf(parts) } : gives === 'review' ? { kind: 'review', review: { summary: 's', criteria: [], findings: [] } } : { kind: 'edited', summary: 's' } };
      },
    },
    commands: { run: unused }, toolServers: { call: unused },
    examiners: {
      content: unused,
      examine: ({ commit, tree }): Promise<Evidence> => Promise.resolve({ id: `e-${tree}`, commit, tree, verdict: 'accepted', reason: 'passed', ticks: [], gates: [{ id: 'unit', verdict: 'accepted', reason: 'passed', exit: 0, tests, failures: [], evidence: found }] }),
    },
  };
}

function inMemory<Event>(records: Recorded<Event>[]): Stream<Event> {
  return {
    records: [], close: () => Promise.resolve(),
    append: (events, at) => {
      const added = events.map((event, index) => ({ seq: records.length + index + 1, epoch: 1, at, event }));
      records.push(...added);
      return Promise.resolve(added);
    },
  };
}
