/** What gates keep between runs, and the private folders they work with: the socket that app fills with a folder of the repository. */
export interface GateStore {
  /** A kept value, or null. Never rejects: what cannot be read was not kept. */
  get(key: string): Promise<string | null>;
  /** Keeps a value under a key (64 hex digits). Never rejects: a full or read-only disk costs time, not truth. */
  put(key: string, value: string): Promise<void>;
  /** Keeps a run's whole log, compressed. Null where it cannot be written. */
  keepLog(task: string, id: string, gate: string, text: string): Promise<string | null>;
  /** Keeps an evidence document under the hash of its text. False where it cannot be written. */
  keepEvidence(hash: string, text: string): Promise<boolean>;
  /** A new empty folder that only we and the confined processes it is given to may enter. Who opens, closes. */
  openFolder(): Promise<{ readonly path: string; close(): Promise<void> }>;
  /** Where set-up keeps what one package manager downloads: a folder of this name, made where it is missing, shared by set-ups, never by gates. Null: nowhere. */
  downloads(name: string): Promise<string | null>;
  /** Installed dependencies, kept for the next checkout that needs the same. Null: nowhere. */
  readonly installed: InstalledTrees | null;
}

/** Trees that a set-up made, by a key of all that they depend on. What is kept is only ever copied, in and out: no run can change it. */
export interface InstalledTrees {
  /** Names the programs that install here: another npm may install another tree. */
  readonly machine: string;
  /** Lays what is kept into a checkout that has nothing at its places. False: nothing is kept, or it could not be laid whole, and nothing of it is left there. Never rejects. */
  restore(key: string, root: string): Promise<boolean>;
  /** Keeps `names` of the checkout, if they can stand elsewhere. Never rejects. */
  keep(key: string, root: string, names: readonly string[]): Promise<void>;
  /** Names of the packages among `names` of a checkout that run a script of their own when they are installed. Rejects where that cannot be read. */
  scripted(root: string, names: readonly string[]): Promise<readonly string[]>;
  /** One piece of work at a time for a key, in this process. */
  inTurn<Value>(key: string, work: () => Promise<Value>): Promise<Value>;
}
