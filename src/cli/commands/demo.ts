/**
 * `treeline demo`: a whole task on a copy of the sample repository, with the demo agent: no key, no network.
 * Owns: the copy's life. Refuses: to write into a folder that has something in it, and to remove a copy whose task is not over.
 */
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import type { EngineClient } from '../../client/engineClient.ts';
import type { RunView } from '../../protocol/runView.ts';
import { UsageError } from '../failure.ts';
import { follow, lastWords } from '../follow/follow.ts';
import { openEngine } from '../invocation.ts';
import type { Invocation } from '../invocation.ts';
import { launchOf } from '../launchOptions.ts';
import { evidenceLines } from '../show/evidence.ts';
import { plain } from '../show/plain.ts';
import { askTools } from './childProgram.ts';
import { start } from './run.ts';

export interface DemoFlags { readonly yes?: string; readonly prepare?: string; readonly keep?: boolean; readonly verbose?: boolean }

const storySchema = z.object({ request: z.string(), workflow: z.string() });
const preparedSchema = z.object({ commit: z.string() });
const historySchema = z.object({ lines: z.array(z.string()) });

export async function demo(invocation: Invocation, flags: DemoFlags): Promise<number> {
  const story = readStory(invocation);
  if (flags.prepare !== undefined) {
    const repository = resolve(invocation.surroundings.directory, flags.prepare);
    const commit = await prepare(invocation, repository);
    invocation.outlet.raw(`${JSON.stringify({ schema: 'treeline/prepared/1', repository, ...story, commit })}\n`);
    return 0;
  }
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'treeline-demo-'));
  let over = true;
  try {
    const directory = join(folder, 'shelf');
    await prepare(invocation, directory);
    invocation.outlet.note(`A copy of the sample repository is at ${directory}.`);
    const played = await play({ ...invocation, directory }, story, flags);
    over = played.over;
    return played.code;
  } finally {
    if (over && !flags.keep) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** `over`: nothing of it runs or waits any more, so that the copy may go. */
async function play(invocation: Invocation, { request, workflow }: z.infer<typeof storySchema>, flags: DemoFlags): Promise<{ readonly code: number; readonly over: boolean }> {
  const { outlet, directory } = invocation;
  const client = await openEngine(invocation);
  try {
    const launch = launchOf(request, { workflow, agent: ['implementer=demo'], ...(flags.yes === undefined ? {} : { yes: flags.yes }) });
    const task = await start(invocation, client, launch, true);
    outlet.note(`Task ${task}: ${plain(request, 100)}`);
    const { code, view } = await follow(invocation, { client, task, asks: outlet.interactive, stays: false, verbose: flags.verbose === true });
    const finished = view.state === 'merged' || view.state === 'done' || view.state === 'rejected' || view.state === 'cancelled';
    const lines = [...(finished ? await summary(invocation, view) : []), ...lastWords(view, code, directory)];
    outlet.document(view);
    outlet.say(...lines);
    const over = finished && await ended(client);
    if (finished) outlet.note(over && !flags.keep ? `The copy ${directory} is removed; keep the next one with --keep.` : `The copy stays at ${directory}.`);
    else outlet.note(`The copy stays at ${directory}; remove it yourself when you are done.`);
    return { code, over };
  } finally {
    await client.close();
  }
}

async function summary(invocation: Invocation, view: RunView): Promise<string[]> {
  const { outlet, directory } = invocation;
  const { lines } = historySchema.parse(await askTools(invocation, ['history', '--repo', directory]));
  return ['', `git log of ${directory}:`, ...lines.map((line) => `  ${plain(line)}`), '', 'Proven on exactly the tree that landed:', ...evidenceLines(view.evidence, outlet.paint, '  ')];
}

/** Asks the engine to end, since it would keep files of the copy open. False: it has not ended. */
async function ended(client: EngineClient): Promise<boolean> {
  const { pid } = client.engine;
  for (let tries = 0; tries < 100; tries += 1) {
    if (await client.request('stepDown', {})) break;
    await pause(100); // it still tidies up
  }
  await client.close();
  for (let tries = 0; tries < 100 && isAlive(pid); tries += 1) await pause(50);
  return !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function prepare(invocation: Invocation, repository: string): Promise<string> {
  if (existsSync(repository) && readdirSync(repository).length > 0) throw new UsageError('cannot-write', `${repository} is not empty`, 'Name a folder that is new or empty: it becomes the sample repository.');
  return preparedSchema.parse(await askTools(invocation, ['prepare', '--from', sampleFolder(invocation), '--to', repository])).commit;
}

function sampleFolder({ surroundings }: Invocation): string {
  return join(surroundings.programs, '..', 'media', 'sample');
}

function readStory(invocation: Invocation): z.infer<typeof storySchema> {
  const path = join(invocation.surroundings.programs, '..', 'media', 'demo.json');
  if (!existsSync(path) || !existsSync(sampleFolder(invocation))) throw new UsageError('sample-missing', `The sample repository is not at ${sampleFolder(invocation)}`, 'Install Treeline again, or run it from a checkout.');
  return storySchema.parse(JSON.parse(readFileSync(path, 'utf8')));
}
