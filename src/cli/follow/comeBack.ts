/** How a person comes back to a task that they leave. Pure. Owns: the commands that are named, in the order in which they are of use. */
import { approvalFlags } from '../../core/approvalFlags.ts';
import { shellQuoted } from '../../core/shellQuoted.ts';
import type { RunView } from '../../protocol/runView.ts';
import type { Invocation } from '../invocation.ts';

/** `repo`: what `--repo` needs to be said again, or null where the person stands in the repository. */
export function comeBack(view: Pick<RunView, 'task' | 'state' | 'waiting' | 'checkpoints' | 'dependsOn'>, repo: string | null): string[] {
  const at = repo === null ? '' : ` --repo ${shellQuoted(repo)}`;
  const command = (verb: string, rest = ''): string => `  treeline ${verb} ${view.task}${rest}${at}`;
  if (view.state === 'running') return [command('watch'), command('cancel')];
  const open = view.checkpoints.find((checkpoint) => checkpoint.state === 'open');
  if (open) return [command('show'), command('approve', needs(open)), ...(open.kind === 'amendment' ? [] : [command('request-changes', ' --comment "…"')]), command('reject', ' --reason "…"')];
  if (view.waiting?.for === 'clean-checkout') return [command('watch'), command('show')];
  if (view.waiting?.for === 'task' && view.dependsOn?.state !== 'lost') return [command('watch'), command('show'), command('cancel')];
  if (view.waiting?.for === 'budget') return [command('retry', /minutes/.test(view.waiting.why) ? ' --max-minutes N' : ' --max-usd N'), command('cancel')];
  if (view.state === 'waiting' || view.state === 'failed') return [command('log'), command('retry'), command('cancel')];
  return [command('show')];
}

/** What `--repo` has to be said again for the person to come back, or null where they stand in it. */
export function repoToSay({ directory, surroundings }: Pick<Invocation, 'directory' | 'surroundings'>): string | null {
  return directory === surroundings.directory ? null : directory;
}

function needs({ needsWaiver, needsTick }: RunView['checkpoints'][number]): string {
  const flags = approvalFlags(needsWaiver, needsTick.map(({ id }) => id));
  return flags === '' ? '' : ` ${flags}`;
}
