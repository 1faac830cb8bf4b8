/** Names the Node that commands find on their PATH, without starting it: its file, size and age. Another one may give another verdict. */
import { realpath, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

/** @param environment the user's; `no node` where PATH has none */
export async function toolchainOf(environment: Readonly<Record<string, string | undefined>>): Promise<string> {
  for (const folder of (environment['PATH'] ?? '').split(delimiter).filter((entry) => isAbsolute(entry))) {
    const file = await realpath(join(folder, 'node')).catch(() => null);
    const state = file === null ? null : await stat(file).catch(() => null);
    if (file !== null && state?.isFile()) return `${file} ${state.size} ${Math.round(state.mtimeMs)}`;
  }
  return 'no node';
}
