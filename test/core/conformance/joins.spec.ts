/** REQ-FLOW-01, 02, 03: when a step begins, and when it is passed over. */
import { describe } from 'mocha';
import { cases, run } from './workflowOf.ts';

const two = [run('a'), run('b')];
const fails = { outcome: 'command' } as const;
const a = run('a', { continueOnError: true }), b = run('b', { continueOnError: true });

describe('joins', () => {
  cases('REQ-FLOW-02', {
    'all: begins when each need succeeded': { steps: [...two, run('c', { needs: ['a', 'b'] })], path: 'a b c = done' },
    'all: is passed over when one did not end well': { steps: [a, b, run('c', { needs: ['a', 'b'] })], stubs: { a: fails }, path: 'a:command a! b c- = done' },
    'all: waits for each need before it is passed over': { steps: [a, run('b'), run('x', { needs: ['b'] }), run('c', { needs: ['a', 'x'] })], stubs: { a: fails }, path: 'a:command a! b x c- = done' },
    'all: is passed over behind what was passed over': { steps: [a, run('b', { needs: ['a'] }), run('c', { needs: ['b'] })], stubs: { a: fails }, path: 'a:command a! b- c- = done' },
    'all: waits for ever behind what failed for good, and only that waits': { steps: [...two, run('c', { needs: ['a'] }), run('d', { needs: ['b'] })], stubs: { a: fails }, path: 'a:command b d = failed at a' },
    'any: begins as soon as one succeeded, once': { steps: [...two, run('c', { needs: ['a', 'b'], join: 'any' }), run('d', { needs: ['c'] })], path: 'a b c d = done' },
    'any: does not wait for the slow one': { steps: [run('a'), run('b'), run('x', { needs: ['b'] }), run('y', { needs: ['x'] }), run('c', { needs: ['a', 'y'], join: 'any' })], path: 'a b c x y = done' },
    'any: begins although one failed': { steps: [a, b, run('c', { needs: ['a', 'b'], join: 'any' })], stubs: { a: fails }, path: 'a:command a! b c = done' },
    'any: begins although one stands failed for good': { steps: [...two, run('c', { needs: ['a', 'b'], join: 'any' })], stubs: { a: fails }, path: 'a:command b c = failed at a' },
    'any: is passed over when none can succeed any more': { steps: [a, b, run('c', { needs: ['a', 'b'], join: 'any' })], stubs: { a: fails, b: fails }, path: 'a:command a! b:command b! c- = done' },
    'settled: waits for each, and begins when one ended well': { steps: [a, b, run('c', { needs: ['a', 'b'], join: 'settled' })], stubs: { a: fails }, path: 'a:command a! b c = done' },
    'settled: begins when all ended well': { steps: [...two, run('c', { needs: ['a', 'b'], join: 'settled' })], path: 'a b c = done' },
    'settled: is passed over when none ended well': { steps: [a, b, run('c', { needs: ['a', 'b'], join: 'settled' })], stubs: { a: fails, b: fails }, path: 'a:command a! b:command b! c- = done' },
    'settled: takes what was passed over as ended': { steps: [run('a'), run('b', { if: 'false' }), run('c', { needs: ['a', 'b'], join: 'settled' })], path: 'b- a c = done' },
  });
  cases('REQ-FLOW-01', {
    'begins everything that needs nothing': { steps: [run('a'), run('b'), run('c')], path: 'a b c = done' },
    'follows a chain in its order': { steps: [run('a'), run('b', { needs: ['a'] }), run('c', { needs: ['b'] })], path: 'a b c = done' },
    'follows a diamond': { steps: [run('a'), run('b', { needs: ['a'] }), run('c', { needs: ['a'] }), run('d', { needs: ['b', 'c'] })], path: 'a b c d = done' },
    'ends a step as failed only where that is allowed': { steps: [run('a', { continueOnError: true })], stubs: { a: fails }, path: 'a:command a! = done' },
    'goes on after a person retried what had failed': { steps: [run('a'), run('b', { needs: ['a'] })], stubs: { a: [{ ...fails, stopped: 'retry' }, {}] }, path: 'a:command retry:a a b = done' },
  });
});

describe('conditions', () => {
  const scan = (more = {}) => run('scan', { outputs: { found: { type: 'boolean' }, severity: { type: 'enum', values: ['low', 'high'] }, files: { type: 'list' } }, ...more });
  cases('REQ-FLOW-03', {
    'begins a step whose condition holds': { steps: [scan(), run('fix', { needs: ['scan'], if: 'steps.scan.outputs.found' })], stubs: { scan: { outputs: { found: true } } }, path: 'scan fix = done' },
    'passes a step over whose condition does not hold': { steps: [scan(), run('fix', { needs: ['scan'], if: 'steps.scan.outputs.found' })], stubs: { scan: { outputs: { found: false } } }, path: 'scan fix- = done' },
    'routes: one way or the other': { steps: [scan(), run('a', { needs: ['scan'], if: 'steps.scan.outputs.severity == \'high\'' }), run('b', { needs: ['scan'], if: 'steps.scan.outputs.severity != \'high\'' }), run('end', { needs: ['a', 'b'], join: 'any' })], stubs: { scan: { outputs: { severity: 'high' } } }, path: 'scan b- a end = done' },
    'routes: the other way': { steps: [scan(), run('a', { needs: ['scan'], if: 'steps.scan.outputs.severity == \'high\'' }), run('b', { needs: ['scan'], if: 'steps.scan.outputs.severity != \'high\'' }), run('end', { needs: ['a', 'b'], join: 'any' })], stubs: { scan: { outputs: { severity: 'low' } } }, path: 'scan a- b end = done' },
    'looks at inputs': { steps: [run('a', { if: 'inputs.deep' }), run('b', { if: '!inputs.deep' })], workflow: { inputs: { deep: { type: { type: 'boolean' }, default: false } } }, inputs: { deep: true }, path: 'b- a = done' },
    'takes the default of an input that was not given': { steps: [run('a', { if: 'inputs.deep' }), run('b', { if: '!inputs.deep' })], workflow: { inputs: { deep: { type: { type: 'boolean' }, default: false } } }, path: 'a- b = done' },
    'looks at the exit code of a failed command': { steps: [run('a', { continueOnError: true }), run('b', { needs: ['a'], if: 'always() && steps.a.outputs.exit == 1' })], stubs: { a: fails }, path: 'a:command a! b = done' },
    'does not look past a join that fails': { steps: [run('a', { continueOnError: true }), run('b', { needs: ['a'], if: 'steps.a.outcome == \'failure\'' })], stubs: { a: fails }, path: 'a:command a! b- = done' },
    'always(): begins whatever came of its needs': { steps: [run('a', { continueOnError: true }), run('b', { needs: ['a'] }), run('tidy', { needs: ['b'], if: 'always()' })], stubs: { a: fails }, path: 'a:command a! b- tidy = done' },
    'always(): waits until each need has ended': { steps: [run('a'), run('x', { needs: ['a'] }), run('tidy', { needs: ['a', 'x'], if: 'always()' })], path: 'a x tidy = done' },
    'failure(): begins when something before it failed, however far': { steps: [run('a', { continueOnError: true }), run('b', { needs: ['a'] }), run('tell', { needs: ['b'], if: 'failure()' })], stubs: { a: fails }, path: 'a:command a! b- tell = done' },
    'failure(): is passed over when all went well': { steps: [run('a'), run('tell', { needs: ['a'], if: 'failure()' })], path: 'a tell- = done' },
    'success() && always(): is what it says': { steps: [run('a', { continueOnError: true }), run('b', { needs: ['a'], if: 'always() && !success()' })], stubs: { a: fails }, path: 'a:command a! b = done' },
    'a condition on a step that was passed over sees that': { steps: [run('a', { if: 'false' }), run('b', { needs: ['a'], if: 'always() && steps.a.outcome == \'skipped\'' })], path: 'a- b = done' },
    'everything is passed over: that is an end, too': { steps: [run('a', { if: 'false' }), run('b', { needs: ['a'] })], path: 'a- b- = done' },
    'what cannot be read holds for nothing': { steps: [run('a', { if: 'nonsense(' })], path: 'a- = done' },
    'with any: looks at what has succeeded by then': { steps: [run('a'), run('b'), run('c', { needs: ['a', 'b'], join: 'any', if: 'steps.a.outcome == \'success\'' })], path: 'a b c = done' },
  });
});
