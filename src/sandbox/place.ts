/** Where a path led: what file tools work on, however it was reached. */
import type { Stats } from 'node:fs';

export interface Place {
  /** Names the entry to the file system without its name being looked up again where that is possible. Null: there is no such entry. */
  readonly entry: { readonly path: string; readonly stats: Stats } | null;
  /** Names the entry by its folder and its own name: to make or remove it. Null: the root itself. */
  readonly slot: string | null;
  /** Added when `entry.path` is opened. */
  readonly flags: number;
  close(): Promise<void>;
}

export interface WalkRequest {
  readonly root: string;
  /** Other spelling of the root that absolute links may use. */
  readonly given: string;
  readonly names: readonly string[];
  /** Make folders that are missing on the way. */
  readonly makeFolders: boolean;
  /** Whether a link at the end is followed, as those on the way are. */
  readonly followLast: boolean;
}

/** Gives null when a folder on the way is missing. Throws ConfinementError. */
export type Walk = (request: WalkRequest) => Promise<Place | null>;
