import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunEvent } from '../../src/core/event.ts';
import type { Evidence } from '../../src/core/gate.ts';
import { byRisk, fileLine, pagesOf, sumOf } from '../../src/extension/review/changedFile.ts';
import type { ChangedFile } from '../../src/extension/review/changedFile.ts';
import { checkpointDocument } from '../../src/extension/review/checkpointDocument.ts';
import { carriedOver, commentsOf, draftsOf, readDrafts } from '../../src/extension/review/draft.ts';
import type { Draft } from '../../src/extension/review/draft.ts';
import { planDocument } from '../../src/extension/review/planDocument.ts';
import { reviewOfTab, reviewTitle } from '../../src/extension/review/reviewTitle.ts';
import { addressOf, revisionOf } from '../../src/extension/review/revision.ts';
import type { Revision } from '../../src/extension/review/revision.ts';
import { viewOf } from '../../src/protocol/viewOf.ts';
import type { CheckpointView, RunView } from '../../src/protocol/runView.ts';
import { allLanded, candidate, evidence, finishedAttempt, given, plan, planned, reviewed, startedAttempt, widerPlanProposed, withReviews } from '../support/given.ts';

const view = (events: readonly RunEvent[]): RunView => viewOf(given(events).state);
const last = (run: RunView): CheckpointView => run.checkpoints.at(-1) as CheckpointView;
const file = (path: string, change: Partial<ChangedFile> = {}): ChangedFile => ({ path, previous: null, status: 'modified', added: 1, removed: 0, marks: [], ...change });
const draft = (change: Partial<Draft>): Draft => ({ id: 'd', task: 't1', checkpoint: 'approve-merge#1', step: 'approve-merge', show: 'file', path: 'src/a.js', commit: 'c1', side: 'new', line: 3, text: 'why?', quote: '', ...change });
const merge = (found: Evidence, more: RunEvent[] = reviewed()): RunView => view([...allLanded(), ...candidate(found), ...more]);

describe('a review', () => {
  it('REQ-EXT-11 begins with a brief: goal, what lands on what, proof, files, cost', () => {
    const run = merge(evidence('t'));
    const text = checkpointDocument({ view: run, checkpoint: last(run), changes: [file('src/csv.js', { status: 'added', added: 40 })], page: 0, pages: 1 });
    assert.deepEqual(text.split('\n').slice(0, 8), [
      '# Merge → main: Add csv export', '', '**Proven on the merged tree.** unit 1/1', '',
      '- Goal: add csv export', '- Lands: squash-b → main base, exactly this tree: t', '- Change: 1 file, +40 −0', '- Agents: demo',
    ]);
    for (const part of ['- ✓ unit: accepted (passed)  1 passed · 0 failed', '`npm test` · 0 s · sandbox: bubblewrap · dependencies: none', '- A  src/csv.js · +40 −0', 'Review by demo', 'Task: t1', '- a: a']) assert.ok(text.includes(part), `${part} is not in\n${text}`);
    assert.doesNotMatch(text, /Not proven|⚠/);
  });

  it('REQ-EXT-75 of another plan says who proposes what and why a person is asked', () => {
    const run = view(widerPlanProposed());
    const text = checkpointDocument({ view: run, checkpoint: last(run), changes: [], page: 0, pages: 1 });
    assert.deepEqual(text.split('\n').slice(0, 20), [
      '# Another plan: Add csv export', '', '- Goal: add csv export', '- Proposed by implement/a: b is two',
      '- Until you decide, what it would split or drop does not start; everything else goes on. Rejected, the task keeps its plan.', '',
      '## Why you are asked', '', '- ⚠ A subtask may change infra/**, which none could before.', '',
      '## Subtasks', '', 'In full in PLAN.md, the next file of this review: the plan before and after.', '', '- − b: b', '- ~ c: c · after a, b1, b2', '- + b1: b1', '- + b2: b2', '',
      'Spent so far: no cost · no tokens · 0 model calls · 1 s of agent time',
    ]);
    assert.deepEqual([last(run).amendment?.before.subtasks.length, last(run).amendment?.after.subtasks.length], [3, 4]);
  });

  it('REQ-EXT-11 says what is not proven, what needs a tick, and what the reviewer found', () => {
    const found = evidence('t', 'rejected', 'new-failures', [{ id: 'gate-definition:unit', why: 'package.json changed' }]);
    const review = finishedAttempt('review', { kind: 'review', review: { summary: 'not yet', criteria: [{ criterion: 'quotes commas', verdict: 'not-met', why: 'line 3' }], findings: [{ file: 'src/a.js', line: 3, severity: 'high', message: 'loses the last row' }] } });
    const run = merge(evidence('t'), [startedAttempt('review'), review]);
    const checkpoint = { ...last(run), needsWaiver: ['unit'], needsTick: found.ticks };
    const text = checkpointDocument({ view: { ...run, evidence: found, sameProvider: true }, checkpoint, changes: [], page: 0, pages: 1 });
    assert.match(text, /\*\*Not proven: unit\.\*\* Approving asks for a waiver with a reason\./);
    for (const part of ['- ⚠ Needs a waiver: unit: rejected (new-failures)', '- ⚠ Needs your tick: gate-definition:unit: package.json changed', '- ⚠ The review ran on the same provider as the work.', '- ⚠ Reviewer says not-met: quotes commas', '- high: src/a.js:3 loses the last row', '- ✗ unit: rejected']) assert.ok(text.includes(part), `${part} is not in\n${text}`);
  });

  it('REQ-RUN-35 calls nothing proven without saying that the reviewer asks for changes', () => {
    const asks = finishedAttempt('review', { kind: 'review', review: { summary: 'It takes away.', verdict: 'changes', criteria: [], findings: [] } });
    const run = merge(evidence('t'), [startedAttempt('review'), asks]);
    const text = checkpointDocument({ view: run, checkpoint: last(run), changes: [], page: 0, pages: 1 });
    for (const part of ['**Proven on the merged tree, but the reviewer asks for changes.** unit 1/1', '- ⚠ The reviewer asks for changes: It takes away.']) assert.ok(text.includes(part), text);
  });

  it('REQ-RUN-35 tells of each of several reviewers, and which of them asks for changes', () => {
    const run = viewOf(withReviews(given([...allLanded(), ...candidate(evidence('t')), ...reviewed()]).state, { 'review/a': { verdict: 'changes', summary: 'It takes away.' }, 'review/b': { summary: 'fine' } }));
    const text = checkpointDocument({ view: run, checkpoint: last(run), changes: [], page: 0, pages: 1 });
    for (const part of ['- ⚠ The reviewer review/a asks for changes: It takes away.', '## Review by agent of review/a at review/a\n\nIt takes away.', '## Review by agent of review/b at review/b\n\nfine']) assert.ok(text.includes(part), text);
  });

  it('REQ-GATE-128 names a file that landed outside of the scope of its subtask', () => {
    const outside = allLanded().map((event): RunEvent => (event.type === 'AttemptFinished' && event.outcome.kind === 'tree' && event.unit === 'implement/a' ? { ...event, outcome: { ...event.outcome, outOfScope: ['README.md'] } } : event));
    const run = view([...outside, ...candidate(evidence('t')), ...reviewed()]);
    assert.ok(checkpointDocument({ view: run, checkpoint: last(run), changes: [], page: 0, pages: 1 }).includes('- ⚠ README.md: is outside of the scope of implement/a (src/**)\n'));
  });

  it('REQ-GATE-141 says of a test that fails on the base, too, since when that is known', () => {
    const found = evidence('t', 'accepted', 'only-preexisting-failures');
    const old = { test: 'old', message: 'fails on the base too: 1', file: 'a.js', line: 3, since: '0123456789abcdef0123456789abcdef01234567' };
    const review = finishedAttempt('review', { kind: 'review', review: { summary: 'well', criteria: [], findings: [] } });
    const run = merge(evidence('t'), [startedAttempt('review'), review]);
    assert.match(checkpointDocument({ view: { ...run, evidence: { ...found, gates: found.gates.map((gate) => ({ ...gate, failures: [old] })) } }, checkpoint: last(run), changes: [], page: 0, pages: 1 }), /^ {2}- old: fails on the base too: 1 \(a\.js:3\) {2}already failing, known since 01234567/m);
  });

  it('REQ-INTEGRITY-23 shows what the change does to tests and gates, the serious first, and does not call it proven', () => {
    const found = evidence('t', 'accepted', 'passed', [{ id: 'integrity:f1', why: 'test/a.spec.js:3: The expectation was changed.' }]);
    const integrity: Evidence['integrity'] = [
      { id: 'f0', kind: 'lint-disabled', file: 'src/a.js', line: 9, before: null, after: '// eslint-disable-line', why: 'A check is switched off here.', severity: 'low', by: 'parser' },
      { id: 'f1', kind: 'expectation-changed', file: 'test/a.spec.js', line: 3, before: 'equal(a(), 1)', after: 'equal(a(), 2)\n## Gates', why: 'The expectation was changed.', severity: 'medium', by: 'parser' },
    ];
    const run = merge({ ...found, verdict: 'not-verified', reason: 'needs-person', integrity });
    const text = checkpointDocument({ view: run, checkpoint: last(run), changes: [], page: 0, pages: 1 });
    assert.match(text, /\*\*Not proven without you: needs-person\.\*\* unit 1\/1/);
    assert.ok(text.includes(['## Touched: tests, gates, configuration, what is protected and what is out of scope', '', '- ⚠ expectation-changed: test/a.spec.js:3  The expectation was changed.', '  - before: equal(a(), 1)', '  - after: equal(a(), 2) ## Gates', '  - needs your tick: integrity:f1', '- · lint-disabled: src/a.js:9  A check is switched off here.', ''].join('\n')), text);
  });

  it('REQ-GATE-126 says first what is proven, then what is not, then what was touched; each with its tick, and who let it pass', () => {
    const found = evidence('t', 'accepted', 'passed', [{ id: 'base-test:old', why: 'As the base has it, "old" fails.' }, { id: 'protected:infra/a', why: 'infra/a is protected.' }]);
    const [unit] = found.gates;
    const lacks = unit ? [{ ...unit, id: 'red-green-proof', verdict: 'not-verified' as const, reason: 'no-red-proof' as const }] : [];
    const run = merge({
      ...found, verdict: 'not-verified', reason: 'no-red-proof', gates: [...found.gates, ...lacks], redGreen: { state: 'not-discriminating', tests: [{ test: 'idle', state: 'not-discriminating', shown: '' }, { test: 'late', state: 'inconclusive', shown: 'took\ntoo long' }] },
      baseTests: { state: 'fail', failing: [{ test: 'old', shown: '', asked: false }, { test: 'planned', shown: '', asked: true }] },
    });
    const text = checkpointDocument({ view: run, checkpoint: last(run), changes: [], page: 0, pages: 1 });
    const sections = text.split(/^(?=## )/m).filter((section) => /^## (Proven|Not proven|Touched)/.test(section));
    assert.deepEqual(sections.map((section) => section.trim().split('\n')), [
      ['## Proven', '', '- ✓ unit: accepted, 1 test passed'],
      [
        '## Not proven, or needs you', '', '- ⚠ Needs a waiver: red-green-proof: not-verified (no-red-proof)', '- ⚠ idle: passes without the change, too', '- ⚠ late: nobody can say: took',
        '- ⚠ planned: as the base has it, it fails on the change; the plan names it', '- ⚠ Needs your tick: base-test:old: As the base has it, "old" fails.',
      ],
      ['## Touched: tests, gates, configuration, what is protected and what is out of scope', '', '- ⚠ infra/a is protected.', '  - needs your tick: protected:infra/a'],
    ]);
    const waived = { ...run, proof: run.proof && { ...run.proof, open: run.proof.open.map((row) => (row.kind === 'gate' ? { ...row, waived: { reason: 'seen by hand', by: 'ann' } } : row)) } };
    assert.match(checkpointDocument({ view: waived, checkpoint: { ...last(run), needsWaiver: [] }, changes: [], page: 0, pages: 1 }), /^- ⚠ Waived by ann: red-green-proof: seen by hand$/m);
  });

  it('REQ-EXT-05 calls an estimate an estimate', () => {
    const run = merge(evidence('t'));
    const cost = (change: Partial<RunView>): string | undefined => /^Spent so far: .*$/m.exec(checkpointDocument({ view: { ...run, ...change }, checkpoint: last(run), changes: [], page: 0, pages: 1 }))?.[0].split(' · ')[0];
    assert.deepEqual([cost({ costUsd: 1.5, countedUsd: 1.5 }), cost({ costUsd: null, countedUsd: 2.25 }), cost({ costUsd: null, countedUsd: 0 })], ['Spent so far: $1.50', 'Spent so far: about $2.25 by estimate', 'Spent so far: price unknown']);
  });

  it('REQ-EXT-12 says that without a sandbox approvals are not protected from the agent', () => {
    const found = evidence('t');
    const [gate] = found.gates;
    const run = merge({ ...found, gates: gate ? [{ ...gate, evidence: { ...gate.evidence, sandbox: 'none: bwrap is missing' } }] : [] });
    const text = checkpointDocument({ view: run, checkpoint: last(run), changes: [], page: 0, pages: 1 });
    assert.match(text, /⚠ Not sandboxed \(bwrap is missing\): approvals are not protected from the agent\./);
  });

  it('REQ-EXT-11 keeps foreign text from looking like parts of the brief', () => {
    const run = merge(evidence('t'));
    const text = checkpointDocument({ view: { ...run, title: 'a\n## Gates\n- ✓ all', request: 'b\u202e\n```\n**Proven**' }, checkpoint: last(run), changes: [file('x\n- ✓ y')], page: 0, pages: 1 });
    assert.deepEqual(text.split('\n').filter((line) => /^(## Gates|- ✓ (all|y)|\*\*Proven\*\*)/.test(line)), ['## Gates  (evidence e-t-acce)']);
    assert.doesNotMatch(text, /\u202e/);
  });

  it('REQ-EXT-11 lists earlier rounds with their comments', () => {
    const comments = [{ file: 'src/a.js', line: 3, text: 'quote it' }];
    const run = view([...planned(), { type: 'ChangesRequested', checkpoint: 'approve-plan#1', comments, by: 'ann' }, startedAttempt('plan', 2), finishedAttempt('plan', { kind: 'plan', plan }, 2)]);
    const text = checkpointDocument({ view: run, checkpoint: last(run), changes: [], page: 0, pages: 1 });
    assert.match(text, /- Round 1 · base · changes requested · by ann\n {2}- src\/a\.js:3: quote it/);
    assert.equal(reviewTitle(run, last(run), 0, 1), 'Plan · Add csv export · round 2 · t1');
  });

  it('REQ-EXT-11 shows a plan with what each subtask may change and waits for', () => {
    assert.deepEqual(planDocument(plan).split('\n').slice(0, 9), ['# Plan', '', 'two parts and a third that needs both', '', '## 1. a  (a)', '', 'a', '', '- After: nothing, starts at once']);
    assert.match(planDocument(plan), /## 3\. c {2}\(c\)\n\nc\n\n- After: a, b\n- May change: src\/\*\*/);
  });

  it('REQ-EXT-13 puts marked files first and leaves none out of the pages', () => {
    const files = Array.from({ length: 65 }, (_, index) => file(`f${String(index).padStart(2, '0')}`, index === 64 ? { marks: ['protected'] } : {}));
    const pages = pagesOf(files, 30);
    assert.deepEqual([pages.map((page) => page.length), pages[0]?.[0]?.path, new Set(pages.flat()).size], [[30, 30, 5], 'f64', 65]);
    assert.deepEqual([pagesOf([], 30), byRisk([])], [[[]], []]);
    assert.equal(sumOf(files), '65 files, +65 −0');
    assert.deepEqual([fileLine(file('b', { previous: 'a', status: 'renamed' })), fileLine(file('p.png', { added: null, removed: null, marks: ['protected'] }))], ['R  a → b · +1 −0', 'M  p.png · binary · ⚠ protected']);
  });

  it('REQ-EXT-10 gives every frozen thing one address, and reads only its own', () => {
    const revision: Revision = { show: 'file', task: 't1', commit: 'c1', of: 'approve-merge#1', side: 'new' };
    const address = addressOf('src/a b#c.js', revision);
    assert.deepEqual([address.path, revisionOf(address)], ['/src/a b#c.js', revision]);
    assert.equal(addressOf('x', { ...revision }).query, addressOf('x', { side: 'new', of: 'approve-merge#1', commit: 'c1', task: 't1', show: 'file' }).query);
    assert.deepEqual([revisionOf({ ...address, scheme: 'file' }), revisionOf({ ...address, query: 'show=file' })], [null, null]);
  });

  it('REQ-EXT-14 finds a review by the name of its tab, also when one name begins like another', () => {
    const review = (title: string) => ({ title, task: 't', checkpoint: title, commit: 'c', page: 0, pages: 1 });
    const all = [review('Plan · a · t1'), review('Plan · a · t1 (x)')];
    assert.deepEqual(['Plan · a · t1 (3 files)', 'Plan · a · t1 (x) (1 file)', 'Plan · a · t12', 'notes.txt'].map((label) => reviewOfTab(label, all)?.title ?? null), ['Plan · a · t1', 'Plan · a · t1 (x)', null, null]);
  });

  it('REQ-EXT-15 sends all drafts as one turn: the general remark, then by file and line; a remark on a document quotes it', () => {
    const drafts = [draft({ path: 'src/b.js', line: 9 }), draft({ path: 'src/c.js', line: 1, side: 'old', text: 'keep it' }), draft({ line: 20, text: 'second' }), draft({ line: 3, text: 'first' }), draft({ show: 'plan', path: 'PLAN.md', quote: '## 1. Writer', text: 'split it' })];
    assert.deepEqual(commentsOf(drafts, ' all in all fine '), [
      { file: null, line: null, text: 'all in all fine' },
      { file: null, line: null, text: 'split it (on "## 1. Writer" in PLAN.md)' },
      { file: 'src/a.js', line: 3, text: 'first' }, { file: 'src/a.js', line: 20, text: 'second' }, { file: 'src/b.js', line: 9, text: 'why?' },
      { file: 'src/c.js', line: 1, text: 'keep it', side: 'old' },
    ]);
  });

  it('REQ-EXT-15 keeps drafts over a reload and takes them along to the next round', () => {
    const kept = [draft({}), draft({ id: 'e', task: 't2' })];
    assert.deepEqual(readDrafts(JSON.parse(JSON.stringify([...kept, { broken: true }]))), kept);
    assert.deepEqual([readDrafts(undefined), readDrafts('x')], [[], []]);
    const moved = carriedOver(kept, 't1', { id: 'approve-merge#2', step: 'approve-merge', commit: 'c2' });
    assert.deepEqual(moved, [{ ...kept[0], checkpoint: 'approve-merge#2', commit: 'c2' }, kept[1]]);
    assert.deepEqual([draftsOf(moved, 't1', 'approve-merge#1'), draftsOf(moved, 't1', 'approve-merge#2').length], [[], 1]);
  });
});

describe('checkpoints before the merge', () => {
  const at = (kind: CheckpointView['kind'], more: Partial<CheckpointView> = {}): CheckpointView => ({ ...(viewOf(given([...allLanded(), ...candidate(evidence('t')), ...reviewed()]).state).checkpoints.at(-1) as CheckpointView), kind, ...more });
  const view = viewOf(given([...allLanded(), ...candidate(evidence('t')), ...reviewed()]).state);
  const brief = (checkpoint: CheckpointView): string => checkpointDocument({ view, checkpoint, changes: [], page: 0, pages: 1 });

  it('REQ-EXT-18 call a document by its name and say that nothing lands yet', () => {
    const document = at('document', { subject: 'requirements.md' });
    assert.match(brief(document), /^# requirements\.md: Add csv export\n[^]*nothing lands on main before you approve the merge\.[^]*In full in requirements\.md/);
    assert.match(reviewTitle(view, document, 0, 1), /^requirements\.md · Add csv export/);
    assert.doesNotMatch(brief(document), /Proven|Lands:/);
  });

  it('REQ-EXT-18 show candidates ranked, with what the gates said of each', () => {
    const one = { id: 'try/a', agent: 'a|b', commit: 'abcdef0123', base: 'base', verdict: 'accepted', reason: 'passed', findings: 0, files: 2 };
    assert.match(brief(at('choice', { candidates: [one, { ...one, id: 'try/b', agent: 'c', verdict: 'rejected', reason: 'new-failures' }] })), /## Candidates, best first\n\n\| \| Commit \| Agent \| Gates \| Findings \| Files \|\n\|[-|]+\n\| 1 \| abcdef01 \| a\\\|b \| accepted \(passed\) \| 0 \| 2 \|\n\| 2 \| abcdef01 \| c \| rejected \(new-failures\)/);
  });
});
