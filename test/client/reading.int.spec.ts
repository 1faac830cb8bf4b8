/** Reading a repository without any engine: which one it is, what ran in it. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkJournal } from '../../src/client/checkJournal.ts';
import type { EventNotice } from '../../src/client/engineClient.ts';
import { createEventOrder } from '../../src/client/eventOrder.ts';
import { findRun, findTask, readDocument, readEvents, readLog, readPlan, readRuns } from '../../src/client/readRuns.ts';
import { findCommonDir } from '../../src/client/repository.ts';
import { engineEnvironment } from '../../src/client/startEngine.ts';
import { createJournal } from '../../src/journal/createJournal.ts';
import { git, makeSample } from '../app/support.ts';
import { events, recordingLog } from '../journal/support.ts';
import { accepted } from '../support/given.ts';

describe('reading without an engine', () => {
  let folder: string;
  beforeEach(async () => { folder = await realpath(await mkdtemp(join(tmpdir(), 'tlr-'))); });
  afterEach(() => rm(folder, { recursive: true }));

  it('REQ-ENGINE-01 finds the same repository from its root, a subfolder, a linked worktree, and through a link', async () => {
    const main = join(folder, 'main');
    await makeSample(main);
    git(main, 'worktree', 'add', '--quiet', '--detach', join(folder, 'linked'));
    await mkdir(join(folder, 'linked/deep/er'), { recursive: true });
    await symlink(main, join(folder, 'link'));
    const found = await Promise.all(['main', 'main/src', 'linked', 'linked/deep/er', 'link', 'main/.git'].map((name) => findCommonDir(join(folder, name))));
    assert.deepEqual(found, found.map(() => join(main, '.git')));
  });

  it('REQ-BAD-08 reads what can be read, names what cannot, and writes nothing', async () => {
    const main = join(folder, 'main');
    await makeSample(main);
    assert.deepEqual(await readRuns(main), { commonDir: join(main, '.git'), runs: [], unreadable: [] });
    await mkdir(join(main, '.git/treeline/runs'), { recursive: true });
    await writeFile(join(main, '.git/treeline/runs/abc.jsonl'), 'nonsense\n');
    const { unreadable } = await readRuns(main);
    assert.deepEqual(unreadable, [{ task: 'abc', message: 'line 1: the checksum does not fit the text' }]);
    assert.deepEqual(await checkJournal(main, 'ab'), [{ file: 'runs/abc.jsonl', entries: 0, bad: { line: 1, why: 'the checksum does not fit the text' } }]);
    await assert.rejects(readLog(main, 'abc', 'plan'), { code: 'unknown-log', exit: 2 });
    assert.deepEqual(await readLog(main, 'abc', null), { text: '', logs: [] });
    assert.deepEqual(await readdir(join(main, '.git/treeline')), ['runs']);
  });

  it('REQ-BAD-08 says whose a folder has to be that cannot be read', async () => {
    await makeSample(folder);
    await mkdir(join(folder, '.git/treeline'));
    await writeFile(join(folder, '.git/treeline/runs'), '');
    for (const reading of [() => readRuns(folder), () => readLog(folder, 't', null), () => checkJournal(folder, null)]) await assert.rejects(reading, { code: 'unwritable', exit: 6, message: /runs could not be read: ENOTDIR/, next: /^It has to belong to you/ });
  });

  it('REQ-BAD-08 gives no view of a run whose journal is damaged after its first entries, and still its logs', async () => {
    const main = join(folder, 'main');
    await makeSample(main);
    const path = join(main, '.git/treeline/runs/t1.jsonl');
    const stream = await createJournal({ folder: join(main, '.git/treeline'), epoch: 1, log: recordingLog() }).run('t1');
    await stream.append([accepted(), { type: 'AttemptStarted', command: 'implement#1', unit: 'implement', n: 1, agent: 'demo', start: 'a'.repeat(40) }, { type: 'TaskCancelled', by: 'you' }], 1);
    await stream.close();
    const good = await readRuns(main);
    await writeFile(path, (await readFile(path, 'utf8')).replace('"demo","start"', '"dome","start"'));
    const found = await readRuns(main);
    assert.deepEqual([good.runs.map(({ task, state }) => [task, state]), good.unreadable], [[['t1', 'cancelled']], []]);
    assert.deepEqual([found.runs, found.unreadable.map(({ task }) => task)], [[], ['t1']]);
    assert.throws(() => findRun(found, 't'), { code: 'corrupt-journal', exit: 6 });
    for (const reading of [() => readDocument(main, 't', 'plan.md', null), () => readPlan(main, 't', null)]) await assert.rejects(reading, { code: 'corrupt-journal', exit: 6, message: /task t1 cannot be read: line 2: / });
    assert.deepEqual(await readLog(main, 't1', null), { text: '', logs: [] });
  });

  it('REQ-ENGINE-08 knows a task by a unique beginning of its id', () => {
    assert.equal(findTask(['ab1', 'ab', 'cd'], 'AB'), 'ab');
    assert.equal(findTask(['ab1', 'cd'], 'c'), 'cd');
    assert.throws(() => findTask(['ab1', 'ab2'], 'ab'), { code: 'ambiguous-task', exit: 2 });
    for (const task of ['', 'x', '../ab1']) assert.throws(() => findTask(['ab1'], task), { code: 'unknown-task', exit: 2 });
  });

  it('REQ-ENGINE-05 fills gaps between events from the journal, and passes none on twice', async () => {
    const main = join(folder, 'main');
    await makeSample(main);
    const stream = await createJournal({ folder: join(main, '.git/treeline'), epoch: 1, log: recordingLog() }).run('t1');
    const records = await stream.append(events(6), 1);
    await stream.close();
    const seen: number[] = [];
    const order = createEventOrder(join(main, '.git'), (event) => seen.push(event.seq));
    const notice = (seq: number): EventNotice => ({ task: 't1', ...(records[seq - 1] ?? { seq, epoch: 1, at: 1, event: {} }) });
    order.begin('t1', 2);
    for (const seq of [3, 3, 5, 4, 6]) order.take(notice(seq));
    await order.catchUp('t1', 6);
    assert.deepEqual(seen, [3, 4, 5, 6]);
    assert.deepEqual((await readEvents(main, 't1')).map((event) => event.seq), [1, 2, 3, 4, 5, 6]);
  });

  it('REQ-ENGINE-03 hands on only what is allowed', () => {
    const given = { PATH: '/bin', HOME: '/h', XDG_DATA_HOME: '/d', TREELINE_IDLE_MS: '1', LC_ALL: 'C', https_proxy: 'http://p', ANTHROPIC_API_KEY: 'k', XDG_SECRET: 's', GITHUB_TOKEN: 't', NODE_OPTIONS: '-r x', GIT_DIR: '/g', TREELINE_TOKEN: 'x', EMPTY: undefined };
    assert.deepEqual(engineEnvironment(given), { PATH: '/bin', HOME: '/h', XDG_DATA_HOME: '/d', TREELINE_IDLE_MS: '1', LC_ALL: 'C', https_proxy: 'http://p', ELECTRON_RUN_AS_NODE: '1' });
  });
});
