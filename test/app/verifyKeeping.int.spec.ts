/** What verify keeps: results and logs of gates, and trust. REQ ids: specs/gates.md. */
import { spawnSync } from 'node:child_process';
import { deepEqual, equal, rejects } from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { openGateStore } from '../../src/app/gateStore.ts';
import { toolchainOf } from '../../src/app/toolchain.ts';
import { openTrust } from '../../src/app/trust.ts';
import { temporaryFolder } from '../gates/support/temporaryFolder.ts';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const [one, two] = ['1'.repeat(64), '2'.repeat(64)];

describe('what verify keeps', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder('keeping');
  });
  afterEach(() => folder.remove());

  it('REQ-GATE-70: gives back what was put, also to the next process', async () => {
    const store = await openGateStore(folder.path, 0, quiet);
    equal(await store.get(one), null);
    await store.put(one, 'first');
    await store.put(one, 'second');
    equal(await (await openGateStore(folder.path, 0, quiet)).get(one), 'second');
    deepEqual(await readdir(join(folder.path, 'treeline/gates/results')), [one]);
  });

  it('REQ-GATE-70: keeps logs compressed, under names that stay in their folder, for 14 days', async () => {
    const now = Date.now();
    const store = await openGateStore(folder.path, now, quiet);
    const file = await store.keepLog('../../task', 'step#1/x', 'unit', 'all of it\n') ?? '';
    equal(file, join(folder.path, 'treeline/gates/logs/__.._task/step_1_x.unit.log.gz'));
    equal(gunzipSync(await readFile(file)).toString(), 'all of it\n');
    equal((await stat(file)).mode & 0o777, 0o600);
    await openGateStore(folder.path, now, quiet);
    await stat(file);
    await utimes(file, now / 1000 - 15 * 86_400, now / 1000 - 15 * 86_400);
    await openGateStore(folder.path, now, quiet);
    await rejects(stat(file), { code: 'ENOENT' });
  });

  it('REQ-GATE-140: keeps evidence compressed under the hash of its text', async () => {
    const store = await openGateStore(folder.path, 0, quiet);
    equal(await store.keepEvidence(one, '{"all":"of it"}'), true);
    equal(gunzipSync(await readFile(join(folder.path, `treeline/gates/evidence/${one}.json.gz`))).toString(), '{"all":"of it"}');
  });

  it('REQ-GATE-70: where nothing can be written nothing is kept, and folders to work in are there', async () => {
    await writeFile(join(folder.path, 'treeline'), 'in the way');
    const store = await openGateStore(folder.path, 0, quiet);
    await store.put(one, 'first');
    deepEqual([await store.get(one), await store.keepLog('task', 'id', 'unit', 'text'), await store.downloads('npm'), await store.keepEvidence(one, 'text')], [null, null, null, false]);
    const work = await store.openFolder();
    equal((await stat(work.path)).mode & 0o777, 0o700);
    await work.close();
    await rejects(stat(work.path), { code: 'ENOENT' });
  });

  it('REQ-GATE-72: what a killed process left is removed at open and whenever it is asked for', async () => {
    const store = await openGateStore(folder.path, 0, quiet);
    const leave = async (name: string): Promise<string> => {
      const path = join(folder.path, `treeline-gate-${spawnSync(process.execPath, ['-e', '']).pid}-${name}`);
      await mkdir(path);
      await mkdir(join(folder.path, 'treeline/gates/running'), { recursive: true });
      await writeFile(join(folder.path, 'treeline/gates/running', basename(path)), path);
      return path;
    };
    const left = [await leave('first')];
    await store.sweep();
    left.push(await leave('second'));
    await openGateStore(folder.path, 0, quiet);
    for (const path of left) await rejects(stat(path), { code: 'ENOENT' });
    deepEqual(await readdir(join(folder.path, 'treeline/gates/running')), []);
  });

  it('REQ-GATE-71: trust is per repository and content, and survives a file that is broken by asking again', async () => {
    const environment = { XDG_STATE_HOME: folder.path };
    const here = openTrust(environment, '/a/.git');
    equal(await here.has(one), false);
    await here.add(one);
    await here.add(two);
    deepEqual([await here.has(one), await here.has(two), await openTrust(environment, '/b/.git').has(one)], [true, true, false]);
    const file = join(folder.path, 'treeline/trust.json');
    equal((await stat(file)).mode & 0o777, 0o600);
    deepEqual(await readdir(join(folder.path, 'treeline')), ['trust.json']);
    await writeFile(file, '{ "version": 9 }');
    equal(await here.has(one), false);
    await here.add(two);
    equal(await here.has(two), true);
  });

  it('REQ-GATE-71: where the state folder cannot be written, adding says so', async () => {
    await writeFile(join(folder.path, 'treeline'), 'in the way');
    await rejects(openTrust({ XDG_STATE_HOME: folder.path }, '/a/.git').add(one));
  });

  it('REQ-GATE-51: the toolchain is the node, and the other languages, that PATH finds first', async () => {
    await mkdir(join(folder.path, 'first'));
    await mkdir(join(folder.path, 'second'));
    await writeFile(join(folder.path, 'second/node'), 'one');
    const path = `relative:${join(folder.path, 'first')}:${join(folder.path, 'second')}`;
    const before = await toolchainOf({ PATH: path });
    equal(before.startsWith(join(folder.path, 'second/node')), true);
    await writeFile(join(folder.path, 'first/node'), 'another');
    equal((await toolchainOf({ PATH: path })).startsWith(join(folder.path, 'first/node')), true);
    await writeFile(join(folder.path, 'second/go'), 'go');
    equal((await toolchainOf({ PATH: path })).includes(join(folder.path, 'second/go')), true);
    equal(await toolchainOf({}), 'no node');
  });
});
