// What the engine writes into the artifacts folder before a step begins: REQ-ZEN-05 and REQ-ZEN-11 of specs/workflows.md.
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunEvent } from '../../src/core/event.ts';
import type { RunState, Unit } from '../../src/core/state.ts';
import { workflowSchema } from '../../src/core/workflow.ts';
import type { EnginePorts } from '../../src/engine/enginePorts.ts';
import { openPlan } from '../../src/engine/zenflowFiles.ts';
import { memorySandbox } from '../agents/support.ts';
import { accepted, given, integrated, landed, startedAttempt, changed } from '../support/given.ts';

const step = { kind: 'agent', role: 'implementer', gives: 'tree', landing: 'direct', repairs: 0, mayChangeNothing: true } as const;
const workflow = workflowSchema.parse({
  name: 'Z', description: '', origin: 'zenflow', zenflow: { artifacts: 'docs/plan', plan: '# Z\n### [ ] Step: first\n### [ ] Step: second\n' },
  steps: [{ ...step, id: 'first', needs: [] }, { ...step, id: 'second', needs: ['first'] }],
});
const begun: RunEvent[] = [{ ...accepted(), workflow } as RunEvent];
const other = '# Z\n### [x] Step: first\n### [x] Step: second\n### [ ] Step: of another task\n';

async function opened(events: readonly RunEvent[], id: string, files: Record<string, string>, resumed = false): Promise<Record<string, string>> {
  const held = new Map(Object.entries(files));
  const { state } = given(events);
  const ports = { files: (root: string) => memorySandbox(held).files(root), archive: { worktrees: () => Promise.resolve([]) } } as unknown as EnginePorts;
  await openPlan({ ports, state, unit: state.units.find((unit: Unit) => unit.id === id) ?? assert.fail(id) } satisfies { ports: EnginePorts; state: RunState; unit: Unit }, '/worktree', resumed);
  return Object.fromEntries(held);
}

describe('the plan of a Zenflow workflow, as a step finds it', () => {
  it('REQ-ZEN-11 is the workflow\'s, whatever another task left in a folder that they share', async () => {
    assert.deepEqual(await opened([...begun, startedAttempt('first')], 'first', { 'docs/plan/plan.md': other, 'README.md': 'x' }), { 'docs/plan/plan.md': '# Z\n### [>] Step: first\n### [ ] Step: second\n', 'README.md': 'x' });
  });

  it('REQ-ZEN-05 is what the steps before it, or its own unfinished work, left', async () => {
    const noted = '# Z\nnoted\n### [ ] Step: first\n### [ ] Step: second\n';
    assert.deepEqual(await opened([...begun, startedAttempt('first')], 'first', { 'docs/plan/plan.md': noted }, true), { 'docs/plan/plan.md': '# Z\nnoted\n### [>] Step: first\n### [ ] Step: second\n' });
    assert.deepEqual(await opened([...begun, ...changed('first'), integrated('first', 'base'), landed('first', 'x'), startedAttempt('second')], 'second', { 'docs/plan/plan.md': noted }), { 'docs/plan/plan.md': '# Z\nnoted\n### [x] Step: first\n### [>] Step: second\n' });
  });
});
