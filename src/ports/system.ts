/** Time, chance and the log, handed in so that the engine runs whole in a unit test and under simulation. */

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`, or rejects with the signal's reason. Deadlines come from here, never from the wall clock. */
  after(ms: number, signal: AbortSignal): Promise<void>;
}

export interface IdSource {
  /** A new task id: sortable by time, lower-case, safe in a ref name and in a path. */
  task(): string;
}

export interface Log {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string, cause?: unknown): void;
}
