/** Plays one seed: an engine over the world's ports, a person who answers, others who push to the target, crashes and restarts. */
import { readFileSync } from 'node:fs';
import type { RunState } from '../../src/core/state.ts';
import { exitCode, status, waiting } from '../../src/core/status.ts';
import { countedUsd } from '../../src/core/usage.ts';
import type { Workflow } from '../../src/core/workflow.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { Engine, LaunchRequest } from '../../src/engine/enginePorts.ts';
import { readWorkflow } from '../../src/workflows/readWorkflow.ts';
import { drawnWorkflow, shownWorkflow } from '../support/drawnWorkflow.ts';
import { seeded } from './chance.ts';
import type { Chance } from './chance.ts';
import { saying } from './modelCommands.ts';
import { answerTo } from './person.ts';
import { drain } from './virtualTime.ts';
import { World } from './world.ts';

export interface Played {
  readonly violations: readonly string[]; readonly ends: readonly string[]; readonly trace: readonly string[]; readonly crashes: number;
  /** The workflows of the seed, where it drew them; and the types of all events that there were. */
  readonly workflows: readonly string[]; readonly events: ReadonlySet<string>;
}

const builtin = (name: string) => {
  const read = readWorkflow(readFileSync(new URL(`../../src/workflows/builtin/${name}.yaml`, import.meta.url), 'utf8'));
  if (!read.ok) throw new Error(JSON.stringify(read.refusal));
  return read.value.workflow;
};
const builtins = ['spec-and-build', 'quick-change', 'fix-bug', 'full-sdd', 'race', 'review-only'].map(builtin);
const calmAfter = 300;
const stepLimit = 4_000;

/** Three seeds of ten draw their workflows as well; the others play the built-in ones. */
export function isDrawn(seed: number): boolean {
  return seed % 10 < 3;
}

export async function play(seed: number): Promise<Played> {
  const chance = seeded(seed);
  const world = new World(chance, isDrawn(seed));
  let engine = await start(world);
  const workflows = Array.from({ length: chance.between(1, 2) }, () => workflowBy(world, chance));
  for (const workflow of workflows) void engine.launch(request(world, chance, workflow)).catch(() => undefined);

  for (let step = 0; step < stepLimit && world.violations.length === 0; step += 1) {
    await drain();
    if (world.crashed) {
      world.crashed = false;
      engine = await start(world);
      continue;
    }
    world.faults = step < calmAfter;
    if (world.faults && world.tasks < 4 && chance.happens(0.02)) workflows.push(...depend(world, engine, chance));
    checkStates(world, engine);
    const states = engine.states();
    if ((states.length > 0 || step > calmAfter) && states.every((state) => state.end) && world.repository.worktrees.size === 0) break;
    await act(world, engine, chance);
    if (!world.crashed && !world.time.step() && !world.repository.dirty && step > calmAfter && states.every((state) => status(state) === 'running')) {
      // Nothing waits for time or for a person, and nothing moved since the last look: twice in a row is a standstill.
      await drain();
      if (engine.states().every((state, index) => state === states[index] && status(state) === 'running') && !world.time.step()) world.violated('liveness', `standstill: ${states.map(describe).join(' | ')}`);
    }
  }
  await finish(world, engine);
  return {
    violations: world.violations, ends: engine.states().map((state) => state.end?.kind ?? 'open'), trace: world.trace, crashes: world.generation,
    workflows: world.drawn ? workflows.map(shownWorkflow) : [], events: new Set([...world.runs.values()].flatMap((records) => records.map(({ event }) => event.type))),
  };
}

function workflowBy(world: World, chance: Chance): Workflow {
  return world.drawn ? saying(drawnWorkflow((below) => chance.between(0, Math.max(0, below - 1)), { most: 12, lands: chance.happens(0.6) })) : chance.pick(builtins);
}

async function start(world: World): Promise<Engine> {
  for (;;) {
    const engine = createEngine(world.ports());
    engine.subscribe(({ task, state }) => {
      // I1: whoever hears of a state hears of what is on disk already.
      const onDisk = world.durable(task);
      if (!onDisk || onDisk.seq < state.seq) world.violated('I1', `${task} was told seq ${state.seq}, the disk has ${onDisk?.seq ?? 0}`);
    });
    const opened = engine.open().then(() => true);
    while (!world.crashed) {
      if (await Promise.race([opened, drain().then(() => false)])) return engine;
      world.time.step();
    }
    world.crashed = false;
  }
}

/** A further task, after another one or stacked on it, if there is one. Its workflow. */
function depend(world: World, engine: Engine, chance: Chance): readonly Workflow[] {
  const open = engine.states().filter((state) => !state.end);
  const below = open.length > 0 ? chance.pick(open) : undefined;
  if (!below) return [];
  const how = chance.pick(['after', 'on'] as const), workflow = workflowBy(world, chance), own = request(world, chance, workflow);
  void engine.launch({ ...own, ...(how === 'on' ? { base: { ref: 'main', commit: below.head, tree: below.headTree } } : {}), upstream: { task: below.task, how } }).catch(() => undefined);
  return [workflow];
}

function request(world: World, chance: Chance, workflow: Workflow): LaunchRequest {
  const policy = chance.pick([null, null, 'on-risk', 'never'] as const);
  const target = world.repository.get(world.repository.target);
  return {
    request: 'add a feature', workflow, workflowHash: 'w', base: { ref: 'main', commit: target.id, tree: target.tree }, target: 'refs/heads/main',
    specs: [], agents: { implementer: ['model'] }, sameProvider: true, budget: { usd: chance.happens(0.2) ? chance.between(1, 6) : null, minutes: null },
    settings: { sandbox: 'prefer', slots: 3, yes: chance.happens(0.3) ? ['plan', 'merge'] : [], stepMinutes: 30, ...(policy === null ? {} : { policy }) },
    content: { hash: 'c', setup: null, copy: [], gates: [], protect: [], target: null }, by: 'simulation', inputs: Object.hasOwn(workflow.inputs, 'from') ? { from: target.id } : {},
  };
}

/** What people do: mostly answer what waits; sometimes something surprising. Others move the target and dirty the checkout. */
async function act(world: World, engine: Engine, chance: Chance): Promise<void> {
  const { repository } = world;
  if (world.faults && chance.happens(0.03)) {
    const tip = repository.get(repository.target);
    repository.moveTarget(repository.commit(tip.id, { ...tip.files, [chance.pick(['other.ts', 'src/shared.ts'])]: `other ${chance.between(1, 1e6)}` }).id);
  }
  if (chance.happens(world.faults ? 0.02 : 0)) repository.dirty = true;
  else if (repository.dirty && (!world.faults || chance.happens(0.3))) repository.dirty = false;
  for (const state of engine.states()) {
    if (state.end || !chance.happens(0.5)) continue;
    const ask = answerTo(state, chance, world.faults);
    // Twice at once, as from two windows: exactly one may count.
    if (ask) void Promise.allSettled(chance.happens(0.2) ? [engine.ask(state.task, ask), engine.ask(state.task, ask)] : [engine.ask(state.task, ask)]);
  }
}

function checkStates(world: World, engine: Engine): void {
  for (const [task, acknowledged] of world.acknowledged) {
    const disk = world.runs.get(task) ?? [];
    // I2: everything acknowledged is on disk, in its place.
    for (const record of acknowledged) {
      if (disk[record.seq - 1] !== record) { world.violated('I2', `${task}: acknowledged seq ${record.seq} is gone`); return; }
    }
    const state = engine.state(task);
    if (state && !world.compared.has(state) && JSON.stringify(world.folded(task, state.seq)) !== JSON.stringify(state)) world.violated('I2', `${task}: the engine's state is not the fold of its journal`);
    // I3: an attempt's outcome is recorded once.
    const outcomes = disk.flatMap(({ event }) => (event.type === 'AttemptFinished' ? [event.command] : []));
    if (new Set(outcomes).size !== outcomes.length) world.violated('I3', `${task}: an outcome stands twice`);
    const landings = disk.flatMap(({ event }) => (event.type === 'Landed' ? [event.command] : []));
    if (new Set(landings).size !== landings.length || (!world.drawn && landings.length > 1)) world.violated('I5', `${task} landed twice`);
    if (state) world.compared.add(state);
    if (state) exitCode({ state: status(state), waiting: waiting(state) });
  }
}

async function finish(world: World, engine: Engine): Promise<void> {
  if (world.violations.length > 0) return;
  await drain();
  checkStates(world, engine);
  for (const state of engine.states()) {
    if (!state.end) world.violated('liveness', `${state.task} never ended: ${describe(state)}`);
    for (const unit of state.units) for (const attempt of unit.attempts) {
      const told = world.told.get(`${state.task}/${unit.id}#${attempt.n}`);
      if (told && attempt.outcome !== null && countedUsd(told.spend) > countedUsd(attempt)) world.violated('I16', `${state.task}: ${unit.id}#${attempt.n} had spent ${countedUsd(told.spend)}, and ${countedUsd(attempt)} of it counts`);
    }
    if (state.end?.kind === 'merged' && world.repository.targetHistory.filter((id) => id === (state.end as { commit: string }).commit).length !== 1) world.violated('I5', `${state.task}: merged, but not exactly once on the target`);
  }
  const recorded = new Set([...world.runs.values()].flatMap((records) => records.flatMap(({ event }) => (event.type === 'Landed' ? [event.commit] : []))));
  // A landing that was cut off by a kill is known when it is asked for again; where the run has come to want another one meanwhile it never is.
  if (world.generation === 0) for (const commit of world.landed) if (!recorded.has(commit)) world.violated('I5', `${commit} landed, and no run knows of it`);
  if (world.repository.worktrees.size > 0) world.violated('I8', `left over: ${[...world.repository.worktrees.keys()].join(', ')}`);
}

function describe(state: RunState): string {
  return `${state.task} ${status(state)} ${JSON.stringify(waiting(state))} units ${state.units.map((unit) => `${unit.id}:${unit.phase.kind}`).join(',')} steps ${state.steps.map((step) => `${step.id}:${step.status}`).join(',')}`;
}
