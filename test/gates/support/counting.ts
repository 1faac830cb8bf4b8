/** Suites that know which side they are on and the how-manieth run this is: flaky tests that play the same every time. */
import type { Sandbox } from '../../../src/ports/sandbox.ts';
import { realSandbox } from './judge.ts';

/** A mocha suite: the named tests fail in the runs, counted from 1 on each side, that are listed. */
export const flipping = (tests: Readonly<Record<string, { readonly base: readonly number[]; readonly head: readonly number[] }>>): string => Object.entries(tests)
  .map(([name, fails]) => `it(${JSON.stringify(name)}, () => { if (${JSON.stringify(fails)}[process.env.SIDE].includes(Number(process.env.RUN))) throw new Error('no luck'); });\n`).join('');

/** The walls, with SIDE and RUN in the environment of each gate. The head is the side that has a file called `head`. */
export function counting(): Sandbox {
  const walls = realSandbox();
  const runs = { base: 0, head: 0 };
  return {
    ...walls,
    run: async (request, signal) => {
      const side = (await walls.files(request.root).read('head', 10)) === null ? 'base' : 'head';
      runs[side] += 1;
      return walls.run({ ...request, environment: { ...request.environment, SIDE: side, RUN: String(runs[side]) } }, signal);
    },
  };
}
