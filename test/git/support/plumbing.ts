// Git as the room asks it for objects, scripted: what it would say, as text with one character a byte, and what it was asked.
import type { ArchiveContext, Call } from '../../../src/git/archiveContext.ts';

/** What is said to a call; `cut`: as far as an answer may go, and there is more. */
type Says = (args: readonly string[], input: string) => string | { readonly cut: string };

export function plumbingThat(says: Says): Pick<ArchiveContext, 'plumbing'> & { readonly asked: Call[] } {
  const asked: Call[] = [];
  return {
    asked,
    plumbing: async (call) => {
      asked.push(call);
      const said = says(call.args, Buffer.from(call.input ?? []).toString('latin1'));
      return { code: 0, stdout: Buffer.from(typeof said === 'string' ? said : said.cut, 'latin1'), stderr: '', cut: typeof said !== 'string' };
    },
  };
}
