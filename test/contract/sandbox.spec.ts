// What every adapter of the port `Sandbox` does: with walls and without. Mode `required` is skipped, saying so, where there are none.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { noMounts, type ProcessRequest, type ProcessResult } from '../../src/ports/sandbox.ts';
import { living, needsLinux, needsWalls, openGround, rareSleep, type Ground } from '../sandbox/ground.ts';

const words = ({ end, output }: ProcessResult): readonly unknown[] => [end, output];

for (const mode of ['required', 'off'] as const) {
  describe(`port Sandbox, mode ${mode} (specs/sandbox.md)`, function () {
    this.timeout(60_000);
    let ground: Ground;
    const run = (command: string, more: Partial<ProcessRequest> = {}): Promise<ProcessResult> => ground.run(command, more);

    before(async function () {
      needsLinux(this);
      if (mode === 'required') await needsWalls(this);
    });
    beforeEach(() => { ground = openGround(mode); });
    afterEach(() => { ground?.close(); });

    /** Runs until `ready` was printed, then cancels. */
    async function cancelWhenReady(command: string): Promise<ProcessResult> {
      const cancel = new AbortController();
      return ground.sandbox.run({
        command, root: ground.root, timeoutMs: 60_000, network: false, mounts: noMounts, environment: {}, mode,
        output: { head: 1000, tail: 1000, killAt: 1e6 }, onOutput: (chunk) => { if (Buffer.from(chunk).includes('ready')) cancel.abort(); },
      }, cancel.signal);
    }

    it('REQ-WALL-10: a command runs in the root, with nothing on standard input and no configuration of a shell', async () => {
      writeFileSync(join(ground.folder, 'rc'), 'echo from-rc');
      const result = await run('pwd; cat; echo $BASH_ENV; echo end', { environment: { HOME: ground.folder, BASH_ENV: '' } });
      assert.deepEqual(words(result), [{ kind: 'exited', code: 0 }, `${ground.root}\n\nend\n`]);
      assert.equal(result.sandbox, mode === 'required' ? 'bubblewrap' : 'none: switched off in the settings');
      assert.equal(result.leftovers, 0);
    });

    it('REQ-WALL-10: or in a folder of the root, and in none that a link leads out to', async () => {
      mkdirSync(join(ground.root, 'packages/a'), { recursive: true });
      symlinkSync('/usr', join(ground.root, 'out'));
      assert.equal((await run('pwd', { directory: join(ground.root, 'packages/a') })).output, `${ground.root}/packages/a\n`);
      assert.equal((await run('pwd', { directory: 'packages/a' })).output, `${ground.root}/packages/a\n`);
      for (const directory of ['out', '/usr', '..', 'absent']) assert.equal((await run('pwd', { directory })).end.kind, 'not-started', directory);
    });

    it('REQ-WALL-10: what the caller adds to the environment is there', async () => {
      assert.equal((await run('echo $REPORT', { environment: { REPORT: '/tmp/a b' } })).output, '/tmp/a b\n');
    });

    it('REQ-WALL-15: exit codes are as they are, 126 and 127 too; a signal is a signal', async () => {
      writeFileSync(join(ground.root, 'plain'), 'no program');
      const ends = [];
      for (const command of ['exit 0', 'exit 3', 'exit 137', 'not-a-command 2>/dev/null', './plain 2>/dev/null', 'kill -KILL $$', 'kill -SEGV $$', 'exec bash -c "kill -ABRT \\$\\$"', 'exit 130']) ends.push((await run(command)).end);
      assert.deepEqual(ends, [
        { kind: 'exited', code: 0 }, { kind: 'exited', code: 3 }, { kind: 'exited', code: 137 }, { kind: 'exited', code: 127 }, { kind: 'exited', code: 126 },
        { kind: 'signalled', signal: 'SIGKILL' }, { kind: 'signalled', signal: 'SIGSEGV' }, { kind: 'signalled', signal: 'SIGABRT' }, { kind: 'exited', code: 130 },
      ]);
    });

    it('REQ-WALL-15: a command that ends the shell around it, or tries to speak for it, does not pass', async () => {
      assert.deepEqual((await run('kill -KILL $PPID')).end, { kind: 'signalled', signal: 'SIGKILL' });
      assert.deepEqual((await run('kill -KILL $(ps -o ppid= -p $PPID)')).end, { kind: 'signalled', signal: 'SIGKILL' });
      assert.deepEqual((await run('echo "exit 0" >&3; exit 5')).end, { kind: 'exited', code: 5 });
    });

    it('REQ-WALL-10: a command with a NUL, or too long for the system, is not started and says so', async () => {
      for (const command of ['echo \0', `echo ${'x'.repeat(3_000_000)}`]) {
        const { end } = await run(command);
        assert.equal(end.kind, 'not-started');
      }
    });

    it('REQ-WALL-30: output and errors come in their order, through a real pipe, also live', async () => {
      let live = '';
      const result = await run('for n in 1 2 3; do echo out $n; echo err $n >&2; done; echo via > /dev/stdout; echo via2 > /dev/stderr; [ -p /dev/stdout ] && echo pipe', {
        onOutput: (chunk) => { live += Buffer.from(chunk).toString(); },
      });
      const expected = 'out 1\nerr 1\nout 2\nerr 2\nout 3\nerr 3\nvia\nvia2\npipe\n';
      assert.deepEqual([result.output, live, result.bytes], [expected, expected, expected.length]);
    });

    it('REQ-WALL-34: where it is asked for, the output is given without the errors, both to their end, however the command ends', async () => {
      const outcome = async (command: string): Promise<unknown> => {
        const { end, output, stdout } = await run(command, { stdoutLimit: 12 });
        return { end, output: output.split('\n').sort().join(' '), stdout: Buffer.from(stdout ?? []).toString() };
      };
      assert.deepEqual(await Promise.all([
        outcome('echo out 1; echo err 1 >&2; echo out 2; echo err 2 > /dev/stderr; echo beyond'),
        outcome('echo out; seq 1 3 >&2; exit 7'),
        outcome('echo out; echo err >&2; kill -9 $$'),
      ]), [
        { end: { kind: 'exited', code: 0 }, output: ' beyond err 1 err 2 out 1 out 2', stdout: 'out 1\nout 2\n' },
        { end: { kind: 'exited', code: 7 }, output: ' 1 2 3 out', stdout: 'out\n' },
        { end: { kind: 'signalled', signal: 'SIGKILL' }, output: ' err out', stdout: 'out\n' },
      ]);
      assert.equal('stdout' in await run('echo out'), false);
    });

    it('REQ-WALL-30: of long output the head and the tail are kept and the rest is counted', async () => {
      const result = await run('seq 1 100000', { output: { head: 10, tail: 10, killAt: 1e7 } });
      assert.deepEqual([result.output, result.bytes], ['1\n2\n3\n4\n5\n\n… 588875 bytes of output are not kept …\n99\n100000\n', 588895]);
    });

    it('REQ-WALL-30: 200 MB of output and one endless line stay in bounded memory', async () => {
      const before = process.memoryUsage.rss();
      let most = 0;
      const chunks: Uint8Array[] = [];
      const result = await run('head -c 100000000 /dev/zero | tr "\\0" x; yes | head -c 100000000', {
        output: { head: 262_144, tail: 262_144, killAt: 1e9 }, onOutput: (chunk) => {
          most = Math.max(most, process.memoryUsage.rss());
          chunks.push(chunk);
        },
      });
      assert.deepEqual([result.end, result.bytes, chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0)], [{ kind: 'exited', code: 0 }, 200_000_000, 0]);
      assert.ok(most - before < 130e6, `grew by ${most - before} bytes`);
      assert.ok(result.output.split('\n').every((line) => line.length <= 2001));
    });

    it('REQ-WALL-14: output without end ends the command', async () => {
      const result = await run('yes; echo never', { output: { head: 1000, tail: 1000, killAt: 1_000_000 } });
      assert.deepEqual(result.end, { kind: 'too-much-output' });
      assert.match(result.output, /^(y\n)+\n… \d+ bytes of output are not kept …\n/);
    });

    it('REQ-WALL-31: escapes in the output are dead, binary output says so', async () => {
      assert.equal((await run('printf "\\033]52;c;ZXZpbA==\\007\\033[31mred\\033[0m FAIL\\rPASS\\n"')).output, 'red FAIL\nPASS\n');
      assert.match((await run('head -c 5000 /dev/urandom')).output, /^\(binary output, 5000 bytes/);
    });

    it('REQ-WALL-12: what runs too long is asked to end, then ended, daemons too, and "timed-out" it is', async () => {
      const sleep = rareSleep();
      const result = await run(`trap "" TERM; setsid ${sleep} & setsid -f ${sleep}; while :; do sleep 0.1; done`, { timeoutMs: 500 });
      assert.deepEqual([result.end, living(sleep)], [{ kind: 'timed-out' }, []]);
    });

    it('REQ-WALL-12: one that ends in peace may say its last words', async () => {
      const result = await cancelWhenReady('trap "echo last words; exit 0" TERM; echo ready; while :; do sleep 0.02; done');
      assert.deepEqual(result.end, { kind: 'cancelled' });
      assert.match(result.output, /^ready\n(Terminated\n)?last words\n$/); // bash may tell of the sleep that ended
    });

    it('REQ-WALL-13: cancelling ends all of it; cancelled before, nothing starts', async () => {
      const sleep = rareSleep();
      const result = await cancelWhenReady(`setsid ${sleep} & echo ready; ${sleep}`);
      assert.deepEqual([result.end, living(sleep)], [{ kind: 'cancelled' }, []]);
      const never = await ground.sandbox.run({
        command: 'touch started', root: ground.root, timeoutMs: 60_000, network: false, mounts: noMounts, environment: {}, mode, output: { head: 10, tail: 10, killAt: 100 },
      }, AbortSignal.abort());
      assert.deepEqual([never.end, await ground.sandbox.files(ground.root).list('.')], [{ kind: 'cancelled' }, []]);
    });

    it('REQ-WALL-11: a daemon that holds the output open does not hold up the end, and is gone', async () => {
      const sleep = rareSleep();
      const result = await run(`setsid ${sleep} & echo done; exit 3`);
      assert.deepEqual([result.end, result.output, result.leftovers, living(sleep)], [{ kind: 'exited', code: 3 }, 'done\n', mode === 'off' ? 1 : 0, []]);
    });

    it('REQ-WALL-16: no file may grow without end', async () => {
      const small = openGround(mode, { limits: { fileBytes: 1024 ** 2 } });
      try {
        assert.notDeepEqual((await small.run('head -c 5000000 /dev/zero > big; exit $?')).end, { kind: 'exited', code: 0 });
        assert.equal(readFileSync(join(small.root, 'big')).length, 1024 ** 2);
      } finally {
        small.close();
      }
    });

    it('REQ-WALL-17: nothing that the engine holds open is open in the command', async () => {
      const { output } = await run('ls /proc/$$/fd; cat /proc/self/oom_score_adj');
      assert.equal(output, '0\n1\n2\n600\n');
    });
  });
}
