/**
 * Reports that come as lines, among other lines: what every reader of such a report is.
 * Owns: the shape, and how much of one test's output is kept. Refuses: to keep what nobody will be shown.
 */
import type { TestReport } from '../testReport.ts';

export interface LineReader {
  /** One line without its end. Lines that are not the reader's own are passed over. */
  line(text: string): void;
  /** Null: nothing of the reader's own came, or what came cannot be believed. */
  end(): TestReport | null;
}

/** Options of readers: the checkout's folder as the processes saw it, and the files of its tree. */
export interface ReaderOptions { readonly root: string; readonly files: ReadonlySet<string> }

/** Adds a line to what a test printed, keeping its first part. */
export function withLine(kept: string, line: string): string {
  return kept.length > 4000 ? kept : `${kept}${line}\n`;
}

/** A line's JSON, or null where it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
