/**
 * The one exhaustive switch from a command to the port calls that carry it out. Owns: what an outcome event says.
 * Every activity may be started again after a crash with the same command and comes to the same end.
 */
import type { Command } from '../core/decide.ts';
import type { RunEvent } from '../core/event.ts';
import { ranOutUnderLoad } from '../core/gate.ts';
import type { Evidence } from '../core/gate.ts';
import type { ChangeKind } from '../core/redGreen.ts';
import type { RunState } from '../core/state.ts';
import { GitError } from '../ports/archive.ts';
import { requirementsOf } from '../core/trace.ts';
import type { EnginePorts } from './enginePorts.ts';
import { commitMessage, landingMessage } from './messages.ts';
import { specEvents } from './specLooks.ts';

export type GitOrGateCommand = Exclude<Command, { kind: 'work' | 'land' }>;

export async function carryOut(ports: EnginePorts, state: RunState, command: GitOrGateCommand, output: (text: string) => void, signal: AbortSignal): Promise<readonly RunEvent[]> {
  try {
    const event = await eventOf(ports, state, command, output, signal);
    // What lands on another tip is judged with the specifications of that tip in mind: nobody approves without knowing.
    return [...(event.type === 'CandidateMade' ? await specEvents(ports, state, event.onto) : []), event];
  } catch (error) {
    signal.throwIfAborted();
    const message = error instanceof Error ? error.message : String(error);
    const git = error instanceof GitError ? error : null;
    const at = 'unit' in command ? command.unit : command.step;
    return [{ type: 'CommandFailed', command: command.id, at, reason: git?.reason ?? 'failed', message, next: git?.next ?? 'Read the log, mend the cause, then retry.' }];
  }
}

async function eventOf(ports: EnginePorts, state: RunState, command: GitOrGateCommand, output: (text: string) => void, signal: AbortSignal): Promise<RunEvent> {
  const { task } = state;
  switch (command.kind) {
    case 'integrate': {
      const unit = state.units.find((candidate) => candidate.id === command.unit);
      const summary = unit?.attempts.findLast((attempt) => attempt.outcome?.kind === 'tree')?.outcome;
      const message = unit ? commitMessage(state, unit, summary?.kind === 'tree' ? summary.summary : '') : command.unit;
      const merged = await ports.archive.integrate({ task, unit: command.unit, commit: command.commit, onto: command.onto, also: standsOn(state), message, at: dateOf(state, command.unit) });
      const { unit: id, n } = command;
      return merged.kind === 'clean' ? { type: 'Integrated', command: command.id, unit: id, n, onto: merged.onto, commit: merged.commit, tree: merged.tree }
        : { type: 'IntegrationConflicted', command: command.id, unit: id, n, onto: merged.onto, files: [...merged.files] };
    }
    case 'judge-unit': {
      const evidence = await examine(ports, state, { id: command.id, commit: command.commit, tree: command.tree, base: baseOf(state, command.unit) }, output, signal);
      return { type: 'UnitJudged', command: command.id, unit: command.unit, n: command.n, evidence, ...again(command, evidence) };
    }
    case 'advance': {
      await ports.archive.advance({ task, from: command.from, to: command.to });
      return { type: 'UnitLanded', command: command.id, unit: command.unit, n: command.n, commit: command.to };
    }
    case 'make-candidate': {
      const merged = await ports.archive.makeCandidate({ task, head: command.head, base: command.base, target: command.onto ?? state.accepted.target, message: landingMessage(state), at: state.updatedAt });
      const { step, n, head } = command;
      return merged.kind === 'clean' ? { type: 'CandidateMade', command: command.id, step, n, head, onto: merged.onto, commit: merged.commit, tree: merged.tree }
        : { type: 'CandidateConflicted', command: command.id, step, n, head, onto: merged.onto, files: [...merged.files], back: true };
    }
    case 'judge-candidate': {
      const evidence = await examine(ports, state, { id: command.id, commit: command.candidate.commit, tree: command.candidate.tree, base: command.candidate.onto, gates: command.gates, requirements: requirementsOf(state), ...kindOf(state, command.step) }, output, signal);
      return { type: 'CandidateJudged', command: command.id, step: command.step, n: command.n, evidence, ...again(command, evidence), complete: true, proofBack: true };
    }
  }
}

/**
 * Where the result would land its tests have to prove it, as the workflow says. The task's own branch is looked at on the way, and lands
 * nowhere; static checks alone have no test that could.
 */
function kindOf({ workflow, accepted }: RunState, id: string): { readonly kind?: ChangeKind } {
  const step = workflow.steps.find((candidate) => candidate.id === id), own = step?.kind === 'gate' ? step : null;
  const statics = own?.gates?.every((gate) => accepted.content.gates.some((one) => one.id === gate && one.findings !== undefined)) ?? false;
  return own?.tree === 'task' || statics ? {} : { kind: workflow.kind ?? 'auto' };
}

/** Commits that work may stand on though the branch does not any more, since all of it was laid on another commit. */
function standsOn(state: RunState): readonly string[] {
  return state.upstream === null ? [] : [state.base, ...state.replaced];
}

/** Of stacked work: what it is laid on now; what is red there is the other task's. */
function baseOf(state: RunState, unit: string): string {
  if (state.upstream?.how !== 'on') return state.accepted.base.commit;
  return state.units.find((candidate) => candidate.id === unit)?.rebase?.onto ?? state.base;
}

/** Once: what runs out of time alone as well has a person look at the machine. */
function again({ alone }: { readonly alone?: true }, evidence: Evidence): { readonly again?: true } {
  return alone !== true && ranOutUnderLoad(evidence) ? { again: true } : {};
}

/** `base`: what the tree is judged against: where the task began for a part of it, the target's tip for what would land there. */
function examine(ports: EnginePorts, state: RunState, what: { readonly id: string; readonly commit: string; readonly tree: string; readonly base: string; readonly gates?: readonly string[] | null; readonly requirements?: readonly string[]; readonly kind?: ChangeKind }, output: (text: string) => void, signal: AbortSignal) {
  const declared = (state.plan?.subtasks ?? []).flatMap((subtask) => subtask.tests);
  return ports.examiners.examine({ task: state.task, ...what, ...(declared.length > 0 ? { declared } : {}), content: state.accepted.content, sandbox: state.settings.sandbox }, output, signal);
}

/** The date of a unit's landing commit is when its work was finished: the same after any number of crashes. */
function dateOf(state: RunState, unit: string): number {
  return state.units.find((candidate) => candidate.id === unit)?.finishedAt ?? state.startedAt;
}
