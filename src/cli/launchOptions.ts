/**
 * The flags of `run` → a launch request. Pure.
 * Owns: their grammar (product.md §5). Refuses: unknown roles, kinds, specs and figures, each with what would be right.
 */
import { checkpointKinds } from '../core/event.ts';
import { roles } from '../core/workflow.ts';
import { inputLines, inputsFromText } from '../core/inputs.ts';
import type { Answer, Launch } from '../protocol/messages.ts';
import { UsageError } from './failure.ts';
import { plain } from './show/plain.ts';

export interface RunFlags {
  readonly workflow?: string;
  readonly base?: string;
  readonly spec?: readonly string[];
  readonly agent?: readonly string[];
  readonly maxUsd?: string;
  readonly maxMinutes?: string;
  readonly yes?: string;
  readonly sandbox?: string;
  readonly after?: string;
  readonly on?: string;
}

const agentSpec = /^(demo|(anthropic|openai):[^\s,]+|compatible:[^\s,/]+\/[^\s,]+)$/;
const laterAgent = /^(acp|vscode):/;
const sandboxes = ['required', 'prefer', 'off'] as const;

/** What of a launch words alone say. */
export type LaunchWords = Omit<Launch, 'trust' | 'workflowTrust' | 'inputs' | 'keys' | 'by'>;

/** What of a launch the flags alone say; inputs, keys, trust and the person are added by `run`. */
export function launchOf(request: string, flags: RunFlags): LaunchWords {
  if (request.trim() === '') throw new UsageError('usage', 'The request is empty', 'Say what should be done: treeline run "Add CSV export".');
  return {
    request, workflow: flags.workflow ?? null, base: flags.base ?? null, specs: [...(flags.spec ?? [])], agents: agentsOf(flags.agent ?? []),
    budget: { usd: positive('--max-usd', flags.maxUsd), minutes: positive('--max-minutes', flags.maxMinutes) },
    yes: flags.yes === undefined ? [] : yesOf(flags.yes), sandbox: flags.sandbox === undefined ? null : oneOf('--sandbox', flags.sandbox, sandboxes),
    upstream: upstreamOf(flags),
  };
}

/** Which task to start after, or to stand on; of these and `--base` only what goes together. */
function upstreamOf({ after, on, base }: RunFlags): NonNullable<Launch['upstream']> | null {
  if (after !== undefined && on !== undefined) throw new UsageError('usage', '--after and --on were both given', 'Say one: --after TASK starts when that one has landed, --on TASK starts now, on its branch.');
  if (on !== undefined && base !== undefined) throw new UsageError('usage', '--on and --base were both given: a stacked task starts where the other one stands', 'Leave --base out.');
  const task = after ?? on;
  return task === undefined ? null : { task, how: after === undefined ? 'on' : 'after' };
}

/** `NAME=VALUE` of each `--input`; of which type is the workflow's to say. */
export function inputWords(given: readonly string[]): readonly (readonly [name: string, text: string])[] {
  return given.map((one) => {
    const at = one.indexOf('=');
    if (at < 1) throw new UsageError('usage', `"--input ${one}" names no input`, 'Write --input NAME=VALUE. What a workflow asks for: treeline workflow list.');
    return [one.slice(0, at), one.slice(at + 1)];
  });
}

/** Held against what the workflow declares; a mistake says all that it asks for. */
export function typedInputs(workflow: Answer<'inspect'>['workflow'], given: readonly (readonly [string, string])[]): NonNullable<Launch['inputs']> {
  const declared = workflow?.inputs ?? {};
  const typed = inputsFromText(declared, given);
  if (typed.ok) return { ...typed.value };
  const asked = inputLines(declared);
  throw new UsageError('usage', `The workflow "${workflow?.id ?? ''}" cannot start like this: ${typed.refusal.join('; ')}`, asked.length === 0 ? 'It asks for no inputs.' : `It asks for:\n${asked.map((line) => `  ${plain(line, 300)}`).join('\n')}`);
}

/** `ROLE=SPEC[,SPEC…]`, each role once. */
export function agentsOf(given: readonly string[]): Launch['agents'] {
  const agents: Launch['agents'] = {};
  for (const one of given) {
    const at = one.indexOf('=');
    if (at < 1) throw new UsageError('usage', `"--agent ${one}" names no role`, `Write --agent ROLE=SPEC, with a role of ${roles.join(', ')}.`);
    const role = oneOf('--agent', one.slice(0, at), roles);
    if (agents[role]) throw new UsageError('usage', `--agent names the role "${role}" twice`, 'Write a chain instead: --agent ROLE=FIRST,SECOND.');
    agents[role] = one.slice(at + 1).split(',').map((spec) => checkedSpec(spec.trim()));
  }
  return agents;
}

function checkedSpec(spec: string): string {
  if (laterAgent.test(spec)) throw new UsageError('not-in-this-version', `"${spec}": agents of this kind are not in this version`, 'Use demo, anthropic:MODEL, openai:MODEL or compatible:NAME/MODEL.');
  if (!agentSpec.test(spec)) throw new UsageError('usage', `"${spec}" is no agent`, 'Use demo, anthropic:MODEL, openai:MODEL or compatible:NAME/MODEL.');
  return spec;
}

/** `plan,review,merge`: which checkpoints are approved without asking. */
function yesOf(text: string): Launch['yes'] {
  return [...new Set(text.split(',').map((kind) => oneOf('--yes', kind.trim(), checkpointKinds)))];
}

export function positive(flag: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number <= 0) throw new UsageError('usage', `${flag} is "${text}", which is no number above 0`, `Write for example ${flag} 5.`);
  return number;
}

export function oneOf<Word extends string>(flag: string, text: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === text);
  if (found === undefined) throw new UsageError('usage', `${flag}: "${text}" is not one of ${words.join(', ')}`, `Choose one of ${words.join(', ')}.`);
  return found;
}
