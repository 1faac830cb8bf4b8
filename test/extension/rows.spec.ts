import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunEvent } from '../../src/core/event.ts';
import { elapsed, money, tokens } from '../../src/extension/figures.ts';
import { markdownText, plain, withoutIcons } from '../../src/extension/plain.ts';
import { needsYouRows } from '../../src/extension/rows/needsYouRows.ts';
import type { Row } from '../../src/extension/rows/row.ts';
import { runRows } from '../../src/extension/rows/runRows.ts';
import { triggerRows } from '../../src/extension/rows/triggerRows.ts';
import { allClear, badge, runsDescription, statusText } from '../../src/extension/rows/summary.ts';
import { viewOf } from '../../src/protocol/viewOf.ts';
import { clockTime } from '../../src/protocol/clockTime.ts';
import type { RunView } from '../../src/protocol/runView.ts';
import { accepted, allLanded, candidate, evidence, finishedAttempt, given, planApproved, planned, reviewed, startedAt, startedAttempt, widerPlanProposed } from '../support/given.ts';

const view = (events: readonly RunEvent[], change: Partial<RunView> = {}): RunView => ({ ...viewOf(given(events).state), ...change });
const mergeOpen = [...allLanded(), ...candidate(evidence('t')), ...reviewed()];
const now = startedAt + 3_600_000;
const brief = (rows: readonly Row[]): string[] => rows.map((row) => [row.label, row.description].filter(Boolean).join(' | '));
const outline = (rows: readonly Row[], depth = 0): string[] => rows.flatMap((row) => [`${'  '.repeat(depth)}${row.label} | ${row.description} | ${row.icon.name} | ${row.context}`, ...outline(row.children, depth + 1)]);

describe('rows of the editor', () => {
  it('REQ-EXT-01 lists checkpoints, waits and failures, longest wait first, and nothing that is over', () => {
    const rows = needsYouRows([
      view(mergeOpen, { task: 'merge', title: 'CSV export' }),
      view([accepted(), startedAttempt('plan'), finishedAttempt('plan', { kind: 'failed', failure: 'key', message: 'no key', retryAt: null })], { task: 'key', title: 'Key' }),
      view(planned(), { task: 'plan', title: 'Rate limiter' }),
      view([accepted()], { task: 'runs' }),
      view([...planned(), { type: 'TaskCancelled', by: 'you' }], { task: 'over' }),
    ], now);
    assert.deepEqual(rows.map((row) => [row.label, row.context, row.opens]), [
      ['Key needed · Key', 'wait.key', 'treeline.keys.set'],
      ['Plan · Rate limiter', 'checkpoint.plan', 'treeline.review.open'],
      ['Merge · CSV export', 'checkpoint.merge', 'treeline.review.open'],
    ]);
    assert.deepEqual(rows[2]?.about, { task: 'merge', at: 'approve-merge', checkpoint: 'approve-merge#1', commit: 'squash-base' });
    assert.deepEqual(brief(rows.slice(2)), ['Merge · CSV export | → main · unit 1/1 · 59 min']);
  });

  it('REQ-EXT-06 has a task that waits for another one in its row, and in the inbox only when that one will not land', () => {
    const waits: RunEvent[] = [{ ...accepted(), upstream: { task: 'below', how: 'after' } } as RunEvent];
    const lost: RunEvent[] = [...waits, { type: 'UpstreamLost', task: 'below', why: 'was cancelled' }];
    const [row] = runRows([view(waits)], startedAt + 1_000);
    assert.deepEqual([row?.description, row?.icon.name, row?.tooltip.includes('Starts after task below.'), needsYouRows([view(waits)], now)], ['waits for a task · step 1 of 7 · 1 s', 'watch', true, []]);
    assert.deepEqual(needsYouRows([view(lost)], startedAt + 61_000).map((need) => [need.label, need.description, need.context, need.opens, need.about.at]), [
      ['Its task will not land · Add csv export', 'task below was cancelled, and this one was to start after it · 1 min', 'wait.task', null, 'below'],
    ]);
  });

  it('REQ-VIEW-05 says at the row of work that pauses when it goes on, while that lies ahead', () => {
    const retryAt = startedAt + 3_600_000;
    const limited = view([accepted(), startedAttempt('plan'), finishedAttempt('plan', { kind: 'failed', failure: 'rate-limit', message: '429', retryAt })]);
    const row = (at: number): string | undefined => runRows([limited], at)[0]?.children[0]?.description;
    assert.deepEqual([row(startedAt), row(retryAt)], [`demo · 429 · goes on at ${clockTime(retryAt, startedAt)} · 0 s`, 'demo · 429 · 59 min']);
  });

  it('REQ-EXT-01 says of a merge that is not proven what is missing, and of a failure where it failed', () => {
    const red = view([...allLanded(), ...candidate(evidence('t'))]);
    const failed = { ...red, state: 'failed' as const, waiting: null, failures: [{ at: 'test', why: 'gate rejected' }] };
    const open = view(mergeOpen);
    const unproven = { ...open, checkpoints: open.checkpoints.map((checkpoint) => ({ ...checkpoint, needsWaiver: ['unit'] })) };
    assert.deepEqual(brief(needsYouRows([unproven, { ...failed, task: 't2' }], startedAt + 60_000)), [
      'Failed · Add csv export | test · gate rejected · 42 s',
      'Merge · Add csv export | → main · not proven: unit · 38 s',
    ]);
  });

  it('REQ-EXT-01 REQ-EXT-75 lists a plan that an agent proposes, beside whatever else is open, and at the step that it is about', () => {
    const run = view(widerPlanProposed());
    assert.deepEqual(brief(needsYouRows([run], startedAt + 60_000)), ['Another plan · Add csv export | splits b; wider: infra/** · 55 s']);
    const [row] = needsYouRows([run], now);
    assert.deepEqual([row?.context, row?.opens, row?.about], ['checkpoint.amendment', 'treeline.review.open', { task: 't1', at: 'implement', checkpoint: 'implement#amendment-1', commit: 'base' }]);
    assert.deepEqual(outline(runRows([run], startedAt + 10_000)).slice(3, 6), [
      '  implement | 0 of 3 landed · another plan is proposed | sync~spin | checkpoint.amendment', '    a | working · demo · 6 s | sync~spin | step.working.log', '    b | waits for your word on another plan | watch | step.ready',
    ]);
  });

  it('REQ-EXT-02 shows a run as its steps and subtasks, with what each does and why it waits', () => {
    const rows = runRows([view([...planApproved(), startedAttempt('implement/a')], { worktrees: [{ unit: 'implement/a', path: '/w', branch: 'treeline/a' }] })], startedAt + 10_000);
    assert.deepEqual(outline(rows), [
      'Add csv export | running · step 3 of 7 · 10 s | sync~spin | run.running.worktree',
      '  plan | done · demo · 1 s | pass | step.done.log',
      '  approve-plan | approved by you | pass | step.done',
      '  implement | 0 of 3 landed | sync~spin | step.working',
      '    a | working · demo · 6 s | sync~spin | step.working.log',
      '    b | waits for a free slot | watch | step.ready',
      '    c | needs a, b | circle-outline | step.pending',
      '  test | not started | circle-outline | step.pending',
      '  review | not started | circle-outline | step.pending',
      '  approve-merge | not started | circle-outline | step.pending',
      '  merge | not started | circle-outline | step.pending',
    ]);
    assert.equal(rows[0]?.children[2]?.children[0]?.accessible, 'a · working · demo · 6 s');
  });

  it('REQ-EXT-74 says at a row which specifications its work stands on no more, and offers to run it again', () => {
    const changes: RunEvent = { type: 'SpecsChanged', commit: 't1', files: [{ path: 'AGENTS.md', change: 'changed', before: '1', after: '2', requirements: [], states: [] }] };
    const [run] = runRows([view([...planApproved(), startedAttempt('implement/a'), changes])], startedAt + 10_000);
    assert.deepEqual(outline(run?.children ?? []).slice(0, 4), [
      'plan | done · demo · stale: AGENTS.md changed · 1 s | pass | step.done.stale.log', 'approve-plan | approved by you | pass | step.done', 'implement | 0 of 3 landed | sync~spin | step.working',
      '  a | working · demo · stale: AGENTS.md changed · 6 s | sync~spin | step.working.stale.log',
    ]);
    assert.match(run?.children[0]?.tooltip ?? '', /Its specifications are not what they were: AGENTS\\?\.md changed\. Nothing is done again by itself\./);
  });

  it('REQ-EXT-02 keeps the id of every row while the run goes on, each id once', () => {
    const ids = (rows: readonly Row[]): string[] => rows.flatMap((row) => [row.id, ...ids(row.children)]);
    const before = ids(runRows([view(planApproved())], now)), after = ids(runRows([view(mergeOpen)], now));
    assert.deepEqual([before.filter((id) => !after.includes(id)), new Set(after).size], [[], after.length]);
  });

  it('REQ-EXT-02 puts what is not over first, then the newest', () => {
    const run = (task: string, state: RunView['state'], startedAt: number): RunView => view([accepted()], { task, title: task, state, startedAt });
    assert.deepEqual(runRows([run('a', 'merged', 9), run('b', 'running', 1), run('c', 'failed', 5)], now).map((row) => row.label), ['c', 'b', 'a']);
  });

  it('REQ-EXT-03 says in the status bar who is needed, else what runs, else nothing', () => {
    const running = view([accepted()], { task: 'r' });
    const said = (views: readonly RunView[]) => [statusText(views)?.text ?? null, statusText(views)?.needed ?? null, badge(views)?.value ?? null];
    assert.deepEqual([
      said([]), said([running]), said([running, view(planned())]),
      said([view(planned()), view(mergeOpen, { task: 'm' }), view([accepted()], { task: 'k', waiting: { for: 'key', why: '', next: '', at: 'plan' } })]),
    ], [
      [null, null, null], ['$(sync~spin) 1 running', false, null], ['$(checklist) 1 to review', true, 1], ['$(checklist) 2 to review, 1 needs you', true, 3],
    ]);
    assert.deepEqual([allClear([]), allClear([running]), runsDescription([running, { ...running, costUsd: 1.5 }])], ['Nothing needs you.', 'Nothing needs you. 1 task is running.', '2 running · $1.50']);
  });

  it('REQ-EXT-04 shows foreign text without what hides, reorders, links or draws', () => {
    const hostile = 'ok\u202e\u0007 [x](command:evil) <img src=x> $(bug)\n# head';
    assert.equal(plain(hostile), 'ok [x](command:evil) <img src=x> $(bug) # head');
    assert.equal(markdownText(hostile), String.raw`ok \[x\]\(command\:evil\) \<img src=x\> \$\(bug\) \# head`);
    assert.equal(withoutIcons('$(bug) x'), '$ (bug) x');
    const [row] = needsYouRows([view(planned(), { title: `${hostile}\u{e0041}` })], now);
    assert.doesNotMatch(`${row?.label}${row?.tooltip}`, /[\u202e\u0007\u{e0041}]/u);
    assert.doesNotMatch(row?.tooltip ?? '', /(?<!\\)[[<]/);
    assert.equal(plain('a'.repeat(300), 10), `${'a'.repeat(9)}…`);
  });

  it('REQ-EXT-05 writes figures short and leaves out a price that nobody knows', () => {
    assert.deepEqual([8_000, 250_000, 3_900_000, 400_000_000].map(elapsed), ['8 s', '4 min', '1 h 05 min', '4 d']);
    assert.deepEqual([null, 0, 0.004, 1.239].map(money), ['', '', '<$0.01', '$1.24']);
    assert.deepEqual([0, 950, 12_340, 2_500_000].map((input) => tokens({ input, cached: 0, output: 0, calls: 1 })), ['', '950 tokens', '12.3k tokens', '2.5M tokens']);
  });
});

describe('rows of triggers', () => {
  it('REQ-TRIGGER-09 say what starts what, when next, what came of it, and why not', () => {
    const at = { id: 'nightly/schedule-1', workflow: 'nightly', name: 'Nightly', trigger: { kind: 'schedule' as const, cron: '0 6 * * *' }, words: 'on schedule "0 6 * * *"', base: 'main', next: now + 3_600_000, running: null, why: '', last: null };
    const firing = { at: now - 60_000, cause: 'the time', result: 'refused' as const, task: null, why: 'Nobody trusts it.', missed: 2 };
    const rows = triggerRows([{ ...at, state: 'armed' }, { ...at, state: 'off', next: null, base: null }, { ...at, state: 'changed', next: null, last: firing, why: 'the workflow is gone' }], '/r', now);
    assert.deepEqual(outline(rows), [
      'Nightly | armed · next in 1 h 00 min · on schedule "0 6 * * *" | zap | trigger.armed',
      'Nightly | off · on schedule "0 6 * * *" | circle-outline | trigger.off',
      'Nightly | changed, starts nothing · on schedule "0 6 * * *" · refused 1 min ago: Nobody trusts it. | warning | trigger.changed',
    ]);
  });
});
