/**
 * Reads what ava prints for people: it has no environment variable for a machine's format, and its TAP is asked for by an argument.
 * Owns: this reading. A failure that is expected (`test.failing`) and a todo are skipped; a file that does not load, or has no test, is one failed
 * test named after it. Refuses: to guess: where the rows differ from ava's own summary there is no report.
 * Titles have their file before them only where there are several: a suite that gets its second file has other ids.
 */
import { testEntry, withUniqueIds, type TestEntry, type TestReport } from '../testReport.ts';

const row = /^ {2}(?:(✔)|(✘ \[fail\]:)|(- \[skip\]|- \[todo\]|✔ \[expected fail\])) (?!\[expected fail\])(.+?)(?: \([\d.]+m?s\))?$/u;
const summaryRow = /^ {2}(\d+) (?:tests? (passed|failed|skipped|todo)|(known failure)s?)$/;
const fileFailure = /^ {2}(?:(?:Uncaught exception|Unhandled rejection|✘ No tests found) in (\S.*?)(?:, make sure .*)?|✘ (\S.*?) exited (?:with a non-zero exit code: \d+|due to \w+))$/u;
const cutOff = /^ {2}✘ (?:Exiting due to process\.exit\(\) when running |\d+ tests? remaining in |Timed out while running tests)/u;

/** @param lines what ava printed, escape sequences removed */
export function readAva(lines: readonly string[], root: string): TestReport | null {
  if (lines.some((line) => /^ {2}✘ Couldn.t find any files to test/u.test(line))) return { tests: [], truncated: false, couldNotLoad: false };
  const rule = lines.findLastIndex((line) => /^ {2}─$/u.test(line));
  const summary = new Map(lines.slice(rule + 1).flatMap((line) => {
    const match = summaryRow.exec(line);
    return match ? [[match[2] ?? 'known', Number(match[1])] as const] : [];
  }));
  const headings = lines.filter((line, at) => /^ {2}[^\s─]/u.test(line) && lines[at - 1] === '' && /^( {2}─)?$/u.test(lines[at - 2] ?? '-')).map((line) => line.trim()).sort((left, right) => right.length - left.length);
  const found = lines.flatMap((line): readonly TestEntry[] => {
    const [, passed, failed, skipped, title = ''] = row.exec(line) ?? [];
    if (passed === undefined && failed === undefined && skipped === undefined) return [];
    if (failed === undefined) return [testEntry({ state: skipped ? 'skipped' : 'passed', path: [title], file: null }, root)];
    // The row of a failed test goes on with what went wrong; its title alone stands above its paragraphs.
    const own = headings.find((heading) => title === heading || title.startsWith(`${heading} `)) ?? title;
    return [testEntry({ state: 'failed', path: [own], file: null, message: told(lines, own) }, root)];
  });
  const files = [...new Set(lines.flatMap((line) => fileFailure.exec(line)?.slice(1).filter(Boolean) ?? []))];
  if ((found.length === 0 || rule < 0) && files.length === 0) return null;
  const count = (state: TestEntry['state']): number => found.filter((test) => test.state === state).length;
  const said = (name: string): number => summary.get(name) ?? 0;
  // Where some fail, ava does not count those that pass.
  const passes = summary.has('passed') || count('failed') === 0 ? count('passed') === said('passed') : true;
  if (!passes || count('failed') !== said('failed') || count('skipped') !== said('skipped') + said('todo') + said('known')) return null;
  const broken = files.map((file) => testEntry({ state: 'failed', path: [file], file, message: told(lines, file) }, root));
  return { tests: [...withUniqueIds([...found, ...broken])], truncated: lines.some((line) => cutOff.test(line)), couldNotLoad: found.length === 0 };
}

/** The paragraphs below a title, up to the next rule, failure or gap. */
function told(lines: readonly string[], title: string): string {
  const at = lines.findLastIndex((line) => line === `  ${title}` || (line.endsWith(` in ${title}`) && fileFailure.test(line)));
  if (at < 0) return '';
  const rest = lines.slice(at + 1, at + 60);
  const end = rest.findIndex((line, index) => /^ {2}(─|✘ )/u.test(line) || (line === '' && rest[index + 1] === ''));
  return rest.slice(0, end < 0 ? 40 : end).map((line) => line.replace(/^ {2}/, '')).join('\n').trim();
}
