/** REQ-FLOW-06, 07, 08: loops, retries, time limits and fallback. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { agent, cases, gate, inside, merge, played, plan, run, tool, use } from './workflowOf.ts';

const clean = { outputs: { clean: { type: 'boolean' } } };
const said = (...values: boolean[]) => values.map((value) => ({ outputs: { clean: value } }));
const loop = (max = 3) => ({ loop: { until: 'steps.a.outputs.clean', max } });

describe('loops', () => {
  cases('REQ-FLOW-06', {
    'is over at once when the check holds after the first round': { steps: [run('a', { ...clean, ...loop() }), run('b', { needs: ['a'] })], stubs: { a: said(true) }, path: 'a b = done' },
    'goes round until the check holds': { steps: [run('a', { ...clean, ...loop() })], stubs: { a: said(false, false, true) }, path: 'a = done' },
    'has failed after the last round': { steps: [run('a', { ...clean, ...loop(2) }), run('b', { needs: ['a'] })], stubs: { a: said(false) }, path: ' = failed at a' },
    'after the last round the run may go on where the step says so': { steps: [run('a', { ...clean, ...loop(2), continueOnError: true }), run('b', { needs: ['a'], if: 'always()' })], stubs: { a: said(false) }, path: 'a! b = done' },
    'begins anew, with all its rounds, when a person retries it': { steps: [run('a', { ...clean, ...loop(2) })], stubs: { a: [...said(false, false, false, true)], ...{} }, path: ' = failed at a' },
    'a round that fails is one that came to nothing': { steps: [run('a', { loop: { until: 'steps.a.outputs.exit == 0', max: 3 } })], stubs: { a: [{ outcome: 'command' }, {}] }, path: 'a:command a = done' },
    'rounds that only fail are counted, too': { steps: [run('a', { loop: { until: 'steps.a.outputs.exit == 0', max: 2 } })], stubs: { a: { outcome: 'command' } }, path: 'a:command a:command = failed at a' },
    'can wait for a failure': { steps: [run('a', { loop: { until: 'steps.a.outcome == \'failure\'', max: 3 } })], stubs: { a: [{}, { outcome: 'command' }] }, path: 'a:command a = done' },
    'can count its rounds': { steps: [run('a', { loop: { until: 'round >= 3', max: 5 } })], path: 'a = done' },
    'an agent that changes nothing in a round has had a round': { steps: [agent('a', { ...clean, ...loop() })], stubs: { a: [{ outcome: 'no-changes', outputs: { clean: false } }, { outputs: { clean: true } }] }, path: 'a:no-changes a = done' },
    'what repeats can be a tool': { steps: [tool('a', { ...clean, ...loop() })], stubs: { a: said(false, true) }, path: 'a = done' },
    'a use repeats all that is inside': { steps: [use('sub', { outputs: { clean: 'steps.b.outputs.clean' }, loop: { until: 'steps.sub.outputs.clean', max: 3 } }), inside('sub', run('a')), inside('sub', run('b', { needs: ['a'], ...clean })), run('end', { needs: ['sub'] })],
      stubs: { 'sub/b': said(false, true) }, path: 'sub/a sub/b sub/a sub/b sub end = done' },
    'a use has failed after its last round': { steps: [use('sub', { outputs: { clean: 'steps.a.outputs.clean' }, loop: { until: 'steps.sub.outputs.clean', max: 2 } }), inside('sub', run('a', clean))], stubs: { 'sub/a': said(false) }, path: 'sub/a sub/a = failed at sub' },
    'a failure inside ends the round, not the run': { steps: [use('sub', { loop: { until: 'steps.sub.outcome == \'success\'', max: 3 } }), inside('sub', run('a')), inside('sub', run('b', { needs: ['a'] }))], stubs: { 'sub/a': [{ outcome: 'command' }, {}] }, path: 'sub/a:command sub/a! sub/b- sub/a sub/b sub = done' },
    'a fan-out inside is done in each round': { steps: [use('sub', { loop: { until: 'round >= 2', max: 2 } }), inside('sub', plan()), inside('sub', agent('each', { needs: ['plan'], forEach: { over: 'subtasks', of: 'sub/plan' } }))], path: 'sub/plan sub/each/first sub/each/second sub/each sub/plan sub/each/first sub/each/second sub/each sub = done' },
    'a loop in a loop': { steps: [use('sub', { loop: { until: 'round >= 2', max: 2 } }), inside('sub', run('a', { loop: { until: 'round >= 2', max: 2 } }))], path: 'sub/a sub/a sub = done' },
  });

  it('REQ-FLOW-06 a person\'s retry gives all rounds again', () => {
    const dry = played({ steps: [run('a', { ...clean, ...loop(2) })], stubs: { a: [...said(false), { outputs: { clean: false }, stopped: 'retry' }, ...said(false, true)] } });
    assert.deepEqual([dry.status, dry.state.units.map((unit) => unit.attempts.length)], ['failed', [2]], 'nobody retried');
    const retried = played({ steps: [run('a', { ...clean, ...loop(2) })], stubs: { a: [{ outputs: { clean: false }, stopped: 'retry' }, ...said(false, false, true)] } });
    assert.deepEqual([retried.status, retried.state.units.map((unit) => unit.attempts.length)], ['done', [4]]);
  });
});

const limited = { outcome: 'rate-limit' } as const;
const retry = (more = {}) => ({ retry: { times: 2, pauseMs: 10_000, ...more } });

describe('retries', () => {
  cases('REQ-FLOW-07', {
    'repeats what failed in a named way': { steps: [run('a', retry({ on: ['command'] }))], stubs: { a: [{ outcome: 'command' }, { outcome: 'command' }, {}] }, path: 'a:command a:command a = done' },
    'as often as it says': { steps: [run('a', retry({ on: ['command'] }))], stubs: { a: { outcome: 'command' } }, path: 'a:command a:command a:command = failed at a' },
    'does not repeat what it does not name': { steps: [run('a', retry({ on: ['timeout'] }))], stubs: { a: { outcome: 'command' } }, path: 'a:command = failed at a' },
    'any: is all that can pass by itself': { steps: [tool('a', retry())], stubs: { a: [{ outcome: 'tool' }, { outcome: 'timeout' }, {}] }, path: 'a:tool a:timeout a = done' },
    'any: is not what only a person can mend': { steps: [agent('a', retry())], stubs: { a: { outcome: 'key' } }, path: 'a:key = waits at a' },
    'what is spent can be let pass': { steps: [run('a', { ...retry({ times: 1 }), continueOnError: true }), run('b', { needs: ['a'], if: 'failure()' })], stubs: { a: { outcome: 'command' } }, path: 'a:command a:command a! b = done' },
    'without one the plain rule holds': { steps: [agent('a')], stubs: { a: [limited, limited, limited, {}] }, path: 'a:rate-limit a:rate-limit a:rate-limit a = done' },
    'and past it a person is asked': { steps: [agent('a')], stubs: { a: limited }, path: 'a:rate-limit a:rate-limit a:rate-limit a:rate-limit = waits at a' },
    'a wrong output is asked for once more': { steps: [agent('a', clean)], stubs: { a: [{ outcome: 'output' }, {}] }, path: 'a:output a = done' },
    'falls back to the next agent of the chain': { steps: [agent('a', { agents: ['x', 'y'] })], stubs: { a: [{ outcome: 'refused' }, {}] }, path: 'a:refused a = done' },
    'a retry is spent before the next agent takes over': { steps: [agent('a', { agents: ['x', 'y'], ...retry({ times: 1 }) })], stubs: { a: [limited, limited, limited, {}] }, path: 'a:rate-limit a:rate-limit a:rate-limit a = done' },
    'asks a person when the chain is at its end': { steps: [agent('a', { agents: ['x', 'y'] })], stubs: { a: { outcome: 'context' } }, path: 'a:context a:context = waits at a' },
    'begins with the whole chain when a person retries': { steps: [agent('a', { agents: ['x', 'y'] })], stubs: { a: [{ outcome: 'context', stopped: 'retry' }, { outcome: 'context' }, { outcome: 'context' }, {}] }, path: 'a:context a:context retry:a a:context a = done' },
    'takes the role\'s chain where the step has none': { steps: [agent('a')], agents: { implementer: ['x', 'y'] }, stubs: { a: [{ outcome: 'loop' }, {}] }, path: 'a:loop a = done' },
    'a failure of the workspace is no reason to fall back': { steps: [agent('a', { agents: ['x', 'y'] })], stubs: { a: { outcome: 'workspace' } }, path: 'a:workspace = waits at a' },
    'a failure that may be is over when the chain is at its end': { steps: [agent('a', { agents: ['x', 'y'], continueOnError: true }), run('b', { needs: ['a'], join: 'any', if: 'failure()' })], stubs: { a: { outcome: 'model' } }, path: 'a:model a:model a:model a:model a! b = done' },
    'a missing key waits even where a failure may be': { steps: [agent('a', { continueOnError: true })], stubs: { a: { outcome: 'key' } }, path: 'a:key = waits at a' },
  });
  cases('REQ-FLOW-08', {
    'a time-out of a command is a failure': { steps: [run('a', { timeoutMs: 1_000 })], stubs: { a: { outcome: 'timeout' } }, path: 'a:timeout = failed at a' },
    'a time-out of an agent waits for a person': { steps: [agent('a', { timeoutMs: 1_000 })], stubs: { a: { outcome: 'timeout' } }, path: 'a:timeout = waits at a' },
    'a time-out never reaches a gate': { steps: [agent('a', { timeoutMs: 1_000 }), gate('test', { needs: ['a'], rework: 'a' }), merge('land', { needs: ['test'] })], stubs: { a: { outcome: 'timeout' } }, path: 'a:timeout = waits at a' },
  });

  it('REQ-FLOW-07 pauses longer each time, and tries agents in their order', () => {
    const dry = played({ steps: [agent('a', { agents: ['x', 'y'], retry: { times: 2, pauseMs: 10_000, factor: 3, on: ['rate-limit'] } })], stubs: { a: [limited, limited, limited, {}] } });
    const [unit] = dry.state.units;
    assert.deepEqual(unit?.attempts.map(({ agent: who, startedAt }) => [who, startedAt]), [['x', 0], ['x', 10_000], ['x', 40_000], ['y', 40_000]]);
  });
});
