/**
 * Reads what `pytest -v` prints for people, for where its processes could not be listened to.
 * Owns: the reading. Refuses: to guess: lines whose counts differ from pytest's own last line are no report (so it is without -v).
 */
import { testEntry, testLimit, withUniqueIds, type TestEntry } from '../testReport.ts';
import type { LineReader, ReaderOptions } from './lineReader.ts';

const states: Readonly<Record<string, TestEntry['state']>> = { PASSED: 'passed', XPASS: 'passed', FAILED: 'failed', ERROR: 'failed', SKIPPED: 'skipped', XFAIL: 'skipped' };
/** A line's word → the words of the last line. A test that passed and whose teardown failed has two lines, and counts twice. */
const words: Readonly<Record<string, readonly string[]>> = { PASSED: ['passed'], FAILED: ['failed'], ERROR: ['error', 'errors'], SKIPPED: ['skipped'], XFAIL: ['xfailed'], XPASS: ['xpassed'] };

export function pytestTextReader(options: ReaderOptions): LineReader {
  const found = new Map<string, TestEntry['state']>();
  const lines = new Map<string, number>();
  const messages = new Map<string, string>();
  let counts: Readonly<Record<string, number>> | null = null;
  return {
    line(text) {
      if (!text.includes('.py') && !text.includes(' in ')) return;
      const one = /^(\S+\.py(?:::.+?)?) (PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)(?: \(.*\))?(?:\s+\[ *\d+%\])?$/.exec(text);
      const said = /^(?:FAILED|ERROR) (\S+\.py(?:::.+?)?)(?: - (.*))?$/.exec(text);
      const last = /^(?:=+ )?((?:\d+ [a-z]+, )*\d+ [a-z]+|no tests ran)(?:, \d+ warnings?)? in [\d.]+s/.exec(text);
      if (one?.[1] !== undefined && one[2] !== undefined) {
        lines.set(one[2], (lines.get(one[2]) ?? 0) + 1);
        if (found.size < testLimit) found.set(one[1], found.get(one[1]) === 'failed' ? 'failed' : states[one[2]] ?? 'failed');
      } else if (said?.[1] !== undefined) messages.set(said[1], said[2] ?? '');
      else if (last?.[1] !== undefined) counts = Object.fromEntries([...last[1].matchAll(/(\d+) ([a-z]+)/g)].map(([, number, word = '']): [string, number] => [word, Number(number)]));
    },
    end() {
      if (counts === null) return null;
      const agree = Object.entries(words).every(([word, names]) => (lines.get(word) ?? 0) === names.reduce((sum, name) => sum + (counts?.[name] ?? 0), 0));
      if (!agree) return null;
      const tests = [...found].map(([id, state]) => {
        const [names = '', ...parameters] = id.split('[');
        const [file = '', ...titles] = names.split('::');
        const last = titles.pop();
        return testEntry({ state, path: last === undefined ? [file] : [...titles, [last, ...parameters].join('[')], file, message: messages.get(id) ?? null }, options.root);
      });
      return { tests: [...withUniqueIds(tests)], truncated: false, couldNotLoad: false };
    },
  };
}
