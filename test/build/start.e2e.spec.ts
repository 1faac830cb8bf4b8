/** `npm start` as a person runs it, but for the window: what it prints, what it starts, and that nothing of it stays. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { skipBecause } from '../support/skip.ts';
import { leftIn } from '../support/temporaryFiles.ts';
import { until } from '../support/until.ts';

const start = join(import.meta.dirname, '../../src/build/start.mjs');

describe('npm start (REQ-HOST)', function () {
  this.timeout(300_000);
  let ground: string;
  let running: ChildProcess[];
  let output: string;

  beforeEach(() => {
    ground = realpathSync(mkdtempSync(join(tmpdir(), 's-')));
    mkdirSync(join(ground, 'tmp'));
    running = [];
    output = '';
  });
  afterEach(async function () {
    for (const child of running) await ended(child, 'SIGTERM');
    if (this.currentTest?.state === 'failed') console.log(output);
    rmSync(ground, { recursive: true, force: true });
  });

  function run(args: string[], environment: Record<string, string> = {}): ChildProcess {
    const child = spawn(process.execPath, [start, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, TMPDIR: join(ground, 'tmp'), ...environment } });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    running.push(child);
    return child;
  }

  /** What the output comes to have; fails at once when the program ends without it. */
  async function said(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
    const match = await until(String(pattern), () => pattern.exec(output) ?? (child.exitCode === null ? null : 'ended'), (value) => value !== null);
    if (match === null || match === 'ended') throw new Error(`It ended with ${child.exitCode} before it said ${String(pattern)}.`);
    return match;
  }

  async function status(address: string): Promise<number> {
    const response = await fetch(address, { redirect: 'manual' });
    await response.arrayBuffer();
    return response.status;
  }

  async function ended(child: ChildProcess, signal?: NodeJS.Signals): Promise<number | null> {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const end = once(child, 'close') as Promise<[number | null]>;
    if (signal) child.kill(signal);
    return (await end)[0];
  }

  it('says what is wrong with its options, and changes nothing (REQ-HOST-15)', async () => {
    assert.equal(await ended(run(['--port', 'eighty'])), 2);
    assert.match(output, /--port eighty is not a port number\.\nnpm start -- \[options\]/);
    assert.deepEqual(leftIn(join(ground, 'tmp')), []);
  });

  it('opens the sample in the browser-based VS Code, runs its task, and leaves nothing (REQ-HOST-13, REQ-HOST-14)', async () => {
    const child = run(['--browser', '--no-open']);
    const [, address = ''] = await said(child, /(http:\/\/127\.0\.0\.1:\d+\/\S+)/);
    // With the token it hands out a cookie and sends on; without one it refuses.
    assert.deepEqual([await status(address), await status(new URL(address).origin)], [302, 403]);
    // Not a terminal: the command line ends at the plan's checkpoint instead of asking.
    await said(child, /VS Code stays at/);
    const [folder = ''] = readdirSync(join(ground, 'tmp')).filter((name) => name.startsWith('treeline-start-'));
    const engineFile = join(ground, 'tmp', folder, 'shelf', '.git', 'treeline', 'engine.json');
    const engine = existsSync(engineFile) ? (JSON.parse(readFileSync(engineFile, 'utf8')) as { pid: number }).pid : undefined;
    assert.equal(await ended(child, 'SIGINT'), 0);
    assert.deepEqual(readdirSync(join(ground, 'tmp')).filter((name) => name.startsWith('treeline')), []);
    await assert.rejects(fetch(address));
    if (engine !== undefined) assert.throws(() => process.kill(engine, 0), { code: 'ESRCH' });
  });

  it('opens it in a desktop VS Code, and ends when that is closed (REQ-HOST-13, REQ-HOST-14)', async function () {
    if (process.platform === 'win32') skipBecause(this, 'The stand-in for an installed VS Code is a script.');
    const executable = join(ground, 'code');
    const record = join(ground, 'record.json');
    writeFileSync(executable, `#!${process.execPath}\nrequire('node:fs').writeFileSync(${JSON.stringify(record)}, JSON.stringify(process.argv.slice(2)));\n`);
    chmodSync(executable, 0o755);
    assert.equal(await ended(run(['--desktop', '--no-task'], { VSCODE_EXECUTABLE: executable })), 0);
    const args = JSON.parse(readFileSync(record, 'utf8')) as string[];
    assert.match(args[0] ?? '', /treeline-start-\w+\/shelf$/);
    assert.ok(args.includes(`--extensionDevelopmentPath=${join(import.meta.dirname, '../..')}`), args.join(' '));
    assert.match(output, /Ctrl\+K J/);
    assert.deepEqual(readdirSync(join(ground, 'tmp')).filter((name) => name.startsWith('treeline')), []);
  });
});
