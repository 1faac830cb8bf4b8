/** Full SDD in a real VS Code, by keyboard: requirements approved, the specification corrected, the plan edited by hand; and the graph and the triggers of the same window. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import type { RunView } from '../../src/protocol/runView.ts';
import { openWorkbench, photographFailures, type Workbench } from '../support/workbench.ts';
import { until } from '../support/until.ts';
import { demoRequest, packedExtension, sampleGround, type SampleGround } from './sampleGround.ts';

const nightly = `name: Nightly
description: Prove what is on main, in a night that does not come while this runs.
on: { schedule: "0 3 29 2 *" }
steps:
  - { id: test, gate: all }
  - { id: look, checkpoint: merge, needs: test }
  - { id: land, merge: target, needs: look }
`;

describe('Full SDD by keyboard', function () {
  this.timeout(300_000);
  let ground: SampleGround;
  let workbench: Workbench;
  photographFailures(() => workbench);

  before(async () => {
    ground = sampleGround(5, { '.treeline/workflows/nightly.yaml': nightly });
    // As many people have it, and as the browser's VS Code has it by itself: what the editor saves must not be sent.
    workbench = await openWorkbench({ folder: ground.folder, vsix: [await packedExtension()], environment: ground.environment, userSettings: { 'files.autoSave': 'afterDelay', 'files.autoSaveDelay': 200 } });
  });
  after(async () => {
    await workbench?.close();
    await ground?.end();
  });

  const needsYou = () => workbench.view('Treeline', 'Needs You');
  const runs = () => workbench.view('Treeline', 'Runs');
  const triggers = () => workbench.view('Treeline', 'Triggers');
  const run = (): RunView => {
    const [{ task = '' } = {}] = (JSON.parse(ground.treeline(0, 'list', '--json')) as { runs: { task: string }[] }).runs;
    return JSON.parse(ground.treeline(0, 'show', task, '--json')) as RunView;
  };
  /** The review of the checkpoint that waits, once its row is there. */
  const review = async (title: string): Promise<void> => {
    await needsYou().focus();
    await needsYou().row(new RegExp(`^${title.split(' ')[0]?.replace('.', '\\.')} ·`));
    await workbench.chordToReview('G', title);
  };
  /** On one line: where lines are broken depends on the scroll bar. */
  const text = async (file: string): Promise<string> => (await workbench.editors.review.text(file)).replace(/\s+/g, ' ');

  it('arms, pauses and resumes what a workflow offers, and shows its next time (REQ-TRIGGER-01, 09)', async () => {
    const standing = async (state: string): Promise<string> => (await until(`the trigger ${state}`, async () => (await triggers().row('Nightly')).description, (description) => description.startsWith(state)));
    await triggers().focus();
    assert.equal(await standing('off'), 'off · on schedule "0 3 29 2 *"');
    await workbench.command('Treeline: Arm Trigger');
    await workbench.quickInput.pick('Nightly');
    await workbench.dialog(/Workflow nightly/, 'Trust and Arm');
    assert.match(await standing('armed'), /^armed · next in \d+ (d|h \d\d min) · on schedule "0 3 29 2 \*"$/);
    await workbench.screenshot('triggers light');
    await workbench.command('Treeline: Pause Trigger');
    await workbench.quickInput.pick('Nightly');
    assert.doesNotMatch(await standing('paused'), /next in/);
    await workbench.command('Treeline: Resume Trigger');
    await workbench.quickInput.pick('Nightly');
    assert.match(await standing('armed'), /next in/);
  });

  it('begins with requirements, shown with what a reviewer wrote about them, to be approved (REQ-EXT-18, 20)', async () => {
    await workbench.command('Treeline: New Task…');
    await workbench.quickInput.waitFor({ title: 'New Task' });
    await workbench.quickInput.button(/^Change Workflow/);
    await workbench.quickInput.waitFor({ title: 'New Task · Workflow' });
    await workbench.quickInput.pick('Full SDD');
    await workbench.quickInput.waitFor({ title: 'New Task · Full SDD · demo · main' });
    await workbench.quickInput.type(demoRequest);
    await workbench.press('Enter');
    await workbench.status(/Task started/);
    await review('requirements.md · Add CSV export');
    await workbench.editors.waitForTab(/\(3 files\)/);
    assert.deepEqual((await workbench.editors.review.files()).map(({ name, status }) => `${name} ${status}`).slice(0, 2), ['CHECKPOINT.md A', 'requirements.md A']);
    assert.match(await text('CHECKPOINT.md'), /Are these the right requirements, and all of them\?/);
    await workbench.screenshot('requirements light');
  });

  it('does not pass over a version that was written and not sent (REQ-EXT-62)', async () => {
    await workbench.command('Treeline: Edit Document');
    await workbench.editors.waitForTab(/^requirements\.md/);
    await until('the focus in the requirements', () => workbench.editors.focusedUri(), (uri) => uri.startsWith('treeline-edit:'));
    await workbench.editors.type('Mine. ');
    await until('the editor to save by itself', () => workbench.page.locator('.part.editor .tab.active.dirty').count(), (count) => count === 0);
    await workbench.chordToReview('G', 'requirements.md · Add CSV export');
    await workbench.chord('A', 'a question', () => workbench.page.locator('.monaco-dialog-box').isVisible());
    await workbench.dialog(/Your edited version was not sent/, 'Approve Without It');
    await workbench.status(/requirements\.md approved/);
    assert.deepEqual(run().documents.map(({ name, versions }) => `${name} ${versions}`).slice(0, 1), ['requirements.md 1']);
  });

  it('draws the run while it goes on; arrows lead to what waits, Enter opens it (REQ-GRAPH-03, 04, 05)', async () => {
    await workbench.command('Treeline: Show Graph');
    await workbench.editors.waitForTab(/^Graph: Add CSV export/);
    const page = workbench.webview();
    await page.locator('[data-id="approve-spec"].waiting').waitFor();
    await workbench.screenshot('graph light');
    const focused = (): Promise<string | null> => page.locator(':focus').getAttribute('data-id', { timeout: 1000 }).catch(() => null);
    await until('the focus in the graph', () => page.locator('body').evaluate<boolean, unknown>('document.hasFocus()'));
    await until('Tab to lead to a box', async () => {
      await workbench.press('Tab');
      return focused();
    }, (id) => id !== null);
    await until('arrows to lead to the checkpoint', async () => {
      await workbench.press('ArrowRight');
      return focused();
    }, (id) => id === 'approve-spec');
    await workbench.press('Enter');
    await workbench.editors.review.waitFor('spec.md · Add CSV export');
  });

  it('sends the specification back with a comment, and gets it again with what was asked for (REQ-EXT-15, 18)', async () => {
    // From a webview the focus comes over late now and then.
    await until('the focus in the review', async () => {
      await workbench.press('Control+1');
      return workbench.editors.focusedUri();
    }, (uri) => uri.startsWith('treeline-rev:'));
    await workbench.editors.review.goTo('spec.md', 3);
    await workbench.chord('H', 'the comment box', async () => (await workbench.editors.focusedUri()).startsWith('comment:'));
    await workbench.editors.review.writeComment('Say what happens to an empty shelf');
    await workbench.chordToQuickInput('Q', { title: 'Request Changes' });
    await workbench.press('Enter');
    await workbench.status(/Changes requested/);
    // By the engine's word: the row is soon there again, and looks the same.
    await until('the second round', () => run().checkpoints.map(({ id, state }) => `${id} ${state}`), (all) => all.includes('approve-spec#2 open'));
    await review('spec.md · Add CSV export');
    await workbench.editors.waitForTab(/round 2/);
    await workbench.editors.review.goTo('spec.md', 15);
    await workbench.screenshot('specification again light');
    assert.deepEqual((await workbench.editors.review.files()).filter(({ name }) => name === 'spec.md').map(({ status }) => status), [''], 'against round 1 (REQ-EXT-19)');
    assert.match(await text('spec.md'), /## Asked for - Say what happens to an empty shelf/);
    await workbench.chordToStatus('A', /spec\.md approved/);
  });

  it('takes the plan as it was edited by hand, and not before its mistakes are mended (REQ-EXT-60, 61, 62, 63)', async () => {
    await workbench.theme('dark');
    await review('Plan · Add CSV export');
    await workbench.command('Treeline: Edit Document');
    await workbench.editors.waitForTab(/^plan\.yaml/);
    const writing = (): Promise<string> => until('the focus in the plan', () => workbench.editors.focusedUri(), (uri) => uri.startsWith('treeline-edit:'));
    await writing();
    await workbench.editors.replace('needs: []', 'needs: [nobody]');
    await workbench.editors.waitForMistake();
    await until('the editor to save by itself', () => workbench.page.locator('.part.editor .tab.active.dirty').count(), (count) => count === 0);
    // What was not sent is there again after a reload, with its mistakes.
    await workbench.reload();
    await workbench.editors.waitForTab(/^plan\.yaml/);
    await workbench.editors.waitForMistake();
    assert.match(await workbench.editors.text('treeline-edit'), /needs: \[nobody\]/);
    await workbench.screenshot('plan edited dark');
    await workbench.press('Control+1');
    await writing();
    await workbench.press('Control+S');
    assert.match(await workbench.notification(/was kept, and not sent/), /^plan\.yaml was kept, and not sent: line \d+: "csv-text" needs "nobody", which is no subtask\./);
    assert.deepEqual(run().checkpoints.filter(({ kind }) => kind === 'plan').map(({ state }) => state), ['open']);
    await workbench.command('Notifications: Clear All Notifications');
    await workbench.press('Control+1');
    await writing();
    await workbench.editors.replace('needs: [nobody]', 'needs: []');
    await workbench.editors.replace('title: Write rows as CSV text', 'title: Write rows as RFC 4180 says');
    // Somebody else edits it meanwhile, in a terminal: nothing goes over that unasked (REQ-EXT-63).
    const { task } = run();
    const theirs = join(ground.folder, '..', 'plan.yaml');
    writeFileSync(theirs, ground.treeline(0, 'edit', task, '--print').replace(/^summary: .*$/m, 'summary: Theirs.'));
    ground.treeline(0, 'edit', task, '--file', theirs);
    await workbench.command('Treeline: Send My Version');
    await workbench.answer(/plan\.yaml was revised while you edited it/, 'Send Mine');
    await workbench.status(/plan\.yaml was sent/);
    await workbench.press('Control+1');
    assert.match(await workbench.editors.focusedUri(), /^treeline-edit:/, 'the focus stays where the person writes');
  });

  it('asks for an approval of what was written, as of any other plan, and carries that out (REQ-EXT-60)', async () => {
    await review('Plan · Add CSV export');
    await workbench.editors.waitForTab(/round 3/);
    // Only what is in sight is drawn, and so has a text.
    await workbench.editors.review.goTo('CHECKPOINT.md', 20);
    assert.match(await text('CHECKPOINT.md'), /Round 1 · \w+ · no longer valid · by .* · edited by hand/);
    await workbench.editors.review.goTo('PLAN.md', 3);
    assert.match(await text('PLAN.md'), /## 1\. Write rows as RFC 4180 says \(csv-text\)/);
    await workbench.screenshot('plan review dark');
    await workbench.chordToStatus('A', /Plan approved/);
    await until('the edited plan to be closed', () => workbench.editors.tabs(), (tabs) => !tabs.some((tab) => tab.startsWith('plan.yaml')));
    await runs().focus();
    await runs().row('Write rows as RFC 4180 says');
  });

  it('lands on main what was built, proven, reviewed and approved', async () => {
    await review('Merge → main · Add CSV export');
    assert.match(await text('CHECKPOINT.md'), /Proven on the merged tree/);
    await workbench.screenshot('sdd merge dark');
    await workbench.chordToStatus('A', /Merge into main approved/);
    await runs().focus();
    await until('the run to be merged', () => runs().rows(), (rows) => rows.some((row) => row.description.startsWith('merged')));
    const { state, documents, checkpoints } = run();
    assert.deepEqual([state, documents.map(({ name, versions }) => `${name} ${versions}`), checkpoints.map(({ step, state: decided }) => `${step} ${decided}`)], [
      'merged', ['requirements.md 1', 'requirements-review.md 1', 'spec.md 2', 'spec-review.md 2'],
      ['approve-requirements approved', 'approve-spec changes-requested', 'approve-spec approved', 'approve-plan void', 'approve-plan void', 'approve-plan approved', 'approve-merge approved'],
    ]);
    assert.match(ground.git('ls-tree', '--name-only', 'main', 'src/'), /src\/csv\.js/);
    assert.deepEqual([ground.git('status', '--porcelain'), await workbench.notifications()], ['', []]);
  });
});
