/** An agent's worktree in a repository of 10,000 files, beside bare git. In memory where the system has such a place: a disk that frees and fills measures itself. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRepository } from '../../src/git/createArchive.ts';
import { quietLog } from './benchJournal.ts';
import type { Figure } from './figure.ts';
import { paired, ratio } from './figure.ts';

const folders = 100, filesEach = 100;

export async function benchWorktrees(): Promise<readonly Figure[]> {
  const ground = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'treeline-bench-'));
  try {
    const repository = join(ground, 'repository');
    const environment = { PATH: process.env['PATH'] ?? '', HOME: ground, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    const git = (...words: string[]): string => {
      const ran = spawnSync('git', ['-C', repository, '-c', 'user.name=Bench', '-c', 'user.email=bench@test.invalid', ...words], { env: environment, encoding: 'utf8' });
      if (ran.status !== 0) throw new Error(ran.stderr);
      return ran.stdout.trim();
    };
    for (let folder = 0; folder < folders; folder += 1) {
      await mkdir(join(repository, `src/part${folder}`), { recursive: true });
      for (let file = 0; file < filesEach; file += 1) await writeFile(join(repository, `src/part${folder}/file${file}.ts`), `export const number${file} = ${folder};\n`.repeat(40));
    }
    git('init', '-q', '-b', 'main');
    git('add', '-A');
    git('commit', '-q', '-m', 'first');
    const start = git('rev-parse', 'HEAD');
    const { archive } = await openRepository({ directory: repository, clock: { now: () => Date.now(), after: () => Promise.resolve() }, log: quietLog, worktreesRoot: join(ground, 'worktrees') });
    let [ours, theirs] = [0, 0];
    const measured = await paired(5,
      async () => { await archive.openWorktree({ task: 't-bench', unit: `implement/s${ours += 1}`, start, keep: false }); },
      () => { git('worktree', 'add', '-q', '--detach', join(ground, `bare-${theirs += 1}`), start); return Promise.resolve(); });
    const total = (folders * filesEach).toLocaleString('en');
    return [{ what: `a new worktree of ${total} files, cold`, value: `${Math.round(measured.left)} ms`, against: `${ratio(measured.left, measured.right)} of git worktree add`, budget: '≤ 0.75 ×', inside: measured.left / measured.right <= 0.75 }];
  } finally {
    await rm(ground, { recursive: true, force: true });
  }
}
