// @ts-check
/**
 * jest and vitest, for the truth table of the gates (`test/gates/truthTable.int.spec.ts`). They are no dependencies of Treeline (300 packages,
 * 120 MB): `npm test` installs them once beside its VS Code, without install scripts, and goes on without them where the registry does not answer.
 * Owns: their versions, and the folder. Refuses: to touch the repository's own node_modules beyond its .cache folder.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, makeCacheFolder } from './vscodeHost/cacheFolder.mjs';
import { npm } from './vscodeHost/npm.mjs';

const runners = { jest: '30.5.2', vitest: '4.1.12' };

/** A folder whose node_modules has them; it exists only when it is complete. */
export const runnersFolder = () => cacheFolder('runners', [fileURLToPath(import.meta.url)]);

/** Makes them ready; does nothing when they are. @returns {Promise<string>} the folder */
export async function setUpRunners() {
  const folder = runnersFolder();
  if (existsSync(folder)) return folder;
  await makeCacheFolder(folder, async (partial) => {
    writeFileSync(join(partial, 'package.json'), JSON.stringify({ private: true, dependencies: runners }));
    await npm(partial, ['install']);
  });
  return folder;
}
