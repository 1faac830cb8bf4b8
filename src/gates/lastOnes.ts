/**
 * The last few answers, by key: for what never changes (a tree is what its hash says) and costs a process to find out.
 * Owns: how many are kept. Refuses: to keep a failure, or to hand one that somebody else's signal made to others.
 */
export function lastOnes<Value>(most: number): (key: string, find: () => Promise<Value>) => Promise<Value> {
  const known = new Map<string, { readonly value: Value }>();
  return async (key, find) => {
    const found = known.get(key) ?? { value: await find() };
    known.delete(key);
    known.set(key, found);
    for (const oldest of known.keys()) {
      if (known.size <= most) break;
      known.delete(oldest);
    }
    return found.value;
  };
}
