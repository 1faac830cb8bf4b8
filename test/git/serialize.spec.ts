import assert from 'node:assert/strict';
import { createTurnsByKey, createTurns, retryWhileLocked } from '../../src/git/serialize.ts';
import { GitError } from '../../src/ports/archive.ts';
import { testClock } from './support/repositories.ts';

describe('what must not run at once, and what is tried again', () => {
  it('REQ-GIT-20 waits longer each time while a lock is held, then says what git said', async () => {
    const clock = testClock();
    let tries = 0;
    const locked = new GitError('locked', 'x.lock is there', 'Wait');
    await assert.rejects(retryWhileLocked(clock, async () => { tries += 1; throw locked; }), locked);
    assert.deepEqual([tries, clock.waited], [9, [50, 100, 200, 400, 800, 1_600, 3_200, 5_000]]);
  });

  it('REQ-GIT-20 does not try again what failed for another reason', async () => {
    for (const error of [new GitError('failed', 'x', 'y'), Object.assign(new Error('x'), { reason: 'locked' })]) {
      const clock = testClock();
      await assert.rejects(retryWhileLocked(clock, async () => { throw error; }), error);
      assert.deepEqual(clock.waited, []);
    }
  });

  it('REQ-GIT-11 lets so many at once, in the order in which they came, also after one that failed; for each key on its own', async () => {
    const order: string[] = [];
    const held = Promise.withResolvers<undefined>();
    const turn = createTurns(2);
    const work = (name: string) => turn(async () => { order.push(name); await held.promise; if (name === 'a') throw new Error('a'); });
    const all = ['a', 'b', 'c', 'd'].map(work);
    await Promise.resolve();
    assert.deepEqual(order, ['a', 'b']);
    held.resolve(undefined);
    assert.deepEqual((await Promise.allSettled(all)).map(({ status }) => status), ['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
    assert.deepEqual(order, ['a', 'b', 'c', 'd']);
    const of = createTurnsByKey();
    assert.equal(of('x'), of('x'));
    assert.notEqual(of('x'), of('y'));
  });
});
