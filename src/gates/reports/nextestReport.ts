/**
 * Reads what `cargo nextest run` prints for people (nextest 0.9: `PASS [   0.004s] (1/3) crate::target test::name`).
 * Owns: the reading. Refuses: to guess: lines whose counts differ from nextest's own summary are no report. `2/3 tests run` (it stops at the
 * first failure unless told otherwise) and no summary make a cut one.
 */
import { testEntry, testLimit, withUniqueIds, type TestEntry } from '../testReport.ts';
import { withLine, type LineReader, type ReaderOptions } from './lineReader.ts';

const states: Readonly<Record<string, TestEntry['state']>> = { PASS: 'passed', LEAK: 'passed', SLOW: 'passed', FLAKY: 'passed', SKIP: 'skipped' };

export function nextestReader(options: ReaderOptions): LineReader {
  const tests = new Map<string, { readonly path: readonly string[]; state: TestEntry['state']; output: string }>();
  let begun = false;
  let summary: { readonly run: number; readonly planned: number; readonly passed: number } | null = null;
  let section = '';
  return {
    line(text) {
      if (!begun && !text.includes('Starting')) return;
      if (/^\s*Starting \d+ tests? across \d+ binar/.test(text)) begun = true;
      if (!begun || summary !== null) return;
      const ended = /^\s*Summary \[[^\]]*\]\s+(\d+)(?:\/(\d+))? tests? run: (\d+) passed/.exec(text);
      if (ended) {
        summary = { run: Number(ended[1]), planned: Number(ended[2] ?? ended[1]), passed: Number(ended[3]) };
        return;
      }
      const one = /^\s*(?:TRY \d+ )?([A-Z]+(?:-[A-Z]+)?)(?: \d+\/\d+)? \[[^\]]*\](?: \([^)]{1,20}\))?\s+(\S+) (\S.*)$/.exec(text);
      if (one?.[1] !== undefined && one[2] !== undefined && one[3] !== undefined && !['SETUP', 'TERMINATING', 'SLOW'].includes(one[1])) {
        section = `${one[2]} ${one[3]}`;
        // A later try is what counts; that it flipped is for whoever runs it again to find out.
        if (tests.size < testLimit) tests.set(section, { path: [one[2], one[3]], state: states[one[1]] ?? 'failed', output: tests.get(section)?.output ?? '' });
        return;
      }
      const test = tests.get(section);
      if (test?.state === 'failed' && !/^\s*(stdout|stderr) ─+|^--- STD(OUT|ERR):/.test(text)) test.output = withLine(test.output, text.replace(/^ {4}/, ''));
    },
    end() {
      if (!begun) return null;
      const entries = [...tests.values()].map(({ path, state, output }) => {
        const at = /panicked at (?:'[^]*?', )?([^\s:]+\.rs):(\d+):\d+/.exec(output);
        return testEntry({ state, path, file: null, message: output.trim() || 'failed', place: at?.[1] !== undefined ? { file: at[1], line: Number(at[2]) } : null }, options.root);
      });
      const ran = entries.filter((entry) => entry.state !== 'skipped');
      if (summary !== null && (summary.run !== ran.length || summary.passed !== ran.filter((entry) => entry.state === 'passed').length)) return null;
      return { tests: [...withUniqueIds(entries)], truncated: summary === null || summary.run < summary.planned, couldNotLoad: false };
    },
  };
}
