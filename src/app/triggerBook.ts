/**
 * The file of armed triggers: `<common>/treeline/triggers.json`.
 * Owns: its form, and that a damaged one arms nothing and is kept. Refuses: to be read from a repository's tree.
 */
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { armedTriggerSchema } from '../core/triggering.ts';
import type { ArmedTrigger } from '../core/triggering.ts';
import type { Log } from '../ports/system.ts';
import { replaceJson } from './jsonFile.ts';

const bookSchema = z.object({ version: z.literal(1), armed: z.array(armedTriggerSchema) });

export interface TriggerBook {
  all(): readonly ArmedTrigger[];
  /** Null takes it out. Resolves once it is on disk; rejects with the system's error, and nothing has changed then. */
  put(id: string, armed: ArmedTrigger | null): Promise<void>;
}

/** `folder`: `<common>/treeline`. */
export async function openTriggerBook(folder: string, log: Log): Promise<TriggerBook> {
  const file = join(folder, 'triggers.json');
  let armed = await read(file, log);
  return {
    all: () => armed,
    put: async (id, next) => {
      const changed = [...armed.filter((one) => one.id !== id), ...(next ? [next] : [])].sort((left, right) => (left.id < right.id ? -1 : 1));
      await replaceJson(file, { version: 1, armed: changed });
      armed = changed;
    },
  };
}

async function read(file: string, log: Log): Promise<readonly ArmedTrigger[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return [];
  try {
    return bookSchema.parse(JSON.parse(text)).armed;
  } catch (error) {
    const kept = `${file}.damaged`;
    await rename(file, kept);
    log.error(`no trigger is armed: ${file} cannot be read and was kept as ${kept}; arm them again`, error);
    return [];
  }
}
