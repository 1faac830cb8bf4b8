/** A small repository made by script: commits from maps of files; archive and scratch checkouts are the real ones. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { openRepository, type Repository } from '../../../src/git/createArchive.ts';
import type { Archive } from '../../../src/ports/archive.ts';
import type { BaseTree } from '../../../src/ports/library.ts';
import type { ScratchCheckouts } from '../../../src/ports/scratch.ts';
import type { Log } from '../../../src/ports/system.ts';
import { systemClock } from '../../../src/app/systemClock.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const run = promisify(execFile);

export type Files = Readonly<Record<string, string | null>>;

export interface SmallRepository {
  readonly path: string;
  /** The tree of the last commit with `files` laid over it (null: removed) as a new commit. `*.sh` is executable. */
  commit(files: Files): Promise<{ readonly commit: string; readonly tree: string }>;
  /** Back to a commit, as it was. */
  goTo(commit: string): Promise<void>;
  readonly standing: Repository['standing'];
  readonly mergedOnto: Repository['mergedOnto'];
  readonly archive: Archive;
  readonly tree: BaseTree;
  readonly scratch: ScratchCheckouts;
  /** Scratch checkouts that are open now. */
  open(): number;
  remove(): Promise<void>;
}

const environment = {
  ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_AUTHOR_NAME: 'Test', GIT_AUTHOR_EMAIL: 'test@example.org',
  GIT_COMMITTER_NAME: 'Test', GIT_COMMITTER_EMAIL: 'test@example.org', GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
};

/** @param tools folders that gates see beside their checkout: where their runner is installed */
export async function smallRepository(tools: readonly string[], log: Log): Promise<SmallRepository> {
  const folder = await temporaryFolder('repository');
  const path = join(folder.path, 'repository');
  let open = 0;
  const git = async (...args: readonly string[]): Promise<string> => (await run('git', ['-C', path, ...args], { env: environment })).stdout.trim();
  await mkdir(path);
  await git('init', '-q', '-b', 'main');
  const { archive, tree, scratch, standing, mergedOnto } = await openRepository({ directory: path, clock: systemClock, log });
  return {
    path, archive, tree, standing, mergedOnto,
    async goTo(commit) {
      await git('reset', '-q', '--hard', commit);
      await git('clean', '-q', '-fdx');
    },
    async commit(files) {
      for (const [name, text] of Object.entries(files)) {
        const file = join(path, name);
        await mkdir(dirname(file), { recursive: true });
        if (text === null) await rm(file, { force: true });
        else await writeFile(file, text);
        if (text !== null && name.endsWith('.sh')) await chmod(file, 0o755);
      }
      await git('add', '-A');
      await git('commit', '-q', '--allow-empty', '-m', 'step');
      return { commit: await git('rev-parse', 'HEAD'), tree: await git('rev-parse', 'HEAD^{tree}') };
    },
    scratch: {
      ...scratch,
      async open(commit, begun) {
        const checkout = await scratch.open(commit, begun);
        open += 1;
        return {
          ...checkout, mounts: { ...checkout.mounts, readable: [...checkout.mounts.readable, ...tools] },
          async close() {
            open -= 1;
            await checkout.close();
          },
        };
      },
    },
    open: () => open,
    remove: async () => {
      await scratch.settled();
      await folder.remove();
    },
  };
}
