import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { changeLines } from '../../src/cli/show/changeLines.ts';
import { noPaint } from '../../src/cli/show/paint.ts';
import { runLines } from '../../src/cli/show/runLines.ts';
import { clockTime } from '../../src/protocol/clockTime.ts';
import { viewOf } from '../../src/protocol/viewOf.ts';
import { accepted, finishedAttempt, given, startedAt, startedAttempt } from '../support/given.ts';

describe('work that pauses, on the command line', () => {
  it('REQ-VIEW-05 says when work that pauses goes on, while that lies ahead', () => {
    const retryAt = startedAt + 3_600_000;
    const limited = viewOf(given([accepted(), startedAttempt('plan'), finishedAttempt('plan', { kind: 'failed', failure: 'rate-limit', message: 'Anthropic limits the rate of requests (429: x).', retryAt })]).state);
    const row = (now: number): string | undefined => runLines(limited, now, noPaint).find((line) => line.includes('limits the rate'));
    const at = clockTime(retryAt, startedAt);
    assert.deepEqual([row(startedAt), row(retryAt)], [`  ◌ plan           demo  ready · Anthropic limits the rate of requests (429: x). · goes on at ${at} · 0 s`, '  ◌ plan           demo  ready · Anthropic limits the rate of requests (429: x). · 59 min']);
    assert.deepEqual(changeLines(null, limited, noPaint), [`◌  plan                      Anthropic limits the rate of requests (429: x). · goes on at ${clockTime(retryAt, limited.updatedAt)}`]);
  });
});
