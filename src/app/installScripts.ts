/**
 * Which packages of an installed tree run a script of their own when they are installed: most lock files do not say.
 * Owns: where npm, pnpm and yarn lay packages. Refuses: to follow a link.
 */
import { lstat, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as z from 'zod';

const manifestSchema = z.looseObject({ name: z.string().optional(), scripts: z.record(z.string(), z.unknown()).optional() });

/** Folders of packages, of folders of packages, or of neither: `node_modules`, `@scope`, `.pnpm/a@1`, `.store/a`, `.yarn/unplugged/a`. */
const holders = /^(node_modules|@.*|\..*|unplugged)$/;
const holdersWithin = new Set(['.pnpm', '.store', 'unplugged']);

/** Names of packages below `names` of `root`. Rejects where something cannot be read: nobody knows then. */
export async function scriptedPackages(root: string, names: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>();
  const look = async (folder: string, holder: boolean): Promise<void> => {
    if (!holder && await runsSomething(folder)) found.add(await nameOf(folder));
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      if (holder) await look(join(folder, entry.name), holders.test(entry.name) || holdersWithin.has(basename(folder)));
      else if (entry.name === 'node_modules') await look(join(folder, entry.name), true);
    }
  };
  for (const name of names) if ((await lstat(join(root, name))).isDirectory()) await look(join(root, name), true);
  return [...found].sort();
}

async function runsSomething(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => null);
  if (text === null) return false;
  const { scripts } = manifestSchema.parse(JSON.parse(text.replace(/^\ufeff/, '')));
  // Without a script of its own `binding.gyp` is built.
  return ['preinstall', 'install', 'postinstall'].some((name) => scripts?.[name] !== undefined) || await lstat(join(folder, 'binding.gyp')).then(() => true, () => false);
}

async function nameOf(folder: string): Promise<string> {
  return manifestSchema.parse(JSON.parse((await readFile(join(folder, 'package.json'), 'utf8')).replace(/^\ufeff/, ''))).name ?? basename(folder);
}
