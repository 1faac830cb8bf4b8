/**
 * The examiners: what a commit would have run here, and whether a tree stands up to its gates.
 * Owns: the order of gates and the evidence of all of them. Refuses: reasons of its own (core/verdict.ts has them all).
 */
import { availableParallelism, loadavg } from 'node:os';
import { minimatch } from 'minimatch';
import type { Evidence, ExecutableContent, GateDefinition, GateResult } from '../core/gate.ts';
import { askedFor, integrityTicks, type IntegrityFinding } from '../core/integrity.ts';
import { quarantined } from '../core/quarantine.ts';
import { declaredTests, isNamed, namingTests } from '../core/requirement.ts';
import type { EvidenceDocument } from '../core/testState.ts';
import { baseTestTicks, baseTestsTogether, together, type ChangeKind } from '../core/redGreen.ts';
import { worst } from '../core/verdict.ts';
import { baseTestsVerdict, integrityVerdict, redGreenVerdict, ticksVerdict } from '../core/verdictBeside.ts';
import type { Archive, ChangedFile } from '../ports/archive.ts';
import type { BaseTree } from '../ports/library.ts';
import { ProjectFileError, type ExamineRequest, type Examiners } from '../ports/examiners.ts';
import type { Sandbox } from '../ports/sandbox.ts';
import type { ScratchCheckouts } from '../ports/scratch.ts';
import type { Log } from '../ports/system.ts';
import { canonicalJson, hashOf, sha256 } from './canonical.ts';
import { changeFacts } from './changeFacts.ts';
import { executableContent, treeText } from './content.ts';
import type { TreeText } from './definition.ts';
import { guardResult, proofResults, withId, withoutOutput } from './evidence.ts';
import { changedLines, type ChangedLines } from './findings/changedLines.ts';
import { examineGate, type Examination, type GateExamination } from './examineGate.ts';
import type { GateStore } from './gateStore.ts';
import { examineIntegrity } from './integrity/examineIntegrity.ts';
import type { Integrity } from './integrity/findIntegrity.ts';
import type { GrammarFile } from './integrity/grammars.ts';
import { inParallel } from './inParallel.ts';
import { lastOnes } from './lastOnes.ts';
import { openAhead } from './openAhead.ts';
import { lineWriter } from './boundedText.ts';
import { broughtBy } from './proof/failureCause.ts';
import { testPatches } from './proof/otherSide.ts';
import type { ProofRequest } from './proof/proveGate.ts';

export interface ExaminersOptions {
  readonly archive: Pick<Archive, 'readFile' | 'listFiles' | 'changes' | 'diff'>;
  readonly tree: BaseTree;
  readonly scratch: ScratchCheckouts;
  readonly sandbox: Sandbox;
  readonly store: GateStore;
  readonly log: Log;
  /** Names the toolchain that gates find on their PATH and the variables that they are given, for cache keys: another Node or TZ may give another verdict. */
  readonly toolchain: string;
  /** The parsers of the integrity guard, as files. */
  readonly grammars: GrammarFile;
  /** Load of the last minute per core; a time-out above 4 says nothing about the code. */
  readonly loadPerCore?: () => number;
  /** The day, as 2026-12-31, in UTC. */
  readonly today?: () => string;
  /** Gates of one examination that run at once; half of the machine's cores, two at least, where it is not said. */
  readonly gatesAtOnce?: number;
}

interface ExaminedGate extends GateExamination { readonly gate: GateDefinition }

/** What a watcher sees of one gate's output at most; the log has more. */
const watchedOutput = 2_000_000;
const diffLimit = 32_000_000;
/** So that agents can work beside them; a suite often waits. */
const halfTheMachine = Math.max(2, Math.floor(availableParallelism() / 2));

/** Examiners over a repository. */
export function createExaminers(options: ExaminersOptions): Examiners {
  // A verdict that is known already is not worth more of git than its tree's name.
  const trees = lastOnes<TreeText>(4);
  const contents = lastOnes<ExecutableContent | null>(16);
  const changesOf = lastOnes<readonly ChangedFile[]>(16);
  const findingsOf = lastOnes<Integrity>(16);

  async function examine(request: ExamineRequest, output: (text: string) => void, signal: AbortSignal): Promise<Evidence> {
    signal.throwIfAborted();
    const seen = seenKey(request.tree);
    const isNew = await options.store.get(seen) === null;
    const ahead = openAhead(options.scratch, isNew && request.content.gates.length > 0 ? request.commit : null);
    try {
      // Each process that is begun holds us up: first the one that takes longest.
      await ahead.begun;
      const evidence = await examineWith(ahead.scratch, request, output, signal);
      if (isNew) await options.store.put(seen, request.commit);
      return evidence;
    } finally {
      await ahead.end();
    }
  }

  async function examineWith(scratch: ScratchCheckouts, request: ExamineRequest, output: (text: string) => void, signal: AbortSignal): Promise<Evidence> {
    const tools = { scratch, sandbox: options.sandbox, store: options.store, loadPerCore: options.loadPerCore ?? measuredLoad };
    const today = options.today?.() ?? new Date().toISOString().slice(0, 10);
    const pair = `${request.base} ${request.tree}`;
    const [headText, baseText, changes] = await Promise.all([
      trees(request.tree, () => treeText(options.archive, request.commit)), trees(request.base, () => treeText(options.archive, request.base)),
      changesOf(pair, () => options.archive.changes(request.base, request.commit)),
    ]);
    const probe = request.sandbox === 'off' ? { kind: 'none', why: 'switched off' } : await options.sandbox.probe();
    const diff = once(() => options.archive.diff(request.base, request.commit, diffLimit));
    const shared: Omit<Examination, 'onOutput' | 'moved'> = {
      task: request.task, id: request.id, mode: request.sandbox, content: request.content, changes,
      changedLines: once(async () => linesOf(await diff())), proof: request.kind ? await proofOf(request, request.kind, changes, diff) : null,
      head: { commit: request.commit, tree: request.tree, text: headText, content: await contents(request.tree, () => ownContent(request.commit, headText)) },
      base: { commit: request.base, tree: null, text: baseText },
      sandboxMissing: request.sandbox === 'required' && probe.kind === 'none',
      machine: `${process.platform} ${process.arch} ${options.toolchain} ${probe.kind}`,
      today, baseline: request.baseline === true, say: output,
    };
    // While the gates run, that mostly wait. Its failure is told when they have ended.
    const looked = findingsOf(pair, () => examineIntegrity({ base: request.base, head: request.commit, changes, tracked: headText.files }, options, signal));
    const chosen = request.gates ? request.content.gates.filter((gate) => request.gates?.includes(gate.id)) : request.content.gates;
    const running = inParallel(chosen, options.gatesAtOnce ?? halfTheMachine, (gate) => usualTime(options.store, gate), async (gate): Promise<ExaminedGate> => {
      const writer = lineWriter(chosen.length === 1 ? output : (text) => output(text.replaceAll(/^(?=.)/gm, `[${gate.id}] `)), watchedOutput);
      const found = await examineGate(gate, { ...shared, moved: async () => (await looked).moved, onOutput: (chunk) => writer.push(chunk) }, tools, signal);
      writer.end();
      await keepTime(options.store, gate, found.result);
      return { ...found, gate };
    }, ({ result }) => request.stopEarly === true && result.verdict === 'rejected');
    void looked.catch(() => undefined);
    const examined = await running;
    const { findings } = await looked;
    const integrity = askedFor(findings, (test) => isNamed(request.declared ?? [], test));
    const notRun = chosen.filter((gate) => examined.every((one) => one.gate !== gate)).map(({ id }) => id);
    const gates = examined.map(({ result }) => result);
    for (const gate of gates) options.log.info(`gate ${gate.id} on ${request.tree.slice(0, 10)}: ${gate.verdict} (${gate.reason})`);
    const guarded = protectedTicks(request.content.protect, changes);
    const ticks = [...examined.flatMap((gate) => gate.ticks), ...guarded, ...integrityTicks(integrity.filter((finding) => !isDefinition(finding, request.content, examined)))];
    const aside = quarantined(request.content.quarantine ?? [], new Map(examined.map((one) => [one.gate.id, one.tests])), request.content.gates.filter((gate) => gate.findings === undefined).map(({ id }) => id), today);
    const guard = integrityVerdict(integrity);
    const proofs = examined.flatMap(({ proof }) => proof ?? []);
    const { kind } = request;
    const proof = kind ? { redGreen: together(proofs.map((one) => one.redGreen)), baseTests: baseTestsTogether(proofs.map((one) => one.baseTests)) } : null;
    if (proof) ticks.push(...baseTestTicks(proof.baseTests));
    const beside = [guard, ticksVerdict(ticks.length), ...(proof && kind ? [baseTestsVerdict(kind, proof.baseTests), redGreenVerdict(kind, proof.redGreen)] : [])].filter((one) => one.verdict !== 'accepted');
    const { verdict, reason } = beside.length === 0 ? worst(gates) : worst([worst(gates), ...beside]);
    // What rejects, or is missing, stands among the gates, where it can be waived like one.
    const lacks = proof && kind && gates.length > 0 && (proofs.length > 0 || gates.every((gate) => gate.verdict === 'accepted')) ? proofResults(kind, proof) : [];
    const all = [...gates, ...(guard.verdict === 'rejected' && gates.length > 0 ? [guardResult(guard)] : []), ...lacks];
    const evidence = withId({ commit: request.commit, tree: request.tree, verdict, reason, gates: all, ...(aside.length > 0 ? { quarantine: [...aside] } : {}), ...(notRun.length > 0 ? { notRun } : {}), integrity: [...integrity], ticks, change: changeFacts(changes), ...proof, ...(request.declared ? { declared: [...declaredTests(request.declared, ranOf(examined))] } : {}), ...(request.requirements?.length ? { named: [...namingTests(request.requirements, ranOf(examined))] } : {}) });
    const document: EvidenceDocument = { schema: 'treeline/evidence/1', base: request.base, evidence: lasting(evidence), environment: shared.machine, gates: examined.map(({ gate, judged }) => ({ id: gate.id, definition: gate, tests: [...judged] })) };
    const text = canonicalJson(document);
    const hash = sha256(text);
    return await options.store.keepEvidence(hash, text) ? { ...evidence, document: hash } : evidence;
  }

  async function proofOf(request: ExamineRequest, kind: ChangeKind, changes: readonly ChangedFile[], diff: () => Promise<string>): Promise<ProofRequest> {
    return {
      kind, asked: (test) => isNamed(request.declared ?? [], test), patches: await testPatches(options.archive, request.base, request.commit, changes),
      brings: once(async () => broughtBy(await diff(), changes)),
    };
  }

  /** What the head says of itself. A project file that cannot be read defines no gate: the base's counts anyway. */
  async function ownContent(commit: string, text: Awaited<ReturnType<typeof treeText>>): Promise<ExecutableContent | null> {
    try {
      return await executableContent(options.archive, commit, text);
    } catch (error) {
      if (!(error instanceof ProjectFileError)) throw error;
      options.log.warn(`the change breaks its project file: ${error.message}`);
      return null;
    }
  }

  return {
    async content(commit) {
      return executableContent(options.archive, commit, await trees(commit, () => treeText(options.archive, commit)));
    },
    examine,
  };
}

/** Asks when it is asked for the first time, and only then. */
function once<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let answer: Promise<Value> | undefined;
  return () => (answer ??= ask());
}

/** Null: a change too large to be looked at line by line. */
function linesOf(diff: string): ChangedLines | null {
  return /\n\[cut: [^\n]*\]\n$/.test(diff) ? null : changedLines(diff);
}

/** Every test that a report of these gates has. */
function ranOf(examined: readonly GateExamination[]): Record<'passed' | 'failed' | 'skipped', readonly string[]> {
  const of = (state: 'passed' | 'failed' | 'skipped'): readonly string[] => examined.flatMap(({ tests }) => tests?.[state] ?? []);
  return { passed: of('passed'), failed: of('failed'), skipped: of('skipped') };
}

function measuredLoad(): number {
  return (loadavg()[0] ?? 0) / availableParallelism();
}

/** Whether a gate asks for a tick about the same already: what its command resolves to was edited (I12). */
function isDefinition(finding: IntegrityFinding, content: ExecutableContent, examined: readonly GateExamination[]): boolean {
  if (finding.kind !== 'gate-script-edited' && finding.kind !== 'config-edited') return false;
  const asked = content.gates.filter((gate) => examined.some(({ ticks }) => ticks.some((tick) => tick.id === `gate-definition:${gate.id}`)));
  return finding.file === '.treeline/project.yaml' ? asked.length > 0 : asked.some((gate) => Object.keys(gate.resolves).some((name) => name === finding.file || name.startsWith(`${finding.file}#`)));
}

/** What two runs that find the same have in common: without times, logs and output, which are in the journal and beside it. */
function lasting(evidence: Evidence): Evidence {
  const bare = withoutOutput(evidence);
  return { ...evidence, ...bare, gates: bare.gates.map((gate) => ({ ...gate, evidence: { ...gate.evidence, log: null, tail: '', durationMs: 0, cached: false } })) };
}

/** Whether a tree was judged before, so that its runs may be known. */
const seenKey = (tree: string): string => hashOf({ seen: 1, tree });

const timeKey = ({ command }: GateDefinition): string => hashOf({ time: 1, command });

/** How long the gate's command took last, ms; null: not known. */
async function usualTime(store: GateStore, gate: GateDefinition): Promise<number | null> {
  const ms = Number(await store.get(timeKey(gate)) ?? Number.NaN);
  return Number.isFinite(ms) ? ms : null;
}

async function keepTime(store: GateStore, gate: GateDefinition, { evidence }: GateResult): Promise<void> {
  if (!evidence.cached && evidence.durationMs > 0) await store.put(timeKey(gate), String(evidence.durationMs));
}

/** Paths that the repository itself asks a person to look at. */
function protectedTicks(patterns: readonly string[], changes: readonly ChangedFile[]): Evidence['ticks'] {
  const matches = (path: string): boolean => patterns.some((pattern) => minimatch(path, pattern, { dot: true, nonegate: true, nocomment: true }));
  return changes.flatMap((change) => [change.path, change.previous].filter((path) => path !== null && matches(path)).slice(0, 1))
    .map((path) => ({ id: `protected:${path}`, why: `${path} is protected by .treeline/project.yaml.` }));
}
