/**
 * Where a person's comments stand: in a file and line that the checkpoint has, or nowhere in particular.
 * Owns: what of a comment's beginning is a place and what is plain text. Refuses: a place that is not there: the agent would look in vain.
 */
import { TreelineError } from '../client/treelineError.ts';
import type { Comment } from '../core/event.ts';
import { plainText } from '../core/plainText.ts';
import type { Checkpoint } from '../core/state.ts';
import type { Archive } from '../ports/archive.ts';

type Trees = Pick<Archive, 'readFile' | 'listFiles'>;
type Placed = Comment & { readonly file: string; readonly line: number };

/** Rejects with a TreelineError (`no-such-place`) that names every place that is not there, and what is. */
export async function placed(comments: readonly Comment[], checkpoint: Pick<Checkpoint, 'about' | 'binding'>, trees: Trees): Promise<readonly Comment[]> {
  // A plan has no files yet: `src/a.js:3: …` is what the person says of it.
  if (checkpoint.about === 'plan' || checkpoint.about === 'amendment') return comments.map((comment) => (isPlaced(comment) ? withoutPlace(comment) : comment));
  const found = await Promise.all(comments.map(async (comment) => (isPlaced(comment) ? placeOf(comment, checkpoint.binding, trees) : comment)));
  const missing = found.filter((one) => typeof one === 'string');
  if (missing.length > 0) throw new TreelineError('no-such-place', missing.join(' '), 'Mend FILE:LINE, or leave it out for a comment about the whole change.');
  return found.filter((one) => typeof one !== 'string');
}

function isPlaced(comment: Comment): comment is Placed {
  return comment.file !== null && comment.line !== null;
}

function withoutPlace({ file, line, text }: Placed): Comment {
  return { file: null, line: null, text: `${file}:${line}: ${text}` };
}

/** The comment at its place, or in words why there is no such place. */
async function placeOf(comment: Placed, binding: Checkpoint['binding'], trees: Trees): Promise<Comment | string> {
  const { line, side } = comment;
  const commit = side === 'old' ? binding.base : binding.commit;
  const file = comment.file.replaceAll('\\', '/').replace(/^(\.\/)+/, '');
  const bytes = await trees.readFile(commit, file);
  if (bytes === null) return looksLikePath(file) ? noFile(file, commit, await trees.listFiles(commit)) : withoutPlace(comment);
  const lines = linesOf(bytes);
  if (line >= 1 && line <= lines) return { ...comment, file };
  return `${file} has ${lines === 1 ? '1 line' : `${lines} lines`} in ${commit.slice(0, 10)}: there is no line ${line}.`;
}

/** `10:30:` and `TODO:3:` are words; `http://localhost:80:` is an address. */
function looksLikePath(text: string): boolean {
  return /[./]/.test(text) && !text.includes('://');
}

function noFile(file: string, commit: string, files: readonly string[]): string {
  const name = file.split('/').at(-1)?.toLowerCase() ?? '';
  const alike = files.filter((path) => path.split('/').at(-1)?.toLowerCase() === name).slice(0, 3);
  return `There is no file ${file} in ${commit.slice(0, 10)}${alike.length > 0 ? `; there is ${plainText(alike.join(', '))}` : ''}.`;
}

function linesOf(bytes: Uint8Array): number {
  const ends = bytes.reduce((count, byte) => (byte === 10 ? count + 1 : count), 0);
  return bytes.length === 0 || bytes.at(-1) === 10 ? ends : ends + 1;
}
