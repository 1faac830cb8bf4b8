/**
 * What a person has allowed to run on this machine: content hashes per repository, and the workflow texts last approved, in the user's
 * own state folder. Owns: the files' form and place. Refuses: to be told by a repository: nothing inside one is ever read here.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { stateFolder, type Environment } from '../client/places.ts';
import { replaceJson } from './jsonFile.ts';

/** What the user has said may run in one repository. */
export interface Trust {
  has(hash: string): Promise<boolean>;
  add(hash: string): Promise<void>;
  /** The texts of workflow files and their scripts as they were last approved, by path: what a difference is shown against. */
  lastTexts(): Promise<Readonly<Record<string, string>>>;
  keepTexts(texts: readonly { readonly path: string; readonly text: string }[]): Promise<void>;
}

const fileSchema = z.object({
  version: z.literal(1),
  /** Common git dir → hashes of executable content, latest last. */
  repositories: z.record(z.string(), z.array(z.string().regex(/^[0-9a-f]{64}$/))),
});
const textsSchema = z.object({ version: z.literal(1), repository: z.string(), texts: z.record(z.string(), z.string()) });

/** A repository whose gates change often does not make the file grow without end. */
const hashesKept = 200;
const textsKept = 200;

/** The trust that this environment's user has in one repository. `add` and `keepTexts` reject where the state folder cannot be written. */
export function openTrust(environment: Environment, commonDir: string): Trust {
  const file = join(stateFolder(environment), 'trust.json');
  const textFile = join(stateFolder(environment), 'approved', `${createHash('sha256').update(commonDir).digest('hex').slice(0, 32)}.json`);
  const lastTexts = async (): Promise<Record<string, string>> => (await read(textFile, textsSchema))?.texts ?? {};
  const repositories = async (): Promise<Record<string, string[]>> => (await read(file, fileSchema))?.repositories ?? {};
  return {
    async has(hash) {
      return (await repositories())[commonDir]?.includes(hash) ?? false;
    },
    async add(hash) {
      const known = await repositories();
      const hashes = [...(known[commonDir] ?? []).filter((one) => one !== hash), hash].slice(-hashesKept);
      await replaceJson(file, { version: 1, repositories: { ...known, [commonDir]: hashes } });
    },
    lastTexts,
    async keepTexts(texts) {
      const fresh = new Map(Object.entries(await lastTexts()));
      for (const { path, text } of texts) {
        fresh.delete(path); // the latest stand last
        fresh.set(path, text);
      }
      await replaceJson(textFile, { version: 1, repository: commonDir, texts: Object.fromEntries([...fresh].slice(-textsKept)) });
    },
  };
}

/** A file that is not there or not ours to read trusts nothing: the person is asked again. */
async function read<Schema extends z.ZodType>(file: string, schema: Schema): Promise<z.infer<Schema> | null> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}
