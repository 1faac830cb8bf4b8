/** What a file is, by its path. Owns: these patterns. Refuses: to look into a file. */
import type { Language } from './syntax.ts';

export function languageOf(path: string): Language | null {
  const ending = /\.([a-z]+)$/.exec(path)?.[1] ?? '';
  switch (ending) {
    case 'ts': case 'mts': case 'cts': return 'typescript';
    case 'tsx': case 'jsx': case 'js': case 'mjs': case 'cjs': return 'tsx';
    case 'py': case 'pyi': return 'python';
    case 'go': return 'go';
    case 'rs': return 'rust';
    default: return null;
  }
}

/** Tests and what supports them. */
export function isTestPath(path: string): boolean {
  return /(^|\/)(tests?|specs?|__tests__|__mocks__|e2e|cypress|testdata|fixtures|testing)\//i.test(path) || /[._-](test|tests|spec|cy|e2e)\.[a-z]+$/i.test(path) || /(^|\/)(test_[^/]*|conftest|tests?)\.(py|rs|js|ts)$/.test(path) || /_test\.(go|py|rb)$/.test(path);
}

/** A file whose statements are its test, run as a program. Support files beside tests are none. */
export const mayBeOneTest = (path: string): boolean => /[._-](test|tests|spec)\.[a-z]+$/i.test(path) || /(^|\/)tests?([-_.][^/]*)?\.[a-z]+$/.test(path) || /(^|\/)tests?\/[^/]+$/i.test(path);

/** A configuration that is a program: its objects are read, it is not run. */
export const isConfigurationProgram = (path: string): boolean => /\.(config|workspace|conf|rc)\.[cm]?[jt]s$|(^|\/)\.\w+rc\.[cm]?js$/.test(path);

/** Languages that have no parser here, and are read line by line. */
export const isOtherSource = (path: string): boolean => /\.(java|kt|kts|cs|rb|php|swift|scala|ex|exs|dart|cpp|cc|c|m)$/.test(path);

export const isSnapshot = (path: string): boolean => /\.(snap|snapshot|ambr|golden|approved\.\w+|storyshot)$/.test(path) || /(^|\/)(__snapshots__|__image_snapshots__|snapshots)\//.test(path);

export const isPipeline = (path: string): boolean => /^\.github\/(workflows|actions)\/|^\.gitlab-ci|^\.gitlab\/ci\/|^\.circleci\/|^azure-pipelines|^\.azure\/|^Jenkinsfile|^\.travis\.yml$|^bitbucket-pipelines\.yml$|^\.buildkite\/|^\.drone\.yml$|^\.?appveyor\.yml$|^\.ci\/|^\.woodpecker|^\.teamcity\//.test(path);

/** Lock file → the manifests that it follows. */
export function manifestsOf(path: string): readonly string[] | null {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const manifests: Readonly<Record<string, readonly string[]>> = {
    'package-lock.json': ['package.json'], 'npm-shrinkwrap.json': ['package.json'], 'yarn.lock': ['package.json'], 'pnpm-lock.yaml': ['package.json', 'pnpm-workspace.yaml'], 'bun.lock': ['package.json'], 'bun.lockb': ['package.json'], 'deno.lock': ['deno.json', 'deno.jsonc', 'package.json'],
    'poetry.lock': ['pyproject.toml'], 'uv.lock': ['pyproject.toml'], 'pdm.lock': ['pyproject.toml'], 'Pipfile.lock': ['Pipfile'], 'Cargo.lock': ['Cargo.toml'], 'go.sum': ['go.mod'], 'Gemfile.lock': ['Gemfile'], 'composer.lock': ['composer.json'],
  };
  const name = path.slice(folder.length);
  return Object.hasOwn(manifests, name) ? (manifests[name] ?? []).map((manifest) => `${folder}${manifest}`) : null;
}
