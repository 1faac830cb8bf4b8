/** Tests inside an extension host: the desktop half with a stand-in for the application, the browser half for real. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { findDesktop } from '../../src/build/vscodeHost/desktop.mjs';
import { runTests } from '../../src/build/vscodeHost/runTests.mjs';
import { skipBecause } from '../support/skip.ts';

const probe = join(import.meta.dirname, '..', 'fixtures', 'probeExtension');

describe('running tests inside an extension host (REQ-HOST)', function () {
  this.timeout(300_000);
  let ground: string;
  let folder: string;
  before(() => {
    ground = realpathSync(mkdtempSync(join(tmpdir(), 'run-')));
    folder = join(ground, 'folder');
    mkdirSync(folder);
  });
  after(() => rmSync(ground, { recursive: true, force: true }));

  /** An application like VS Code's for one purpose: it writes down how it was called and ends as it is told. */
  function standIn(): { executable: string; record: string } {
    const application = join(ground, 'application');
    const record = join(ground, 'record.json');
    mkdirSync(join(application, 'bin'), { recursive: true });
    const executable = join(application, 'code');
    writeFileSync(executable, `#!${process.execPath}\nrequire('node:fs').writeFileSync(${JSON.stringify(record)}, JSON.stringify({ args: process.argv.slice(2), said: process.env.SAID }));\nprocess.exit(Number(process.env.END_WITH));\n`);
    writeFileSync(join(application, 'bin', 'code'), '#!/bin/sh\nexit 9\n');
    for (const file of [executable, join(application, 'bin', 'code')]) chmodSync(file, 0o755);
    return { executable, record };
  }

  it('finds the application behind a `code` on PATH, and none where no window could be shown (REQ-HOST-10)', function () {
    if (process.platform !== 'linux') skipBecause(this, 'The stand-in for an installed VS Code is laid out as on Linux.');
    const { executable } = standIn();
    mkdirSync(join(ground, 'path'));
    symlinkSync(join(ground, 'application', 'bin', 'code'), join(ground, 'path', 'code'));
    const PATH = join(ground, 'path');
    assert.equal(findDesktop({ PATH, DISPLAY: ':0' }), executable);
    assert.equal(findDesktop({ PATH }), undefined);
    assert.equal(findDesktop({ PATH, VSCODE_EXECUTABLE: executable }), executable);
    assert.throws(() => findDesktop({ VSCODE_EXECUTABLE: join(ground, 'absent') }), /there is no such file/);
  });

  it('hands a desktop VS Code the extension, the tests, the folder and the environment, and its exit code back (REQ-HOST-11)', async () => {
    const { executable, record } = standIn();
    const run = (END_WITH: string) => runTests({ vscodeExecutablePath: executable, extensionDevelopmentPath: probe, extensionTestsPath: join(probe, 'hostTests.js'),
      launchArgs: [folder], extensionTestsEnv: { SAID: 'hello', END_WITH }, log: () => {} });
    assert.equal(await run('0'), 0);
    const { args, said } = JSON.parse(readFileSync(record, 'utf8')) as { args: string[]; said: string };
    assert.equal(said, 'hello');
    assert.equal(args[0], folder);
    assert.ok(args.includes(`--extensionDevelopmentPath=${probe}`) && args.includes(`--extensionTestsPath=${join(probe, 'hostTests.js')}`), args.join(' '));
    await assert.rejects(run('3'), { code: 3 });
  });

  it('runs the same module in the browser-based VS Code, with both outcomes (REQ-HOST-12)', async () => {
    const lines: string[] = [];
    const before = process.env.VSCODE_TEST_HOST;
    process.env.VSCODE_TEST_HOST = 'browser';
    try {
      const run = (PROBE_FAIL?: string) => runTests({ extensionDevelopmentPath: probe, extensionTestsPath: join(probe, 'hostTests.js'), launchArgs: [folder],
        extensionTestsEnv: { PROBE_FAIL }, log: (line) => lines.push(line) });
      assert.equal(await run(), 0);
      assert.deepEqual(lines, ['commands 2', `folder ${basename(folder)}`]);
      await assert.rejects(run('yes'), /exit code 1/);
    } finally {
      if (before === undefined) delete process.env.VSCODE_TEST_HOST;
      else process.env.VSCODE_TEST_HOST = before;
    }
  });
});
