import assert from 'node:assert/strict';
import { openAhead } from '../../src/gates/openAhead.ts';
import type { ScratchCheckout, ScratchCheckouts } from '../../src/ports/scratch.ts';

/** Checkouts by hand: `opened` names what was asked for, `discarded` what went. */
function byHand() {
  const opened: string[] = [], discarded: string[] = [];
  const started: (() => void)[] = [], made: PromiseWithResolvers<ScratchCheckout>[] = [];
  const scratch: ScratchCheckouts = {
    open: (commit, begun = () => undefined) => {
      opened.push(commit);
      started.push(begun);
      const one = Promise.withResolvers<ScratchCheckout>();
      made.push(one);
      return one.promise;
    },
    discard: ({ path }) => { discarded.push(path); }, settled: async () => undefined, copyDependencies: async () => null,
  };
  const make = (at: number): void => made[at]?.resolve({ path: `${opened[at] ?? ''} ${at}` } as ScratchCheckout);
  return { scratch, opened, discarded, begin: (at: number) => started[at]?.(), make, fail: (at: number) => made[at]?.reject(new Error('full')) };
}

describe('a checkout that is opened ahead', () => {
  it('REQ-GATE-173 is handed out once to who asks for its commit, and no other is', async () => {
    const { scratch, opened, discarded, make } = byHand();
    const ahead = openAhead(scratch, 'head');
    assert.deepEqual(opened, ['head']);
    const asked = ['base', 'head', 'head'].map((commit) => ahead.scratch.open(commit));
    for (const at of [0, 1, 2]) make(at);
    assert.deepEqual((await Promise.all(asked)).map(({ path }) => path), ['base 1', 'head 0', 'head 2']);
    await ahead.end();
    assert.deepEqual([opened, discarded], [['head', 'base', 'head'], []]);
  });

  it('REQ-GATE-173 that nobody came for goes when it is made, and is not handed out any more', async () => {
    const { scratch, opened, discarded, make } = byHand();
    const ahead = openAhead(scratch, 'head');
    const ended = ahead.end();
    make(0);
    await ended;
    void ahead.scratch.open('head');
    assert.deepEqual([opened, discarded], [['head', 'head'], ['head 0']]);
  });

  it('REQ-GATE-173 that cannot be made is told to who asks, and to nobody else', async () => {
    const { scratch, discarded, fail } = byHand();
    const [ahead, unasked] = [openAhead(scratch, 'head'), openAhead(scratch, 'head')];
    fail(0);
    fail(1);
    await Promise.all([ahead.begun, unasked.begun, unasked.end()]);
    await assert.rejects(ahead.scratch.open('head'), /full/);
    assert.deepEqual(discarded, []);
  });

  it('REQ-GATE-173 has begun when its files are being written, or it is there, or none is made', async () => {
    const { scratch, opened, begin, make } = byHand();
    const [writing, there] = [openAhead(scratch, 'head'), openAhead(scratch, 'head')];
    const order: string[] = [];
    const noted = [writing.begun.then(() => order.push('writing')), there.begun.then(() => order.push('there'))];
    await openAhead(scratch, null).begun;
    order.push('none');
    make(1);
    await noted[1];
    begin(0);
    await noted[0];
    assert.deepEqual([order, opened], [['none', 'there', 'writing'], ['head', 'head']]);
    await openAhead(scratch, null).end();
  });
});
