/**
 * A copy of the sample repository for tests in a real VS Code, with the user's folders of its own and a quick demo agent.
 * Owns: the copy, its environment, and the end of the engine that an editor started there. Refuses: to touch the person's settings.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bundle } from '../../src/build/bundle.mjs';
import { packageTreeline } from '../../src/build/package.mjs';
import { until } from '../support/until.ts';

const root = join(import.meta.dirname, '..', '..');

/** What `npm start` asks for in the sample. */
export const demoRequest = (JSON.parse(readFileSync(join(root, 'media/demo.json'), 'utf8')) as { request: string }).request;

/** Bundles and packs the extension as it is now. */
export async function packedExtension(): Promise<string> {
  await bundle();
  return (await packageTreeline()).file;
}

export interface SampleGround {
  /** The repository. */
  readonly folder: string;
  readonly environment: Record<string, string>;
  readonly git: (...args: string[]) => string;
  /** Runs the command line in the repository, to its end, and returns what it printed; `code`: the exit code that it must have. */
  readonly treeline: (code: number, ...args: string[]) => string;
  /** Process id of the engine that leads here, or null. */
  readonly enginePid: () => number | null;
  readonly endEngine: () => Promise<void>;
  /** Ends the engine, waits for it, removes everything. */
  readonly end: () => Promise<void>;
}

/** `paceMs`: pause after each piece of the demo agent's answers. `files`: committed beside the sample's own. */
export function sampleGround(paceMs: number, files: Readonly<Record<string, string>> = {}): SampleGround {
  const ground = realpathSync(mkdtempSync(join(tmpdir(), 'ext-')));
  const folder = join(ground, 'shelf');
  cpSync(join(root, 'media/sample'), folder, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  for (const name of ['data', 'state', 'config', 'run']) mkdirSync(join(ground, name), { mode: 0o700 });
  writeFileSync(join(ground, 'gitconfig'), '[user]\n\tname = Test Person\n\temail = person@test.invalid\n[init]\n\tdefaultBranch = main\n');
  const environment = {
    XDG_DATA_HOME: join(ground, 'data'), XDG_STATE_HOME: join(ground, 'state'), XDG_CONFIG_HOME: join(ground, 'config'), XDG_RUNTIME_DIR: join(ground, 'run'),
    GIT_CONFIG_GLOBAL: join(ground, 'gitconfig'), GIT_CONFIG_NOSYSTEM: '1', TREELINE_DEMO_PACE_MS: String(paceMs),
  };
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: folder, encoding: 'utf8', env: { ...process.env, ...environment } }).trim();
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', 'Shelf');
  const treeline = (code: number, ...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist/cli.js'), ...args], { cwd: folder, encoding: 'utf8', env: { ...process.env, ...environment } });
    if (status !== code) throw new Error(`treeline ${args.join(' ')} ended with ${status}, not ${code}:\n${stdout}${stderr}`);
    return stdout;
  };
  const engineFile = join(folder, '.git', 'treeline', 'engine.json');
  const enginePid = (): number | null => (existsSync(engineFile) ? (JSON.parse(readFileSync(engineFile, 'utf8')) as { pid: number }).pid : null);
  const endEngine = async (): Promise<void> => {
    const pid = enginePid();
    if (pid === null || !lives(pid)) return;
    process.kill(pid, 'SIGTERM');
    await until('the engine to end', () => !lives(pid));
  };
  const end = async (): Promise<void> => {
    await endEngine();
    rmSync(ground, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  return { folder, environment, git, treeline, enginePid, endEngine, end };
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
