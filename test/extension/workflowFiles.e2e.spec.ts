/** Writing a workflow file in a real VS Code: mistakes, quick fix, completion, the live graph beside the text, a dry run, and Run. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { after, before, describe, it } from 'mocha';
import { spokenLabels } from '../support/drawn.ts';
import { openWorkbench, photographFailures, type Workbench } from '../support/workbench.ts';
import { until } from '../support/until.ts';
import { packedExtension, sampleGround, type SampleGround } from './sampleGround.ts';

const careful = `name: Fix with care
description: Look, fix, prove.
steps:
  - id: look
    agent: planer
    gives: result
    outputs: { verdict: [bug, none] }
  - id: fix
    agent: implementer
    needs: lok
    if: steps.look.outputs.verdict == 'bug'
  - id: test
    gate: all
    needs: fix
    on-reject: { to: fix, times: 2 }
`;

describe('writing a workflow file', function () {
  this.timeout(300_000);
  let ground: SampleGround;
  let workbench: Workbench;
  photographFailures(() => workbench);

  before(async () => {
    ground = sampleGround(5);
    const folder = join(ground.folder, '.treeline/workflows');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'care.yaml'), careful);
    writeFileSync(join(folder, 'new.yaml'), careful.replace('planer', 'planner').replace('lok', 'look'));
    ground.git('add', '.treeline/workflows/care.yaml');
    ground.git('commit', '--quiet', '--message', 'A workflow');
    workbench = await openWorkbench({ folder: ground.folder, vsix: [await packedExtension()], environment: ground.environment });
  });
  after(async () => {
    await workbench?.close();
    await ground?.end();
  });

  const wrong = () => workbench.page.locator('.part.editor .squiggly-error');
  const goTo = async (line: number): Promise<void> => {
    await workbench.press('Control+G');
    await workbench.quickInput.waitFor();
    await workbench.editors.type(String(line));
    await workbench.press('Enter');
    await until(`line ${line}`, async () => (await workbench.editors.cursor())[0] === line);
  };
  /** From the graph's page back into the text: keys reach the page for a moment longer. */
  const toText = async (): Promise<void> => {
    await workbench.press('Control+1');
    await until('the focus in the text', () => workbench.editors.focusedUri(), (uri) => uri.includes('care.yaml'));
  };
  const graph = (): FrameLocator => workbench.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame');
  const boxes = async (): Promise<string[]> => graph().locator('.box').evaluateAll(spokenLabels);
  const lens = async (name: string): Promise<void> => { await workbench.page.locator('.part.editor .codelens-decoration a', { hasText: new RegExp(`^[^A-Za-z]*${name}[^A-Za-z]*$`) }).click(); };

  it('REQ-HELP-01 underlines every mistake at once, and says how to mend it', async () => {
    await workbench.editors.open('care.yaml');
    await until('both mistakes', () => wrong().count(), (count) => count === 2);
    await workbench.press('F8');
    assert.match(await workbench.page.locator('.marker-widget').innerText(), /"planer" is not one of planner, implementer[\s\S]*Did you mean "planner"\?/);
    await workbench.screenshot('workflow mistakes light');
    await workbench.press('Escape');
  });

  it('REQ-HELP-02 mends each by its quick fix', async () => {
    for (const [line, title, left] of [[10, 'Change to "look"', 1], [5, 'Change to "planner"', 0]] as const) {
      await goTo(line);
      await workbench.press('End');
      // The list of a moment ago may still be going away and take the keys along.
      await until(title, async () => {
        await workbench.press('Control+.');
        return workbench.page.locator('.action-widget .monaco-list-row', { hasText: title }).waitFor({ timeout: 3_000 }).then(() => true, () => false);
      });
      await workbench.screenshot('workflow quick fix light');
      await workbench.press('Enter');
      await until(`${left} mistakes left`, () => wrong().count(), (count) => count === left);
    }
    assert.equal(await workbench.editors.text('care.yaml'), careful.replace('planer', 'planner').replace('lok', 'look').trimEnd().concat('\n'));
  });

  it('REQ-HELP-06 shows the unsaved file as a graph beside it, without the focus, and each step as it is typed', async () => {
    await lens('Graph');
    await graph().locator('.box[data-id="test"]').waitFor();
    assert.match(await workbench.editors.focusedUri(), /care\.yaml/);
    assert.deepEqual(await boxes(), [
      'look, planner, a planner hands over verdict', 'fix, implementer, an implementer changes files, which land through the gates; after look; if steps.look.outputs.verdict == \'bug\'',
      'test, gate, all gates judge what would land on the target; after fix; rejected work goes back to fix, twice at most',
    ]);
  });

  it('REQ-HELP-03 suggests what a step can do, roles and steps while they are typed', async () => {
    await goTo(15);
    await workbench.press('End', 'Enter', 'Home', 'Home');
    const suggestions = workbench.page.locator('.suggest-widget.visible .monaco-list-row');
    const choose = async (begun: string, label: string): Promise<void> => {
      await workbench.editors.type(begun);
      await until(`the suggestion ${label}`, () => suggestions.evaluateAll(spokenLabels), (labels) => labels.some((one) => one.startsWith(label)));
      if (label === 'agent') await workbench.screenshot('workflow completion light');
      await until(`${label} in front`, async () => {
        const marked = await workbench.page.locator('.suggest-widget.visible .monaco-list-row.focused').evaluateAll(spokenLabels);
        if (marked[0]?.startsWith(label) === true) return true;
        await workbench.press('ArrowDown');
        return false;
      });
      await workbench.press('Enter');
    };
    await workbench.editors.type('  - id: look-again\n');
    await choose('ag', 'agent');
    await choose('rev', 'reviewer');
    await workbench.press('Enter');
    await choose('need', 'needs');
    await choose('te', 'test');
    await until('its box', boxes, (all) => all.at(-1) === 'look-again, reviewer, a reviewer reviews the changes; after test');
    await until('no mistake', () => wrong().count(), (count) => count === 0);
    await workbench.screenshot('workflow graph light');
  });

  it('REQ-HELP-04 says what a key and a step mean', async () => {
    await goTo(15);
    await workbench.press('Home');
    await workbench.command('Show or Focus Hover');
    await workbench.page.locator('.monaco-hover', { hasText: /How often|Which agent step/ }).first().waitFor();
    await workbench.press('Escape');
  });

  it('REQ-HELP-07 plays it: what comes of each step and in which order, other outcomes by choice', async () => {
    await lens('Dry Run');
    await until('the path', boxes, (all) => all.includes('test, done, gate, 4. gates: accepted'));
    await workbench.screenshot('workflow dry run light');
    await graph().locator('.box[data-id="test"]').focus();
    await workbench.press('Enter');
    await workbench.quickInput.waitFor({ title: 'Dry Run · test', placeholder: 'What comes of it?' });
    await workbench.quickInput.type('rejected');
    await workbench.press('Enter');
    await until('the way back', boxes, (all) => (all[2] ?? '').includes('gates: rejected') && (all[2] ?? '').includes('gates: accepted'));
    await workbench.theme('dark');
    await workbench.screenshot('workflow dry run dark');
    await graph().getByRole('button', { name: 'Table' }).click();
    await workbench.screenshot('workflow dry run table dark');
    await graph().getByRole('button', { name: 'Graph' }).click();
  });

  it('REQ-HELP-06 REQ-HELP-07 is there again after a reload, as it was', async () => {
    await toText();
    await workbench.command('File: Save');
    await workbench.reload();
    await graph().locator('.box[data-id="test"]').waitFor();
    await until('the same path', boxes, (all) => (all[2] ?? '').includes('gates: rejected'));
  });

  it('REQ-HELP-05 starts New Task with it, and nothing else in the place of one that is in no commit', async () => {
    ground.git('commit', '--quiet', '--all', '--message', 'Mended');
    await toText();
    await lens('Run');
    await workbench.quickInput.waitFor({ title: 'New Task · Fix with care' });
    await workbench.quickInput.cancel();
    await workbench.command('View: Close All Editors');
    await workbench.editors.open('new.yaml');
    await lens('Run');
    await until('why not', () => workbench.quickInput.message(), (message) => message.includes('"new" is in no commit without mistakes yet'));
    await workbench.screenshot('workflow run refused dark');
    await workbench.quickInput.cancel();
    assert.deepEqual(await workbench.notifications(), []);
  });
});

describe('a workflow file in Restricted Mode (REQ-HELP-08)', function () {
  this.timeout(300_000);
  let ground: SampleGround;
  let workbench: Workbench;
  photographFailures(() => workbench);

  before(async () => {
    ground = sampleGround(5);
    mkdirSync(join(ground.folder, '.treeline/workflows'), { recursive: true });
    writeFileSync(join(ground.folder, '.treeline/workflows/care.yaml'), careful.replace('lok', 'look'));
    workbench = await openWorkbench({ folder: ground.folder, vsix: [await packedExtension()], environment: ground.environment, workspaceTrust: true });
  });
  after(async () => {
    await workbench?.close();
    await ground?.end();
  });

  it('is read for mistakes and drawn, and offers no Run; nothing is started', async () => {
    await workbench.status('Restricted Mode');
    await workbench.editors.open('care.yaml');
    await until('the mistake', () => workbench.page.locator('.part.editor .squiggly-error').count(), (count) => count === 1);
    const lenses = (): Promise<string[]> => workbench.page.locator('.part.editor .codelens-decoration a').allTextContents();
    await until('the lenses', lenses, (all) => all.map((text) => text.replaceAll(/[^A-Za-z ]/g, '').trim()).join() === 'Dry Run,Graph');
    await workbench.command('Treeline: Show Graph of This Workflow');
    await workbench.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame').locator('.box.wrong[data-id="look"]').waitFor();
    await workbench.screenshot('workflow restricted light');
    assert.deepEqual([ground.enginePid(), await workbench.notifications()], [null, []]);
  });
});
