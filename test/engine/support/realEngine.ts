/**
 * The engine over real git, real processes, real gates and a real journal, in this process: what an engine's own process is made of, without
 * its door. Workflows are given as data; agents are the demo agent, or whoever the test says.
 */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as z from 'zod';
import { createWorkers } from '../../../src/agents/workers.ts';
import { startDemoServer } from '../../../src/app/demoServer.ts';
import { grammarFiles } from '../../../src/app/grammarFiles.ts';
import { createIds, systemClock } from '../../../src/app/systemClock.ts';
import type { ToolServer } from '../../../src/app/tools/toolServer.ts';
import { createToolServers } from '../../../src/app/tools/toolServers.ts';
import { createLibrary } from '../../../src/context/library.ts';
import type { Ask } from '../../../src/core/accept.ts';
import type { RunEvent } from '../../../src/core/event.ts';
import { unmeasured } from '../../../src/core/load.ts';
import type { TaskRequirement } from '../../../src/core/requirement.ts';
import type { RunState } from '../../../src/core/state.ts';
import { status } from '../../../src/core/status.ts';
import { workflowSchema } from '../../../src/core/workflow.ts';
import type { Value, Workflow } from '../../../src/core/workflow.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import type { Engine } from '../../../src/engine/enginePorts.ts';
import { createCommands } from '../../../src/gates/commandStep.ts';
import { createExaminers } from '../../../src/gates/createExaminers.ts';
import { openRepository } from '../../../src/git/createArchive.ts';
import { createAttemptLog } from '../../../src/journal/attemptLogFile.ts';
import { createJournal } from '../../../src/journal/createJournal.ts';
import type { Endpoints } from '../../../src/ports/workers.ts';
import { createSandbox } from '../../../src/sandbox/createSandbox.ts';
import { silent } from '../../gates/support/judge.ts';
import { memoryStore } from '../../gates/support/memoryStore.ts';

export interface RealEngine {
  readonly engine: Engine;
  /** Starts a task; resolves with its id. */
  readonly launch: (workflow: Workflow, more?: { readonly request?: string; readonly inputs?: Readonly<Record<string, Value>>; readonly yes?: readonly ('plan' | 'document' | 'choice' | 'review' | 'merge' | 'amendment')[]; readonly agents?: Readonly<Record<string, readonly string[]>>; readonly base?: string; readonly upstream?: { readonly task: string; readonly how: 'after' | 'on' }; readonly requirements?: readonly TaskRequirement[] }) => Promise<string>;
  /** Resolves with the state as soon as it is wanted; rejects when nothing moves any more and it is not. */
  readonly until: (task: string, wanted: (state: RunState) => boolean) => Promise<RunState>;
  /** Resolves when the run has ended, or waits for a person. */
  readonly standing: (task: string) => Promise<RunState>;
  readonly ask: (task: string, ask: Ask) => Promise<RunState>;
  readonly worktrees: (task: string) => Promise<readonly { readonly unit: string; readonly path: string }[]>;
  /** Everything recorded since this engine was opened. */
  readonly events: (task: string) => readonly RunEvent[];
  /** What was written to attempts' logs, all of it. */
  readonly said: () => string;
  close(): Promise<void>;
}

export function workflowOf(raw: z.input<typeof workflowSchema>): Workflow {
  return workflowSchema.parse(raw);
}

export async function openRealEngine(repository: string, options: { /** Beside the demo agent's. */ readonly endpoints?: Endpoints; readonly servers?: Readonly<Record<string, ToolServer>>; readonly slots?: number } = {}): Promise<RealEngine> {
  const folder = join(repository, '.git/treeline');
  const { archive, tree, scratch, worktreesFolder } = await openRepository({ directory: repository, clock: systemClock, log: silent });
  const sandbox = createSandbox({ log: silent, environment: process.env, hidden: [folder, worktreesFolder] });
  const ground = { archive, scratch, sandbox, store: memoryStore(), log: silent };
  const examiners = createExaminers({ ...ground, tree, grammars: grammarFiles(import.meta.filename), toolchain: process.version });
  const demo = await startDemoServer({ paceMs: 0 });
  const library = createLibrary({ tree, limits: () => ({ tokens: 20_000, mapTokens: 0 }), neverSend: async () => [] });
  const attemptLog = createAttemptLog({ folder, log: silent });
  const recorded = new Map<string, RunEvent[]>();
  let text = '';
  const engine = createEngine({
    journal: createJournal({ folder, epoch: 1, log: silent }), archive, examiners, library, files: (root) => sandbox.files(root), attemptLog, clock: systemClock, ids: createIds(systemClock), log: silent,
    workers: createWorkers({ sandbox, clock: systemClock, log: silent, prices: () => ({}), withheld: async () => () => null, endpoints: () => ({ demo: demo.endpoint, ...options.endpoints }) }),
    commands: createCommands(ground),
    toolServers: createToolServers({ servers: async () => options.servers ?? {}, keys: () => ({}), environment: process.env, clock: systemClock, log: silent }),
    machine: { load: () => unmeasured },
    slots: () => ({ agents: options.slots ?? 3, gates: 1, perProvider: {}, waitingReviews: 5 }),
  });
  engine.subscribe(({ task, records }) => { recorded.set(task, [...recorded.get(task) ?? [], ...records.map((record) => record.event)]); });
  engine.onProgress((_task, _key, part) => { text += part; });
  await engine.open();

  const until = (task: string, wanted: (state: RunState) => boolean): Promise<RunState> => new Promise((resolve) => {
    const look = (state: RunState | undefined): void => {
      if (!state || !wanted(state)) return;
      stop();
      resolve(state);
    };
    const stop = engine.subscribe((change) => { if (change.task === task) look(change.state); });
    look(engine.state(task));
  });

  return {
    engine, until, said: () => text, worktrees: (task) => archive.worktrees(task),
    launch: async (workflow, more = {}) => {
      const base = await archive.resolveBase(more.base ?? null);
      const below = more.upstream?.how === 'on' ? engine.state(more.upstream.task) : undefined;
      return engine.launch({
        request: more.request ?? 'Do it', workflow, workflowHash: 'w', base: { ref: base.ref, commit: below?.head ?? base.commit, tree: below?.headTree ?? base.tree }, target: base.target, specs: [],
        agents: more.agents === undefined ? { implementer: ['demo'] } : Object.fromEntries(Object.entries(more.agents).map(([role, chain]) => [role, [...chain]])),
        sameProvider: false, budget: { usd: null, minutes: null }, settings: { sandbox: 'prefer', slots: 3, yes: [...more.yes ?? []], stepMinutes: 5 },
        content: await examiners.content(base.commit), by: 'a test', inputs: { ...more.inputs }, ...(more.requirements ? { requirements: [...more.requirements] } : {}), ...(more.upstream ? { upstream: more.upstream } : {}),
      });
    },
    standing: (task) => until(task, (state) => status(state) !== 'running'),
    ask: async (task, ask) => {
      const answer = await engine.ask(task, ask);
      if (!answer.ok) throw new Error(`${answer.refusal.code}: ${answer.refusal.message}`);
      return answer.value;
    },
    events: (task) => recorded.get(task) ?? [],
    close: async () => {
      await engine.close();
      await demo.close();
      await scratch.settled();
      await attemptLog.flush();
    },
  };
}

/** A folder of its own, removed by `end`. */
export function temporaryGround(): { readonly folder: string; end(): void } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'treeline-engine-')));
  return { folder, end: () => { rmSync(folder, { recursive: true, force: true, maxRetries: 3 }); } };
}
