/**
 * What a repository without a project file would have run: its gate and its set-up, from package.json and the lock file's name.
 * Owns: the table of package managers. Refuses: to guess: nothing recognised is nothing to run, and that is `not-verified`.
 */
import * as z from 'zod';

const packageSchema = z.looseObject({
  scripts: z.record(z.string(), z.unknown()).optional(),
  dependencies: z.record(z.string(), z.unknown()).optional(),
  devDependencies: z.record(z.string(), z.unknown()).optional(),
  optionalDependencies: z.record(z.string(), z.unknown()).optional(),
  workspaces: z.unknown().optional(),
});
export type PackageFile = z.infer<typeof packageSchema>;

/** package.json's text, or null where it is none. */
export function parsePackageFile(text: string | null): PackageFile | null {
  if (text === null) return null;
  try {
    return packageSchema.safeParse(JSON.parse(text.replace(/^\ufeff/, ''))).data ?? null;
  } catch {
    return null;
  }
}

/** The script npm itself writes into a new package: no test. */
const placeholder = /^echo ["']?Error: no test specified["']? && exit 1$/;

/** `npm test` where there is a test script. */
export function detectGate(manifest: PackageFile | null): { readonly id: string; readonly run: string } | null {
  const script = manifest?.scripts?.['test'];
  if (typeof script !== 'string' || script.trim() === '' || placeholder.test(script.trim())) return null;
  return { id: 'unit', run: 'npm test' };
}

/** Lock file → what installs exactly what it says. The first that is there decides. */
const managers: readonly { readonly lock: string; readonly install: (files: ReadonlySet<string>) => string }[] = [
  { lock: 'npm-shrinkwrap.json', install: () => 'npm ci' },
  { lock: 'package-lock.json', install: () => 'npm ci' },
  { lock: 'pnpm-lock.yaml', install: () => 'pnpm install --frozen-lockfile' },
  { lock: 'yarn.lock', install: (files) => (files.has('.yarnrc.yml') ? 'yarn install --immutable' : 'yarn install --frozen-lockfile') },
];

/** The lock file that fixes a tree's dependencies, or null. */
export function lockFileOf(files: ReadonlySet<string>): string | null {
  return managers.find(({ lock }) => files.has(lock))?.lock ?? null;
}

/** The command that installs a tree's dependencies; null where there are none. */
export function detectSetup(manifest: PackageFile | null, files: ReadonlySet<string>): string | null {
  const groups = [manifest?.dependencies, manifest?.devDependencies, manifest?.optionalDependencies];
  if (!manifest || (groups.every((group) => Object.keys(group ?? {}).length === 0) && manifest.workspaces === undefined)) return null;
  const manager = managers.find(({ lock }) => files.has(lock));
  return manager ? manager.install(files) : 'npm install --no-package-lock';
}

/** Whether a set-up does nothing but install dependencies, so that a copy of the installed tree stands for it. */
export function installsOnly(setup: string): boolean {
  return /^(npm (ci|i|install)|pnpm (i|install)|yarn( install)?)( --[a-z-]+)*$/.test(setup.trim());
}
