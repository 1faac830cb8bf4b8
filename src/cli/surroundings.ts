/** The world around one call of the command line. Owns: its shape, so that commands can be tried without a process. */
import type { Readable, Writable } from 'node:stream';

export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where the person is. */
  readonly directory: string;
  /** The folder of our programs (`dist/`); `../media` lies beside it. */
  readonly programs: string;
  readonly version: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** Calls `listener` at Ctrl-C instead of ending the process, until the returned function is called. */
  readonly onInterrupt: (listener: () => void) => () => void;
}
