/** The engine's own cost per step: a run of 100 subtasks over ports that answer at once and a real journal, against bare fdatasync appends. */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unmeasured } from '../../src/core/load.ts';
import type { Evidence } from '../../src/core/gate.ts';
import { nothingSpent } from '../../src/core/usage.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { EnginePorts, LaunchRequest } from '../../src/engine/enginePorts.ts';
import { createJournal } from '../../src/journal/createJournal.ts';
import { noMounts } from '../../src/ports/sandbox.ts';
import { builtinWorkflow } from '../support/given.ts';
import { quietLog } from './benchJournal.ts';
import type { Figure } from './figure.ts';
import { median, ratio, timed } from './figure.ts';

const subtasks = 100;

export async function benchEngine(): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'treeline-bench-'));
  try {
    const perEvent: number[] = [], perAppend: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const run = await wholeRun(join(folder, `run-${round}`));
      perEvent.push(run.ms / run.events);
      perAppend.push(await bareAppends(join(folder, `bare-${round}`), run.events) / run.events);
    }
    return [
      { what: `one event of a run of ${subtasks} subtasks`, value: `${median(perEvent).toFixed(3)} ms`, against: `${ratio(median(perEvent), median(perAppend))} of write + fdatasync`, budget: '≤ 2 ×', inside: median(perEvent) / median(perAppend) <= 2 },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function bareAppends(file: string, count: number): Promise<number> {
  const bare = await open(file, 'a');
  const line = `${'x'.repeat(400)}\n`;
  const ms = await timed(async () => { for (let n = 0; n < count; n += 1) { await bare.write(line); await bare.datasync(); } });
  await bare.close();
  return ms;
}

async function wholeRun(folder: string): Promise<{ readonly ms: number; readonly events: number }> {
  const engine = createEngine(instantPorts(folder));
  await engine.open();
  let task = '';
  let finish: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => { finish = resolve; });
  engine.subscribe(({ state }) => { if (state.end) finish(); });
  const ms = await timed(async () => { task = await engine.launch(request()); await ended; });
  const state = engine.state(task);
  await engine.close();
  return { ms, events: state?.seq ?? 1 };
}

function request(): LaunchRequest {
  return {
    request: 'bench', workflow: builtinWorkflow('spec-and-build'), workflowHash: 'w', base: { ref: 'main', commit: 'base', tree: 't' }, target: 'refs/heads/main', specs: [],
    agents: { implementer: ['bench'] }, sameProvider: true, budget: { usd: null, minutes: null }, settings: { sandbox: 'off', slots: 8, yes: ['plan', 'merge'], stepMinutes: 1 },
    content: { hash: 'c', setup: null, copy: [], gates: [], protect: [], target: null }, by: 'bench', inputs: {},
  };
}

function instantPorts(folder: string): EnginePorts {
  let count = 0;
  const id = (): string => (++count).toString(16).padStart(40, '0');
  const plan = { summary: 'many', subtasks: Array.from({ length: subtasks }, (_, index) => ({ id: `s${index}`, title: 's', description: 's', needs: [], scope: [`src/${index}.ts`], requirements: [], tests: [] })) };
  const tests = { passed: 1, failed: 0, skipped: 0, new: 0, removed: 0, flaky: 0, preexisting: 0 };
  const found = { command: 'npm test', sandbox: 'none', dependencies: 'none', log: null, tail: '', durationMs: 1, cached: false };
  return {
    clock: { now: () => Date.now(), after: () => Promise.resolve() }, ids: { task: () => 't-bench' }, log: quietLog, machine: { load: () => unmeasured }, slots: () => ({ agents: 8, gates: 2, perProvider: {}, waitingReviews: 5 }),
    attemptLog: { write: () => undefined, lastSpend: () => Promise.resolve(null) }, library: { contextOf: () => Promise.resolve({ text: '', files: [], hash: '' }), changes: () => Promise.resolve([]) }, files: () => { throw new Error('not used'); },
    journal: createJournal({ folder, epoch: 1, log: quietLog }),
    archive: {
      resolveBase: () => Promise.reject(new Error('not used')),
      openWorktree: () => Promise.resolve({ path: '/', branch: 'b', mounts: noMounts }),
      commitWorktree: () => Promise.resolve({ commit: id(), tree: id(), files: ['a'], hidden: [] }),
      integrate: ({ onto }) => Promise.resolve({ kind: 'clean', commit: id(), tree: id(), onto }),
      advance: () => Promise.resolve(), tip: () => Promise.resolve('base'),
      makeCandidate: () => Promise.resolve({ kind: 'clean', commit: id(), tree: id(), onto: 'base' }),
      landingBlockers: () => Promise.resolve([]),
      land: ({ commit, tree }) => Promise.resolve({ kind: 'landed', commit, tree }),
      changes: () => Promise.resolve([]), diff: () => Promise.resolve(''), readFile: () => Promise.resolve(null), listFiles: () => Promise.resolve([]),
      cleanUp: () => Promise.resolve(), worktrees: () => Promise.resolve([]),
    },
    workers: {
      choose: () => 'bench',
      work: ({ gives }) => Promise.resolve({ agent: 'bench', ...nothingSpent, end: gives === 'plan' ? { kind: 'plan', plan } : gives === 'review' ? { kind: 'review', review: { summary: 's', criteria: [], findings: [] } } : { kind: 'edited', summary: 's' } }),
    },
    commands: { run: () => Promise.reject(new Error('not used')) }, toolServers: { call: () => Promise.reject(new Error('not used')) },
    examiners: {
      content: () => Promise.reject(new Error('not used')),
      examine: ({ commit, tree }): Promise<Evidence> => Promise.resolve({ id: `e-${tree}`, commit, tree, verdict: 'accepted', reason: 'passed', ticks: [], gates: [{ id: 'unit', verdict: 'accepted', reason: 'passed', exit: 0, tests, failures: [], evidence: found }] }),
    },
  };
}
