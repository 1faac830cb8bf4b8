import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dropRecord, guardedFiles, isThere, listRecords, readRecord, recordAt, recordFolder, tampering, writeRecord, type WorktreeRecord } from '../../src/git/worktreeRecords.ts';

describe('what is known of a worktree', () => {
  let ground: string;
  let context: { readonly state: string };
  beforeEach(() => {
    ground = realpathSync(mkdtempSync(join(tmpdir(), 'treeline-test-')));
    context = { state: join(ground, 'state') };
  });
  afterEach(() => rmSync(ground, { recursive: true, force: true }));

  const recordOf = (task: string, unit: string): WorktreeRecord => ({ task, unit, path: join(ground, task, unit), branch: `refs/heads/treeline/${task}/${unit}`, phase: 'ready', head: 'a'.repeat(40), admin: join(ground, 'admin'), guarded: { pointer: 'eA==', config: null } });
  const fileOf = ({ task, unit }: WorktreeRecord): string => join(recordFolder(context, task, unit), 'record.json');

  it('REQ-GIT-19 outlives the process: a record is read as it was written, listed with its task in the order of names, found by where its worktree lies', async () => {
    const [b, a, other] = [recordOf('t1', 'b'), recordOf('t1', 'a/x'), recordOf('t 2', 'u')];
    for (const record of [b, a, other]) await writeRecord(context, record);
    assert.deepEqual([await readRecord(context, 't1', 'b'), await readRecord(context, 't1', 'c'), await readRecord(context, 't3', 'b')], [b, null, null]);
    assert.deepEqual([await listRecords(context, 't1'), await listRecords(context, 't 2'), await listRecords(context, 't3')], [[a, b], [other], []]);
    assert.deepEqual(await Promise.all([a.path, other.path, join(a.path, 'sub'), ground].map((path) => recordAt(context, path))), [a, other, null, null]);
    const changed: WorktreeRecord = { ...b, phase: 'adding' };
    await writeRecord(context, changed);
    await dropRecord(context, a);
    await dropRecord(context, a);
    assert.deepEqual([await listRecords(context, 't1'), readdirSync(join(context.state, 'tasks/t1'))], [[changed], ['b']]);
  });

  it('REQ-GIT-19 is for the person alone, beside what else is kept of that unit', async () => {
    const record = recordOf('t1', 'implement/a');
    await writeRecord(context, record);
    assert.equal(fileOf(record), join(context.state, 'tasks/t1/implement__a/record.json'));
    assert.deepEqual([statSync(fileOf(record)).mode & 0o777, statSync(join(context.state, 'tasks')).mode & 0o777], [0o600, 0o700]);
  });

  it('REQ-GIT-19 is nothing where a power cut left half of a record, or something else stands there', async () => {
    const [cut, other, whole] = [recordOf('t1', 'cut'), recordOf('t1', 'other'), recordOf('t1', 'whole')];
    for (const record of [cut, other, whole]) await writeRecord(context, record);
    writeFileSync(fileOf(cut), readFileSync(fileOf(cut), 'utf8').slice(0, 40));
    writeFileSync(fileOf(other), JSON.stringify({ ...other, phase: 'gone' }));
    writeFileSync(join(context.state, 'tasks/note'), '');
    assert.deepEqual([await readRecord(context, 't1', 'cut'), await readRecord(context, 't1', 'other'), await listRecords(context, 't1'), await listRecords(context, 'note'), await recordAt(context, whole.path)], [null, null, [whole], [], whole]);
  });

  it('REQ-GIT-27 what is there and cannot be read is an error, never "nothing"', async () => {
    const record = recordOf('t1', 'u');
    mkdirSync(fileOf(record), { recursive: true });
    await assert.rejects(readRecord(context, 't1', 'u'), { code: 'EISDIR' });
    symlinkSync('loop', join(context.state, 'tasks/loop'));
    await assert.rejects(listRecords(context, 'loop'), { code: 'ELOOP' });
    context = { state: join(context.state, 'tasks/loop') };
    await assert.rejects(recordAt(context, record.path), { code: 'ELOOP' });
    await assert.rejects(isThere(join(context.state, 'x')), { code: 'ELOOP' });
    await assert.rejects(guardedFiles(context.state, context.state), { code: 'ELOOP' });
  });

  it('REQ-GIT-15 a worktree was changed when a file that leads to git differs, is gone, is new, or is no file any more, and each is named', async () => {
    const [path, admin] = [join(ground, 'tree'), join(ground, 'admin')];
    const files: Readonly<Record<string, string>> = { pointer: join(path, '.git'), commondir: join(admin, 'commondir'), gitdir: join(admin, 'gitdir'), config: join(admin, 'config.worktree') };
    const anew = async (): Promise<WorktreeRecord> => {
      for (const folder of [path, admin]) { rmSync(folder, { recursive: true, force: true }); mkdirSync(folder); }
      for (const name of ['pointer', 'commondir', 'gitdir']) writeFileSync(files[name] ?? '', `${name}\xff\n`, 'latin1');
      return { ...recordOf('t1', 'u'), path, admin, guarded: await guardedFiles(path, admin) };
    };
    const record = await anew();
    assert.deepEqual([Object.keys(record.guarded), record.guarded['config'], await tampering(record)], [['pointer', 'commondir', 'gitdir', 'config'], null, null]);
    for (const [name, file] of Object.entries(files)) {
      for (const change of [() => { writeFileSync(file, `${name}\xfe\n`, 'latin1'); }, () => { rmSync(file, { force: true }); mkdirSync(file); }, () => { rmSync(file, { force: true }); symlinkSync('/dev/null', file); }, ...(name === 'config' ? [] : [() => { rmSync(file); }])]) {
        const before = await anew();
        change();
        assert.equal(await tampering(before), file);
      }
    }
    const before = await anew();
    for (const folder of [path, admin]) rmSync(folder, { recursive: true });
    assert.equal(await tampering({ ...before, guarded: { ...before.guarded, 'of another version': 'eA==' } }), [files['pointer'], files['commondir'], files['gitdir'], 'of another version'].join(', '));
  });

  it('REQ-GIT-16 is there as long as its folder is, as a folder', async () => {
    mkdirSync(join(ground, 'folder'));
    writeFileSync(join(ground, 'file'), '');
    symlinkSync('folder', join(ground, 'link'));
    assert.deepEqual(await Promise.all(['folder', 'file', 'link', 'gone', 'file/x'].map((name) => isThere(join(ground, name)))), [true, false, false, false, false]);
  });
});
