/** `list`, `show`, `log`, `journal verify`, `journal export`: what is on disk, without an engine. Owns: nothing but the way from journal to page. */
import { checkJournal } from '../../client/checkJournal.ts';
import type { EngineClient } from '../../client/engineClient.ts';
import { connectEngine } from '../../client/connectEngine.ts';
import { exportRun } from '../../client/exportRun.ts';
import { findRun, findTask, readDocument, readLog, readPlan, readRuns } from '../../client/readRuns.ts';
import { TreelineError } from '../../client/treelineError.ts';
import { exitCode } from '../../core/status.ts';
import { summaryOf } from '../../protocol/viewOf.ts';
import type { RunView } from '../../protocol/runView.ts';
import { UsageError, failureOf } from '../failure.ts';
import type { Invocation } from '../invocation.ts';
import { listLines, passedLines } from '../show/listLines.ts';
import { plain, plainLines } from '../show/plain.ts';
import { planDetails } from '../show/planLines.ts';
import { runLines } from '../show/runLines.ts';
import { goesOnByItself, withoutEngine } from '../show/stalled.ts';

export async function list(invocation: Invocation, flags: { readonly passed?: boolean } = {}): Promise<number> {
  const { outlet, directory } = invocation;
  const { runs: onDisk, unreadable } = await readRuns(directory);
  const runs = onDisk.some(goesOnByItself) && !(await isLed(invocation)) ? onDisk.map(withoutEngine) : onDisk;
  const shown = flags.passed === true ? runs.filter((run) => run.checkpoints.some((checkpoint) => checkpoint.passed !== null)) : runs;
  outlet.document({ schema: 'treeline/list/1', runs: shown.map(summaryOf), unreadable });
  outlet.say(...(flags.passed === true ? passedLines(runs, Date.now(), outlet.paint) : runs.length === 0 && unreadable.length > 0 ? [] : listLines(runs, Date.now(), outlet.paint)));
  outlet.note(...unreadable.map(({ task, message }) => `The journal of task ${task} cannot be read: ${plain(message, 400)}. Check it with: treeline journal verify ${task}.`));
  return 0;
}

export async function show(invocation: Invocation, task: string, { document, plan }: { readonly document?: string; readonly plan?: string | true }): Promise<number> {
  const { outlet } = invocation;
  if (document !== undefined) {
    const [, name = document, version] = /^(.+)@(\d+)$/.exec(document) ?? [];
    const found = await readDocument(invocation.directory, task, name, version === undefined ? null : Number(version));
    outlet.document({ schema: 'treeline/document/1', ...found });
    outlet.say(plainLines(found.text));
    return 0;
  }
  if (plan !== undefined) {
    if (plan !== true && !/^[1-9]\d*$/.test(plan)) throw new UsageError('usage', `--plan "${plan}" is no version of a plan`, 'Give its number, from 1: --plan 2. Without one: the newest.');
    const found = await readPlan(invocation.directory, task, plan === true ? null : Number(plan));
    outlet.document({ schema: 'treeline/plan/1', ...found });
    outlet.say(`Version ${found.version} of ${found.versions.length}, by ${plain(found.by, 80)}`, ...planDetails(found.plan, outlet.paint));
    return 0;
  }
  const view = await withWorktrees(invocation, findRun(await readRuns(invocation.directory), task));
  outlet.document(view);
  outlet.say(...runLines(view, Date.now(), outlet.paint));
  return 0;
}

/** Worktrees are the engine's to know: one that runs is asked, none is started. */
async function withWorktrees(invocation: Invocation, onDisk: RunView): Promise<RunView> {
  const code = exitCode(onDisk);
  if (code !== null && code !== 3 && code !== 5) return onDisk;
  try {
    return await askEngine(invocation, (client) => client.request('show', { task: onDisk.task }));
  } catch (error) {
    // No engine, or one that speaks another protocol: the journal is enough.
    if (error instanceof TreelineError) return error.code === 'not-running' ? withoutEngine(onDisk) : onDisk;
    throw error;
  }
}

/** False: no engine runs. One that speaks another protocol is one all the same. */
async function isLed(invocation: Invocation): Promise<boolean> {
  try {
    return await askEngine(invocation, async () => true);
  } catch (error) {
    if (error instanceof TreelineError) return error.code !== 'not-running';
    throw error;
  }
}

/** Rejects with a TreelineError: `not-running` where none runs. */
async function askEngine<Said>({ directory, surroundings }: Invocation, ask: (client: EngineClient) => Promise<Said>): Promise<Said> {
  const client = await connectEngine({ directory, engineBundle: '', clientName: 'cli', version: surroundings.version, start: false, environment: surroundings.environment });
  try {
    return await ask(client);
  } finally {
    await client.close();
  }
}

export async function log({ outlet, directory }: Invocation, task: string, step: string | undefined): Promise<number> {
  // What agents and gates printed is beside the journal: it can be read where that is damaged.
  const { runs, unreadable } = await readRuns(directory);
  const id = findTask([...runs, ...unreadable].map((run) => run.task), task);
  const { text, logs } = await readLog(directory, id, step ?? null);
  outlet.document({ schema: 'treeline/log/1', task: id, step: step ?? null, logs, text });
  outlet.say(...(text === '' ? [] : [plainLines(text)]));
  if (!outlet.json) outlet.note(...(logs.length === 0 ? ['Nothing of this task has been logged yet.'] : [outlet.paint.quiet(`Logs of this task: ${logs.join(', ')}`)]));
  return 0;
}

/** Exit code 0 when every line is what was written, else 6. */
export async function journalVerify({ outlet, directory }: Invocation, task: string): Promise<number> {
  const files = await checkJournal(directory, task);
  const bad = files.find((file) => file.bad !== null);
  const failure = bad?.bad ? failureOf(new TreelineError('corrupt-journal', `${bad.file}, line ${bad.bad.line}: ${bad.bad.why}`, `The ${bad.entries} entries before it are good. Keep a copy of the file; what the task made is still under refs/treeline/ in git.`)) : null;
  outlet.document({ schema: 'treeline/journal-check/1', ok: failure === null, files, ...(failure ? { error: { code: failure.code, message: failure.message, next: failure.next } } : {}) });
  outlet.say(...files.map((file) => `${file.bad === null ? outlet.paint.good('✓') : outlet.paint.bad('✗')} ${file.file}: ${file.entries} entries${file.bad === null ? ', every checksum and the chain hold' : ` are good; ${file.bad.line}: ${plain(file.bad.why, 400)}`}`));
  if (failure && !outlet.json) outlet.note(failure.message, failure.next);
  return failure?.exit ?? 0;
}

/** The whole record of a task as one JSON document, for an audit or a bug report: it is read by programs, with --json or without. */
export async function journalExport({ outlet, directory }: Invocation, task: string): Promise<number> {
  const { events, missing, ...found } = await exportRun(directory, task);
  const document = { schema: 'treeline/export/1', ...found, events: events.map((event) => ({ schema: 'treeline/event/1', ...event })), missing };
  outlet.document(document);
  outlet.say(JSON.stringify(document));
  if (missing.length > 0) outlet.note(`${missing.length} evidence document${missing.length === 1 ? ' is' : 's are'} not there any more; what the journal itself says of them is in the events.`);
  return 0;
}
