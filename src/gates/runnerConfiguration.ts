/**
 * Where runners and package managers take settings from that no argument names.
 * Owns: the table. One row a program; a file counts in the folder the command runs in and at the top.
 */
import { parse } from 'yaml';

/** Of a file that many tools share, the sections that are this program's. */
export interface SectionRow { readonly file: string; readonly name: string; readonly sections: RegExp }

interface Row { readonly program: RegExp; readonly files: readonly RegExp[]; readonly keys: readonly string[]; readonly paths?: readonly string[]; readonly sections?: readonly SectionRow[] }

const python: readonly SectionRow[] = [
  { file: 'pyproject.toml', name: 'tool.pytest', sections: /^tool\.(pytest|coverage|tox|nox)\b/ }, { file: 'setup.cfg', name: 'tool:pytest', sections: /^(tool:pytest|coverage:.*|tox:.*)$/ },
];

/** Python looks for modules in the folder that it is started in first: a file of such a name there is the runner, or what the runner stands on. */
const shadowing = ['pytest', '_pytest', 'pluggy', 'iniconfig', 'packaging', 'py', 'unittest', 'doctest', 'coverage', 'pytest_cov', 'xdist', 'sitecustomize', 'usercustomize', 'argparse', 'ast', 'inspect', 'traceback',
  'functools', 'contextlib', 'dataclasses', 'typing', 'types', 'warnings', 'importlib', 'logging', 'json', 're', 'enum', 'collections', 'pathlib', 'tempfile', 'platform', 'shutil', 'signal', 'difflib', 'pprint'];

const rows: readonly Row[] = [
  { program: /^(pytest|py\.test|unittest|coverage|tox|nox)$/, files: [new RegExp(`^(${shadowing.join('|')})\\.py$`)], keys: [], paths: shadowing.map((name) => `${name}/__init__.py`) },
  { program: /^(npm|pnpm|yarn|bun)$/, files: [/^\.npmrc$/, /^\.yarnrc(\.yml)?$/, /^\.pnpmfile\.c?js$/, /^bunfig\.toml$/], keys: [] },
  { program: /^_?mocha$/, files: [/^\.mocharc\.(js|cjs|mjs|json|jsonc|ya?ml)$/], keys: ['mocha'] },
  { program: /^(c8|nyc)$/, files: [/^\.(c8|nyc)rc(\.json|\.ya?ml)?$/, /^(c8|nyc)\.config\.(c|m)?js$/], keys: ['c8', 'nyc'] },
  { program: /^jest$/, files: [/^jest\.config\.(js|ts|cjs|mjs|json)$/], keys: ['jest'] },
  { program: /^vitest$/, files: [/^(vitest|vite)\.(config|workspace)\.(js|ts|cjs|mjs|cts|mts)$/], keys: [] },
  { program: /^ava$/, files: [/^ava\.config\.(c|m)?js$/], keys: ['ava'] },
  { program: /^tap$/, files: [/^\.taprc$/], keys: ['tap'] },
  { program: /^(pytest|py\.test|tox|nox)$/, files: [/^(pytest|tox)\.ini$/, /^\.coveragerc$/, /^noxfile\.py$/], keys: [], sections: python },
  { program: /^(cargo|cross)$/, files: [], keys: [], paths: ['.cargo/config.toml', '.cargo/config', '.config/nextest.toml'] },
  { program: /^g?make$/, files: [/^(GNUmakefile|[Mm]akefile)$/], keys: [] },
  { program: /^just$/, files: [/^\.?justfile$/i], keys: [] },
];

export interface Configuration { readonly files: readonly RegExp[]; readonly keys: readonly string[]; readonly paths: readonly string[]; readonly sections: readonly SectionRow[] }

/** Settings of all programs whose name is among `words`. */
export function configurationOf(words: readonly string[]): Configuration {
  const hit = rows.filter((row) => words.some((word) => row.program.test(word)));
  return { files: hit.flatMap((row) => row.files), keys: [...new Set(hit.flatMap((row) => row.keys))], paths: hit.flatMap((row) => row.paths ?? []), sections: hit.flatMap((row) => row.sections ?? []) };
}

/** The sections behind a name such as `pyproject.toml#tool.pytest`; null: the name is of another kind. */
export function sectionRowOf(path: string, name: string): SectionRow | null {
  return rows.flatMap((row) => row.sections ?? []).find((row) => row.file === path.split('/').pop() && row.name === name) ?? null;
}

/** Files that a mocha configuration (YAML or JSON) has loaded beside the tests. Unreadable: none. */
export function loadedByMocha(text: string): readonly string[] {
  try {
    const settings: unknown = parse(text, { maxAliasCount: 10, logLevel: 'silent' });
    if (typeof settings !== 'object' || settings === null) return [];
    const named = Object.entries(settings).filter(([key]) => ['require', 'r', 'file', 'import', 'reporter', 'ui', 'extends'].includes(key));
    return named.flatMap(([, value]: [string, unknown]) => (Array.isArray(value) ? value as unknown[] : [value])).filter((value) => typeof value === 'string');
  } catch {
    return [];
  }
}
