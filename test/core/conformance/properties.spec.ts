/** What holds for every workflow and whatever comes of its steps: played with drawn stubs, looked at after each event. */
import { deepEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { decide } from '../../../src/core/decide.ts';
import type { DryRun } from '../../../src/core/dryRun.ts';
import { dryRun } from '../../../src/core/dryRun.ts';
import type { RunEvent } from '../../../src/core/event.ts';
import { holds } from '../../../src/core/expression.ts';
import { ancestors } from '../../../src/core/graph.ts';
import { settle } from '../../../src/core/settle.ts';
import type { RunState } from '../../../src/core/state.ts';
import { openCheckpoints } from '../../../src/core/state.ts';
import { failures, waiting } from '../../../src/core/status.ts';
import { drawnStubs } from '../../../src/core/stubs.ts';
import type { Stubs } from '../../../src/core/stubs.ts';
import { asksAlways, conditionOf, isOver, valuesFor } from '../../../src/core/values.ts';
import type { Workflow } from '../../../src/core/workflow.ts';
import { mistakes } from '../../../src/core/workflowMistakes.ts';
import type { DrawnOptions } from '../../support/drawnWorkflow.ts';
import { drawnWorkflow, shownWorkflow } from '../../support/drawnWorkflow.ts';
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

class Watch {
  readonly found: string[] = [];
  readonly #ended = new Set<string>();

  see(before: RunState | undefined, after: RunState, event: RunEvent): void {
    const commands = decide(after);
    if ('command' in event && event.command !== '' && event.type !== 'AttemptStarted') this.#ended.add(event.command);
    for (const command of commands) if (this.#ended.has(command.id)) this.found.push(`${command.id} comes twice`);
    if (new Set(commands.map((command) => command.id)).size !== commands.length) this.found.push('two commands have one id');
    if (!after.end && commands.length === 0 && openCheckpoints(after).length === 0 && !waiting(after) && failures(after).length === 0) this.found.push(`nothing runs and nobody is asked after ${event.type}`);
    const again = settle(null, after, after.updatedAt, () => undefined);
    if (!after.end && (again.steps !== after.steps || again.units !== after.units || again.checkpoints !== after.checkpoints || again.end !== after.end)) this.found.push(`something more follows from ${event.type}: ${after.steps.flatMap((step, index) => (step === again.steps[index] ? [] : [`${step.id} ${step.status} → ${again.steps[index]?.status ?? ''}`])).join(', ')}`);
    if (event.type === 'Landed') this.#landed(before, event);
  }

  /** A step that began did so since its needs and its condition let it. */
  begun(before: RunState | undefined, after: RunState, event: RunEvent): void {
    after.steps.forEach((own, index) => {
      const was = before?.steps[index], step = after.workflow.steps[index];
      if (!step || own.status === 'pending' || own.status === 'skipped' || own.round > 1 || (was && was.n === own.n) || (was?.status === 'done' && step.kind === 'checkpoint')) return;
      const condition = conditionOf(step);
      const needs = step.needs.map((need) => after.steps.find((other) => other.id === need)?.status ?? 'pending');
      const joined = asksAlways(step) ? needs.every((status) => status === 'done' || status === 'failed' || status === 'skipped')
        : step.needs.length === 0 || (step.join === 'all' ? needs.every((status) => status === 'done') : needs.includes('done'));
      const retried = event.type === 'RetryRequested' || event.type === 'ArtifactEdited';
      if (!retried && !joined) this.found.push(`${own.id} began on ${needs.join(', ')} (${step.join})`);
      if (!retried && condition && !holds(condition, valuesFor(after, step))) this.found.push(`${own.id} began although ${step.if ?? ''} does not hold`);
      if (step.within !== null && after.steps.find((other) => other.id === step.within)?.status === 'pending') this.found.push(`${own.id} began before ${step.within}`);
    });
  }

  /** I4, I6, from what stood there before. */
  #landed(before: RunState | undefined, event: Extract<RunEvent, { type: 'Landed' }>): void {
    const evidence = before?.candidateEvidence;
    const approvals = before?.checkpoints.filter((checkpoint) => checkpoint.about === 'merge' && checkpoint.state === 'approved') ?? [];
    const waived = (before?.waived.length ?? 0) > 0 || approvals.some((approval) => approval.waivers.length > 0);
    if (evidence?.tree !== event.tree || (evidence.verdict !== 'accepted' && !waived)) this.found.push(`landed on ${evidence?.verdict ?? 'no evidence'}`);
    const merge = before?.workflow.steps.find((step) => step.kind === 'merge' && before.steps.some((own) => own.id === step.id && event.command === `${own.id}#${own.n}`));
    const asked = merge && before ? ancestors(before.workflow, merge.id).filter((step) => step.kind === 'checkpoint' && step.about === 'merge' && before.steps.some((own) => own.id === step.id && own.status === 'done')) : [];
    for (const step of asked) if (approvals.findLast((approval) => approval.step === step.id)?.binding.commit !== event.commit) this.found.push(`landed without the approval of ${step.id}`);
  }
}

function play(draw: Draw, options: DrawnOptions, stubs: Stubs): { readonly workflow: Workflow; readonly dry: DryRun; readonly found: readonly string[] } {
  const workflow = drawnWorkflow(draw, options);
  const watch = new Watch();
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
