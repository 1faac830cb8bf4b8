// Attempts that nothing comes of, since their work was sent back or their task ended while they worked: what they had spent counts.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { openCheckpoints } from '../../src/core/state.ts';
import type { RunState } from '../../src/core/state.ts';
import type { Spend } from '../../src/core/usage.ts';
import { workflowSchema } from '../../src/core/workflow.ts';
import type { EnginePorts } from '../../src/engine/enginePorts.ts';
import { drain } from '../simulation/virtualTime.ts';
import { timedEngine } from '../support/timedEngine.ts';

const minute = 60_000;
const spend: Spend = { usage: { input: 900, cached: 0, output: 80, calls: 2 }, costUsd: 0.25, estimatedUsd: 0 };
const nothing = { input: 0, cached: 0, output: 0, calls: 0 };
const document = { kind: 'agent', role: 'planner', gives: 'document', repairs: 0 } as const;
const workflow = workflowSchema.parse({
  name: 'two documents', description: '', steps: [
    { ...document, id: 'first', document: 'first.md', needs: [] }, { kind: 'checkpoint', id: 'ask', about: 'document', of: 'first', needs: ['first'], rework: 'first' },
    { ...document, id: 'second', document: 'second.md', needs: ['first'] },
  ],
});

/** `first` is done at once; `second` says after a minute what it has spent, and works for an hour. */
const slowly = (ports: EnginePorts): EnginePorts => ({
  ...ports,
  workers: {
    choose: () => 'timed',
    work: async ({ unit }, report, signal) => {
      if (unit === 'second') {
        await ports.clock.after(minute, signal);
        report.part({ kind: 'spent', spend });
        await ports.clock.after(60 * minute, signal);
      }
      return { agent: 'timed', usage: nothing, costUsd: 0, estimatedUsd: 0, end: { kind: 'document', text: '# Text' } };
    },
  },
});

describe('an attempt that was stopped', () => {
  const attempts = (state: RunState | undefined) => state?.units.find((unit) => unit.id === 'second')?.attempts.map(({ n, outcome, usage, costUsd, durationMs }) => ({ n, outcome: outcome?.kind === 'failed' ? outcome.failure : outcome?.kind, calls: usage.calls, costUsd, durationMs }));

  it('REQ-MOTOR-10 when its work was sent back counts with what it had spent and how long it had worked', async () => {
    const { engine, launch, pass, time } = await timedEngine({}, slowly);
    const task = await launch([], [], { workflow });
    await pass(() => false, time.now + 5 * minute);
    const [open] = openCheckpoints(engine.state(task) as RunState);
    await engine.ask(task, { kind: 'request-changes', checkpoint: open?.id ?? '', comments: [{ file: null, line: null, text: 'otherwise' }], by: 'you' });
    await drain();
    assert.deepEqual(attempts(engine.state(task))?.slice(0, 1), [{ n: 1, outcome: 'interrupted', calls: 2, costUsd: 0.25, durationMs: time.now - (engine.state(task)?.units.find((unit) => unit.id === 'second')?.attempts[0]?.startedAt ?? 0) }]);
    await engine.close();
  });

  it('REQ-MOTOR-10 when its task was cancelled counts as well', async () => {
    const { engine, launch, pass, time } = await timedEngine({}, slowly);
    const task = await launch([], [], { workflow });
    await pass(() => false, time.now + 5 * minute);
    await engine.ask(task, { kind: 'cancel', by: 'you' });
    await drain();
    const [first] = attempts(engine.state(task)) ?? [];
    assert.deepEqual([{ ...first, durationMs: 0 }, (first?.durationMs ?? 0) >= minute], [{ n: 1, outcome: 'interrupted', calls: 2, costUsd: 0.25, durationMs: 0 }, true]);
    await engine.close();
  });
});
