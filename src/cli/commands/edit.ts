/**
 * `treeline edit`: what an open checkpoint is about, changed by hand: a document, or the plan as YAML.
 * Owns: the person's editor and its temporary file. Refuses: to send what was not changed, and to lose what was written when it is refused.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import type { EngineClient } from '../../client/engineClient.ts';
import { findRun, readRuns } from '../../client/readRuns.ts';
import { TreelineError } from '../../client/treelineError.ts';
import type { Answer } from '../../protocol/messages.ts';
import { UsageError } from '../failure.ts';
import { openEngine } from '../invocation.ts';
import type { Invocation } from '../invocation.ts';

export interface EditFlags { readonly checkpoint?: string; readonly file?: string; readonly print?: boolean }

type Editable = Answer<'editable'>;

export async function edit(invocation: Invocation, task: string, flags: EditFlags): Promise<number> {
  const { outlet } = invocation;
  if (!flags.print && flags.file === undefined && !outlet.interactive) throw new UsageError('usage', 'There is no terminal to open an editor in', 'Give the whole text: --file FILE (or - for standard input). The text as it is now: --print.');
  const { task: id } = findRun(await readRuns(invocation.directory), task);
  const client = await openEngine(invocation);
  try {
    const shown = await client.request('editable', { task: id, checkpoint: flags.checkpoint ?? null });
    if (flags.print) return print(invocation, id, shown);
    if (flags.file !== undefined) return await send(invocation, client, id, shown, await given(flags.file, invocation));
    return await withEditor(invocation, shown, (text) => send(invocation, client, id, shown, text), id);
  } finally {
    await client.close();
  }
}

function print({ outlet }: Invocation, task: string, shown: Editable): number {
  outlet.document({ schema: 'treeline/editable/1', task, ...shown });
  if (!outlet.json) outlet.raw(shown.text.endsWith('\n') ? shown.text : `${shown.text}\n`);
  return 0;
}

async function send({ outlet, person }: Invocation, client: EngineClient, task: string, shown: Editable, text: string): Promise<number> {
  if (text === shown.text) throw new UsageError('unchanged', `${shown.name} was not changed`, `Approve it as it is: treeline approve ${task}.`);
  const { view } = await client.request('act', { task, act: { kind: 'edit', checkpoint: shown.checkpoint, text, by: person }, keys: {} });
  outlet.document(view);
  const open = view.checkpoints.find((checkpoint) => checkpoint.state === 'open' && checkpoint.step === shown.step);
  outlet.say(`Edited: ${shown.name}${open ? `. It stands to be approved as ${open.id}: treeline approve ${task}` : ''}`);
  return 0;
}

async function given(file: string, { surroundings: { directory, stdin } }: Invocation): Promise<string> {
  if (file === '-') return textOf(stdin);
  const path = resolve(directory, file);
  return readFile(path, 'utf8').catch((error: unknown) => { throw new UsageError('cannot-read-file', `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`, 'Give a file with the whole text: --file FILE.'); });
}

/** The file stays when its text was refused: nobody writes a document twice. */
async function withEditor({ surroundings: { environment } }: Invocation, { name, text }: Editable, sendText: (text: string) => Promise<number>, task: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'treeline-edit-'));
  const path = join(folder, basename(name).replaceAll(/[^\w.-]/g, '-'));
  await writeFile(path, text, { mode: 0o600 });
  let kept = false;
  try {
    await editorOn(path, environment);
    return await sendText(await readFile(path, 'utf8'));
  } catch (error) {
    if (!(error instanceof TreelineError)) throw error;
    kept = true;
    throw new TreelineError(error.code, error.message, `${error.next} Your text is kept: treeline edit ${task} --file ${path}`, { cause: error });
  } finally {
    if (!kept) await rm(folder, { recursive: true, force: true });
  }
}

/** As git does it: the variable is a command line of the person's own shell. */
async function editorOn(path: string, environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  const command = environment['VISUAL'] || environment['EDITOR'];
  if (!command) throw new UsageError('no-editor', 'No editor is named: neither VISUAL nor EDITOR is set', 'Set one (for example EDITOR=nano), or give the text: --file FILE.');
  const child = spawn('sh', ['-c', `${command} "$1"`, 'sh', path], { stdio: 'inherit', env: { ...environment } });
  const code = await new Promise<number>((done, failed) => {
    child.on('error', failed);
    child.on('close', (exit) => { done(exit ?? 1); });
  });
  if (code !== 0) throw new UsageError('no-editor', `The editor "${command}" ended with ${code}`, 'Nothing was sent. Give the text instead: --file FILE.');
}
