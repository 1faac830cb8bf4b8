import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import { fitsName } from '../../src/core/namePattern.ts';
import type { Trigger } from '../../src/core/trigger.ts';
import { look, triggerIds, triggerWords } from '../../src/core/triggering.ts';
import type { ArmedTrigger, TriggerFacts } from '../../src/core/triggering.ts';

const moved: Trigger = { kind: 'branch-moved', branches: ['main'] };
const nightly: Trigger = { kind: 'schedule', cron: '0 6 * * *' };
const armed = (trigger: Trigger, change: Partial<ArmedTrigger> = {}): ArmedTrigger => ({ id: 'w/x-1', workflow: 'w', trigger, hash: 'h', base: 'main', by: 'you', armedAt: 1, paused: false, lookedAt: 10, seen: {}, last: null, ...change });
const facts = (change: Partial<TriggerFacts> = {}): TriggerFacts => ({ now: 100, times: [], there: {}, running: false, own: {}, ...change });
const cause = (looked: ReturnType<typeof look>): string | null => (looked.kind === 'due' ? looked.cause : null);

describe('triggers (specs/triggers.md)', () => {
  it('REQ-TRIGGER-02 REQ-TRIGGER-03 is due when what it watches differs from what was seen, once', () => {
    const first = look(armed(moved, { seen: { main: 'a' } }), facts({ there: { main: 'bbbbbbbbbb' } }));
    assert.deepEqual(first, { kind: 'due', armed: armed(moved, { seen: { main: 'bbbbbbbbbb' }, lookedAt: 100 }), cause: 'main moved to bbbbbbbb', missed: 0 });
    assert.equal(look(first.armed, facts({ there: { main: 'bbbbbbbbbb' } })).kind, 'nothing');
  });

  it('REQ-TRIGGER-02 a specification that is gone has changed; a test that passes again has not', () => {
    assert.equal(cause(look(armed({ kind: 'spec-changed', paths: ['specs/**'] }, { seen: { 'specs/a.md': '1', 'specs/b.md': '2' } }), facts({ there: { 'specs/a.md': '1' } }))), 'specs/b.md changed');
    const watched = armed({ kind: 'test-failed', tests: ['*'] }, { seen: { 'adds up': 'tree1' } });
    assert.equal(cause(look(watched, facts())), null);
    assert.equal(cause(look(watched, facts({ there: { 'adds up': 'tree1' } }))), null);
    assert.equal(cause(look(watched, facts({ there: { 'adds up': 'tree2' } }))), 'adds up failed');
  });

  it('REQ-TRIGGER-02 knows afterwards what is there now: of tests each failure that it ever saw, of all else no more than there is', () => {
    const seen = (trigger: Trigger, there: Record<string, string>): unknown => look(armed(trigger, { seen: { one: '1', two: '2' } }), facts({ there })).armed.seen;
    const branches: Trigger = { kind: 'branch-moved', branches: ['*'] }, specs: Trigger = { kind: 'spec-changed', paths: ['**'] }, tests: Trigger = { kind: 'test-failed', tests: ['*'] };
    assert.deepEqual([branches, specs, tests].map((trigger) => seen(trigger, { two: '3' })), [{ two: '3' }, { two: '3' }, { one: '1', two: '3' }]);
    const looked = look(armed(branches, { seen: { one: '1', two: '2' } }), facts({ there: { one: '1' } }));
    assert.deepEqual([looked.kind, looked.armed], ['nothing', armed(branches, { seen: { one: '1' }, lookedAt: 100 })], 'a branch that is gone starts nothing, and is forgotten');
  });

  it('REQ-TRIGGER-02 is the very same where nothing is different, so that nothing has to be kept', () => {
    const two = armed({ kind: 'branch-moved', branches: ['*'] }, { seen: { one: '1', two: '2' } }), night = armed(nightly);
    assert.equal(look(two, facts({ there: { two: '2', one: '1' } })).armed, two);
    assert.deepEqual(look(night, facts()), { kind: 'nothing', armed: night });
    const renamed = look(two, facts({ there: { one: '1', three: '3' }, own: { three: '3' } }));
    assert.deepEqual([renamed.kind, renamed.armed.seen], ['nothing', { one: '1', three: '3' }], 'as many as before, and others');
    const mine = look(two, facts({ there: { one: '1', two: '9' }, own: { two: '9' } }));
    const more = look(two, facts({ there: { one: '1', two: '2', three: '3' }, own: { three: '3' } }));
    assert.deepEqual([mine.kind, mine.armed.seen, more.kind, more.armed.seen], ['nothing', { one: '1', two: '9' }, 'nothing', { one: '1', two: '2', three: '3' }]);
  });

  it('REQ-TRIGGER-09 says what it was started for: three names at most, and how many more', () => {
    const named = (trigger: Trigger, count: number): string | null => cause(look(armed(trigger), facts({ there: Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index + 1}`, `${index + 1}23456789`])) })));
    assert.deepEqual([named({ kind: 'branch-moved', branches: ['*'] }, 3), named({ kind: 'branch-moved', branches: ['*'] }, 5), named({ kind: 'spec-changed', paths: ['**'] }, 4), named({ kind: 'test-failed', tests: ['*'] }, 2), cause(look(armed(nightly), facts({ times: [20] })))], [
      'n1, n2, n3 moved to 12345678, 22345678, 32345678', 'n1, n2, n3 and 2 more moved to 12345678, 22345678, 32345678', 'n1, n2, n3 and 1 more changed', 'n1, n2 failed', 'the time of "0 6 * * *"',
    ]);
  });

  it('REQ-TRIGGER-09 says of itself when it starts', () => {
    const all: readonly Trigger[] = [nightly, { kind: 'spec-changed', paths: ['specs/**', 'a.md'] }, { kind: 'branch-moved', branches: ['main', 'next'] }, { kind: 'test-failed', tests: ['a', 'b*'] }];
    assert.deepEqual(all.map(triggerWords), [
      'on schedule "0 6 * * *"', 'when a specification changes: specs/**, a.md', 'when a branch moves: main, next', 'when a test fails: a, b*',
    ]);
  });

  it('REQ-TRIGGER-04 starts nothing while its last task goes on, and what came meanwhile once afterwards', () => {
    const waiting = armed(moved, { seen: { main: 'a' } });
    assert.deepEqual(look(waiting, facts({ there: { main: 'b' }, running: true })), { kind: 'nothing', armed: waiting });
    assert.equal(cause(look(waiting, facts({ there: { main: 'c' } }))), 'main moved to c');
  });

  it('REQ-TRIGGER-05 takes what its own task landed as seen', () => {
    const looked = look(armed(moved, { seen: { main: 'a' } }), facts({ there: { main: 'mine' }, own: { main: 'mine' } }));
    assert.deepEqual([looked.kind, looked.armed.seen], ['nothing', { main: 'mine' }]);
  });

  it('REQ-TRIGGER-06 runs once for many missed times, and says how many', () => {
    const looked = look(armed(nightly), facts({ times: [20, 30, 40], now: 50 }));
    assert.deepEqual([looked.kind, looked.kind === 'due' && looked.missed, looked.armed.lookedAt], ['due', 2, 50]);
    assert.equal(look(armed(nightly, { paused: true }), facts({ times: [20] })).kind, 'nothing');
  });

  it('REQ-TRIGGER-04 never starts two tasks for one cause, whatever happens in whatever order', () => {
    const step = fc.record({ tip: fc.constantFrom('a', 'b', 'c'), running: fc.boolean() });
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let now = armed(moved, { seen: { main: 'a' } });
      let tip = 'a';
      let started = 0;
      let moves = 0;
      for (const { tip: next, running } of steps) {
        if (next !== tip) moves += 1;
        tip = next;
        const looked = look(now, facts({ there: { main: tip }, running }));
        if (looked.kind === 'due') started += 1;
        now = looked.armed;
        if (look(now, facts({ there: { main: tip } })).kind === 'due' && !running) return false;
      }
      return started <= moves;
    }));
  });

  it('REQ-TRIGGER-09 numbers the triggers of a file by their kind', () => {
    assert.deepEqual(triggerIds('nightly', [nightly, moved, nightly]), ['nightly/schedule-1', 'nightly/branch-moved-1', 'nightly/schedule-2']);
  });

  it('REQ-TRIGGER-02 knows "*" in names of branches and tests, and is never slow', () => {
    assert.deepEqual(['main', 'release/1', 'release', 'x'].map((name) => fitsName('release/*', name)), [false, true, false, false]);
    assert.deepEqual([fitsName('*', ''), fitsName('a*b*c', 'aXbYc'), fitsName('a*a', 'a'), fitsName(`${'*a'.repeat(40)}b`, 'a'.repeat(10_000))], [true, true, false, false]);
  });
});
