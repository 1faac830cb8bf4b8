/**
 * The only function that spawns git (simpleGit.ts, which hands git to simple-git for the person's own status, takes its profile from here).
 * Owns: the allow-listed environment, the settings that keep a repository from running programs, time limits, the end of the process.
 * Refuses: a shell, an inherited GIT_* variable, a prompt, a pager, a network, output without a limit.
 */
import { spawn } from 'node:child_process';
import { devNull } from 'node:os';
import { GitError } from '../ports/archive.ts';
import { failureOf, gitMissing } from './gitFailure.ts';

export interface GitCall {
  readonly args: readonly string[];
  /** Where git starts; relative paths of its output are seen from there. */
  readonly cwd: string;
  /** Written to stdin, which is otherwise empty. */
  readonly input?: Uint8Array;
  /** Added to the allow-listed environment: GIT_DIR and the like, never what a repository or a model says. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Added to the hardened settings, `key=value` each; later ones win. */
  readonly settings?: readonly string[];
  /** Exit codes that are answers, not failures. */
  readonly accept?: readonly number[];
  /** Bytes of stdout after which git is ended and the output is called cut. */
  readonly limit?: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface GitOutput { readonly code: number; readonly stdout: Buffer; readonly stderr: string; readonly cut: boolean }

export type Git = (call: GitCall) => Promise<GitOutput>;

const passedOn = ['PATH', 'HOME', 'XDG_CONFIG_HOME', 'TMPDIR', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'SystemRoot', 'TEMP', 'TMP', 'PATHEXT'];

/** What every git of ours sees of the environment. */
export function gitEnvironment(of: NodeJS.ProcessEnv): Record<string, string> {
  const kept = passedOn.flatMap((name) => (of[name] === undefined ? [] : [[name, of[name]] as const]));
  return {
    ...Object.fromEntries(kept),
    LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '', SSH_ASKPASS: '', GIT_OPTIONAL_LOCKS: '0', GIT_NO_REPLACE_OBJECTS: '1', GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_LAZY_FETCH: '1', GIT_ALLOW_PROTOCOL: '', GIT_PAGER: 'cat', GIT_EDITOR: 'true', GIT_SEQUENCE_EDITOR: 'true',
  };
}

/** Settings that leave a repository nothing to run; drivers with names of the repository's choice are drivers.ts. */
export const hardenedSettings: readonly string[] = [
  `core.hooksPath=${devNull}`, 'core.fsmonitor=false', 'core.sshCommand=false', 'core.askPass=', 'credential.helper=', 'commit.gpgSign=false', 'tag.gpgSign=false',
  'merge.verifySignatures=false', 'log.showSignature=false', 'gc.auto=0', 'maintenance.auto=false', 'submodule.recurse=false', 'diff.ignoreSubmodules=all',
  'protocol.allow=never', 'safe.bareRepository=explicit', 'core.protectHFS=true', 'core.protectNTFS=true', 'transfer.fsckObjects=true',
  'core.fsync=committed,reference', 'core.quotePath=true', 'color.ui=false', 'worktree.useRelativePaths=false', 'advice.detachedHead=false',
];

const defaultTimeoutMs = 10 * 60_000;
const defaultLimit = 512 * 1024 * 1024;
const defaultGraceMs = 2_000;

/**
 * @param binary name or path of git
 * @param inherited the environment of our own process, of which only the allow-listed part is passed on
 * @param graceMs how long a git that was asked to end, and what holds the pipes of one that has ended, may take
 */
export function createGit(binary: string, inherited: NodeJS.ProcessEnv, graceMs = defaultGraceMs): Git {
  const environment = gitEnvironment(inherited);
  return (call) => run(binary, environment, graceMs, call);
}

async function run(binary: string, environment: Readonly<Record<string, string>>, graceMs: number, call: GitCall): Promise<GitOutput> {
  if (call.signal?.aborted === true) throw aborted(call);
  const settings = [...hardenedSettings, ...(call.settings ?? [])].flatMap((setting) => ['-c', setting]);
  const child = spawn(binary, [...settings, ...call.args], {
    cwd: call.cwd, env: { ...environment, ...call.environment }, stdio: [call.input ? 'pipe' : 'ignore', 'pipe', 'pipe'], windowsHide: true,
  });
  return new Promise((resolve, reject) => {
    const limit = call.limit ?? defaultLimit;
    const chunks: Buffer[] = [];
    let size = 0;
    let stderr = '';
    let ended: 'cut' | 'timed-out' | 'aborted' | null = null;
    let killing: NodeJS.Timeout | undefined;
    let lingering: NodeJS.Timeout | undefined;
    // SIGTERM lets git take its lock files away; what ignores it is killed.
    const end = (why: 'cut' | 'timed-out' | 'aborted'): void => {
      if (ended !== null) return;
      ended = why;
      child.kill('SIGTERM');
      killing = setTimeout(() => child.kill('SIGKILL'), graceMs);
    };
    const onAbort = (): void => end('aborted');
    const timer = setTimeout(() => end('timed-out'), call.timeoutMs ?? defaultTimeoutMs);
    call.signal?.addEventListener('abort', onAbort);
    const settle = (): void => {
      clearTimeout(timer);
      clearTimeout(killing);
      clearTimeout(lingering);
      call.signal?.removeEventListener('abort', onAbort);
    };
    child.stdout?.on('data', (chunk: Buffer) => {
      if (ended !== null) return;
      chunks.push(chunk.subarray(0, limit - size));
      size += chunk.length;
      if (size > limit) end('cut');
    });
    child.stderr?.on('data', (chunk: Buffer) => { if (stderr.length < 64_000) stderr += chunk.toString('latin1'); });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(call.input);
    child.on('error', (cause: NodeJS.ErrnoException) => {
      settle();
      reject(cause.code === 'ENOENT' ? gitMissing(binary, call.cwd, cause) : new GitError('failed', `${described(call)} could not be started: ${cause.message}`, 'Check that git can be run from a terminal', { cause }));
    });
    // A filter of the person's that outlives git may hold the pipes open.
    child.on('exit', () => { lingering = setTimeout(() => { child.stdout?.destroy(); child.stderr?.destroy(); }, graceMs); });
    child.on('close', (code, signal) => {
      settle();
      if (ended === 'aborted') { reject(aborted(call)); return; }
      if (ended === 'timed-out') { reject(new GitError('failed', `${described(call)} did not end within ${Math.round((call.timeoutMs ?? defaultTimeoutMs) / 1000)} s`, 'Look for a slow disk or a hanging filter, then retry')); return; }
      const output: GitOutput = { code: code ?? -1, stdout: Buffer.concat(chunks), stderr: Buffer.from(stderr, 'latin1').toString(), cut: ended === 'cut' };
      if (output.cut || (call.accept ?? [0]).includes(output.code)) resolve(output);
      else reject(failureOf(described(call), output, signal));
    });
  });
}

function aborted(call: GitCall): GitError {
  return new GitError('aborted', `${described(call)} was cancelled`, 'Nothing needs to be done', { cause: call.signal?.reason });
}

function described(call: GitCall): string {
  return `git ${call.args.filter((arg) => !arg.startsWith('-')).slice(0, 2).join(' ')}`;
}

/** Output that is one line. */
export function line(output: GitOutput): string {
  return output.stdout.toString().replace(/\r?\n$/, '');
}

/** Output of `-z`, split; each byte is one character, so that names in any encoding come back as they were. */
export function records(stdout: Buffer): string[] {
  const parts = stdout.toString('latin1').split('\0');
  if (parts.at(-1) === '') parts.pop();
  return parts;
}

/** The way back: what goes to the stdin of a `-z` command. */
export function bytesOf(parts: readonly string[]): Uint8Array {
  return Buffer.from(parts.map((part) => `${part}\0`).join(''), 'latin1');
}
