/** Workspace Trust in a real VS Code, with a task that was launched from a terminal: shown at once, and nothing started before trust. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { openWorkbench, photographFailures, type Workbench } from '../support/workbench.ts';
import { until } from '../support/until.ts';
import { demoRequest, packedExtension, sampleGround, type SampleGround } from './sampleGround.ts';

describe('Restricted Mode (REQ-EXT-31)', function () {
  this.timeout(300_000);
  let ground: SampleGround;
  let workbench: Workbench;
  photographFailures(() => workbench);

  before(async () => {
    ground = sampleGround(5);
    const vsix = [await packedExtension()];
    ground.treeline(3, 'run', demoRequest, '--agent', 'implementer=demo', '--trust');
    await ground.endEngine();
    workbench = await openWorkbench({ folder: ground.folder, vsix, environment: ground.environment, workspaceTrust: true, userSettings: { 'workbench.colorTheme': 'Dark 2026' } });
  });
  after(async () => {
    await workbench?.close();
    await ground?.end();
  });

  const needsYou = () => workbench.view('Treeline', 'Needs You');

  it('shows what waits and starts nothing', async () => {
    await workbench.status('Restricted Mode');
    await workbench.status('1 to review');
    assert.equal(await workbench.badge('Treeline'), '1');
    await needsYou().focus();
    await needsYou().open(/^Plan · Add CSV export/);
    assert.deepEqual([await workbench.editors.tabs(), ground.enginePid()], [[], null]);
    await workbench.screenshot('restricted mode');
  });

  it('opens the review once the folder is trusted, without a reload', async () => {
    await workbench.page.locator('.part.statusbar .statusbar-item', { hasText: 'Restricted Mode' }).click();
    await workbench.page.locator('.workspace-trust-limitations.trusted a.monaco-button').click();
    await until('the engine, which a trusted window starts for an unfinished run', () => ground.enginePid(), (pid) => pid !== null);
    await needsYou().open(/^Plan · Add CSV export/);
    await workbench.editors.review.waitFor('Plan · Add CSV export');
    await workbench.screenshot('review dark');
  });

  it('shows a task that somebody launches in a terminal meanwhile (REQ-EXT-44)', async () => {
    ground.treeline(0, 'run', 'Count the bookmarks', '--agent', 'implementer=demo', '--trust', '--detach');
    await workbench.status('2 to review');
    await needsYou().row(/^Plan · Count the bookmarks/);
  });
});
