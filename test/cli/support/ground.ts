/**
 * The command line as a person has it: the built programs, a home of its own, repositories to work in.
 * Owns: everything that has to end with a test: engines, processes, folders. Needs dist/ (npm run build).
 */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { engineFileSchema } from '../../../src/protocol/messages.ts';
import { runViewSchema } from '../../../src/protocol/runView.ts';
import type { RunView } from '../../../src/protocol/runView.ts';
import { isAlive } from '../../client/support/ground.ts';
import { until } from '../../support/until.ts';

export const cli = join(import.meta.dirname, '../../../dist/cli.js');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Ground {
  readonly folder: string;
  readonly environment: Record<string, string>;
  /** Runs `treeline …words` and waits for its end. */
  treeline(words: readonly string[], where?: { readonly cwd?: string; readonly environment?: Record<string, string> }): Promise<Ended>;
  /** Starts it and hands over the process; it is ended with the ground. */
  start(command: string, words: readonly string[], where?: { readonly cwd?: string }): ChildProcessWithoutNullStreams;
  /** A repository of `files` (path → text) with one commit, or with none for null. */
  repository(name: string, files: Readonly<Record<string, string>> | null): string;
  /** The sample repository, trusted, by `demo --prepare`. */
  sample(name?: string): Promise<string>;
  /** git's stdout. */
  git(repository: string, ...words: string[]): string;
  /** Ends the engines of its repositories and waits for that. */
  endEngines(): Promise<void>;
  close(): Promise<void>;
}

export function openGround(): Ground {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tc-')));
  const environment: Record<string, string> = { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: join(folder, 'tmp'), LANG: 'C.UTF-8', TREELINE_DEMO_PACE_MS: '0', TREELINE_IDLE_MS: '2000', GIT_CONFIG_GLOBAL: join(folder, 'gitconfig'), GIT_CONFIG_NOSYSTEM: '1', TREELINE_TEST_RUN: process.env['TREELINE_TEST_RUN'] ?? '' };
  for (const name of ['tmp', 'cache', 'data', 'state', 'config', 'run']) {
    mkdirSync(join(folder, name), { mode: 0o700 });
    if (name !== 'tmp') environment[name === 'run' ? 'XDG_RUNTIME_DIR' : `XDG_${name.toUpperCase()}_HOME`] = join(folder, name);
  }
  writeFileSync(join(folder, 'gitconfig'), '[user]\n\tname = Test Person\n\temail = person@test.invalid\n[init]\n\tdefaultBranch = main\n');
  const children: ChildProcessWithoutNullStreams[] = [];
  const ground: Ground = {
    folder, environment,
    start: (command, words, where = {}) => {
      const child = spawn(command, words, { cwd: where.cwd ?? folder, env: environment });
      children.push(child);
      return child;
    },
    treeline: (words, where = {}) => collected(spawn(process.execPath, [cli, ...words], { cwd: where.cwd ?? folder, env: { ...environment, ...where.environment } })),
    repository: (name, files) => {
      const path = join(folder, name);
      mkdirSync(path);
      ground.git(path, 'init', '--quiet');
      if (files === null) return path;
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(dirname(join(path, file)), { recursive: true });
        writeFileSync(join(path, file), text);
      }
      ground.git(path, 'add', '--all');
      ground.git(path, 'commit', '--quiet', '--allow-empty', '--message', 'first');
      return path;
    },
    sample: async (name = 'shelf') => {
      const path = join(folder, name);
      const made = await ground.treeline(['demo', '--prepare', path]);
      if (made.code !== 0) throw new Error(`demo --prepare ended with ${made.code}: ${made.stderr}${made.stdout}`);
      return path;
    },
    git: (repository, ...words) => {
      const ran = spawnSync('git', words, { cwd: repository, env: environment, encoding: 'utf8' });
      if (ran.status !== 0) throw new Error(`git ${words.join(' ')}: ${ran.stderr}`);
      return ran.stdout;
    },
    endEngines: async () => {
      const engines = enginesUnder(folder);
      for (const pid of engines) process.kill(pid, 'SIGTERM');
      await until('the engines to end', () => engines.every((pid) => !isAlive(pid)));
    },
    close: async () => {
      for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ground.endEngines();
      await until('the folder to go', () => { rmSync(folder, { recursive: true, force: true, maxRetries: 3 }); return !existsSync(folder); });
    },
  };
  return ground;
}

function collected(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
  child.stdin.end();
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Engines of the repositories in `folder`, and of the copies that demos left in its `tmp`. */
function enginesUnder(folder: string): number[] {
  const inside = (path: string): string[] => readdirSync(path).map((name) => join(path, name));
  const repositories = [...inside(folder), ...inside(join(folder, 'tmp')).map((copy) => join(copy, 'shelf'))];
  return repositories.flatMap((repository) => {
    try {
      const { pid } = engineFileSchema.parse(JSON.parse(readFileSync(join(repository, '.git/treeline/engine.json'), 'utf8')));
      return isAlive(pid) ? [pid] : [];
    } catch {
      return []; // no repository, no engine, or one that ended while we looked
    }
  });
}

/** Every file under `repository` with its content's hash, but what belongs to the engine: to see that nothing was changed. */
export function fingerprint(repository: string): Record<string, string> {
  if (!existsSync(repository)) return {};
  const engine = join('.git', 'treeline');
  const paths = readdirSync(repository, { recursive: true, encoding: 'utf8' }).filter((path) => path !== engine && !path.startsWith(`${engine}/`)).sort();
  return Object.fromEntries(paths.map((path) => [relative(repository, join(repository, path)), contentOf(join(repository, path))]));
}

function contentOf(path: string): string {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return readlinkSync(path);
  return stat.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : 'folder';
}

/** The run view that `run --json` and `watch --json` print last. */
export function lastView(stdout: string): RunView {
  return runViewSchema.strict().parse(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''));
}
