/**
 * What `treeline workflow …` does: the checkout's files, read and checked as they are on disk, and new ones written.
 * Owns: where files are read from and written to. Refuses: to write over a file, or anything outside `.treeline/workflows` and
 * `.zenflow/workflows`.
 */
import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { TreelineError } from '../client/treelineError.ts';
import type { Input } from '../core/workflow.ts';
import type { InputDocument, WorkflowCheckDocument, WorkflowDryRunDocument, WorkflowListDocument, WorkflowWrittenDocument } from '../protocol/workflowDocuments.ts';
import type { Trigger } from '../core/trigger.ts';
import type { Mistake } from '../workflows/mistake.ts';
import { workflowJsonSchema } from '../workflows/jsonSchema.ts';
import { yamlToZenflow, zenflowToYaml } from '../workflows/zenflow/convert.ts';
import { checkoutFiles, exists, readSome } from './checkoutFiles.ts';
import { playWorkflow } from './playWorkflow.ts';
import { isVerified, openRack, ownFolder, zenflowFolder } from './workflowShelf.ts';
import type { Rack, Shelved } from './workflowShelf.ts';

interface WorkflowToolsMeans { /** Top of the checkout. */ readonly repository: string; /** Folder of the built-in workflows. */ readonly builtIn: string }

interface WorkflowToolsWords { readonly from?: string | undefined; readonly to?: string | undefined; readonly as?: string | undefined; readonly directory?: string | undefined; readonly stub?: readonly string[] | undefined; readonly seed?: string | undefined }

/** Answers one verb. Rejects with a TreelineError. */
export async function workflowAnswer(means: WorkflowToolsMeans, [verb, ...files]: readonly string[], { from, to, as, directory = process.cwd(), stub = [], seed }: WorkflowToolsWords): Promise<object> {
  const [file] = files;
  if (verb === 'list') return listWorkflows(means);
  if (verb === 'validate') return checkWorkflows(means, directory, files);
  if (verb === 'schema') return workflowJsonSchema();
  if (verb === 'new' && from !== undefined) return newWorkflow(means, from, as);
  if (verb === 'dry-run' && file !== undefined) return dryRunOf(means, directory, file, stub, seed);
  if (verb === 'import' && file !== undefined && (to === undefined || to === 'yaml' || to === 'zenflow')) return importWorkflow(means, directory, file, to, as);
  throw new TreelineError('invalid-request', `"workflow ${verb ?? ''}" is not understood.`, 'Use: list, validate [FILE…], new --from NAME, import FILE, dry-run FILE, or schema.');
}

async function listWorkflows({ repository, builtIn }: WorkflowToolsMeans): Promise<WorkflowListDocument> {
  const rack = await openRack(builtIn, checkoutFiles(repository));
  return {
    schema: 'treeline/workflow-list/1',
    workflows: rack.all.map((entry) => {
      const read = rack.read(entry);
      const common = { id: entry.id, from: entry.from, path: entry.path };
      if (!read.ok) return { ...common, name: entry.id, description: '', mistakes: read.refusal.length, inputs: [], triggers: [], steps: 0 };
      const { workflow, triggers } = read.value;
      return { ...common, name: workflow.name, description: workflow.description, mistakes: 0, inputs: inputsOf(workflow.inputs), triggers: triggers.map(triggerWords), steps: workflow.steps.length };
    }),
  };
}

/** `files`: paths from `directory`, or ids; none: all of the repository's. */
async function checkWorkflows(means: WorkflowToolsMeans, directory: string, files: readonly string[]): Promise<WorkflowCheckDocument> {
  const rack = await openRack(means.builtIn, checkoutFiles(means.repository));
  const wanted = files.length === 0 ? rack.all.filter((entry) => entry.from !== 'built-in') : await Promise.all(files.map((file) => entryOf(rack, means.repository, directory, file)));
  const checked = wanted.map((entry) => {
    const read = rack.read(entry);
    return { path: entry.path, steps: read.ok ? read.value.workflow.steps.length : 0, mistakes: read.ok ? [] : read.refusal.map(({ line, column, code, message, fix }) => ({ line, column, code, message, fix })) };
  });
  return { schema: 'treeline/workflow-check/1', ok: checked.every((file) => file.mistakes.length === 0), files: checked };
}

/** Plays a workflow without an agent: with the outcomes that `stubs` say, and others by chance where there is a seed. */
async function dryRunOf(means: WorkflowToolsMeans, directory: string, file: string, stubs: readonly string[], seed: string | undefined): Promise<WorkflowDryRunDocument> {
  const rack = await openRack(means.builtIn, checkoutFiles(means.repository));
  const entry = await entryOf(rack, means.repository, directory, file);
  const read = rack.read(entry);
  if (!read.ok) throw new TreelineError('invalid-file', `${entry.path} has ${read.refusal.length === 1 ? 'a mistake' : `${read.refusal.length} mistakes`}: ${words(read.refusal)}`, `See: treeline workflow validate ${entry.path}.`);
  const { workflow } = read.value;
  if (seed !== undefined && !/^\d{1,9}$/.test(seed)) throw new TreelineError('invalid-request', `"${seed}" is no seed.`, 'Give a whole number: --seed 7.');
  const played = playWorkflow(workflow, stubs, seed === undefined ? null : Number(seed));
  if (!played.ok) throw new TreelineError('invalid-request', played.refusal.join(' '), 'Write --outcome STEP=WORD, more words parted by commas for one time after another; --outcome STEP.NAME=VALUE for an output.');
  const { path, status, waiting, failures, outputs, unreached, endless } = played.value;
  return {
    schema: 'treeline/workflow-dry-run/1', workflow: workflow.name, path: path.map((one) => (one.kind === 'step' ? { ...one, outputs: { ...one.outputs } } : one)), state: status,
    waiting: waiting && { for: waiting.for, why: waiting.why, at: waiting.at }, failures: [...failures], outputs: { ...outputs }, unreached: [...unreached], endless,
  };
}

/** Copies a workflow with its comments, so that it can be edited. Rejects with `unwritable` where there is a file already. */
async function newWorkflow({ repository, builtIn }: WorkflowToolsMeans, from: string, as: string | undefined): Promise<WorkflowWrittenDocument> {
  const rack = await openRack(builtIn, checkoutFiles(repository));
  const entry = rack.find(from);
  if (!entry) throw unknown(from, rack);
  if (entry.from === 'zenflow') throw new TreelineError('invalid-request', `"${from}" is a Zenflow workflow.`, `Turn it into a file of ours with: treeline workflow import ${entry.path}.`);
  return written(repository, `${ownFolder}${idOf(as ?? entry.id)}.yaml`, entry.text, entry.id);
}

/** Turns a Zenflow workflow into one of ours, or one of ours into Zenflow's. */
async function importWorkflow(means: WorkflowToolsMeans, directory: string, file: string, to: 'yaml' | 'zenflow' | undefined, as: string | undefined): Promise<WorkflowWrittenDocument> {
  const rack = await openRack(means.builtIn, checkoutFiles(means.repository));
  const entry = await entryOf(rack, means.repository, directory, file);
  const wanted = to ?? (entry.path.endsWith('.md') ? 'yaml' : 'zenflow');
  const isMarkdown = entry.path.endsWith('.md');
  if ((wanted === 'yaml') !== isMarkdown) throw new TreelineError('invalid-request', `${entry.path} is ${isMarkdown ? 'Markdown' : 'YAML'} already.`, `Leave "--to ${wanted}" out, or name another file.`);
  const id = idOf(as ?? basename(entry.path).replace(/\.(md|ya?ml)$/, ''));
  const verified = wanted === 'yaml' && await hasVerification(means.repository);
  const made = wanted === 'yaml' ? zenflowToYaml(entry.text, id, verified) : yamlToZenflow(entry.text);
  if (!made.ok) throw new TreelineError('invalid-file', `${entry.path} cannot be turned into ${wanted === 'yaml' ? 'YAML' : 'a Zenflow workflow'}: ${words(made.refusal)}`, 'Mend what is named, then try again.');
  return written(means.repository, wanted === 'yaml' ? `${ownFolder}${id}.yaml` : `${zenflowFolder}${id}.md`, made.value, entry.path);
}

/** A workflow by its id or name, or a file by its path; a file that is not in its folder yet counts, too. */
async function entryOf(rack: Rack, repository: string, directory: string, wanted: string): Promise<Shelved> {
  const path = resolve(directory, wanted);
  if (/[/\\]|\.(ya?ml|md)$/.test(wanted) && await exists(path)) {
    const inside = relative(repository, path).split(sep).join('/');
    const known = rack.all.find((entry) => entry.from !== 'built-in' && entry.path === inside);
    return known ?? { id: basename(path).replace(/\.(ya?ml|md)$/, ''), path: inside.startsWith('..') ? path : inside, from: path.endsWith('.md') ? 'zenflow' : 'repository', text: await readSome(path) };
  }
  const entry = rack.find(wanted);
  if (!entry) throw unknown(wanted, rack);
  return entry;
}

function unknown(wanted: string, rack: Rack): TreelineError {
  return new TreelineError('unknown-workflow', `There is no workflow "${wanted}" here.`, `There are: ${rack.all.map(({ id }) => id).join(', ')}; or give the path of a file.`);
}

function words(mistakes: readonly Mistake[]): string {
  return mistakes.map(({ line, message, fix }) => `line ${line}: ${message}. ${fix}`).join(' ');
}

function idOf(text: string): string {
  if (!/^[a-z0-9][a-z0-9_-]{0,63}$/i.test(text)) throw new TreelineError('invalid-request', `"${text}" cannot be the name of a workflow.`, 'Use letters, digits, "-" and "_", at most 64: --as my-workflow.');
  return text;
}

async function written(repository: string, path: string, text: string, from: string): Promise<WorkflowWrittenDocument> {
  const file = join(repository, path);
  await mkdir(dirname(file), { recursive: true });
  // A folder that the repository made a link of leads somewhere else.
  if (relative(await realpath(repository), await realpath(dirname(file))).split(sep).join('/') !== dirname(path)) throw new TreelineError('unwritable', `${dirname(path)} lies outside of the repository.`, 'It is a link: replace it by a folder.');
  await writeFile(file, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? new TreelineError('unwritable', `${path} is there already.`, 'Give the new one another name with --as ID, or move the old one away.') : error;
  });
  return { schema: 'treeline/workflow-written/1', path, from };
}

function inputsOf(inputs: Readonly<Record<string, Input>>): InputDocument[] {
  return Object.entries(inputs).map(([name, input]) => ({
    name, type: input.commit ? 'commit' : input.type.type === 'enum' ? input.type.values.join(' | ') : input.type.type, description: input.description, required: input.required, ...(input.default === null ? {} : { default: input.default }),
  }));
}

function triggerWords(trigger: Trigger): string {
  switch (trigger.kind) {
    case 'schedule': return `schedule ${trigger.cron}`;
    case 'spec-changed': return `spec changed: ${trigger.paths.join(', ')}`;
    case 'branch-moved': return `branch moved: ${trigger.branches.join(', ')}`;
    case 'test-failed': return `test failed: ${trigger.tests.join(', ')}`;
  }
}

async function hasVerification(repository: string): Promise<boolean> {
  const text = await readSome(join(repository, '.zenflow/settings.json')).catch(() => '');
  return isVerified(text);
}
