/**
 * How a checkout differs from what was laid there, without reading all of it. Git compares times by the second: of a checkout that was made within one it
 * would read every file at every look. Owns: that a file is only taken as it was when neither git's own look nor the system's time of its last change,
 * which no program can set, says otherwise. Refuses: to call a file changed that holds what it held.
 */
import { lstatSync, type BigIntStats } from 'node:fs';
import { copyFile, lstat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { onDisk } from './bytePath.ts';
import { records } from './runGit.ts';
import { differences, type Differences, type WorkTree } from './workTree.ts';

/** How long a look holds everything else up at most, ms. */
const sliceMs = 4;
/** What `ls-files -t` calls a file that is not tracked. */
const other = '? ';

interface Laid {
  readonly names: Promise<readonly string[]>;
  /** Later than the last change of any file, ns. */
  readonly ns: bigint;
  /** An index that is later than any file, so that git takes their times at their word. */
  readonly trusting: string;
}

/** To be called when nothing but git has written there. @param names byte paths of all files that it laid @returns how the files differ from then on */
export async function watchCheckout(workTree: WorkTree, names: Promise<readonly string[]>): Promise<() => Promise<Differences>> {
  const mark = join(workTree.gitDir, 'laid');
  await writeFile(mark, '');
  const { ctimeNs, mtimeMs } = await lstat(mark, { bigint: true });
  const trusting = await indexOf(workTree, 'trusting', Number(mtimeMs) / 1_000 + 3_600);
  return () => look(workTree, { names, ns: ctimeNs, trusting });
}

async function look(workTree: WorkTree, { names, ns, trusting }: Laid): Promise<Differences> {
  const [listed, touched] = await Promise.all([
    workTree.git({ args: ['ls-files', '-z', '-t', '--others', '--modified', '--deleted', '--exclude-standard'], environment: { GIT_INDEX_FILE: trusting } }).then(({ stdout }) => records(stdout)),
    names.then((paths) => touchedSince(workTree.path, paths, ns)),
  ]);
  for (const entry of listed) if (!entry.startsWith(other)) touched.add(entry.slice(other.length));
  if (touched.size > 0) return readAgain(workTree, touched);
  const others = listed.map((entry) => entry.slice(other.length));
  return { removed: [], modified: [], added: others.filter((path) => !path.endsWith('/')), nested: others.filter((path) => path.endsWith('/')) };
}

/** With an index that is earlier than any file, so that git reads them all; then it knows those again that were only touched. */
async function readAgain(workTree: WorkTree, touched: ReadonlySet<string>): Promise<Differences> {
  const doubting = await indexOf(workTree, 'doubting', 1);
  await workTree.git({ args: ['update-index', '-q', '--refresh', '--ignore-submodules'], environment: { GIT_INDEX_FILE: doubting }, accept: [0, 1] });
  const { removed, modified, ...others } = await differences(workTree, doubting);
  // What a filter would write otherwise differs for git, whoever touched it or not.
  return { ...others, removed: removed.filter((path) => touched.has(path)), modified: modified.filter((path) => touched.has(path)) };
}

/** Byte paths of those that were written, renamed, linked, taken away or led elsewhere since, or cannot be looked at. Where times are coarse: of more. */
async function touchedSince(root: string, paths: readonly string[], ns: bigint): Promise<Set<string>> {
  const touched = new Set<string>();
  const folders = new Map([['', true]]);
  const isFolder = (path: string): boolean => {
    const known = folders.get(path) ?? (isFolder(folderOf(path)) && seen(root, path)?.isDirectory() === true);
    folders.set(path, known);
    return known;
  };
  let began = performance.now();
  for (const path of paths) {
    // A link in a folder's place leads to files that nobody may have touched.
    if (!isFolder(folderOf(path)) || (seen(root, path)?.ctimeNs ?? ns) >= ns) touched.add(path);
    if (performance.now() - began < sliceMs) continue;
    await setImmediate();
    began = performance.now();
  }
  return touched;
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** Undefined where it cannot be looked at. */
function seen(root: string, path: string): BigIntStats | undefined {
  try {
    return lstatSync(onDisk(root, path), { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** A copy of the index that says to be of another time, in s. */
async function indexOf(workTree: WorkTree, name: string, time: number): Promise<string> {
  const index = join(workTree.gitDir, `index-${name}`);
  await copyFile(join(workTree.gitDir, 'index'), index);
  await utimes(index, time, time);
  return index;
}
