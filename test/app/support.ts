/** The sample repository as a real git repository, for tests that run real engines in it. */
import { execFileSync } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';

const sample = join(import.meta.dirname, '../../media/sample');
const identity = ['-c', 'user.name=A Person', '-c', 'user.email=person@test.invalid'];

export function git(directory: string, ...args: string[]): string {
  return execFileSync('git', [...identity, ...args], { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

/** Makes `directory` the sample on branch main with one commit; answers its id. */
export async function makeSample(directory: string): Promise<string> {
  await cp(sample, directory, { recursive: true });
  git(directory, 'init', '--quiet', '--initial-branch=main');
  git(directory, 'add', '--all');
  git(directory, 'commit', '--quiet', '--message', 'Begin');
  return git(directory, 'rev-parse', 'HEAD');
}
