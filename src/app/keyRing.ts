/**
 * Credentials, bound per run to whoever started or last resumed it. In memory, and nowhere else.
 * Owns: which run may use which key. Refuses: to write, log or show one.
 */
import type { Endpoints } from '../ports/workers.ts';
import type { Keys } from '../protocol/messages.ts';

export interface KeyRing {
  /** Nothing given leaves what is bound as it is. */
  bind(task: string, keys: Keys): void;
  endpoints(task: string): Endpoints;
  /** All that is bound, by its name in the environment: of these a tool server gets what the settings name for it. */
  variables(task: string): Keys;
  release(task: string): void;
}

export function createKeyRing(): KeyRing {
  const bound = new Map<string, Keys>();
  return {
    bind: (task, keys) => { if (Object.keys(keys).length > 0) bound.set(task, { ...bound.get(task), ...keys }); },
    endpoints: (task) => endpointsOf(bound.get(task) ?? {}),
    variables: (task) => bound.get(task) ?? {},
    release: (task) => { bound.delete(task); },
  };
}

/** The SDKs' standard names → what a provider needs. */
export function endpointsOf(keys: Keys): Pick<Endpoints, 'anthropic' | 'openai'> {
  const one = (apiKey: string | undefined, baseUrl: string | undefined) => (apiKey ? { apiKey, ...(baseUrl ? { baseUrl } : {}) } : undefined);
  const anthropic = one(keys['ANTHROPIC_API_KEY'] ?? keys['ANTHROPIC_AUTH_TOKEN'], keys['ANTHROPIC_BASE_URL']);
  const openai = one(keys['OPENAI_API_KEY'], keys['OPENAI_BASE_URL']);
  return { ...(anthropic ? { anthropic } : {}), ...(openai ? { openai } : {}) };
}
