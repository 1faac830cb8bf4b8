/** The guard on Go. REQ ids: specs/integrity.md. */
import { deepEqual } from 'node:assert/strict';
import { inShort, looked, openParsers, type Change, type Row } from './support/looked.ts';

const head = 'package calc\n\nimport "testing"\n\n';
const two = 'func TestTwo(t *testing.T) {\n\tif got := Add(1, 2); got != 3 {\n\t\tt.Errorf("got %d", got)\n\t}\n}\n';
const none = 'func TestNone(t *testing.T) {\n\tif got := Add(4, 0); got != 4 {\n\t\tt.Errorf("got %d", got)\n\t}\n}\n';
const test = (before: string, after: string): Change => ({ 'calc_test.go': [head + before, head + after] });
const body = (before: string, after: string): Change => test(`func TestAdd(t *testing.T) {\n${before}\n}\n`, `func TestAdd(t *testing.T) {\n${after}\n}\n`);
const table = (...rows: readonly string[]): string => `func TestAdd(t *testing.T) {\n\tfor _, c := range []struct{ a, b, want int }{${rows.join(', ')}} {\n\t\tt.Run("", func(t *testing.T) {\n\t\t\tif got := Add(c.a, c.b); got != c.want {\n\t\t\t\tt.Errorf("got %d", got)\n\t\t\t}\n\t\t})\n\t}\n}\n`;

const caught: readonly Row[] = [
  { name: 'a test removed', change: test(two + none, two), expected: ['high test-removed'] },
  { name: 'a test renamed so that it is not run', change: test(two + none, two + none.replace('TestNone', 'testNone')), expected: ['high test-removed'] },
  { name: 'a test skipped', change: body('if Add(1, 2) != 3 { t.Fatal("no") }', 't.Skip("later")\nif Add(1, 2) != 3 { t.Fatal("no") }'), expected: ['high test-skipped'] },
  { name: 'a test skipped under a condition', change: body('if Add(1, 2) != 3 { t.Fatal("no") }', 'if testing.Short() { t.Skip("slow") }\nif Add(1, 2) != 3 { t.Fatal("no") }'), expected: ['medium test-skipped'] },
  { name: 'a file that is not built', change: { 'calc_test.go': [head + two, `//go:build ignore\n\n${head}${two}`] }, expected: ['high test-skipped'] },
  { name: 'a test emptied', change: body('if Add(1, 2) != 3 { t.Fatal("no") }', ''), expected: ['high test-emptied'] },
  { name: 'a failure made a log line', change: body('if Add(1, 2) != 3 { t.Fatal("no") }', 'if Add(1, 2) != 3 { t.Log("no") }'), expected: ['high test-emptied'] },
  { name: 'an assertion removed', change: body('if Add(1, 2) != 3 { t.Fatal("no") }\nif Add(2, 2) != 4 { t.Fatal("no") }', 'if Add(1, 2) != 3 { t.Fatal("no") }'), expected: ['high assertion-removed'] },
  { name: 'a comparison made a bound', change: body('got := Add(1, 2)\nif got != 3 { t.Fatal("no") }', 'got := Add(1, 2)\nif got <= 0 { t.Fatal("no") }'), expected: ['high assertion-weakened'] },
  { name: 'a condition that never holds', change: body('if Add(1, 2) != 3 { t.Fatal("no") }', 'if Add(1, 2) != 3 && false { t.Fatal("no") }'), expected: ['high assertion-constant'] },
  { name: 'testify, Equal made NotNil', change: body('assert.Equal(t, 3, Add(1, 2))', 'assert.NotNil(t, Add(1, 2))'), expected: ['high assertion-weakened'] },
  { name: 'testify, Equal made Contains', change: body('require.Equal(t, "a b", Say())', 'require.Contains(t, Say(), "a")'), expected: ['high assertion-weakened'] },
  { name: 'testify, InDelta made wide', change: body('assert.InDelta(t, 0.5, Half(), 0.001)', 'assert.InDelta(t, 0.5, Half(), 10)'), expected: ['high assertion-weakened'] },
  { name: 'an early return', change: body('if Add(1, 2) != 3 { t.Fatal("no") }', 'return\nif Add(1, 2) != 3 { t.Fatal("no") }'), expected: ['high assertion-weakened'] },
  { name: 'an expectation changed', change: body('if got := Add(1, 2); got != 3 { t.Fatal("no") }', 'if got := Add(1, 2); got != -1 { t.Fatal("no") }'), expected: ['medium expectation-changed'] },
  { name: 'a subtest removed', change: body('t.Run("two", func(t *testing.T) { assert.Equal(t, 3, Add(1, 2)) })\nt.Run("none", func(t *testing.T) { assert.Equal(t, 4, Add(4, 0)) })', 't.Run("two", func(t *testing.T) { assert.Equal(t, 3, Add(1, 2)) })'), expected: ['high test-removed'] },
];

const honest: readonly Row[] = [
  { name: 'a test added', change: test(two, two + none), expected: [] },
  { name: 'gofmt', change: body('if Add(1,2)!=3 {\n t.Fatal("no") }', 'if Add(1, 2) != 3 {\n\t\tt.Fatal("no")\n\t}'), expected: [] },
  { name: 'copies made a table', change: test(two + none, table('{1, 2, 3}', '{4, 0, 4}')), expected: ['low test-removed'] },
  { name: 'a row added to a table', change: test(table('{1, 2, 3}'), table('{1, 2, 3}', '{4, 0, 4}')), expected: [] },
  { name: 'testing made testify', change: body('if got := Add(1, 2); got != 3 { t.Fatal("no") }\nif err := Run(); err != nil { t.Fatal(err) }', 'assert.Equal(t, 3, Add(1, 2))\nrequire.NoError(t, Run())'), expected: [] },
  { name: 'a check put into a function', change: test(two + none, 'func check(t *testing.T, a, b, want int) {\n\tt.Helper()\n\tif got := Add(a, b); got != want {\n\t\tt.Errorf("got %d", got)\n\t}\n}\nfunc TestTwo(t *testing.T) { check(t, 1, 2, 3) }\nfunc TestNone(t *testing.T) { check(t, 4, 0, 4) }\n'), expected: [] },
  { name: 'Fatal made Error with another message', change: body('if Add(1, 2) != 3 { t.Fatal("no") }', 'if Add(1, 2) != 3 { t.Errorf("not a sum") }'), expected: [] },
  { name: 'DeepEqual made cmp.Diff', change: body('got := List()\nif !reflect.DeepEqual(got, []int{1, 2}) { t.Fatal(got) }', 'got := List()\nif diff := cmp.Diff([]int{1, 2}, got); diff != "" { t.Fatal(diff) }'), expected: [] },
  { name: 'parallel', change: body('if Add(1, 2) != 3 { t.Fatal("no") }', 't.Parallel()\nif Add(1, 2) != 3 { t.Fatal("no") }'), expected: [] },
];

describe('the integrity guard on Go', () => {
  before(openParsers);

  for (const { name, change, expected } of caught) it(`REQ-INTEGRITY-10: finds ${name}`, () => deepEqual(inShort(looked(change)), expected));
  for (const { name, change, expected } of honest) it(`REQ-INTEGRITY-11: does not mistake ${name}`, () => deepEqual(inShort(looked(change)), expected));
});
