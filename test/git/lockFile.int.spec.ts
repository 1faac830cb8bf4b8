import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { staysLocked } from '../../src/git/lockFile.ts';
import { testClock } from './support/repositories.ts';

describe('a lock file of git', () => {
  let ground: string;
  beforeEach(() => { ground = mkdtempSync(join(tmpdir(), 'treeline-test-')); });
  afterEach(() => rmSync(ground, { recursive: true, force: true }));

  it('REQ-GIT-20 is waited for, longer each time, and never taken away', async () => {
    const [clock, lock] = [testClock(), join(ground, 'index.lock')];
    assert.deepEqual([await staysLocked(clock, lock), clock.waited], [false, []]);
    writeFileSync(lock, '');
    assert.deepEqual([await staysLocked(clock, lock), existsSync(lock), clock.waited.length], [true, true, 8]);
    clock.onWait = (count) => { if (count === 10) rmSync(lock); };
    assert.deepEqual([await staysLocked(clock, lock), clock.waited.slice(8)], [false, [50, 100]]);
  });
});
