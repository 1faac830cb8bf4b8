/**
 * A scratch checkout that is made while it is still found out what shall run in it: of a large repository that takes as long as all the rest.
 * Owns: that it is handed out once, and goes when nobody came for it.
 */
import type { ScratchCheckout, ScratchCheckouts } from '../ports/scratch.ts';

export interface Ahead {
  readonly scratch: ScratchCheckouts;
  /** When its files are being written, or nothing is there to wait for. Never rejects. */
  readonly begun: Promise<void>;
  /** When nobody will ask any more. Never rejects. */
  end(): Promise<void>;
}

/** @param commit null: none is made */
export function openAhead(scratch: ScratchCheckouts, commit: string | null): Ahead {
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  let waiting: Promise<ScratchCheckout> | null = commit === null ? null : scratch.open(commit, resolve);
  // Why it could not be made is for whoever asks for it.
  if (waiting === null) resolve();
  else void waiting.then(() => resolve(), () => resolve());
  const take = (): Promise<ScratchCheckout> | null => {
    const taken = waiting;
    waiting = null;
    return taken;
  };
  return {
    begun,
    scratch: { ...scratch, open: (asked, told) => (asked === commit ? take() : null) ?? scratch.open(asked, told) },
    end: async () => {
      const left = await take()?.catch(() => null);
      if (left) scratch.discard(left);
    },
  };
}
