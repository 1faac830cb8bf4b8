/**
 * Newly failing tests, run again: alone, with their file, with the whole suite (core/rerun.ts says which is next). What flips is flaky, and the
 * base is asked whether it flips there in the same way, too (G4).
 * Owns: how often, and what counts for whom. Refuses: to excuse a test that fails every time, to believe a run of chosen tests that reported
 * others, and verdicts.
 */
import type { Flake } from '../core/gate.ts';
import { added, flippingWay, flips, nextRerun, nothingCounted, rerunOutcome, type Counted, type Rerun, type RerunWay } from '../core/rerun.ts';
import type { FlakeFacts, RunFacts } from '../core/verdict.ts';
import type { FlakeMemory } from './flakeMemory.ts';
import type { GateRun } from './gateRun.ts';
import { reportsExactly, type Narrowed, type TestSelection } from './selection/selectTests.ts';

/** A change that breaks more than this is broken, not flaky. */
const testsAtMost = 20;
/** More than these are quicker to run all at once. */
const chosenAtMost = 5;
/** Eight find a flake of 30 % with 94 %. */
const onBaseAtMost = 8;

/** One side, run once more; null: no more time for it. `chosen` null: the whole suite. */
export interface SideAgain { readonly selection: () => Promise<TestSelection>; readonly run: (chosen: Narrowed | null, words: string) => Promise<GateRun | null> }
export interface FlakeRuns { readonly head: SideAgain; readonly base: SideAgain }

export interface FoundFlakes { readonly facts: FlakeFacts; readonly flakes: readonly Flake[]; readonly reruns: readonly Rerun[] }

/** Ids that fail on the head and are not known to fail on the base; empty: nothing is worth a second look. */
export function newlyFailing(head: RunFacts | null, base: RunFacts | null): readonly string[] {
  const already = new Set(base?.tests?.failed ?? []);
  const newly = (head?.tests?.failed ?? []).filter((id) => !already.has(id));
  return newly.length > testsAtMost || head?.tests?.truncated || head?.tests?.damaged ? [] : newly;
}

/**
 * @param newly tests that failed in the first run of the head
 * @param passedBefore those that passed on the base
 */
export async function lookForFlakes(newly: readonly string[], passedBefore: ReadonlySet<string>, runs: FlakeRuns, memory: FlakeMemory): Promise<FoundFlakes> {
  const onHead = new Side(newly, { runs: 1, failed: 1 }, runs.head, await chosenBy(runs.head, newly));
  await onHead.untilKnown((one) => nextRerun(one.counts, one.can));

  const ways = new Map(newly.map((test) => [test, flippingWay(onHead.of(test).counts)]));
  const asked = newly.filter((test) => ways.get(test) !== null && passedBefore.has(test) && !flips(memory.base(test)));
  const onBase = new Side(asked, { runs: 1, failed: 0 }, runs.base, asked.length === 0 ? 'nobody asks' : await chosenBy(runs.base, asked));
  await onBase.untilKnown((one) => wayOnBase(one, ways.get(one.test) ?? 'whole'));

  const found = newly.map((test): Rerun & { readonly head: Counted; readonly flipsBefore: boolean } => {
    const head = onHead.of(test), base = asked.includes(test) ? onBase.of(test) : null;
    const now = base === null ? nothingCounted : sum(base);
    const before = passedBefore.has(test) ? memory.base(test) : nothingCounted;
    const known = memory.seen(test);
    const flipped = base !== null && flippingWay(base.counts) !== null;
    // What a change breaks for good says nothing of how the test is otherwise.
    if (ways.get(test) !== null || known !== null || flipped) memory.add(test, { base: flipped ? now : nothingCounted, seen: ways.get(test) === null ? now : added(sum(head), now) });
    return {
      test, outcome: rerunOutcome(head.counts), ...head.counts, ...(head.because === '' ? {} : { because: head.because }), base: added(now, before), ...(known === null ? {} : { known }),
      head: sum(head), flipsBefore: flipped || flips(before),
    };
  });
  return {
    facts: { onHead: found.filter(({ outcome }) => outcome === 'flaky').map(({ test }) => test), onBase: found.filter(({ flipsBefore }) => flipsBefore).map(({ test }) => test) },
    flakes: found.filter(({ outcome, flipsBefore }) => outcome === 'flaky' || flipsBefore).map(({ test, head, base }) => ({ test, head, base })),
    reruns: found.map(({ head: _head, flipsBefore: _flips, ...rerun }) => rerun),
  };
}

const sum = ({ counts }: Case): Counted => added(counts.alone, added(counts.withFile, counts.whole));

/** In the way in which it flipped on the head, until it does here; what cannot be chosen here is run with the whole suite. */
function wayOnBase({ counts, can }: Case, wanted: RerunWay): RerunWay | null {
  const way = wanted === 'whole' || can[wanted] ? wanted : 'whole';
  return flippingWay(counts) !== null || counts[way].runs - (way === 'whole' ? 1 : 0) >= onBaseAtMost ? null : way;
}

/** In place of a selection: why there is none. */
async function chosenBy(side: SideAgain, tests: readonly string[]): Promise<TestSelection | string> {
  return tests.length > chosenAtMost ? `more than ${chosenAtMost} at once are run again with the whole suite` : side.selection();
}

interface Case {
  readonly test: string;
  counts: Record<RerunWay, Counted>;
  /** Which choices of tests have not been refused. */
  can: { alone: boolean; withFile: boolean };
  /** Why one was; empty: none. */
  because: string;
  /** It is not in the report of the whole suite any more. */
  gone: boolean;
}

/** The tests of one side with what their runs came to. */
class Side {
  readonly #cases: readonly Case[];
  readonly #side: SideAgain;
  readonly #selection: TestSelection | string;

  constructor(tests: readonly string[], first: Counted, side: SideAgain, selection: TestSelection | string) {
    const can = typeof selection !== 'string';
    // What is inside of another test first: its runs are runs of that one, too.
    this.#cases = [...tests].sort((left, right) => right.split(' › ').length - left.split(' › ').length).map((test) => ({ test, counts: { alone: nothingCounted, withFile: nothingCounted, whole: first }, can: { alone: can, withFile: can }, because: can ? '' : selection, gone: false }));
    this.#side = side;
    this.#selection = selection;
  }

  of(test: string): Case {
    const found = this.#cases.find((one) => one.test === test);
    if (found === undefined) throw new Error(`${test} was not run again`);
    return found;
  }

  /** Runs what is `next` for one test after another, until there is none or no time. A run counts for every test that it was to report. */
  async untilKnown(next: (one: Case) => RerunWay | null): Promise<void> {
    for (let n = 1; ; n += 1) {
      const one = this.#cases.find((candidate) => !candidate.gone && next(candidate) !== null);
      const way = one === undefined ? null : next(one);
      if (one === undefined || way === null || !await (way === 'whole' ? this.#whole(n) : this.#chosen(one, way, n))) return;
    }
  }

  async #whole(n: number): Promise<boolean> {
    const run = await this.#side.run(null, `again (${n})`);
    if (run === null) return false;
    const states = statesOf(run);
    for (const one of this.#cases) if (!count(one, 'whole', states)) one.gone = true;
    return true;
  }

  async #chosen(one: Case, way: 'alone' | 'withFile', n: number): Promise<boolean> {
    const chosen = typeof this.#selection === 'string' ? this.#selection : this.#selection[way](one.test);
    if (typeof chosen === 'string') {
      refuse(one, way, chosen);
      return true;
    }
    const run = await this.#side.run(chosen, `again (${n}), ${way === 'alone' ? 'one test alone' : 'one file'}`);
    if (run === null) return false;
    if (reportsExactly(run.report, chosen.wanted)) {
      const states = statesOf(run);
      const counts = (other: Case): boolean => (way === 'withFile' ? chosen.wanted.has(other.test) : other === one || one.test.startsWith(`${other.test} › `));
      for (const other of this.#cases.filter(counts)) count(other, way, states);
      return true;
    }
    // Such a choice means something else here than it says: nothing more is believed of it.
    for (const other of this.#cases) refuse(other, way, `chosen ${way === 'alone' ? 'alone' : 'with its file'}, other tests were reported than wanted`);
    return true;
  }
}

/** Empty: there is no difference to be seen, which is no reason. */
function refuse(one: Case, way: 'alone' | 'withFile', why: string): void {
  one.can = { ...one.can, [way]: false };
  if (one.because === '') one.because = why;
}

const statesOf = (run: GateRun): ReadonlyMap<string, string> => new Map((run.report?.tests ?? []).map(({ id, state }) => [id, state]));

/** False: the run did not say whether it passes. */
function count(one: Case, way: RerunWay, states: ReadonlyMap<string, string>): boolean {
  const state = states.get(one.test);
  if (state !== 'passed' && state !== 'failed') return false;
  one.counts = { ...one.counts, [way]: added(one.counts[way], { runs: 1, failed: state === 'failed' ? 1 : 0 }) };
  return true;
}
