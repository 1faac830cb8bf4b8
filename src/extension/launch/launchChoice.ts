/**
 * What a person chose beside the request: workflow, base and agents, remembered for the next time.
 * Owns: its shape, the words that show it, and how agents are written. Refuses: an agent of a kind that does not exist.
 */
import * as z from 'zod';
import type { Answer } from '../../protocol/messages.ts';
import { branchName, short } from '../figures.ts';
import { plain, plainLines, withoutIcons } from '../plain.ts';
import type { SpecLookView } from '../../protocol/specLook.ts';
import { t } from '../words.ts';
import { specsText } from './specChoice.ts';
import { upstreamText } from './upstreamChoice.ts';
import type { UpstreamChoice } from './upstreamChoice.ts';

export type Inspection = Answer<'inspect'>;

const choiceSchema = z.object({ workflow: z.string().nullable(), base: z.string().nullable(), agents: z.record(z.string(), z.array(z.string())) });
export type LaunchChoice = z.infer<typeof choiceSchema>;

const nothingChosen: LaunchChoice = { workflow: null, base: null, agents: {} };

export function readChoice(stored: unknown): LaunchChoice {
  return choiceSchema.safeParse(stored).data ?? nothingChosen;
}

/** The agents of a launch: what was chosen, or the demo agent in the sample repository, or whatever the keys allow. */
export function agentsOf(choice: LaunchChoice, sample: boolean): LaunchChoice['agents'] {
  if (Object.keys(choice.agents).length > 0 && (sample || !usesDemo(choice.agents))) return choice.agents;
  return sample ? { implementer: ['demo'] } : {};
}

const usesDemo = (agents: LaunchChoice['agents']): boolean => Object.values(agents).some((chain) => chain.includes('demo'));

export function agentsText(agents: LaunchChoice['agents']): string {
  const entries = Object.entries(agents);
  const [only] = entries;
  if (!only) return t('agents by your keys');
  if (entries.length === 1 && only[0] === 'implementer') return withoutIcons(only[1].join(', '));
  return withoutIcons(entries.map(([role, chain]) => `${role} ${chain.join(', ')}`).join(' · '));
}

/** What is launched is what is shown: the workflow chosen, else that of the person's settings. Undefined: none of these is here, and the engine will say so. */
export function workflowOf(choice: LaunchChoice, { workflows, defaultWorkflow }: Inspection): Inspection['workflows'][number] | undefined {
  return workflows.find((workflow) => workflow.id === choice.workflow) ?? workflows.find((workflow) => workflow.id === defaultWorkflow);
}

/** Above the box: `New Task · Spec and build · demo · main a1b2c3d4`. */
export function launchTitle(choice: LaunchChoice, inspection: Inspection | null, upstream: UpstreamChoice | null = null): string {
  const base = inspection ? `${branchName(inspection.base.ref)} ${short(inspection.base.commit)}` : (choice.base ?? t('current branch'));
  const workflow = (inspection ? workflowOf(choice, inspection)?.name : choice.workflow) ?? t('workflow of your settings');
  return [t('New Task'), withoutIcons(workflow), agentsText(agentsOf(choice, inspection?.sample ?? false)), ...(upstream?.how === 'on' ? [] : [withoutIcons(base)]), upstreamText(upstream)].filter(Boolean).join(' · ');
}

/** Under the box: what will happen to the person's files, which is nothing, and what goes to whom. */
export function launchPrompt(inspection: Inspection | null, running: number, look: SpecLookView | null, upstream: UpstreamChoice | null = null): string {
  if (!inspection) return t('Looking at the repository…');
  const { base, dirty } = inspection;
  return [
    fromWhere(base, upstream),
    dirty.length === 0 ? '' : dirty.length === 1 ? t('1 uncommitted file is not seen by it.') : t('{0} uncommitted files are not seen by it.', dirty.length),
    running === 0 ? '' : t('Runs in parallel with {0} more.', running),
    look ? `${specsText(look)}.` : '',
  ].filter(Boolean).join(' ');
}

function fromWhere(base: Inspection['base'], upstream: UpstreamChoice | null): string {
  if (upstream?.how === 'on') return t('Runs in new worktrees from the branch of that task; your files are not touched.');
  if (upstream) return t('Starts by itself, in new worktrees, when that task has landed; your files are not touched.');
  return t('Runs in new worktrees from {0} {1}; your files are not touched.', withoutIcons(branchName(base.ref)), short(base.commit));
}

const spec = /^(demo|(anthropic|openai):[^\s,]+|compatible:[a-z][a-z0-9-]*\/[^\s,]+)$/;
const roles = ['planner', 'implementer', 'tester', 'reviewer', 'resolver'];

export type AgentsRead = { readonly ok: true; readonly agents: LaunchChoice['agents'] } | { readonly ok: false; readonly why: string };

/** `anthropic:MODEL`, a chain with commas, or `implementer=… reviewer=…`; empty: by the keys. */
export function readAgents(text: string): AgentsRead {
  const agents: Record<string, string[]> = {};
  for (const part of text.trim().replaceAll(/\s*,\s*/g, ',').split(/\s+/).filter(Boolean)) {
    const [left = '', right] = part.split('=', 2);
    const role = right === undefined ? 'implementer' : left;
    const chain = (right ?? left).split(',');
    if (!roles.includes(role)) return { ok: false, why: t('"{0}" is no role; there are {1}.', plain(role, 40), roles.join(', ')) };
    const wrong = chain.find((one) => !spec.test(one));
    if (wrong !== undefined) return { ok: false, why: t('"{0}" is no agent; write for example anthropic:MODEL, openai:MODEL or compatible:NAME/MODEL.', plain(wrong, 40)) };
    agents[role] = chain;
  }
  return { ok: true, agents };
}

/** Lines of a workflow's difference that a message box can show. */
const shownLines = 60;

/** Everything that this repository would have run on the machine, before anybody trusts it. */
export function trustText({ content, trusted, workflow }: Inspection): string {
  const commands = trusted ? [] : [
    content.setup === null ? t('Set-up: none') : t('Set-up: {0}', plain(content.setup, 300)),
    ...content.gates.map((gate) => [t('Gate {0}: {1}', plain(gate.id), plain(gate.command, 300)), ...Object.keys(gate.resolves).map((name) => `    ${plain(name)}`)].join('\n')),
    ...(content.copy.length > 0 ? [t('Copied into worktrees: {0}', plain(content.copy.join(', '), 300))] : []),
  ];
  return [...commands, ...(workflow && !workflow.trusted ? workflowTrust(workflow) : []), '', t('They run confined where a sandbox works, from the base commit. You are asked again when any of this changes.')].join('\n');
}

function workflowTrust({ id, changed, shown }: NonNullable<Inspection['workflow']>): readonly string[] {
  const lines = plainLines(shown).split('\n').map((line) => (line.length > 200 ? `${line.slice(0, 199)}…` : line));
  return [
    changed ? t('Workflow {0} has changed since you approved it:', plain(id)) : t('Workflow {0}, with its prompts, agents and commands:', plain(id)),
    ...lines.slice(0, shownLines), ...(lines.length > shownLines ? [t('… and {0} more lines', lines.length - shownLines)] : []),
  ];
}

/** There is something that runs, and somebody has to be asked about it. */
export function asksForTrust({ content, trusted, workflow }: Inspection): boolean {
  return (!trusted && (content.setup !== null || content.gates.length > 0)) || workflow?.trusted === false;
}
