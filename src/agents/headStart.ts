/**
 * One agent first: agents that begin at once with the same prompt would each pay for writing it to the provider's cache; when the first
 * has begun to be answered, the others read it there. Owns: who waits for whom. Refuses: to hold anybody longer than the first one's own start.
 */

/** Resolves when this one may begin; what it gives is called once it is being answered, or has ended (calling it again does nothing). */
export type HeadStart = (key: string, signal: AbortSignal) => Promise<() => void>;

export function createHeadStart(): HeadStart {
  const first = new Map<string, Promise<void>>();
  return async (key, signal) => {
    const ahead = first.get(key);
    if (ahead) {
      await Promise.race([ahead, aborted(signal)]);
      signal.throwIfAborted();
      return () => undefined;
    }
    let resolve = (): void => undefined;
    const own = new Promise<void>((given) => {
      resolve = given;
    });
    first.set(key, own);
    return () => {
      if (first.get(key) === own) first.delete(key);
      resolve();
    };
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
