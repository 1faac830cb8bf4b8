/**
 * An engine's process with everything real (lock, door, desk, engine, journal) but git, gates and agents: those are scripted,
 * so that it starts in a moment. Bundled by bundleTestEngine.ts. An agent works until it is stopped, if it has a key.
 */
import { dirname, join } from 'node:path';
import { findCommonDir } from '../../../src/client/repository.ts';
import { createDesk } from '../../../src/app/desk.ts';
import { createEngineLog } from '../../../src/app/engineLog.ts';
import { startEngineProcess } from '../../../src/app/engineProcess.ts';
import type { House } from '../../../src/app/engineProcess.ts';
import { createKeyRetry } from '../../../src/app/keyRetry.ts';
import { createKeyRing } from '../../../src/app/keyRing.ts';
import { parseSettings } from '../../../src/app/settings.ts';
import { createIds, systemClock } from '../../../src/app/systemClock.ts';
import { createViewDesk } from '../../../src/app/viewDesk.ts';
import { createShelf } from '../../../src/app/workflowShelf.ts';
import { doorError } from '../../../src/app/doorErrors.ts';
import { TreelineError } from '../../../src/client/treelineError.ts';
import { unmeasured } from '../../../src/core/load.ts';
import { nothingSpent } from '../../../src/core/usage.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import { createAttemptLog } from '../../../src/journal/attemptLogFile.ts';
import { createJournal } from '../../../src/journal/createJournal.ts';
import { journalFolder, makeFolder } from '../../../src/journal/journalFolder.ts';
import type { Archive } from '../../../src/ports/archive.ts';
import { createLibrary } from '../../../src/context/library.ts';
import { noMounts } from '../../../src/ports/sandbox.ts';
import type { Workers } from '../../../src/ports/workers.ts';

const id = (letter: string): string => letter.repeat(40);

/** Each method that a test's run comes to; another one is a defect of the test. */
const archive = {
  resolveBase: async () => ({ ref: 'main', commit: id('a'), tree: id('b'), target: 'refs/heads/main', dirty: [] }),
  openWorktree: async () => ({ path: process.cwd(), branch: 'treeline/test', mounts: noMounts }),
  listFiles: async () => ['README.md'],
  readFile: async () => null,
  tip: async () => id('a'),
  changes: async () => [],
  worktrees: async () => [],
  cleanUp: async () => undefined,
} as unknown as Archive;

/** No step of these tests comes to them. */
const unused = { run: async (): Promise<never> => { throw new Error('no command runs in these tests'); }, call: async (): Promise<never> => { throw new Error('no tool is called in these tests'); } };

async function openTestHouse(folder: string, epoch: number): Promise<House> {
  const log = createEngineLog(folder);
  const keys = createKeyRing();
  const workers: Workers = {
    choose: (task) => (keys.endpoints(task).anthropic ? 'anthropic:test' : null),
    work: async ({ task }, report, signal) => {
      const key = keys.endpoints(task).anthropic?.apiKey;
      if (key === undefined) return { end: { kind: 'failed', failure: 'key', message: 'no key', retryAt: null }, agent: 'none', ...nothingSpent };
      const token = keys.variables(task)['TRACKER_TOKEN'];
      report.part({ kind: 'text', text: `at work with a key of ${key.length} characters${token === undefined ? '' : `, and a token of ${token.length}`}\n` });
      await new Promise((_, reject) => { signal.addEventListener('abort', () => reject(signal.reason as Error)); });
      throw new Error('unreachable');
    },
  };
  const content = { hash: 'c'.repeat(64), setup: null, copy: [], gates: [], protect: [], target: null };
  const examiners = { content: async () => content, examine: async () => { throw new Error('no gate runs in these tests'); } };
  const attemptLog = createAttemptLog({ folder, log });
  const library = createLibrary({ tree: { files: async () => [], contents: async () => new Map() }, limits: () => ({ tokens: 1_000, mapTokens: 0 }), neverSend: async () => [] });
  const engine = createEngine({
    journal: createJournal({ folder, epoch, log }), archive, workers, commands: unused, toolServers: unused, examiners, attemptLog, clock: systemClock, ids: createIds(systemClock), log,
    library, files: () => { throw new Error('no file is written in these tests'); }, machine: { load: () => unmeasured }, slots: () => ({ agents: 3, gates: 1, perProvider: {}, waitingReviews: 5 }),
  });
  const { unreadable } = await engine.open();
  const views = createViewDesk({ engine, archive, log });
  const defaults = parseSettings('');
  if (!('settings' in defaults)) throw new Error('defaults');
  return {
    sandbox: 'none: a test', variables: () => ['TRACKER_TOKEN'], idle: () => engine.idle(), onChange: (listener) => { engine.subscribe(listener); }, left: (visitor) => views.left(visitor),
    answers: createDesk({
      folder, engine, archive, keys, views, unreadable, triggers: { list: async () => [], act: async () => [] }, keyRetry: createKeyRetry({ engine, workers, log }), flushLogs: () => attemptLog.flush(),
      launch: {
        archive, examiners, shelf: createShelf(join(dirname(process.argv[1] ?? ''), 'workflows'), archive), settings: async () => defaults.settings,
        sandbox: { probe: async () => ({ kind: 'none', why: 'a test' }) }, trust: { has: async () => true, add: async () => undefined, lastTexts: async () => ({}), keepTexts: async () => undefined }, library, resolve: async () => ({ commit: id('a') }),
      },
    }),
    close: async () => { views.close(); await engine.close(); await attemptLog.flush(); },
  };
}

async function main(): Promise<void> {
  const said = (report: unknown): boolean => process.stdout.write(`${JSON.stringify(report)}\n`);
  process.stdout.on('error', () => undefined);
  try {
    const commonDir = await findCommonDir(process.argv[3] ?? '.');
    const folder = journalFolder(commonDir);
    await makeFolder(folder);
    const engine = await startEngineProcess({
      commonDir, environment: process.env, log: createEngineLog(folder), version: '0.0.0-test', idleMs: Number(process.env['TREELINE_IDLE_MS'] ?? 300),
      openHouse: (epoch) => openTestHouse(folder, epoch),
    });
    if (!engine) return void said({ kind: 'locked' });
    process.on('SIGTERM', () => void engine.close());
    said({ kind: 'ready' });
    await engine.ended;
  } catch (error) {
    const known = doorError(error);
    const { code, message, next, exit } = known instanceof TreelineError ? known : new TreelineError('engine-failed', String(error), '');
    said({ kind: 'failed', error: { code, message, next, exit } });
  }
}

void main().then(() => process.exit(0));
