/** Scripted agents and gates: agents that plan, write files with bugs, repair them, lie, fail; gates that find every bug. */
import type { Evidence } from '../../src/core/gate.ts';
import { planSchema } from '../../src/core/plan.ts';
import type { Failure } from '../../src/core/outcome.ts';
import { countedUsd, noUsage } from '../../src/core/usage.ts';
import type { Spend } from '../../src/core/usage.ts';
import type { Examiners } from '../../src/ports/examiners.ts';
import type { WorkEnd, WorkReport, WorkRequest, Workers } from '../../src/ports/workers.ts';
import { seeded } from './chance.ts';
import type { Chance } from './chance.ts';
import { modelOutputs } from './modelCommands.ts';
import type { World } from './world.ts';

const failures: readonly Failure[] = ['rate-limit', 'overloaded', 'network', 'model', 'key', 'loop', 'timeout', 'context'];

export function modelWorkers(world: World, generation: number): Workers {
  const { repository, chance } = world;
  return {
    choose: (_task, agents) => agents[0] ?? null,
    work: (request, report, signal) => world.engage(generation, false, async () => {
      if (generation !== world.generation) return new Promise(() => undefined);
      const key = `${request.task}/${request.unit}`;
      const worktree = repository.worktrees.get(key);
      if (!worktree) { world.violated('I8', `${key} has no worktree`); throw new Error('no worktree'); }
      worktree.busy = true;
      let costUsd = 0;
      // Now and then nobody knows the price: then the estimate counts.
      const priced = chance.happens(0.8);
      const spend = (): Spend => ({ usage: noUsage, costUsd: priced ? costUsd : null, estimatedUsd: priced ? 0 : costUsd });
      const failed = (failure: Failure): WorkEnd => ({ kind: 'failed', failure, message: failure, retryAt: failure === 'rate-limit' ? world.time.now + 30_000 : null });
      const play = async (): Promise<WorkEnd> => {
        for (let turn = 0; turn < 3; turn += 1) {
          // What a call cost is known when it is over: from here on the engine has heard of it.
          if (generation !== world.generation) return new Promise(() => undefined);
          report.part({ kind: 'spent', spend: spend() });
          const refused = report.allowance(spend());
          checkBudget(world, request.task, refused);
          if (refused !== null) return failed('budget');
          costUsd += 0.5;
          await world.call(generation, `turn ${request.unit}`, () => undefined, null);
          signal.throwIfAborted();
          if (world.surprises()) return failed(chance.pick(failures));
        }
        if (request.amendable && world.surprises()) await report.propose(amendmentFor(request, chance));
        const outputs = Object.keys(request.outputs).length > 0 ? { outputs: modelOutputs(request.outputs, chance) } : {};
        if (request.gives === 'plan') return { kind: 'plan', plan: planFor(world.drawn ? `${request.task} ${request.unit} ${request.n}` : request.task), ...outputs };
        if (request.gives === 'review') return { kind: 'review', review: { summary: 'read', criteria: [], findings: world.surprises() ? [{ file: 'src/shared.ts', line: 1, severity: 'high', message: 'wrong' }] : [] }, ...outputs };
        if (request.gives === 'document') return { kind: 'document', text: `# ${request.document ?? 'Document'}\n\nVersion ${request.n}.\n`, ...outputs };
        if (request.gives === 'result') return { kind: 'result', summary: 'seen', ...outputs };
        // Some files are shared between subtasks and tasks, so that merges conflict now and then. Everyone says it is done.
        if ((request.feedback.length > 0 && chance.happens(0.1)) || (world.drawn && world.surprises())) return { kind: 'edited', summary: 'nothing to do', ...outputs };
        const own = `src/${request.unit.replaceAll('/', '-')}.ts`;
        const buggy = request.feedback.length === 0 && chance.happens(0.3);
        worktree.files[own] = `${request.unit} ${buggy ? 'bug' : `fine ${request.n}`}`;
        if (chance.happens(0.1)) worktree.files['src/shared.ts'] = key;
        if (!buggy) for (const [path, text] of Object.entries(worktree.files)) if (text.includes('bug')) worktree.files[path] = text.replace('bug', 'fine');
        return { kind: 'edited', summary: 'all tests pass', ...outputs };
      };
      try {
        const end = await play();
        return { end, agent: 'model', ...spend(), usage: { ...noUsage, calls: 3 } };
      } finally {
        if (generation === world.generation) worktree.busy = false;
      }
    }),
  };
}

/** I16, counted by the world itself: what every attempt said that it had spent, those too that a crash cut off, or what was recorded of it. */
function checkBudget(world: World, task: string, refused: string | null): void {
  const known = world.acknowledged.get(task)?.length ?? 0;
  // The newest record may still be on its way to the engine; or be there already, with a larger budget.
  const state = world.folded(task, known - 1), budget = world.folded(task, known)?.budget.usd ?? null;
  if (!state || state.budget.usd === null || budget === null || budget > state.budget.usd) return;
  const spent = new Map([...world.told].filter(([key]) => key.startsWith(`${task}/`)).map(([key, { spend }]) => [key, countedUsd(spend)]));
  for (const unit of state.units) for (const attempt of unit.attempts) {
    const key = `${task}/${unit.id}#${attempt.n}`;
    spent.set(key, Math.max(spent.get(key) ?? 0, countedUsd(attempt)));
  }
  const sum = [...spent.values()].reduce((total, usd) => total + usd, 0);
  if (sum >= state.budget.usd && refused === null) world.violated('I16', `${task} spends on at ${sum} of ${state.budget.usd}`);
}

/** `by`: the task, and a plan that is made again (after a crash, or since it was sent back) is the same plan; or more, and it may be another. */
function planFor(by: string): Extract<WorkEnd, { kind: 'plan' }>['plan'] {
  const draw = seeded([...by].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7));
  const count = draw.between(1, 5);
  const subtasks = Array.from({ length: count }, (_, index) => ({
    id: `s${index}`, title: `part ${index}`, description: 'do it', scope: draw.happens(0.3) ? ['src/**'] : [`src/s${index}.ts`], requirements: [], tests: [], ...(draw.happens(0.5) ? { estimate: draw.between(1, 30) } : {}),
    needs: Array.from({ length: index }, (_unused, earlier) => `s${earlier}`).filter(() => draw.happens(0.4)),
  }));
  // As whoever reads an agent's plan hands it over: its parts in the schema's order.
  return planSchema.parse({ summary: 'a plan', subtasks });
}

/** Often one that can be taken; sometimes one that a person has to decide, or that cannot be at all. */
function amendmentFor({ plan }: WorkRequest, chance: Chance): Parameters<WorkReport['propose']>[0] {
  const subtasks = plan?.subtasks ?? [];
  const part = (id: string) => ({ id, title: id, description: id, needs: chance.happens(0.5) ? [chance.pick(subtasks).id] : [], scope: [chance.happens(0.7) ? `src/${id}.ts` : '**'], requirements: [], tests: [] });
  const id = (): string => `n${chance.between(1, 99)}`;
  switch (chance.pick(['add', 'split', 'drop'] as const)) {
    case 'add': return { why: 'more is needed', add: [part(id())], split: [], drop: [] };
    case 'split': return { why: 'it is two', add: [], split: [{ id: chance.pick(subtasks).id, into: [part(id()), part(id())] }], drop: [] };
    case 'drop': return { why: 'it is not needed', add: [], split: [], drop: [chance.pick(subtasks).id] };
  }
}

export function modelExaminers(world: World, generation: number): Examiners {
  return {
    content: () => Promise.reject(new Error('not used here')),
    examine: ({ commit, tree, id }) => world.engage(generation, id.endsWith(':alone'), () => world.call(generation, `examine ${id}`, (): Evidence => {
      const red = Object.values(world.repository.get(commit).files).some((text) => text.includes('bug'));
      const odd = world.surprises() ? world.chance.pick([['error', 'setup-failed'], ['timed-out', 'timeout'], ['not-verified', 'no-tests'], ['rejected', 'new-failures'], ['error', 'overloaded']] as const) : null;
      const ticks = world.surprises() ? [{ id: 'integrity:test-removed', why: 'a test is gone' }] : [];
      const [verdict, reason] = odd ?? (red ? ['rejected', 'new-failures'] as const : ['accepted', 'passed'] as const);
      const tests = { passed: red ? 0 : 1, failed: red ? 1 : 0, skipped: 0, new: 0, removed: 0, flaky: 0, preexisting: 0 };
      const evidence = { command: 'npm test', sandbox: 'model', dependencies: 'none', log: null, tail: '', durationMs: 1, cached: false };
      return { id: `evidence-${tree}-${verdict}-${reason}-${ticks.length}`, commit, tree, verdict, reason, ticks, gates: [{ id: 'unit', verdict, reason, exit: red ? 1 : 0, tests, failures: [], evidence }] };
    }, null)),
  };
}
