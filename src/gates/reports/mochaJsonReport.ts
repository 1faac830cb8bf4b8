/**
 * Reads the JSON of mocha's `json` reporter, in a file or among other output (mocha 6 to 12).
 * Owns: what counts as which state. The document gives a test's titles as one text, so that is how its id has them.
 */
import * as z from 'zod';
import { testEntry, withUniqueIds, type TestReport } from '../testReport.ts';
import { documentIn } from './jsonDocument.ts';

const testSchema = z.object({
  title: z.string(), fullTitle: z.string(), file: z.string().nullish(),
  err: z.object({ message: z.string().optional(), stack: z.string().optional() }).optional(),
});
const schema = z.object({ stats: z.object({ tests: z.number(), failures: z.number() }), tests: z.array(testSchema), pending: z.array(testSchema), failures: z.array(testSchema), passes: z.array(testSchema) });

export function readMochaJson(text: string, root: string): TestReport | null {
  const { value, whole } = documentIn(text, '"stats"');
  const document = schema.safeParse(value).data;
  if (!document) return whole ? null : { tests: [], truncated: false, damaged: true, couldNotLoad: false };
  const entries = [['passed', document.passes], ['failed', document.failures], ['skipped', document.pending]] as const;
  const tests = entries.flatMap(([state, found]) => found.map((test) => testEntry({
    state, path: [test.fullTitle], file: test.file ?? null, message: test.err?.message ?? null, stack: test.err?.stack ?? null,
  }, root)));
  return { tests: [...withUniqueIds(tests)], truncated: false, couldNotLoad: false };
}
