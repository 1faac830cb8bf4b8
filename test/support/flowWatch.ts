/**
 * What holds in every run of every workflow, looked at event by event: nothing begins that may not, nothing is asked for twice, nothing stands
 * still unseen, nothing lands unproven. Owns: these looks. Refuses: to know whether the run is played by stubs or by the engine.
 */
import { decide, wants } from '../../src/core/decide.ts';
import type { Recorded, RunEvent } from '../../src/core/event.ts';
import { evolveWatched } from '../../src/core/evolve.ts';
import { holds } from '../../src/core/expression.ts';
import { ancestors } from '../../src/core/graph.ts';
import { settle } from '../../src/core/settle.ts';
import type { RunState } from '../../src/core/state.ts';
import { openCheckpoints } from '../../src/core/state.ts';
import { failures, waiting } from '../../src/core/status.ts';
import { notStarted } from '../../src/core/upstream.ts';
import { asksAlways, conditionOf, valuesFor } from '../../src/core/values.ts';

export class FlowWatch {
  readonly found: string[] = [];
  readonly #ended = new Set<string>();

  /** Folds one event and looks at the state that it leads to, and at each on the way. */
  follow(before: RunState | undefined, record: Recorded<RunEvent>): RunState | undefined {
    let last = before;
    const look = (passed: RunState): void => {
      this.begun(last, passed, record.event);
      last = passed;
    };
    const after = evolveWatched(before, record, look);
    if (after && after !== last) look(after);
    if (after && after !== before) this.see(before, after, record.event);
    return after;
  }

  /** After an event, with all that followed from it. */
  see(before: RunState | undefined, after: RunState, event: RunEvent): void {
    const commands = decide(after);
    // A git command that broke is repeated as it was: it may have had its effect; a landing that is blocked goes on.
    if ('command' in event && event.command !== '' && !['AttemptStarted', 'PlanAmendmentProposed', 'CommandFailed', 'LandingBlocked'].includes(event.type)) this.#ended.add(event.command);
    for (const command of commands) if (this.#ended.has(command.id)) this.found.push(`${command.id} comes twice`);
    if (new Set(commands.map((command) => command.id)).size !== commands.length) this.found.push('two commands have one id');
    if (!after.end && commands.length === 0 && openCheckpoints(after).length === 0 && !waiting(after) && failures(after).length === 0) this.found.push(`nothing runs and nobody is asked after ${event.type}`);
    // Before the task that it comes after has landed, nothing follows.
    if (notStarted(after)) return;
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
      const over = needs.every((status) => status === 'done' || status === 'failed' || status === 'skipped');
      const joined = asksAlways(step) ? over : step.needs.length === 0 || (step.join === 'all' ? needs.every((status) => status === 'done') : needs.includes('done') && (over || step.join === 'any'));
      const retried = event.type === 'RetryRequested' || event.type === 'ArtifactEdited' || event.type === 'PlanEdited';
      if (!retried && !joined) this.found.push(`${own.id} began on ${needs.join(', ')} (${step.join})`);
      if (!retried && condition && !holds(condition, valuesFor(after, step))) this.found.push(`${own.id} began although ${step.if ?? ''} does not hold`);
      if (own.gate?.kind === 'judging' && own.gate.subject.head !== after.head) this.found.push(`${own.id} judges what does not hold all work that is there`);
      if (step.within !== null && after.steps.find((other) => other.id === step.within)?.status === 'pending') this.found.push(`${own.id} began before ${step.within}`);
    });
  }

  /** I4, I6, from what stood there before. */
  #landed(before: RunState | undefined, event: Extract<RunEvent, { type: 'Landed' }>): void {
    // Landed before the run came to want something else: held against what was proven then by whoever landed it.
    if (before && !wants(before, event.command)) return;
    const evidence = before?.candidateEvidence;
    const approvals = before?.checkpoints.filter((checkpoint) => checkpoint.about === 'merge' && checkpoint.state === 'approved') ?? [];
    const waived = (before?.waived.length ?? 0) > 0 || approvals.some((approval) => approval.waivers.length > 0);
    // Another candidate may have been made while this one landed: of what was proven before there is nothing here then.
    if (before?.candidate?.commit === event.commit && (evidence?.tree !== event.tree || (evidence.verdict !== 'accepted' && !waived))) this.found.push(`landed on ${evidence?.verdict ?? 'no evidence'}`);
    const merge = before?.workflow.steps.find((step) => step.kind === 'merge' && before.steps.some((own) => own.id === step.id && event.command === `${own.id}#${own.n}`));
    const asked = merge && before ? ancestors(before.workflow, merge.id).filter((step) => step.kind === 'checkpoint' && step.about === 'merge' && before.steps.some((own) => own.id === step.id && own.status === 'done')) : [];
    for (const step of asked) if (!approvals.some((approval) => approval.step === step.id && approval.binding.commit === event.commit)) this.found.push(`landed without the approval of ${step.id}`);
  }
}
