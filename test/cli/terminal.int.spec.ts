// The command line on a terminal: a pseudo-terminal made by util-linux's `script`.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { skipBecause } from '../support/skip.ts';
import { until } from '../support/until.ts';
import { cli, openGround } from './support/ground.ts';
import type { Ground } from './support/ground.ts';

const story = (JSON.parse(readFileSync(join(import.meta.dirname, '../../media/demo.json'), 'utf8')) as { request: string }).request;
const question = '[a]pprove, re[q]uest changes, [r]eject, [d]etails, [l]eave: ';

/** One command on a terminal of its own. */
class Terminal {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<number | null>;
  text = '';
  #seen = 0;

  constructor(ground: Ground, words: readonly string[]) {
    const quoted = [process.execPath, cli, ...words].map((word) => `'${word}'`).join(' ');
    this.#child = ground.start('script', ['--quiet', '--return', '--command', quoted, '/dev/null']);
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => { this.text += text; });
    this.ended = new Promise((resolve) => { this.#child.on('close', resolve); });
  }

  /** Waits until `text` is shown after what was waited for last. */
  async shows(text: string): Promise<void> {
    await until(`the terminal to show "${text}"`, () => this.text.slice(this.#seen), (rest) => rest.includes(text));
    this.#seen = this.text.indexOf(text, this.#seen) + text.length;
  }

  types(text: string): void {
    this.#child.stdin.write(text);
  }
}

describe('the command line on a terminal', () => {
  let ground: Ground;
  before(function () {
    if (spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') !== true) skipBecause(this, '`script` of util-linux, which makes a pseudo-terminal, is not installed');
  });
  beforeEach(() => { ground = openGround(); });
  afterEach(() => ground.close());

  it('REQ-CLI-15: asks at checkpoints, shows details, takes an answer, and notices one that is given elsewhere', async () => {
    const repository = await ground.sample();
    const terminal = new Terminal(ground, ['run', story, '--agent', 'implementer=demo', '--repo', repository]);
    await terminal.shows('Plan: ');
    await terminal.shows(question);
    terminal.types('x\r');
    await terminal.shows('Type one letter: a, q, r, d or l.');
    await terminal.shows(question);
    terminal.types('d\r');
    await terminal.shows('may change');
    await terminal.shows(question);
    terminal.types('a\r');
    await terminal.shows('approved by');
    await terminal.shows('Merge: ');
    await terminal.shows(question);
    terminal.types('d\r');
    await terminal.shows('@@');
    await terminal.shows(question);
    const [, task] = /Task (\S+):/.exec(terminal.text) ?? [];
    assert.equal((await ground.treeline(['approve', task ?? '', '--repo', repository])).code, 0);
    await terminal.shows('is merged');
    assert.equal(await terminal.ended, 0);
  });

  it('REQ-CLI-16: Ctrl-C at a question, and leave, let the task wait', async () => {
    const repository = await ground.sample();
    const terminal = new Terminal(ground, ['run', story, '--agent', 'implementer=demo', '--repo', repository]);
    await terminal.shows(question);
    terminal.types('\u0003');
    await terminal.shows('Come back with:');
    assert.equal(await terminal.ended, 130);
    const second = new Terminal(ground, ['run', story, '--agent', 'implementer=demo', '--repo', repository]);
    await second.shows(question);
    second.types('l\r');
    assert.equal(await second.ended, 3);
  });

  it('REQ-CLI-13: shows what would run before anything does, and starts nothing without a yes', async () => {
    const repository = ground.repository('p', { 'package.json': JSON.stringify({ name: 'p', scripts: { test: 'node --test' } }) });
    const terminal = new Terminal(ground, ['run', 'x', '--agent', 'implementer=anthropic:m', '--repo', repository]);
    await terminal.shows('npm test');
    await terminal.shows('Trust it? [y/N] ');
    terminal.types('\r');
    assert.equal(await terminal.ended, 6);
    assert.equal((await ground.treeline(['list', '--repo', repository])).stdout, 'No task yet. Start one with: treeline run "what should be done"\n');
  });
});
