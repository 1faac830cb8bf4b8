/** `treeline run`: launches a task and follows it. Owns: the order of the checks before anything starts. */
import { relative, resolve } from 'node:path';
import type { EngineClient } from '../../client/engineClient.ts';
import { checkedOutBranch } from '../../client/repository.ts';
import { TreelineError } from '../../client/treelineError.ts';
import { checkoutOf } from '../checkout.ts';
import { repoToSay } from '../follow/comeBack.ts';
import { follow, lastWords } from '../follow/follow.ts';
import { UsageError } from '../failure.ts';
import { openEngine } from '../invocation.ts';
import type { Invocation } from '../invocation.ts';
import { keysOf } from '../keys.ts';
import { inputWords, launchOf, typedInputs } from '../launchOptions.ts';
import type { LaunchWords, RunFlags } from '../launchOptions.ts';
import { count } from '../show/figures.ts';
import { plain } from '../show/plain.ts';
import { unpricedWords } from '../show/runLines.ts';
import { launchSpecLines } from '../show/specLines.ts';
import { lookAtSpecs } from './specs.ts';
import { trustFor } from './trust.ts';

export interface RunCommandFlags extends RunFlags {
  readonly trust?: boolean;
  readonly detach?: boolean;
  readonly verbose?: boolean;
  readonly issue?: string;
  readonly input?: readonly string[];
}

export async function run(invocation: Invocation, request: string, flags: RunCommandFlags): Promise<number> {
  if (flags.issue !== undefined) throw new UsageError('not-in-this-version', '--issue is not in this version of Treeline', 'Leave it out, and say in the request what the issue asks for.');
  const inputs = inputWords(flags.input ?? []);
  const said = launchOf(request, withWorkflowPath(flags, invocation));
  // One engine serves all worktrees: only here is it known in which of them the person stands.
  const launch = { ...said, base: said.base ?? await checkedOutBranch(invocation.directory) };
  const client = await openEngine(invocation);
  try {
    const task = await start(invocation, client, launch, flags.trust === true, inputs);
    if (flags.detach) return sayLaunched(invocation, task);
    invocation.outlet.note(`Task ${task}: ${plain(request, 100)}`);
    const { code, view } = await follow(invocation, { client, task, asks: invocation.outlet.interactive, stays: false, verbose: flags.verbose === true });
    invocation.outlet.document(view);
    invocation.outlet.say(...lastWords(view, code, repoToSay(invocation)));
    return code;
  } finally {
    await client.close();
  }
}

/** Looks at what would happen, has it trusted, launches. Resolves with the task's id once it is on disk. */
export async function start(invocation: Invocation, client: EngineClient, launch: LaunchWords, trusted: boolean, given: readonly (readonly [string, string])[] = []): Promise<string> {
  const { outlet, surroundings, person } = invocation;
  const inspection = await client.request('inspect', { base: launch.base, workflow: launch.workflow, upstream: launch.upstream });
  const inputs = typedInputs(inspection.workflow, given);
  if (!inspection.sample && Object.values(launch.agents).flat().includes('demo')) {
    throw new TreelineError('demo-outside-sample', 'The demo agent works in the sample repository only: it plays a script that knows no other', 'Name a real agent (--agent implementer=anthropic:MODEL), or see the demo with: treeline demo.');
  }
  const allowed = await trustFor(invocation, inspection, trusted);
  if (inspection.dirty.length > 0) {
    outlet.note(`${count(inspection.dirty.length, 'file')} with uncommitted changes: the task starts from the commit and does not see them; landing waits while they are in its way.`);
  }
  const look = await lookAtSpecs(invocation, client, launch.upstream?.how === 'on' ? { ...launch, base: inspection.base.commit } : launch, { since: null, requirements: false, workflow: launch.workflow });
  outlet.note(...launchSpecLines(look, outlet.paint));
  // What was shown is what is sent, whatever is committed meanwhile; a pick is checked by the launch itself.
  const { task } = await client.request('launch', { ...launch, specs: launch.specs.length > 0 ? launch.specs : look.choice, inputs, trust: allowed.content, workflowTrust: allowed.workflow, keys: keysOf(surroundings.environment), by: person });
  // The task is on disk: that this cannot be said now must not look as if it were not.
  const launched = await client.request('show', { task }).catch(() => null);
  if (launched && launched.budget.usd !== null) for (const one of launched.unpriced) outlet.note(`The limit of $${launched.budget.usd} holds by an estimate: the price is ${unpricedWords(one)}.`);
  if (launched) outlet.note(...launched.notes.map((note) => plain(note, 400)));
  return task;
}

function sayLaunched({ outlet }: Invocation, task: string): number {
  outlet.document({ schema: 'treeline/launched/1', task });
  outlet.say(task);
  return 0;
}

/** A workflow's file is named from where the person stands; the engine reads it from the base commit, by its path in the repository. */
function withWorkflowPath(flags: RunCommandFlags, { surroundings, directory }: Invocation): RunCommandFlags {
  const { workflow } = flags;
  if (workflow === undefined || !/[/\\]|\.(?:ya?ml|md)$/.test(workflow)) return flags;
  const path = relative(checkoutOf(directory), resolve(surroundings.directory, workflow));
  if (path.startsWith('..')) throw new UsageError('usage', `The workflow file ${workflow} lies outside the repository ${directory}`, 'Commit it under .treeline/workflows/, then name it: what runs is pinned to a commit.');
  return { ...flags, workflow: path.replaceAll('\\', '/') };
}
