/**
 * How each runner is told to run one test, or the tests of one file, in the words of its own command line.
 * Owns: those words, and which options of the project's own leave no room for them. Refuses: to guess where a runner has no such filter, and to
 * trust itself: whoever uses them looks whether exactly the wanted tests were reported.
 */
import { shellQuoted } from '../../core/shellQuoted.ts';
import type { Runner } from '../runner.ts';
import type { Word } from './shellSegments.ts';

export interface Wanted {
  readonly way: 'alone' | 'withFile';
  /** Its id. */
  readonly test: string;
  /** What is run with it, by id: of its file, its package, its target's module. */
  readonly together: readonly string[];
  /** Its file, seen from where the command is run; of go its package, of cargo its target. */
  readonly file: string;
}

const joint = ' › ';
const longestPattern = 30_000;

/** What stands together in a file, by the first part of an id; of cargo by target and module. Null: its report does not say. */
export function unitOf(runner: Runner, test: string, files: ReadonlySet<string>): string | null {
  const [first = '', second] = test.split(joint);
  if (runner === 'go-test') return second === undefined ? null : first;
  if (runner === 'cargo-test') return second === undefined || / doc-tests$/.test(first) || !first.includes(' ') ? null : [first, second.split('::').slice(0, -1).join('::')].join(joint);
  return files.has(first) ? first : null;
}

/**
 * @param words the runner's program and what follows it
 * @param exists whether a word is a file or a folder of the tree
 * @returns the words as they are to be written; null: it cannot be asked for that
 */
export function filtered(runner: Runner, words: readonly Word[], wanted: Wanted, exists: (path: string) => boolean): readonly string[] | null {
  // Cut off: the rest of its name is not known.
  if (/(?<!0x)…/.test(wanted.test)) return null;
  if (words.some(({ value }) => (taken[runner] ?? /^/).test(value))) return null;
  const written = words.map(({ raw }) => raw);
  const names = wanted.way === 'alone' ? [wanted.test] : wanted.together;
  switch (runner) {
    case 'mocha': return withPattern(names, (pattern) => [...written, '--grep', pattern]);
    case 'node-test': return nodeTest(words, wanted);
    case 'jest': return wanted.way === 'withFile' ? [...written, '--runTestsByPath', shellQuoted(wanted.file)]
      : withPattern(names, (pattern) => [...written, `--testNamePattern=${pattern}`, '--runTestsByPath', shellQuoted(wanted.file)]);
    case 'vitest': return wanted.way === 'withFile' ? [...written, shellQuoted(wanted.file)] : withPattern(names, (pattern) => [...written, '-t', pattern, shellQuoted(wanted.file)]);
    case 'pytest': return pytest(words, wanted, exists);
    case 'go-test': return goTest(words, wanted);
    case 'cargo-test': return cargoTest(words, wanted);
    case 'unittest': case 'nextest': case 'tap': case 'unknown': return null;
  }
}

/** Options that choose already: together with ours they would choose something else. */
const taken: Partial<Record<Runner, RegExp>> = {
  mocha: /^(-g|-f|-i|--grep|--fgrep|--invert|--)(=|$)/,
  'node-test': /^(--test-name-pattern|--test-skip-pattern|--test-only|--test-shard|--watch|--)(=|$)/,
  jest: /^(-t|-o|--testNamePattern|--onlyChanged|--changedSince|--findRelatedTests|--shard|--watch|--watchAll|--)(=|$)/,
  vitest: /^(-t|--testNamePattern|--changed|--shard|--watch|-w|related|bench|list|--)(=|$)/,
  pytest: /^(-k|--lf|--last-failed|--ff|--failed-first|--sw|--stepwise|--pyargs|--)(=|$)|^-k./,
  'go-test': /^--?(args|run|bench|fuzz|list|c|exec|test\.run)(=|$)/,
  'cargo-test': /^(--|--lib|--bins?|--tests?|--examples?|--benches|--bench|--doc|--all-targets|--no-run)(=|$)/,
};

/** The titles of ids as one expression: what stands between two titles is a space for most runners. */
function withPattern(tests: readonly string[], build: (pattern: string) => readonly string[]): readonly string[] | null {
  const titles = tests.flatMap((test) => { const at = test.indexOf(joint); return at < 0 ? [] : [test.slice(at + joint.length)]; });
  if (titles.length !== tests.length) return null;
  const one = (title: string): string => title.split(joint).map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replaceAll('0x…', '0x[0-9a-f]+')).join('(?: | › )');
  const pattern = titles.length === 1 ? `^${one(titles[0] ?? '')}$` : `^(?:${titles.map(one).join('|')})$`;
  return pattern.length > longestPattern ? null : build(shellQuoted(pattern));
}

/** Options of node that take the next word. */
const nodeValues = new Set(['-r', '--require', '--import', '--loader', '--experimental-loader', '--env-file', '-C', '--conditions', '--test-reporter', '--test-reporter-destination', '--test-concurrency', '--test-timeout', '--tsconfig']);

/** node takes what follows the first file for more of them: options come first, and our file stands for all. */
function nodeTest(words: readonly Word[], wanted: Wanted): readonly string[] | null {
  const [program, ...rest] = words;
  if (program === undefined || !rest.some(({ value }) => value === '--test')) return null;
  const options = rest.filter(({ value }, at) => value.startsWith('-') || nodeValues.has(rest[at - 1]?.value ?? '')).map(({ raw }) => raw);
  const build = (...more: readonly string[]): readonly string[] => [program.raw, ...options, ...more, shellQuoted(wanted.file)];
  return wanted.way === 'withFile' ? build() : withPattern([wanted.test], (pattern) => build(`--test-name-pattern=${pattern}`));
}

const pytestValues = /^(-[cmnoprW]|--(tb|maxfail|durations|rootdir|confcutdir|basetemp|ignore|ignore-glob|deselect|cov|cov-report|cov-config|junitxml|junit-xml|timeout|numprocesses|dist|import-mode|capture|color|log-level|override-ini|pythonwarnings))$/;

/** A node id in place of the folders and files that the project names. */
function pytest(words: readonly Word[], wanted: Wanted, exists: (path: string) => boolean): readonly string[] | null {
  const at = words.findIndex(({ value }) => /(^|\/)(pytest(-3)?|py\.test)$/.test(value));
  if (at < 0) return null;
  const rest = words.slice(at + 1).filter(({ value }, index, all) => value.startsWith('-') || pytestValues.test(all[index - 1]?.value ?? '') || !(exists(value) || value.includes('::')));
  const titles = wanted.test.split(joint).slice(1);
  if (wanted.way === 'alone' && titles.length === 0) return null;
  const what = wanted.way === 'alone' ? [wanted.file, ...titles].join('::') : wanted.file;
  return what.includes('0x…') ? null : [...words.slice(0, at + 1), ...rest].map(({ raw }) => raw).concat(shellQuoted(what));
}

const goValues = /^--?(timeout|count|tags|run|skip|p|parallel|cpu|coverprofile|covermode|coverpkg|mod|modfile|ldflags|gcflags|vet|shuffle|o|outputdir|C)$/;

/** A package is go's smallest whole; `-count=1`, or a pass would be remembered. */
function goTest(words: readonly Word[], wanted: Wanted): readonly string[] | null {
  const at = words.findIndex(({ value }) => value === 'test');
  if (at < 0) return null;
  const options = words.slice(at + 1).filter(({ value }, index, all) => value.startsWith('-') || goValues.test(all[index - 1]?.value ?? '')).map(({ raw }) => raw);
  const names = wanted.test.split(joint).slice(1).map((name) => `^${name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}$`);
  const counted = words.some(({ value }) => /^--?count(=|$)/.test(value)) ? [] : ['-count=1'];
  const chosen = wanted.way === 'alone' ? [`-run=${names.join('/')}`] : [];
  return [...words.slice(0, at + 1).map(({ raw }) => raw), ...options, ...counted, ...chosen.map(shellQuoted), shellQuoted(wanted.file)];
}

const cargoValues = /^(-[pFj]|--(package|exclude|features|manifest-path|target|target-dir|jobs|profile|color|message-format|config))$/;

/** The target that the report names, and the test or its module in it. */
function cargoTest(words: readonly Word[], wanted: Wanted): readonly string[] | null {
  const at = words.findIndex(({ value }) => value === 'test' || value === 't');
  const filters = words.slice(at + 1).filter(({ value }, index, all) => !value.startsWith('-') && !cargoValues.test(all[index - 1]?.value ?? ''));
  const [target = '', name = ''] = wanted.test.split(joint);
  const [program = '', source = ''] = target.split(' ');
  if (at < 0 || filters.length > 0 || source === '') return null;
  const chosen = /(^|\/)src\/lib\.rs$/.test(source) ? ['--lib'] : /(^|\/)tests\//.test(source) ? ['--test', program] : /(^|\/)src\//.test(source) ? ['--bin', program] : null;
  if (chosen === null) return null;
  const module = name.split('::').slice(0, -1).join('::');
  const only = wanted.way === 'alone' ? ['--', '--exact', name] : module === '' ? [] : ['--', `${module}::`];
  return [...words.map(({ raw }) => raw), ...chosen, ...only].map((word, index) => (index < words.length ? word : shellQuoted(word)));
}
