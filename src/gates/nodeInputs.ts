/**
 * What an installation by npm, pnpm or yarn depends on: its lock file, manifests and settings.
 * Owns: where something of the tree itself may go into what is installed, or run meanwhile. Refuses: to take a setting that it does not know for harmless.
 */
import { posix } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import type { TreeText } from './definition.ts';
import { parsePackageFile } from './detect.ts';
import { runsOwnScripts } from './ownScripts.ts';

/** `scriptsUnknown`: the lock file does not say which packages run something when they are installed. */
export interface LockInputs { readonly lock: { readonly name: string; readonly text: string }; readonly manifests?: unknown; readonly settings: unknown; readonly scriptsUnknown: boolean }

/** Packages whose install scripts get or build a program of their own and look at nothing of the project. */
const ownProgram = new Set(['esbuild', 'fsevents', 'core-js', 'core-js-pure', 'es5-ext', 'sharp', 'bcrypt', 'better-sqlite3', 'sqlite3', 'canvas', 'unrs-resolver', '@swc/core', '@parcel/watcher', 'bufferutil', 'utf-8-validate', 'protobufjs', 'node-pty']);
/** Settings of npm that name no program and no file. */
const plainSetting = /^\s*(([;#].*)?|(@[\w-]+:)?registry\s*=.*|\/\/.*:_authToken\s*=.*|(engine-strict|save-exact|save-prefix|legacy-peer-deps|strict-peer-deps|strict-peer-dependencies|auto-install-peers|shamefully-hoist|node-linker|hoist|fund|audit|loglevel|package-lock|prefer-offline|update-notifier|ignore-scripts|include|omit|optional|install-strategy)\s*=.*)$/;
const plainYarnLine = /^\s*(#.*|(registry|network-timeout|save-prefix|lastUpdateCheck|version-\S+|--\w+\.prefer-offline)\s.*|yarn-path\s.*)?$/;
const plainYarnSettings = new Set(['nodeLinker', 'enableGlobalCache', 'enableTelemetry', 'compressionLevel', 'npmRegistryServer', 'npmScopes', 'enableScripts', 'yarnPath', 'plugins', 'nmHoistingLimits', 'nmMode', 'nmSelfReferences',
  'defaultSemverRangePrefix', 'enableImmutableInstalls', 'packageExtensions', 'supportedArchitectures', 'logFilters', 'networkConcurrency', 'httpTimeout', 'httpRetry', 'enableHardenedMode', 'npmMinimalAgeGate', 'npmPreapprovedPackages', 'pnpFallbackMode', 'pnpMode', 'changesetBaseRefs', 'enableProgressBars', 'enableMessageNames', 'preferInteractive', 'catalog', 'catalogs']);
/** Settings of pnpm that name programs or files of the tree. */
const strangePnpm = /script-?shell|pnpmfile|node-?options|config-?dependencies|execution-?env/i;
const pnpmFiles = ['.pnpmfile.cjs', '.pnpmfile.mjs', 'pnpmfile.js', 'pnpmfile.cjs'];
const versionFiles = ['.nvmrc', '.node-version', '.tool-versions', 'mise.toml', '.mise.toml'];
const manifestsAtMost = 200;

/** Whether what these packages run when they are installed looks at nothing of the project. */
export function knowsNoScripts(packages: readonly string[]): boolean {
  return packages.every((name) => ownProgram.has(name));
}

/** Null: something of the tree may go into the installed one. */
export async function nodeInputs(command: string, tree: TreeText): Promise<LockInputs | null> {
  const name = command.startsWith('npm ci') ? ['npm-shrinkwrap.json', 'package-lock.json'] : command.startsWith('pnpm install') ? ['pnpm-lock.yaml'] : command.startsWith('yarn') ? ['yarn.lock'] : [];
  const lock = name.find((file) => tree.files.has(file));
  const text = lock === undefined ? null : await tree.read(lock);
  if (lock === undefined || text === null) return null;
  const scripts = !command.includes('--ignore-scripts');
  const places = command.startsWith('npm ') ? placesOfNpm(text, scripts) : await placesOfOthers(text, tree);
  const settings = await settingsOf(tree);
  if (places === null || settings === null) return null;
  const manifests: unknown[] = [];
  for (const place of places) {
    const manifest = parsePackageFile(await tree.read(posix.join(place, 'package.json')));
    if (manifest === null || (scripts && (runsOwnScripts(manifest) || tree.files.has(posix.join(place, 'binding.gyp'))))) return null;
    manifests.push([place, { ...manifest, scripts: null }]);
  }
  return { lock: { name: lock, text }, manifests, settings: [...settings, await Promise.all(versionFiles.map((file) => tree.read(file)))], scriptsUnknown: scripts && !command.startsWith('npm ') };
}

/** Whether an installation may start what a file of the tree says: the project's own scripts, a package manager that lies in the tree, its hooks. */
export async function nodeRunsCodeOfTheTree(tree: TreeText): Promise<boolean> {
  const places = [...tree.files].filter((path) => posix.basename(path) === 'package.json');
  if (places.length > manifestsAtMost || [...tree.files].some((path) => posix.basename(path) === 'binding.gyp') || await settingsOf(tree) === null || await programsOf(tree) !== null) return true;
  const manifests = await Promise.all(places.map(async (path) => parsePackageFile(await tree.read(path))));
  const locks = await Promise.all(['pnpm-lock.yaml', 'yarn.lock', 'package-lock.json'].map((file) => tree.read(file)));
  return manifests.some((manifest) => runsOwnScripts(manifest) || /"(file|portal|link):/.test(JSON.stringify(manifest))) || locks.some((text) => text !== null && /["@ ](file|exec|portal):/.test(text));
}

const lockSchema = z.object({ packages: z.record(z.string(), z.object({ hasInstallScript: z.boolean().optional(), resolved: z.unknown().optional(), integrity: z.string().optional() })) });

/** The project, its workspaces, and what it links to: npm's lock file names them, and says which packages run something. */
function placesOfNpm(text: string, scripts: boolean): readonly string[] | null {
  const packages = parsedLock(text)?.packages;
  if (packages === undefined) return null;
  const strange = Object.entries(packages).filter(([place, { hasInstallScript }]) => hasInstallScript === true && place.includes('node_modules/') && !ownProgram.has(place.slice(place.lastIndexOf('node_modules/') + 13)));
  if (scripts && strange.length > 0) return null;
  // What comes from a file of the tree is fixed by its hash alone.
  if (Object.values(packages).some(({ resolved, integrity }) => typeof resolved === 'string' && resolved.startsWith('file:') && integrity === undefined)) return null;
  return Object.keys(packages).filter((path) => !/(^|\/)node_modules\//.test(path));
}

/** Of pnpm and yarn: whatever could be a workspace, where there are any. What lies in the tree without a hash goes into the installed one as it is. */
async function placesOfOthers(lock: string, tree: TreeText): Promise<readonly string[] | null> {
  if (/["@ ](file|exec|portal):/.test(lock)) return null;
  const many = tree.files.has('pnpm-workspace.yaml') || parsePackageFile(await tree.read('package.json'))?.workspaces !== undefined;
  const places = many ? [...tree.files].filter((path) => posix.basename(path) === 'package.json').map((path) => posix.dirname(path)).sort() : ['.'];
  return places.length > manifestsAtMost ? null : places;
}

function parsedLock(text: string): z.infer<typeof lockSchema> | null {
  try {
    return lockSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** The settings of all package managers; null: one of them may name a program or a file that nobody looks at here. */
async function settingsOf(tree: TreeText): Promise<readonly unknown[] | null> {
  const [npmrc, pnpm, yarn, berry] = await Promise.all(['.npmrc', 'pnpm-workspace.yaml', '.yarnrc', '.yarnrc.yml'].map(async (file) => await tree.read(file) ?? ''));
  if (npmrc === undefined || pnpm === undefined || yarn === undefined || berry === undefined) return null;
  if (npmrc.split('\n').some((line) => !plainSetting.test(line)) || yarn.split('\n').some((line) => !plainYarnLine.test(line))) return null;
  if (strangePnpm.test(pnpm) || pnpmFiles.some((file) => tree.files.has(file))) return null;
  const settings = yarnSettings(berry);
  if (settings === null || Object.keys(settings).some((name) => !plainYarnSettings.has(name))) return null;
  return [npmrc, pnpm, yarn, berry, await programsOf(tree)];
}

/** A yarn that lies in the tree, and its plugins, with what they say; null: none. */
async function programsOf(tree: TreeText): Promise<readonly (readonly [string, string | null])[] | null> {
  const classic = /^\s*yarn-path\s+"?([^"\n]+)"?/m.exec(await tree.read('.yarnrc') ?? '')?.[1];
  const berry = yarnSettings(await tree.read('.yarnrc.yml') ?? '') ?? {};
  const plugins = z.array(z.union([z.string(), z.looseObject({ path: z.string() }).transform(({ path }) => path)])).safeParse(berry['plugins'] ?? []).data ?? [];
  const paths = [classic, berry['yarnPath'], ...plugins].filter((path) => typeof path === 'string');
  return paths.length === 0 ? null : Promise.all(paths.map(async (path) => [path, await tree.read(posix.normalize(path))] as const));
}

function yarnSettings(text: string): Readonly<Record<string, unknown>> | null {
  try {
    return z.record(z.string(), z.unknown()).safeParse(parse(text, { maxAliasCount: 10, logLevel: 'silent' }) ?? {}).data ?? null;
  } catch {
    return null;
  }
}
