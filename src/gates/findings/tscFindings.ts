/**
 * Reads what `tsc` prints, with and without `--pretty`: `src/a.ts(3,7): error TS2322: …` and `src/a.ts:3:7 - error TS2322: …`.
 * Owns: the reading. Lines that go on with a message are added to it; nothing found is a check that found nothing: its exit code says whether.
 */
import { plainText } from '../../core/plainText.ts';
import { findingLimit, findingOf, type Finding } from './finding.ts';

const plain = /^(.+?)\((\d+),\d+\): (error|warning|message) (TS\d+): (.*)$/;
const pretty = /^(.+?):(\d+):\d+ - (error|warning|message) (TS\d+): (.*)$/;
const general = /^(error|warning) (TS\d+): (.*)$/;

export function readTsc(text: string, root: string): readonly Finding[] | null {
  const found: { file: string; line: number | null; rule: string; message: string; severity: Finding['severity'] }[] = [];
  let open = false; // a message goes on until the next empty line
  for (const line of plainText(text).split('\n')) {
    const at = plain.exec(line) ?? pretty.exec(line);
    const whole = at === null ? general.exec(line) : null;
    const last = found.at(-1);
    if (at?.[1] !== undefined) found.push({ file: at[1], line: Number(at[2]), rule: at[4] ?? '', message: at[5] ?? '', severity: severityOf(at[3]) });
    else if (whole) found.push({ file: '', line: null, rule: whole[2] ?? '', message: whole[3] ?? '', severity: severityOf(whole[1]) });
    else if (open && last !== undefined && /^ {2,}\S/.test(line)) last.message += `\n${line.trim()}`;
    open = at !== null || whole !== null || (open && /^ {2,}\S/.test(line));
    if (found.length > findingLimit) return null;
  }
  return found.map((finding) => findingOf(finding, root));
}

function severityOf(word: string | undefined): Finding['severity'] {
  return word === 'error' ? 'error' : word === 'warning' ? 'warning' : 'note';
}
