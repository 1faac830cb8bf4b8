/** The archive port over the model repository, checking what the engine must keep to: I1, I4, I5, I6, I8. */
import { decide } from '../../src/core/decide.ts';
import { ancestors } from '../../src/core/graph.ts';
import { landable } from '../../src/core/landable.ts';
import type { RunState } from '../../src/core/state.ts';
import type { Archive } from '../../src/ports/archive.ts';
import { noMounts } from '../../src/ports/sandbox.ts';
import type { World } from './world.ts';

export function modelArchive(world: World, generation: number): Archive {
  const { repository } = world;
  const call = <Value>(name: string, effect: () => Value): Promise<Value> => world.call(generation, name, effect);

  /** I1: whatever is begun must be wanted by what was acknowledged. */
  function wanted(task: string, what: string, test: (id: string) => boolean): undefined {
    if (generation !== world.generation) return;
    // The newest records may still be on their way to the engine: what is written by one fsync arrives together.
    const known = world.acknowledged.get(task)?.length ?? 0;
    const states = [0, 1, 2, 3].map((back) => world.folded(task, known - back));
    if (!states.some((state) => state && decide(state).some((command) => test(command.id)))) world.violated('I1', `${task}: ${what} without a durable decision`);
  }

  const merge = (commit: string, onto: string, base: string) => {
    const merged = repository.merge(commit, onto, base);
    if ('conflict' in merged) return { kind: 'conflict' as const, files: merged.conflict, onto };
    const made = repository.commit(onto, merged.files);
    return { kind: 'clean' as const, commit: made.id, tree: made.tree, onto };
  };

  return {
    resolveBase: () => call('resolveBase', () => ({ ref: 'main', commit: repository.target, tree: repository.get(repository.target).tree, target: 'refs/heads/main', dirty: [] })),
    openWorktree: ({ task, unit, start, keep }) => wanted(task, `openWorktree ${unit}`, (id) => id.startsWith(`${unit}#`)) ?? call(`openWorktree ${unit}`, () => {
      const key = `${task}/${unit}`;
      const there = repository.worktrees.get(key);
      if (there?.busy) world.violated('I8', `${key} opened while somebody works in it`);
      // An attempt that was cut off before it opened its worktree left the one of its predecessor.
      const kept = there && keep && there.start === start;
      if (there && !kept) repository.rescued.push({ key, files: { ...there.files } });
      if (!kept) repository.worktrees.set(key, { start, files: { ...repository.get(start).files }, busy: false });
      return { path: key, branch: `treeline/${key}`, mounts: noMounts };
    }),
    commitWorktree: ({ task, unit, parent }) => call(`commitWorktree ${unit}`, () => {
      const worktree = repository.worktrees.get(`${task}/${unit}`);
      if (!worktree) return null;
      const made = repository.commit(parent, { ...worktree.files });
      if (made.tree === repository.get(parent).tree) return null;
      return { commit: made.id, tree: made.tree, files: Object.keys(made.files).filter((path) => made.files[path] !== repository.get(parent).files[path]), hidden: [] };
    }),
    integrate: ({ commit, onto, also = [] }) => call('integrate', () => merge(commit, onto, repository.nearestBase(commit, [onto, ...also]))),
    advance: ({ task, from, to }) => wanted(task, 'advance', (id) => /:advance(\.\d+)?$/.test(id)) ?? call('advance', () => {
      const ref = `refs/heads/treeline/${task}/integration`;
      const now = repository.refs.get(ref);
      if (now !== undefined && now !== from && now !== to) world.violated('I5', `integration of ${task} is at ${now}, not ${from}`);
      repository.refs.set(ref, to);
    }),
    makeCandidate: ({ head, base, target }) => call('makeCandidate', () => merge(head, repository.refs.get(target) ?? target, base)),
    tip: () => call('tip', () => repository.target),
    land: async ({ onto, commit, tree }, blocked, signal) => {
      if (generation !== world.generation) return new Promise(() => undefined);
      world.landing += 1;
      if (world.landing > 1) world.violated('I5', 'two landings at once');
      try {
        for (let told = false; repository.dirty; told = true) {
          if (!told) blocked(['src/mine.ts is modified']);
          await world.time.clock(generation).after(1_000, signal);
        }
        return await call('land', () => {
          signal.throwIfAborted();
          if (repository.target === commit) return { kind: 'landed' as const, commit, tree };
          if (repository.target !== onto) return { kind: 'moved' as const, tip: repository.target, why: 'the target moved' };
          checkLanding(world, commit, onto, tree);
          repository.moveTarget(commit);
          world.landed.push(commit);
          return { kind: 'landed' as const, commit, tree };
        });
      } finally {
        if (generation === world.generation) world.landing -= 1;
      }
    },
    landingBlockers: ({ onto }) => Promise.resolve(repository.dirty && repository.target === onto ? ['src/mine.ts is modified'] : []),
    changes: () => Promise.resolve([]), diff: () => Promise.resolve(''), readFile: () => Promise.resolve(null), listFiles: () => Promise.resolve([]),
    cleanUp: (task) => call(`cleanUp ${task}`, () => {
      if (!world.durable(task)?.end) world.violated('I8', `${task} tidied before its end`);
      for (const [key, worktree] of repository.worktrees) {
        if (!key.startsWith(`${task}/`)) continue;
        if (worktree.busy) world.violated('I8', `${key} removed while somebody works in it`);
        repository.rescued.push({ key, files: { ...worktree.files } });
        repository.worktrees.delete(key);
      }
      repository.refs.delete(`refs/heads/treeline/${task}/integration`);
    }),
    worktrees: (task) => Promise.resolve([...repository.worktrees.keys()].filter((key) => key.startsWith(`${task}/`)).map((path) => ({ unit: path, path, branch: path }))),
  };
}

/** I4 and I6, read from the durable events and the workflow, not from core's own answer. */
function checkLanding(world: World, commit: string, onto: string, tree: string): void {
  const owner = [...world.runs.keys()].map((task) => world.durable(task)).find((state) => state && !state.end && landable(state)?.commit === commit);
  if (!owner) { world.violated('I4', `${commit} lands without a run that may land it`); return; }
  const all = (world.runs.get(owner.task) ?? []).map((record) => record.event);
  const events = all.slice(all.findLastIndex((event) => event.type === 'CandidateMade' && event.commit === commit));
  // What each gate said last, where that was of this very tree and it has not been sent back to its beginning since.
  const last = new Map(all.flatMap((event) => (event.type === 'CandidateJudged' && judgesLanding(owner, event.step) ? [[event.step, event.evidence] as const] : [])));
  const said = new Map([...last].filter(([, evidence]) => evidence.tree === tree));
  const waived = events.some((event) => event.type === 'GateWaived' || (event.type === 'CheckpointApproved' && event.waivers.length > 0));
  // P4: what depends on another task lands only when it knows that this has landed, or a person let it go on without.
  const known = all.some((event) => event.type === 'UpstreamLanded') || all.some((event, at) => event.type === 'RetryRequested' && all.slice(0, at).some((before) => before.type === 'UpstreamLost'));
  if (owner.upstream && (!known || (world.durable(owner.upstream.task)?.landed === null && !all.some((event) => event.type === 'UpstreamLost')))) world.violated('P4', `${owner.task} lands before ${owner.upstream.task}`);
  const red = [...said.values()].filter((evidence) => evidence.verdict !== 'accepted');
  if (said.size === 0) world.violated('I4', 'no gate judged this tree');
  if (red.length > 0 && !waived) world.violated('I4', `landed on ${red.map((evidence) => evidence.verdict).join(', ')} evidence`);
  if (world.repository.get(commit).parent !== onto) world.violated('I5', 'not a fast-forward');
  if (Object.values(world.repository.get(commit).files).some((text) => text.includes('bug')) && !waived) world.violated('I4', 'a red tree landed');
  const evidence = [...new Set([...said.values()].map(({ id }) => id))];
  // What a step said of this tree before it was sent back to its beginning may be named beside: it was known when somebody approved.
  const ever = new Set(all.flatMap((event) => (event.type === 'CandidateJudged' && event.evidence.tree === tree ? [event.evidence.id] : [])));
  // What needs a person's look lands with all of its ticks, whether the workflow asks anybody or not.
  const wanted = new Set([...said.values()].flatMap(({ ticks }) => ticks.map(({ id }) => id)));
  const looked = events.some((event) => event.type === 'CheckpointApproved' && event.binding.commit === commit && event.binding.tree === tree && [...wanted].every((tick) => event.ticks.includes(tick)));
  if (wanted.size > 0 && !looked) world.violated('I4', 'landed without the ticks that its evidence needs');
  for (const step of checkpointsBefore(owner)) {
    const approved = events.findLast((event) => event.type === 'CheckpointApproved' && event.checkpoint.startsWith(`${step}#`));
    const { binding } = approved?.type === 'CheckpointApproved' ? approved : { binding: null };
    if (binding?.commit !== commit || binding.base !== onto || binding.tree !== tree || evidence.some((id) => !namedIn(binding.evidence).includes(id)) || namedIn(binding.evidence).some((id) => !ever.has(id))) world.violated('I6', `the approval of ${step} names something else`);
  }
}

const namedIn = (joined: string): readonly string[] => joined.split('+');

function judgesLanding(state: RunState, id: string): boolean {
  const step = state.workflow.steps.find((candidate) => candidate.id === id);
  return (step?.kind !== 'gate' || step.tree === 'merged') && state.steps.some((own) => own.id === id && own.evidence !== null);
}

/** The merge checkpoints that were passed on the way to the merge that lands. */
function checkpointsBefore(state: RunState): readonly string[] {
  const merge = state.workflow.steps.find((step) => step.kind === 'merge' && state.steps.some((own) => own.id === step.id && own.status === 'active' && own.land !== null && own.land.kind !== 'stuck'));
  const before = merge ? ancestors(state.workflow, merge.id) : [];
  return before.flatMap((step) => (step.kind === 'checkpoint' && step.about === 'merge' && state.steps.some((own) => own.id === step.id && own.status === 'done') ? [step.id] : []));
}
