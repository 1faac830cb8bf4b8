/**
 * Reads `go test -json` (test2json's events, Go 1.10 and later; build events since 1.24), lines for people in between passed over.
 * Owns: which events make a test. A package that cannot be built or begun is one failed test named after it; a test that never came to its
 * end failed; a package that ended without its last word (a panic, an exit) makes a cut report: its other tests did not run.
 */
import * as z from 'zod';
import { testEntry, testLimit, withUniqueIds, type TestEntry, type TestReport } from '../testReport.ts';
import { jsonOf, withLine, type LineReader, type ReaderOptions } from './lineReader.ts';

const eventSchema = z.object({ Action: z.string(), Package: z.string().optional(), ImportPath: z.string().optional(), Test: z.string().optional(), Output: z.string().optional() });

interface GoTest { readonly name: string; state: TestEntry['state'] | null; output: string }
interface GoPackage { readonly name: string; readonly tests: Map<string, GoTest>; state: 'running' | 'passed' | 'failed'; output: string; said: boolean; built: boolean }

/** Go's own words between what a test prints. */
const frame = /^\s*(=== (RUN|PAUSE|CONT|NAME)|--- (PASS|FAIL|SKIP|BENCH):)/;

export function goReader(options: ReaderOptions): LineReader {
  const packages = new Map<string, GoPackage>();
  const packageOf = (name: string): GoPackage => {
    const known = packages.get(name) ?? { name, tests: new Map(), state: 'running', output: '', said: false, built: true };
    packages.set(name, known);
    return known;
  };
  let builds = '';
  let spoke = false;
  return {
    line(text) {
      if (text.startsWith('{')) {
        const event = text.includes('"Action"') ? eventSchema.safeParse(jsonOf(text)).data : undefined;
        spoke ||= event !== undefined;
        if (event?.Package !== undefined) take(event, packageOf(event.Package));
        else if (event?.Action === 'build-output') builds = withLine(builds, (event.Output ?? '').trimEnd());
        return;
      }
      if (!/^[F#]/.test(text) && !text.includes('.go:')) return;
      const unbuilt = /^FAIL\t(\S+) \[(build|setup) failed\]$/.exec(text);
      if (unbuilt?.[1] !== undefined) Object.assign(packageOf(unbuilt[1]), { state: 'failed', built: false });
      else if (/^#|^\S+\.go:\d+/.test(text)) builds = withLine(builds, text);
    },
    end: () => (packages.size === 0 || !spoke ? null : reportOf([...packages.values()], builds, options)),
  };
}

function take(event: z.infer<typeof eventSchema>, at: GoPackage): void {
  const { Action: action, Test: name, Output: output = '' } = event;
  if (name === undefined) {
    if (action === 'pass' || action === 'skip') at.state = 'passed';
    else if (action === 'fail') at.state = 'failed';
    else if (action === 'output' && /^(FAIL|PASS)\n$/.test(output)) at.said = true;
    else if (action === 'output' && /\[(build|setup) failed\]/.test(output)) at.built = false;
    else if (action === 'output') at.output = withLine(at.output, output.trimEnd());
    return;
  }
  const test = at.tests.get(name) ?? { name, state: null, output: '' };
  if (at.tests.size >= testLimit) return;
  at.tests.set(name, test);
  if (action === 'pass' || action === 'bench') test.state = 'passed';
  else if (action === 'fail') test.state = 'failed';
  else if (action === 'skip') test.state = 'skipped';
  else if (action === 'output' && !frame.test(output)) test.output = withLine(test.output, output.trimEnd());
}

function reportOf(packages: readonly GoPackage[], builds: string, options: ReaderOptions): TestReport {
  const begun = packages.filter((found) => found.tests.size > 0 || found.state === 'failed');
  const died = begun.some((found) => found.state === 'running' || (found.state === 'failed' && found.tests.size > 0 && !found.said));
  const tests = begun.flatMap((found) => (found.tests.size === 0 ? [wholePackage(found, builds, options)] : [...found.tests.values()].map((test) => goTest(test, found, options))));
  return { tests: [...withUniqueIds(tests)], truncated: died, couldNotLoad: tests.length > 0 && begun.every((found) => found.tests.size === 0) };
}

function goTest(test: GoTest, found: GoPackage, options: ReaderOptions): TestEntry {
  const state = test.state ?? 'failed';
  const message = test.state === null ? `the test did not come to its end\n${test.output}${found.output}` : dedented(test.output) || 'failed';
  return testEntry({ state, path: [found.name, ...test.name.split('/')], file: null, message, place: state === 'failed' ? goPlace(test.output, found.name, options) : null }, options.root);
}

function wholePackage(found: GoPackage, builds: string, options: ReaderOptions): TestEntry {
  const message = found.built ? `the package's tests could not begin\n${found.output}` : `the package could not be built\n${builds}`;
  return testEntry({ state: 'failed', path: [found.name], file: null, message, place: found.built ? null : goPlace(builds, found.name, options) }, options.root);
}

/** `    add_test.go:19: got 2`: the file's name alone, which lies in the folder that the package's path ends with; or a path in a build error or a stack. */
export function goPlace(output: string, name: string, options: ReaderOptions): { readonly file: string; readonly line: number } | null {
  for (const match of output.matchAll(/(?:^|\s)((?:[^\s:()]*\/)?[^\s:()/]+\.go):(\d+)/gm)) {
    const said = match[1]?.replace(`${options.root}/`, '') ?? '';
    const folders = name.split('/');
    const candidates = [...(said.includes('/') ? [said] : []), ...folders.map((_, index) => [...folders.slice(index + 1), said].join('/'))];
    const file = candidates.find((candidate) => options.files.has(candidate));
    if (file !== undefined) return { file, line: Number(match[2]) };
  }
  return null;
}

function dedented(output: string): string {
  return output.replace(/^ {4}/gm, '').trim();
}
