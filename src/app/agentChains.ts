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
  /** Agent steps of the workflow, with the agents that they name for themselves. */
  readonly steps?: readonly { readonly id: string; readonly role: Role; readonly agents: readonly string[] | null }[];
  readonly endpoints: Pick<Endpoints, 'anthropic' | 'openai' | 'compatible'>;
  /** The base commit is the sample repository's: the demo agent's script fits it, and it needs no key. */
  readonly sample: boolean;
}

/** A role that is missing takes the implementer's chain. `notes`: what a person should know before they wait. */
export interface Chains { readonly agents: Partial<Record<Role, string[]>> & Record<'planner' | 'implementer' | 'reviewer', string[]>; readonly notes: readonly string[]; readonly sameProvider: boolean }

/** Throws a TreelineError with everything that is wrong: `unknown-agent`, `demo-outside-sample`, `no-agent`. */
export function agentChains({ named, settings, steps = [], endpoints, sample }: Wanted): Chains {
  const mistakes: Mistake[] = Object.keys(named).flatMap((role) => (roles.some((one) => one === role) ? [] : [{ code: 'unknown-agent', message: `There is no role "${role}".`, next: `Roles are ${roles.join(', ')}.` }]));
  const given = (role: Role): readonly string[] | undefined => named[role] ?? settings[role];
  const own = steps.flatMap((step) => (step.agents ? [{ ...step, agents: step.agents }] : []));
  // Where each step says who does it, nobody else is needed.
  const itself = own.length > 0 && own.length === steps.length ? own[0]?.agents : undefined;
  const asked = given('implementer') ?? byKeys(endpoints, sample);
  const implementer = asked ?? itself;
  if (!implementer) mistakes.push({ code: 'no-agent', message: 'No agent is configured: no agent was named, and neither ANTHROPIC_API_KEY nor OPENAI_API_KEY is set.', next: 'Set one of these, or name an agent, for example --agent implementer=compatible:ollama/MODEL. Without any key: treeline demo.' });
  const chain = implementer ?? [];
  const reviewer = given('reviewer') ?? otherThan(chain, endpoints) ?? chain;
  const [tester, resolver] = [given('tester'), given('resolver')];
  const agents = { planner: [...(given('planner') ?? chain)], implementer: [...chain], reviewer: [...reviewer], ...(tester && { tester: [...tester] }), ...(resolver && { resolver: [...resolver] }) };
  for (const spec of new Set(asked ? Object.values(agents).flat() : [])) mistakes.push(...check(spec, null, sample, endpoints));
  for (const { id, agents: specs } of own) for (const spec of specs) mistakes.push(...check(spec, id, sample, endpoints));
  refuseAll(mistakes);
  const used = new Set(steps.flatMap((step) => (step.agents ? [] : [step.role])));
  const workers = [...[...used].map((role) => ({ whose: `role ${role}`, specs: agents[role] ?? chain })), ...own.map((step) => ({ whose: `step ${step.id}`, specs: step.agents }))];
  const notes = [...Map.groupBy(workers, ({ specs }) => specs.join(', '))].flatMap(([, same]) => keyNote(same.map(({ whose }) => whose).join(', '), same[0]?.specs ?? [], endpoints));
  return { agents, notes, sameProvider: providerOf(agents.reviewer[0]) === providerOf(agents.implementer[0]) && providerOf(agents.reviewer[0]) !== 'demo' };
}

interface Mistake { readonly code: 'unknown-agent' | 'demo-outside-sample' | 'no-agent'; readonly message: string; readonly next: string }

function refuseAll(mistakes: readonly Mistake[]): void {
  const [first] = mistakes;
  if (first) throw new TreelineError(first.code, [...new Set(mistakes.map(({ message }) => message))].join(' '), [...new Set(mistakes.map(({ next }) => next))].join(' '));
}

/** A chain that nobody of can work yet: its steps will wait for a key. */
function keyNote(whose: string, specs: readonly string[], endpoints: Wanted['endpoints']): readonly string[] {
  const variables = specs.map((spec) => (spec.startsWith('anthropic:') && !endpoints.anthropic ? 'ANTHROPIC_API_KEY' : spec.startsWith('openai:') && !endpoints.openai ? 'OPENAI_API_KEY' : null));
  const [first] = variables;
  return first === undefined || variables.includes(null) ? [] : [`There is no key for ${specs.join(', ')} (${whose}): that work waits until ${[...new Set(variables)].join(' or ')} is set and the task is retried.`];
}

function byKeys(endpoints: Wanted['endpoints'], sample: boolean): readonly string[] | undefined {
  if (endpoints.anthropic) return [defaultModels.anthropic];
  if (endpoints.openai) return [defaultModels.openai];
  return sample ? ['demo'] : undefined;
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

/** `step`: the one that names it; null: a role does. */
function check(spec: string, step: string | null, sample: boolean, endpoints: Wanted['endpoints']): readonly Mistake[] {
  const where = step === null ? '' : ` (step "${step}")`;
  if (!known.test(spec)) return [{ code: 'unknown-agent', message: `This version has no agent "${spec}"${where}.`, next: 'Say demo, anthropic:MODEL, openai:MODEL or compatible:NAME/MODEL.' }];
  if (spec === 'demo' && !sample) return [{ code: 'demo-outside-sample', message: `The demo agent only knows the sample repository: its script would do nothing useful here${where}.`, next: 'Try it with: treeline demo. For this repository name a real agent, or set ANTHROPIC_API_KEY or OPENAI_API_KEY.' }];
  const [, name = ''] = /^compatible:([^/]+)/.exec(spec) ?? [];
  if (name !== '' && !endpoints.compatible?.[name]) return [{ code: 'unknown-agent', message: `"${spec}" names the endpoint "${name}", which your settings do not have${where}.`, next: `Add it to settings.yaml: agents.endpoints: { ${name}: "http://127.0.0.1:11434/v1" }.` }];
  return [];
}
