/**
 * Trust in what a repository would have executed here (product.md §5): once per content, by a person.
 * Owns: showing all of it and asking. Refuses: to take `--yes` for it, and to go on without an answer.
 */
import { TreelineError } from '../../client/treelineError.ts';
import type { Answer } from '../../protocol/messages.ts';
import { openPrompt } from '../follow/prompt.ts';
import type { Invocation } from '../invocation.ts';
import { branchName, short } from '../show/figures.ts';
import { plain } from '../show/plain.ts';

type Inspection = Answer<'inspect'>;

/** Everything that would run, as lines. Pure. */
export function trustLines({ base, content }: Inspection): string[] {
  return [
    `At ${plain(branchName(base.ref))} ${short(base.commit)} this repository would have run on your machine:`,
    ...(content.setup === null ? [] : [`  set-up  ${plain(content.setup, 400)}`]),
    ...content.gates.flatMap((gate) => [`  gate ${gate.id}  ${plain(gate.command, 400)}  (from ${gate.from})`, ...Object.keys(gate.resolves).map((name) => `    which is defined by ${plain(name)}`)]),
    ...(content.copy.length > 0 ? [`  copied into worktrees: ${plain(content.copy.join(', '), 400)}`] : []),
    'It runs confined where a sandbox works, as the base commit defines it. You are asked again when any of this changes.',
  ];
}

/** The hash to launch with, or null when it is trusted already. Rejects with `untrusted` (exit 6) when nobody trusts it. */
export async function trustFor(invocation: Invocation, inspection: Inspection, given: boolean): Promise<string | null> {
  const { content, trusted } = inspection;
  const runsNothing = content.setup === null && content.gates.length === 0;
  if (trusted) return null;
  if (given || runsNothing) return content.hash;
  const { outlet, surroundings } = invocation;
  const untrusted = new TreelineError('untrusted', 'What this repository would have executed is not trusted yet', 'Look at its package.json and .treeline/project.yaml, then run the command again with --trust.');
  if (!outlet.interactive) {
    outlet.note(...trustLines(inspection));
    throw untrusted;
  }
  outlet.say(...trustLines(inspection));
  const prompt = openPrompt(surroundings, outlet);
  const answer = await prompt.ask('Trust it? [y/N] ', new AbortController().signal);
  prompt.close();
  if (answer.kind === 'lines' && /^y(es)?$/i.test(answer.lines.join().trim())) return content.hash;
  throw untrusted;
}
