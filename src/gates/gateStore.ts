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
  /** Where set-up keeps what package managers download: shared by set-ups, never by gates. Null: nowhere. */
  downloads(): Promise<string | null>;
}
