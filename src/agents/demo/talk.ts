/**
 * A model request of either protocol, read as what an agent can know: who it is, what it is asked, what its tools have told it.
 * Owns: the reading of both shapes, and of our own prompts. Refuses: to count requests: the same request is read the same for ever.
 */
import * as z from 'zod';
import type { Role } from '../../core/workflow.ts';
import { roles } from '../../core/workflow.ts';
import type { WorkRequest } from '../../ports/workers.ts';

export type Protocol = 'anthropic' | 'openai';

export interface Told { readonly name: string; readonly input: Readonly<Record<string, unknown>>; /** Null: not answered yet. */ readonly result: string | null; readonly ok: boolean }

export interface Talk {
  readonly role: Role;
  readonly gives: WorkRequest['gives'];
  readonly request: string;
  /** Name of the document that is asked for. */
  readonly document: string | null;
  /** What the step says, filled in; empty when it says nothing. */
  readonly step: string;
  /** Which of several that do the same this is, from 1; null: there is one. */
  readonly copy: number | null;
  /** Outputs that are asked for: name → JSON schema; null: none. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>> | null;
  /** The subtask's text; null: the request as a whole, or a rework. */
  readonly subtask: { readonly id: string; readonly text: string } | null;
  /** Each fenced comment of a person. */
  readonly comments: readonly string[];
  /** Everything that a gate said, for agents that repair and for reviewers; empty when none did. */
  readonly evidence: string;
  readonly conflict: boolean;
  /** The change that is judged; where a step shows one in its own words, that. */
  readonly diff: string;
  /** Names of the tools that the request offers. */
  readonly tools: readonly string[];
  readonly calls: readonly Told[];
  /** Lengths in characters, for plausible usage figures: all of it, and the part that the request before this one had too. */
  readonly size: { readonly all: number; readonly repeated: number };
}

const record = z.record(z.string(), z.unknown());
const content = z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]);
const anthropicSchema = z.looseObject({
  system: content.optional(), tools: z.array(z.looseObject({ name: z.string(), input_schema: record.optional() })).default([]),
  messages: z.array(z.looseObject({ role: z.string(), content })),
});
const openaiSchema = z.looseObject({
  instructions: z.string().optional(), tools: z.array(z.looseObject({ name: z.string(), parameters: record.optional() })).default([]),
  input: z.array(z.looseObject({ type: z.string().optional(), role: z.string().optional(), content: content.optional() })),
});

/** Null: not a request that this protocol's streaming endpoint would take. */
export function readTalk(protocol: Protocol, body: unknown): Talk | null {
  return protocol === 'anthropic' ? readAnthropic(body) : readOpenai(body);
}

function readAnthropic(body: unknown): Talk | null {
  const parsed = anthropicSchema.safeParse(body);
  if (!parsed.success) return null;
  const calls: (Told & { id: string })[] = [];
  for (const message of parsed.data.messages) {
    if (typeof message.content === 'string') continue;
    for (const block of message.content) {
      if (block.type === 'tool_use') calls.push({ id: String(block['id']), name: String(block['name']), input: record.catch({}).parse(block['input']), result: null, ok: true });
      if (block.type === 'tool_result') answer(calls, String(block['tool_use_id']), textOf(content.catch('').parse(block['content'])), block['is_error'] !== true);
    }
  }
  const sizes = [JSON.stringify(parsed.data.tools).length + textOf(parsed.data.system ?? '').length, ...parsed.data.messages.map((message) => JSON.stringify(message.content).length)];
  return talkOf(textOf(parsed.data.messages[0]?.content ?? ''), parsed.data.tools.map(({ name, input_schema: schema }) => ({ name, schema })), calls, sizes);
}

function readOpenai(body: unknown): Talk | null {
  const parsed = openaiSchema.safeParse(body);
  if (!parsed.success) return null;
  const calls: (Told & { id: string })[] = [];
  for (const item of parsed.data.input) {
    if (item.type === 'function_call') calls.push({ id: String(item['call_id']), name: String(item['name']), input: inputOf(String(item['arguments'])), result: null, ok: true });
    if (item.type === 'function_call_output') {
      const output = String(item['output']);
      answer(calls, String(item['call_id']), output, !output.startsWith('Error: '));
    }
  }
  const first = parsed.data.input.find((item) => item.role === 'user');
  const sizes = [JSON.stringify(parsed.data.tools).length + (parsed.data.instructions ?? '').length, ...parsed.data.input.map((item) => JSON.stringify(item).length)];
  return talkOf(textOf(first?.content ?? ''), parsed.data.tools.map(({ name, parameters: schema }) => ({ name, schema })), calls, sizes);
}

function answer(calls: (Told & { id: string })[], id: string, result: string, ok: boolean): void {
  const at = calls.findIndex((call) => call.id === id && call.result === null);
  const call = calls[at];
  if (call) calls[at] = { ...call, result, ok };
}

function textOf(value: z.infer<typeof content>): string {
  return typeof value === 'string' ? value : value.map((part) => (typeof part['text'] === 'string' ? part['text'] : '')).join('\n\n');
}

function inputOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return record.catch({}).parse(JSON.parse(text));
  } catch {
    return {};
  }
}

const handOvers: Readonly<Record<string, WorkRequest['gives']>> = { submit_plan: 'plan', submit_review: 'review', submit_document: 'document', submit_result: 'result', finish: 'tree' };
const outputsIn = z.looseObject({ properties: z.looseObject({ outputs: z.looseObject({ properties: z.record(z.string(), record) }) }) });

function talkOf(prompt: string, tools: readonly { readonly name: string; readonly schema: unknown }[], calls: readonly Told[], sizes: readonly number[]): Talk {
  const role = roles.find((known) => prompt.includes(`# Role: ${known}\n`));
  const subtask = fenced(prompt, 'subtask')[0] ?? null;
  const step = fenced(prompt, 'step')[0] ?? '';
  const copy = /^copy: (\d+)$/m.exec(fenced(prompt, 'values')[0] ?? '')?.[1];
  const outputs = outputsIn.safeParse(tools.at(-1)?.schema);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  // The request before this one lacked the last answer and its results: the last two entries, where there are any.
  const repeated = calls.length === 0 ? 0 : sizes.slice(0, -2).reduce((sum, size) => sum + size, 0);
  return {
    role: role ?? 'implementer', gives: handOvers[tools.at(-1)?.name ?? ''] ?? 'tree', request: fenced(prompt, 'request')[0]?.trim() ?? '',
    document: /^# The document: (.+)$/m.exec(prompt)?.[1] ?? null, step, copy: copy === undefined ? null : Number(copy), outputs: outputs.success ? outputs.data.properties.outputs.properties : null,
    subtask: subtask === null ? null : { id: /^([a-z0-9-]+):/.exec(subtask)?.[1] ?? '', text: subtask },
    comments: fenced(prompt, 'comment').map((comment) => comment.trim()),
    evidence: /^#+ Evidence/m.test(prompt) ? [/^Verdict: .*$/m.exec(prompt)?.[0] ?? '', ...fenced(prompt, 'failing-test'), ...fenced(prompt, 'output')].join('\n') : '',
    conflict: /^## Conflict$/m.test(prompt), diff: fenced(prompt, 'diff')[0] ?? (/^diff --git /m.test(step) ? step : ''),
    tools: tools.map((tool) => tool.name), calls, size: { all, repeated },
  };
}

/** The bodies of all fences of that name: what our prompts quote. */
function fenced(prompt: string, name: string): readonly string[] {
  return [...prompt.matchAll(new RegExp(`^(\`{3,})${name}\\n([\\s\\S]*?)\\n?^\\1$`, 'gm'))].map((match) => match[2] ?? '');
}
