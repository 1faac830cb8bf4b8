/** Manners in a real VS Code: nothing opens, nothing takes the focus, a reload loses nothing. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { openWorkbench, photographFailures, type Workbench } from '../support/workbench.ts';
import { until } from '../support/until.ts';
import { demoRequest, packedExtension, sampleGround, type SampleGround } from './sampleGround.ts';

describe('manners of the editor', function () {
  this.timeout(300_000);
  let ground: SampleGround;
  let workbench: Workbench;
  photographFailures(() => workbench);

  before(async () => {
    ground = sampleGround(100);
    workbench = await openWorkbench({ folder: ground.folder, vsix: [await packedExtension()], environment: ground.environment });
  });
  after(async () => {
    await workbench?.close();
    await ground?.end();
  });

  const needsYou = () => workbench.view('Treeline', 'Needs You');
  const runs = () => workbench.view('Treeline', 'Runs');
  const headers = async () => (await workbench.editors.review.files()).map(({ name, status }) => `${name} ${status}`).sort();

  it('says why a view is empty and what to do (REQ-EXT-34)', async () => {
    await needsYou().focus();
    await until('the words of an empty view', () => needsYou().welcome(), (text) => /^Nothing needs you\.[\s\S]*New Task/.test(text));
    assert.deepEqual([await workbench.badge('Treeline'), (await workbench.statusItems()).filter((text) => /review|running/.test(text))], ['', []]);
  });

  it('keeps a sentence that did not become a task (REQ-EXT-24)', async () => {
    await workbench.chordToQuickInput('J', { title: 'New Task' });
    await workbench.editors.type(demoRequest);
    await workbench.press('Enter');
    await workbench.dialog(/would run on your machine/, 'Cancel');
    await workbench.chordToQuickInput('J', { title: 'New Task · Spec and build · demo · main' });
    assert.equal(await workbench.quickInput.input.inputValue(), demoRequest);
    await workbench.press('Enter');
    await workbench.dialog(/would run on your machine/, 'Trust and Run');
    await workbench.status(/running/);
  });

  it('lets a person type elsewhere while a checkpoint opens: text and focus stay (REQ-EXT-30)', async () => {
    await workbench.editors.open('list.js');
    const typed: string[] = [];
    await until('the badge while somebody types', async () => {
      await workbench.editors.type('x');
      typed.push('x');
      return workbench.badge('Treeline');
    }, (badge) => badge === '1');
    assert.match(await workbench.editors.focusedUri(), /list\.js/);
    assert.ok((await workbench.editors.text('list.js')).startsWith(typed.join('')));
    assert.deepEqual([await workbench.editors.tabs(), await workbench.notifications()], [['list.js'], []]);
    await workbench.command('File: Revert File');
  });

  it('finds the review and its drafts again after a reload (REQ-EXT-14)', async () => {
    await workbench.chordToReview('G', 'Plan · Add CSV export');
    await workbench.editors.review.goTo('CHECKPOINT.md', 3);
    await workbench.chord('H', 'the comment box', async () => (await workbench.editors.focusedUri()).startsWith('comment:'));
    await workbench.editors.review.writeComment('kept over the reload');
    assert.deepEqual(await headers(), ['CHECKPOINT.md A', 'PLAN.md A']);
    await workbench.reload();
    await workbench.editors.review.waitFor('Plan · Add CSV export');
    await until('the same files', headers, (now) => JSON.stringify(now) === '["CHECKPOINT.md A","PLAN.md A"]');
    await until('the draft', () => workbench.editors.review.comments('CHECKPOINT.md'), (comments) => comments.some((comment) => comment.includes('kept over the reload')));
    // An approval would leave the comment unsent: the person is asked.
    await workbench.status('1 to review');
    await workbench.chord('A', 'a question', () => workbench.page.locator('.monaco-dialog-box').isVisible());
    await workbench.dialog(/1 comment was not sent/, 'Approve Without Sending');
    await workbench.status(/Plan approved/);
  });

  it('lets agents work on through a reload of the window, and finds them again (REQ-EXT-32)', async () => {
    await runs().focus();
    await until('agents at work', () => runs().rows(), (rows) => rows.some(({ label, description }) => label === 'implement' && /^[0-2] of 3 landed/.test(description)));
    const engine = ground.enginePid();
    await workbench.reload();
    await workbench.status(/running|to review/);
    await runs().focus();
    await runs().row(/^Add CSV export/);
    assert.equal(ground.enginePid(), engine);
    await needsYou().focus();
    await needsYou().row(/^Merge · Add CSV export/);
    assert.equal(ground.enginePid(), engine);
  });

  it('shows the merge with its proof first (REQ-EXT-11)', async () => {
    await workbench.screenshot('sidebar light');
    await workbench.chordToReview('G', 'Merge → main · Add CSV export');
    assert.match(await workbench.editors.review.text('CHECKPOINT.md'), /Proven on the merged tree/);
    await workbench.screenshot('review light');
  });
});
