/**
 * A checkpoint in a terminal: shows what is to be decided, asks, and sends the decision.
 * Owns: the conversation. Refuses: to decide by itself, and to read an unclear answer as a yes.
 */
import type { EngineClient } from '../../client/engineClient.ts';
import { readDocument } from '../../client/readRuns.ts';
import { TreelineError } from '../../client/treelineError.ts';
import type { Act } from '../../protocol/messages.ts';
import type { CheckpointView, RunView } from '../../protocol/runView.ts';
import { commentOf } from '../decisionOptions.ts';
import { UsageError, failureOf } from '../failure.ts';
import type { Invocation } from '../invocation.ts';
import { keysOf } from '../keys.ts';
import { checkpointText } from '../show/checkpointLines.ts';
import type { ChangedFiles, Matter } from '../show/checkpointLines.ts';
import type { Outlet } from '../outlet.ts';
import { diffLines } from '../show/diffLines.ts';
import { plainLines } from '../show/plain.ts';
import { planDetails } from '../show/planLines.ts';
import type { Prompt } from './prompt.ts';

/** `decided`: the run goes on. `taken-back`: it was decided elsewhere. `left`: nobody decides here now. `interrupted`: Ctrl-C. */
export type Asked = 'decided' | 'taken-back' | 'left' | 'interrupted';

export interface Asking { readonly invocation: Invocation; readonly client: EngineClient; readonly prompt: Prompt; readonly view: RunView; readonly checkpoint: CheckpointView; /** Fires when the checkpoint is not open any more. */ readonly signal: AbortSignal }

class Ended extends Error {
  readonly how: Exclude<Asked, 'decided'>;
  constructor(how: Exclude<Asked, 'decided'>) {
    super(how);
    this.how = how;
  }
}

/** Rejects with a TreelineError only when the engine cannot be reached. */
export async function askAtCheckpoint(asking: Asking): Promise<Asked> {
  try {
    return await converse(asking);
  } catch (error) {
    if (error instanceof Ended) return error.how;
    throw error;
  }
}

async function converse(asking: Asking): Promise<Asked> {
  const { invocation: { outlet }, client, view, checkpoint } = asking;
  const files = checkpoint.kind === 'merge' || checkpoint.kind === 'review' ? await client.request('changes', { from: checkpoint.base, to: checkpoint.commit }) : [];
  const text = checkpoint.kind === 'document' && checkpoint.subject !== null ? (await readDocument(asking.invocation.directory, view.task, checkpoint.subject, null)).text : null;
  outlet.say(...checkpointText(view, checkpoint, { files, text }, outlet.paint));
  for (;;) {
    switch ((await line(asking, '[a]pprove, re[q]uest changes, [r]eject, [d]etails, [l]eave: ')).toLowerCase()) {
      case 'a': case 'approve': if (await approve(asking)) return 'decided'; break;
      case 'q': case 'request changes': case 'changes': if (await requestChanges(asking)) return 'decided'; break;
      case 'r': case 'reject': if (await reject(asking)) return 'decided'; break;
      case 'd': case 'details': await details(asking, { files, text }); break;
      case 'l': case 'leave': return 'left';
      default: outlet.say('Type one letter: a, q, r, d or l.');
    }
  }
}

async function lines({ prompt, signal }: Asking, question: string, many: boolean): Promise<readonly string[]> {
  const answer = await prompt.ask(question, signal, many);
  if (answer.kind !== 'lines') throw new Ended(answer.kind);
  return answer.lines;
}

async function line(asking: Asking, question: string): Promise<string> {
  return (await lines(asking, question, false)).join(' ').trim();
}

async function approve(asking: Asking): Promise<boolean> {
  const { checkpoint, invocation: { person } } = asking;
  const waivers: { gate: string; reason: string }[] = [];
  for (const gate of checkpoint.needsWaiver) {
    const reason = await line(asking, `${gate} is not proven. Why may it be waived? (nothing: do not approve) `);
    if (reason === '') return false;
    waivers.push({ gate, reason });
  }
  for (const tick of checkpoint.needsTick) {
    const word = await line(asking, `${tick.id}: have you looked at it? [y/N] `);
    if (!/^y(es)?$/i.test(word)) return false;
  }
  return decide(asking, { kind: 'approve', checkpoint: checkpoint.id, commit: checkpoint.commit, waivers, ticks: checkpoint.needsTick.map((tick) => tick.id), by: person });
}

async function requestChanges(asking: Asking): Promise<boolean> {
  const { checkpoint, invocation: { person, outlet } } = asking;
  outlet.say('What should change? One comment a line, FILE:LINE: before it where it is about a line; an empty line sends them.');
  const texts = await lines(asking, '> ', true);
  try {
    return texts.length > 0 && await decide(asking, { kind: 'request-changes', checkpoint: checkpoint.id, comments: texts.map(commentOf), by: person });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    outlet.say(error.message, error.next);
    return false;
  }
}

async function reject(asking: Asking): Promise<boolean> {
  const reason = await line(asking, 'Why is it rejected? (nothing: do not reject) ');
  return reason !== '' && decide(asking, { kind: 'reject', checkpoint: asking.checkpoint.id, reason, by: asking.invocation.person });
}

/** False: it was refused, with the reason said; the question comes again while the checkpoint is open. */
async function decide({ client, view, invocation: { outlet, surroundings } }: Asking, act: Act): Promise<boolean> {
  try {
    await client.request('act', { task: view.task, act, keys: keysOf(surroundings.environment) });
    return true;
  } catch (error) {
    if (!(error instanceof TreelineError) || error.exit === 6) throw error;
    const { message, next } = failureOf(error);
    outlet.say(`${message}`, next);
    return false;
  }
}

async function details({ client, view, checkpoint, invocation: { outlet } }: Asking, { files, text }: Matter): Promise<void> {
  if (text !== null) return outlet.say(plainLines(text));
  if (checkpoint.kind === 'choice') {
    const [first] = checkpoint.candidates;
    if (first) await diffs(client, outlet, first.base, first.commit, await client.request('changes', { from: first.base, to: first.commit }));
    return;
  }
  if (checkpoint.kind === 'plan' || checkpoint.kind === 'amendment') {
    const plan = checkpoint.amendment?.after ?? view.plan;
    outlet.say(...(plan ? planDetails(plan, outlet.paint) : []));
    return;
  }
  await diffs(client, outlet, checkpoint.base, checkpoint.commit, files);
}

async function diffs(client: EngineClient, outlet: Outlet, base: string, head: string, files: ChangedFiles): Promise<void> {
  const content = async (commit: string, path: string): Promise<Uint8Array | null> => {
    const encoded = await client.request('readFile', { commit, path });
    return encoded === null ? null : Buffer.from(encoded, 'base64');
  };
  for (const file of files) {
    const before = file.status === 'added' ? null : await content(base, file.previous ?? file.path);
    const after = file.status === 'deleted' ? null : await content(head, file.path);
    outlet.say('', ...diffLines(file.path, before, after, outlet.paint));
  }
  outlet.say('');
}
