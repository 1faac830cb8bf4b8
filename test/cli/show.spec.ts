import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunEvent } from '../../src/core/event.ts';
import type { Evidence } from '../../src/core/gate.ts';
import { comeBack } from '../../src/cli/follow/comeBack.ts';
import { lastWords } from '../../src/cli/follow/follow.ts';
import { changeLines } from '../../src/cli/show/changeLines.ts';
import { columns } from '../../src/cli/show/columns.ts';
import { elapsed, money, tokens } from '../../src/cli/show/figures.ts';
import { listLines } from '../../src/cli/show/listLines.ts';
import { noPaint, paintFor } from '../../src/cli/show/paint.ts';
import { plain, plainLines, wrapped } from '../../src/cli/show/plain.ts';
import { runLines } from '../../src/cli/show/runLines.ts';
import { summaryOf, viewOf } from '../../src/protocol/viewOf.ts';
import type { RunView } from '../../src/protocol/runView.ts';
import { accepted, allLanded, candidate, changed, evidence, finishedAttempt, given, integrated, judgedUnit, landed, plan, planApproved, planned, reviewed, startedAt, startedAttempt } from '../support/given.ts';

const view = (events: readonly RunEvent[]): RunView => viewOf(given(events).state);
const mergeOpen = [...allLanded(), ...candidate(evidence('t')), ...reviewed()];
const merged: RunEvent[] = [
  ...mergeOpen, { type: 'CheckpointApproved', checkpoint: 'approve-merge#1', binding: { commit: 'squash-base', base: 'base', tree: 't', evidence: 'e-t-accepted' }, by: 'you', waivers: [], ticks: [] },
  { type: 'Landed', command: 'merge#1', commit: 'squash-base', tree: 't', target: 'refs/heads/main' },
];
const key: RunEvent[] = [accepted(), startedAttempt('plan'), finishedAttempt('plan', { kind: 'failed', failure: 'key', message: 'no key for Anthropic', retryAt: null })];

/** Evidence of two failing tests out of five. */
function red(): Evidence {
  const found = evidence('implement/a-1-tree', 'rejected', 'new-failures');
  return { ...found, gates: found.gates.map((gate) => ({ ...gate, tests: { ...gate.tests, passed: 3, failed: 2 }, failures: [{ test: 'quotes a comma', message: 'expected "a,b"\nto be quoted', file: null, line: null }] })) };
}

/** What a person who watches from the first event sees. */
function mirror(events: readonly RunEvent[]): string[] {
  let before: RunView | null = null;
  return events.flatMap((_, at) => {
    const after = view(events.slice(0, at + 1));
    const lines = changeLines(before, after, noPaint);
    before = after;
    return lines;
  });
}

describe('pages of the command line', () => {
  it('REQ-CLI-11 mirrors a run line by line: who, what, and what came of it', () => {
    assert.deepEqual(mirror(merged), [
      '▸  plan                      demo',
      '✓  plan                      demo  3 subtasks  1 s',
      '●  approve-plan              waits for you: is the plan right?',
      '✓  approve-plan              approved by you',
      ...['a', 'b', 'c'].flatMap((id) => [`▸  implement/${id}               demo`, `▸  implement/${id}               gate running`, `✓  implement/${id}               gate unit: accepted (1 passed)`, `✓  implement/${id}               demo  done  1 s`]),
      '✓  implement                 3 of 3 landed  15 s',
      '▸  test                      merging with the target',
      '✓  test                      gate unit: accepted (1 passed)',
      '▸  review                    demo',
      '✓  review                    demo  no findings  1 s',
      '●  approve-merge             waits for you: is the merge right?',
      '✓  approve-merge             approved by you',
      '▸  merge                     onto main',
      '✓  merge                     onto main as squash-bas',
    ]);
  });

  it('REQ-CLI-11 tells a red gate, its repair, and an agent that could not go on', () => {
    const started = [...planApproved(), ...changed('implement/a'), startedAttempt('implement/b'), integrated('implement/a', 'base')];
    const events = [...started, judgedUnit('implement/a', red()), ...changed('implement/a', 2), integrated('implement/a', 'base', 2), judgedUnit('implement/a', evidence('implement/a-2-tree'), 2),
      landed('implement/a', 'implement/a-2-on-base', 2), finishedAttempt('implement/b', { kind: 'failed', failure: 'rate-limit', message: '429 \u001b[31mslow', retryAt: null })];
    assert.deepEqual(mirror(events).slice(mirror(started).length).map((line) => line.replace(/at [\d:]+$/, 'at …')), [
      '✗  implement/a               gate unit: rejected, new-failures (2 of 5 failed)',
      '↻  implement/a               demo  repair 1 of 3',
      '▸  implement/a               gate running',
      '✓  implement/a               gate unit: accepted (1 passed)',
      '✓  implement/a               demo  done  6 s',
      '✗  implement/b               demo  failed: rate-limit: 429 slow',
      '◌  implement/b               429 slow · goes on at …',
    ]);
  });

  it('REQ-CLI-11 begins in the middle with what is over and under way, and repeats nothing', () => {
    assert.deepEqual(changeLines(null, view([...planApproved(), startedAttempt('implement/a')]), noPaint), [
      '✓  plan                      demo  3 subtasks  1 s', '▸  implement/a               demo',
    ]);
    assert.deepEqual(changeLines(view(mergeOpen), view(mergeOpen), noPaint), []);
  });

  it('REQ-CLI-11 tells a request for changes and a rejection with their words', () => {
    const asked: RunEvent = { type: 'ChangesRequested', checkpoint: 'approve-plan#1', comments: [{ file: null, line: null, text: 'smaller' }], by: 'ann' };
    assert.deepEqual(changeLines(view(planned()), view([...planned(), asked]), noPaint), ['↻  approve-plan              changes requested by ann: 1 comment']);
    const no: RunEvent = { type: 'CheckpointRejected', checkpoint: 'approve-merge#1', reason: 'not now', by: 'ann' };
    assert.deepEqual(changeLines(view(mergeOpen), view([...mergeOpen, no]), noPaint), ['✗  approve-merge             rejected by ann: not now']);
  });

  it('shows a run with what is, why it waits, and what to do next', () => {
    assert.deepEqual(runLines(view(mergeOpen), startedAt + 60_000, noPaint), [
      'Add csv export',
      '  task      t1',
      '  state     waits for you',
      '  why       the merge is proven and ready to be approved',
      '  next      Review it, then approve, request changes, or reject.',
      '  workflow  Spec and build, main base → main',
      '  specs     all of specs/', '  agents    implementer demo',
      '  sandbox   prefer',
      '  spent     nothing',
      '',
      '  ✓ plan           demo  1 s',
      '  ✓ approve-plan         approved by you · 1 s',
      '  ✓ implement            3 of 3 landed · 15 s',
      '  ✓   implement/a  demo  gate accepted: passed · 1 s',
      '  ✓   implement/b  demo  gate accepted: passed · 1 s',
      '  ✓   implement/c  demo  gate accepted: passed · 1 s',
      '  ✓ test                 accepted: passed · 2 s',
      '  ✓ review         demo  1 s',
      '  ● approve-merge        waits for you · 38 s',
      '  ○ merge                not started',
      '',
      '  ✓ gate unit: accepted (1 passed)',
      '  ✓ review: 0 criteria of 0 met, 0 findings',
    ]);
  });

  it('REQ-AGENT-31 shows what stands in for an unknown price as an estimate, with whose price it is and how to mend that', () => {
    const launched = { ...accepted(), budget: { usd: 5, minutes: null }, unpriced: [{ agent: 'compatible:local/x', countedAs: 'openai:gpt-6-astra' }] } as RunEvent;
    const finished = { ...finishedAttempt('plan', { kind: 'plan', plan }), usage: { input: 100_000, cached: 0, output: 5_000, calls: 3 }, costUsd: null, estimatedUsd: 1.25 } as RunEvent;
    const shown = view([launched, startedAttempt('plan'), finished]);
    assert.deepEqual([shown.costUsd, shown.countedUsd], [null, 1.25]);
    assert.deepEqual(runLines(shown, startedAt, noPaint).filter((line) => /^ {2}(spent|price)/.test(line)), [
      '  spent     about $1.25 by estimate · 105.0k tokens · limit $5',
      '  price     not known for compatible:local/x; its tokens are counted at that of openai:gpt-6-astra, the dearest known. Say what it costs in settings.yaml: agents.prices: { "compatible:local/x": { input: 0.5, output: 2 } } (dollars per million)',
    ]);
  });

  it('lists the newest first, with the reason of each wait', () => {
    const runs = [summaryOf(view(merged)), { ...summaryOf(view(mergeOpen)), task: 't2' }];
    assert.deepEqual(listLines(runs, startedAt + 600_000, noPaint), [
      'TASK  STATE          TARGET  AGE     SPENT  TITLE',
      't2    waits for you  main    10 min  -      Add csv export',
      '  the merge is proven and ready to be approved',
      't1    merged         main    10 min  -      Add csv export',
    ]);
    assert.deepEqual(listLines([], 0, noPaint), ['No task yet. Start one with: treeline run "what should be done"']);
  });

  it('REQ-CLI-35 says on which task one depends, and what became of that', () => {
    const depends = (how: 'after' | 'on', ...more: RunEvent[]): RunView => view([{ ...accepted(), upstream: { task: 'below', how } } as RunEvent, ...more]);
    const lost: RunEvent = { type: 'UpstreamLost', task: 'below', why: 'was cancelled' };
    const runs = [depends('after'), { ...depends('on'), task: 't2' }, { ...depends('after', lost), task: 't3' }];
    assert.deepEqual(listLines(runs.map(summaryOf), startedAt + 600_000, noPaint), [
      'TASK  STATE             TARGET  AGE     SPENT  TITLE',
      't3    waits for you     main    10 min  -      Add csv export',
      '  task below was cancelled, and this one was to start after it',
      't2    running           main    10 min  -      Add csv export',
      '  on task below, not landed yet',
      't1    waits for a task  main    10 min  -      Add csv export',
      '  it starts when task below has landed',
    ]);
    const said = (one: RunView): string | undefined => runLines(one, 0, noPaint).find((line) => line.includes('depends'))?.trim();
    assert.deepEqual([...runs.map(said), said(depends('after', lost, { type: 'RetryRequested', at: null, by: 'you', budget: null })), said(depends('after', { type: 'UpstreamLanded', task: 'below', commit: 'c', base: null }))], [
      'depends   after task below, not landed yet', 'depends   on task below, not landed yet', 'depends   after task below, was cancelled',
      'depends   after task below, was cancelled; this one goes on without it', 'depends   after task below, landed',
    ]);
    assert.deepEqual([comeBack(runs[0] ?? depends('on'), null), comeBack(depends('after', lost), null)], [['  treeline watch t1', '  treeline show t1', '  treeline cancel t1'], ['  treeline log t1', '  treeline retry t1', '  treeline cancel t1']]);
  });

  it('REQ-CLI-16 says how to come back, with everything that the next command needs', () => {
    const running = view([accepted(), startedAttempt('plan')]);
    assert.deepEqual(lastWords(running, 130, null), ['', 'Task t1 goes on without you. Come back with:', '  treeline watch t1', '  treeline cancel t1']);
    assert.deepEqual(comeBack(view([...allLanded(), ...candidate(evidence('t', 'not-verified', 'no-tests', [{ id: 'x', why: 'y' }])), ...reviewed()]), '/tmp/my repo')[1], '  treeline approve t1 --waive unit --reason "…" --tick x --repo \'/tmp/my repo\'');
    assert.deepEqual(lastWords(view(key), 3, null), [
      '', 'Task t1 waits: no key for Anthropic.', view(key).waiting?.next ?? '', '  treeline log t1', '  treeline retry t1', '  treeline cancel t1',
    ]);
    assert.deepEqual(lastWords(view(merged), 0, null), ['', 'Task t1 is merged.']);
  });

  it('REQ-CLI-09 leaves nothing in a text that a terminal would act on or hide', () => {
    assert.equal(plain('a\u001b]0;title\u0007b\u001b[2Jc\u202ed\te\n f\u0000\u200b'), 'abcd e f');
    assert.equal(plain('x'.repeat(300), 10), 'xxxxxxxxx…');
    assert.equal(plainLines('one\r\n\u001b[1mtwo\u001b[0m\n\n'), 'one\ntwo');
    assert.deepEqual(wrapped('one two three\n\nfour', 10, '  '), ['  one two', '  three', '', '  four']);
  });

  it('REQ-CLI-10 uses colour on a terminal alone, and never with NO_COLOR', () => {
    const coloured = (isTerminal: boolean, environment: Record<string, string>): string => paintFor(isTerminal, environment).good('ok');
    assert.deepEqual([coloured(true, {}), coloured(true, { NO_COLOR: '1' }), coloured(true, { TERM: 'dumb' }), coloured(false, {}), coloured(true, { NO_COLOR: '' })], ['\u001b[32mok\u001b[39m', 'ok', 'ok', 'ok', '\u001b[32mok\u001b[39m']);
    const bare = (text: string): string => text.replaceAll(/\u001b\[\d+m/g, '');
    const coloredLines = [...changeLines(null, view(mergeOpen), paintFor(true, {})), ...runLines(view(mergeOpen), startedAt, paintFor(true, {}))];
    assert.deepEqual(coloredLines.map(bare), [...changeLines(null, view(mergeOpen), noPaint), ...runLines(view(mergeOpen), startedAt, noPaint)]);
  });

  it('writes figures short, and no price that nobody knows', () => {
    assert.deepEqual([elapsed(8_000), elapsed(240_000), elapsed(3_900_000), elapsed(200_000_000)], ['8 s', '4 min', '1 h 05 min', '2 d']);
    assert.deepEqual([money(null), money(0), money(0.004), money(1.5)], ['', '', '<$0.01', '$1.50']);
    assert.deepEqual([tokens({ input: 0, cached: 0, output: 0, calls: 0 }), tokens({ input: 900, cached: 50, output: 0, calls: 1 }), tokens({ input: 12_000, cached: 300, output: 0, calls: 1 })], ['', '950 tokens', '12.3k tokens']);
    assert.deepEqual(columns([['a', 'bb', 'c'], ['aaa', '', 'c'], ['a', '', '']]), ['a    bb  c', 'aaa      c', 'a']);
  });
});
