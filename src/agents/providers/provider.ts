/**
 * What the turn loop needs from a model, whoever makes it.
 * Owns: our own words for one model turn. Refuses: any vendor's type, and retries: the loop and the core decide about those.
 */

/** Tokens of one turn. `input` is everything that was not read from the cache; `written` is the part of it that was put there. */
export interface TokenUsage { readonly input: number; readonly cached: number; readonly written: number; readonly output: number }

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON schema of the arguments: an object. */
  readonly schema: Readonly<Record<string, unknown>>;
}

/** `arguments` is the JSON text as the model wrote it: it may be malformed, and is judged by the loop. */
export interface ToolCall { readonly id: string; readonly name: string; readonly arguments: string }

export interface ToolReply { readonly id: string; readonly name: string; readonly ok: boolean; readonly text: string }

/** A conversation only ever grows at its end, so that the provider's cache of its beginning stays good. */
export type Message =
  | { readonly kind: 'user'; /** The first one is the same for every agent of the task in this role. */ readonly texts: readonly string[] }
  | { readonly kind: 'assistant'; readonly text: string; readonly calls: readonly ToolCall[]; /** The vendor's own items, given back word for word (thinking, signatures). */ readonly native: unknown }
  | { readonly kind: 'results'; readonly results: readonly ToolReply[]; /** Something to say beside the results. */ readonly note: string | null };

export interface TurnRequest {
  readonly model: string;
  /** Stable parts, most stable first. */
  readonly system: readonly string[];
  readonly tools: readonly ToolSpec[];
  readonly messages: readonly Message[];
  /** Requests with the same key are likely to share a beginning. */
  readonly cacheKey: string;
}

/** `length`: the answer was cut at the output limit. */
export type StopReason = 'done' | 'calls' | 'length' | 'refused' | 'context';

/** A stream that ends without `turn-ended` was cut: nothing of it may be acted on. */
export type TurnPart =
  | { readonly kind: 'text-delta'; readonly text: string }
  /** All that is known so far of what this turn costs; replaces what was said before. */
  | { readonly kind: 'usage-known'; readonly usage: TokenUsage }
  | { readonly kind: 'turn-ended'; readonly stop: StopReason; readonly text: string; readonly calls: readonly ToolCall[]; readonly native: unknown };

export interface Provider {
  /** Streams one turn. Throws ProviderError, or the signal's reason once it is aborted. */
  turn(request: TurnRequest, signal: AbortSignal): AsyncIterable<TurnPart>;
}
