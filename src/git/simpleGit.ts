/**
 * The person's own checkout, asked through simple-git: what is checked out and what is modified. Owns: naming, here and nowhere else, the options
 * that simple-git calls unsafe: they are settings that take programs away from git (hooks, monitor, drivers), which it cannot tell from adding them.
 * Refuses: anything that writes, and values from a repository or a model: every argument here is ours.
 */
import { simpleGit, type SimpleGitOptions } from 'simple-git';
import { failureOf } from './gitFailure.ts';
import { gitEnvironment, hardenedSettings } from './runGit.ts';

const disarming: NonNullable<SimpleGitOptions['unsafe']> = {
  allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true, allowUnsafeSshCommand: true, allowUnsafeAskPass: true, allowUnsafeCredentialHelper: true,
  allowUnsafeProtocolOverride: true, allowUnsafePager: true, allowUnsafeEditor: true, allowUnsafeConfigEnvCount: true, allowUnsafeFilter: true, allowUnsafeMergeDriver: true, allowUnsafeCustomBinary: true,
};

export interface CheckoutStatus {
  /** Short name of the branch, or null when HEAD is detached. */
  readonly branch: string | null;
  /** Tracked files that are staged, modified, deleted or in conflict. */
  readonly tracked: readonly string[];
  readonly untracked: readonly string[];
}

/**
 * Status of a checkout, without touching its index. Filters that the person's own scope defines run, as they do in the person's terminal.
 * @param environment points at the checkout and switches the repository's own drivers off
 */
export async function checkoutStatus(binary: string, topLevel: string, environment: Readonly<Record<string, string>>): Promise<CheckoutStatus> {
  const variables = { ...gitEnvironment(process.env), ...environment };
  const git = simpleGit({
    baseDir: topLevel, config: [...hardenedSettings], unsafe: disarming, allowEnvironment: Object.keys(variables), timeout: { block: 10 * 60_000 },
    binary: [binary],
  }).env(variables);
  try {
    const status = await git.status();
    const { '?': untracked = [], tracked = [] } = Object.groupBy(status.files, (file) => (file.index === '?' ? '?' : 'tracked'));
    return { branch: status.detached ? null : status.current, tracked: tracked.map((file) => file.path), untracked: untracked.map((file) => file.path) };
  } catch (error) {
    throw failureOf(`git status in ${topLevel}`, { code: -1, stderr: (error as Error).message }, null);
  }
}
