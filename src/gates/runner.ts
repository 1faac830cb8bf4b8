/**
 * Which test runner stands behind a command, told from the words of everything it resolves to.
 * Owns: the recognition. Refuses: to look at files; whoever resolved the command says which main scripts are tests.
 */
import type { GateDefinition } from '../core/gate.ts';
import { innerCommand, programOf, type Words } from './commandLine.ts';

export type Runner = GateDefinition['runner'];

const engines = new Set(['node', 'tsx', 'ts-node', 'nodejs']);

/** Programs that are a runner whatever their arguments. `tox` and `nox` are read by whoever resolves a command. */
const byProgram: Readonly<Record<string, Runner>> = { mocha: 'mocha', _mocha: 'mocha', jest: 'jest', vitest: 'vitest', pytest: 'pytest', 'py.test': 'pytest', tape: 'tap' };

/** The runner of one simple command. `nodeTestFiles`: main scripts known to use `node:test`. */
export function runnerOf(words: Words, nodeTestFiles: ReadonlySet<string>): Runner {
  const inner = innerCommand(words);
  if (inner) return runnerOf(inner, nodeTestFiles);
  const program = programOf(words[0] ?? '');
  if (Object.hasOwn(byProgram, program)) return byProgram[program] ?? 'unknown';
  if (/^pytest(-3)?$/.test(program) || (/^python[\d.]*$|^pypy3?$/.test(program) && moduleOf(words) === 'pytest')) return 'pytest';
  if (/^python[\d.]*$|^pypy3?$/.test(program) && (moduleOf(words) === 'unittest' || (/(^|\/)manage\.py$/.test(words[1] ?? '') && words[2] === 'test'))) return 'unittest';
  if (program === 'coverage' && words.includes('run') && moduleOf(words) === 'pytest') return 'pytest';
  if (program === 'react-scripts' || program === 'craco') return words.includes('test') ? 'jest' : 'unknown';
  if (program === 'go') return words.includes('test') ? 'go-test' : 'unknown';
  if (program === 'cargo' || program === 'cross') return cargoRunner(words);
  if (!engines.has(program)) return 'unknown';
  const main = mainScript(words);
  if (words.some((word) => word === '--test')) return 'node-test';
  if (main !== null && Object.hasOwn(byProgram, programOf(main))) return byProgram[programOf(main)] ?? 'unknown';
  return main !== null && nodeTestFiles.has(main) ? 'node-test' : 'unknown';
}

/** The module that `python -m` is told to run. */
function moduleOf(words: Words): string | null {
  const at = words.indexOf('-m');
  return at < 0 ? null : words[at + 1] ?? null;
}

function cargoRunner(words: Words): Runner {
  const [command, second] = words.slice(1).filter((word) => !word.startsWith('-') && !word.startsWith('+'));
  if (command === 'nextest' || (command === 'llvm-cov' && second === 'nextest')) return 'nextest';
  return command === 'test' || command === 't' || command === 'llvm-cov' ? 'cargo-test' : 'unknown';
}

/** The runner of a command as a whole: the first known one. */
export function recogniseRunner(commands: readonly Words[], nodeTestFiles: ReadonlySet<string>): Runner {
  for (const words of commands) {
    const runner = runnerOf(words, nodeTestFiles);
    if (runner !== 'unknown') return runner;
  }
  return 'unknown';
}

/** Options of node and of common runners that take the next word as their value. */
const valueOptions = new Set(['-r', '--require', '--import', '--loader', '--experimental-loader', '-c', '--config', '--package', '--opts', '--env-file',
  '--file', '--globalSetup', '--setupFiles', '-e', '--eval', '-p', '--print', '--test-reporter', '--test-reporter-destination', '--test-name-pattern',
  '-g', '--grep', '-f', '--fgrep', '-R', '--reporter', '-u', '--ui', '-t', '--timeout', '-C', '--conditions', '--makefile']);

/** Options whose value is a file that takes part in the run without being a test. */
const fileOptions = new Set(['-r', '--require', '--import', '--loader', '--experimental-loader', '-c', '--config', '--package', '--opts', '--env-file',
  '--file', '--globalSetup', '--setupFiles', '--makefile']);

/** Words that are neither options nor their values. The program itself is the first. */
export function operands(words: Words): readonly string[] {
  return words.filter((word, index) => !word.startsWith('-') && !(index > 0 && valueOptions.has(words[index - 1] ?? '')));
}

/** Values of options that name files: `--require x`, `--config=x`. */
export function optionFiles(words: Words): readonly string[] {
  return words.flatMap((word, index) => {
    const [option, value] = word.split('=', 2);
    if (value !== undefined && option !== undefined && fileOptions.has(option)) return [value];
    return index > 0 && fileOptions.has(words[index - 1] ?? '') ? [word] : [];
  });
}

/** What `node`, `bash` or `python` is given to run, or null. */
export function mainScript(words: Words): string | null {
  return operands(words)[1] ?? null;
}

export { engines as scriptEngines };
