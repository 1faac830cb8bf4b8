/**
 * Runs a gate's command on exactly one commit: a fresh scratch checkout, set-up, the command confined with the network off, its report.
 * Owns: the order of these, and that everything opened is closed. Refuses: verdicts, and to pass a report by arguments.
 */
import type { GateDefinition } from '../core/gate.ts';
import { GitError } from '../ports/archive.ts';
import type { ConfinedFiles, ProcessResult, Sandbox, SandboxMode } from '../ports/sandbox.ts';
import type { ScratchCheckout, ScratchCheckouts } from '../ports/scratch.ts';
import type { Meaning, TreeText } from './definition.ts';
import { endOf, type GateRun } from './gateRun.ts';
import type { GateStore } from './gateStore.ts';
import { readHookReport } from './hookReport.ts';
import { readHumanReport } from './humanReport.ts';
import { readJunitReport } from './junitReport.ts';
import { putMeaning } from './overlay.ts';
import { plainText } from '../core/plainText.ts';
import { lastLines } from './boundedText.ts';
import { nodeOptionsFor, reporterHook } from './reporterHook.ts';
import { setUp } from './setup.ts';
import type { TestReport } from './testReport.ts';

const reportLimit = 64 * 1024 * 1024;
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
  closers.push(() => checkout.close());
  const prepared = await setUp({ command: request.setup, checkout, commit: request.commit, tree: request.tree, mode: request.mode }, tools, onOutput, signal);
  if (prepared.state === 'failed') {
    return { run: { ...neverStarted, setup: 'failed', dependencies: prepared.words, tail: lastLines(prepared.output, 40, 4000) }, output: prepared.output };
  }
  const files = tools.sandbox.files(checkout.path);
  if (request.overlay) await putMeaning(files, request.overlay.meaning, request.overlay.names);
  // A report that lies in the tree already says nothing about this run.
  if (gate.report && request.tree.files.has(gate.report.path)) await files.remove(gate.report.path);
  const before = await checkout.changed();
  const folder = await tools.store.openFolder();
  closers.push(() => folder.close());
  const reports = tools.sandbox.files(folder.path);
  const result = await runCommand(request, tools.sandbox, checkout, { path: folder.path, files: reports }, onOutput, signal);
  signal.throwIfAborted();
  const after = await checkout.changed();
  const report = gate.report ? await junit(files, gate.report.path, checkout.path)
    : await heard(reports, checkout.path) ?? readHumanReport(result.output, checkout.path);
  return { run: recordOf(request, result, report, { before, after, root: checkout.path }, prepared, tools.loadPerCore()), output: result.output };
}

async function runCommand(request: CommandGateRequest, sandbox: Sandbox, checkout: ScratchCheckout, folder: { readonly path: string; readonly files: ConfinedFiles }, onOutput: (chunk: Uint8Array) => void, signal: AbortSignal): Promise<ProcessResult> {
  const listens = request.gate.report === null;
  if (listens) await folder.files.write('listener.cjs', new TextEncoder().encode(reporterHook));
  return sandbox.run({
    command: request.gate.command, root: checkout.path, timeoutMs: request.gate.timeoutMs, network: false, mode: request.mode,
    mounts: listens ? { ...checkout.mounts, writable: [...checkout.mounts.writable, folder.path] } : checkout.mounts,
    environment: listens ? { NODE_OPTIONS: nodeOptionsFor(`${folder.path}/listener.cjs`) } : {}, output, onOutput,
  }, signal);
}

async function junit(files: ConfinedFiles, path: string, root: string): Promise<TestReport | null> {
  const bytes = await files.read(path, reportLimit).catch(() => null);
  return bytes === null ? null : readJunitReport(new TextDecoder().decode(bytes), root);
}

async function heard(files: ConfinedFiles, root: string): Promise<TestReport | null> {
  const names = (await files.list('')).filter((name) => /^run-\d+-\d+\.jsonl$/.test(name)).sort().slice(0, 5000);
  const texts: string[] = [];
  let left = reportLimit;
  for (const name of names) {
    const bytes = await files.read(name, Math.max(left, 1)).catch(() => null);
    // Too large to read, or gone: as good as cut off.
    texts.push(bytes === null ? '{"k":"begin","runner":"mocha","child":false}\n' : new TextDecoder().decode(bytes));
    left -= bytes?.byteLength ?? 0;
  }
  return readHookReport(texts, root);
}

interface Changed { readonly modified: readonly string[]; readonly added: readonly string[] }

function recordOf(request: CommandGateRequest, result: ProcessResult, report: TestReport | null, changed: { readonly before: Changed; readonly after: Changed; readonly root: string }, prepared: { readonly state: 'none' | 'done' | 'failed'; readonly words: string }, load: number): GateRun {
  const own = request.gate.report?.path;
  const known = new Set([...changed.before.modified, ...changed.before.added]);
  const snapshots = changed.after.added.filter((path) => /\.snap(shot)?$|(^|\/)__snapshots__\//.test(path));
  return {
    setup: prepared.state, dependencies: prepared.words, end: endOf(result.end, report), report,
    reportAsked: request.gate.report !== null || request.gate.runner !== 'unknown',
    overloaded: result.end.kind === 'timed-out' && load > 4,
    unsupportedFilter: false,
    wrote: [...changed.after.modified, ...snapshots].filter((path) => !known.has(path) && path !== own).sort(),
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
