/**
 * The Workers of the engine: the built-in agent over real providers. Owns: who works, for how long, and that everything comes to an outcome.
 * Refuses: to believe a model: a `finish` says only that it stopped; what it did is for the engine to look at.
 */
import type { Clock, Log } from '../ports/system.ts';
import type { Sandbox } from '../ports/sandbox.ts';
import type { Endpoints, WorkEnd, Workers, WorkRequest, WorkReport, WorkResult } from '../ports/workers.ts';
import { chooseCandidate } from './agentSpec.ts';
import type { Candidate } from './agentSpec.ts';
import { createHeadStart } from './headStart.ts';
import type { HeadStart } from './headStart.ts';
import { createMeter } from './meter.ts';
import type { Meter } from './meter.ts';
import { pricingOf } from './prices.ts';
import type { PriceList } from './prices.ts';
import { promptFor } from './prompts.ts';
import type { Patience } from './providers/watchedFetch.ts';
import { toolbox } from './tools/toolbox.ts';
import { withoutWithheld } from './withoutWithheld.ts';
import { failed, runTurns } from './turnLoop.ts';

/** A first byte may take as long as a model thinks before it says anything; after that a stream shows life (pings count). */
const defaultPatience: Patience = { firstByteMs: 300_000, idleMs: 120_000 };

export interface WorkersOptions {
  readonly sandbox: Sandbox;
  readonly clock: Clock;
  readonly log: Log;
  /** Credentials bound to the task, looked up at each attempt: they may come and go. */
  readonly endpoints: (task: string) => Endpoints;
  /** Why a path's content must not go to a provider, or null; asked for at each attempt. Left out: nothing is withheld. */
  readonly withheld?: (task: string) => Promise<(path: string) => string | null>;
  /** The user's own prices, looked up at each attempt: they come before the built-in list. */
  readonly prices?: () => PriceList;
  readonly patience?: Patience;
}

export function createWorkers(options: WorkersOptions): Workers {
  const headStart = createHeadStart(options.clock);
  return {
    choose: (task, agents, role) => {
      const candidate = chooseCandidate(agents, role, options.endpoints(task));
      return candidate.missing === null ? candidate.agent : null;
    },
    work: async (request, report, signal) => {
      const candidate = chooseCandidate(request.agents, request.role, options.endpoints(request.task));
      const meter = createMeter(candidate.agent, pricingOf(candidate.agent, options.prices?.()));
      const end = candidate.missing === null ? await attempt(options, headStart, candidate, request, report, meter, signal) : failed('key', `${candidate.agent} cannot work: ${candidate.missing}.`);
      const result: WorkResult = { end, agent: candidate.agent, ...meter.total() };
      return result;
    },
  };
}

async function attempt(options: WorkersOptions, headStart: HeadStart, candidate: Candidate, request: WorkRequest, report: WorkReport, meter: Meter, signal: AbortSignal): Promise<WorkEnd> {
  const { sandbox, clock, log } = options;
  const overtime = new AbortController();
  const over = new AbortController();
  const limit = clock.after(request.timeoutMs, over.signal).then(() => overtime.abort(new Error('time limit of the attempt')), () => undefined);
  const both = AbortSignal.any([signal, overtime.signal]);
  const cacheKey = `treeline-${request.task}-${request.role}`;
  let leave = (): void => undefined;
  try {
    const withheld = await options.withheld?.(request.task) ?? (() => null);
    const review = request.review && { ...request.review, diff: withoutWithheld(request.review.diff, withheld) };
    leave = await headStart(`${cacheKey} ${candidate.agent}`, both);
    return await runTurns({
      provider: candidate.open(clock, options.patience ?? defaultPatience), model: candidate.model, prompt: promptFor({ ...request, review }), tools: toolbox(request),
      bench: { files: sandbox.files(request.root, withheld), sandbox, request, propose: (amendment) => report.propose(amendment), signal: both }, report, meter, cacheKey, answering: leave, log,
    });
  } catch (error) {
    signal.throwIfAborted();
    if (overtime.signal.aborted) return failed('timeout', `The attempt was not done after ${Math.round(request.timeoutMs / 60_000)} minutes.`);
    // A fault of ours, or of the disk: an outcome all the same, with the cause in the log.
    log.error(`attempt ${request.unit}#${request.n} of ${request.task} broke`, error);
    return failed('workspace', `The agent could not go on: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    leave();
    over.abort();
    await limit;
  }
}
