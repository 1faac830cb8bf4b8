/** `treeline specs [REQUEST]`: what a task would work under, without launching one. Owns: the question that `run` asks, too. */
import type { EngineClient } from '../../client/engineClient.ts';
import { checkedOutBranch } from '../../client/repository.ts';
import type { Launch } from '../../protocol/messages.ts';
import type { SpecLookView } from '../../protocol/specLook.ts';
import { openEngine } from '../invocation.ts';
import type { Invocation } from '../invocation.ts';
import { keysOf } from '../keys.ts';
import { agentsOf } from '../launchOptions.ts';
import { specPage } from '../show/specLines.ts';

export interface SpecFlags { readonly base?: string; readonly spec?: readonly string[]; readonly agent?: readonly string[]; readonly since?: string }

export async function specs(invocation: Invocation, request: string | undefined, flags: SpecFlags): Promise<number> {
  const { outlet, directory } = invocation;
  const asked = { request: request ?? '', base: flags.base ?? await checkedOutBranch(directory), specs: [...(flags.spec ?? [])], agents: agentsOf(flags.agent ?? []) };
  const client = await openEngine(invocation);
  try {
    const look = await lookAtSpecs(invocation, client, asked, { since: flags.since ?? null, requirements: outlet.json });
    outlet.document({ schema: 'treeline/specs/1', ...look });
    outlet.say(...specPage(look, outlet.paint));
    return 0;
  } finally {
    await client.close();
  }
}

/** `more`: beside the choice, what has changed since another commit, and the requirements themselves. */
export function lookAtSpecs({ surroundings }: Invocation, client: EngineClient, { request, base, specs: choice, agents }: Pick<Launch, 'request' | 'base' | 'specs' | 'agents'>, more: { readonly since: string | null; readonly requirements: boolean; readonly workflow?: string | null }): Promise<SpecLookView> {
  return client.request('specs', { base, request, specs: choice, agents, keyNames: Object.keys(keysOf(surroundings.environment)), ...more });
}
