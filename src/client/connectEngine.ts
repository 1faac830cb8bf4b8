/** Finds the engine of a repository, starts it when asked to, and speaks to it. */
import type { ConnectOptions, EngineClient } from './engineClient.ts';

/** Rejects with a TreelineError that says what, why and what next. */
export declare function connectEngine(options: ConnectOptions): Promise<EngineClient>;
