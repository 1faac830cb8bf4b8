/**
 * A runner of commands without walls, for tests of what gates do with what they find. Keeps the promises on output, time and leftovers that
 * gates rely on; the walls themselves have their own tests.
 */
import { spawn } from 'node:child_process';
import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfinementError, type ConfinedFiles, type ProcessRequest, type ProcessResult, type Sandbox } from '../../../src/ports/sandbox.ts';

/** @param path what commands find as PATH */
export function unconfined(path: string): Sandbox {
  return { probe: async () => ({ kind: 'none', why: 'a test' }), run: (request, signal) => runPlain(request, signal, path), files: plainFiles };
}

function runPlain(request: ProcessRequest, signal: AbortSignal, path: string): Promise<ProcessResult> {
  return new Promise((resolve) => {
    const began = performance.now();
    const child = spawn('bash', ['--noprofile', '--norc', '-c', request.command], {
      cwd: join(request.root, request.directory ?? '.'), detached: true, stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: path, HOME: request.root, LANG: 'C.UTF-8', ...request.environment },
    });
    let head = '';
    let tail = '';
    let bytes = 0;
    let cause: ProcessResult['end'] | null = null;
    const end = (why: ProcessResult['end'] | null): void => {
      cause ??= why;
      try {
        process.kill(-(child.pid ?? 0), 'SIGKILL');
      } catch { /* nobody is left */ }
    };
    const take = (chunk: Buffer): void => {
      request.onOutput?.(chunk);
      bytes += chunk.byteLength;
      if (head.length < request.output.head) head += chunk.toString('utf8').slice(0, request.output.head - head.length);
      else tail = (tail + chunk.toString('utf8')).slice(-request.output.tail);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const timer = setTimeout(() => end({ kind: 'timed-out' }), request.timeoutMs);
    const abort = (): void => end({ kind: 'cancelled' });
    signal.addEventListener('abort', abort, { once: true });
    child.once('exit', (code, name) => {
      end(null);
      child.once('close', () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        resolve({
          end: cause ?? (name === null ? { kind: 'exited', code: code ?? 0 } : { kind: 'signalled', signal: name }),
          output: head + tail, bytes, durationMs: performance.now() - began, sandbox: 'none: a test', leftovers: 0,
        });
      });
    });
  });
}

function plainFiles(root: string): ConfinedFiles {
  return {
    root,
    async read(path, limit) {
      try {
        if ((await stat(join(root, path))).size > limit) throw new ConfinementError('too-large', `${path} is too large`);
        return await readFile(join(root, path));
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
        throw error;
      }
    },
    async write(path, content) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
    },
    remove: (path) => rm(join(root, path)),
    list: async (path) => (await readdir(join(root, path), { withFileTypes: true })).map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)),
  };
}
