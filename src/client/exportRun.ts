/** `treeline journal export`: a run's whole record as one document: its events, and the evidence of its verdicts. Writes nothing. */
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { createHash } from 'node:crypto';
import type { RunEvent } from '../core/event.ts';
import { evidenceDocumentSchema, type EvidenceDocument } from '../core/testState.ts';
import { evidenceFile, journalFolder } from '../journal/journalFolder.ts';
import type { EventNotice } from './engineClient.ts';
import { readEvents } from './readRuns.ts';
import { findCommonDir } from './repository.ts';

const decompress = promisify(gunzip);
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
  const found = await Promise.all(hashes.map(async (hash) => ({ hash, document: await readEvidence(folder, hash) })));
  return {
    task: events[0]?.task ?? task, events,
    evidence: found.flatMap(({ hash, document }) => (document ? [{ hash, document }] : [])), missing: found.flatMap(({ hash, document }) => (document ? [] : [hash])),
  };
}

function documentOf(event: RunEvent): string | undefined {
  return event.type === 'UnitJudged' || event.type === 'CandidateJudged' ? event.evidence.document : undefined;
}

/** Null: not there, or not the text that its name is the hash of. */
async function readEvidence(folder: string, hash: string): Promise<EvidenceDocument | null> {
  if (!/^[0-9a-f]{64}$/.test(hash)) return null;
  try {
    const text = (await decompress(await readFile(evidenceFile(folder, hash)), { maxOutputLength: sizeLimit })).toString('utf8');
    if (createHash('sha256').update(text).digest('hex') !== hash) return null;
    return evidenceDocumentSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
