/** Runs work a few at a time, in the order given. A rejection waits for whoever asks for it. */
export function limited(atOnce: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let running = 0;
  const done = (): void => {
    running -= 1;
    waiting.shift()?.();
  };
  return (work) => {
    const result = (async () => {
      if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
      running += 1;
      return work().finally(done);
    })();
    result.catch(() => undefined);
    return result;
  };
}
