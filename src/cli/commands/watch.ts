/** `treeline watch`: follows a task that runs. Owns: which task is meant when none is named. */
import { findRun, readRuns } from '../../client/readRuns.ts';
import type { RunsOnDisk } from '../../client/engineClient.ts';
import { TreelineError } from '../../client/treelineError.ts';
import { exitCode } from '../../core/status.ts';
import { UsageError } from '../failure.ts';
import { repoToSay } from '../follow/comeBack.ts';
import { follow, lastWords } from '../follow/follow.ts';
import { openEngine } from '../invocation.ts';
import type { Invocation } from '../invocation.ts';

export interface WatchFlags { readonly until?: string; readonly verbose?: boolean }

export async function watch(invocation: Invocation, task: string | undefined, flags: WatchFlags): Promise<number> {
  if (flags.until !== undefined && flags.until !== 'waiting') throw new UsageError('usage', `--until ${flags.until} is not known`, 'There is: --until waiting.');
  const found = await readRuns(invocation.directory);
  const [damaged] = found.unreadable;
  const id = (task !== undefined ? findRun(found, task) : found.runs.length === 0 && damaged ? findRun(found, damaged.task) : theOneThatIsMeant(found)).task;
  const client = await openEngine(invocation);
  try {
    const stays = invocation.outlet.interactive && flags.until === undefined;
    const { code, view } = await follow(invocation, { client, task: id, asks: false, stays, verbose: flags.verbose === true });
    invocation.outlet.document(view);
    invocation.outlet.say(...lastWords(view, code, repoToSay(invocation)));
    return code;
  } finally {
    await client.close();
  }
}

/** The only task that is not over, or else the newest of all. Throws a TreelineError: `unknown-task`, `ambiguous-task`. */
export function theOneThatIsMeant({ runs }: Pick<RunsOnDisk, 'runs'>): RunsOnDisk['runs'][number] {
  const unfinished = runs.filter((run) => { const code = exitCode(run); return code === null || code === 3 || code === 5; });
  if (unfinished.length > 1) throw new TreelineError('ambiguous-task', `${unfinished.length} tasks are not over: ${unfinished.map((run) => run.task).join(', ')}.`, 'Say which one: treeline watch TASK.');
  const meant = unfinished[0] ?? runs.at(-1);
  if (!meant) throw new TreelineError('unknown-task', 'There is no task in this repository yet.', 'Start one with: treeline run "what should be done".');
  return meant;
}
