/**
 * Reads what gates found, as plain files: the judgements that a run's journal names, their documents, the logs kept of them.
 * Owns: how much of each is read. Refuses: a document that is not the text its name is the hash of, and a log outside of its folder.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Evidence } from '../core/gate.ts';
import { evidenceDocumentSchema, type EvidenceDocument } from '../core/testState.ts';
import { evidenceFile, gateLogFile, journalFolder } from '../journal/journalFolder.ts';
import { readRunJournal } from '../journal/readJournal.ts';
import { findTask } from './readRuns.ts';
import { findCommonDir } from './repository.ts';
import { tasksOf } from './tasksOf.ts';

const decompress = promisify(gunzip);
/** Unpacked; more than any gate's output that is kept. */
const logLimit = 64_000_000;

/** One verdict of a run, as the journal has it. */
export interface Judged {
  /** `unit`: of an attempt, merged onto the task's branch. `candidate`: of what would land. */
  readonly of: 'unit' | 'candidate';
  /** The unit or the step that it was made for, and which attempt or round of it. */
  readonly at: string; readonly n: number;
  /** Milliseconds since 1970. */
  readonly when: number;
  readonly evidence: Evidence;
}

/** Every verdict of a run, oldest first. Rejects with a TreelineError (`unknown-task`, `ambiguous-task`, `not-a-repository`). */
export async function readJudged(directory: string, task: string): Promise<readonly Judged[]> {
  const folder = journalFolder(await findCommonDir(directory));
  const { records } = await readRunJournal(folder, findTask(await tasksOf(folder), task));
  return records.flatMap(({ at: when, event }): Judged[] => {
    switch (event.type) {
      case 'UnitJudged': return [{ of: 'unit', at: event.unit, n: event.n, when, evidence: event.evidence }];
      case 'CandidateJudged': return [{ of: 'candidate', at: event.step, n: event.n, when, evidence: event.evidence }];
      default: return [];
    }
  });
}

/**
 * The document of a verdict. Null: not there, not the text that its name is the hash of, or too large.
 * @param folder the repository's own folder of ours
 * @param limit bytes, unpacked
 */
export async function readEvidence(folder: string, hash: string, limit: number): Promise<EvidenceDocument | null> {
  if (!/^[0-9a-f]{64}$/.test(hash)) return null;
  try {
    const text = (await decompress(await readFile(evidenceFile(folder, hash)), { maxOutputLength: limit })).toString('utf8');
    if (createHash('sha256').update(text).digest('hex') !== hash) return null;
    return evidenceDocumentSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** The same for a folder that is somewhere in the repository. */
export async function readEvidenceAt(directory: string, hash: string, limit: number): Promise<EvidenceDocument | null> {
  return readEvidence(journalFolder(await findCommonDir(directory)), hash, limit);
}

/**
 * The end of what a gate printed, as it was kept beside its verdict. Null: nothing was kept, or it is gone (logs are kept for 14 days).
 * @param log as the evidence names it
 * @param limit characters of its end; `cut`: there was more
 */
export async function readGateLog(directory: string, log: string | null, limit: number): Promise<{ readonly text: string; readonly cut: boolean } | null> {
  const file = log === null ? null : gateLogFile(journalFolder(await findCommonDir(directory)), log);
  if (file === null) return null;
  try {
    const text = (await decompress(await readFile(file), { maxOutputLength: logLimit })).toString('utf8');
    return { text: text.slice(-limit), cut: text.length > limit };
  } catch {
    return null;
  }
}
