/**
 * Entry of dist/verify.js: `verify --repo DIR --base REF --head REF [--kind …] [--gate ID]… [--stop-early] [--trust] [--sandbox …] [--json]`.
 * Prints the result (JSON or text) on stdout, what gates print on stderr. Exit 0 accepted, 1 any other verdict, 2 and 6 when no gate was
 * started, 130 when interrupted. Owns: the process. Refuses: to end before everything it opened is closed.
 */
import { dataFolder, runtimeFolder, stateFolder } from '../client/places.ts';
import { TreelineError } from '../client/treelineError.ts';
import { createLibrary } from '../context/library.ts';
import { createExaminers } from '../gates/createExaminers.ts';
import { openRepository, type Repository } from '../git/createArchive.ts';
import { journalFolder } from '../journal/journalFolder.ts';
import type { Log } from '../ports/system.ts';
import { createSandbox } from '../sandbox/createSandbox.ts';
import { doorError } from './doorErrors.ts';
import { openGateStore } from './gateStore.ts';
import { grammarFiles } from './grammarFiles.ts';
import { systemClock } from './systemClock.ts';
import { statedRequirements } from './statedRequirements.ts';
import { surroundingsOf } from './toolchain.ts';
import { openTrust } from './trust.ts';
import { verify, type VerifyChange } from './verify.ts';
import { parseVerifyArguments, type VerifyArguments } from './verifyArguments.ts';
import { verifyText } from './verifyText.ts';

const log: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message) => void process.stderr.write(`${message}\n`),
  error: (message, cause) => void process.stderr.write(`${message}${cause instanceof Error ? `: ${cause.message}` : ''}\n`),
};

const interrupted = new AbortController();
const interruption = new Error('verify was interrupted');

async function run(request: VerifyArguments): Promise<number> {
  const opening = { directory: request.repo, clock: systemClock, log };
  const repository = await openRepository(opening);
  const [base, head] = [await repository.resolve(request.base, '--base'), await repository.resolve(request.head, '--head')];
  const standing = await repository.standing(base.commit, head.commit);
  if (!standing.moved) return judge(request, repository, { base, head, ...standing, judged: { kind: 'clean', ...head } });
  const store = await repository.ownStore();
  try {
    const together = await openRepository({ ...opening, store: store.path });
    return await judge(request, together, { base, head, ...standing, judged: await together.mergedOnto(base.commit, head.commit) });
  } finally {
    await store.close();
  }
}

async function judge(request: VerifyArguments, repository: Repository, change: VerifyChange): Promise<number> {
  const environment = process.env;
  const { archive, scratch, commonDir } = repository;
  const hidden = [journalFolder(commonDir), repository.worktreesFolder, runtimeFolder(environment), dataFolder(environment), stateFolder(environment)];
  const examiners = createExaminers({
    archive, tree: repository.tree, scratch, log, grammars: grammarFiles(process.argv[1] ?? ''), sandbox: createSandbox({ log, environment, hidden }), store: await openGateStore(commonDir, systemClock.now(), log, environment), toolchain: await surroundingsOf(environment),
  });
  // Nothing of it is sent anywhere.
  const library = createLibrary({ tree: repository.tree, neverSend: async () => [], limits: () => ({ tokens: 100_000, mapTokens: 0 }) });
  const tools = { requirements: (base: string, commit: string) => statedRequirements({ archive, library }, base, commit, request.spec), examiners, trust: openTrust(environment, commonDir) };
  const document = await verify(request, change, tools, (text) => void process.stderr.write(text), interrupted.signal);
  process.stdout.write(request.json ? `${JSON.stringify(document)}\n` : `${verifyText(document)}\n`);
  return document.verdict === 'accepted' ? 0 : 1;
}

/** Says why no gate was started, in the form that was asked for. */
function refuse(error: unknown, json: boolean): number {
  if (error === interruption) return 130;
  const known = doorError(error);
  const { code, message, next, exit } = known instanceof TreelineError ? known : new TreelineError('failed', error instanceof Error ? error.message : String(error), 'Try again.');
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message, next } })}\n`);
  else process.stderr.write(`${message}\n${next}\n`);
  return exit;
}

const words = process.argv.slice(2);
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort(interruption));
void Promise.resolve().then(() => run(parseVerifyArguments(words))).catch((error: unknown) => refuse(error, words.includes('--json'))).then((code) => { process.exitCode = code; });
