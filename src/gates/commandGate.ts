/**
 * Runs a gate's command on exactly one commit: a fresh scratch checkout, set-up, the command confined with the network off, its report.
 * Owns: the order of these, and that everything opened is closed. Refuses: verdicts, and to pass a report by arguments.
 */
import type { GateDefinition } from '../core/gate.ts';
import { GitError } from '../ports/archive.ts';
import type { ConfinedFiles, ProcessResult, Sandbox, SandboxMode } from '../ports/sandbox.ts';
import type { ScratchCheckout, ScratchCheckouts } from '../ports/scratch.ts';
import { resolveCommand, type Meaning, type TreeText } from './definition.ts';
import { endOf, type GateRun } from './gateRun.ts';
import type { GateStore } from './gateStore.ts';
import { collectCoverage, collectFindings } from './findings/collectFindings.ts';
import { askingOf } from './listeners/asking.ts';
import { putFile, putMeaning } from './overlay.ts';
import { plainText } from '../core/plainText.ts';
import { lastLines } from './boundedText.ts';
import type { ReaderOptions } from './reports/lineReader.ts';
import { printedReports } from './reports/printedReports.ts';
import { collectReports, heardReports, reportNames } from './reports/collectReports.ts';
import { setUp, type SetupResult } from './setup.ts';
import type { TestReport } from './testReport.ts';

const output = { head: 262_144, tail: 524_288, killAt: 8_589_934_592 };

export interface CommandGateTools {
  readonly scratch: ScratchCheckouts; readonly sandbox: Sandbox; readonly store: GateStore;
  /** Load of the last minute, divided by the number of cores. */
  readonly loadPerCore: () => number;
}

export interface CommandGateRequest {
  readonly commit: string; readonly tree: TreeText; readonly gate: GateDefinition; readonly setup: string | null; readonly mode: SandboxMode;
  /** Another tree's meaning of the command, put in before it runs. */
  readonly overlay: { readonly meaning: Meaning; readonly names: readonly string[] } | null;
  /** Files of another tree, laid over this one before it runs; null: taken away. */
  readonly patch?: ReadonlyMap<string, Uint8Array | null>;
}

export interface CommandGateResult { readonly run: GateRun; /** All that was kept of the output. */ readonly output: string }

/** One run. Rejects only by the signal's reason. */
export async function runCommandGate(request: CommandGateRequest, tools: CommandGateTools, onOutput: (chunk: Uint8Array) => void, signal: AbortSignal): Promise<CommandGateResult> {
  const closers: (() => Promise<void>)[] = [];
  try {
    return await runIn(request, tools, onOutput, signal, closers);
  } catch (error) {
    signal.throwIfAborted();
    const filter = error instanceof GitError && error.reason === 'unsupported-filter';
    const words = error instanceof GitError ? `${error.message} ${error.next}` : error instanceof Error ? error.message : String(error);
    return { run: { ...neverStarted, unsupportedFilter: filter, tail: plainText(words) }, output: words };
  } finally {
    // A folder that cannot be removed must not hide what the gate found.
    for (const close of closers.reverse()) await close().catch(() => undefined);
  }
}

const neverStarted: GateRun = {
  setup: 'none', end: null, report: null, reportAsked: false, overloaded: false, unsupportedFilter: false, wrote: [],
  sandbox: 'none: never started', dependencies: 'none', tail: '', durationMs: 0,
};

async function runIn(request: CommandGateRequest, tools: CommandGateTools, onOutput: (chunk: Uint8Array) => void, signal: AbortSignal, closers: (() => Promise<void>)[]): Promise<CommandGateResult> {
  const { gate } = request;
  signal.throwIfAborted();
  const checkout = await tools.scratch.open(request.commit);
  closers.push(async () => tools.scratch.discard(checkout));
  const prepared = await setUp({ command: request.setup, checkout, commit: request.commit, tree: request.tree, mode: request.mode }, tools, onOutput, signal);
  if (prepared.state === 'failed') {
    return { run: { ...neverStarted, setup: 'failed', dependencies: prepared.words, tail: lastLines(prepared.output, 40, 4000) }, output: prepared.output };
  }
  const files = tools.sandbox.files(checkout.path);
  for (const [path, bytes] of request.patch ?? []) await putFile(files, path, bytes);
  if (request.overlay) await putMeaning(files, request.overlay.meaning, request.overlay.names);
  // A report that lies in the tree already says nothing about this run.
  const stale = reportPaths(gate, request.tree.files);
  for (const path of stale) await files.remove(path);
  // Where nothing was laid in, nothing has changed.
  const before = prepared.state === 'none' && !request.patch && !request.overlay && stale.length === 0 ? unchanged : await checkout.changed();
  const folder = await tools.store.openFolder();
  closers.push(() => folder.close());
  const reports = tools.sandbox.files(folder.path);
  const options: ReaderOptions = { root: checkout.path, files: request.patch ? new Set([...request.tree.files, ...request.patch.keys()]) : request.tree.files };
  const printed = gate.report || gate.findings ? null : printedReports(gate.runner, options);
  const result = await runCommand(request, tools.sandbox, checkout, prepared.gives, { path: folder.path, files: reports }, (chunk) => {
    printed?.push(chunk);
    onOutput(chunk);
  }, signal);
  signal.throwIfAborted();
  const [after, report] = await Promise.all([
    checkout.changed(),
    gate.findings ? null : gate.report ? collectReports(files, gate.report, options) : heardReports(reports, options).then((heard) => heard ?? printed?.end(result.output) ?? null),
  ]);
  const run: GateRun = {
    ...recordOf(request, result, report, { before, after, root: checkout.path }, prepared, tools.loadPerCore()),
    ...(gate.findings ? { findings: await collectFindings(files, gate.findings, result, output.head + output.tail, checkout.path) } : {}),
    ...(gate.coverage ? { coverage: await collectCoverage(files, gate.coverage, options) } : {}),
  };
  return { run, output: result.output };
}

async function runCommand(request: CommandGateRequest, sandbox: Sandbox, checkout: ScratchCheckout, gives: SetupResult['gives'], folder: { readonly path: string; readonly files: ConfinedFiles }, onOutput: (chunk: Uint8Array) => void, signal: AbortSignal): Promise<ProcessResult> {
  const meaning = request.overlay?.meaning ?? (await resolveCommand(request.gate.command, request.tree)).meaning;
  const asking = askingOf(request.gate, folder.path, [request.gate.command, ...meaning.values()]);
  for (const [name, text] of Object.entries(asking.files)) await folder.files.write(name, new TextEncoder().encode(text));
  const mounts = { ...checkout.mounts, readable: [...checkout.mounts.readable, ...gives.readable] };
  return sandbox.run({
    command: `${gives.before}${asking.before}${request.gate.command}`, root: checkout.path, timeoutMs: request.gate.timeoutMs, network: false, mode: request.mode,
    mounts: Object.keys(asking.files).length > 0 ? { ...mounts, writable: [...mounts.writable, folder.path] } : mounts,
    environment: { ...gives.environment, ...asking.environment }, output, onOutput,
  }, signal);
}

/** Those of `files` that the gate itself writes for us to read. */
function reportPaths(gate: GateDefinition, files: ReadonlySet<string>): readonly string[] {
  return [gate.report?.path, gate.findings?.path, gate.coverage?.path].flatMap((path) => (path === undefined || path === null ? [] : reportNames(path, files)));
}

const unchanged: Changed = { modified: [], added: [] };

interface Changed { readonly modified: readonly string[]; readonly added: readonly string[] }

function recordOf(request: CommandGateRequest, result: ProcessResult, report: TestReport | null, changed: { readonly before: Changed; readonly after: Changed; readonly root: string }, prepared: { readonly state: 'none' | 'done' | 'failed'; readonly words: string }, load: number): GateRun {
  const own = new Set(reportPaths(request.gate, new Set([...changed.after.modified, ...changed.after.added])));
  const known = new Set([...changed.before.modified, ...changed.before.added]);
  const snapshots = changed.after.added.filter((path) => /\.snap(shot)?$|(^|\/)__snapshots__\//.test(path));
  return {
    setup: prepared.state, dependencies: prepared.words, end: endOf(result.end, report), report,
    reportAsked: request.gate.report !== null || request.gate.findings !== undefined || request.gate.runner !== 'unknown',
    overloaded: result.end.kind === 'timed-out' && load > 4,
    unsupportedFilter: false,
    wrote: [...changed.after.modified, ...snapshots].filter((path) => !known.has(path) && !own.has(path)).sort(),
    sandbox: result.sandbox,
    tail: `${lastLines(result.end.kind === 'not-started' ? result.end.why : result.output.replaceAll(`${changed.root}/`, ''), 40, 4000)}${hint(result)}`,
    durationMs: result.durationMs,
  };
}

/** What a red suite cannot know of itself: that the walls took away what it reached for. */
function hint(result: ProcessResult): string {
  const green = result.end.kind === 'exited' && result.end.code === 0;
  if (green || !/EAI_AGAIN|ENETUNREACH|ENOTFOUND|Could not resolve host|Network is unreachable|Temporary failure in name resolution/.test(result.output)) return '';
  return result.sandbox === 'bubblewrap' ? '\n(Gates run without a network: what needs one belongs into the set-up, or into a fake.)' : '';
}
