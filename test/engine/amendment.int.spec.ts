// A plan that is changed by an agent while it is carried out, in the real engine with a scripted model. specs/run.md.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunEvent } from '../../src/core/event.ts';
import { openCheckpoints } from '../../src/core/state.ts';
import type { RunState } from '../../src/core/state.ts';
import { status } from '../../src/core/status.ts';
import { viewOf } from '../../src/protocol/viewOf.ts';
import { runViewSchema } from '../../src/protocol/runView.ts';
import { git } from '../app/support.ts';
import { amendingModel, notesProject } from '../support/amendingModel.ts';
import { builtinWorkflow } from '../support/given.ts';
import { startModelServer } from '../support/modelServer.ts';
import type { ModelServer } from '../support/modelServer.ts';
import { openRealEngine, temporaryGround } from './support/realEngine.ts';
import type { RealEngine } from './support/realEngine.ts';

describe('a plan that an agent changes on its way, in the real engine', function () {
  this.timeout(120_000);
  let ground: ReturnType<typeof temporaryGround>;
  let repository: string;
  let server: ModelServer;
  let real: RealEngine;
  beforeEach(async () => {
    ground = temporaryGround();
    repository = join(ground.folder, 'notes');
    for (const [path, text] of Object.entries(notesProject)) {
      mkdirSync(dirname(join(repository, path)), { recursive: true });
      writeFileSync(join(repository, path), text);
    }
    git(repository, 'init', '--quiet', '--initial-branch=main');
    git(repository, 'add', '--all');
    git(repository, 'commit', '--quiet', '--message', 'Begin');
    server = await startModelServer(amendingModel);
    real = await openRealEngine(repository, { endpoints: server.endpoints });
  });
  afterEach(async () => {
    await real.close();
    await server.close();
    ground.end();
  });

  const subtasks = (state: RunState): (string | undefined)[] => state.plan?.subtasks.map(({ id }) => id) ?? [];
  const standing = (state: RunState) => ({ status: status(state), plan: subtasks(state), units: Object.fromEntries(state.units.filter(({ step }) => step === 'implement').map((unit) => [unit.id, unit.phase.kind])), open: openCheckpoints(state).map(({ id }) => id) });

  it('REQ-AMEND-01 REQ-AMEND-02 REQ-AMEND-03 takes what it may, refuses what cannot be with every mistake, asks a person for more, and lands all of it', async () => {
    const task = await real.launch(builtinWorkflow('spec-and-build'), { request: 'Write the notes', yes: ['plan', 'merge'], agents: { implementer: ['anthropic:test'], reviewer: ['openai:test'] } });
    const waits = await real.standing(task);
    assert.deepEqual(standing(waits), {
      status: 'waiting', plan: ['first', 'left', 'right'], units: { 'implement/first': 'landed', 'implement/left': 'landed', 'implement/right': 'landed' }, open: ['implement#amendment-2'],
    });
    const told = server.requests.findLast(({ subtask }) => subtask?.id === 'first')?.calls.map(({ name, ok, result }) => [name, ok, result]);
    assert.deepEqual(told?.slice(0, 3), [
      ['propose_amendment', false, 'The plan cannot be changed like this:\n- "first" has started: only subtasks that have not can be split or dropped\n- "more" needs "second", which is no subtask\n- "more" needs "nosuch", which is no subtask\n- the needs form a circle: left → right → left'],
      ['propose_amendment', true, 'The plan is changed. Its subtasks now: first, left, right. Go on with your own work.'],
      ['propose_amendment', true, 'A person decides about this (wider scope: shown/**). What it would split or drop does not start before. Go on with your own work as if it stayed as it is.'],
    ]);
    runViewSchema.parse(viewOf(waits));

    // An engine that ends here finds it again as it was.
    await real.close();
    real = await openRealEngine(repository, { endpoints: server.endpoints });
    const again = await real.standing(task);
    assert.deepEqual(standing(again), standing(waits));
    await real.ask(task, { kind: 'approve', checkpoint: 'implement', commit: null, waivers: [], ticks: [], by: 'a person', tip: null });
    const end = await real.standing(task);
    assert.deepEqual([status(end), subtasks(end), end.planVersions.map(({ by, plan }) => [by, plan.subtasks.length])], ['merged', ['first', 'left', 'right', 'shown'], [['plan', 2], ['implement/first', 3], ['a person', 4]]]);
    assert.equal(git(repository, 'show', '--format=', '--name-only', 'main'), 'notes/first.txt\nnotes/left.txt\nnotes/right.txt\nshown/shown.txt');
    assert.deepEqual(real.events(task).filter((event: RunEvent) => event.type === 'CheckpointApproved').map((event) => event.type === 'CheckpointApproved' && [event.checkpoint, event.by]), [['implement#amendment-2', 'a person'], ['approve-merge#1', '--yes']]);
  });
});
