/**
 * The fetch that both SDKs are given: nothing hangs, nothing is followed elsewhere, and only an event stream counts as an answer.
 * Owns: first-byte and idle limits on bytes (pings count as life), and the refusal of redirects, so that a key reaches one host only.
 */
import type { Clock } from '../../ports/system.ts';
import { ProviderError } from './providerError.ts';

export interface Patience { readonly firstByteMs: number; readonly idleMs: number }

export interface WatchedFetch {
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** Why the watch ended the request; null while it did not. Asked first, since SDKs may swallow an abort. */
  failure(): ProviderError | null;
  close(): void;
}

export function watchedFetch(who: string, clock: Clock, patience: Patience): WatchedFetch {
  const stop = new AbortController();
  const ended = new AbortController();
  let failed: ProviderError | null = null;
  let chunks = 0;
  const fail = (error: ProviderError): ProviderError => {
    failed ??= error;
    stop.abort(failed);
    return failed;
  };
  const watch = async (): Promise<void> => {
    for (;;) {
      const before = chunks;
      const limit = before === 0 ? patience.firstByteMs : patience.idleMs;
      await clock.after(limit, ended.signal);
      // Counting chunks instead of comparing times: a clock that jumps, or a machine that slept, ends no request early.
      if (chunks === before) return void fail(new ProviderError('idle', `${who} was silent for ${Math.round(limit / 1_000)} s; the request was ended.`));
    }
  };
  return {
    failure: () => failed,
    close: () => ended.abort(),
    fetch: async (input, init) => {
      watch().catch(() => undefined); // ends by rejecting once the request has ended: nothing to say
      const signal = init?.signal ? AbortSignal.any([init.signal, stop.signal]) : stop.signal;
      const response = await fetch(input, { ...init, redirect: 'manual', signal });
      chunks += 1;
      const redirected = response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400);
      const type = response.headers.get('content-type') ?? '';
      if (redirected || (response.ok && !type.includes('text/event-stream'))) {
        await response.body?.cancel();
        throw fail(new ProviderError('network', redirected
          ? `${who}'s address answered with a redirect to ${hostOf(response)}, which is not followed: the key would reach another host.`
          : `${who}'s address answered with ${type || 'an unknown type'} instead of an event stream: a proxy or a sign-in page is in the way.`));
      }
      const counted = response.body?.pipeThrough(new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, controller) => {
          chunks += 1;
          controller.enqueue(chunk);
        },
      }));
      return new Response(counted ?? null, { status: response.status, statusText: response.statusText, headers: response.headers });
    },
  };
}

function hostOf(response: Response): string {
  const location = response.headers.get('location');
  return location !== null && URL.canParse(location, response.url) ? new URL(location, response.url).host : 'another place';
}
