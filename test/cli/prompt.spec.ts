import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { after, before, describe, it } from 'mocha';
import { createOutlet } from '../../src/cli/outlet.ts';
import { openPrompt } from '../../src/cli/follow/prompt.ts';

/** A terminal made of two pipes. */
function terminal() {
  const stdin = Object.assign(new PassThrough(), { isTTY: true as const });
  const stdout = Object.assign(new PassThrough(), { isTTY: true as const });
  const surroundings = { environment: { TERM: 'dumb' }, directory: '/', programs: '/', version: '0', stdin, stdout, stderr: new PassThrough(), onInterrupt: () => () => undefined };
  const outlet = createOutlet(surroundings, false);
  const shown = (): string => String(stdout.read() ?? '');
  return { stdin, outlet, shown, prompt: openPrompt(surroundings, outlet), never: new AbortController().signal };
}

describe('a question on a terminal', () => {
  // readline draws a line again only where the process's own terminal is not a dumb one.
  const { TERM } = process.env;
  before(() => { process.env['TERM'] = 'xterm'; });
  after(() => { if (TERM === undefined) delete process.env['TERM']; else process.env['TERM'] = TERM; });

  it('REQ-CLI-15: takes one line, or many up to an empty one', async () => {
    const { stdin, prompt, never } = terminal();
    const one = prompt.ask('Well? ', never);
    stdin.write('yes\r');
    assert.deepEqual(await one, { kind: 'lines', lines: ['yes'] });
    const many = prompt.ask('> ', never, true);
    stdin.write('first\rsecond\r\r');
    assert.deepEqual(await many, { kind: 'lines', lines: ['first', 'second'] });
    prompt.close();
  });

  it('REQ-CLI-15: takes nothing for an answer that was typed before it was asked', async () => {
    const { stdin, prompt, never } = terminal();
    stdin.write('a\r');
    await new Promise((resolve) => { setImmediate(resolve); });
    const asked = prompt.ask('Approve? ', never);
    stdin.write('l\r');
    assert.deepEqual(await asked, { kind: 'lines', lines: ['l'] });
    prompt.close();
  });

  it('REQ-CLI-15: is taken back, left with Ctrl-D and interrupted with Ctrl-C', async () => {
    const { stdin, prompt, never } = terminal();
    const decided = new AbortController();
    const first = prompt.ask('Well? ', decided.signal);
    decided.abort();
    assert.deepEqual(await first, { kind: 'taken-back' });
    assert.deepEqual(await prompt.ask('Well? ', decided.signal), { kind: 'taken-back' });
    const second = prompt.ask('Well? ', never);
    stdin.write('\u0003');
    assert.deepEqual(await second, { kind: 'interrupted' });
    const third = prompt.ask('Well? ', never);
    stdin.write('\u0004');
    assert.deepEqual(await third, { kind: 'left' });
    prompt.close();
  });

  it('REQ-CLI-11: shows what happens meanwhile above the question, with what was typed so far', async () => {
    const { stdin, outlet, shown, prompt, never } = terminal();
    const asked = prompt.ask('Well? ', never);
    stdin.write('ye');
    for (let typed = ''; !typed.includes('ye');) {
      await new Promise((resolve) => { setImmediate(resolve); });
      typed += shown();
    }
    outlet.say('✓  plan');
    assert.match(shown(), /^\r\u001b\[K✓ {2}plan\n.*Well\? ye/s);
    stdin.write('s\r');
    assert.deepEqual(await asked, { kind: 'lines', lines: ['yes'] });
    outlet.say('after');
    assert.match(shown(), /after\n$/);
    prompt.close();
  });
});
