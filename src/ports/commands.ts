/** Who carries out the `run` steps of a workflow: a command, confined like a gate's (no network, no input, an allow-listed environment). */
import type { ExecutableContent } from '../core/gate.ts';
import type { Mounts, SandboxMode } from './sandbox.ts';

export interface CommandRequest {
  readonly command: string;
  /** Added to the allow-listed environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** `commit`: what stands there. `worktree`: its folder, whose changes are for the caller to take; null: a scratch checkout of the commit, thrown away afterwards. */
  readonly commit: string;
  readonly worktree: { readonly path: string; readonly mounts: Mounts } | null;
  /** Pinned with the run: its set-up brings the dependencies in, as `base` defines it. */
  readonly content: ExecutableContent; readonly base: string;
  readonly sandbox: SandboxMode;
  readonly timeoutMs: number;
}

export type CommandEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'too-much-output' }
  /** Set-up failed, no sandbox, a checkout that could not be made. */
  | { readonly kind: 'not-started'; readonly why: string };

export interface CommandResult {
  readonly end: CommandEnd;
  /** Standard output, at most 64 KiB of its beginning, without control characters, trimmed. */
  readonly stdout: string;
  /** What the command wrote into the file that TREELINE_OUTPUT names; null: more than 1 MiB. */
  readonly outputs: string | null;
  /** The last lines of output and errors together, safe to show. */
  readonly tail: string;
  readonly durationMs: number;
}

export interface Commands {
  /** Never rejects but by the signal's reason. No process of it lives when it resolves. `output`: lines as they come, safe to show. */
  run(request: CommandRequest, output: (text: string) => void, signal: AbortSignal): Promise<CommandResult>;
}
