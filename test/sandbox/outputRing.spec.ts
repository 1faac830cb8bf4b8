import assert from 'node:assert/strict';
import fc from 'fast-check';
import { OutputRing } from '../../src/sandbox/outputRing.ts';

describe('the output ring (specs/sandbox.md)', () => {
  it('REQ-WALL-30: keeps the first and the last bytes, and counts the rest, however they come in', () => {
    fc.assert(fc.property(fc.nat(20), fc.nat(20), fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 10 }), (head, tail, chunks) => {
      const ring = new OutputRing({ head, tail });
      for (const chunk of chunks) ring.push(chunk);
      const all = Buffer.concat(chunks);
      const rest = all.subarray(head);
      const last = tail === 0 ? rest.subarray(rest.length) : rest.subarray(-tail);
      const kept = ring.kept();
      assert.deepEqual({ head: Buffer.from(kept.head), tail: Buffer.from(kept.tail), dropped: kept.dropped, bytes: ring.bytes },
        { head: all.subarray(0, head), tail: last, dropped: rest.length - last.length, bytes: all.length });
    }));
  });
});
