import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { clockTime } from '../../src/protocol/clockTime.ts';

describe('a moment on the clock', () => {
  it('REQ-VIEW-05 is local, with seconds when it is near and with its day when that is not today', () => {
    const now = new Date(2026, 10, 26, 14, 5, 20).getTime();
    const at = (...parts: [number, number, number, number, number]): string => clockTime(new Date(2026, ...parts).getTime(), now);
    assert.deepEqual([at(10, 26, 14, 5, 50), at(10, 26, 14, 7, 20), at(10, 26, 15, 5, 20), at(10, 27, 0, 3, 0), at(11, 2, 9, 7, 0)], ['14:05:50', '14:07', '15:05', '2026-11-27 00:03', '2026-12-02 09:07']);
  });
});
