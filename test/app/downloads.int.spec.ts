/** What set-ups download is kept within bounds. REQ ids: specs/gates.md. */
import { spawnSync } from 'node:child_process';
import { deepEqual, equal } from 'node:assert/strict';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openDownloads } from '../../src/app/downloads.ts';
import { temporaryFolder } from '../gates/support/temporaryFolder.ts';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const day = 86_400_000;
const now = 400 * day;

describe('downloads of set-ups', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => { folder = await temporaryFolder('downloads'); });
  afterEach(() => folder.remove());

  /** Entries of one file each: name → days since it was used, and bytes. */
  const has = async (entries: Readonly<Record<string, readonly [days: number, bytes: number]>>): Promise<void> => {
    for (const [name, [days, bytes]] of Object.entries(entries)) {
      const path = join(folder.path, 'downloads', name, 'deep/file');
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, 'x'.repeat(bytes));
      const used = (now - days * day) / 1000;
      for (const one of [path, dirname(path), dirname(dirname(path))]) await utimes(one, used, used);
    }
  };
  const left = async (): Promise<readonly string[]> => (await readdir(join(folder.path, 'downloads'))).sort();
  const used = (pid: number): Promise<void> => mkdir(join(folder.path, 'downloads-users'), { recursive: true }).then(() => writeFile(join(folder.path, 'downloads-users', `${pid}`), ''));

  it('REQ-GATE-167: what nobody used for 14 days goes, and nothing of it is left elsewhere', async () => {
    await has({ npm: [1, 10], pip: [15, 10], 'cargo-abc': [20, 10], go: [13, 10] });
    await openDownloads(folder.path, now, quiet);
    deepEqual([await left(), (await readdir(folder.path)).sort(), await readdir(join(folder.path, 'running'))], [['go', 'npm'], ['downloads', 'downloads-swept', 'running'], []]);
  });

  it('REQ-GATE-167: above the limit those go that were not used for longest', async () => {
    await has({ npm: [1, 50], pip: [3, 40], go: [2, 30] });
    await openDownloads(folder.path, now, quiet, 80);
    deepEqual(await left(), ['go', 'npm']);
  });

  it('REQ-GATE-167: nothing goes while a process that uses it lives; one that was killed holds nothing', async () => {
    await has({ pip: [15, 10] });
    await used(process.ppid);
    await openDownloads(folder.path, now, quiet);
    deepEqual(await left(), ['pip']);
    await writeFile(join(folder.path, 'downloads-users', `${process.ppid}`), '');
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    await used(gone);
    deepEqual((await readdir(join(folder.path, 'downloads-users'))).length, 2);
    await openDownloads(folder.path, now, quiet);
    deepEqual([await left(), await readdir(join(folder.path, 'downloads-users'))], [['pip'], [`${process.ppid}`]]);
  });

  it('REQ-GATE-167: they are looked through once a day, and whoever began that and was killed is in nobody\'s way', async () => {
    await has({ pip: [15, 10] });
    await writeFile(join(folder.path, 'downloads-sweeping'), `${spawnSync(process.execPath, ['-e', '']).pid}`);
    const downloads = await openDownloads(folder.path, now, quiet);
    deepEqual(await left(), []);
    await has({ uv: [15, 10] });
    await openDownloads(folder.path, now + day / 2, quiet);
    deepEqual(await left(), ['uv']);
    equal(await downloads.use('npm'), join(folder.path, 'downloads/npm'));
    await openDownloads(folder.path, now + 2 * day, quiet);
    deepEqual([await left(), await readdir(join(folder.path, 'downloads-users'))], [['npm', 'uv'], [`${process.pid}`]]);
  });
});
