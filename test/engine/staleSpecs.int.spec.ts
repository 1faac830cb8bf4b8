// A specification that changes on the target while a run works under it, in the real engine. specs/run.md.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { staleUnits, staleWords } from '../../src/core/staleSpecs.ts';
import type { RunState } from '../../src/core/state.ts';
import { openCheckpoints, unitOf } from '../../src/core/state.ts';
import { status } from '../../src/core/status.ts';
import { git } from '../app/support.ts';
import { notesProject } from '../support/amendingModel.ts';
import { builtinWorkflow } from '../support/given.ts';
import { call, startModelServer } from '../support/modelServer.ts';
import type { ModelServer } from '../support/modelServer.ts';
import { openRealEngine, temporaryGround } from './support/realEngine.ts';
import type { RealEngine } from './support/realEngine.ts';

const part = (id: string, requirement: string) => ({ id, title: `Write ${id}`, description: `Write ${id}.txt.`, scope: [`${id}.txt`], requirements: [requirement] });

describe('a specification that changes during a run, in the real engine', function () {
  this.timeout(120_000);
  let ground: ReturnType<typeof temporaryGround>;
  let repository: string;
  let server: ModelServer;
  let real: RealEngine;
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), text);
  };
  const commit = (message: string): string => {
    git(repository, 'add', '--all');
    git(repository, 'commit', '--quiet', '--message', message);
    return git(repository, 'rev-parse', 'HEAD');
  };
  beforeEach(async () => {
    ground = temporaryGround();
    repository = join(ground.folder, 'notes');
    for (const [path, text] of Object.entries(notesProject)) write(path, text);
    git(repository, 'init', '--quiet', '--initial-branch=main');
    commit('Begin');
    // Writes what the specification that it is told says of the note: so the file shows under which text it was written.
    server = await startModelServer(({ role, subtask, calls, body }) => {
      if (role === 'planner') return call('submit_plan', { summary: 'Two notes.', subtasks: [part('note', 'REQ-NOTE-01'), part('other', 'REQ-OTHER-01')] });
      if (role === 'reviewer') return call('submit_review', { summary: 'Nothing to mend.', criteria: [], findings: [], verdict: 'approve' });
      const told = JSON.stringify(body).includes('The first note shall be red') ? 'red' : 'plain';
      const id = subtask?.id ?? 'rework';
      return calls.length === 0 ? call('write_file', { path: `${id}.txt`, content: `${told}\n` }) : call('finish', { summary: `Wrote ${id}.` });
    });
    real = await openRealEngine(repository, { endpoints: server.endpoints });
  });
  afterEach(async () => {
    await real.close();
    await server.close();
    ground.end();
  });

  const stale = (state: RunState): Record<string, string> => Object.fromEntries(staleUnits(state).map(({ unit, files }) => [unit, staleWords(files)]));

  it('REQ-STALE-01 REQ-STALE-02 REQ-STALE-03 is seen when the candidate is made, makes stale what depends on it alone, and the re-run works under the new text', async () => {
    const base = git(repository, 'rev-parse', 'HEAD');
    const task = await real.launch(builtinWorkflow('spec-and-build'), { request: 'Write the notes', agents: { implementer: ['anthropic:test'], reviewer: ['openai:test'] }, requirements: ['REQ-NOTE-01', 'REQ-OTHER-01'].map((id) => ({ id, text: 'It shall be written.', file: 'specs/notes.md', line: 3, held: false })) });
    await real.standing(task);
    // While the plan waits, somebody else changes what one of the subtasks is about.
    write('specs/notes.md', '# Notes\n\n- REQ-NOTE-01: The first note shall be red.\n- REQ-NOTE-02: The second note shall be written.\n');
    const moved = commit('Red notes');
    await real.ask(task, { kind: 'approve', checkpoint: null, commit: null, waivers: [], ticks: [], by: 'a person', tip: null });
    const built = await real.standing(task);
    const changed = 'specs/notes.md changed (REQ-NOTE-01)';
    assert.deepEqual([openCheckpoints(built).map(({ id }) => id), stale(built)], [['approve-merge#1'], { plan: changed, 'implement/note': changed, review: changed }]);
    assert.deepEqual(['implement/note', 'implement/other'].map((id) => unitOf(built, id)?.attempts.map(({ specs }) => specs?.commit)), [[base], [base]]);

    // A kill between the word and the work loses neither.
    await real.ask(task, { kind: 'retry', at: 'implement/note', budget: null, by: 'a person', fresh: true });
    await real.close();
    real = await openRealEngine(repository, { endpoints: server.endpoints });
    const again = await real.standing(task);
    assert.deepEqual([openCheckpoints(again).map(({ id }) => id), stale(again)], [['approve-merge#2'], { plan: changed }]);
    const attempts = unitOf(again, 'implement/note')?.attempts ?? [];
    assert.deepEqual([attempts[0]?.specs?.commit, attempts.at(-1)?.specs?.commit, attempts[0]?.specs?.hash === attempts.at(-1)?.specs?.hash, unitOf(again, 'implement/other')?.attempts.length], [base, moved, false, 1]);
    assert.match(JSON.stringify(server.requests.findLast(({ subtask }) => subtask?.id === 'note')?.body), /## New specifications.*specs\/notes\.md: changed \(REQ-NOTE-01\)/s);
    // REQ-GATE-150: that no test shows the notes is for a person to let pass.
    assert.deepEqual([again.candidateEvidence?.reason, again.candidateEvidence?.gates.at(-1)?.failures.map(({ test, message }) => `${test}: ${message}`)], ['incomplete', ['REQ-NOTE-01', 'REQ-OTHER-01'].map((id) => `${id}: no test is named for it`)]);
    await real.ask(task, { kind: 'approve', checkpoint: null, commit: null, waivers: [{ gate: 'completeness', reason: 'notes need no test' }], ticks: [], by: 'a person', tip: null });
    const end = await real.standing(task);
    assert.deepEqual([status(end), git(repository, 'show', 'main:note.txt'), git(repository, 'show', 'main:other.txt')], ['merged', 'red', 'plain']);
  });
});
