/**
 * Plays a workflow with stub outcomes: core alone, no agent, no command, no clock. Answers the path taken as data.
 * Owns: which of several things ends next (the first, unless `draw` says otherwise) and when nothing more happens.
 * Refuses: to guess: what no stub says is as good as it can be, and that is written in the path.
 */
import { stepOf, stepStateOf } from './change.ts';
import { decide } from './decide.ts';
import type { Command } from './decide.ts';
import { accept } from './accept.ts';
import type { Ask } from './approve.ts';
import { ranked } from './choice.ts';
import { evolveWatched } from './evolve.ts';
import type { Recorded, RunEvent, TaskAccepted } from './event.ts';
import type { Evidence } from './gate.ts';
import { unwaivedIn } from './landable.ts';
import type { Checkpoint, RunState, Unit } from './state.ts';
import { openCheckpoints } from './state.ts';
import { failures, status, waiting } from './status.ts';
import type { RunStatus, Waiting } from './status.ts';
import { made, outcomeOf } from './stubs.ts';
import type { StubAnswer, StubQuestion, Stubs } from './stubs.ts';
import { noUsage } from './usage.ts';
import { reasonsByVerdict } from './verdict.ts';
import type { Verdict } from './verdict.ts';
import { isOver } from './values.ts';
import type { Step, Value, Workflow } from './workflow.ts';

/** One thing that happened. `step`: how the step ended; `round` and `n` count from 1. */
export type PathEntry =
  | { readonly kind: 'attempt'; readonly step: string; readonly unit: string; readonly n: number; readonly agent: string; readonly outcome: string }
  | { readonly kind: 'gate'; readonly step: string; readonly unit: string | null; readonly n: number; readonly verdict: string }
  | { readonly kind: 'merge'; readonly step: string; readonly unit: string | null; readonly outcome: 'conflict' }
  | { readonly kind: 'decision'; readonly step: string; readonly n: number; readonly decision: 'approve' | 'changes' | 'reject' | 'edit' }
  | { readonly kind: 'retry'; readonly at: string }
  | { readonly kind: 'landing'; readonly step: string; readonly outcome: 'landed' | 'moved' }
  | { readonly kind: 'step'; readonly step: string; readonly n: number; readonly outcome: 'success' | 'failure' | 'skipped'; readonly why: string | null; readonly outputs: Readonly<Record<string, Value>> };

export interface DryRun {
  readonly path: readonly PathEntry[];
  readonly status: RunStatus;
  /** What it waits for in the end, or where it has failed. */
  readonly waiting: Waiting | null;
  readonly failures: readonly { readonly at: string; readonly why: string }[];
  readonly outputs: Readonly<Record<string, Value>>;
  /** Steps that never ended. */
  readonly unreached: readonly string[];
  /** It was still going on after so many events as are allowed. */
  readonly endless: boolean;
  readonly records: readonly Recorded<RunEvent>[];
  readonly state: RunState;
}

export interface DryRunOptions {
  readonly workflow: Workflow;
  readonly inputs?: Readonly<Record<string, Value>>;
  readonly stubs: Stubs;
  /** Which of so many things ends next; without it the one that began first. */
  readonly draw?: (below: number) => number;
  readonly agents?: TaskAccepted['agents'];
  /** Most events. */
  readonly limit?: number;
  /** Called for each state on the way from one event to what follows from it. */
  readonly onPass?: (before: RunState | undefined, after: RunState, event: RunEvent) => void;
  /** Called after each event with the states before and after. */
  readonly onEvent?: (before: RunState | undefined, after: RunState, event: RunEvent) => void;
}

export function dryRun(options: DryRunOptions): DryRun {
  const played = new Player(options);
  const endless = !played.play(options.limit ?? 10_000);
  const { state, records } = played;
  return {
    path: played.path, status: status(state), waiting: waiting(state), failures: failures(state), outputs: state.outputs, unreached: state.steps.filter((step) => !isOver(step)).map((step) => step.id), endless, records, state,
  };
}

class Player {
  readonly path: PathEntry[] = [];
  readonly records: Recorded<RunEvent>[] = [];
  state: RunState;
  readonly #options: DryRunOptions;
  readonly #asked = new Map<string, number>();
  #now = 0;
  #count = 0;
  #target = 'base';

  constructor(options: DryRunOptions) {
    this.#options = options;
    const { workflow, inputs = {}, agents = { implementer: ['stub'] } } = options;
    const event: RunEvent = {
      type: 'TaskAccepted', version: 1, task: 'dry-run', request: 'dry run', title: 'Dry run', workflow, workflowHash: '', base: { ref: 'main', commit: 'base', tree: 'base-tree' }, target: 'refs/heads/main', specs: [],
      agents, sameProvider: false, budget: { usd: null, minutes: null }, settings: { sandbox: 'prefer', slots: 3, yes: [], stepMinutes: 30 },
      content: { hash: '', setup: null, copy: [], gates: [], protect: [], target: null }, by: 'dry-run', inputs: { ...inputs },
    };
    const record = { seq: 1, epoch: 0, at: 0, event };
    this.records.push(record);
    this.state = this.#evolved(undefined, record);
    options.onEvent?.(undefined, this.state, event);
  }

  /** False: not at its end after `limit` events. */
  play(limit: number): boolean {
    while (this.records.length < limit) {
      if (this.state.end) return true;
      const commands = decide(this.state);
      const start = commands.find((command) => command.kind === 'work' && command.notBefore <= this.#now && this.#unit(command)?.phase.kind === 'ready');
      if (start?.kind === 'work') { this.#start(start); continue; }
      const ends = commands.filter((command) => command.kind !== 'work' || this.#unit(command)?.phase.kind === 'working');
      const next = ends[this.#options.draw ? this.#options.draw(ends.length) : 0];
      if (next) { this.#end(next); continue; }
      const later = commands.flatMap((command) => (command.kind === 'work' ? [command.notBefore] : []));
      if (later.length > 0) { this.#now = Math.min(...later); continue; }
      if (!this.#person()) return true;
    }
    return false;
  }

  #unit(command: Command): Unit | undefined {
    return 'unit' in command ? this.state.units.find((unit) => unit.id === command.unit) : undefined;
  }

  #step(id: string): Step {
    return stepOf(this.state, id) as Step;
  }

  #ask(question: StubQuestion extends infer One ? One extends StubQuestion ? Omit<One, 'nth'> : never : never): { question: StubQuestion; answer: StubAnswer } {
    const unit = 'unit' in question ? question.unit : null;
    const key = `${question.kind} ${unit?.id ?? question.step.id}`;
    const nth = (this.#asked.get(key) ?? 0) + 1;
    this.#asked.set(key, nth);
    const whole = { ...question, nth } as StubQuestion;
    return { question: whole, answer: this.#options.stubs(whole) };
  }

  #record(event: RunEvent): void {
    const before = this.state;
    const record = { seq: this.records.length + 1, epoch: 0, at: this.#now, event };
    this.records.push(record);
    this.state = this.#evolved(before, record);
    this.#options.onEvent?.(before, this.state, event);
  }

  #evolved(before: RunState | undefined, record: Recorded<RunEvent>): RunState {
    let last = before;
    const see = (passed: RunState): void => {
      this.#note(last?.steps ?? [], passed.steps);
      this.#options.onPass?.(last, passed, record.event);
      last = passed;
    };
    const after = evolveWatched(before, record, see) as RunState;
    see(after);
    return after;
  }

  /** What ended, or ended anew. */
  #note(before: RunState['steps'], after: RunState['steps']): void {
    after.forEach((step, index) => {
      if (!isOver(step) || before[index]?.status === step.status) return;
      this.path.push({ kind: 'step', step: step.id, n: step.n, outcome: step.status === 'done' ? 'success' : step.status === 'failed' ? 'failure' : 'skipped', why: step.why, outputs: step.outputs });
    });
  }

  #start(command: Extract<Command, { kind: 'work' }>): void {
    const unit = this.#unit(command);
    this.#record({ type: 'AttemptStarted', command: command.id, unit: command.unit, n: command.n, agent: unit?.agents[0] ?? unit?.does ?? 'stub', start: command.start });
  }

  #end(command: Command): void {
    const unit = this.#unit(command) ?? null;
    const step = this.#step(unit?.step ?? ('step' in command ? command.step : ''));
    switch (command.kind) {
      case 'work': return unit ? this.#finish(command, unit) : undefined;
      case 'integrate': {
        const { answer } = this.#ask({ kind: 'merge', step, unit });
        const about = { command: command.id, unit: command.unit, n: command.n, onto: command.onto };
        if (answer.merge === 'conflict') return this.#conflict(step, unit, { type: 'IntegrationConflicted', ...about, files: ['src/a.ts'] });
        return this.#record({ type: 'Integrated', ...about, ...made(++this.#count) });
      }
      case 'judge-unit': return this.#record({ type: 'UnitJudged', command: command.id, unit: command.unit, n: command.n, evidence: this.#judge(step, unit, command.n, command) });
      case 'advance': return this.#record({ type: 'UnitLanded', command: command.id, unit: command.unit, n: command.n, commit: command.to });
      case 'make-candidate': {
        const { answer } = this.#ask({ kind: 'merge', step, unit: null });
        const about = { command: command.id, step: command.step, n: command.n, head: command.head, onto: this.#target };
        if (answer.merge === 'conflict') return this.#conflict(step, null, { type: 'CandidateConflicted', ...about, files: ['src/a.ts'], back: true });
        return this.#record({ type: 'CandidateMade', ...about, ...made(++this.#count) });
      }
      case 'judge-candidate': return this.#record({ type: 'CandidateJudged', command: command.id, step: command.step, n: command.n, evidence: this.#judge(step, null, command.n, command.candidate) });
      case 'land': {
        const { answer } = this.#ask({ kind: 'landing', step });
        const outcome = answer.landing ?? 'landed';
        this.path.push({ kind: 'landing', step: step.id, outcome });
        if (outcome === 'landed') { this.#target = command.binding.commit; return this.#record({ type: 'Landed', command: command.id, commit: command.binding.commit, tree: command.binding.tree, target: this.state.accepted.target }); }
        this.#target = made(++this.#count).commit;
        return this.#record({ type: 'LandingVoided', command: command.id, tip: this.#target, why: 'the target moved' });
      }
    }
  }

  #finish(command: Extract<Command, { kind: 'work' }>, unit: Unit): void {
    const step = this.#step(unit.step);
    if (step.kind !== 'agent' && step.kind !== 'run' && step.kind !== 'tool') return;
    const agent = unit.attempts.at(-1)?.agent ?? '';
    const { question, answer } = this.#ask({ kind: 'work', step, unit, agent });
    if (question.kind !== 'work') return;
    const outcome = outcomeOf(question, answer, ++this.#count);
    this.path.push({ kind: 'attempt', step: step.id, unit: unit.id, n: command.n, agent, outcome: outcome.kind === 'failed' ? outcome.failure : outcome.kind });
    this.#record({ type: 'AttemptFinished', command: command.id, unit: unit.id, n: command.n, outcome, usage: noUsage, costUsd: 0, durationMs: 0 });
  }

  #conflict(step: Step, unit: Unit | null, event: RunEvent): void {
    this.path.push({ kind: 'merge', step: step.id, unit: unit?.id ?? null, outcome: 'conflict' });
    this.#record(event);
  }

  #judge(step: Step, unit: Unit | null, n: number, what: { readonly commit: string; readonly tree: string }): Evidence {
    const { answer } = this.#ask({ kind: 'gate', step, unit });
    const verdict: Verdict = answer.verdict ?? 'accepted';
    const [reason] = reasonsByVerdict[verdict];
    this.path.push({ kind: 'gate', step: step.id, unit: unit?.id ?? null, n, verdict });
    const good = verdict === 'accepted';
    const tests = { passed: good ? 1 : 0, failed: verdict === 'rejected' ? 1 : 0, skipped: 0, new: 0, removed: 0, flaky: 0, preexisting: 0 };
    const evidence = { command: 'stub', sandbox: 'none: stub', dependencies: 'none', log: null, tail: '', durationMs: 0, cached: false };
    return { id: `evidence-${++this.#count}`, commit: what.commit, tree: what.tree, verdict, reason, ticks: [], gates: [{ id: 'stub', verdict, reason, exit: good ? 0 : 1, tests, failures: [], evidence }] };
  }

  /** What a person does where nothing goes on by itself; false: nothing. */
  #person(): boolean {
    for (const checkpoint of openCheckpoints(this.state)) {
      const step = this.#step(checkpoint.step);
      const { answer } = this.#ask({ kind: 'decision', step });
      if (answer.decision !== 'wait' && this.#decided(checkpoint, step, answer.decision ?? 'approve', answer)) return true;
    }
    const stopped = waiting(this.state)?.at ?? failures(this.state)[0]?.at;
    const unit = this.state.units.find((candidate) => candidate.id === stopped) ?? null;
    const step = stepOf(this.state, unit?.step ?? stopped ?? '');
    if (!step || this.#ask({ kind: 'stopped', step, unit }).answer.stopped !== 'retry') return false;
    return this.#does({ kind: 'retry', at: unit?.id ?? step.id, budget: null, by: 'dry-run' }, () => this.path.push({ kind: 'retry', at: unit?.id ?? step.id }));
  }

  #decided(checkpoint: Checkpoint, step: Step, decision: Exclude<StubAnswer['decision'], 'wait' | undefined>, answer: StubAnswer): boolean {
    const by = 'dry-run';
    const note = (): void => { this.path.push({ kind: 'decision', step: step.id, n: stepStateOf(this.state, step.id)?.n ?? 1, decision }); };
    if (decision === 'reject') return this.#does({ kind: 'reject', checkpoint: checkpoint.id, reason: 'stub', by }, note);
    // Where nobody can be asked for changes, it is taken as it is; the same text again would be no edit: it is approved as it stands.
    if (decision === 'changes' && this.#does({ kind: 'request-changes', checkpoint: checkpoint.id, comments: [{ file: null, line: null, text: 'stub' }], by }, note)) return true;
    if (decision === 'edit' && this.#does({ kind: 'edit', checkpoint: checkpoint.id, text: answer.text ?? 'stub edit', by }, note)) return true;
    if (decision !== 'approve') return this.#decided(checkpoint, step, 'approve', answer);
    const candidates = checkpoint.about === 'choice' && step.kind === 'checkpoint' && step.of !== null ? ranked(this.state, step.of) : [];
    const chosen = candidates.find((candidate) => candidate.unit === answer.choice) ?? candidates[0];
    const evidence = chosen ? chosen.evidence : checkpoint.about === 'merge' ? this.state.candidateEvidence : null;
    const waivers = evidence ? unwaivedIn(evidence, new Set()).map((gate) => ({ gate, reason: 'stub' })) : [];
    return this.#does({ kind: 'approve', checkpoint: checkpoint.id, commit: chosen?.commit ?? null, waivers, ticks: [], by, tip: null }, note);
  }

  #does(ask: Ask, note: () => void): boolean {
    const answer = accept(this.state, ask);
    if (!answer.ok || answer.value.length === 0) return false;
    note();
    for (const event of answer.value) this.#record(event);
    return true;
  }
}
