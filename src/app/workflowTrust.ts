/**
 * A repository's workflow is content that runs: prompts, agents, commands, and the scripts that those name. A person approves it once per
 * content; what changed since is shown as a difference. Built-in workflows are ours and need none of this.
 * Owns: what belongs to that content, and when it is asked about. Refuses: to launch what nobody approved.
 */
import { createHash } from 'node:crypto';
import { TreelineError } from '../client/treelineError.ts';
import type { Workflow } from '../core/workflow.ts';
import { treeText } from '../gates/content.ts';
import { resolveCommand } from '../gates/definition.ts';
import type { Archive } from '../ports/archive.ts';
import { differenceOf } from '../workflows/difference.ts';
import type { Trust } from './trust.ts';
import type { FoundWorkflow } from './workflowShelf.ts';

export interface WorkflowContent {
  /** Of all texts; null: nothing of it is the repository's. */
  readonly hash: string | null;
  /** Workflow files, and scripts that their commands name, as they are at the base commit. */
  readonly texts: readonly { readonly path: string; readonly text: string }[];
}

/** What of `commit` a run of this workflow would have executed, beside gates and set-up. */
export async function workflowContent(archive: Pick<Archive, 'readFile' | 'listFiles'>, commit: string, { own, workflow }: Pick<FoundWorkflow, 'own' | 'workflow'>): Promise<WorkflowContent> {
  if (own.length === 0) return { hash: null, texts: [] };
  const scripts = new Map<string, string>();
  const commands = commandsOf(workflow);
  if (commands.length > 0) {
    const tree = await treeText(archive, commit);
    for (const command of commands) for (const [path, text] of (await resolveCommand(command, tree)).meaning) scripts.set(path, text);
  }
  const texts = [...own, ...[...scripts].sort(([left], [right]) => (left < right ? -1 : 1)).map(([path, text]) => ({ path, text }))];
  return { hash: createHash('sha256').update(JSON.stringify(texts.map(({ path, text }) => [path, text]))).digest('hex'), texts };
}

function commandsOf(workflow: Workflow): readonly string[] {
  return [...new Set(workflow.steps.flatMap((step) => (step.kind === 'run' ? [step.command] : [])))];
}

export async function isTrusted(trust: Pick<Trust, 'has'>, { hash }: WorkflowContent): Promise<boolean> {
  return hash === null || await trust.has(hash);
}

/** What is new since the person last approved these files, as a unified difference; all of it the first time. */
export async function shownContent(trust: Pick<Trust, 'lastTexts'>, { texts }: WorkflowContent): Promise<{ readonly changed: boolean; readonly text: string }> {
  const before = await trust.lastTexts();
  const parts = texts.filter(({ path, text }) => before[path] !== text).map(({ path, text }) => differenceOf(path, before[path] ?? null, text));
  return { changed: texts.some(({ path, text }) => before[path] !== undefined && before[path] !== text), text: parts.join('\n') };
}

/** `given`: the hash that the person has just approved, or null. Rejects with `untrusted`. */
export async function demandTrust(trust: Trust, content: WorkflowContent, given: string | null): Promise<void> {
  const { hash, texts } = content;
  if (hash === null || await trust.has(hash)) return;
  if (given === hash) {
    // A state folder that cannot be written asks again next time; it does not stop what was allowed in words.
    await trust.add(hash).then(() => trust.keepTexts(texts)).catch(() => undefined);
    return;
  }
  const { changed } = await shownContent(trust, content);
  const names = texts.map(({ path }) => path).join(', ');
  throw new TreelineError('untrusted', changed ? `The workflow has changed since you approved it (${names}; content ${hash.slice(0, 12)}).` : `Nobody has approved this repository's workflow: ${names} (content ${hash.slice(0, 12)}).`, 'Read it, then trust it: --trust.');
}
