/** Credentials of the person's environment. Owns: which names are read. Refuses: every place but the environment, and to print one. */
import { keyNames } from '../protocol/messages.ts';
import type { Keys } from '../protocol/messages.ts';

/** What is set and not empty. Goes to the engine with a launch or a decision, bound to that run, in memory only. */
export function keysOf(environment: Readonly<Record<string, string | undefined>>): Keys {
  const keys: Keys = {};
  for (const name of keyNames) {
    const value = environment[name]?.trim();
    if (value) keys[name] = value;
  }
  return keys;
}

/** The environment without them: for programs of ours that have no use for a key. */
export function withoutKeys(environment: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  const names = new Set<string>(keyNames);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !names.has(name)));
}
