/** specs/engine-process.md REQ-ENGINE-23. */
import assert from 'node:assert/strict';
import { createIds, systemClock } from '../../src/app/systemClock.ts';

describe('system clock and ids', () => {
  it('REQ-ENGINE-23 gives ids that sort as they came, whatever the clock does', () => {
    let now = 1_800_000_000_000;
    const ids = createIds({ ...systemClock, now: () => now });
    const given = [ids.task(), ids.task(), (now -= 864_000_000, ids.task()), (now += 2_000_000_000, ids.task())];
    assert.deepEqual([...given].sort(), given);
    for (const id of given) assert.match(id, /^[a-z0-9]{14}$/);
  });

  it('REQ-ENGINE-23 waits until its signal is aborted, and rejects with the reason', async () => {
    const controller = new AbortController();
    const waited = systemClock.after(1_000_000_000_000, controller.signal);
    const reason = new Error('stop');
    controller.abort(reason);
    await assert.rejects(waited, reason);
  });
});
