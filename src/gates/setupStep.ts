/**
 * A set-up as steps that each install for one language and do nothing else, and what such a step's result depends on.
 * Owns: which commands these are, and the key under which an installed tree may be used again: by lock file and manifests where nothing else
 * can have gone into it, else by the commit. Refuses: a key for what is not known to install only.
 */
import { posix } from 'node:path';
import * as z from 'zod';
import { hashOf } from './canonical.ts';
import type { TreeText } from './definition.ts';
import { parsePackageFile, type PackageFile } from './detect.ts';

export interface SetupStep { readonly kind: 'node' | 'python' | 'go' | 'cargo' | 'other'; readonly command: string }

const kinds: readonly (readonly [Exclude<SetupStep['kind'], 'other'>, RegExp])[] = [
  ['node', /^(npm (ci|i|install)|pnpm (i|install)|yarn( install)?)( --[a-z-]+)*$/],
  ['python', /^(uv sync|poetry install)( --[a-z-]+)*$|^python3 -m venv( --[a-z-]+)* \.venv && \.venv\/bin\/python -m pip install [^;&|`$<>]+$/],
  ['go', /^go mod download$/],
  ['cargo', /^cargo fetch( --locked)?$/],
];

function stepOf(command: string): SetupStep {
  return { kind: kinds.find(([, pattern]) => pattern.test(command))?.[0] ?? 'other', command };
}

/** The steps of a set-up; one of kind `other` where some of it is more than an installation. */
export function setupSteps(setup: string): readonly SetupStep[] {
  const parts = setup.trim().split(/ && (?!\.venv\/bin\/python -m pip )/).map((part) => stepOf(part.trim()));
  return parts.some(({ kind }) => kind === 'other') ? [{ kind: 'other', command: setup }] : parts;
}

/** What an installed tree depends on, as a hash, and in words. */
export interface InstallKey { readonly key: string; readonly same: string }

/** @param machine what installs and what it runs behind */
export async function installKey(step: SetupStep, commit: string, tree: TreeText, machine: string): Promise<InstallKey> {
  const inputs = step.kind === 'node' ? await nodeInputs(step.command, tree) : step.kind === 'python' ? await pythonInputs(step.command, tree) : null;
  return { key: hashOf({ version: 1, command: step.command, machine, ...(inputs ?? { commit }) }), same: inputs === null ? 'commit' : inputs.lock.name };
}

interface Inputs { readonly lock: { readonly name: string; readonly text: string } }

/** Scripts of a package that `npm ci` runs in the project itself. */
const ownScripts = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'];
/** They set git hooks, which nobody needs in a checkout that is thrown away. */
const hooksOnly = /^(npx )?(husky( install)?( [.\w/-]+)?|lefthook install|simple-git-hooks)( \|\| (true|:|exit 0))?$/;
/** Packages whose install scripts get or build a program of their own and look at nothing of the project. */
const ownProgram = new Set(['esbuild', 'fsevents', 'core-js', 'core-js-pure', 'es5-ext', 'sharp', 'bcrypt', 'better-sqlite3', 'sqlite3', 'canvas', 'unrs-resolver', '@swc/core', '@parcel/watcher', 'bufferutil', 'utf-8-validate', 'protobufjs', 'node-pty']);
/** Settings of npm that name no program and no file. */
const plainSetting = /^\s*(([;#].*)?|(@[\w-]+:)?registry\s*=.*|\/\/.*:_authToken\s*=.*|(engine-strict|save-exact|save-prefix|legacy-peer-deps|strict-peer-deps|fund|audit|loglevel|package-lock|prefer-offline|update-notifier|ignore-scripts|include|omit|optional|install-strategy)\s*=.*)$/;
const versionFiles = ['.nvmrc', '.node-version', '.tool-versions', 'mise.toml', '.mise.toml'];

/** The project's own scripts that an installation runs, but for those that set git hooks. */
export function runsOwnScripts(manifest: PackageFile | null): boolean {
  return ownScripts.some((name) => {
    const script = manifest?.scripts?.[name];
    return typeof script === 'string' && !hooksOnly.test(script.trim());
  });
}

const lockSchema = z.object({ packages: z.record(z.string(), z.object({ hasInstallScript: z.boolean().optional(), resolved: z.unknown().optional(), integrity: z.string().optional() })) });

/** Only npm's lock file says which packages run something when they are installed. Null: something of the tree may go into the installed one. */
async function nodeInputs(command: string, tree: TreeText): Promise<(Inputs & { readonly manifests: unknown; readonly settings: unknown }) | null> {
  const name = ['npm-shrinkwrap.json', 'package-lock.json'].find((file) => tree.files.has(file));
  const text = name === undefined ? null : await tree.read(name);
  const packages = text === null || !command.startsWith('npm ci') ? undefined : parsedLock(text)?.packages;
  if (name === undefined || text === null || packages === undefined) return null;
  const scripts = !command.includes('--ignore-scripts');
  const strange = Object.entries(packages).filter(([place, { hasInstallScript }]) => hasInstallScript === true && place.includes('node_modules/') && !ownProgram.has(place.slice(place.lastIndexOf('node_modules/') + 13)));
  if (scripts && strange.length > 0) return null;
  // What comes from a file of the tree is fixed by its hash alone.
  if (Object.values(packages).some(({ resolved, integrity }) => typeof resolved === 'string' && resolved.startsWith('file:') && integrity === undefined)) return null;
  const npmrc = await tree.read('.npmrc') ?? '';
  if (npmrc.split('\n').some((line) => !plainSetting.test(line))) return null;
  const manifests: unknown[] = [];
  // The project, its workspaces, and what it links to.
  for (const place of Object.keys(packages).filter((path) => !/(^|\/)node_modules\//.test(path))) {
    const manifest = parsePackageFile(await tree.read(posix.join(place, 'package.json')));
    if (manifest === null || (scripts && (runsOwnScripts(manifest) || tree.files.has(posix.join(place, 'binding.gyp'))))) return null;
    manifests.push([place, { ...manifest, scripts: null }]);
  }
  return { lock: { name, text }, manifests, settings: [npmrc, await Promise.all(versionFiles.map((file) => tree.read(file)))] };
}

function parsedLock(text: string): z.infer<typeof lockSchema> | null {
  try {
    return lockSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Null: the project itself is installed, or something else that lies in the tree. */
async function pythonInputs(command: string, tree: TreeText): Promise<(Inputs & { readonly settings: unknown }) | null> {
  const project = await tree.read('pyproject.toml') ?? '';
  if (/^\s*\[build-system\]/m.test(project) || tree.files.has('setup.py')) return null;
  const listed = [...command.matchAll(/ -r (\S+)/g)].map(([, file = '']) => file);
  const names = command.startsWith('uv ') ? ['uv.lock'] : listed;
  const texts = await Promise.all(names.map((name) => tree.read(name)));
  const [name] = names;
  if (name === undefined || texts.includes(null)) return null;
  // Another file, a path, or a package that is not fixed by its version.
  if (listed.length > 0 && texts.some((text) => (text ?? '').split('\n').some((line) => line.trim() !== '' && !/^\s*(#.*|[A-Za-z0-9][\w.-]*(\[[\w,. -]+\])?\s*==\s*[\w.!+-]+\s*(;[^#]*)?(\\|#.*)?|--hash=\S+\s*\\?)$/.test(line)))) return null;
  if (/\b(path|directory|editable|virtual)\s*=\s*"(?!\.")/.test(texts[0] ?? '')) return null;
  return { lock: { name, text: texts.join('\0') }, settings: [project, await tree.read('uv.toml'), await tree.read('.python-version')] };
}
