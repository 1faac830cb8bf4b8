/**
 * A small repository made by script, with plain git: commits from maps of files, and the ports that gates need over them.
 * For tests only: no hardened profile, no alternates.
 */
import { execFile } from 'node:child_process';
import { chmod, cp, lstat, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Archive, ChangedFile } from '../../../src/ports/archive.ts';
import { noMounts } from '../../../src/ports/sandbox.ts';
import type { ScratchCheckout, ScratchCheckouts } from '../../../src/ports/scratch.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const run = promisify(execFile);

export type Files = Readonly<Record<string, string | null>>;

export interface PlainRepository {
  readonly path: string;
  /** The tree of the last commit with `files` laid over it (null: removed) as a new commit. `*.sh` is executable. */
  commit(files: Files): Promise<{ readonly commit: string; readonly tree: string }>;
  readonly archive: Pick<Archive, 'readFile' | 'listFiles' | 'changes'>;
  readonly scratch: ScratchCheckouts;
  /** Scratch checkouts that are open now. */
  open(): number;
  remove(): Promise<void>;
}

const environment = {
  ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_AUTHOR_NAME: 'Test', GIT_AUTHOR_EMAIL: 'test@example.org',
  GIT_COMMITTER_NAME: 'Test', GIT_COMMITTER_EMAIL: 'test@example.org', GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
};

/**
 * @param tools a folder that gates see beside their checkout: where their runner is installed
 * @param dependencies a `node_modules` folder that `copyDependencies` offers, or null
 */
export async function plainRepository(tools: string, dependencies: string | null = null): Promise<PlainRepository> {
  const folder = await temporaryFolder('repository');
  const path = join(folder.path, 'repository');
  let open = 0;
  const git = async (at: string, ...args: readonly string[]): Promise<string> => (await run('git', ['-C', at, ...args], { env: environment, maxBuffer: 64_000_000 })).stdout;
  await mkdir(path);
  await git(path, 'init', '-q', '-b', 'main');

  const changes = async (from: string, to: string): Promise<readonly ChangedFile[]> => {
    const fields = (await git(path, 'diff-tree', '-r', '-z', '--name-status', '--no-renames', from, to)).split('\0').filter((field) => field !== '');
    const status = { A: 'added', D: 'deleted', M: 'modified', T: 'modified' } as const;
    return fields.flatMap((letter, index) => (index % 2 === 0
      ? [{ path: fields[index + 1] ?? '', previous: null, status: status[letter as keyof typeof status], added: null, removed: null, marks: [] }] : []));
  };

  return {
    path,
    async commit(files) {
      for (const [name, text] of Object.entries(files)) {
        const file = join(path, name);
        await mkdir(dirname(file), { recursive: true });
        if (text === null) await rm(file, { force: true });
        else await writeFile(file, text);
        if (text !== null && name.endsWith('.sh')) await chmod(file, 0o755);
      }
      await git(path, 'add', '-A');
      await git(path, 'commit', '-q', '--allow-empty', '-m', 'step');
      return { commit: (await git(path, 'rev-parse', 'HEAD')).trim(), tree: (await git(path, 'rev-parse', 'HEAD^{tree}')).trim() };
    },
    archive: {
      changes,
      async readFile(commit, file) {
        try {
          return (await run('git', ['-C', path, 'show', `${commit}:${file}`], { env: environment, encoding: 'buffer', maxBuffer: 64_000_000 })).stdout;
        } catch {
          return null;
        }
      },
      listFiles: async (commit) => (await git(path, 'ls-tree', '-r', '-z', '--name-only', commit)).split('\0').filter((name) => name !== ''),
    },
    scratch: {
      async open(commit): Promise<ScratchCheckout> {
        const place = await temporaryFolder('scratch');
        const checkout = join(place.path, 'checkout');
        await run('git', ['clone', '-q', '--shared', '--no-checkout', path, checkout], { env: environment });
        await git(checkout, 'checkout', '-q', '--detach', commit);
        open += 1;
        return {
          path: checkout,
          mounts: { ...noMounts, readable: [tools] },
          async changed() {
            const modified = (await git(checkout, 'diff', '-z', '--name-only', commit)).split('\0').filter((name) => name !== '');
            const added = (await git(checkout, 'ls-files', '-z', '--others', '--exclude-standard')).split('\0').filter((name) => name !== '');
            return { modified, added };
          },
          async close() {
            open -= 1;
            await place.remove();
          },
        };
      },
      async copyDependencies(checkout, _commit, lockFile, name) {
        if (dependencies === null || !(await exists(join(checkout.path, lockFile)))) return null;
        await cp(dependencies, join(checkout.path, name), { recursive: true, verbatimSymlinks: true });
        return `copied from the checkout (same ${lockFile})`;
      },
    },
    open: () => open,
    remove: () => folder.remove(),
  };
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(() => true, () => false);
}
