/**
 * Configuration that decides what the tests prove: coverage thresholds, the runner's choice of tests, time and tries, strictness of
 * types, rules of linters.
 * Owns: which settings count, and which direction of a change is the weaker one. Refuses: to judge a change of the gate's outcome (I12).
 */
import type { Found } from './finding.ts';
import type { ReadFile, ReadPair } from './readPair.ts';
import { settingsOf, type Settings } from './settings.ts';

interface Area { readonly file: RegExp; /** Only settings below this key are of the area. */ readonly under?: RegExp; readonly words: string }

const runners: readonly Area[] = [
  { file: /(^|\/)(jest|vitest|vite|karma|ava|playwright|cypress|wdio|web-test-runner)[\w.-]*\.(config|workspace|conf)?\.?[cm]?[jt]s(on)?$|(^|\/)\.(mocharc|taprc|nycrc|c8rc)[^/]*$|(^|\/)(nyc|c8)\.config\.[cm]?js$/, words: 'the test runner' },
  { file: /(^|\/)package\.json$/, under: /^(jest|mocha|ava|tap|nyc|c8|vitest|size-limit)\b/, words: 'the test runner' },
  { file: /(^|\/)(pytest|tox)\.ini$|(^|\/)\.coveragerc$/, words: 'the test runner' },
  { file: /(^|\/)pyproject\.toml$/, under: /^(tool\.)?(pytest|coverage|tox|nox|hatch\.envs)/, words: 'the test runner' },
  { file: /(^|\/)Cargo\.toml$/, under: /^((lib|bin|test|bench)\.(test|harness|doctest)|package\.autotests)$/, words: 'the test runner' },
  { file: /(^|\/)setup\.cfg$/, under: /^(tool:pytest|coverage|aliases)/, words: 'the test runner' },
  { file: /(^|\/)(\.?codecov|\.coveralls|sonar-project|stryker[\w.]*|\.?nextest|\.config\/nextest)\.(ya?ml|json|toml|properties|[cm]?js)$/, words: 'the coverage' },
];
const checkers: readonly Area[] = [
  { file: /(^|\/)[tj]sconfig[\w.-]*\.json$/, under: /^compilerOptions\./, words: 'the types' },
  { file: /(^|\/)(\.eslintrc[^/]*|eslint\.config\.[cm]?[jt]s|biome\.jsonc?|\.oxlintrc\.json|tslint\.json)$/, words: 'the linter' },
  { file: /(^|\/)package\.json$/, under: /^(eslintConfig|xo|standard)\b/, words: 'the linter' },
  { file: /(^|\/)(\.?ruff\.toml|\.flake8|\.?pylintrc|\.?mypy\.ini|pyrightconfig\.json|\.bandit|\.golangci\.(ya?ml|toml|json)|clippy\.toml|\.?rubocop\.yml)$/, words: 'the linter' },
  { file: /(^|\/)(pyproject\.toml|setup\.cfg)$/, under: /^(tool\.)?(ruff|mypy|flake8|pylint|pyright|bandit)/, words: 'the linter' },
  { file: /(^|\/)Cargo\.toml$/, under: /^(workspace\.)?lints/, words: 'the linter' },
];

const threshold = /(^|\.)(branches|functions|lines|statements|fail_under|fail-under|minimum_coverage|min_coverage|cov-fail-under|break|low|high|target|threshold|minimumScore)$/i;
const thresholdPath = /threshold|coverage|nyc|c8|check-?coverage|fail.?under|codecov|status|report|global|^(branches|functions|lines|statements)$/i;
const mustCheck = /(^|\.)(check-?coverage|checkCoverage|forbidOnly|forbid-only|forbidPending|allowOnly|failOnConsole|bail)$/i;
const chooses = /(^|\.)(testMatch|testRegex|testPathIgnorePatterns|modulePathIgnorePatterns|testNamePattern|exclude|include|spec|ignore|grep|fgrep|invert|testIgnore|testDir|roots|projects|norecursedirs|collect_ignore|collect_ignore_glob|testpaths|python_files|python_functions|python_classes|addopts|omit|exclude_lines|exclude_also|coveragePathIgnorePatterns|collectCoverageFrom|setupFiles|setupFilesAfterEnv|globalSetup|globalTeardown|require|files|specs|reporter|runner|environment|testEnvironment|default-filter|autotests|harness|doctest|lib\.test|test\.test|bin\.test)(\.\d+)?$/i;
const strict = /\.(strict\w*|noImplicit\w+|noUnused\w+|noUnchecked\w+|noFallthrough\w+|noPropertyAccess\w+|exactOptional\w+|useUnknownIn\w+|alwaysStrict|checkJs|isolatedModules|verbatimModuleSyntax|disallow_\w+|warn_\w+|no_implicit_\w+|check_untyped_defs)$/i;

export function configurationFindings(pair: ReadPair): readonly Found[] {
  const { path, previous, before: was, after: is } = pair.change;
  const area = [...runners, ...checkers].filter((candidate) => candidate.file.test(path) || (previous !== null && candidate.file.test(previous)));
  if (area.length === 0 || was === null) return [];
  const [before, after] = [settingsOfSide(previous ?? path, was, pair.before), settingsOfSide(path, is, pair.after)];
  const by = before.parsed && after.parsed ? 'parser' as const : 'pattern' as const;
  const found = area.flatMap((one) => changes(before, after, one.under).flatMap((change) => judged(change, one, path, is === null)));
  return found.map((one): Found => ({ ...one, file: is === null ? previous ?? path : path, line: lineOf(is ?? was, one.key), before: one.was, after: one.is, by }));
}

const settingsOfSide = (path: string, text: string | null, side: ReadFile): Settings => (side.settings ? { values: side.settings, parsed: true } : settingsOf(path, text));

interface Change { readonly key: string; readonly was: string | null; readonly is: string | null }
type Judged = Change & Pick<Found, 'kind' | 'severity' | 'why'>;

/** Lists count as sets: what only changed its place did not change. */
function changes(before: Settings, after: Settings, under: RegExp | undefined): readonly Change[] {
  const keys = [...new Set([...before.values.keys(), ...after.values.keys()])].filter((key) => under === undefined || under.test(key));
  const members = (settings: Settings): Set<string> => new Set([...settings.values].filter(([key]) => /\.\d+$/.test(key)).map(([key, value]) => `${key.replace(/\.\d+$/, '')} ${value}`));
  const [had, has] = [members(before), members(after)];
  return keys.flatMap((key): readonly Change[] => {
    const [was, is] = [before.values.get(key) ?? null, after.values.get(key) ?? null];
    if (was === is) return [];
    if (!/\.\d+$/.test(key)) return [{ key, was, is }];
    const list = key.replace(/\.\d+$/, '');
    const [gone, come] = [was !== null && !has.has(`${list} ${was}`) ? was : null, is !== null && !had.has(`${list} ${is}`) ? is : null];
    return gone === null && come === null ? [] : [{ key, was: gone, is: come }];
  });
}

function judged(change: Change, area: Area, path: string, deleted: boolean): readonly Judged[] {
  const { key, was, is } = change;
  const runner = runners.includes(area);
  const limit = numeric(was) !== null && threshold.test(key) && (thresholdPath.test(key) || /(nyc|c8|coverage|codecov|stryker|sonar)/i.test(path));
  if (limit && (is === null ? numeric(was) !== 0 : lower(was, is))) return [{ ...change, kind: 'threshold-lowered', severity: 'medium', why: is === null ? `The threshold ${key} is gone.` : `The threshold ${key} was lowered from ${was ?? ''} to ${is}.` }];
  const flags = flagThresholds(was, is);
  if (flags !== null) return [{ ...change, kind: 'threshold-lowered', severity: 'medium', why: flags }];
  if (runner && mustCheck.test(key) && was === 'true' && is !== 'true') return [{ ...change, kind: /coverage/i.test(key) ? 'threshold-lowered' : 'config-edited', severity: 'medium', why: `${key} is switched off.` }];
  if (runner && /(^|\.)(passWithNoTests|allowOnly)$/.test(key) && is === 'true') return [{ ...change, kind: 'exit-zero', severity: 'medium', why: `${key}: a run without tests, or of only some, passes.` }];
  if (runner && /(^|\.)(retries|retry|retryTimes|reruns)$/.test(key) && higher(was ?? '0', is)) return [{ ...change, kind: 'retries-raised', severity: 'medium', why: 'Tests that fail are tried again: one that passes only sometimes counts as passed.' }];
  if (runner && /(^|\.)(timeout|testTimeout|hookTimeout|test_timeout)$/.test(key) && (is === '0' || higher(was ?? '5000', is))) return [{ ...change, kind: 'timeout-raised', severity: is === '0' ? 'medium' : 'low', why: is === '0' ? 'There is no time limit any more.' : 'More time is given.' }];
  if (runner && chooses.test(key)) return [{ ...change, kind: 'config-edited', severity: 'medium', why: `${key} decides which tests are run, or how.` }];
  if (!runner && strict.test(key) && was === 'true' && is !== 'true') return [{ ...change, kind: 'config-edited', severity: 'medium', why: `${key} is switched off: ${area.words === 'the types' ? 'the type checker' : 'the linter'} lets more pass.` }];
  if (!runner && switchedOff(key, was, is)) return [{ ...change, kind: 'config-edited', severity: 'medium', why: `The rule ${key.split('.').slice(-1)[0] ?? key} is switched off or made milder.` }];
  if (!runner && is === null && was !== null && /(^|\.)(enable|select|extend-?select|plugins?|extends|load-plugins)(\.|$)/i.test(key)) return [{ ...change, kind: 'config-edited', severity: 'medium', why: `${was} is not among the checks of ${area.words} any more.` }];
  if (!runner && was === null && is !== null && /(^|\.)(ignores?|ignorePatterns|exclude|extend-?ignore|extend-exclude|per-file-ignores|disable|disabled|skips?)(\.|$)/i.test(key)) return [{ ...change, kind: 'config-edited', severity: 'medium', why: `${is} is left out of what ${area.words} looks at.` }];
  return deleted && was !== null && key === '' ? [] : [{ ...change, kind: 'config-edited', severity: 'low', why: `A setting of ${area.words} changed: ${key}.` }];
}

const level = (text: string | null): number | null => {
  const [said = ''] = (text ?? '').replaceAll(/["'[\]\s]/g, '').split(',');
  const named: Readonly<Record<string, number>> = { off: 0, allow: 0, none: 0, warn: 1, warning: 1, info: 1, error: 2, deny: 2, forbid: 3 };
  return Object.hasOwn(named, said) ? named[said] ?? null : /^[012]$/.test(said) ? Number(said) : null;
};

function switchedOff(key: string, was: string | null, is: string | null): boolean {
  if (!/rules?\b|lints|linters|level|severity/i.test(key)) return false;
  const [before, after] = [level(was), level(is)];
  return after !== null ? after < (before ?? (after === 0 ? 1 : 0)) : before !== null && before > 0 && is === null;
}

function numeric(text: string | null): number | null {
  const found = /^["']?(-?\d+(?:\.\d+)?)\s*%?["']?$/.exec((text ?? '').trim());
  return found ? Number(found[1]) : null;
}

/** A negative threshold counts what may be missing: nearer to zero is the stricter one. */
function lower(was: string | null, is: string | null): boolean {
  const [before, after] = [numeric(was), numeric(is)];
  return before !== null && after !== null && after < before;
}

function higher(was: string, is: string | null): boolean {
  const [before, after] = [numeric(was), numeric(is)];
  return before !== null && after !== null && after > before;
}

/** `--cov-fail-under=90`, `--check-coverage`, `--lines 90`, `--max-warnings 0` in a command. Null: none was weakened. */
export function flagThresholds(was: string | null, is: string | null): string | null {
  const flag = /--(cov-fail-under|lines|branches|functions|statements|coverage\.thresholds\.\w+|fail-under|min-coverage|max-warnings)[= ](\d+)/g;
  const read = (text: string | null): Map<string, number> => new Map([...(text ?? '').matchAll(flag)].map((match) => [match[1] ?? '', Number(match[2])]));
  const [before, after] = [read(was), read(is)];
  for (const [name, value] of before) {
    const now = after.get(name);
    if (is === null) continue;
    if (now === undefined) return `--${name} ${value} is gone.`;
    if (name === 'max-warnings' ? now > value : now < value) return `--${name} went from ${value} to ${now}.`;
  }
  return /--check-coverage\b/.test(was ?? '') && is !== null && !/--check-coverage\b/.test(is) ? '--check-coverage is gone.' : null;
}

function lineOf(text: string, key: string): number | null {
  const name = key.split('.').filter((part) => !/^\d+$/.test(part)).at(-1) ?? key;
  const at = text.split('\n').findIndex((row) => row.includes(name));
  return at < 0 ? null : at + 1;
}
