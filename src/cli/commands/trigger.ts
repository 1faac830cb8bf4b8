/**
 * `treeline trigger list|arm|pause|resume|disarm`: what may start a workflow by itself, and a person's word about it.
 * Owns: that arming asks for trust as a launch does. Refuses: to arm anything that was not named.
 */
import type { EngineClient } from '../../client/engineClient.ts';
import { checkedOutBranch } from '../../client/repository.ts';
import type { TriggerAct, TriggerView } from '../../protocol/triggerView.ts';
import { openEngine } from '../invocation.ts';
import type { Invocation } from '../invocation.ts';
import { keysOf } from '../keys.ts';
import { triggerLines } from '../show/triggerLines.ts';
import { trustFor } from './trust.ts';

export async function triggerList(invocation: Invocation): Promise<number> {
  const client = await openEngine(invocation);
  try {
    return said(invocation, await client.request('triggers', {}));
  } finally {
    await client.close();
  }
}

export const triggerAct = (act: TriggerAct) => async (invocation: Invocation, id: string, flags: { readonly trust?: boolean }): Promise<number> => {
  const client = await openEngine(invocation);
  try {
    const allowed = act === 'arm' ? await trustFor(invocation, await client.request('inspect', { base: await checkedOutBranch(invocation.directory), ...(await workflowOf(client, id)) }), flags.trust === true) : null;
    return said(invocation, await client.request('actOnTrigger', { id, act, by: invocation.person, keys: keysOf(invocation.surroundings.environment), trust: allowed?.content ?? null, workflowTrust: allowed?.workflow ?? null }));
  } finally {
    await client.close();
  }
};

/** The workflow that the trigger would start, so that it is asked about as well; one that is not there is told by arming. */
async function workflowOf(client: EngineClient, id: string): Promise<{ readonly workflow?: string }> {
  const workflow = (await client.request('triggers', {})).find((trigger) => trigger.id === id)?.workflow;
  return workflow === undefined ? {} : { workflow };
}

function said({ outlet }: Invocation, triggers: readonly TriggerView[]): number {
  outlet.document({ schema: 'treeline/triggers/1', triggers });
  outlet.say(...triggerLines(triggers, Date.now(), outlet.paint));
  return 0;
}
