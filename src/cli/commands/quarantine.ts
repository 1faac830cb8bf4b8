/**
 * `treeline quarantine [TEST]`: tests that a person puts aside for a while, in the project file of the checkout.
 * Owns: what is asked for and how entries are shown. Refuses: to write the file itself (dist/cliTools.js does), and to commit.
 */
import { quarantineDocumentSchema, type QuarantineDocument } from '../../protocol/quarantineDocument.ts';
import { checkoutOf } from '../checkout.ts';
import { UsageError } from '../failure.ts';
import type { Invocation } from '../invocation.ts';
import type { Paint } from '../show/paint.ts';
import { plain } from '../show/plain.ts';
import { askTools } from './childProgram.ts';

interface QuarantineFlags { readonly reason?: string; readonly until?: string; readonly gate?: string; readonly remove?: boolean }

export async function quarantine(invocation: Invocation, test: string | undefined, flags: QuarantineFlags): Promise<number> {
  const { outlet } = invocation;
  const [verb, ...words] = wordsOf(test, flags);
  const document = quarantineDocumentSchema.parse(await askTools(invocation, ['quarantine', verb, '--repo', checkoutOf(invocation.directory), ...words]));
  outlet.document(document);
  outlet.say(...quarantineLines(document, outlet.paint));
  if (document.changed !== null) outlet.note(`Changed in ${document.path} of your checkout. It counts for changes whose base commit has it: commit it, and have it reviewed like any other change.`);
  return 0;
}

function wordsOf(test: string | undefined, { reason, until, gate, remove }: QuarantineFlags): readonly [string, ...string[]] {
  const given = (flag: string, value: string | undefined): string[] => (value === undefined ? [] : [`--${flag}=${value}`]);
  if (test === undefined) {
    if (reason !== undefined || until !== undefined || gate !== undefined || remove) throw new UsageError('usage', 'Which test is not said', 'Give its id as verify shows it: treeline quarantine "test/a.js › adds" --reason "…" --until 2030-01-31.');
    return ['list'];
  }
  if (remove) {
    if (reason !== undefined || until !== undefined) throw new UsageError('usage', '--remove takes neither --reason nor --until', 'Take the entry out with: treeline quarantine TEST --remove.');
    return ['remove', ...given('test', test), ...given('gate', gate)];
  }
  if (reason === undefined || reason.trim() === '') throw new UsageError('usage', '--reason is missing', 'Say why the test may fail: --reason "slow disks, see issue 12".');
  if (until === undefined) throw new UsageError('usage', '--until is missing', 'Say the last day on which it may fail: --until 2030-01-31.');
  return ['add', ...given('test', test), ...given('reason', reason), ...given('until', until), ...given('gate', gate)];
}

/** Pure. One entry a line. */
function quarantineLines({ entries }: QuarantineDocument, paint: Paint): string[] {
  if (entries.length === 0) return ['No test is in quarantine.'];
  return entries.map(({ test, gate, reason, since, until, over }) => {
    const term = over ? paint.bad(`was over on ${until}`) : `until ${until}`;
    return `${plain(test, 200)}  ${term}${gate === null ? '' : `  in gate ${plain(gate)}`}${since === null ? '' : paint.quiet(`  since ${plain(since)}`)}  ${paint.quiet(plain(reason, 200))}`;
  });
}
