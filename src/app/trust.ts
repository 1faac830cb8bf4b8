/**
 * What a person has allowed to run on this machine: content hashes per repository, in the user's own state folder.
 * Owns: the file's form and place. Refuses: to be told by a repository: nothing inside one is ever read here.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { stateFolder, type Environment } from '../client/places.ts';
import { replaceJson } from './jsonFile.ts';
import type { Trust } from './launch.ts';

const fileSchema = z.object({
  version: z.literal(1),
  /** Common git dir → hashes of executable content, latest last. */
  repositories: z.record(z.string(), z.array(z.string().regex(/^[0-9a-f]{64}$/))),
});
type TrustFile = z.infer<typeof fileSchema>;

/** A repository whose gates change often does not make the file grow without end. */
const hashesKept = 200;

/** The trust that this environment's user has in one repository. `add` rejects where the state folder cannot be written. */
export function openTrust(environment: Environment, commonDir: string): Trust {
  const file = join(stateFolder(environment), 'trust.json');
  return {
    async has(hash) {
      return (await read(file)).repositories[commonDir]?.includes(hash) ?? false;
    },
    async add(hash) {
      const { repositories } = await read(file);
      const hashes = [...(repositories[commonDir] ?? []).filter((known) => known !== hash), hash].slice(-hashesKept);
      await replaceJson(file, { version: 1, repositories: { ...repositories, [commonDir]: hashes } });
    },
  };
}

/** A file that is not there or not ours to read trusts nothing: the person is asked again. */
async function read(file: string): Promise<TrustFile> {
  try {
    return fileSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return { version: 1, repositories: {} };
  }
}
