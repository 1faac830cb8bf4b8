// Why a test failed, in the words of real runners and compilers.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { broughtBy, causeOf } from '../../../src/gates/proof/failureCause.ts';
import type { ChangedFile } from '../../../src/ports/archive.ts';

const added = (path: string): ChangedFile => ({ path, previous: null, status: 'added', added: 1, removed: 0, marks: [] });
const diff = `diff --git a/src/list.ts b/src/list.ts
--- a/src/list.ts
+++ b/src/list.ts
@@ -1,2 +1,3 @@
 export const first = 1;
-export const gone = 2;
+export function toCsv(rows) { return rows.join_all(); }
diff --git a/test/list.spec.ts b/test/list.spec.ts
--- a/test/list.spec.ts
+++ b/test/list.spec.ts
@@ -0,0 +1 @@
+const onlyInTests = 1;
`;
const brings = broughtBy(diff, [added('src/csv/writer.ts'), added('pkg/parse.py'), added('test/helper.ts')]);

describe('REQ-GATE-120 why a test fails without the change', () => {
  const rows: readonly (readonly [string, string])[] = [
    ["AssertionError [ERR_ASSERTION]: -1 == 3", 'assertion'],
    ["TypeError: Cannot read properties of undefined (reading 'length')", 'assertion'],
    ['Error: Timeout of 2000ms exceeded. For async tests and hooks, ensure "done()" is called', 'timeout'],
    ['thrown: "Exceeded timeout of 5000 ms for a test.', 'timeout'],
    ['Error: Test timed out in 5000ms.', 'timeout'],
    ['test timed out after 100ms', 'timeout'],
    ["AssertionError: expected 'timeout' to equal 'done'", 'assertion'],
    ["SyntaxError: The requested module '../src/list.ts' does not provide an export named 'toCsv'", 'missing-feature'],
    ["SyntaxError: The requested module '../src/list.ts' does not provide an export named 'gone'", 'load'],
    ["Error: Cannot find module '../src/csv/writer.ts'", 'missing-feature'],
    ["Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/tmp/x/src/csv/index.js' imported from /tmp/x/test/a.js", 'load'],
    ["Error: Cannot find module '../src/csv'", 'missing-feature'],
    ["Error: Cannot find module './helper'", 'load'],
    ["Error: Cannot find module './onlyInTests'", 'load'],
    ["Error: Cannot find package 'left-pad' imported from /tmp/x/test/a.js", 'load'],
    ['Error: Failed to resolve import "../src/csv/writer" from "test/a.test.ts". Does the file exist?', 'missing-feature'],
    ["ImportError: cannot import name 'toCsv' from 'list' (/tmp/list.py)", 'missing-feature'],
    ["ModuleNotFoundError: No module named 'pkg.parse'", 'missing-feature'],
    ["ModuleNotFoundError: No module named 'requests'", 'load'],
    ['./list_test.go:7:7: undefined: toCsv', 'missing-feature'],
    ['./list_test.go:7:7: undefined: list.toCsv', 'missing-feature'],
    ['./list_test.go:9:4: l.toCsv undefined (type List has no field or method toCsv)', 'missing-feature'],
    ['./list_test.go:7:7: undefined: nowhere', 'load'],
    ['error[E0432]: unresolved import `crate::list::toCsv`', 'missing-feature'],
    ['error[E0425]: cannot find function `toCsv` in this scope', 'missing-feature'],
    ['error[E0599]: no method named `join_all` found for struct `Rows` in the current scope', 'missing-feature'],
    ['error[E0425]: cannot find value `nowhere` in this scope', 'load'],
    ["src/a.test.ts(1,10): error TS2305: Module '\"./list\"' has no exported member 'toCsv'.", 'missing-feature'],
  ];
  for (const [message, cause] of rows) it(`${cause}: ${message}`, () => { assert.equal(causeOf(message, brings), cause); });
});
