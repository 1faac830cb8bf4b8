// `npm test` itself, on small houses: what it counts, what it refuses to believe, what it says about things left behind.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const skip = "import { skipBecause } from '../support/skip.ts';\n";

describe('npm test', function () {
  this.timeout(120_000);
  let house: string;

  beforeEach(() => {
    house = mkdtempSync(join(tmpdir(), 'house-'));
    cpSync(join(root, 'src/build'), join(house, 'src/build'), { recursive: true });
    cpSync(join(root, 'test/support/skip.ts'), join(house, 'test/support/skip.ts'));
    symlinkSync(join(root, 'node_modules'), join(house, 'node_modules'));
    writeFileSync(join(house, 'package.json'), '{ "type": "module" }');
  });

  afterEach(() => rmSync(house, { recursive: true }));

  /** Runs the suites named on `files` (path under test/ → text). */
  function runSuites(suites: readonly string[], files: Readonly<Record<string, string>>): { status: number | null; lines: string[] } {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(house, 'test', path)), { recursive: true });
      writeFileSync(join(house, 'test', path), text);
    }
    const { status, stdout } = spawnSync(process.execPath, ['src/build/runTests.mjs', ...suites], { cwd: house, encoding: 'utf8' });
    return { status, lines: stdout.trimEnd().split('\n') };
  }

  it('REQ-HOUSE-10: adds up all suites, goes on after a failure, lists skips with their reasons, and ends with the counts', () => {
    const { status, lines } = runSuites(['unit', 'simulation', 'integration'], {
      'git/a.spec.ts': "it('holds', () => {});\nit('breaks', () => { throw new Error('broken'); });",
      'simulation/b.spec.ts': "it('holds', () => {});",
      'git/c.int.spec.ts': `${skip}it('cannot', function () { skipBecause(this, 'no such machine'); });\nit('can', () => {});`,
    });
    assert.equal(status, 1);
    assert.equal(lines.at(-1), '4 passed, 1 failed, 1 skipped');
    assert.deepEqual(lines.filter((line) => line.startsWith('skipped: ')), ['skipped: cannot: no such machine']);
  });

  it('REQ-HOUSE-10: ends with 0 when all passed; a suite skipped as a whole says why for each test', () => {
    const { status, lines } = runSuites(['unit'], {
      'git/a.spec.ts': "it('holds', () => {});",
      'git/b.spec.ts': `${skip}describe('all of it', () => {\n  before(function () { skipBecause(this, 'no such machine'); });\n  it('one', () => {});\n  it('two', () => {});\n});`,
    });
    assert.equal(status, 0);
    assert.equal(lines.at(-1), '2 passed, 0 failed, 2 skipped');
    assert.deepEqual(lines.filter((line) => line.startsWith('skipped: ')), ['skipped: all of it one: no such machine', 'skipped: all of it two: no such machine']);
  });

  it('REQ-HOUSE-10: runs a suite that waits beside one that works, and the next only when both have ended', () => {
    const meets = (own: string, other: string): string => `import { existsSync, writeFileSync } from 'node:fs';\nit('meets ${other}', async () => { writeFileSync('${own}', ''); while (!existsSync('${other}')) await new Promise(setImmediate); });`;
    const { status, lines } = runSuites(['integration', 'kill', 'e2e'], {
      'git/a.int.spec.ts': meets('working', 'waiting'), 'kill/b.spec.ts': meets('waiting', 'working'), 'extension/c.e2e.spec.ts': "it('comes last', () => {});",
    });
    assert.deepEqual([status, lines.at(-1)], [0, '4 passed, 0 failed, 0 skipped'], lines.join('\n'));
    assert.ok(lines.findIndex((line) => line.startsWith('  e2e: ')) > Math.max(...['integration', 'kill'].map((suite) => lines.findIndex((line) => line.startsWith(`✓ ${suite} `)))));
  });

  const unbelievable = [
    { title: 'that ran no test', text: "describe('empty', () => {});", says: 'unit ran no test', last: '1 passed, 1 failed, 0 skipped' },
    { title: 'that skips without a reason', text: "it('holds', () => {});\nit.skip('some day', () => {});",
      says: 'unit skipped without a reason: some day', last: '2 passed, 1 failed, 1 skipped' },
    { title: 'that ends in the middle', text: "it('holds', () => {});\nit('leaves', () => { process.exit(0); });", says: 'unit ran no test', last: '1 passed, 1 failed, 0 skipped' },
    { title: 'whose file does not load', text: "import './gone.ts';", says: 'unit mocha ended with exit 1', last: '1 passed, 2 failed, 0 skipped' },
  ];
  for (const { title, text, says, last } of unbelievable) {
    it(`REQ-HOUSE-11: does not believe a suite ${title}`, () => {
      const { status, lines } = runSuites(['unit'], { 'git/a.spec.ts': text });
      assert.equal(status, 1);
      assert.ok(lines.includes(`    ${says}`), lines.join('\n'));
      assert.equal(lines.at(-1), last);
    });
  }

  it('REQ-HOUSE-12: names a process and a file left behind, and ends and removes them', function () {
    const { status, lines } = runSuites(['unit'], {
      'git/a.spec.ts': `import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
it('forgets', () => {
  writeFileSync(tmpdir() + '/forgotten.txt', '');
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
  child.unref();
  console.log('left=' + child.pid + ' in=' + tmpdir());
});`,
    });
    const [, pid = '', folder = ''] = /left=(\d+) in=(\S+)/.exec(lines.join('\n')) ?? [];
    const left = lines.filter((line) => /^ {4}(process|temporary) /.test(line)).map((line) => line.trim());
    const expected = process.platform === 'linux' ? [`process ${pid}: ${process.execPath} -e setInterval(() => {}, 1000)`] : [];
    assert.deepEqual({ status, left }, { status: 1, left: [...expected, 'temporary tmp/forgotten.txt'] });
    assert.ok(!existsSync(folder));
    // A dead process that nobody has collected yet is dead all the same.
    if (existsSync(`/proc/${pid}/stat`)) assert.match(readFileSync(`/proc/${pid}/stat`, 'utf8'), /\) Z /);
  });

  it('refuses a stage that does not exist, and names those that do', () => {
    const { status, lines } = runSuites(['units'], {});
    assert.equal(status, 2);
    assert.match(lines.join('\n'), /^Unknown: units\. Known: setup, runners, bundle, .*\bunit\b/);
  });
});
