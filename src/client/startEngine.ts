/**
 * Starts an engine as a process of its own and hears whether it came up.
 * Owns: the environment it gets (an allow-list, never a key) and the first line it says. Refuses: to keep it alive or to end it.
 */
import { spawn } from 'node:child_process';
import { basename, dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import * as z from 'zod';
import { errorSchema } from '../protocol/messages.ts';
import { copyEngine } from './engineCopy.ts';
import type { Environment } from './places.ts';
import { TreelineError, knownCode } from './treelineError.ts';

/** The one line that an engine says on its standard output when it has come up, or why it has not. */
export const startReportSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  /** Another process leads already. */
  z.object({ kind: z.literal('locked') }),
  z.object({ kind: z.literal('failed'), error: errorSchema }),
]);
export type StartReport = z.infer<typeof startReportSchema>;

const allowed = /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_.*|TZ|TMPDIR|TEMP|TMP|XDG_.*|TREELINE_.*|GIT_CONFIG_GLOBAL|GIT_CONFIG_NOSYSTEM|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|(https?|no|all)_proxy|SYSTEMROOT|WINDIR|COMSPEC|PATHEXT|APPDATA|LOCALAPPDATA|USERPROFILE|PROGRAM(DATA|FILES))$/i;
const secret = /KEY|TOKEN|SECRET|PASSWORD/i;

/** What an engine may know of its starter's environment. */
export function engineEnvironment(environment: Environment): Record<string, string> {
  const kept = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined && allowed.test(entry[0]) && !secret.test(entry[0]));
  return { ...Object.fromEntries(kept), ELECTRON_RUN_AS_NODE: '1' };
}

/** Conversations and views are large and soon thrown away: with V8's own limit they wait for that in a third of the memory that an engine may have. */
const smallYoungGeneration = '--max-semi-space-size=8';

/** It folds every journal before it says a word; longer than this it hangs. */
const patienceMs = 60_000;

/** `ready`: it listens. `locked`: another one leads, or is about to. Rejects with the TreelineError that kept it from starting, or with the signal's reason. */
export async function startEngine(options: { readonly commonDir: string; readonly directory: string; readonly bundle: string; readonly version: string; readonly environment: Environment; readonly signal: AbortSignal; readonly patienceMs?: number }): Promise<'ready' | 'locked'> {
  const program = await copyEngine(options.bundle, options.version, options.environment);
  const child = spawn(process.execPath, [smallYoungGeneration, program, '--directory', mainCheckout(options), '--version', options.version], {
    cwd: dirname(program), env: engineEnvironment(options.environment), detached: true, windowsHide: true, stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  const heard = new AbortController();
  child.stderr.setEncoding('utf8').on('data', (text: string) => { complaint = `${complaint}${text}`.slice(-2_000); });
  try {
    const firstLine = new Promise<string | null>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', resolve).once('close', () => resolve(null));
      child.once('error', reject);
    });
    const silence = after(options.patienceMs ?? patienceMs, undefined, { signal: AbortSignal.any([heard.signal, options.signal]) }).then(() => {
      throw new TreelineError('engine-failed', `The engine (process ${child.pid ?? 0}) was started and says nothing.`, `Look at treeline/engine.log in the git folder, and end process ${child.pid ?? 0}.`);
    });
    const line = await Promise.race([firstLine, silence]);
    const report = startReportSchema.safeParse(line === null ? null : JSON.parse(line));
    if (!report.success) throw new Error(`it ended without a word${complaint === '' ? '' : `: ${complaint.trim()}`}`);
    if (report.data.kind === 'failed') {
      const { code, message, next } = report.data.error;
      throw new TreelineError(knownCode(code), message, next);
    }
    return report.data.kind;
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof TreelineError) throw error;
    throw new TreelineError('engine-failed', `The engine (${program}) could not be started: ${error instanceof Error ? error.message : String(error)}`, 'Look at treeline/engine.log in the git folder; if it says nothing, install Treeline again.', { cause: error });
  } finally {
    heard.abort();
    child.stdout.destroy();
    child.stderr.destroy();
    child.unref();
  }
}

/** Where the engine stands: the main checkout, which is there as long as the repository is; a linked worktree may be removed under it. */
function mainCheckout({ commonDir, directory }: { readonly commonDir: string; readonly directory: string }): string {
  return basename(commonDir) === '.git' ? dirname(commonDir) : directory;
}
