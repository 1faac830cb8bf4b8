/**
 * Walls: confined processes and confined files. The root is fixed by whoever opens it, never by a model.
 */

export type SandboxMode = 'required' | 'prefer' | 'off';

/** What a confined process sees beside its root. */
export interface Mounts {
  /** Read-only (toolchains come by themselves; this is for dependency trees, the user's objects). */
  readonly readable: readonly string[];
  /** Writable folders of ours (report files, a scratch git dir, caches). */
  readonly writable: readonly string[];
  /** Things that stand at another place than they are: a scratch git dir over an agent's `.git` file. */
  readonly bind: readonly { readonly from: string; readonly to: string; readonly write: boolean }[];
}

export const noMounts: Mounts = { readable: [], writable: [], bind: [] };

export interface ProcessRequest {
  /** Run by `bash --noprofile --norc -c`. */
  readonly command: string;
  /** The only folder that may be written; also the working directory. */
  readonly root: string;
  /** Folder inside `root` to start in. */
  readonly directory?: string;
  readonly timeoutMs: number;
  readonly network: boolean;
  readonly mounts: Mounts;
  /** Added to the allow-listed environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly mode: SandboxMode;
  /** Bytes of output kept at the head and at the tail; the middle is dropped and counted. Output beyond `killAt` ends the process. */
  readonly output: { readonly head: number; readonly tail: number; readonly killAt: number };
  /** The bytes are gone when the call has returned: who keeps them copies them. */
  readonly onOutput?: (chunk: Uint8Array) => void;
  /** Asks for the standard output by itself, beside everything together: this many bytes of its beginning. Output and errors then come in the order of their arrival. */
  readonly stdoutLimit?: number;
}

export interface ProcessResult {
  readonly end: { readonly kind: 'exited'; readonly code: number } | { readonly kind: 'signalled'; readonly signal: string } | { readonly kind: 'timed-out' } | { readonly kind: 'cancelled' } | { readonly kind: 'too-much-output' } | { readonly kind: 'not-started'; readonly why: string };
  /** Made safe to show: escape sequences, control and invisible characters removed; binary said so. */
  readonly output: string;
  readonly bytes: number;
  /** Where `stdoutLimit` was given: the beginning of the standard output, as it came. */
  readonly stdout?: Uint8Array;
  readonly durationMs: number;
  /** `bubblewrap`, or `none: <why>`. */
  readonly sandbox: string;
  /** Processes that outlived their parent and were ended (0 in a PID namespace). */
  readonly leftovers: number;
}

export interface ConfinedFiles {
  readonly root: string;
  /** Null: no such file. Refuses (ConfinementError) what lies outside, links that lead outside, devices, pipes. */
  read(path: string, limit: number): Promise<Uint8Array | null>;
  write(path: string, content: Uint8Array): Promise<void>;
  remove(path: string): Promise<void>;
  /** Entries of a folder, folders with a trailing "/". */
  list(path: string): Promise<readonly string[]>;
}

export interface Sandbox {
  /** What confines here now: asked once, before anything starts. */
  probe(): Promise<{ readonly kind: 'bubblewrap' | 'none'; readonly why: string }>;
  run(request: ProcessRequest, signal: AbortSignal): Promise<ProcessResult>;
  /** `withheld`: why a path (relative to the root, links followed) is neither read nor overwritten, or null. */
  files(root: string, withheld?: (path: string) => string | null): ConfinedFiles;
}

export type ConfinementFailure = 'outside' | 'protected' | 'withheld' | 'not-a-file' | 'too-large' | 'missing' | 'failed';
export class ConfinementError extends Error {
  readonly reason: ConfinementFailure;
  constructor(reason: ConfinementFailure, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ConfinementError';
    this.reason = reason;
  }
}
