/**
 * One run of one gate's command on one tree, as it is kept and judged from.
 * Owns: the record, and how a process's end is read together with its report. Refuses: verdicts (core/verdict.ts).
 */
import { constants } from 'node:os';
import * as z from 'zod';
import type { ProcessEnd, RunFacts } from '../core/verdict.ts';
import type { ProcessResult } from '../ports/sandbox.ts';
import { coverageSchema } from './findings/coverage.ts';
import { findingSchema } from './findings/finding.ts';
import { factsOf, testReportSchema, type TestReport } from './testReport.ts';

const endSchema: z.ZodType<ProcessEnd> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('exited'), code: z.number().int() }),
  z.object({ kind: z.literal('signalled'), signal: z.string() }),
  z.object({ kind: z.literal('timed-out') }),
  z.object({ kind: z.literal('missing') }),
  z.object({ kind: z.literal('not-executable') }),
]);

export const gateRunSchema = z.object({
  setup: z.enum(['none', 'done', 'failed']),
  /** Null: the command was never started; `tail` says why. */
  end: endSchema.nullable(),
  report: testReportSchema.nullable(),
  reportAsked: z.boolean(),
  overloaded: z.boolean(),
  unsupportedFilter: z.boolean(),
  /** Tracked files (and snapshots) that the command changed. */
  wrote: z.array(z.string()),
  /** Of a static check; null: not readable. */
  findings: z.array(findingSchema).nullable().optional(),
  /** Where coverage is judged; null: not readable. */
  coverage: coverageSchema.nullable().optional(),
  sandbox: z.string(),
  dependencies: z.string(),
  tail: z.string(),
  durationMs: z.number(),
});
export type GateRun = z.infer<typeof gateRunSchema>;

/** The facts that the table judges; null where the command never started. */
export function runFacts(run: GateRun): RunFacts | null {
  if (run.end === null) return null;
  return {
    end: run.end,
    tests: run.report && !run.report.couldNotLoad ? factsOf(run.report) : null,
    overloaded: run.overloaded, reportAsked: run.reportAsked, couldNotLoad: run.report?.couldNotLoad ?? false,
  };
}

/** The exit code, where there is one to show. */
export function exitOf(run: GateRun): number | null {
  if (run.end?.kind === 'exited') return run.end.code;
  return run.end?.kind === 'missing' ? 127 : run.end?.kind === 'not-executable' ? 126 : null;
}

/**
 * How a process ended. A shell, npm and the sandbox pass a signal on as exit 128 + n; a runner that counts its failures in its exit code
 * may come to the same number, so a complete report wins over it. Null: it never started.
 */
export function endOf(end: ProcessResult['end'], report: TestReport | null): ProcessEnd | null {
  switch (end.kind) {
    case 'not-started': return null;
    case 'too-much-output': return { kind: 'signalled', signal: 'SIGKILL (output without end)' };
    case 'cancelled': return { kind: 'signalled', signal: 'SIGTERM' };
    case 'timed-out': return { kind: 'timed-out' };
    case 'signalled': return { kind: 'signalled', signal: end.signal };
    case 'exited': break;
  }
  const spoke = report !== null && report.tests.length > 0 && !report.truncated && !report.damaged;
  if (spoke) return end;
  if (end.code === 127) return { kind: 'missing' };
  if (end.code === 126) return { kind: 'not-executable' };
  const signal = Object.entries(constants.signals).find(([, number]) => number === end.code - 128);
  return signal ? { kind: 'signalled', signal: signal[0] } : end;
}

/** Whether a run may be kept: it said all there is to say, and nothing of the machine's mood went into it. */
export function keepable(run: GateRun): boolean {
  if (run.coverage === null) return false;
  if (run.findings !== undefined) return run.end?.kind === 'exited' && run.setup !== 'failed' && run.findings !== null;
  return run.end?.kind === 'exited' && run.setup !== 'failed' && run.report !== null && !run.report.truncated && !run.report.damaged && !run.report.couldNotLoad && run.report.tests.length > 0;
}

/** Green and complete. A red run is not taken from the cache for a head: whoever asks again may be asking about a flake. */
export function isGreen(run: GateRun): boolean {
  return keepable(run) && run.end?.kind === 'exited' && run.end.code === 0 && run.wrote.length === 0 && (run.report?.left ?? []).length === 0 && (run.report?.tests ?? []).every((test) => test.state !== 'failed');
}
