// Tasks that depend on tasks, by the command line alone, as a script calls it.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorDocument, launchedDocument, listDocument } from '../../src/cli/documents.ts';
import { engineFileSchema } from '../../src/protocol/messages.ts';
import { isAlive } from '../client/support/ground.ts';
import { until } from '../support/until.ts';
import { lastView, openGround } from './support/ground.ts';
import type { Ended, Ground } from './support/ground.ts';

const project = {
  'package.json': JSON.stringify({ name: 'p', type: 'module', scripts: { test: 'node --test' } }), 'one.test.js': 'import { test } from "node:test";\ntest("holds", () => {});\n',
  '.treeline/workflows/note.yaml': `name: Note
description: Writes a file.
inputs: { word: { type: string, default: one }, pause: { type: string, default: "0" } }
steps:
  - { id: note, run: 'sleep "$PAUSE"; ls > "$WORD.list"; echo "$WORD" > "$WORD.txt"', env: { WORD: inputs.word, PAUSE: inputs.pause }, gives: tree }
  - { id: test, gate: all, needs: note }
  - { id: approve, checkpoint: merge, needs: test }
  - { id: land, merge: target, needs: approve }
`,
};

describe('tasks that depend on tasks on the command line', function () {
  this.timeout(120_000);
  let ground: Ground;
  let repository: string;
  beforeEach(() => { ground = openGround(); repository = ground.repository('p', project); });
  afterEach(() => ground.close());

  const treeline = (...words: string[]): Promise<Ended> => ground.treeline([...words, '--repo', repository]);
  const run = (word: string, ...words: string[]): Promise<Ended> => treeline('run', `write ${word}`, '--workflow', 'note', '--input', `word=${word}`, '--trust', '--json', ...words);
  const errorOf = ({ code, stdout }: Ended): unknown[] => { const { error } = errorDocument.parse(JSON.parse(stdout)); return [code, error.code, error.message]; };
  const commonBeginning = (left: string, right: string): string => left.slice(0, [...left].findIndex((letter, at) => letter !== right[at]));

  it('REQ-CLI-35 REQ-CLI-36: --after waits for the other task, says so everywhere, and starts when that has landed', async () => {
    const first = lastView((await run('one')).stdout);
    assert.deepEqual([first.state, first.waiting?.for], ['waiting', 'checkpoint']);
    const launched = await run('two', '--after', first.task.slice(0, -1));
    const second = lastView(launched.stdout);
    assert.deepEqual([launched.code, second.state, second.waiting?.for, second.dependsOn], [3, 'waiting', 'task', { task: first.task, how: 'after', state: 'waiting', why: null }], launched.stderr);
    const listed = listDocument.parse(JSON.parse((await treeline('list', '--json')).stdout)).runs.find((one) => one.task === second.task);
    assert.deepEqual([listed?.waiting?.for, listed?.dependsOn], ['task', second.dependsOn]);
    assert.match((await treeline('show', second.task)).stdout, new RegExp(`state +waits for a task\n +why +it starts when task ${first.task} has landed\n[^]*depends +after task ${first.task}, not landed yet`));
    assert.deepEqual(errorOf(await run('three', '--on', commonBeginning(first.task, second.task))).slice(0, 2), [2, 'ambiguous-task']);

    assert.equal((await treeline('approve', first.task)).code, 0);
    assert.equal((await treeline('watch', first.task)).code, 0);
    const watched = await treeline('watch', second.task, '--json');
    const open = lastView(watched.stdout);
    assert.deepEqual([watched.code, open.waiting?.for, open.base.commit, open.dependsOn?.state], [3, 'checkpoint', ground.git(repository, 'rev-parse', 'main').trim(), 'landed']);
    assert.equal((await treeline('approve', second.task)).code, 0);
    assert.equal((await treeline('watch', second.task)).code, 0);
    assert.match(ground.git(repository, 'show', 'main:two.list'), /one\.txt/);
    assert.deepEqual(errorOf(await run('three', '--after', first.task)), [2, 'ended', `Task ${first.task} has landed already: there is nothing to wait for.`]);
  });

  it('REQ-CLI-36: whoever follows a task that waits for another one stays while that is at work', async () => {
    const { task } = launchedDocument.parse(JSON.parse((await run('one', '--yes', '--detach', '--input', 'pause=3')).stdout));
    const ended = await run('two', '--yes', '--after', task);
    assert.deepEqual([ended.code, lastView(ended.stdout).state, ground.git(repository, 'log', '--format=%s', 'main')], [0, 'merged', 'write two\nwrite one\nfirst\n'], ended.stderr);
  });

  it('REQ-CLI-35 REQ-RUN-43: --on stands on the other task, lands after it, and comes through kill -9 of the engine', async () => {
    const first = lastView((await run('one')).stdout);
    const launched = await run('two', '--on', first.task, '--yes');
    const second = lastView(launched.stdout);
    assert.deepEqual([launched.code, second.waiting?.for, second.base.commit, second.dependsOn], [3, 'task', first.head, { task: first.task, how: 'on', state: 'waiting', why: null }], launched.stderr);
    await kill();
    assert.equal((await treeline('approve', first.task)).code, 0);
    await kill();
    assert.equal((await treeline('watch', first.task)).code, 0);
    assert.deepEqual([(await treeline('watch', second.task)).code, ground.git(repository, 'log', '--format=%s', 'main'), ground.git(repository, 'show', '--format=', '--name-only', 'main')], [0, 'write two\nwrite one\nfirst\n', 'two.list\ntwo.txt\n']);
  });

  it('REQ-RUN-41 REQ-CLI-35: a rejected task stops what depends on it, until a person says what then', async () => {
    const first = lastView((await run('one')).stdout);
    const { task } = lastView((await run('two', '--after', first.task)).stdout);
    assert.equal((await treeline('reject', first.task, '--reason', 'not so')).code, 0);
    const watched = await treeline('watch', task, '--json');
    assert.deepEqual([watched.code, lastView(watched.stdout).waiting], [3, { for: 'task', at: first.task, why: `task ${first.task} was rejected (not so), and this one was to start after it`, next: `Retry this task to go on without ${first.task}, or cancel it.` }]);
    assert.deepEqual(errorOf(await run('three', '--on', first.task)), [2, 'ended', `Task ${first.task} was rejected (not so): it will not land.`]);
    assert.equal((await treeline('retry', task)).code, 0);
    assert.deepEqual([(await treeline('watch', task)).code, (await treeline('cancel', task)).code], [3, 0]);
  });

  /** As a crash of the machine ends it. */
  async function kill(): Promise<void> {
    const file = join(repository, '.git/treeline/engine.json');
    const pid = existsSync(file) ? engineFileSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).pid : Number.NaN;
    if (!isAlive(pid)) return;
    process.kill(pid, 'SIGKILL');
    await until('its end', () => !isAlive(pid));
  }
});
