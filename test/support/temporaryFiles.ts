/** What a run leaves in the temporary folder that it was given. */
import { readdirSync } from 'node:fs';

/** npm keeps its compiled code there wherever no wall gives it a `/tmp` of its own: no file of ours, and it is the person's to keep. */
const foreign = 'node-compile-cache';

/** Names in `folder` that are not of a program which we do not own. */
export function leftIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name !== foreign);
}
