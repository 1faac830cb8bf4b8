/**
 * Where a repository's memory lies: names of files and folders under `<git common dir>/treeline`, each for the user alone.
 * Owns: the names, and the modes 0700 and 0600. Refuses: a task id that could leave its folder.
 */
import { access, constants, mkdir, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { failureOf } from './journalFailure.ts';

const suffix = '.jsonl';
const taskPattern = /^[a-z0-9][a-z0-9-]{0,63}$/;

/** `common`: the git common dir. */
export function journalFolder(common: string): string {
  return join(common, 'treeline');
}

export function queueFile(folder: string): string {
  return join(folder, `queue${suffix}`);
}

/** Throws a RangeError for what is no task id. */
export function runFile(folder: string, task: string): string {
  return join(folder, 'runs', `${checked(task)}${suffix}`);
}

export function logsFolder(folder: string, task: string): string {
  return join(folder, 'logs', checked(task));
}

function checked(task: string): string {
  if (!taskPattern.test(task)) throw new RangeError(`"${task}" is no task id`);
  return task;
}

/** Makes folders that are missing, 0700. Rejects with a JournalError that names the path. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw failureOf(await cause(error, path), `the folder ${path} could not be made`);
  }
}

/** Of a folder on a read-only disk Node says that it is not there: then what lies around it says why. */
async function cause(error: unknown, path: string): Promise<unknown> {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT') || dirname(path) === path) return error;
  return access(dirname(path), constants.W_OK).then(() => error, (said: unknown) => cause(said, dirname(path)));
}

/** Ids of the tasks that have a journal with something in it, oldest first (ids sort by time). */
export async function tasksIn(folder: string): Promise<readonly string[]> {
  const runs = join(folder, 'runs');
  const names = await readdir(runs).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw failureOf(error, `the folder ${runs} could not be read`);
  });
  const tasks = names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length)).filter((task) => taskPattern.test(task));
  const sizes = await Promise.all(tasks.map(async (task) => (await stat(runFile(folder, task)).catch(() => undefined))?.size ?? 0));
  return tasks.filter((_, index) => (sizes[index] ?? 0) > 0).sort();
}

/** The document of a verdict, compressed: see `treeline/evidence/1`. Its name is the hash of its text. */
export function evidenceFile(folder: string, hash: string): string {
  return join(folder, 'gates', 'evidence', `${hash}.json.gz`);
}

/** What a gate printed, compressed, by the address that its evidence gives; the repository may have moved since. Null: no name of ours. */
export function gateLogFile(folder: string, address: string): string | null {
  const [task, name] = [basename(dirname(address)), basename(address)];
  return /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(task) && /^[A-Za-z0-9_-][A-Za-z0-9._-]*\.log\.gz$/.test(name) ? join(folder, 'gates', 'logs', task, name) : null;
}
