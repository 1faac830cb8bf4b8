/**
 * Reads the JSON of `jest --json` and of vitest's `json` reporter, which is the same document (jest 24 to 30, vitest 1 to 4).
 * Owns: what counts as which state. A file that could not be loaded is one failed test named after it. Noise around the document is passed over.
 */
import * as z from 'zod';
import { testEntry, withUniqueIds, type TestEntry, type TestReport } from '../testReport.ts';
import { documentIn } from './jsonDocument.ts';

const schema = z.object({
  numTotalTests: z.number(), numRuntimeErrorTestSuites: z.number().optional(), wasInterrupted: z.boolean().optional(),
  numTotalTestSuites: z.number().optional(),
  testResults: z.array(z.object({
    name: z.string(), status: z.string(), message: z.string().nullish(),
    assertionResults: z.array(z.object({
      ancestorTitles: z.array(z.string()).optional(), title: z.string(), fullName: z.string().optional(), status: z.string(),
      failureMessages: z.array(z.string()).nullish(), location: z.object({ line: z.number().int() }).nullish(),
    })),
  })),
});
type FileResult = z.infer<typeof schema>['testResults'][number];

export function readJestJson(text: string, root: string): TestReport | null {
  const { value, whole } = documentIn(text, '"numTotalTests"');
  const document = schema.safeParse(value).data;
  if (!document) return whole ? null : { tests: [], truncated: false, damaged: true, couldNotLoad: false };
  const files = document.testResults;
  const loaded = files.some((file) => file.assertionResults.length > 0);
  const tests = files.flatMap((file) => testsOf(file, root));
  return { tests: [...withUniqueIds(tests)], truncated: document.wasInterrupted === true, couldNotLoad: tests.length > 0 && !loaded };
}

function testsOf(file: FileResult, root: string): readonly TestEntry[] {
  if (file.assertionResults.length === 0) return file.status === 'failed' ? [testEntry({ state: 'failed', path: [file.name], file: file.name, message: file.message ?? '', stack: file.message ?? '' }, root)] : [];
  return file.assertionResults.map((test) => {
    const message = test.failureMessages?.[0] ?? null;
    return testEntry({
      state: test.status === 'passed' || test.status === 'focused' ? 'passed' : test.status === 'failed' ? 'failed' : 'skipped',
      path: [...(test.ancestorTitles ?? []).filter((title) => title !== ''), test.title], file: file.name, line: test.location?.line ?? null, message, stack: message,
    }, root);
  });
}
