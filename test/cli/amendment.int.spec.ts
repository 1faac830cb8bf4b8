// A plan that an agent changes on its way, decided on the command line. Needs dist/.
import assert from 'node:assert/strict';
import { runViewSchema } from '../../src/protocol/runView.ts';
import { amendingModel, notesProject } from '../support/amendingModel.ts';
import { startModelServer } from '../support/modelServer.ts';
import type { ModelServer } from '../support/modelServer.ts';
import { lastView, openGround } from './support/ground.ts';
import type { Ended, Ground } from './support/ground.ts';

describe('a change of the plan on the command line', function () {
  this.timeout(120_000);
  let ground: Ground;
  let server: ModelServer;
  let repository: string;
  beforeEach(async () => {
    ground = openGround();
    server = await startModelServer(amendingModel);
    // Both requirements have a test, so that nothing but the change of the plan asks for a person.
    repository = ground.repository('notes', { ...notesProject, 'notes.test.js': 'import { test } from "node:test";\ntest("REQ-NOTE-01 REQ-NOTE-02: notes are kept", () => {});\n' });
  });
  afterEach(async () => {
    await server.close();
    await ground.close();
  });
  const treeline = (...words: string[]): Promise<Ended> => ground.treeline([...words, '--repo', repository], { environment: { ANTHROPIC_API_KEY: server.endpoints.anthropic.apiKey, ANTHROPIC_BASE_URL: server.endpoints.anthropic.baseUrl ?? '' } });

  it('REQ-AMEND-03 REQ-AMEND-05 REQ-CLI-39 ends with 3 where a person has to decide, shows what is proposed and every plan, and goes on with the old plan when it is rejected', async () => {
    const ran = await treeline('run', 'Write the notes', '--workflow', 'spec-and-build', '--agent', 'implementer=anthropic:test', '--trust', '--yes=plan,merge', '--json');
    assert.equal(ran.code, 3, ran.stderr);
    const view = lastView(ran.stdout);
    assert.deepEqual([view.waiting?.for, view.waiting?.at, view.amendments.map(({ by, state, wider }) => [by, state, wider])], ['checkpoint', 'implement#amendment-2', [['implement/first', 'taken', []], ['implement/first', 'open', ['shown/**']]]]);
    assert.deepEqual(runViewSchema.parse(JSON.parse((await treeline('show', view.task, '--json')).stdout)).checkpoints.at(-1)?.amendment?.after.subtasks.map(({ id }) => id), ['first', 'left', 'right', 'shown']);
    const shown = await treeline('show', view.task);
    assert.match(shown.stdout, /plan +version 2; 1 earlier one: treeline show \S+ --plan 1\n +amendment +implement\/first: splits second into left, right \(taken\)\. The second note is two\.\n +amendment +implement\/first: adds shown \(waits for you\)\. The notes are not shown anywhere\.\n/);
    const [old, newest] = await Promise.all([treeline('show', view.task, '--plan', '1', '--json'), treeline('show', view.task, '--plan', '--json')]);
    assert.deepEqual([old, newest].map(({ stdout }) => { const { schema, version, by, plan, versions } = JSON.parse(stdout) as { schema: string; version: number; by: string; plan: { subtasks: { id: string }[] }; versions: unknown[] }; return [schema, version, by, plan.subtasks.map(({ id }) => id), versions.length]; }), [
      ['treeline/plan/1', 1, 'plan', ['first', 'second'], 2], ['treeline/plan/1', 2, 'implement/first', ['first', 'left', 'right'], 2],
    ]);
    assert.deepEqual([(await treeline('show', view.task, '--plan', '3')).code, (await treeline('show', view.task, '--plan', 'x')).code, (await treeline('request-changes', view.task, '--comment', 'no')).code], [2, 2, 2]);
    assert.match((await treeline('reject', view.task, '--reason', 'not needed')).stdout, /^Rejected: task \S+ goes on\./);
    const end = lastView((await treeline('watch', view.task, '--json')).stdout);
    assert.deepEqual([end.state, end.amendments.map(({ state }) => state), end.subtasks.map(({ id, state }) => `${id} ${state}`)], ['merged', ['taken', 'rejected'], ['first done', 'left done', 'right done']]);
    assert.equal(ground.git(repository, 'show', '--format=', '--name-only', 'main'), 'notes/first.txt\nnotes/left.txt\nnotes/right.txt\n');
  });
});
