// Who waits for whom before the first model call. specs/agents.md.
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { createHeadStart } from '../../src/agents/headStart.ts';
import { handClock } from './support.ts';

describe('the head start', () => {
  const signal = new AbortController().signal;
  const entering = (enter: ReturnType<typeof createHeadStart>, key: string, log: string[], name: string, stop = signal): Promise<() => void> => {
    const begun = enter(key, stop);
    begun.then(() => log.push(name), () => log.push(`${name} cancelled`));
    return begun;
  };

  it('REQ-AGENT-30 lets one agent per prompt begin, and the others once that one is answered', async () => {
    const enter = createHeadStart(handClock());
    const log: string[] = [];
    const answered = await entering(enter, 'a', log, 'first');
    const others = [entering(enter, 'a', log, 'second'), entering(enter, 'a', log, 'third'), entering(enter, 'b', log, 'another prompt')];
    await setImmediate();
    assert.deepEqual(log, ['first', 'another prompt']);
    answered();
    await Promise.all(others);
    assert.deepEqual(log, ['first', 'another prompt', 'second', 'third']);
  });

  it('REQ-AGENT-30 holds nobody for long behind a first one that is slow', async () => {
    const clock = handClock();
    const enter = createHeadStart(clock);
    const log: string[] = [];
    await entering(enter, 'a', log, 'first');
    const second = entering(enter, 'a', log, 'second');
    clock.pass(1_500);
    await second;
    assert.deepEqual(log, ['first', 'second']);
  });

  it('REQ-AGENT-30 keeps nobody who is cancelled, and forgets the first one only once', async () => {
    const enter = createHeadStart(handClock());
    const log: string[] = [];
    const answered = await enter('a', signal);
    const stop = new AbortController();
    const waiting = entering(enter, 'a', log, 'waiting', stop.signal);
    stop.abort(new Error('cancelled'));
    await assert.rejects(waiting, /cancelled/);
    answered();
    const later = await entering(enter, 'a', log, 'later');
    answered();
    const behind = entering(enter, 'a', log, 'behind');
    await setImmediate();
    assert.deepEqual(log, ['waiting cancelled', 'later']);
    later();
    await behind;
  });
});
