/**
 * The demo agent as a reviewer. Owns: criteria from the specification and the diff, and one real finding: text from web pages that
 * a spreadsheet would run. Refuses: to find what is not there: lines are counted in the file that it has read.
 */
import type { Finding, Review } from '../../core/plan.ts';
import { read, textRead } from './moves.ts';
import type { Step } from './moves.ts';
import { declaredOutputs } from './outputs.ts';
import { oneLine } from './planning.ts';
import type { Talk } from './talk.ts';

export function reviewing(talk: Talk): readonly Step[] {
  const changed = new Set([...talk.diff.matchAll(/^\+\+\+ (?:b\/)?(.+)$/gm)].map((match) => match[1]));
  const changes = (path: string): boolean => changed.has(path);
  const reading = [
    ...(changes('src/csv.js') ? [read('specs/export.md', 'The requirements first, then the change.'), read('src/csv.js', 'The writing of fields is what a spreadsheet will meet.')] : []),
    ...(changes('src/command.js') ? [read('src/command.js', 'How does the command use it?')] : []),
  ];
  return [...reading, (current) => {
    const review = reviewOf(current);
    return { say: review.summary, name: 'submit_review', input: { ...review, ...declaredOutputs(talk) } };
  }];
}

function reviewOf(talk: Talk): Review {
  const findings = formulaFinding(textRead(talk, 'src/csv.js'));
  const judged = /^Verdict: accepted/m.test(talk.evidence);
  const wanted = [...textRead(talk, 'specs/export.md').matchAll(/^- (REQ-[A-Z]+-\d+): (.*)$/gm)];
  const criteria: Review['criteria'] = wanted.map(([, id = '', text = '']) => {
    const shown = talk.diff.includes(`+test('${id} `);
    if (!shown) return { criterion: `${id}: ${text}`, verdict: 'not-met', why: 'No test in the change names it.' };
    return judged ? { criterion: `${id}: ${text}`, verdict: 'met', why: 'A test names it, and the gate ran it on exactly this tree.' } : { criterion: `${id}: ${text}`, verdict: 'unclear', why: 'A test names it, but no gate has accepted this tree.' };
  });
  if (criteria.length === 0) criteria.push(requestCriterion(talk));
  const open = criteria.filter((criterion) => criterion.verdict !== 'met').length;
  const said = findings.length === 0 ? 'I found nothing to mend.' : `One thing should be mended: ${findings[0]?.file ?? ''}, line ${findings[0]?.line ?? 0}.`;
  // A medium finding is for the person to weigh; only what is not met sends work back.
  const verdict = criteria.some((criterion) => criterion.verdict === 'not-met') ? 'changes' : 'approve';
  return { summary: `${criteria.length - open} of ${criteria.length} criteria are met. ${said}`, criteria, findings, verdict };
}

function requestCriterion(talk: Talk): Review['criteria'][number] {
  const criterion = oneLine(talk.request);
  if (/^\+test\(/m.test(talk.diff)) return { criterion, verdict: 'met', why: 'The change adds code and a test for it.' };
  return { criterion, verdict: 'unclear', why: 'The change notes the request in the changelog; nothing is built.' };
}

function formulaFinding(source: string): Finding[] {
  const at = source.split('\n').findIndex((line) => line.includes('const text = String(value)'));
  if (at < 0 || source.includes('formula')) return [];
  return [{
    file: 'src/csv.js', line: at + 1, severity: 'medium',
    message: 'A field that begins with =, +, - or @ is written as it is, and a spreadsheet runs it as a formula. Titles come from web pages, so somebody else chooses that text: put an apostrophe before it.',
  }];
}
