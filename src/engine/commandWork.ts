/**
 * One attempt of a `run` step: from its command's surroundings to an outcome. Owns: which place it runs in (a scratch checkout of the task's
 * branch, or a worktree whose tree is taken), its values, and what its end comes to. A command that was cut off is begun again from the start.
 */
import type { Failure, Outcome } from '../core/outcome.ts';
import { outputsFromText } from '../core/typedOutputs.ts';
import { valueOf, valuesFor } from '../core/values.ts';
import type { StepOf, Value } from '../core/workflow.ts';
import type { CommandResult } from '../ports/commands.ts';
import { takeTree } from './takeTree.ts';
import type { WorkContext } from './workContext.ts';

type RunStep = StepOf<'run'>;

export async function commandOutcome(context: WorkContext, step: RunStep): Promise<Outcome> {
  const { ports, state, unit, command, signal } = context;
  const worktree = step.gives === 'tree' ? await ports.archive.openWorktree({ task: state.task, unit: unit.id, start: command.start, keep: false }) : null;
  signal.throwIfAborted();
  const { accepted, settings } = state;
  context.part({ kind: 'tool-call', name: 'run', summary: step.command.trim() });
  const result = await ports.commands.run({
    command: step.command, environment: environmentOf(context, step), commit: command.start, worktree, content: accepted.content, base: accepted.base.commit, sandbox: settings.sandbox,
    timeoutMs: step.timeoutMs ?? settings.stepMinutes * 60_000,
  }, (text) => { context.part({ kind: 'text', text }); }, signal);
  signal.throwIfAborted();
  const outcome = outcomeOf(step, result);
  if (outcome.kind === 'failed' || step.gives === 'result') return outcome;
  return { ...await takeTree(context, `Ran: ${oneLine(step.command)}`), ...(outcome.outputs ? { outputs: outcome.outputs } : {}) };
}

function environmentOf({ state, unit }: WorkContext, step: RunStep): Readonly<Record<string, string>> {
  const values = valuesFor(state, step, unit);
  return Object.fromEntries(Object.entries(step.env).map(([name, expression]) => [name, asText(valueOf(expression, values))]));
}

/** A list is one element a line: `while read -r` takes it apart again. */
function asText(value: Value | undefined): string {
  return value === undefined ? '' : Array.isArray(value) ? value.join('\n') : String(value);
}

function outcomeOf(step: RunStep, { end, stdout, outputs, tail }: CommandResult): Outcome {
  const what = `"${oneLine(step.command)}"`;
  const last = tail.trim() === '' ? '' : `:\n${tail.trim()}`;
  switch (end.kind) {
    case 'exited': {
      const own = { exit: end.code, stdout };
      if (end.code !== 0) return failed('command', `${what} exited with ${end.code}${last}`, own);
      if (outputs === null) return failed('output', `${what} wrote more than 1 MiB into the file of TREELINE_OUTPUT, or made something else of it. Write lines name=value into it.`, own);
      const read = outputsFromText(step.outputs, outputs);
      return read.ok ? { kind: 'result', summary: `${what} exited with 0`, outputs: { ...own, ...read.value } } : failed('output', `${what} exited with 0, but its outputs are not as declared: ${read.refusal.join('; ')}. Write lines name=value into the file that TREELINE_OUTPUT names.`, own);
    }
    case 'signalled': return failed('command', `${what} was ended by ${end.signal}${last}`, { stdout });
    case 'timed-out': return failed('timeout', `${what} was not done in time and was ended${last}`, { stdout });
    case 'too-much-output': return failed('command', `${what} printed without end and was ended${last}`, { stdout });
    case 'not-started': return failed('workspace', `${what} could not be started: ${end.why}${last}`);
  }
}

function failed(failure: Failure, message: string, outputs?: Readonly<Record<string, Value>>): Outcome {
  return { kind: 'failed', failure, message, retryAt: null, ...(outputs ? { outputs: { ...outputs } } : {}) };
}

function oneLine(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return line.length <= 80 ? line : `${line.slice(0, 79)}…`;
}
