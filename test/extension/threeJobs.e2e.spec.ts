/** The three jobs in a real VS Code, by keyboard alone: launch; review with comments, then approve; merge. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, it } from 'mocha';
import { openWorkbench, photographFailures, type Workbench } from '../support/workbench.ts';
import { until } from '../support/until.ts';
import { demoRequest, packedExtension, sampleGround, type SampleGround } from './sampleGround.ts';

/** A person's own test runs open everything: what Treeline shows of gates must not. */
const eagerTests = { 'testing.automaticallyOpenTestResults': 'openOnTestStart', 'testing.automaticallyOpenPeekView': 'failureAnywhere' };

describe('the three jobs by keyboard (REQ-EXT-33)', function () {
  this.timeout(300_000);
  let ground: SampleGround;
  let workbench: Workbench;
  photographFailures(() => workbench);

  before(async () => {
    ground = sampleGround(5);
    workbench = await openWorkbench({ folder: ground.folder, vsix: [await packedExtension()], environment: ground.environment, userSettings: eagerTests });
  });
  after(async () => {
    await workbench?.close();
    await ground?.end();
  });

  const needsYou = () => workbench.view('Treeline', 'Needs You');
  const runs = () => workbench.view('Treeline', 'Runs');
  /** The review of the next checkpoint, once it waits. */
  const review = async (title: string): Promise<void> => {
    await workbench.status(/to review/);
    await workbench.chordToReview('G', title);
  };

  /** On one line: where lines are broken depends on the scroll bar. */
  const text = async (file: string): Promise<string> => (await workbench.editors.review.text(file)).replace(/\s+/g, ' ');

  it('launches with one chord, a sentence and Enter, after showing what would be sent and run (REQ-EXT-20, 21, 22, 25)', async () => {
    await needsYou().focus(); // the window has just been drawn: keys of extensions come a moment later
    await workbench.chordToQuickInput('J', { title: 'New Task' });
    await workbench.editors.type(demoRequest);
    await workbench.quickInput.waitFor({ title: 'New Task · Spec and build · demo · main' });
    // What goes to whom, and the ticks behind it (REQ-EXT-25).
    const sent = await until('what would be sent', () => workbench.quickInput.message(), (message) => /Specs: 5 files, \d+ tokens → demo\./.test(message));
    await workbench.quickInput.button(/^Change Specs: 5 files/);
    await workbench.quickInput.waitFor({ title: 'New Task · Specs', placeholder: 'Always in: AGENTS.md' });
    assert.deepEqual((await workbench.quickInput.rows()).map((row) => row.split(',')[0]), ['specs/export.md', 'specs/list.md', 'specs/shelf.md', 'specs/tags.md']);
    await workbench.press('Escape');
    await workbench.quickInput.waitFor({ title: 'New Task · Spec and build · demo · main' });
    assert.deepEqual([await workbench.quickInput.message(), await workbench.quickInput.input.inputValue()], [sent, demoRequest]);
    await workbench.press('Enter');
    await workbench.dialog(/npm test|node --test/, 'Trust and Run');
    await needsYou().focus();
    const row = await needsYou().row(/^Plan · Add CSV export/);
    assert.match(row.description, /^3 subtasks/);
    assert.match(row.spoken, /waits for .* press Enter to open the review/);
    assert.deepEqual([await workbench.badge('Treeline'), await workbench.editors.tabs()], ['1', []]);
    await workbench.status('1 to review');
  });

  it('shows the plan frozen: typing into it changes nothing (REQ-EXT-10, 11)', async () => {
    await review('Plan · Add CSV export');
    assert.deepEqual((await workbench.editors.review.files()).map(({ name, status }) => `${name} ${status}`).slice(0, 2), ['CHECKPOINT.md A', 'PLAN.md A']);
    const before = await text('CHECKPOINT.md');
    assert.match(before, /# Approve plan: Add CSV export/);
    await workbench.editors.review.goTo('CHECKPOINT.md', 3);
    await workbench.editors.type('stray keys');
    assert.equal(await text('CHECKPOINT.md'), before);
  });

  it('sends comments at lines of the plan as one turn, and gets the next round (REQ-EXT-15)', async () => {
    await workbench.editors.review.goTo('PLAN.md', 3);
    await workbench.chord('H', 'the comment box', async () => (await workbench.editors.focusedUri()).startsWith('comment:'));
    await workbench.editors.review.writeComment('A cell that begins with = is a formula injection; guard against it');
    await workbench.chordToQuickInput('Q', { title: 'Request Changes' });
    await workbench.press('Enter');
    await workbench.status(/Changes requested/);
    await until('the review to be closed', () => workbench.editors.tabs(), (tabs) => tabs.length === 0);
    await review('Plan · Add CSV export');
    await workbench.editors.waitForTab(/round 2/);
    await workbench.editors.review.goTo('PLAN.md', 3);
    assert.match(await text('PLAN.md'), /Revised after the comment/);
  });

  it('approves the plan; the subtasks run in their worktrees and land (REQ-EXT-02, 16)', async () => {
    await workbench.chordToStatus('A', /Plan approved/);
    await needsYou().row(/^Merge · Add CSV export/);
    await runs().expand('implement');
    await runs().row('Turn bookmarks into rows');
    const parts = (await runs().rows()).filter(({ level }) => level === 3).map(({ label, description }) => `${label}: ${description.split(' · ')[0]}`);
    assert.deepEqual(parts, ['Write rows as CSV text', 'Turn bookmarks into rows', 'Add the command `shelf export`'].map((label) => `${label}: demo/anthropic`));
    assert.equal(ground.git('log', '--oneline', 'main').split('\n').length, 1, 'nothing has landed yet');
  });

  it('shows in Test Explorer what gates found, when a person opens it, and nothing else opens, whatever the settings for tests say (REQ-EXT-30, 70, 72)', async () => {
    // The panel is at "Comments" since the plan was commented on.
    const around = async () => ({ tabs: await workbench.editors.tabs(), panel: await workbench.page.locator('.part.panel .composite-bar .action-item.checked').allTextContents() });
    const before = await around();
    await runs().goTo('Turn bookmarks into rows');
    await workbench.menu('Show in Test Explorer');
    const gates = await until('the gates of the run', () => workbench.testRows(), (rows) => rows.filter(({ level }) => level === 2).length === 5);
    assert.deepEqual(gates.filter(({ spoken }) => spoken.includes('export-rows')).map(({ spoken }) => spoken.replace(/ · \d+ of \d+ tests \w+/, '').replace(/, in .*/, '')), [
      'unit · export-rows, attempt 2 · accepted: all of it passed (Passed)',
      'unit · export-rows, attempt 1 · superseded · rejected: tests fail that do not fail on the base (Skipped), outdated result',
    ]);
    await workbench.testRow('export-rows, attempt 1').locator('.label').click();
    await workbench.press('ArrowRight');
    const tests = await until('its tests with their answers', () => workbench.testRows(), (rows) => rows.some(({ level, spoken }) => level === 3 && spoken.includes('(Failed)')));
    assert.deepEqual(tests.filter(({ level, spoken }) => level === 3 && /failing/.test(spoken)).map(({ spoken }) => spoken), [
      'newly failing · REQ-LIST-01 one line for each bookmark, in columns · test/list.test.js (Failed), outdated result',
      'newly failing · REQ-TAGS-02 tags are shown with a hash and one space between · test/tags.test.js (Failed), outdated result',
    ]);
    assert.deepEqual([await around(), await workbench.page.evaluate('document.activeElement.closest(".test-explorer") !== null')], [before, true]);
    await workbench.screenshot('evidence in Test Explorer');
    // What a person opens is the file as it was judged, with the message at its line.
    await workbench.testRow('REQ-LIST-01 one line').locator('.label').click();
    await workbench.page.locator('.part.editor').getByText('Does not fail on the base.').first().waitFor();
    assert.match(await workbench.page.locator('.part.editor .monaco-editor[data-uri^="treeline-rev:"]').first().getAttribute('data-uri') ?? '', /test\/list\.test\.js\?show%3Dfile/);
    await workbench.screenshot('message at its line');
    await workbench.command('View: Close All Editors');
  });

  it('opens the evidence of a row as a document (REQ-EXT-73)', async () => {
    await runs().goTo('Turn bookmarks into rows');
    await workbench.menu('Show Evidence');
    await workbench.editors.waitForTab(/^EVIDENCE\.md/);
    assert.match(await workbench.editors.text('EVIDENCE.md'), /# Evidence: implement\/export-rows, attempt 2\s+\*\*accepted: all of it passed\*\*[\s\S]*## Gate unit/);
    await workbench.screenshot('evidence document');
    await workbench.command('View: Close All Editors');
  });

  it('reviews the merge: the brief first, every file with one path, comments sent back (REQ-EXT-11, 13, 15)', async () => {
    await review('Merge → main · Add CSV export');
    await until('the cursor in the brief', () => workbench.editors.focusedUri(), (uri) => uri.includes('/CHECKPOINT.md'));
    assert.deepEqual(await workbench.editors.cursor(), [1, 1]);
    assert.match(await text('CHECKPOINT.md'), /Proven on the merged tree/);
    await workbench.editors.review.goTo('csv.js', 1);
    assert.deepEqual((await workbench.editors.review.files()).filter(({ status }) => status === 'R'), []);
    await workbench.chord('H', 'the comment box', async () => (await workbench.editors.focusedUri()).startsWith('comment:'));
    await workbench.editors.review.writeComment('Say in one line what this file is for');
    await workbench.chordToQuickInput('Q', { title: 'Request Changes' });
    await workbench.press('Enter');
    await workbench.status(/Changes requested/);
    await needsYou().gone(/^Merge/);
    await needsYou().focus();
    await needsYou().row(/^Merge · Add CSV export/);
  });

  it('merges what was proven and approved, and leaves nothing behind (REQ-EXT-16)', async () => {
    await review('Merge → main · Add CSV export');
    await workbench.editors.waitForTab(/round 2/);
    await workbench.chordToStatus('A', /Merge into main approved/);
    await runs().focus();
    await until('the run to be merged', () => runs().rows(), (rows) => rows.some((row) => row.description.startsWith('merged')));
    assert.match(ground.git('ls-tree', '--name-only', 'main', 'src/'), /src\/csv\.js/);
    assert.equal(ground.git('status', '--porcelain'), '');
    const tests = execFileSync(process.execPath, ['--test', '--test-reporter', 'tap'], { cwd: ground.folder, encoding: 'utf8' });
    assert.match(tests, /^# fail 0$/m);
    assert.ok(Number(/^# pass (\d+)$/m.exec(tests)?.[1]) > 13, 'the sample has 13 tests of its own');
    ground.git('fsck', '--strict', '--no-dangling');
    await until('the worktrees to be removed', () => ground.git('worktree', 'list').split('\n').length, (count) => count === 1);
    assert.deepEqual(ground.git('for-each-ref', '--format=%(refname)', 'refs/heads').split('\n').filter((ref) => ref !== 'refs/heads/main'), []);
    assert.deepEqual(await workbench.notifications(), []);
  });
});
