/**
 * Reports of the base in the names of the head: a test that was renamed or moved is no test that was removed, nor a new one.
 * Owns: how a report's id is recognised as a test of a text. Refuses: to guess: an id that both sides have, or that the head has not, stays as it is.
 */
import type { GateRun } from './gateRun.ts';
import type { MovedTest } from './integrity/movedTests.ts';

const between = ' › ';
const idsOf = (run: GateRun): readonly string[] => (run.report?.tests ?? []).map(({ id }) => id);

/** @returns what gives a run of the base's tests the names that these tests have on the head */
export function withHeadNames(base: GateRun, head: GateRun, moved: readonly MovedTest[]): (run: GateRun) => GateRun {
  const names = moved.length === 0 ? new Map<string, string>() : headNames(idsOf(base), idsOf(head), moved);
  return (run) => (names.size === 0 || run.report === null ? run : { ...run, report: { ...run.report, tests: run.report.tests.map((test) => ({ ...test, id: names.get(test.id) ?? test.id })) } });
}

function headNames(base: readonly string[], head: readonly string[], moved: readonly MovedTest[]): ReadonlyMap<string, string> {
  const [had, has] = [new Set(base), new Set(head)];
  const fresh = new Set(head.filter((id) => !had.has(id)));
  const gone = base.filter((id) => !has.has(id));
  const names = new Map<string, string>();
  for (const id of gone) {
    const to = moved.map((one) => renamed(id, one)).find((candidate) => candidate !== null && fresh.has(candidate));
    if (to === undefined || to === null) continue;
    names.set(id, to);
    fresh.delete(to);
  }
  return names;
}

/** `test/a.spec.js › add › adds two`, `tests/test_a.py › test_adds[1-2]`, `example.org/a › TestAdds`, `small src/lib.rs › tests::adds`. Null: not this test. */
function renamed(id: string, { from, to }: MovedTest): string | null {
  const parameters = /\[[^\]]*\]$/.exec(id)?.[0] ?? '';
  const plain = parameters === '' ? id : id.slice(0, -parameters.length);
  for (const joint of [between, '::']) {
    for (const rest of [parameters, '']) {
      const whole = rest === '' ? id : plain;
      const ending = from.path.join(joint);
      if (ending === '' || !(whole === ending || whole.endsWith(`${between}${ending}`))) continue;
      const start = whole.slice(0, whole.length - ending.length);
      // Where an id begins with the file, the file's new name stands there now.
      const place = start.startsWith(`${from.file}${between}`) ? `${to.file}${start.slice(from.file.length)}` : from.file === to.file || !start.includes(from.file) ? start : null;
      if (place !== null) return `${place}${to.path.join(joint)}${rest}`;
    }
  }
  return null;
}
