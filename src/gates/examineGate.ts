/**
 * Judges one gate on one tree: the head under the base's definition, under its own where that differs (I12), and the base beside it.
 * Owns: which runs are needed and which are taken from the cache. Refuses: to decide: core/verdict.ts judges the facts found here.
 */
import type { Evidence, ExecutableContent, GateDefinition, GateResult } from '../core/gate.ts';
import { inQuarantine } from '../core/quarantine.ts';
import { verdict, type GateFacts, type Judgement, type TestFacts } from '../core/verdict.ts';
import type { ChangedFile } from '../ports/archive.ts';
import type { SandboxMode } from '../ports/sandbox.ts';
import { hashOf, sha256 } from './canonical.ts';
import { runCommandGate, type CommandGateRequest, type CommandGateTools } from './commandGate.ts';
import { differences, hashesOf, resolveCommand, type Meaning, type TreeText } from './definition.ts';
import type { JudgedTest } from '../core/testState.ts';
import { gateResult } from './evidence.ts';
import { FlakeMemory } from './flakeMemory.ts';
import { lookForFlakes, newlyFailing, type FlakeRuns, type SideAgain } from './flakes.ts';
import { judgedTests } from './judgedTests.ts';
import { exitOf, gateRunSchema, isGreen, keepable, runFacts, type GateRun } from './gateRun.ts';
import type { MovedTest } from './integrity/movedTests.ts';
import type { Patch } from './proof/otherSide.ts';
import { proveGate, type GateProof, type ProofRequest } from './proof/proveGate.ts';
import { selectTests } from './selection/selectTests.ts';
import { setupFor } from './setup.ts';
import { withHeadNames } from './headNames.ts';
import { staticFacts, type Sides } from './staticFacts.ts';

export interface Side { readonly commit: string; readonly tree: string | null; readonly text: TreeText }

export interface Examination {
  readonly task: string; readonly id: string; readonly mode: SandboxMode;
  readonly head: Side & { /** Null: its project file cannot be read. */ readonly content: ExecutableContent | null };
  readonly base: Side;
  readonly content: ExecutableContent;
  readonly changes: readonly ChangedFile[];
  readonly changedLines: Sides['changedLines'];
  /** Tests that are the same under another name. */
  readonly moved: () => Promise<readonly MovedTest[]>;
  readonly sandboxMissing: boolean;
  /** As 2026-12-31: by it a quarantine is in force or over. */
  readonly today: string;
  /** Part of every cache key: what confines, and which toolchain runs. */
  readonly machine: string;
  /** The base is run where nothing is known of it, whatever the head comes to. */
  readonly baseline: boolean;
  /** Null: only the gates themselves are asked for. */
  readonly proof: ProofRequest | null;
  readonly say: (text: string) => void;
  readonly onOutput: (chunk: Uint8Array) => void;
}

/** `tests`: what the report of the head has; null: none. */
export interface GateExamination { readonly result: GateResult; readonly ticks: Evidence['ticks']; readonly tests: TestFacts | null; /** Null: not asked for, or nothing to prove it on. */ readonly proof: GateProof | null; /** Every test with what became of it. */ readonly judged: readonly JudgedTest[] }

interface Kept { readonly run: GateRun; readonly cached: boolean; readonly output: string; readonly title: string }

/** All that one gate needs. Rejects only by the signal's reason. */
export async function examineGate(gate: GateDefinition, examination: Examination, tools: CommandGateTools, signal: AbortSignal): Promise<GateExamination> {
  if (examination.sandboxMissing) return refused(gate, { sandboxMissing: true });
  const { head, base } = examination;
  const atBase = await resolveCommand(gate.command, base.text);
  const names = differences(atBase.meaning, (await resolveCommand(gate.command, head.text)).meaning);
  const own = head.content?.gates.find((candidate) => candidate.id === gate.id) ?? null;
  const changed = names.length > 0 || own === null || own.command !== gate.command || own.timeoutMs !== gate.timeoutMs || hashOf([own.report, own.findings, own.coverage]) !== hashOf([gate.report, gate.findings, gate.coverage]);
  const runs = new Runs(examination, tools, signal);
  const aside = inQuarantine(examination.content.quarantine ?? [], gate.id, examination.today);

  const judged = await runs.head({ ...gate, runner: atBase.runner }, atBase.meaning, names);
  const facts: GateFacts = { ...factsOf(judged.run, null), ...(await staticFacts(gate, judged.run, null, examination)).facts };
  const atFirst = await runs.base({ ...gate, runner: atBase.runner }, atBase.meaning, needsBase(verdict(facts), examination.changes, examination.baseline) || needsBaseFor(examination.proof));
  // From here on the base's tests have the names that they have on the head.
  const renamed = atFirst === null ? (run: GateRun): GateRun => run : withHeadNames(atFirst.run, judged.run, await examination.moved());
  const known = atFirst === null ? null : { ...atFirst, run: renamed(atFirst.run) };
  const found = await staticFacts(gate, judged.run, known?.run ?? null, examination);
  // What the base's run writes as well is no news: a lock file in another form, a report that is committed.
  const wroteFiles = facts.wroteFiles.filter((path) => known?.run.wrote.includes(path) !== true);
  const seen: GateFacts = { ...facts, ...found.facts, wroteFiles, quarantined: [...aside.keys()], base: known === null ? null : runFacts(known.run) };
  const newly = verdict(seen).reason === 'new-failures' ? newlyFailing(seen.head, seen.base).filter((test) => !aside.has(test)) : [];
  const memory = await FlakeMemory.open(tools.store, gate.command);
  for (const one of [judged, known]) if (one !== null && !one.cached) memory.note(one.run, new Set(newly));
  const flaky = newly.length === 0 ? null : await lookForFlakes(newly, new Set(seen.base?.tests?.passed ?? []), runs.again({ ...gate, runner: atBase.runner }, atBase.meaning, names, { head: judged.run, base: atFirst?.run ?? null }, renamed), memory);
  await memory.keep();
  const withBase: GateFacts = flaky === null ? seen : { ...seen, flakes: flaky.facts };
  let definitionChanged: GateFacts['definitionChanged'] = 'no';
  if (changed) {
    const other = own === null ? null : await runs.headByItself(own);
    const outcome: Judgement | null = other === null ? null : verdict({ ...factsOf(other.run, null), ...(await staticFacts(own ?? gate, other.run, known?.run ?? null, examination)).facts, base: withBase.base, quarantined: [...aside.keys()] });
    const here = verdict(withBase);
    // The same tests fail, and its own command says that all is well (`|| true`): whoever looks at the exit code sees another outcome.
    const hushed = other !== null && here.verdict !== 'accepted' && exitOf(other.run) === 0 && exitOf(judged.run) !== 0;
    definitionChanged = outcome?.verdict === here.verdict && outcome.reason === here.reason && !hushed ? 'same-outcome' : 'differs';
  }
  const final: GateFacts = { ...withBase, definitionChanged };
  const proof = examination.proof !== null && verdict(final).verdict === 'accepted' && final.head?.tests ? await proveGate(examination.proof, {
    head: judged.run, base: known?.run ?? null, aside,
    baseWithHeadTests: (patch) => runs.baseWithHeadTests({ ...gate, runner: atBase.runner }, atBase.meaning, patch),
    headWithBaseTests: async (patch) => renamed(await runs.headWithBaseTests({ ...gate, runner: atBase.runner }, atBase.meaning, names, patch)),
  }) : null;
  const log = judged.cached ? null : await tools.store.keepLog(examination.task, examination.id, gate.id, runs.log());
  const every = await judgedTests(gate.command, judged.run, known === null ? null : { run: known.run, commit: base.commit }, flaky?.flakes ?? [], aside, tools.store);
  const why = names.length > 0 ? names.join(', ') : 'the gate in .treeline/project.yaml or package.json';
  return {
    result: gateResult(gate, verdict(final), final, judged.run, { cached: judged.cached, log, found, flakes: flaky?.flakes ?? [], reruns: flaky?.reruns ?? [], judged: every, aside }),
    tests: final.head?.tests ?? null, proof,
    judged: every,
    ticks: changed ? [{ id: `gate-definition:${gate.id}`, why: `The change edits what "${gate.command}" runs: ${why}.` }] : [],
  };
}

function refused(gate: GateDefinition, because: Pick<GateFacts, 'sandboxMissing'>): GateExamination {
  const run: GateRun = {
    setup: 'none', end: null, report: null, reportAsked: false, overloaded: false, unsupportedFilter: false, wrote: [],
    sandbox: 'none: required, and none works here', dependencies: 'none', durationMs: 0,
    tail: 'A sandbox is required and none works here. Install bubblewrap and allow user namespaces, or choose --sandbox prefer.',
  };
  const facts: GateFacts = { ...factsOf(run, null), ...because };
  return { result: gateResult(gate, verdict(facts), facts, run, { cached: false, log: null }), ticks: [], tests: null, proof: null, judged: [] };
}

function factsOf(run: GateRun, base: GateRun | null): GateFacts {
  return {
    hasCommand: true, sandboxMissing: false, unsupportedFilter: run.unsupportedFilter, setup: run.setup,
    head: runFacts(run), base: base ? runFacts(base) : null, definitionChanged: 'no', wroteFiles: run.wrote,
  };
}

const againMs = 60_000;

/** Where a test may have been taken out, the base says which ones were there. */
const testLike = /(^|\/)(tests?|specs?|__tests__|__mocks__|fixtures)(\/|$)|[._-](test|spec)s?\.|(^|\/)test[^/]*$|(^|\/)(package\.json|\.mocharc[^/]*)$|^\.treeline\//i;

function needsBase(judgement: Judgement, changes: readonly ChangedFile[], always: boolean): boolean {
  if (judgement.verdict === 'accepted') {
    return always || changes.some((change) => change.status === 'deleted' || testLike.test(change.path) || (change.previous !== null && testLike.test(change.previous)));
  }
  // The base cannot change the answer where the head's run never came to one.
  return judgement.verdict === 'rejected' || judgement.verdict === 'not-verified' || judgement.reason === 'runner-error';
}

/** A fix may have its proof in a test that was red before. */
function needsBaseFor(proof: ProofRequest | null): boolean {
  return proof !== null && (proof.kind === 'fix' || proof.kind === 'feature' || proof.patches.ofHead !== null);
}

/** `usable`: which kept run will do; `keep`: false where a run is made to differ; `patch`: files of the other side. */
interface How { readonly usable: (run: GateRun) => boolean; readonly keep?: boolean; readonly patch?: Patch }

/** The runs of one gate: each under its key, told to whoever watches, and logged. */
class Runs {
  readonly #examination: Examination;
  readonly #tools: CommandGateTools;
  readonly #signal: AbortSignal;
  readonly #done: Kept[] = [];

  constructor(examination: Examination, tools: CommandGateTools, signal: AbortSignal) {
    this.#examination = examination;
    this.#tools = tools;
    this.#signal = signal;
  }

  /** The head, its command meaning what it means on the base. */
  head(gate: GateDefinition, meaning: Meaning, names: readonly string[]): Promise<Kept> {
    const overlay = names.length > 0 ? { meaning, names } : null;
    return this.#run('the change', this.#examination.head, gate, meaning, overlay, { usable: isGreen });
  }

  /** The head, its command meaning what it says itself. */
  async headByItself(gate: GateDefinition): Promise<Kept> {
    const { meaning, runner } = await resolveCommand(gate.command, this.#examination.head.text);
    return this.#run('the change, by its own definition', this.#examination.head, { ...gate, runner }, meaning, null, { usable: isGreen });
  }

  /** The base: run where `needed`, else only what is known of it. */
  async base(gate: GateDefinition, meaning: Meaning, needed: boolean): Promise<Kept | null> {
    const side = this.#examination.base;
    const kept = needed ? await this.#run('the base', side, gate, meaning, null, { usable: keepable }) : await this.#cached('the base', await this.#key(side, gate, meaning), keepable);
    return kept === null || kept.run.end === null ? null : kept;
  }

  /** More runs of head and base, while there is time: where somebody asked for proofs as long as one run may take, else a minute; one and one of the whole suite at least. */
  again(gate: GateDefinition, meaning: Meaning, names: readonly string[], first: { readonly head: GateRun; readonly base: GateRun | null }, renamed: (run: GateRun) => GateRun): FlakeRuns {
    const budget = this.#examination.proof === null ? againMs : gate.timeoutMs;
    // A set-up of each checkout is not counted where the whole suite is run; of chosen tests it may be most of what they take.
    const end = performance.now() + 2 * budget;
    let left = budget;
    const side = (title: string, run: GateRun | null, at: Side, own: readonly string[]): SideAgain => {
      const began = new Set<boolean>();
      return {
        selection: () => selectTests(gate, meaning, at.text, run?.report ?? null),
        run: async (chosen, words) => {
          const whole = chosen === null;
          if (began.has(whole) && (whole ? left < first.head.durationMs : left <= 0 || performance.now() > end)) return null;
          began.add(whole);
          const overlaid = [...new Set([...own, ...chosen?.names ?? []])];
          const overlay = overlaid.length > 0 ? { meaning: chosen?.meaning ?? meaning, names: overlaid } : null;
          const { run: found } = await this.#run(`${title}, ${words}`, at, { ...gate, command: chosen?.command ?? gate.command }, meaning, overlay, { usable: () => false, keep: false });
          left -= found.durationMs;
          return renamed(found);
        },
      };
    };
    return { head: side('the change', first.head, this.#examination.head, names), base: side('the base', first.base, this.#examination.base, []) };
  }

  /** The base's sources under the head's tests: what is red there and green on the head is proven. */
  async baseWithHeadTests(gate: GateDefinition, meaning: Meaning, patch: Patch): Promise<GateRun> {
    return (await this.#run('the base under the tests of the change', this.#examination.base, gate, meaning, null, { usable: keepable, patch })).run;
  }

  /** The head's sources under the base's tests: what the change makes of what was promised before. */
  async headWithBaseTests(gate: GateDefinition, meaning: Meaning, names: readonly string[], patch: Patch): Promise<GateRun> {
    return (await this.#run('the change under the tests of the base', this.#examination.head, gate, meaning, names.length > 0 ? { meaning, names } : null, { usable: keepable, patch })).run;
  }

  log(): string {
    return this.#done.map(({ title, output }) => `== ${title}\n${output}\n`).join('\n');
  }

  async #run(title: string, side: Side, gate: GateDefinition, meaning: Meaning, overlay: CommandGateRequest['overlay'], how: How): Promise<Kept> {
    const examination = this.#examination;
    const { usable, patch } = how;
    const keys = await this.#key(side, gate, meaning, patch);
    const cached = await this.#cached(title, keys, usable);
    if (cached) {
      examination.say(`${gate.id}: ${title} is known from an earlier run\n`);
      return cached;
    }
    examination.say(`${gate.id}: ${gate.command} on ${title} (${side.commit.slice(0, 10)})\n`);
    const setup = await setupFor(examination.content.setup, examination.base.text, side.text);
    const { run, output } = await runCommandGate({ commit: side.commit, tree: side.text, gate, setup, mode: examination.mode, overlay, ...(patch ? { patch } : {}) }, this.#tools, examination.onOutput, this.#signal);
    if (keepable(run) && how.keep !== false) for (const key of keys) await this.#tools.store.put(key, JSON.stringify(run));
    const kept = { run, cached: false, output, title };
    this.#done.push(kept);
    return kept;
  }

  async #cached(title: string, keys: readonly string[], usable: (run: GateRun) => boolean): Promise<Kept | null> {
    for (const key of keys) {
      const run = readRun(await this.#tools.store.get(key));
      if (run && usable(run)) return { run, cached: true, output: '', title };
    }
    return null;
  }

  /** By tree where it is known, and by commit: a base is asked for by its commit, and was often judged as a head before. */
  async #key(side: Side, gate: GateDefinition, meaning: Meaning, patch?: Patch): Promise<readonly string[]> {
    const { content, base, machine, mode } = this.#examination;
    const setup = await setupFor(content.setup, base.text, side.text);
    const over = patch ? { over: [...patch].map(([path, bytes]) => [path, bytes === null ? null : sha256(bytes)]) } : {};
    const common = { version: 2, ...over, command: gate.command, timeoutMs: gate.timeoutMs, report: gate.report, findings: gate.findings, coverage: gate.coverage, meaning: hashesOf(meaning), setup, machine, mode };
    return [side.tree, side.commit].filter((object) => object !== null).map((object) => hashOf({ ...common, object }));
  }
}

function readRun(text: string | null): GateRun | null {
  if (text === null) return null;
  try {
    return gateRunSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
