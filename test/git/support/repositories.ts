// Real repositories in temporary folders, and the small world (clock, log, home) that the archive is opened in. Everything made here is removed by `end`.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openRepository, type Repository } from '../../../src/git/createArchive.ts';
import type { Clock, Log } from '../../../src/ports/system.ts';

export interface TestClock extends Clock {
  /** Called at each wait, before it is over. */
  onWait: (count: number) => void;
  advance(ms: number): void;
  readonly waited: readonly number[];
}

/** Time passes only by waiting. */
export function testClock(): TestClock {
  let now = 1_800_000_000_123;
  const waited: number[] = [];
  const clock: TestClock = {
    waited, onWait: () => undefined, now: () => now, advance: (ms) => { now += ms; },
    after: async (ms, signal) => {
      signal.throwIfAborted();
      waited.push(ms);
      clock.onWait(waited.length);
      now += ms;
      await new Promise((resolve) => { setImmediate(resolve); });
      signal.throwIfAborted();
    },
  };
  return clock;
}

export function testLog(): Log & { readonly lines: string[] } {
  const lines: string[] = [];
  const add = (message: string): void => { lines.push(message); };
  return { lines, debug: add, info: add, warn: add, error: add };
}

export type Files = Readonly<Record<string, string | Buffer | { readonly link: string } | { readonly text: string; readonly mode: number } | null>>;

/** Writes files (null removes one). A name with `\xff` in it is one byte a character: no UTF-8. */
export function writeFiles(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    const path = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, name.includes('\xff') ? 'latin1' : 'utf8')]);
    mkdirSync(Buffer.from(dirname(path.toString('latin1')), 'latin1'), { recursive: true });
    if (content === null) rmSync(path, { recursive: true, force: true });
    else if (typeof content === 'string' || Buffer.isBuffer(content)) writeFileSync(path, content);
    else if ('link' in content) symlinkSync(content.link, path);
    else { writeFileSync(path, content.text); chmodSync(path, content.mode); }
  }
}

export interface TestRepository {
  /** Holds everything: the repository, its worktrees, the home. */
  readonly ground: string;
  readonly path: string;
  /** Runs the person's git. */
  git(...args: string[]): string;
  gitIn(folder: string, ...args: string[]): string;
  write(files: Files): void;
  commit(files: Files, message?: string): string;
  open(options?: { clock?: Clock; log?: Log; directory?: string; gitBinary?: string }): Promise<Repository>;
  end(): void;
}

/** An empty repository on branch `main`, with a HOME of its own that our process has too until `end`. */
export function emptyRepository(...init: string[]): TestRepository {
  const ground = realpathSync(mkdtempSync(join(tmpdir(), 'treeline-test-')));
  const path = join(ground, 'project');
  const home = join(ground, 'home');
  mkdirSync(path);
  mkdirSync(home);
  const before = { HOME: process.env['HOME'], XDG_CONFIG_HOME: process.env['XDG_CONFIG_HOME'] };
  process.env['HOME'] = home;
  delete process.env['XDG_CONFIG_HOME'];
  writeFileSync(join(home, '.gitconfig'), '[user]\n\tname = Ada\n\temail = ada@example.org\n[init]\n\tdefaultBranch = main\n[core]\n\tquotePath = false\n');
  const environment = { PATH: process.env['PATH'] ?? '', HOME: home, LC_ALL: 'C.UTF-8', GIT_CONFIG_NOSYSTEM: '1', GIT_EDITOR: 'true' };
  const gitIn = (folder: string, ...args: string[]): string => execFileSync('git', args, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] }).toString().trimEnd();
  const git = (...args: string[]): string => gitIn(path, ...args);
  git('init', '--quiet', ...init);
  const repository: TestRepository = {
    ground, path, git, gitIn,
    write: (files) => { writeFiles(path, files); },
    commit: (files, message = 'Change') => {
      writeFiles(path, files);
      git('add', '--all', '--force');
      git('commit', '--quiet', '--allow-empty', '-m', message);
      return git('rev-parse', 'HEAD');
    },
    open: (options = {}) => openRepository({ directory: path, clock: testClock(), log: testLog(), ...options }),
    end: () => {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      rmSync(ground, { recursive: true, force: true });
    },
  };
  return repository;
}

/** A repository with one commit. */
export function repositoryWith(files: Files): TestRepository {
  const repository = emptyRepository();
  repository.commit(files, 'Start');
  return repository;
}

/** What must be byte-identical after everything: HEAD, index, configuration, hooks, refs that are not ours, and the files. */
export function fingerprint(repository: TestRepository): Readonly<Record<string, string>> {
  const seen: Record<string, string> = {};
  const visit = (folder: string, name: string): void => {
    const path = join(folder, name);
    const stats = lstatSync(path);
    if (stats.isDirectory()) { for (const entry of readdirSync(path).sort()) visit(folder, join(name, entry)); return; }
    seen[name] = stats.isSymbolicLink() ? readlinkSync(path) : createHash('sha256').update(readFileSync(path)).digest('hex');
  };
  for (const name of ['HEAD', 'index', 'config', 'hooks', 'info', 'packed-refs', 'ORIG_HEAD', 'FETCH_HEAD', 'config.worktree', 'refs/heads', 'refs/tags', 'refs/remotes', 'refs/stash', 'logs']) {
    if (existsSync(join(repository.path, '.git', name))) visit(join(repository.path, '.git'), name);
  }
  for (const name of readdirSync(repository.path)) if (name !== '.git') visit(repository.path, name);
  return Object.fromEntries(Object.entries(seen).filter(([name]) => !name.includes('/heads/treeline')));
}

/** Waits for a rejection and gives it as it is. */
export async function refusalOf(work: Promise<unknown>): Promise<{ readonly reason?: string; readonly message: string; readonly next?: string }> {
  return work.then(() => { throw new Error('was expected to be refused'); }, (error: unknown) => error as Error & { reason?: string; next?: string });
}
