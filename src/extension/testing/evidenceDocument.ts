/**
 * EVIDENCE.md: what one verdict stands on, as a document for people. The whole of it is in the kept document that it names.
 * Owns: its text. Refuses: anything that is in neither the journal, the kept document, nor the kept log.
 */
import type { Judged } from '../../client/readJudged.ts';
import type { GateResult } from '../../core/gate.ts';
import type { EvidenceDocument } from '../../core/testState.ts';
import { elapsed, line, short } from '../figures.ts';
import { plain, plainLines } from '../plain.ts';
import { countsLine, judgementLine, quarantineLine } from '../rows/verdictWords.ts';
import { t } from '../words.ts';
import { testNodes, whereLine, type TestNode } from './provenTests.ts';

/** `logs`: by gate; null where nothing is kept. */
export interface Proof { readonly judged: Judged; readonly document: EvidenceDocument | null; readonly logs: ReadonlyMap<string, { readonly text: string; readonly cut: boolean } | null> }

const testsListed = 500;
const messageLines = 20;
const marks = { passed: '✓', failed: '✗', errored: '✗', skipped: '·' } as const;

/** Markdown, ends with a line end. */
export function evidenceDocument(proof: Proof): string {
  const { judged: { evidence }, document } = proof;
  const parts = [
    [`# ${t('Evidence: {0}', whereLine(proof.judged))}`, '', `**${judgementLine(evidence)}**`],
    [
      `- ${t('Judged: commit {0}, exactly this tree: {1}', short(evidence.commit), short(evidence.tree))}`,
      ...(document ? [`- ${t('Against: base {0}', short(document.base))}`, `- ${t('Run by: {0}', plain(document.environment, 200))}`] : []),
      `- ${document ? t('Kept as: {0}, schema {1}', evidence.document ?? '', document.schema) : t('No document of it is kept any more: what follows is what the journal has, with the first failures only.')}`,
    ],
    ...evidence.gates.map((gate) => gatePart(proof, gate)),
    section(t('Shown by tests'), (evidence.redGreen?.tests ?? []).map(({ test, state }) => `- ${state}: ${plain(test, 300)}`)),
    section(t('Tests of the base over this change'), (evidence.baseTests?.failing ?? []).map(({ test, asked }) => `- ✗ ${plain(test, 300)}${asked ? ` (${t('its change was asked for')})` : ''}`)),
    section(t('Tests in quarantine'), (evidence.quarantine ?? []).map((one) => `- ${quarantineLine(one)}`)),
    section(t('Needs a tick'), evidence.ticks.map((tick) => `- ⚠ ${plain(`${tick.id}: ${tick.why}`, 400)}`)),
    ...evidence.gates.map((gate) => outputPart(proof, gate)),
  ];
  return `${parts.filter((part) => part.length > 0).map((part) => part.join('\n')).join('\n\n')}\n`;
}

const section = (title: string, rows: readonly string[]): string[] => (rows.length === 0 ? [] : [`## ${title}`, '', ...rows]);

function gatePart({ judged, document }: Proof, gate: GateResult): string[] {
  const kept = document?.gates.find((candidate) => candidate.id === gate.id);
  const { shown, left } = testNodes(kept?.tests ?? [], gate, judged.evidence);
  const listed = shown.slice(0, testsListed);
  const rest = left + shown.length - listed.length;
  return [
    `## ${t('Gate {0}', plain(gate.id, 60))}`, '', line(judgementLine(gate), countsLine(gate)), '',
    `- \`${plain(gate.evidence.command, 300).replaceAll('`', "'")}\``,
    `- ${line(gate.exit === null ? '' : t('exit code {0}', gate.exit), elapsed(gate.evidence.durationMs), gate.evidence.cached ? t('from the cache') : '', t('sandbox: {0}', plain(gate.evidence.sandbox, 80)), t('dependencies: {0}', plain(gate.evidence.dependencies, 80)))}`,
    ...(kept ? [`- ${t('Defined by {0}, as the base has it: {1}', kept.definition.from, plain(Object.keys(kept.definition.resolves).join(', '), 400) || t('the command alone'))}`] : []),
    ...(listed.length > 0 ? ['', ...listed.flatMap(testRows)] : []),
    ...(rest > 0 ? [`- ${t('… and {0} more', rest)}`] : []),
  ];
}

function testRows({ label, description, from, outcome, message, place }: TestNode): string[] {
  const rows = message.split('\n').filter((row) => row.trim() !== '');
  return [
    `- ${marks[outcome]} ${line(description, label, place?.line ? `${place.file}:${place.line}` : from)}`,
    ...rows.slice(0, messageLines).map((row) => `      ${row}`),
    ...(rows.length > messageLines ? [`      ${t('… and {0} more', rows.length - messageLines)}`] : []),
  ];
}

function outputPart({ logs }: Proof, gate: GateResult): string[] {
  const log = logs.get(gate.id);
  const text = plainLines(log?.text ?? gate.evidence.tail).trimEnd();
  if (text === '') return [];
  const title = log?.cut === false ? t('Output of {0}', plain(gate.id, 60)) : t('End of the output of {0}', plain(gate.id, 60));
  return [`## ${title}`, '', ...text.split('\n').map((row) => `    ${row}`)];
}
