// The only way to skip a test: with a reason, which the end of `npm test` prints. A skip without one fails the run.

/**
 * Skips the running test, or in a `before` hook the whole suite.
 * @param context mocha's `this`
 * @param reason what is missing on this machine, as a sentence
 */
export function skipBecause(context: Mocha.Context, reason: string): never {
  const runnable = context.runnable() as Mocha.Hook | Mocha.Test;
  const skipped = runnable.type === 'hook' ? runnable.parent : runnable;
  Object.assign(skipped ?? runnable, { skipReason: reason });
  return context.skip();
}
