/**
 * Entry of dist/engine.js: `--directory DIR --version V [--workflows DIR]`.
 * Owns: the process: its arguments, its one line of report, its signals. Refuses: to hand its own way of starting on to children.
 */
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { findCommonDir } from '../client/repository.ts';
import type { StartReport } from '../client/startEngine.ts';
import { TreelineError } from '../client/treelineError.ts';
import { journalFolder, makeFolder } from '../journal/journalFolder.ts';
import { openHouse } from './compose.ts';
import { doorError } from './doorErrors.ts';
import { createEngineLog } from './engineLog.ts';
import { startEngineProcess } from './engineProcess.ts';
import { grammarFiles } from './grammarFiles.ts';

const usualIdleMs = 60_000;

/** Whoever started us listens for one line; afterwards nobody does. */
function report(said: StartReport): Promise<void> {
  return new Promise((resolve) => { process.stdout.write(`${JSON.stringify(said)}\n`, () => resolve()); });
}

function millisecondsFrom(text: string | undefined): number | undefined {
  const number = Number(text);
  return text !== undefined && text !== '' && Number.isFinite(number) && number >= 0 ? number : undefined;
}

async function main(): Promise<void> {
  const environment = process.env;
  delete environment['ELECTRON_RUN_AS_NODE'];
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const { values } = parseArgs({ options: { directory: { type: 'string' }, version: { type: 'string' }, workflows: { type: 'string' } } });
  const directory = values.directory ?? process.cwd();
  const commonDir = await findCommonDir(directory);
  const folder = journalFolder(commonDir);
  await makeFolder(folder);
  const log = createEngineLog(folder);
  const workflows = values.workflows ?? join(dirname(process.argv[1] ?? ''), 'workflows');
  const engine = await startEngineProcess({
    commonDir, environment, log, version: values.version ?? '0.0.0', idleMs: millisecondsFrom(environment['TREELINE_IDLE_MS']) ?? usualIdleMs,
    openHouse: (epoch) => openHouse({ directory, commonDir, epoch, workflows, grammars: grammarFiles(process.argv[1] ?? ''), environment, log, demoPaceMs: millisecondsFrom(environment['TREELINE_DEMO_PACE_MS']) }),
  });
  if (!engine) return report({ kind: 'locked' });
  const close = (): void => void engine.close();
  process.on('SIGTERM', close).on('SIGINT', close).on('SIGHUP', close);
  process.on('unhandledRejection', (error) => log.error('a promise was left alone', error));
  process.on('uncaughtException', (error) => { log.error('the engine broke; it ends, and goes on from its journal', error); process.exit(70); });
  await report({ kind: 'ready' });
  await engine.ended;
}

void main().then(() => process.exit(0), async (error: unknown) => {
  const known = doorError(error);
  const { code, message, next, exit } = known instanceof TreelineError ? known
    : new TreelineError('engine-failed', `The engine could not start: ${error instanceof Error ? error.stack ?? error.message : String(error)}`, 'Look at treeline/engine.log in the git folder.');
  await report({ kind: 'failed', error: { code, message, next, exit } });
  process.exit(exit);
});
