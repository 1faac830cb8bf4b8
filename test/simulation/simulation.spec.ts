/**
 * I17: the engine holds under simulation. The real core and engine over scripted ports, with faults and crashes at every port call;
 * I1-I6, I8 and I16 are checked after each event. A failing seed is printed: play it again with SEED=<n> npm run test:sim.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { play } from './play.ts';

const [first, count] = process.env.SEED ? [Number(process.env.SEED), 1] : [1, Number(process.env.SEEDS ?? 1_000)];
const batch = 100;

describe('REQ-MOTOR-09 the engine under simulation', () => {
  const seen = { ends: new Map<string, number>(), crashes: 0 };
  for (let from = first; from < first + count; from += batch) {
    const to = Math.min(from + batch, first + count) - 1;
    it(`keeps every invariant with seeds ${from} to ${to}`, async function () {
      this.timeout(300_000);
      for (let seed = from; seed <= to; seed += 1) {
        const played = await play(seed);
        for (const end of played.ends) seen.ends.set(end, (seen.ends.get(end) ?? 0) + 1);
        seen.crashes += played.crashes;
        assert.deepEqual(played.violations, [], `SEED=${seed}\n${played.trace.slice(-40).join('\n')}`);
      }
    });
  }

  it('was a world worth surviving: crashes, merges, rejections and cancellations all came up', function () {
    if (count < 500) this.skip();
    assert.ok(seen.crashes > 100, `only ${seen.crashes} crashes`);
    for (const end of ['merged', 'rejected', 'cancelled']) assert.ok((seen.ends.get(end) ?? 0) > 0, `no run ended ${end}`);
  });
});
