/**
 * Trust in what a repository would have executed here (product.md §5): once per content, by a person.
 * Owns: showing all of it and asking. Refuses: to take `--yes` for it, and to go on without an answer.
 */
import { TreelineError } from '../../client/treelineError.ts';
import type { Answer } from '../../protocol/messages.ts';
import { openPrompt } from '../follow/prompt.ts';
import type { Invocation } from '../invocation.ts';
import { branchName, short } from '../show/figures.ts';
import { plain, plainLines } from '../show/plain.ts';

type Inspection = Answer<'inspect'>;

/** Everything that would run, as lines. Pure. */
export function trustLines({ base, content, trusted, workflow }: Inspection): string[] {
  const asked = workflow && !workflow.trusted ? workflow : null;
  const runs = trusted ? [] : [
    ...(content.setup === null ? [] : [`  set-up  ${plain(content.setup, 400)}`]),
    ...content.gates.flatMap((gate) => [`  gate ${gate.id}  ${plain(gate.command, 400)}  (from ${gate.from})`, ...Object.keys(gate.resolves).map((name) => `    which is defined by ${plain(name)}`)]),
    ...(content.copy.length > 0 ? [`  copied into worktrees: ${plain(content.copy.join(', '), 400)}`] : []),
  ];
  return [
    `At ${plain(branchName(base.ref))} ${short(base.commit)} this repository would have run on your machine:`, ...runs,
    ...(asked ? [`  workflow ${plain(asked.id)}, ${asked.changed ? 'changed since you approved it' : 'with its prompts, agents and commands'}:`, ...plainLines(asked.shown).split('\n').map((line) => `    ${line}`)] : []),
    'It runs confined where a sandbox works, as the base commit defines it. You are asked again when any of this changes.',
  ];
}

/** Hashes of what the person has just allowed; null: nothing had to be asked. */
export interface Allowed { readonly content: string | null; readonly workflow: string | null }

/** What to launch with. Rejects with `untrusted` (exit 6) when nobody trusts it. */
export async function trustFor(invocation: Invocation, inspection: Inspection, given: boolean): Promise<Allowed> {
  const { content, trusted, workflow } = inspection;
  const runsNothing = content.setup === null && content.gates.length === 0;
  const allowed = { content: trusted ? null : content.hash, workflow: workflow && !workflow.trusted ? workflow.hash : null };
  if (given || ((trusted || runsNothing) && allowed.workflow === null)) return allowed;
  const { outlet, surroundings } = invocation;
  const what = allowed.workflow === null ? 'What this repository would have executed' : trusted || runsNothing ? `The workflow "${workflow?.id ?? ''}"` : `What this repository would have executed, with the workflow "${workflow?.id ?? ''}",`;
  const untrusted = new TreelineError('untrusted', `${what} ${workflow?.changed ? 'has changed and is' : 'is'} not trusted yet`, allowed.workflow === null ? 'Look at its package.json and .treeline/project.yaml, then run the command again with --trust.' : 'Read what is printed here, then run the command again with --trust.');
  if (!outlet.interactive) {
    outlet.note(...trustLines(inspection));
    throw untrusted;
  }
  outlet.say(...trustLines(inspection));
  const prompt = openPrompt(surroundings, outlet);
  const answer = await prompt.ask('Trust it? [y/N] ', new AbortController().signal);
  prompt.close();
  if (answer.kind === 'lines' && /^y(es)?$/i.test(answer.lines.join().trim())) return allowed;
  throw untrusted;
}
