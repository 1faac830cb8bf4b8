/**
 * Reads what `cargo test` prints: libtest's lines for people (the same since Rust 1.0), and its JSON lines where a toolchain was told to write
 * them. cargo's own lines (`Running …`, `Doc-tests …`) say which target the tests belong to.
 * Owns: the reading. Refuses: to guess: a target whose counts differ from its own `test result:` makes it no report. A target that never
 * came to its result (a test that ends the process), and targets that cargo left out after the first that failed, make a cut one.
 */
import * as z from 'zod';
import { testEntry, testLimit, withUniqueIds, type TestEntry, type TestReport } from '../testReport.ts';
import { jsonOf, withLine, type LineReader, type ReaderOptions } from './lineReader.ts';

interface RustTest { readonly name: string; state: TestEntry['state'] | null; output: string }
interface Target { readonly name: string; readonly tests: Map<string, RustTest>; ended: boolean; agrees: boolean }

const jsonSchema = z.object({
  type: z.enum(['suite', 'test', 'bench', 'report']), event: z.string().optional(), name: z.string().optional(),
  stdout: z.string().optional(), message: z.string().optional(), passed: z.number().optional(), failed: z.number().optional(), ignored: z.number().optional(),
});
const states: Readonly<Record<string, TestEntry['state']>> = { ok: 'passed', FAILED: 'failed', failed: 'failed', ignored: 'skipped', bench: 'passed' };

export function cargoReader(options: ReaderOptions): LineReader {
  const targets: Target[] = [];
  let header = 'tests';
  let waiting: RustTest | null = null;
  let section: RustTest | null = null;
  let unbuilt = '';
  let stopped = false;
  const open = (): Target | null => (targets.at(-1)?.ended === false ? targets.at(-1) ?? null : null);
  const begin = (): void => void targets.push({ name: header, tests: new Map(), ended: false, agrees: true });
  const end = (target: Target, counts: Readonly<Record<'passed' | 'failed' | 'skipped', number>>): void => {
    target.ended = true;
    for (const state of ['passed', 'failed', 'skipped'] as const) {
      if ([...target.tests.values()].filter((test) => test.state === state).length !== counts[state]) target.agrees = false;
    }
  };
  const put = (target: Target, name: string, state: TestEntry['state'] | null, output: string): RustTest => {
    const test = { name, state, output };
    if (target.tests.size < testLimit) target.tests.set(target.tests.has(name) ? `${name} #${target.tests.size}` : name, test);
    return test;
  };

  function ofCargo(text: string): boolean {
    const running = /^\s+Running (?:unittests ?)?(\S*) ?\(?\S*?([^\s/\\()]+?)(?:-[0-9a-f]{16})?(?:\.exe)?\)?$/.exec(text);
    const docs = /^\s+Doc-tests (\S+)$/.exec(text);
    if (running) header = [running[2], running[1]].filter((part) => part !== '' && part !== undefined).join(' ');
    else if (docs) header = `${docs[1] ?? ''} doc-tests`;
    else return false;
    section = null;
    return true;
  }

  function ofError(text: string): void {
    if (/^error: (test|bench) failed, to rerun pass/.test(text)) stopped = true;
    else if (/^error: \d+ targets? failed:/.test(text)) stopped = false;
    else if (targets.length === 0 || unbuilt !== '') unbuilt = withLine(unbuilt, text);
  }

  function ofLibtest(text: string, target: Target): void {
    const test = /^test (.+?) \.\.\. ?(.*)$/.exec(text);
    const result = /^test result: (?:ok|FAILED)\. (\d+) passed; (\d+) failed; (\d+) ignored;/.exec(text);
    const printed = /^---- (.+) stdout ----$/.exec(text);
    if (result) {
      end(target, { passed: Number(result[1]), failed: Number(result[2]), skipped: Number(result[3]) });
    } else if (test?.[1] !== undefined) {
      const state = states[/^(ok|FAILED|ignored|bench)\b/.exec(test[2] ?? '')?.[1] ?? ''] ?? null;
      waiting = put(target, nameOf(test[1]), state, '');
      if (state !== null) waiting = null;
    } else if (waiting !== null) {
      // What the test printed stands between its name and its state.
      const state = /(ok|FAILED)$/.exec(text)?.[1];
      if (state !== undefined) waiting.state = states[state] ?? null;
      if (state !== undefined) waiting = null;
    } else if (printed?.[1] !== undefined) {
      section = target.tests.get(nameOf(printed[1])) ?? null;
    } else if (text === 'failures:') {
      section = null;
    } else if (section !== null) {
      section.output = withLine(section.output, text);
    }
  }

  function ofJson(text: string): void {
    const said = jsonSchema.safeParse(jsonOf(text)).data;
    if (said?.type === 'suite' && said.event === 'started') return begin();
    const target = open();
    if (!said || !target) return;
    if (said.type === 'suite') return end(target, { passed: said.passed ?? 0, failed: said.failed ?? 0, skipped: said.ignored ?? 0 });
    const state = states[said.event ?? ''];
    if (said.name !== undefined && state !== undefined) put(target, nameOf(said.name), state, said.stdout ?? said.message ?? '');
  }

  return {
    line(text) {
      if (open() === null && unbuilt === '' && !/^[{re]|^\s+(Running|Doc-tests) /.test(text)) return;
      if (/^\{ ?"type"/.test(text)) return ofJson(text);
      if (/^running \d+ tests?$/.test(text)) return begin();
      // After a test that ended the process cargo's next words stand behind its name.
      if (ofCargo(text)) return;
      const target = open();
      const cut = /^test (.+?) \.\.\.(\s.*)$/.exec(text);
      if (cut?.[1] !== undefined && ofCargo(cut[2] ?? '')) {
        if (target !== null) put(target, nameOf(cut[1]), null, '');
        return;
      }
      if (target !== null) ofLibtest(text, target);
      else if (/^error(\[E\d+\])?: /.test(text)) ofError(text);
      else if (unbuilt !== '') unbuilt = withLine(unbuilt, text);
    },
    end() {
      if (targets.some((target) => !target.agrees)) return null;
      if (targets.length === 0) return unbuilt === '' ? null : { tests: [], truncated: false, couldNotLoad: true };
      const tests = targets.flatMap((target) => [...target.tests.values()].map((test) => rustTest(test, target, options)));
      const report: TestReport = { tests: [...withUniqueIds(tests)], truncated: stopped || targets.some((target) => !target.ended), couldNotLoad: false };
      return report;
    },
  };
}

/** `src/lib.rs - add (line 3) - compile fail` and `tests::panics - should panic`: without what moves or says how it is judged. */
function nameOf(text: string): string {
  return text.replace(/ - (should panic|compile|compile fail)$/, '').replace(/ \(line \d+\)$/, '');
}

function rustTest(test: RustTest, target: Target, options: ReaderOptions): TestEntry {
  const at = /panicked at (?:'[^]*?', )?([^\s:]+\.rs):(\d+):\d+/.exec(test.output);
  const message = test.output.replace(/^(?:stack backtrace:|note: )[^]*$/m, '').replace(/^\n*thread '[^']*'(?: \(\d+\))? panicked at [^\n]*:\d+:\d+:\n/m, '').trim();
  return testEntry({
    state: test.state ?? 'failed', path: [target.name, test.name], file: null, message: test.state === null ? 'the test did not come to its end' : message || 'failed',
    place: at?.[1] !== undefined && test.state === 'failed' ? { file: at[1], line: Number(at[2]) } : null,
  }, options.root);
}
