// The ground that suites run on: a folder of their own for everything temporary, no settings or keys of the person who runs
// them, and a mark in the environment. Afterwards says what they left behind. Ends only processes that carry the mark.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const mark = 'TREELINE_TEST_RUN';
/** Names that programs we do not own leave in the temporary folder. */
const foreign = /^(dconf$|vscode-typescript\d*$|\.?org\.chromium\.|\.com\.google\.|node-compile-cache$|v8-compile-cache|playwright-|\.X\d+-lock$|\.X11-unix$)/;
const unwanted = /^(ANTHROPIC_|OPENAI_|GIT_|npm_|NODE_OPTIONS$|NODE_COMPILE_CACHE$|ELECTRON_RUN_AS_NODE$|TREELINE_)/;

/**
 * Makes the ground.
 * @returns {{ env: NodeJS.ProcessEnv, folder: string }} environment for the suites; `folder` is private and short, since socket paths have a limit
 */
export function openGround() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tl-')));
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !unwanted.test(name)));
  for (const name of ['cache', 'config', 'data', 'state', 'run', 'tmp']) mkdirSync(join(folder, name), { mode: 0o700 });
  writeFileSync(join(folder, 'gitconfig'), '[user]\n\tname = Test Person\n\temail = person@test.invalid\n[init]\n\tdefaultBranch = main\n');
  return {
    folder,
    env: {
      ...env,
      [mark]: folder,
      TMPDIR: join(folder, 'tmp'),
      XDG_CACHE_HOME: join(folder, 'cache'),
      XDG_CONFIG_HOME: join(folder, 'config'),
      XDG_DATA_HOME: join(folder, 'data'),
      XDG_STATE_HOME: join(folder, 'state'),
      XDG_RUNTIME_DIR: join(folder, 'run'),
      GIT_CONFIG_GLOBAL: join(folder, 'gitconfig'),
      GIT_CONFIG_NOSYSTEM: '1',
    },
  };
}

/** Text of a file under /proc, empty when the process has gone or is not ours to look at. */
function look(read) {
  try {
    return read();
  } catch {
    return '';
  }
}

/** Living processes that carry the mark or work inside the ground. Linux only; elsewhere none is seen. */
function marked(folder) {
  if (process.platform !== 'linux') return [];
  const own = String(process.pid);
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && pid !== own).filter((pid) => {
    if (look(() => readFileSync(`/proc/${pid}/stat`, 'utf8')).includes(') Z ')) return false;
    const environment = look(() => readFileSync(`/proc/${pid}/environ`, 'utf8'));
    const cwd = look(() => readlinkSync(`/proc/${pid}/cwd`));
    return environment.includes(`${mark}=${folder}\0`) || cwd === folder || cwd.startsWith(`${folder}/`);
  });
}

/** The marked processes that are still there after ten seconds; returns as soon as there is none. */
async function outlasting(folder) {
  let living = marked(folder);
  for (let round = 0; living.length > 0 && round < 50; round += 1) {
    await pause(200);
    living = marked(folder);
  }
  return living;
}

/**
 * Looks for what the suites left, ends and removes it.
 * @param {string} folder of {@link openGround}
 * @returns {Promise<string[]>} one line for each process or file left behind; empty when clean
 */
export async function closeGround(folder) {
  // What was told to end may need a moment; what was forgotten never ends.
  const living = await outlasting(folder);
  const left = living.map((pid) => {
    const command = look(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
    return `process ${pid}: ${command.slice(0, 200)}`;
  });
  for (const pid of living) look(() => process.kill(Number(pid), 'SIGKILL'));
  if (living.length > 0) await outlasting(folder);
  for (const place of ['tmp', 'run']) {
    for (const name of readdirSync(join(folder, place))) if (!foreign.test(name)) left.push(`temporary ${place}/${name}`);
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  return left;
}
