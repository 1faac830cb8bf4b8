/**
 * Reads `go test -v` as it prints for people.
 * Owns: the reading. Refuses: to guess: a package that passed without naming one test was not run with -v, and the whole is no report.
 */
import { testEntry, testLimit, withUniqueIds, type TestEntry } from '../testReport.ts';
import { goPlace } from './goReport.ts';
import { withLine, type LineReader, type ReaderOptions } from './lineReader.ts';

const states = { PASS: 'passed', FAIL: 'failed', SKIP: 'skipped' } as const;

export function goTextReader(options: ReaderOptions): LineReader {
  const tests: TestEntry[] = [];
  let open = new Map<string, { state: TestEntry['state'] | null; output: string }>();
  let current = '';
  let said = false;
  let packages = 0;
  let died = false;
  let loaded = false;
  let unnamed = false;
  const close = (name: string, failed: boolean): void => {
    packages += 1;
    if (open.size > 0) loaded = true;
    if (open.size > 0 && failed && !said) died = true;
    if (open.size === 0 && failed) tests.push(testEntry({ state: 'failed', path: [name], file: null, message: 'the package could not be built or begun' }, options.root));
    for (const [test, { state, output }] of open) {
      tests.push(testEntry({ state: state ?? 'failed', path: [name, ...test.split('/')], file: null, message: output || 'failed', place: state === 'failed' ? goPlace(output, name, options) : null }, options.root));
    }
    open = new Map();
    said = false;
  };
  return {
    line(text) {
      if (open.size === 0 && !/^(===|---|ok|FAIL|PASS)/.test(text)) return;
      const run = /^=== (?:RUN|CONT|NAME) +(\S+)$/.exec(text);
      const end = /^ *--- (PASS|FAIL|SKIP): (\S+) \([\d.]+s\)$/.exec(text);
      const whole = /^(ok {2}|FAIL)\t(\S+)(?:\s+(.*))?$/.exec(text);
      if (run?.[1] !== undefined) {
        current = run[1];
        if (!open.has(current) && open.size < testLimit) open.set(current, { state: null, output: '' });
      } else if (end?.[1] !== undefined && end[2] !== undefined) {
        if (!open.has(end[2])) unnamed = true;
        open.set(end[2], { state: states[end[1] as keyof typeof states], output: open.get(end[2])?.output ?? '' });
      } else if (text === 'PASS' || text === 'FAIL') {
        said = true;
      } else if (whole?.[2] !== undefined) {
        if (whole[1] !== 'FAIL' && open.size === 0 && !/\[no tests? (to run|files)\]/.test(whole[3] ?? '')) unnamed = true;
        close(whole[2], whole[1] === 'FAIL');
      } else if (open.size > 0) {
        const test = open.get(current);
        if (test) test.output = withLine(test.output, text.trim());
      }
    },
    end() {
      if (packages === 0 || unnamed) return null;
      return { tests: [...withUniqueIds(tests)], truncated: died || open.size > 0, couldNotLoad: tests.length > 0 && !loaded };
    },
  };
}
