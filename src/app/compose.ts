/**
 * The fuse box: joins the rooms to one engine for one repository.
 * Owns: who gets what, and the order of opening and closing. Refuses: to do any work itself.
 */
import { createHash } from 'node:crypto';
import { createWorkers } from '../agents/workers.ts';
import { dataFolder, runtimeFolder, stateFolder } from '../client/places.ts';
import type { Environment } from '../client/places.ts';
import { createLibrary } from '../context/library.ts';
import { unmeasured } from '../core/load.ts';
import { createEngine } from '../engine/engine.ts';
import { createCommands } from '../gates/commandStep.ts';
import { createExaminers } from '../gates/createExaminers.ts';
import type { GrammarFile } from '../gates/integrity/grammars.ts';
import { openRepository } from '../git/createArchive.ts';
import { createAttemptLog } from '../journal/attemptLogFile.ts';
import { createJournal } from '../journal/createJournal.ts';
import { journalFolder } from '../journal/journalFolder.ts';
import type { Log } from '../ports/system.ts';
import { createSandbox } from '../sandbox/createSandbox.ts';
import { endOrphans } from '../sandbox/unconfined.ts';
import { createDemo } from './demoWorkers.ts';
import { createDesk } from './desk.ts';
import { doorError } from './doorErrors.ts';
import type { House } from './engineProcess.ts';
import { openGateStore } from './gateStore.ts';
import { createKeyRetry } from './keyRetry.ts';
import { createKeyRing } from './keyRing.ts';
import { createNeverSend } from './neverSend.ts';
import { compatibleEndpoints, parseSettings, readSettings } from './settings.ts';
import type { Settings } from './settings.ts';
import { createIds, systemClock } from './systemClock.ts';
import { demandTrustIn, launchRequest } from './launch.ts';
import { createMachine } from './machine.ts';
import type { SpecMeans } from './specs.ts';
import { watchSpecs } from './specWatch.ts';
import { surroundingsOf } from './toolchain.ts';
import { variablesOf } from './tools/toolServer.ts';
import { createToolServers } from './tools/toolServers.ts';
import { openTriggerBook } from './triggerBook.ts';
import { openTriggerDesk } from './triggerDesk.ts';
import { openTrust } from './trust.ts';
import { createViewDesk } from './viewDesk.ts';
import { createShelf } from './workflowShelf.ts';

export interface ComposeOptions {
  readonly directory: string;
  readonly commonDir: string;
  readonly epoch: number;
  /** Folder of the built-in workflows. */
  readonly workflows: string;
  /** The parsers of the integrity guard. */
  readonly grammars: GrammarFile;
  readonly environment: Environment;
  readonly log: Log;
  /** Pause after each piece of the demo agent's answers, ms; undefined: as a person reads. */
  readonly demoPaceMs: number | undefined;
}

/** Rejects with a TreelineError when the repository cannot be worked in. */
export async function openHouse(options: ComposeOptions): Promise<House> {
  const { environment, log, commonDir } = options;
  const clock = systemClock;
  const folder = journalFolder(commonDir);
  const { archive, tree, scratch, worktreesFolder, resolve, branches } = await openRepository({ directory: options.directory, clock, log }).catch((error: unknown) => { throw doorError(error); });
  // I10: what no agent and no gate may see; what is mounted by name inside of these is seen.
  // The lock is ours, so whatever still bears this repository's mark belongs to an engine that was killed (I11).
  const owner = createHash('sha256').update(commonDir).digest('hex').slice(0, 16);
  const orphans = await endOrphans(owner);
  if (orphans > 0) log.warn(`${orphans} processes that an engine left when it was killed were ended`);
  const sandbox = createSandbox({ log, environment, owner, hidden: [folder, worktreesFolder, runtimeFolder(environment), dataFolder(environment), stateFolder(environment)] });
  const { kind, why } = await sandbox.probe();
  const store = await openGateStore(commonDir, clock.now(), log, environment);
  const ground = { archive, scratch, sandbox, store, log };
  const examiners = createExaminers({ ...ground, tree, grammars: options.grammars, toolchain: await surroundingsOf(environment) });
  let settings = await settingsNow(environment, log);
  const keys = createKeyRing();
  const demo = createDemo({ paceMs: options.demoPaceMs });
  const library = createLibrary({
    tree, neverSend: createNeverSend(archive, () => settings), limits: () => ({ tokens: settings['context.maxTokens'], mapTokens: settings['context.mapTokens'] }),
  });
  const workers = demo.serve(createWorkers({
    sandbox, clock, log, prices: () => settings['agents.prices'],
    endpoints: (task) => ({ ...keys.endpoints(task), compatible: compatibleEndpoints(settings), demo: demo.endpoint() }),
    // Without a base nothing is known of what must not be sent, so nothing is.
    withheld: async (task) => { const base = engine.state(task)?.accepted.base.commit; if (base === undefined) throw new Error(`task ${task} has no base commit`); return library.withheld(base); },
  }));
  // A server that was added or mended after the start counts from the next call on.
  const toolServers = createToolServers({ servers: async () => (settings = await readSettings(environment))['mcp.servers'], keys: (task) => keys.variables(task), environment, clock, log, owner });
  const attemptLog = createAttemptLog({ folder, log });
  const machine = createMachine(options.directory);
  const engine = createEngine({
    journal: createJournal({ folder, epoch: options.epoch, log }), workers, commands: createCommands(ground), toolServers,
    // A killed engine may have been on its way out when its successor looked: the end of a task is a second look.
    archive: { ...archive, cleanUp: async (task) => { await store.sweep(); await scratch.settled(); await archive.cleanUp(task); } },
    examiners, library, files: (root) => sandbox.files(root), attemptLog, clock, ids: createIds(clock), log,
    machine: { load: () => (settings['run.followLoad'] ? machine.load() : unmeasured) },
    slots: () => ({ agents: settings['run.maxParallelAgents'], gates: 1, perProvider: settings['run.maxPerProvider'], waitingReviews: settings['run.maxWaitingReviews'] }),
  });
  const { unreadable } = await engine.open().catch((error: unknown) => { throw doorError(error); });
  for (const run of unreadable) log.error(`task ${run.task} is left alone: ${run.message}`);
  engine.subscribe(({ task, state }) => { if (state.end) keys.release(task); });
  const specWatch = watchSpecs({ engine, archive, clock, log });
  const views = createViewDesk({ engine, archive, log });
  const shelf = createShelf(options.workflows, archive);
  const means: SpecMeans = { archive, examiners, sandbox, shelf, settings: async () => (settings = await readSettings(environment)), trust: openTrust(environment, commonDir), library, resolve };
  const triggers = openTriggerDesk({
    book: await openTriggerBook(folder, log), engine, shelf, branches, tree, clock, log,
    here: async () => { const { target, commit } = await archive.resolveBase(null); return { branch: target.replace('refs/heads/', ''), commit }; },
    trusted: (commit, workflow, given) => demandTrustIn(means, commit, workflow, given),
    launch: async (launch) => engine.launch(await launchRequest(means, launch, null), (task) => keys.bind(task, launch.keys)),
  });
  return {
    sandbox: kind === 'bubblewrap' ? kind : `none: ${why}`,
    answers: createDesk({
      folder, engine, archive, keys, views, triggers, unreadable, keyRetry: createKeyRetry({ engine, workers, log }), flushLogs: () => attemptLog.flush(), launch: means,
    }),
    variables: () => variablesOf(settings['mcp.servers']),
    idle: () => engine.idle() && !(settings['triggers.keepEngine'] && triggers.armed()),
    onChange: (listener) => { engine.subscribe(listener); triggers.onChange(listener); },
    left: (visitor) => views.left(visitor),
    close: async () => {
      views.close();
      await triggers.close();
      await specWatch.close();
      await engine.close();
      await demo.close();
      await attemptLog.flush();
      await scratch.settled();
    },
  };
}

/** A mistake in the settings must not keep runs from going on; the next launch says it. */
async function settingsNow(environment: Environment, log: Log): Promise<Settings> {
  return readSettings(environment).catch((error: unknown) => {
    log.warn(`defaults are used: ${error instanceof Error ? error.message : String(error)}`);
    const defaults = parseSettings('');
    if ('settings' in defaults) return defaults.settings;
    throw new Error('the defaults do not fit their own schema');
  });
}
