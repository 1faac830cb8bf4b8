/** One verdict with all that is kept of it. Owns: how much of that an editor takes. Refuses: to ask the engine: it works in Restricted Mode, too. */
import type { Judged } from '../../client/readJudged.ts';
import type { GateResult } from '../../core/gate.ts';
import type { EvidenceDocument } from '../../core/testState.ts';
import type { Proof } from './evidenceDocument.ts';

/** Unpacked bytes of a document: some hundred thousand tests. */
const documentLimit = 64_000_000;
/** Characters of a log's end. */
const logLimit = 500_000;

/** Null: none is kept. */
export async function documentOf(directory: string, { evidence }: Judged): Promise<EvidenceDocument | null> {
  const { readEvidenceAt } = await import('../../client/readJudged.ts');
  return evidence.document === undefined ? null : readEvidenceAt(directory, evidence.document, documentLimit);
}

/** Null: none is kept. */
export async function logOf(directory: string, gate: GateResult): Promise<{ readonly text: string; readonly cut: boolean } | null> {
  const { readGateLog } = await import('../../client/readJudged.ts');
  return readGateLog(directory, gate.evidence.log, logLimit);
}

export async function proofOf(directory: string, judged: Judged): Promise<Proof> {
  const logs = await Promise.all(judged.evidence.gates.map(async (gate) => [gate.id, await logOf(directory, gate)] as const));
  return { judged, document: await documentOf(directory, judged), logs: new Map(logs) };
}
