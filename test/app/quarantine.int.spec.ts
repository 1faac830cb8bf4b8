/** `treeline quarantine` in a folder that stands for a checkout. */
import { deepEqual, equal, rejects } from 'node:assert/strict';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quarantineAnswer } from '../../src/app/quarantineTools.ts';
import { temporaryFolder } from '../gates/support/temporaryFolder.ts';

describe('REQ-CLI-40 treeline quarantine', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => { folder = await temporaryFolder('quarantine'); });
  afterEach(() => folder.remove());

  it('puts a test aside with its reason and its last day, lists it, and takes it out again', async () => {
    const ask = (verb: string, words: Parameters<typeof quarantineAnswer>[2] = {}, today = '2026-11-26'): ReturnType<typeof quarantineAnswer> => quarantineAnswer(folder.path, verb, words, today);
    const entry = { test: 'test/a.js › adds', gate: null, reason: 'slow disks', since: '2026-11-26', until: '2026-12-31' };
    deepEqual((await ask('list')).entries, []);
    deepEqual(await ask('add', { test: entry.test, reason: entry.reason, until: entry.until }), { schema: 'treeline/quarantine/1', path: '.treeline/project.yaml', entries: [{ ...entry, over: false }], changed: 'added' });
    equal((await readFile(join(folder.path, '.treeline/project.yaml'), 'utf8')).split('\n')[0], 'quarantine:');
    deepEqual((await ask('list', {}, '2027-01-01')).entries, [{ ...entry, over: true }]);
    deepEqual([(await ask('remove', { test: entry.test })).entries, (await ask('list')).entries], [[], []]);
    await rejects(ask('remove', { test: entry.test }), { code: 'invalid-request', message: '.treeline/project.yaml has no quarantine for "test/a.js › adds".' });
    await rejects(ask('add', { test: 'a', reason: 'b', until: '2026-11-25' }), { code: 'invalid-request', message: '2026-11-25 is over already: today is 2026-11-26.' });
    await rejects(ask('add', { test: 'a', reason: 'b', until: 'soon' }), { code: 'invalid-file' });
  });

  it('writes through no link', async () => {
    await mkdir(join(folder.path, '.treeline'));
    await writeFile(join(folder.path, 'elsewhere.yaml'), 'setup: npm ci\n');
    await symlink('../elsewhere.yaml', join(folder.path, '.treeline/project.yaml'));
    await rejects(quarantineAnswer(folder.path, 'add', { test: 'a', reason: 'b', until: '2026-12-31' }, '2026-11-26'), { code: 'unwritable' });
    await rm(join(folder.path, '.treeline'), { recursive: true });
    await mkdir(join(folder.path, 'other'));
    await symlink('other', join(folder.path, '.treeline'));
    await rejects(quarantineAnswer(folder.path, 'add', { test: 'a', reason: 'b', until: '2026-12-31' }, '2026-11-26'), { code: 'unwritable' });
    equal(await readFile(join(folder.path, 'elsewhere.yaml'), 'utf8'), 'setup: npm ci\n');
  });
});
