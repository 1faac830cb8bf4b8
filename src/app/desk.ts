/**
 * What the engine answers to its clients' requests: one function for each.
 * Owns: how a task is named, and how refusals of all rooms become errors of the door. Refuses: to decide anything that core decides.
 */
import type { Ask } from '../core/accept.ts';
import { summaryOf, viewOf } from '../protocol/viewOf.ts';
import { TreelineError } from '../client/treelineError.ts';
import { findTask, logOf } from '../client/readRuns.ts';
import { findCheckpoint } from '../core/approve.ts';
import type { RunState } from '../core/state.ts';
import type { Engine } from '../engine/enginePorts.ts';
import type { Archive } from '../ports/archive.ts';
import type { Act } from '../protocol/messages.ts';
import { placed } from './commentPlaces.ts';
import type { Answers } from './door.ts';
import { doorError, refusalError } from './doorErrors.ts';
import type { KeyRetry } from './keyRetry.ts';
import type { KeyRing } from './keyRing.ts';
import { editOf, editableAt, mistakesIn } from './editing.ts';
import { inspect, launchRequest } from './launch.ts';
import type { SpecMeans } from './specs.ts';
import { specs } from './specs.ts';
import { belowOf } from './upstreamTask.ts';
import type { TriggerDesk } from './triggerDesk.ts';
import type { ViewDesk } from './viewDesk.ts';

export interface DeskOptions {
  /** `<common>/treeline`. */
  readonly folder: string;
  readonly engine: Engine;
  readonly archive: Pick<Archive, 'changes' | 'readFile' | 'listFiles'>;
  readonly launch: SpecMeans;
  readonly keys: KeyRing;
  readonly keyRetry: KeyRetry;
  readonly views: ViewDesk;
  readonly triggers: Pick<TriggerDesk, 'list' | 'act'>;
  /** Runs whose journal could not be read when the engine was opened. */
  readonly unreadable: readonly { readonly task: string; readonly message: string }[];
  /** Log text that is still in memory goes to its file. */
  readonly flushLogs: () => Promise<void>;
}

export function createDesk(options: DeskOptions): Omit<Answers, 'stepDown'> {
  const { engine, archive, keys, views, unreadable } = options;

  function stateOf(named: string): RunState {
    const task = findTask([...new Set([...engine.states().map((state) => state.task), ...unreadable.map((run) => run.task)])], named);
    const state = engine.state(task);
    if (state) return state;
    const problem = unreadable.find((run) => run.task === task)?.message ?? 'it has no first entry';
    throw new TreelineError('corrupt-journal', `Task ${task} cannot be gone on with: ${problem}`, `Check it with: treeline journal verify ${task}. Its commits are still under refs/treeline/${task}.`);
  }

  async function ask(state: RunState, question: Ask): Promise<RunState> {
    const answer = await engine.ask(state.task, question);
    if (!answer.ok) throw refusalError(answer.refusal);
    return answer.value;
  }

  const answers: Omit<Answers, 'stepDown'> = {
    inspect: async (params) => inspect(options.launch, params, belowOf(params.upstream, stateOf)),
    specs: (params) => specs(options.launch, params),
    launch: async (launch) => ({ task: await engine.launch(await launchRequest(options.launch, launch, belowOf(launch.upstream, stateOf)), (task) => keys.bind(task, launch.keys)) }),
    list: async () => engine.states().map((state) => summaryOf(viewOf(state))),
    show: async ({ task }) => views.view(stateOf(task)),
    settle: async ({ task }) => {
      await engine.settled(stateOf(task).task);
      return views.view(stateOf(task));
    },
    editable: async ({ task, checkpoint }) => editableAt(stateOf(task), checkpoint),
    mistakes: async ({ task, checkpoint, text }) => mistakesIn(stateOf(task), checkpoint, text),
    landsNow: ({ task }) => engine.landsNow(stateOf(task).task),
    act: async ({ task, act, keys: offered }) => {
      const state = stateOf(task);
      keys.bind(state.task, offered);
      const after = await ask(state, await askOf(act, state, archive));
      if (Object.keys(offered).length > 0 && !after.end) await options.keyRetry.offered(state.task, act.by);
      return { ok: true, view: await views.view(engine.state(state.task) ?? after) };
    },
    subscribe: async ({ task }, visitor) => {
      const states = task === null ? engine.states() : [stateOf(task)];
      const shown = await Promise.all(states.map((state) => views.view(state)));
      views.subscribe(visitor, task === null ? null : states[0]?.task ?? task);
      // What changed while worktrees were listed is in the newest state; from here on every change is told.
      return { runs: shown.map((view) => { const now = engine.state(view.task); return now && now.seq > view.seq ? viewOf(now, view.worktrees, engine.held(view.task)) : view; }) };
    },
    offerKeys: async ({ task, keys: offered }, visitor) => {
      const state = stateOf(task);
      keys.bind(state.task, offered);
      await options.keyRetry.offered(state.task, visitor.name);
      return {};
    },
    log: async ({ task, step }) => {
      await options.flushLogs();
      const { text, logs } = await logOf(options.folder, stateOf(task).task, step);
      return { text, logs: [...logs] };
    },
    triggers: async () => [...await options.triggers.list()],
    actOnTrigger: async ({ id, act, ...who }) => [...await options.triggers.act(id, act, who)],
    changes: async ({ from, to }) => (await archive.changes(from, to)).map((file) => ({ ...file, marks: [...file.marks] })),
    readFile: async ({ commit, path }) => {
      const bytes = await archive.readFile(commit, path);
      return bytes && Buffer.from(bytes).toString('base64');
    },
  };
  return withDoorErrors(answers);
}

/** The tip that an approval is checked against is the engine's to read; where a comment stands is looked up in the checkpoint's trees. */
async function askOf(act: Act, state: RunState, archive: DeskOptions['archive']): Promise<Ask> {
  if (act.kind === 'approve') return { ...act, tip: null };
  if (act.kind === 'edit') return editOf(state, act);
  if (act.kind === 'retry') return { ...act, fresh: true };
  if (act.kind !== 'request-changes') return act;
  const open = findCheckpoint(state, act.checkpoint);
  return open.ok ? { ...act, comments: await placed(act.comments, open.value, archive) } : act;
}

function withDoorErrors(answers: Omit<Answers, 'stepDown'>): Omit<Answers, 'stepDown'> {
  const wrapped = Object.entries(answers).map(([name, answer]) => [name, async (params: never, visitor: never) => {
    try {
      return await (answer as (params: never, visitor: never) => Promise<unknown>)(params, visitor);
    } catch (error) {
      throw doorError(error);
    }
  }]);
  return Object.fromEntries(wrapped) as Omit<Answers, 'stepDown'>;
}
