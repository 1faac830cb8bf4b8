/** A task that starts after another one, launched and seen in a real VS Code, by keyboard. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { openWorkbench, photographFailures, type Workbench } from '../support/workbench.ts';
import { demoRequest, packedExtension, sampleGround, type SampleGround } from './sampleGround.ts';

describe('a task after another one in the editor (REQ-EXT-06, 27)', function () {
  this.timeout(300_000);
  let ground: SampleGround;
  let workbench: Workbench;
  photographFailures(() => workbench);

  before(async () => {
    ground = sampleGround(5);
    workbench = await openWorkbench({ folder: ground.folder, vsix: [await packedExtension()], environment: ground.environment });
  });
  after(async () => {
    await workbench?.close();
    await ground?.end();
  });

  it('is chosen in New Task, shown in its title, and waits in Runs without asking for anybody', async () => {
    const needsYou = workbench.view('Treeline', 'Needs You'), runs = workbench.view('Treeline', 'Runs');
    await needsYou.focus();
    await workbench.chordToQuickInput('J', { title: 'New Task · Spec and build · demo · main' });
    await workbench.editors.type(demoRequest);
    await workbench.press('Enter');
    await workbench.dialog(/npm test|node --test/, 'Trust and Run');
    await workbench.status('1 to review');

    await workbench.chordToQuickInput('J', { title: 'New Task · Spec and build · demo · main' });
    await workbench.editors.type('Tell of it in the README');
    await workbench.quickInput.button(/^Start After, or Stand On/);
    await workbench.quickInput.waitFor({ title: 'New Task · Other Tasks' });
    assert.deepEqual((await workbench.quickInput.rows()).map((row) => row.replace(/ Add CSV export.*/, ' …')), ['Start Now, from its base, whatever the others do', 'After …', 'On …']);
    await workbench.press('ArrowDown');
    await workbench.press('Enter');
    await workbench.quickInput.waitFor({ title: '· after Add CSV export' });
    await workbench.press('Enter');
    const row = await runs.row(/^Tell of it/);
    assert.match(row.description, /^waits for a task/);
    await needsYou.row(/^Plan · Add CSV export/);
    await needsYou.gone(/Tell of it/);
    assert.equal(await workbench.badge('Treeline'), '1');
  });
});
