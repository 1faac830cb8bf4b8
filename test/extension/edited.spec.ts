import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { mistakesIn } from '../../src/app/editing.ts';
import { roundBefore } from '../../src/extension/review/roundBefore.ts';
import { checkpointDocument, readingsOf } from '../../src/extension/review/checkpointDocument.ts';
import { editAddress, editedOf, isEditable, isSettled, nameOf, openAt, readUnsent, unsentAt, withUnsent } from '../../src/extension/review/edited.ts';
import type { Unsent } from '../../src/extension/review/edited.ts';
import type { CheckpointView, RunView } from '../../src/protocol/runView.ts';
import { viewOf } from '../../src/protocol/viewOf.ts';
import { planToText } from '../../src/workflows/planText.ts';
import { accepted, finishedAttempt, given, plan, planApproved, planned, startedAttempt } from '../support/given.ts';

const view = (...more: Parameters<typeof given>[0]): RunView => viewOf(given([...planned(), ...more]).state);
const last = (run: RunView): CheckpointView => run.checkpoints.at(-1) as CheckpointView;
const written = (unit: string, name: string, text: string) => [startedAttempt(unit), finishedAttempt(unit, { kind: 'document', name, text, summary: '' })];
const requirements = [accepted('full-sdd'), ...written('requirements', 'requirements.md', '# R\n'), ...written('check-requirements', 'requirements-review.md', '# Fine\n')];

describe('what a person edits at a checkpoint', () => {
  it('REQ-EXT-60 has an address of the task and the step, below the task\'s title', () => {
    const run = { ...view(), title: 'a/b\u202e: c' };
    const address = editAddress(run, last(run));
    assert.deepEqual([address.scheme, address.path, nameOf(address), editedOf(address)], ['treeline-edit', '/a b: c/plan.yaml', 'plan.yaml', { task: 't1', step: 'approve-plan' }]);
    assert.deepEqual([editedOf({ ...address, scheme: 'file' }), editedOf({ ...address, query: 'task=t1' })], [null, null]);
  });

  it('REQ-EXT-60 is a plan or a document that is open, and nothing once it was decided', () => {
    const open = view(), approved = viewOf(given(planApproved()).state);
    const checkpoint = last(open);
    assert.deepEqual([checkpoint, { ...checkpoint, kind: 'merge' as const }, { ...checkpoint, kind: 'document' as const }, { ...checkpoint, kind: 'document' as const, subject: 'a.md' }, last(approved)].map(isEditable), [true, false, false, true, false]);
    const edited = view({ type: 'PlanEdited', checkpoint: 'approve-plan#1', plan: { ...plan, summary: 'mine' }, by: 'ann' });
    assert.deepEqual([open, edited, approved, view({ type: 'TaskCancelled', by: 'ann' })].map((run) => [openAt(run, 'approve-plan')?.id ?? null, isSettled(run, 'approve-plan')]), [['approve-plan#1', false], ['approve-plan#2', false], [null, true], [null, true]]);
  });

  it('REQ-EXT-62 is kept by task and step until it was sent, over a reload', () => {
    const mine: Unsent = { task: 't1', step: 'approve-plan', checkpoint: 'approve-plan#1', text: 'x', at: 1 };
    const other = { ...mine, step: 'approve-spec' };
    const kept = withUnsent(withUnsent([], mine, mine), other, other);
    const again = readUnsent(JSON.parse(JSON.stringify([{ broken: true }, ...withUnsent(kept, mine, { ...mine, text: 'y' })])));
    assert.deepEqual([again, unsentAt(again, mine)?.text, withUnsent(again, mine, null), readUnsent('x')], [[other, { ...mine, text: 'y' }], 'y', [other], []]);
  });

  it('REQ-EXT-61 is told every mistake of a plan with its line; any text is a document', () => {
    const { state } = given(planned());
    const text = planToText(plan).replace('id: b', 'id: a').replace('- b\n', '- nobody\n');
    const line = (part: string, from = 0): number => text.slice(0, text.indexOf(part, from)).split('\n').length;
    assert.deepEqual(mistakesIn(state, null, text), [
      { line: line('id: a', text.indexOf('id: a') + 1), message: 'two subtasks are called "a"' }, { line: line('- nobody'), message: '"c" needs "nobody", which is no subtask' },
    ]);
    const circle = planToText({ ...plan, subtasks: plan.subtasks.map((subtask) => (subtask.id === 'a' ? { ...subtask, needs: ['c'] } : subtask)) });
    assert.deepEqual(mistakesIn(state, null, circle), [{ line: circle.slice(0, circle.indexOf('- c\n')).split('\n').length, message: 'the needs form a circle: a → c → a' }]);
    assert.deepEqual(mistakesIn(state, null, planToText(plan)), []);
    assert.deepEqual(mistakesIn(given(requirements).state, null, ': no yaml'), []);
  });

  it('REQ-EXT-18 stands in the brief with its author, what was written about it, and the question of the workflow', () => {
    const brief = (events: Parameters<typeof given>[0]): string => {
      const run = viewOf(given(events).state);
      return checkpointDocument({ view: run, checkpoint: last(run), changes: [], page: 0, pages: 1 });
    };
    const run = viewOf(given(requirements).state);
    assert.deepEqual(readingsOf(run, last(run)).map(({ name }) => name), ['requirements-review.md']);
    const text = brief(requirements);
    for (const part of ['\n\nAre these the right requirements, and all of them? requirements-review.md says what a reviewer found.\n\n', '- Version 1, by demo\n- requirements-review.md: written about it by demo\n- Then: nothing lands', '\n\nIn full in the next files of this review.\n\n']) assert.ok(text.includes(part), `${part} is not in\n${text}`);
    const edited = brief([...requirements, { type: 'ArtifactEdited', checkpoint: 'approve-requirements#1', name: 'requirements.md', text: '# Mine\n', by: 'ann' }]);
    for (const part of ['- Version 2, by ann\n- requirements-review.md was written about the version before.\n- Shown: what changed since round 1\n', '- Round 1 · base · no longer valid · by ann · edited by hand']) assert.ok(edited.includes(part), `${part} is not in\n${edited}`);
  });

  it('REQ-EXT-19 is compared with the version of the round before, where that was another one', () => {
    const changed = [{ type: 'ChangesRequested' as const, checkpoint: 'approve-plan#1', comments: [{ file: null, line: null, text: 'smaller' }], by: 'ann' }, startedAttempt('plan', 2), finishedAttempt('plan', { kind: 'plan', plan: { ...plan, summary: 'smaller' } }, 2)];
    const [first, second] = [view(), view(...changed)];
    const document = { ...last(second), kind: 'document' as const, evidence: 'spec.md@2' };
    const rounds = { checkpoints: [{ ...document, id: 'approve-spec#1', evidence: 'spec.md@1', openedAt: document.openedAt - 1 }, document] };
    assert.deepEqual([roundBefore(first, last(first)), roundBefore(second, last(second)), roundBefore(rounds, document), roundBefore(rounds, { ...document, evidence: 'spec.md@1' }), roundBefore(rounds, { ...document, kind: 'merge' })], [null, { round: 1, version: 1 }, { round: 1, version: 1 }, null, null]);
  });
});
