/**
 * What a report says of a run, in one shape for every runner.
 * Owns: the identity of a test (stable between base and head), and how several reports become one. Refuses: verdicts.
 */
import * as z from 'zod';
import type { TestFacts } from '../core/verdict.ts';
import { headAndTail } from '../core/headAndTail.ts';
import { plainText } from '../core/plainText.ts';
import { shortened } from './boundedText.ts';

export const testEntrySchema = z.object({
  /** File relative to the checkout, then the titles from outside in, joined with ` › `. */
  id: z.string(),
  state: z.enum(['passed', 'failed', 'skipped']),
  message: z.string(),
  file: z.string().nullable(),
  line: z.number().int().nullable(),
  /** Of a failed one: frames that lie in the checkout and that its message does not show. Absent: none. */
  stack: z.array(z.string()).optional(),
});
export type TestEntry = z.infer<typeof testEntrySchema>;

export const testReportSchema = z.object({
  tests: z.array(testEntrySchema),
  /** The run ended before it was whole. */
  truncated: z.boolean(),
  /** The report itself is damaged (cut off, too large): what it does not say is not known, and says nothing of how the run ended. */
  damaged: z.boolean().optional(),
  /** No test could begin: the runner failed to load or to compile what it was given. */
  couldNotLoad: z.boolean(),
  /** Ids of files that their runner calls passed although their processes left before a test of them was heard. Absent: none. */
  left: z.array(z.string()).optional(),
});
export type TestReport = z.infer<typeof testReportSchema>;

const messageLimit = 2000;
const framesShown = 6;
/** More tests than any suite has: what comes after them is left out. */
export const testLimit = 200_000;

/** A test as a reader found it; `root` is the checkout's folder, taken out of everything that is kept. */
export function testEntry(found: {
  readonly state: TestEntry['state']; readonly path: readonly string[]; readonly file: string | null;
  readonly line?: number | null; readonly message?: string | null; readonly stack?: string | null;
  /** Where it failed, where the runner says so itself; else the stack is looked at. */
  readonly place?: { readonly file: string; readonly line: number } | null;
}, root: string): TestEntry {
  const file = found.file === null ? null : relative(found.file, root);
  const titles = found.path.map((title) => steady(plainText(withoutRoot(relative(title, root), root)).trim()));
  const named = file !== null && titles[0] !== file ? [file, ...titles] : titles;
  const told = found.place ? { file: relative(found.place.file, root), line: found.place.line } : null;
  const frames = found.state === 'failed' && found.stack ? framesInside(found.stack, root) : [];
  const place = told ?? frames[0] ?? null;
  const message = found.state === 'failed' ? headAndTail(withoutForeignFrames(plainText(withoutRoot(found.message ?? found.stack ?? '', root))).trim(), messageLimit, 2 / 3) : '';
  // A single one is the place.
  const stack = frames.length > 1 ? frames.map(({ frame }) => frame).filter((frame) => !message.includes(frame)).slice(0, framesShown) : [];
  return {
    id: shortened(named.join(' › '), 1000),
    state: found.state,
    message,
    file: place?.file ?? file,
    line: place?.line ?? found.line ?? null,
    ...(stack.length > 0 ? { stack } : {}),
  };
}

/** Same id twice: the second is `id #2`, in the order they were reported. */
export function withUniqueIds(tests: readonly TestEntry[]): readonly TestEntry[] {
  const seen = new Map<string, number>();
  return tests.slice(0, testLimit).map((test) => {
    const count = (seen.get(test.id) ?? 0) + 1;
    seen.set(test.id, count);
    return count === 1 ? test : { ...test, id: `${test.id} #${count}` };
  });
}

/** The part of a report that the verdict is made of. */
export function factsOf(report: TestReport): TestFacts {
  const ids = (state: TestEntry['state']): readonly string[] => report.tests.filter((test) => test.state === state).map((test) => test.id);
  return { passed: ids('passed'), failed: ids('failed'), skipped: ids('skipped'), truncated: report.truncated, left: report.left ?? [], ...(report.damaged ? { damaged: true } : {}) };
}

function relative(path: string, root: string): string {
  const plain = path.startsWith('file://') ? decodeURI(path.slice('file://'.length)) : path;
  return (plain.startsWith(`${root}/`) ? plain.slice(root.length + 1) : plain).replace(/^\.\//, '');
}

/** A message without the frames of dependencies and of the runtime. */
function withoutForeignFrames(message: string): string {
  return message.split('\n').filter((line) => !/^\s+at .*(\/node_modules\/|\(?node:)|^\s+at (new )?[\w.]*Promise\b.*<anonymous>/.test(line)).join('\n');
}

/** What differs from run to run in a title that shows a value: addresses of objects. */
function steady(title: string): string {
  return title.replace(/\b0x[0-9a-f]{6,16}\b/gi, '0x…');
}

function withoutRoot(text: string, root: string): string {
  return text.replaceAll(`${root}/`, '');
}

/** The frames of a stack that lie in the checkout and not in a dependency, from the innermost out. mocha writes paths relative to the working directory. */
function framesInside(stack: string, root: string): readonly { readonly file: string; readonly line: number; readonly frame: string }[] {
  return stack.split('\n').slice(0, 60).flatMap((row) => {
    const match = /(?:\(|at |^)(?:❯ )?(?:file:\/\/)?([^()\s][^()]*?):(\d+):\d+\)?$/.exec(row.trim());
    const file = relative(match?.[1] ?? '', root);
    if (file === '' || /^(\/|node:|\.\.)|(^|\/)node_modules\//.test(file) || !/\.\w+$/.test(file)) return [];
    return [{ file, line: Number(match?.[2]), frame: plainText(withoutRoot(row.replace('file://', ''), root)).trim().slice(0, 200) }];
  });
}
