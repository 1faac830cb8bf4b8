/**
 * Names the toolchains that commands find on their PATH, without starting them: their files, sizes and ages; and what of the environment is
 * theirs. Another one may give another verdict, so they are part of the key under which a run is kept.
 */
import { realpath, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { environmentDigest } from '../sandbox/environment.ts';

const runners = ['node', 'python3', 'go', 'cargo'];

/** @param environment the user's; `no node` where PATH has none. Programs beside node are named only where they are. */
export async function toolchainOf(environment: Readonly<Record<string, string | undefined>>, programs: readonly string[] = runners): Promise<string> {
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((entry) => isAbsolute(entry));
  const found = await Promise.all(programs.map((program) => programIn(folders, program)));
  return found.map((place, index) => place ?? (index === 0 ? 'no node' : null)).filter((place) => place !== null).join(' ');
}

/** The toolchains, and a hash of the variables that a command is given (their values are not told). */
export async function surroundingsOf(environment: Readonly<Record<string, string | undefined>>): Promise<string> {
  return `${await toolchainOf(environment)} environment ${environmentDigest(environment)}`;
}

async function programIn(folders: readonly string[], program: string): Promise<string | null> {
  for (const folder of folders) {
    const file = await realpath(join(folder, program)).catch(() => null);
    const state = file === null ? null : await stat(file).catch(() => null);
    if (file !== null && state?.isFile()) return `${file} ${state.size} ${Math.round(state.mtimeMs)}`;
  }
  return null;
}
