/** A repository made by script, and `treeline verify`'s own program on it, in an environment of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';

export interface VerifyGround {
  readonly repository: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Lays the files, commits, and tags. */
  commit(tag: string, files: Readonly<Record<string, string>>): Promise<void>;
  /** Its document as text, and what its process needed: bytes resident at most, and how long its event loop was held at most. */
  verify(base: string, head: string): Promise<{ readonly document: string; readonly mostBytes: number; readonly heldMs: number }>;
  remove(): Promise<void>;
}

export async function openVerifyGround(): Promise<VerifyGround> {
  const folder = await mkdtemp(join(tmpdir(), 'treeline-bench-'));
  const repository = join(folder, 'repository'), watch = join(folder, 'watch.json');
  const environment = { PATH: process.env['PATH'] ?? '', HOME: folder, XDG_STATE_HOME: join(folder, 'state'), XDG_DATA_HOME: join(folder, 'data'), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...words: string[]): void => {
    const ran = spawnSync('git', ['-C', repository, '-c', 'user.name=Bench', '-c', 'user.email=bench@test.invalid', ...words], { env: environment, encoding: 'utf8' });
    if (ran.status !== 0) throw new Error(ran.stderr);
  };
  await mkdir(repository);
  git('init', '-q', '-b', 'main');
  return {
    repository, environment,
    async commit(tag, files) {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(repository, path)), { recursive: true });
        await writeFile(join(repository, path), text);
      }
      git('add', '-A');
      git('commit', '-q', '-m', tag);
      git('tag', tag);
    },
    async verify(base, head) {
      const program = [join(import.meta.dirname, '../../dist/verify.js'), '--repo', repository, '--base', base, '--head', head, '--kind', 'refactor', '--trust', '--json'];
      const child = spawn(process.execPath, ['--require', join(import.meta.dirname, 'programs/watchProcess.cjs'), ...program], { env: { ...environment, TREELINE_BENCH_WATCH: watch }, stdio: ['ignore', 'pipe', 'ignore'] });
      let document = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => { document += text; });
      const [code] = await once(child, 'close') as [number | null];
      if (code !== 0) throw new Error(`verify ended with ${String(code)}: ${document.slice(0, 2_000)}`);
      return { document, ...JSON.parse(await readFile(watch, 'utf8')) as { readonly mostBytes: number; readonly heldMs: number } };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
