/** Cached folders are complete or absent, whatever happens while they are made. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { cacheFolder, makeCacheFolder } from '../../src/build/vscodeHost/cacheFolder.mjs';

describe('a cached folder (REQ-HOST-01)', () => {
  let ground: string;
  let input: string;
  const name = `spec-${process.pid}`;
  const target = (): string => cacheFolder(name, [input]);
  const entries = (): string[] => readdirSync(dirname(target())).filter((entry) => entry.startsWith(name));
  const fill = (partial: string): Promise<void> => Promise.resolve(writeFileSync(join(partial, 'content'), 'whole'));

  beforeEach(() => {
    ground = mkdtempSync(join(tmpdir(), 'cache-'));
    input = join(ground, 'input');
    writeFileSync(input, 'one');
  });
  afterEach(() => {
    for (const entry of entries()) rmSync(join(dirname(target()), entry), { recursive: true });
    rmSync(ground, { recursive: true });
  });

  it('is not there when making it failed', async () => {
    await assert.rejects(makeCacheFolder(target(), (partial) => fill(partial).then(() => Promise.reject(new Error('no network')))), /no network/);
    assert.deepEqual(entries(), []);
  });

  it('is made once, whoever is first', async () => {
    await Promise.all([makeCacheFolder(target(), fill), makeCacheFolder(target(), fill)]);
    assert.deepEqual(entries(), [basename(target())]);
    assert.ok(existsSync(join(target(), 'content')));
  });

  it('takes the place of one with other inputs and of what a dead process left', async () => {
    await makeCacheFolder(target(), fill);
    const old = target();
    const dead = join(dirname(old), `${name}-partial.999999999.0a1b2c3d`);
    mkdirSync(dead);
    writeFileSync(input, 'two');
    await makeCacheFolder(target(), fill);
    assert.deepEqual([existsSync(old), existsSync(dead), existsSync(join(target(), 'content'))], [false, false, true]);
  });
});
