/**
 * One attempt: model turn → tool calls → results, until the result is handed over or something ends it.
 * Owns: every way an attempt can end, as data; the caps; what counts as a loop or as nonsense.
 * Refuses: to act on half a turn, to run past the budget (I16), to retry what the core decides about.
 */
import type { Failure } from '../core/outcome.ts';
import type { Log } from '../ports/system.ts';
import type { WorkEnd, WorkReport } from '../ports/workers.ts';
import type { Meter } from './meter.ts';
import type { Prompt } from './prompts.ts';
import type { Message, Provider, ToolCall, ToolReply, TurnPart } from './providers/provider.ts';
import { failureOf, ProviderError } from './providers/providerError.ts';
import type { Bench, Tool, ToolOutcome } from './tools/tool.ts';
import { textPrinter } from './transcript.ts';

const caps = { turns: 200, sameCall: 3, nonsense: 2, argumentCharacters: 1_000_000 } as const;

export interface Attempt {
  readonly provider: Provider;
  readonly model: string;
  readonly prompt: Prompt;
  readonly tools: readonly Tool[];
  readonly bench: Bench;
  readonly report: WorkReport;
  readonly meter: Meter;
  readonly cacheKey: string;
  /** Called whenever the model has begun to answer: from then on its provider holds the beginning of the conversation. */
  readonly answering: () => void;
  readonly log: Log;
}

type Turn = Extract<TurnPart, { kind: 'turn-ended' }>;

/** Rejects by the bench's signal only. */
export async function runTurns(attempt: Attempt): Promise<WorkEnd> {
  const messages: Message[] = [{ kind: 'user', texts: attempt.prompt.texts }];
  const repeats = repeatCounter();
  let nonsense = 0;
  let worked = false;
  for (let turns = 0; turns < caps.turns; turns += 1) {
    const turn = await nextTurn(attempt, messages);
    if ('failure' in turn) return turn;
    messages.push({ kind: 'assistant', text: turn.text, calls: turn.calls, native: turn.native });
    if (turn.stop === 'refused') return failed('refused', `The model refused to go on${turn.text === '' ? '' : `: ${turn.text.slice(0, 500)}`}.`);
    if (turn.stop === 'context') return failed('context', 'The conversation reached the end of the model\'s context window.');

    if (worked && turn.calls.length === 0 && turn.stop !== 'length' && handsOverFiles(attempt)) return { kind: 'edited', summary: turn.text.trim().slice(0, 4_000) };
    worked ||= turn.calls.length > 0;
    const round = turn.stop === 'length' ? cutShort(turn) : await runCalls(attempt, turn, repeats);
    if (round.end) return round.end;
    nonsense = round.nonsense === null ? 0 : nonsense + 1;
    if (nonsense > caps.nonsense) return failed('model', `The model answered ${nonsense} times in a row with what cannot be used; last: ${round.nonsense ?? ''}`);
    messages.push(round.results.length > 0 ? { kind: 'results', results: round.results, note: round.note } : { kind: 'user', texts: [round.note ?? ''] });
  }
  return failed('loop', `${caps.turns} turns without a result.`);
}

/** Files speak for themselves: who has worked on them and then only talks has stopped, and the gate says what that is worth. Outputs do not. */
function handsOverFiles({ bench: { request } }: Attempt): boolean {
  return request.gives === 'tree' && Object.keys(request.outputs).length === 0;
}

/** One whole turn. A stream that is cut or falls silent is asked for once more; what had come of it is forgotten. */
async function nextTurn(attempt: Attempt, messages: readonly Message[]): Promise<Turn | Extract<WorkEnd, { kind: 'failed' }>> {
  for (let tries = 1; ; tries += 1) {
    const denied = attempt.report.allowance(attempt.meter.total());
    if (denied !== null) return failed('budget', denied);
    try {
      return await streamTurn(attempt, messages);
    } catch (error) {
      attempt.bench.signal.throwIfAborted();
      if (!(error instanceof ProviderError)) throw error;
      attempt.log.info(`${attempt.meter.agent}: ${error.reason}: ${error.message}`);
      if (tries > 1 || (error.reason !== 'cut' && error.reason !== 'idle')) return failed(failureOf(error), error.message, error.retryAt);
      attempt.report.part({ kind: 'notice', text: `${error.message} Asking once more; the unfinished answer is dropped.` });
    }
  }
}

async function streamTurn(attempt: Attempt, messages: readonly Message[]): Promise<Turn> {
  const { prompt, tools, bench, report, meter } = attempt;
  const print = textPrinter((text) => report.part({ kind: 'text', text }));
  const entry = meter.open();
  const tellSpend = (): void => report.part({ kind: 'spent', spend: meter.total() });
  try {
    const request = { model: attempt.model, system: prompt.system, tools, messages, cacheKey: attempt.cacheKey };
    for await (const part of attempt.provider.turn(request, bench.signal)) {
      attempt.answering();
      switch (part.kind) {
        case 'text-delta': print.add(part.text); break;
        case 'usage-known':
          entry.set(part.usage);
          tellSpend();
          break;
        case 'turn-ended': return part;
      }
    }
    throw new ProviderError('cut', 'The answer ended before its stop event.');
  } finally {
    print.flush();
    tellSpend();
  }
}

interface Round {
  readonly results: readonly ToolReply[];
  /** Said to the model beside the results. */
  readonly note: string | null;
  /** What was unusable in this turn, for the record. */
  readonly nonsense: string | null;
  readonly end: WorkEnd | null;
}

async function runCalls(attempt: Attempt, turn: Turn, repeats: (call: ToolCall) => number): Promise<Round> {
  if (turn.calls.length === 0) {
    const hand = attempt.tools.at(-1)?.name ?? 'finish';
    return { results: [], note: `Use a tool. When your work is done, hand it over with ${hand}.`, nonsense: 'an answer without a tool call', end: null };
  }
  const results: ToolReply[] = [];
  let nonsense: string | null = null;
  for (const call of turn.calls) {
    if (repeats(call) >= caps.sameCall) {
      return { results, note: null, nonsense, end: failed('loop', `The model asked for the same call ${caps.sameCall} times in a row: ${call.name} ${call.arguments.slice(0, 200)}`) };
    }
    const outcome = await runCall(attempt, call);
    if (outcome.kind === 'submitted') return { results, note: null, nonsense: null, end: outcome.end };
    if (outcome.kind === 'rejected') nonsense = outcome.text.slice(0, 300);
    results.push({ id: call.id, name: call.name, ok: outcome.kind === 'told' && outcome.ok, text: outcome.text });
  }
  return { results, note: null, nonsense, end: null };
}

async function runCall(attempt: Attempt, call: ToolCall): Promise<ToolOutcome> {
  const { report, bench } = attempt;
  const tool = attempt.tools.find((candidate) => candidate.name === call.name);
  const input = parseArguments(call.arguments);
  report.part({ kind: 'tool-call', name: call.name.slice(0, 100), summary: tool && input.ok ? tool.summary(input.value) : '(cannot be read)' });
  bench.signal.throwIfAborted();
  const outcome = await decideCall(attempt, call, tool, input);
  if (outcome.kind === 'submitted') report.part({ kind: 'tool-result', name: call.name, ok: true, text: 'handed over' });
  else report.part({ kind: 'tool-result', name: call.name.slice(0, 100), ok: outcome.kind === 'told' && outcome.ok, text: outcome.text.slice(0, 4_000) });
  return outcome;
}

async function decideCall(attempt: Attempt, call: ToolCall, tool: Tool | undefined, input: ReturnType<typeof parseArguments>): Promise<ToolOutcome> {
  if (!tool) return { kind: 'rejected', text: `There is no tool "${call.name.slice(0, 100)}". There are: ${attempt.tools.map((known) => known.name).join(', ')}.` };
  if (!input.ok) return { kind: 'rejected', text: `The arguments of ${tool.name} ${input.why}` };
  try {
    return await tool.run(input.value, attempt.bench);
  } catch (error) {
    attempt.bench.signal.throwIfAborted();
    attempt.log.warn(`${tool.name} broke: ${String(error)}`);
    return { kind: 'told', ok: false, text: `${tool.name} could not be carried out: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function parseArguments(text: string): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string } {
  if (text.length > caps.argumentCharacters) return { ok: false, why: `are ${text.length} characters long; ${caps.argumentCharacters} is the most. Write in smaller parts.` };
  try {
    return { ok: true, value: JSON.parse(text === '' ? '{}' : text) as unknown };
  } catch (error) {
    return { ok: false, why: `are no JSON (${error instanceof Error ? error.message : 'cannot be parsed'}). Send them again, complete.` };
  }
}

/** The output limit cut the answer: its last call may be half, so none is run. */
function cutShort(turn: Turn): Round {
  const note = 'Your answer was cut at the output limit. Nothing of it was carried out. Go on in smaller parts.';
  return { results: turn.calls.map((call) => ({ id: call.id, name: call.name, ok: false, text: 'Not carried out: the answer was cut.' })), note, nonsense: 'an answer that was cut at the output limit', end: null };
}

function repeatCounter(): (call: ToolCall) => number {
  let last = '';
  let count = 0;
  return (call) => {
    const key = `${call.name} ${call.arguments}`;
    count = key === last ? count + 1 : 1;
    last = key;
    return count;
  };
}

export function failed(failure: Failure, message: string, retryAt: number | null = null): Extract<WorkEnd, { kind: 'failed' }> {
  return { kind: 'failed', failure, message, retryAt };
}
