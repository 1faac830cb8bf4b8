/** `treeline journal export`: a run's whole record as one document: its events, and the evidence of its verdicts. Writes nothing. */
import type { RunEvent } from '../core/event.ts';
import type { EvidenceDocument } from '../core/testState.ts';
import { journalFolder } from '../journal/journalFolder.ts';
import type { EventNotice } from './engineClient.ts';
import { readEvidence } from './readJudged.ts';
import { readEvents } from './readRuns.ts';
import { findCommonDir } from './repository.ts';

/** Unpacked; more than any suite's document. */
const sizeLimit = 256_000_000;

export interface ExportedRun {
  readonly task: string;
  readonly events: readonly EventNotice[];
  /** By the hash of its text, in the order of the verdicts. */
  readonly evidence: readonly { readonly hash: string; readonly document: EvidenceDocument }[];
  /** Hashes of documents that the journal names and that are not there any more, or are not what they were. */
  readonly missing: readonly string[];
}

/** Rejects with a TreelineError (`unknown-task`, `ambiguous-task`, `not-a-repository`). */
export async function exportRun(directory: string, task: string): Promise<ExportedRun> {
  const folder = journalFolder(await findCommonDir(directory));
  const events = await readEvents(directory, task);
  const hashes = [...new Set(events.flatMap(({ event }) => documentOf(event as RunEvent) ?? []))];
  const found = await Promise.all(hashes.map(async (hash) => ({ hash, document: await readEvidence(folder, hash, sizeLimit) })));
  return {
    task: events[0]?.task ?? task, events,
    evidence: found.flatMap(({ hash, document }) => (document ? [{ hash, document }] : [])), missing: found.flatMap(({ hash, document }) => (document ? [] : [hash])),
  };
}

function documentOf(event: RunEvent): string | undefined {
  return event.type === 'UnitJudged' || event.type === 'CandidateJudged' ? event.evidence.document : undefined;
}
