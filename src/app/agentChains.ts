/**
 * Who works in which role when nobody, or not everybody, was named (product.md §5). Pure.
 * Owns: the defaults. Refuses: agents that this version does not have, and the demo agent outside the sample repository.
 */
import { TreelineError } from '../client/treelineError.ts';
import { roles } from '../core/workflow.ts';
import type { Role } from '../core/workflow.ts';
import type { Endpoints } from '../ports/workers.ts';

/** Used where only a key says which provider is wanted. */
const defaultModels = { anthropic: 'anthropic:claude-sonnet-5-5', openai: 'openai:gpt-6-sol' } as const;
const known = /^(demo|(anthropic|openai):[^\s,]+|compatible:[a-z][a-z0-9-]*\/[^\s,]+)$/;

export interface Wanted {
  /** Named for this launch, by role; then what the settings say. */
  readonly named: Readonly<Record<string, readonly string[]>>;
  readonly settings: Readonly<Partial<Record<Role, readonly string[]>>>;
  readonly endpoints: Pick<Endpoints, 'anthropic' | 'openai' | 'compatible'>;
  /** The base commit is the sample repository's: the demo agent's script fits it, and it needs no key. */
  readonly sample: boolean;
}

/** A role that is missing takes the implementer's chain. */
export interface Chains { readonly agents: Partial<Record<Role, string[]>> & Record<'planner' | 'implementer' | 'reviewer', string[]>; readonly sameProvider: boolean }

/** Throws a TreelineError: `unknown-agent`, `demo-outside-sample`, `no-agent`. */
export function agentChains({ named, settings, endpoints, sample }: Wanted): Chains {
  for (const role of Object.keys(named)) if (!roles.some((one) => one === role)) throw new TreelineError('unknown-agent', `There is no role "${role}".`, `Roles are ${roles.join(', ')}.`);
  const given = (role: Role): readonly string[] | undefined => named[role] ?? settings[role];
  const implementer = given('implementer') ?? byKeys(endpoints, sample);
  const reviewer = given('reviewer') ?? otherThan(implementer, endpoints) ?? implementer;
  const [tester, resolver] = [given('tester'), given('resolver')];
  const agents = { planner: [...(given('planner') ?? implementer)], implementer: [...implementer], reviewer: [...reviewer], ...(tester && { tester: [...tester] }), ...(resolver && { resolver: [...resolver] }) };
  for (const spec of Object.values(agents).flat()) check(spec, sample, endpoints);
  return { agents, sameProvider: providerOf(agents.reviewer[0]) === providerOf(agents.implementer[0]) && providerOf(agents.reviewer[0]) !== 'demo' };
}

function byKeys(endpoints: Wanted['endpoints'], sample: boolean): readonly string[] {
  if (endpoints.anthropic) return [defaultModels.anthropic];
  if (endpoints.openai) return [defaultModels.openai];
  if (sample) return ['demo'];
  throw new TreelineError('no-agent', 'No agent is configured: no agent was named, and neither ANTHROPIC_API_KEY nor OPENAI_API_KEY is set.', 'Set one of these, or name an agent, for example --agent implementer=compatible:ollama/MODEL. Without any key: treeline demo.');
}

/** A review is done by another provider where one is configured. The demo agent is both providers by itself. */
function otherThan(chain: readonly string[], endpoints: Wanted['endpoints']): readonly string[] | undefined {
  const own = providerOf(chain[0]);
  if (own === 'demo') return undefined;
  if (own !== 'anthropic' && endpoints.anthropic) return [defaultModels.anthropic];
  if (own !== 'openai' && endpoints.openai) return [defaultModels.openai];
  return undefined;
}

/** `anthropic`, `openai`, `compatible:NAME`, `demo`: who gets what is sent to an agent. */
export function providerOf(spec: string | undefined): string {
  const [kind = '', rest = ''] = (spec ?? '').split(':');
  return kind === 'compatible' ? `compatible:${rest.split('/')[0] ?? ''}` : kind;
}

function check(spec: string, sample: boolean, endpoints: Wanted['endpoints']): void {
  if (!known.test(spec)) throw new TreelineError('unknown-agent', `This version has no agent "${spec}".`, 'Say demo, anthropic:MODEL, openai:MODEL or compatible:NAME/MODEL.');
  if (spec === 'demo' && !sample) throw new TreelineError('demo-outside-sample', 'The demo agent only knows the sample repository: its script would do nothing useful here.', 'Try it with: treeline demo. For this repository name a real agent, or set ANTHROPIC_API_KEY or OPENAI_API_KEY.');
  const [, name = ''] = /^compatible:([^/]+)/.exec(spec) ?? [];
  if (name !== '' && !endpoints.compatible?.[name]) throw new TreelineError('unknown-agent', `"${spec}" names the endpoint "${name}", which your settings do not have.`, `Add it to settings.yaml: agents.endpoints: { ${name}: "http://127.0.0.1:11434/v1" }.`);
}
