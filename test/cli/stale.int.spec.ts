// A specification that changes during a run, as the command line tells of it and has the stale step done again. Needs dist/.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runViewSchema } from '../../src/protocol/runView.ts';
import type { RunView } from '../../src/protocol/runView.ts';
import { notesProject } from '../support/amendingModel.ts';
import { call, startModelServer } from '../support/modelServer.ts';
import type { ModelServer } from '../support/modelServer.ts';
import { lastView, openGround } from './support/ground.ts';
import type { Ended, Ground } from './support/ground.ts';

describe('a specification that changes during a run, on the command line', function () {
  this.timeout(120_000);
  let ground: Ground;
  let server: ModelServer;
  let repository: string;
  beforeEach(async () => {
    ground = openGround();
    repository = ground.repository('notes', notesProject);
    server = await startModelServer(({ calls, number }) => (calls.length === 0 ? call('write_file', { path: 'note.txt', content: `${number}\n` }) : call('finish', { summary: 'Wrote it.' })));
  });
  afterEach(async () => {
    await server.close();
    await ground.close();
  });
  const treeline = (...words: string[]): Promise<Ended> => ground.treeline([...words, '--repo', repository], { environment: { ANTHROPIC_API_KEY: server.endpoints.anthropic.apiKey, ANTHROPIC_BASE_URL: server.endpoints.anthropic.baseUrl ?? '' } });
  const show = async (task: string): Promise<RunView> => runViewSchema.parse(JSON.parse((await treeline('show', task, '--json')).stdout));

  it('REQ-STALE-03 REQ-STALE-04 names the stale step with the reason and the way to do it again; a retry by name does, and nothing else did', async () => {
    const ran = await treeline('run', 'Write the note', '--workflow', 'quick-change', '--agent', 'implementer=anthropic:test', '--trust', '--json');
    assert.equal(ran.code, 3, ran.stderr);
    const { task, specsHash, stale, steps } = lastView(ran.stdout);
    assert.deepEqual([stale, specsHash, steps[0]?.attempts[0]?.specs?.commit], [[], steps[0]?.attempts[0]?.specs?.hash, ground.git(repository, 'rev-parse', 'main').trim()]);

    writeFileSync(join(repository, 'specs/notes.md'), '# Notes\n\n- REQ-NOTE-01: The first note shall be red.\n');
    ground.git(repository, 'commit', '--quiet', '--all', '--message', 'Red notes');
    // The approval is for another tip now: the result is merged and judged anew, and the new text is seen.
    assert.equal((await treeline('approve', task)).code, 1);
    assert.equal((await treeline('watch', task)).code, 3);
    const seen = await show(task);
    assert.deepEqual([seen.stale, seen.steps.map((step) => step.attempts.length)], [[{ at: 'implement', why: 'specs/notes.md changed (REQ-NOTE-01, REQ-NOTE-02)', files: [{ path: 'specs/notes.md', change: 'changed', requirements: ['REQ-NOTE-01', 'REQ-NOTE-02'] }] }], [1, 0, 0, 0]]);
    assert.match((await treeline('show', task)).stdout, new RegExp(`stale +implement: specs/notes\\.md changed \\(REQ-NOTE-01, REQ-NOTE-02\\); to do it again: treeline retry ${task} implement\\n`));
    assert.equal((await treeline('retry', task)).code, 2);
    assert.equal((await treeline('retry', task, 'implement')).code, 0);
    assert.equal((await treeline('watch', task)).code, 3);
    const again = await show(task);
    assert.deepEqual([again.stale, again.steps[0]?.attempts.map(({ specs }) => specs?.commit === ground.git(repository, 'rev-parse', 'main').trim())], [[], [false, true]]);
    assert.equal((await treeline('approve', task)).code, 0);
    assert.deepEqual(lastView((await treeline('watch', task, '--json')).stdout).state, 'merged');
  });
});
