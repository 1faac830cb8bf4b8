/** Run steps over real repositories, processes and walls: what a command gets, what it may leave, how its end is told. */
import { deepEqual, equal, match } from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ExecutableContent } from '../../src/core/gate.ts';
import { createCommands } from '../../src/gates/commandStep.ts';
import type { CommandRequest, CommandResult } from '../../src/ports/commands.ts';
import { createSandbox } from '../../src/sandbox/createSandbox.ts';
import { needsWalls } from '../sandbox/ground.ts';
import { bench, realSandbox, silent, type Bench } from './support/judge.ts';

describe('run steps (specs/run-steps.md)', function () {
  this.timeout(60_000);
  let here: Bench;
  let commit: string;
  let content: ExecutableContent;
  beforeEach(async () => {
    here = await bench();
    ({ commit } = await here.repository.commit({ 'src/a.txt': 'one\n', '.treeline/project.yaml': 'setup: echo prepared > prepared.txt\n' }));
    content = await here.examiners.content(commit);
  });
  afterEach(async () => {
    deepEqual({ checkouts: here.repository.open(), folders: here.store.open() }, { checkouts: 0, folders: 0 });
    await here.close();
  });

  async function run(command: string, more: Partial<CommandRequest> = {}, told: (text: string) => void = () => undefined, signal = new AbortController().signal): Promise<CommandResult> {
    const { repository: { archive, scratch }, store } = here;
    return createCommands({ archive, scratch, store, log: silent, sandbox: realSandbox() })
      .run({ command, environment: {}, commit, worktree: null, content, base: commit, sandbox: 'prefer', timeoutMs: 30_000, ...more }, told, signal);
  }
  const outcome = ({ end, stdout, outputs }: CommandResult): unknown => ({ end, stdout, outputs });

  it('REQ-STEP-01: a command runs on the commit\'s files after the set-up; values come as environment variables, never as text of the command', async () => {
    const hostile = '$(touch owned); `touch owned`\n"';
    const result = await run('cat src/a.txt prepared.txt; printf %s "$VALUE"; ls owned 2>&1 | head -1; cat', { environment: { VALUE: hostile } });
    deepEqual({ ...result.end, stdout: result.stdout.split('\n').slice(0, 4) }, { kind: 'exited', code: 0, stdout: ['one', 'prepared', '$(touch owned); `touch owned`', '"ls: cannot access \'owned\': No such file or directory'] });
  });

  it('REQ-STEP-02: what it writes into the file of TREELINE_OUTPUT is handed over, and nothing else that it leaves', async () => {
    const before = await stat(join(here.repository.path, '.git/HEAD'));
    deepEqual(outcome(await run('echo changed > src/a.txt; echo "found=true" >> "$TREELINE_OUTPUT"; echo shown; echo error >&2')), { end: { kind: 'exited', code: 0 }, stdout: 'shown', outputs: 'found=true\n' });
    equal(await readFile(join(here.repository.path, 'src/a.txt'), 'utf8'), 'one\n');
    equal((await stat(join(here.repository.path, '.git/HEAD'))).mtimeMs, before.mtimeMs);
  });

  it('REQ-STEP-02: more than 1 MiB of it, and what is no file any more, is not taken', async () => {
    equal((await run('head -c 1100000 /dev/zero > "$TREELINE_OUTPUT"')).outputs, null);
    equal((await run('rm "$TREELINE_OUTPUT"; ln -s /etc/passwd "$TREELINE_OUTPUT"')).outputs, null);
  });

  it('REQ-STEP-03: exit codes, signals and the time limit are told apart; the last lines are kept, without control characters', async () => {
    deepEqual((await run('echo out; exit 3')).end, { kind: 'exited', code: 3 });
    deepEqual((await run('kill -SEGV $$')).end, { kind: 'signalled', signal: 'SIGSEGV' });
    deepEqual((await run('echo begun; sleep 1000', { timeoutMs: 300 })).end, { kind: 'timed-out' });
    const { tail, stdout } = await run('seq 1 100; printf "\\033[31mred\\033[0m\\a\\n"; exit 1');
    deepEqual([tail.split('\n').length, tail.endsWith('99\n100\nred'), stdout.endsWith('100\nred')], [40, true, true]);
  });

  it('REQ-STEP-04: a command has no network, not even the loopback of this machine', async function () {
    await needsWalls(this);
    const server = createServer((_, response) => { response.end('CONNECTED'); });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    try {
      const { port } = server.address() as AddressInfo;
      const { stdout } = await run(`node -e 'fetch("http://127.0.0.1:${port}").then((r) => r.text()).then(console.log, (e) => console.log(e.message))'`);
      equal(stdout, 'fetch failed');
    } finally {
      server.close();
    }
  });

  it('REQ-STEP-04: where the set-up fails, or a sandbox is required and missing, nothing is started', async () => {
    const { end, tail } = await run('touch never', { content: { ...content, setup: 'echo broken; exit 9' } });
    deepEqual([end, tail], [{ kind: 'not-started', why: 'setup: echo broken; exit 9 did not work' }, 'broken\n\nThe set-up "echo broken; exit 9" did not work (exit 9).']);
    const { repository: { archive, scratch }, store } = here;
    const sandbox = createSandbox({ log: silent, environment: process.env, hidden: [], bwrapPath: '/nowhere/bwrap' });
    const request = { command: 'touch never', environment: {}, commit, worktree: null, content: { ...content, setup: null }, base: commit, sandbox: 'required' as const, timeoutMs: 1_000 };
    const refused = await createCommands({ archive, scratch, store, log: silent, sandbox }).run(request, () => undefined, new AbortController().signal);
    match(refused.end.kind === 'not-started' ? refused.end.why : '', /^A sandbox is required here, and there is none: /);
  });

  it('REQ-STEP-05: in a worktree its changes stay for whoever asked; a cancelled one is ended whole', async () => {
    const { repository: { archive } } = here;
    const worktree = await archive.openWorktree({ task: 't1', unit: 'format', start: commit, keep: false });
    const result = await run('echo formatted > src/a.txt; git status --short', { worktree });
    deepEqual(outcome(result), { end: { kind: 'exited', code: 0 }, stdout: 'M src/a.txt\n?? prepared.txt', outputs: '' });
    equal(await readFile(join(worktree.path, 'src/a.txt'), 'utf8'), 'formatted\n');
    const stop = new AbortController();
    const lines: string[] = [];
    const running = run('echo begun; sleep 1000', {}, (text) => { lines.push(text); stop.abort(new Error('superseded')); }, stop.signal);
    await running.then(() => { throw new Error('it resolved'); }, (error: unknown) => { equal((error as Error).message, 'superseded'); });
    deepEqual(lines, ['begun\n']);
    await archive.cleanUp('t1');
  });
});
