/**
 * A gate's command made to run one test, or its file: where in the command or in a package script the runner is called, and what is written there.
 * Owns: that place, and what makes a choice unsafe (several calls, a wrapper, a suite that looks at its own command line). The script is changed
 * in the checkout of that run alone. Refuses: to run anything; whoever runs it looks whether exactly the wanted tests were reported.
 */
import { posix } from 'node:path';
import type { GateDefinition } from '../../core/gate.ts';
import { innerCommand, simpleCommands } from '../commandLine.ts';
import type { Meaning, TreeText } from '../definition.ts';
import { isTestPath } from '../integrity/fileRole.ts';
import { runnerOf, type Runner } from '../runner.ts';
import type { TestReport } from '../testReport.ts';
import { filtered, unitOf } from './runnerFilters.ts';
import { shellSegments, type Word } from './shellSegments.ts';

/** What is run: the gate's command, and the meaning that scripts of these names get in the checkout. */
export interface Narrowed {
  readonly command: string; readonly meaning: Meaning; readonly names: readonly string[];
  /** Ids that it is to report, and no other. */
  readonly wanted: ReadonlySet<string>;
}

/** Tests of one gate on one side. In place of a choice it may say why there is none. */
export interface TestSelection {
  readonly alone: (test: string) => Narrowed | string;
  /** An empty text: the whole suite is that file, or nothing else is in that file. */
  readonly withFile: (test: string) => Narrowed | string;
}

const filesLooked = 400;
const ownCommandLine = /\bprocess\.(argv|execArgv)\b|\bsys\.argv\b|\bos\.Args\b|\benv::args\b/;

/** @param report of a run of the whole suite on that side */
export async function selectTests(gate: Pick<GateDefinition, 'command' | 'runner'>, meaning: Meaning, tree: TreeText, report: TestReport | null): Promise<TestSelection> {
  const none = (why: string): TestSelection => ({ alone: () => why, withFile: () => why });
  const place = placeOf(gate.command, meaning, gate.runner);
  if (typeof place === 'string') return none(place);
  const reader = await readerOfArguments(meaning, tree);
  if (reader !== null) return none(reader);
  const ran = (report?.tests ?? []).filter(({ state }) => state !== 'skipped').map(({ id }) => id);
  const units = new Map(ran.map((id) => [id, unitOf(gate.runner, id, tree.files)]));
  const exists = (path: string): boolean => {
    const inTree = posix.normalize(posix.join(place.folder, path)).replace(/\/$/, '');
    return inTree === '.' || tree.files.has(inTree) || [...tree.files].some((file) => file.startsWith(`${inTree}/`));
  };
  const narrowed = (way: 'alone' | 'withFile', test: string, together: readonly string[]): Narrowed | string => {
    const unit = units.get(test) ?? null;
    if (unit === null) return 'the report does not say which file it is in';
    const file = tree.files.has(unit) ? posix.relative(place.folder, unit) : unit;
    const words = filtered(gate.runner, place.words, { way, test, together, file }, exists);
    if (words === null) return `${gate.runner} cannot be asked for it beside what the command says`;
    const before = place.text.slice(0, place.start), after = place.text.slice(place.end);
    const text = `${before}${[...place.before, ...words].join(' ')}${after}`;
    const wanted = new Set(way === 'alone' ? [test] : together);
    if (place.name === null) return { command: text, meaning, names: [], wanted };
    return { command: gate.command, meaning: new Map([...meaning, [place.name, text]]), names: [place.name], wanted };
  };
  return {
    alone: (test) => narrowed('alone', test, [test]),
    withFile: (test) => {
      const unit = units.get(test) ?? null;
      const together = unit === null ? [] : ran.filter((id) => units.get(id) === unit);
      return unit !== null && (together.length === 1 || together.length === ran.length) ? '' : narrowed('withFile', test, together);
    },
  };
}

/** Whether a run reported exactly what was wanted; a test with others inside of it brings those along. */
export function reportsExactly(report: TestReport | null, wanted: ReadonlySet<string>): boolean {
  if (report === null || report.truncated || report.damaged || report.couldNotLoad) return false;
  const ran = report.tests.filter(({ state }) => state !== 'skipped').map(({ id }) => id);
  const related = (id: string): boolean => wanted.has(id) || [...wanted].some((one) => one.startsWith(`${id} › `) || id.startsWith(`${one} › `));
  return [...wanted].every((id) => ran.includes(id)) && ran.every(related);
}

interface Place {
  /** Null: the gate's own command. */
  readonly name: string | null; readonly text: string;
  /** The folder that it is run in. */
  readonly folder: string;
  readonly start: number; readonly end: number;
  /** What stands before the runner: variables, `npx`, a measuring wrapper. */
  readonly before: readonly string[];
  readonly words: readonly Word[];
}

/** Where the runner is called; a text: why that is not one clear place. */
function placeOf(command: string, meaning: Meaning, runner: Runner): Place | string {
  const scripts = [...meaning].flatMap(([name, text]) => { const path = /^(.*package\.json)#scripts\./.exec(name)?.[1]; return path === undefined ? [] : [{ name, text, folder: posix.dirname(path) }]; });
  const found: Place[] = [];
  for (const { name, text, folder } of [{ name: null, text: command, folder: '.' }, ...scripts]) {
    for (const { start, end, words } of shellSegments(text) ?? []) {
      if (/^(cd|pushd)$/.test(words[0]?.value ?? '')) return 'the command changes its folder, so only the whole suite is run';
      const [simple] = simpleCommands(words.map(({ raw }) => raw).join(' '));
      const inner = simple === undefined ? [] : innerCommand(simple) ?? simple;
      if (inner.length === 0 || inner.length > words.length || runnerOf(inner, new Set()) !== runner) continue;
      const from = words.length - inner.length;
      const gap = /^\s*/.exec(text.slice(start, end))?.[0].length ?? 0;
      found.push({ name, text, folder: folder === '.' ? '' : folder, start: start + gap, end, before: words.slice(0, from).map(({ raw }) => raw), words: words.slice(from) });
    }
  }
  const [first, second] = found;
  if (first === undefined || runner === 'unknown') return 'the command calls its runner in a way that cannot be narrowed';
  return second === undefined ? first : 'several commands run its tests';
}

/** Why the suite may look at the arguments of its process; null: nothing says so. */
async function readerOfArguments(meaning: Meaning, tree: TreeText): Promise<string | null> {
  const named = [...meaning].find(([name, text]) => !name.includes('#') && /\.([cm]?[jt]sx?|py|rb)$/.test(name) && ownCommandLine.test(text));
  const words = (file: string): string => `${file} looks at the command line, so only the whole suite is run`;
  if (named !== undefined) return words(named[0]);
  const files = [...tree.files].filter((path) => isTestPath(path) && /\.([cm]?[jt]sx?|py|go|rs)$/.test(path));
  if (files.length > filesLooked) return `with ${files.length} test files nobody looks whether one reads the command line`;
  for (const path of files) if (ownCommandLine.test(await tree.read(path) ?? '')) return words(path);
  return null;
}
