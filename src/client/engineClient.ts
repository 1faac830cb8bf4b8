/**
 * What a face holds of the engine: one handle that survives the engine's death.
 * Owns: the shapes that the command line and the extension program against. Refuses: to know how the engine is found (connectEngine.ts).
 */
import type * as z from 'zod';
import type { Answer, Params, RequestName, notifications } from '../protocol/messages.ts';
import type { RunView } from '../protocol/runView.ts';
import type { TreelineError } from './treelineError.ts';

export type EventNotice = z.infer<typeof notifications.event>;
export type ProgressNotice = z.infer<typeof notifications.progress>;

/** `lost`: the engine died, it is being started again; `connected`: requests are answered. */
export type Connection = 'connected' | 'lost';

export interface ConnectOptions {
  /** Any folder inside the repository: its root, a subfolder, a linked worktree. */
  readonly directory: string;
  /** The engine's bundle (`dist/engine.js`), with `workflows/` beside it; needed to start one. */
  readonly engineBundle: string;
  /** Shown in logs and recorded nowhere: `cli`, `vscode`. */
  readonly clientName: string;
  /** Version of this program. */
  readonly version: string;
  /** Start an engine when none runs (and again when it dies); false: `not-running` is thrown instead. */
  readonly start: boolean;
  /** Default `process.env`. The engine gets an allow-listed part of it, never a key. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** What happens to the connection, for a log. */
  readonly log?: (message: string) => void;
}

export interface EngineClient {
  /** `<git common dir>` of the repository. */
  readonly commonDir: string;
  /** What the engine said of itself when it was last connected to. */
  readonly engine: Answer<'hello'>;
  readonly connection: Connection;
  /**
   * Rejects with a TreelineError. While the engine is being started again, requests wait; those that only read (and
   * `subscribe`, `offerKeys`) are sent again by themselves, an answer to `launch` and `act` that was lost is `engine-lost`:
   * look at the run before asking again.
   */
  request<Name extends RequestName>(name: Name, params: Params<Name>): Promise<Answer<Name>>;
  /** A run's view after each change, once `subscribe` was asked; after a reconnect the views of all subscribed runs come again. */
  onRunChanged(listener: (view: RunView) => void): () => void;
  /** Journal events of subscribed runs, each once and in order (by `seq`), reconnects or not. */
  onEvent(listener: (event: EventNotice) => void): () => void;
  /** Live output of subscribed runs; may have gaps. */
  onProgress(listener: (progress: ProgressNotice) => void): () => void;
  onConnection(listener: (connection: Connection) => void): () => void;
  /** Lets go of the engine, which goes on. */
  close(): Promise<void>;
  /** Null: closed by `close()`. An error: the engine could not be reached or started again; what to print. Never rejects. */
  readonly closed: Promise<TreelineError | null>;
}

/** Runs read as plain files, without any engine: for `list`, `show`, `log` and Restricted Mode. */
export interface RunsOnDisk {
  readonly commonDir: string;
  /** Oldest first. */
  readonly runs: readonly RunView[];
  /** Streams that cannot be read, with the reason in words. */
  readonly unreadable: readonly { readonly task: string; readonly message: string }[];
}
