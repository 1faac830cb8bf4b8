/** What holds for every workflow and whatever comes of its steps: played with drawn stubs, looked at after each event. */
import { deepEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { DryRun } from '../../../src/core/dryRun.ts';
import { dryRun } from '../../../src/core/dryRun.ts';
import { drawnStubs } from '../../../src/core/stubs.ts';
import type { Stubs } from '../../../src/core/stubs.ts';
import { isOver } from '../../../src/core/values.ts';
import type { Workflow } from '../../../src/core/workflow.ts';
import { mistakes } from '../../../src/core/workflowMistakes.ts';
import type { DrawnOptions } from '../../support/drawnWorkflow.ts';
import { drawnWorkflow, shownWorkflow } from '../../support/drawnWorkflow.ts';
import { FlowWatch } from '../../support/flowWatch.ts';
import { seeded } from '../../simulation/chance.ts';

type Draw = (below: number) => number;

function drawing(seed: number): Draw {
  const chance = seeded(seed);
  return (below) => chance.between(0, Math.max(0, below - 1));
}

/** After so many questions all goes well: whatever can end has to end. */
function calming(stubs: Stubs, after: number): Stubs {
  let asked = 0;
  return (question) => (++asked > after ? { stopped: 'retry' } : stubs(question));
}

function play(draw: Draw, options: DrawnOptions, stubs: Stubs): { readonly workflow: Workflow; readonly dry: DryRun; readonly found: readonly string[] } {
  const workflow = drawnWorkflow(draw, options);
  const watch = new FlowWatch();
  const wrong = mistakes(workflow).filter(({ message }) => !message.includes('not carried out')).map(({ message }) => message);
  const dry = dryRun({ workflow, stubs, draw, limit: 3_000, onEvent: (before, after, event) => watch.see(before, after, event), onPass: (before, after, event) => watch.begun(before, after, event) });
  return { workflow, dry, found: [...wrong, ...watch.found] };
}

function fails(played: ReturnType<typeof play>, expected: Record<string, unknown>, real: Record<string, unknown>): void {
  deepEqual({ found: [...new Set(played.found)], ...real }, { found: [], ...expected }, `\n${shownWorkflow(played.workflow)}\n\n${JSON.stringify(played.found)}\n${JSON.stringify(real)}\n${played.dry.records.slice(-25).map(({ event }) => JSON.stringify(event).slice(0, 200)).join('\n')}`);
}

const runs = Number(process.env.RUNS ?? 300);

describe('every workflow', () => {
  it('REQ-FLOW-01 ends, asks for nothing twice, begins no step whose condition or join does not hold, and never stands still unseen', function () {
    this.timeout(60_000);
    fc.assert(fc.property(fc.nat(), (seed) => {
      const draw = drawing(seed);
      const played = play(draw, { most: 8, lands: draw(2) === 0 }, calming(drawnStubs(draw), 60));
      const { dry } = played;
      fails(played, { endless: false, ended: true, open: [] }, { endless: dry.endless, ended: dry.state.end !== null, open: dry.records.some(({ event }) => event.type === 'CheckpointRejected') ? [] : dry.state.steps.filter((step) => !isOver(step)).map((step) => step.id) });
    }), { numRuns: runs, endOnFailure: true });
  });

  it('REQ-FLOW-02 runs no step twice when nothing is repeated and all goes well', function () {
    this.timeout(60_000);
    fc.assert(fc.property(fc.nat(), (seed) => {
      const draw = drawing(seed);
      const values = drawnStubs(draw);
      const played = play(draw, { most: 10, calm: true }, (question) => (question.kind === 'work' ? { outputs: values(question).outputs ?? {} } : {}));
      const { state } = played.dry;
      fails(played, { end: true, begun: [], attempts: [] }, { end: state.end !== null, begun: state.steps.filter((step) => step.n > 1 && state.workflow.steps.some((other) => other.id === step.id && other.kind !== 'checkpoint' && other.kind !== 'merge')).map((step) => step.id), attempts: state.units.filter((unit) => unit.attempts.length > 1).map((unit) => unit.id) });
    }), { numRuns: runs, endOnFailure: true });
  });

  it('REQ-FLOW-12 without agents and chance it is the same run, event by event', () => {
    fc.assert(fc.property(fc.nat(), (seed) => {
      const draw = drawing(seed);
      const workflow = drawnWorkflow(draw, { most: 8, kinds: ['run', 'tool', 'gate', 'use'] });
      const [first, second] = [dryRun({ workflow, stubs: () => ({}) }), dryRun({ workflow: structuredClone(workflow), stubs: () => ({}) })];
      deepEqual(first.records, second.records);
    }), { numRuns: 50 });
  });
});
