/**
 * What a repository without a project file would have installed: from its lock files, and where a language has none, from its manifest.
 * Owns: the tables of package managers. Refuses: a set-up for what has no dependencies, and one for Python where no tests of it are seen.
 */
import type { TreeText } from './definition.ts';
import { hasPytest, parsePackageFile } from './detect.ts';
import { yarnOf } from './setupCaches.ts';
import { sectionsOf } from './settingSections.ts';

/** Lock file → what installs exactly what it says. The first that is there decides. */
const managers: readonly { readonly lock: string; readonly install: (tree: TreeText) => string | Promise<string> }[] = [
  { lock: 'npm-shrinkwrap.json', install: () => 'npm ci' },
  { lock: 'package-lock.json', install: () => 'npm ci' },
  { lock: 'pnpm-lock.yaml', install: () => 'pnpm install --frozen-lockfile' },
  { lock: 'yarn.lock', install: async (tree) => (await yarnOf(tree) === 'classic' ? 'yarn install --frozen-lockfile' : 'yarn install --immutable') },
];

/** The lock file that fixes what a tree's `node_modules` holds, or null. */
export function lockFileOf(files: ReadonlySet<string>): string | null {
  return managers.find(({ lock }) => files.has(lock))?.lock ?? null;
}

/** Asked for each run of each gate, of a tree that may have 100,000 files. */
const known = new WeakMap<TreeText, Promise<string | null>>();

/** The commands that install a tree's dependencies, one for each language, joined by `&&`; null where there are none. */
export function detectSetup(tree: TreeText): Promise<string | null> {
  const found = known.get(tree) ?? detect(tree);
  known.set(tree, found);
  return found;
}

async function detect(tree: TreeText): Promise<string | null> {
  const found = [await forNode(tree), await forPython(tree), await forGo(tree), await forCargo(tree)].filter((command) => command !== null);
  return found.length === 0 ? null : found.join(' && ');
}

async function forNode(tree: TreeText): Promise<string | null> {
  const manifest = parsePackageFile(await tree.read('package.json'));
  const groups = [manifest?.dependencies, manifest?.devDependencies, manifest?.optionalDependencies];
  if (!manifest || (groups.every((group) => Object.keys(group ?? {}).length === 0) && manifest.workspaces === undefined)) return null;
  const manager = managers.find(({ lock }) => tree.files.has(lock));
  return manager ? manager.install(tree) : 'npm install --no-package-lock';
}

const requirementFiles = ['requirements.txt', 'requirements-dev.txt', 'requirements-test.txt', 'requirements-tests.txt', 'dev-requirements.txt', 'test-requirements.txt', 'requirements_dev.txt', 'requirements_test.txt'];
const extraNames = ['test', 'tests', 'testing', 'dev'];

/** An environment of the project's own, `.venv`. One that names no pytest sees what the machine's Python has. */
async function forPython(tree: TreeText): Promise<string | null> {
  if (!await hasPytest(tree)) return null;
  if (tree.files.has('uv.lock')) return 'uv sync --frozen --all-extras --dev';
  if (tree.files.has('poetry.lock')) return 'poetry install --no-interaction';
  const project = await tree.read('pyproject.toml') ?? '';
  const extras = extraNames.filter((name) => new RegExp(`^\\s*${name}\\s*=`, 'm').test(sectionsOf(project, /^project\.optional-dependencies$/) ?? ''));
  const needs = /^\s*dependencies\s*=\s*\[\s*[^\]\s]/m.test(sectionsOf(project, /^project$/) ?? '');
  const requirements = requirementFiles.filter((name) => tree.files.has(name));
  const installable = /^\s*\[build-system\]/m.test(project) || tree.files.has('setup.py');
  if (requirements.length === 0 && !(installable && (needs || extras.length > 0))) return null;
  const texts = [project, ...await Promise.all(requirements.map((name) => tree.read(name)))];
  const own = texts.some((text) => /^[^#\n]*['"]?\bpytest\b(?!\.)/m.test((text ?? '').replaceAll(/^\s*\[.*/gm, ''))) ? '' : ' --system-site-packages';
  const given = [...requirements.map((name) => `-r ${name}`), ...(installable ? [`-e ${extras.length > 0 ? `".[${extras.join(',')}]"` : '.'}`] : [])];
  return `python3 -m venv${own} .venv && .venv/bin/python -m pip install ${given.join(' ')}`;
}

/** Not where the modules lie in the tree already. */
async function forGo(tree: TreeText): Promise<string | null> {
  if (!tree.files.has('go.mod') || tree.files.has('vendor/modules.txt')) return null;
  return /^\s*require\b/m.test(await tree.read('go.mod') ?? '') ? 'go mod download' : null;
}

async function forCargo(tree: TreeText): Promise<string | null> {
  if (!tree.files.has('Cargo.toml')) return null;
  if (tree.files.has('Cargo.lock')) return /^source = /m.test(await tree.read('Cargo.lock') ?? '') ? 'cargo fetch --locked' : null;
  return /^\s*\[(workspace|(target\..*\.)?(dev-|build-)?dependencies)\b/m.test(await tree.read('Cargo.toml') ?? '') ? 'cargo fetch' : null;
}
