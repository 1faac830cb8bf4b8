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

export const isSnapshot = (path: string): boolean => /\.(snap|snapshot|ambr|golden|approved\.\w+|storyshot)$/.test(path) || /(^|\/)(__snapshots__|__image_snapshots__|snapshots)\//.test(path) || isExpectedOutput(path);

/** What the code is to give, written down in a file beside its tests. */
const isExpectedOutput = (path: string): boolean => isTestPath(path) && languageOf(path) === null && /(^|[/._-])(expected|expect|expectations?|goldens?|baselines?)([/._-]|$)|\.(expected|stdout|stderr|out)$/i.test(path);

/** A platform in the name decides whether Go builds it. */
const goPlatform = /_(windows|darwin|linux|freebsd|netbsd|openbsd|plan9|js|wasm|arm64|amd64|386|arm)_test\.go$/;

/** Whether a runner takes a file for tests by its name alone; null: by its folder or its settings. */
export function namedAsTests(path: string): 'yes' | 'somewhere' | 'no' | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  switch (languageOf(path) ?? '') {
    case 'go': return !/_test\.go$/.test(name) || /^[_.]/.test(name) || /(^|\/)(_[^/]*|testdata)\//.test(path) ? 'no' : goPlatform.test(name) ? 'somewhere' : 'yes';
    case 'python': return /^test_.*\.py$|_test\.py$/.test(name) ? 'yes' : 'no';
    // `test.js` and `test-*.js` are taken by node:test and ava, wherever they lie.
    case 'typescript': case 'tsx': return /[._-](test|tests|spec|cy|e2e)\.[cm]?[jt]sx?$|^test(-[^.]+)?\.[cm]?[jt]s$/.test(name) || /(^|\/)__tests__\//.test(path) ? 'yes' : 'no';
    default: return null;
  }
}

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
