/**
 * One attempt of a `tool` step: its arguments filled in, the call, its answer against what the step declared.
 * Owns: what an answer comes to. Refuses: an answer of other types; to know how a server is reached.
 */
import type { Failure, Outcome } from '../core/outcome.ts';
import { plainText } from '../core/plainText.ts';
import { render } from '../core/template.ts';
import { outputsOf } from '../core/typedOutputs.ts';
import { valueOf, valuesFor } from '../core/values.ts';
import type { Values } from '../core/expression.ts';
import type { StepOf } from '../core/workflow.ts';
import type { ToolEnd } from '../ports/toolServers.ts';
import type { WorkContext } from './workContext.ts';

type ToolStep = StepOf<'tool'>;

export async function toolOutcome(context: WorkContext, step: ToolStep): Promise<Outcome> {
  const { ports, state, unit, signal } = context;
  const values = valuesFor(state, step, unit);
  const given = Object.fromEntries(Object.entries(step.with).flatMap(([name, value]) => { const filled = fill(value, values); return filled === undefined ? [] : [[name, filled] as const]; }));
  context.part({ kind: 'tool-call', name: `${step.server}/${step.tool}`, summary: JSON.stringify(given).slice(0, 500) });
  const end = await ports.toolServers.call({
    task: state.task, server: step.server, tool: step.tool, arguments: given, timeoutMs: step.timeoutMs ?? state.settings.stepMinutes * 60_000,
  }, (text) => { context.part({ kind: 'text', text: plainText(text) }); }, signal);
  signal.throwIfAborted();
  const outcome = outcomeOf(step, end);
  context.part({ kind: 'tool-result', name: `${step.server}/${step.tool}`, ok: end.kind === 'answered', text: end.kind === 'answered' ? end.text.slice(0, 4_000) : end.message });
  return outcome;
}

/** Texts are templates, however deep; one that is nothing but an expression gives the value itself, and nothing where that is empty. */
function fill(value: unknown, values: Values): unknown {
  if (typeof value === 'string') {
    const [, expression] = /^\s*\$\{\{((?:(?!\$\{\{|\}\})[^])*)\}\}\s*$/.exec(value) ?? [];
    return expression === undefined ? render(value, values) : valueOf(expression, values);
  }
  if (Array.isArray(value)) return value.map((item: unknown) => fill(item, values) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([name, item]) => { const filled = fill(item, values); return filled === undefined ? [] : [[name, filled] as const]; }));
}

function outcomeOf(step: ToolStep, end: ToolEnd): Outcome {
  const what = `${step.server}/${step.tool}`;
  if (end.kind === 'failed') return failed(end.failure, `${end.message} ${end.next}`);
  const names = Object.entries(step.outputs);
  const [only] = names;
  const found = end.structured ?? (names.length === 1 && only?.[1].type === 'string' ? { [only[0]]: end.text } : null);
  if (found === null && names.length > 0) return failed('output', `${what} answered with text that is no JSON object, and its outputs (${names.map(([name]) => name).join(', ')}) are looked for in one: ${end.text.slice(0, 200)}`);
  const read = outputsOf(step.outputs, found ?? {});
  return read.ok ? { kind: 'result', summary: `${what} answered`, outputs: read.value } : failed('output', `${what} answered, but not what the step declares: ${read.refusal.join('; ')}.`);
}

function failed(failure: Failure, message: string): Outcome {
  return { kind: 'failed', failure, message, retryAt: null };
}
