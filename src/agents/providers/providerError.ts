/**
 * How a provider can fail, in our words. Owns: the one reading of HTTP states, error codes and network causes.
 * Refuses: to carry a key: messages are made safe here, before anybody can log them.
 */
import type { Failure } from '../../core/outcome.ts';

/** `cut`: the stream ended before its stop event. `spend-cap`: a limit that waiting does not lift. */
export type ProviderFailure = 'auth' | 'rate-limit' | 'spend-cap' | 'overloaded' | 'network' | 'cut' | 'idle' | 'context' | 'refused' | 'bad-request';

export class ProviderError extends Error {
  readonly reason: ProviderFailure;
  /** ms since 1970, where the provider said when to come back. */
  readonly retryAt: number | null;
  constructor(reason: ProviderFailure, message: string, options: { readonly retryAt?: number | null; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'ProviderError';
    this.reason = reason;
    this.retryAt = options.retryAt ?? null;
  }
}

/** What the core is told. A spending cap needs a person at the provider's console, or another key: that is a matter of the key. */
export function failureOf(error: ProviderError): Failure {
  switch (error.reason) {
    case 'auth': case 'spend-cap': return 'auth';
    case 'cut': return 'network';
    case 'bad-request': return 'model';
    case 'rate-limit': case 'overloaded': case 'network': case 'idle': case 'context': case 'refused': return error.reason;
  }
}

/** What both SDKs' errors have in common, read without their classes. */
export interface WireError {
  readonly status: number | undefined;
  /** The body's `error.type` and `error.code`. */
  readonly codes: readonly string[];
  readonly message: string;
  readonly headers: Headers | undefined;
  readonly cause: unknown;
}

const tooLong = /prompt is too long|context[ _](length|window)|maximum context|too many (input )?tokens|request_too_large/i;
const spendCap = /insufficient_quota|quota|spend|billing|credit|usage limit/i;

/** `who`: the provider's name for messages; `secrets`: strings that must not appear in them; `now`: ms since 1970. */
export function readWireError(who: string, wire: WireError, secrets: readonly string[], now: number): ProviderError {
  const said = redact(wire.message, secrets).slice(0, 500);
  const words = [...wire.codes, wire.message].join(' ');
  const make = (reason: ProviderFailure, message: string, retryAt: number | null = null): ProviderError => new ProviderError(reason, message, { retryAt, cause: wire.cause });
  const { status } = wire;
  if (status === 429) {
    const retryAt = retryTime(wire.headers, now);
    if (retryAt === null && spendCap.test(words)) return make('spend-cap', `${who} says that a spending limit or quota of this key is reached (429: ${said}). Raise it at the provider or use another key.`);
    return make('rate-limit', `${who} limits the rate of requests (429: ${said}).`, retryAt);
  }
  if (tooLong.test(words) && (status === undefined || status === 400 || status === 413)) return make('context', `The conversation is longer than ${who} accepts (${said}).`);
  if (status === 401 || status === 403) return make('auth', `${who} refused the key (${status}: ${said}). Check the key and what it may use.`);
  if (status === 402) return make('spend-cap', `${who} asks for payment (402: ${said}).`);
  if (status === undefined ? wire.codes.some((code) => /overloaded|server_error|api_error|unavailable/.test(code)) : status >= 500) {
    return make('overloaded', `${who} is overloaded or broken at the moment (${status ?? 'in the stream'}: ${said}).`);
  }
  if (status === undefined && wire.codes.some((code) => code.includes('rate_limit'))) return make('rate-limit', `${who} limits the rate of requests (${said}).`);
  if (status === 408 || status === 409) return make('network', `${who} gave up on the request (${status}: ${said}).`);
  if (status !== undefined) return make('bad-request', `${who} did not accept the request (${status}: ${said}). Check the model's name and the endpoint.`);
  return make('network', `${who} could not be reached: ${redact(rootCause(wire.cause) ?? wire.message, secrets)}. Check the network, the proxy and the address.`);
}

/** `retry-after` in seconds or as a date, or `retry-after-ms`; null when there is none. */
function retryTime(headers: Headers | undefined, now: number): number | null {
  const ms = Number(headers?.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(ms)) return now + ms;
  const text = headers?.get('retry-after') ?? null;
  if (text === null || text.trim() === '') return null;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return now + Math.max(0, seconds) * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : date;
}

/** The deepest message of a chain of causes: `fetch failed` alone tells nobody anything. */
function rootCause(error: unknown): string | null {
  let found: string | null = null;
  let current = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth += 1) {
    const code = 'code' in current && typeof current.code === 'string' ? `${current.code}: ` : '';
    if (current.message !== '') found = current.message.startsWith(code) ? current.message : `${code}${current.message}`;
    current = current.cause;
  }
  return found;
}

function redact(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret.length >= 4).reduce((clean, secret) => clean.replaceAll(secret, '[key]'), text);
}
