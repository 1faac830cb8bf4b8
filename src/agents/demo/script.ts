/**
 * The demo agent: a model's part, played by a script over the real protocols. Pure: the same request has the same answer for ever,
 * by what it contains (role, subtask, evidence, what its tools said) and never by its number, so that a run which was killed and
 * resumed comes to the same tree. Refuses: any shortcut: it works through the same tools, walls and gates as every other agent.
 */
import { documenting } from './documenting.ts';
import { implementing, testing } from './implementing.ts';
import { nextMove } from './moves.ts';
import type { Move, Step } from './moves.ts';
import { declaredOutputs } from './outputs.ts';
import { planning } from './planning.ts';
import type { Reply } from './reply.ts';
import { reviewing } from './reviewing.ts';
import { readTalk } from './talk.ts';
import type { Protocol, Talk } from './talk.ts';
import { anthropicEvents } from './wireAnthropic.ts';
import { openaiEvents } from './wireOpenai.ts';

export interface DemoAnswer { readonly reply: Reply; /** Server-sent events, one string each. */ readonly events: readonly string[] }

/** The answer to a request body that was parsed from JSON; null: it is no request of this protocol. */
export function demoAnswer(protocol: Protocol, body: unknown): DemoAnswer | null {
  const talk = readTalk(protocol, body);
  if (talk === null) return null;
  const reply = replyTo(talk);
  return { reply, events: protocol === 'anthropic' ? anthropicEvents(reply, 'demo') : openaiEvents(reply, 'demo') };
}

function replyTo(talk: Talk): Reply {
  const move = nextMove(talk, playbook(talk));
  const text = move?.say ?? 'There is nothing left to do.';
  const calls = move ? [{ id: `call_${talk.calls.length + 1}`, name: move.name, arguments: JSON.stringify(move.input) }] : [];
  return { text, calls, usage: usageOf(talk, move) };
}

function playbook(talk: Talk): readonly Step[] {
  switch (talk.gives) {
    case 'plan': return planning(talk);
    case 'review': return reviewing(talk);
    case 'document': return documenting(talk);
    case 'result': return [() => ({ say: 'I have no script for this step.', name: 'submit_result', input: { summary: 'The demo agent is scripted and has looked at nothing for this.', ...declaredOutputs(talk) } })];
    case 'tree': return talk.role === 'tester' ? testing(talk) : implementing(talk);
  }
}

/** About four characters make a token; what the last request had already is read from the cache. */
function usageOf(talk: Talk, move: Move | null): Reply['usage'] {
  const tokens = (characters: number): number => Math.ceil(characters / 4);
  return { input: tokens(talk.size.all - talk.size.repeated), cached: tokens(talk.size.repeated), output: tokens(JSON.stringify(move ?? '').length) };
}
