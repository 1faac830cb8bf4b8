/**
 * Who an agent spec names (`demo`, `anthropic:MODEL`, `openai:MODEL`, `compatible:NAME/MODEL`), and whether it can work now.
 * Owns: the grammar, and how `demo` becomes a provider by role. Refuses: to look for keys: they come with the run.
 */
import type { Role } from '../core/workflow.ts';
import type { Clock } from '../ports/system.ts';
import type { Endpoints } from '../ports/workers.ts';
import { createAnthropic } from './providers/anthropic.ts';
import { createOpenai } from './providers/openai.ts';
import type { Provider } from './providers/provider.ts';
import type { Patience } from './providers/watchedFetch.ts';

/** `agent`: the name for the record. `missing`: why it cannot work now, in words; null when it can. */
export interface Candidate {
  readonly agent: string;
  readonly model: string;
  readonly missing: string | null;
  readonly open: (clock: Clock, patience: Patience) => Provider;
}

/** Model names that the demo server answers to. They cost nothing. */
const demoModel = 'demo';

/** What `spec` comes to in this role. Total: an unknown spec is a candidate that cannot work, with the reason. */
export function candidateOf(spec: string, role: Role, endpoints: Endpoints): Candidate {
  const [kind = '', ...rest] = spec.split(':');
  const model = rest.join(':');
  if (spec === 'demo') return demoCandidate(role, endpoints);
  if (model === '') return impossible(spec, `"${spec}" is no agent; say demo, anthropic:MODEL, openai:MODEL or compatible:NAME/MODEL`);
  switch (kind) {
    case 'anthropic': {
      const found = endpoints.anthropic;
      if (!found) return impossible(spec, 'no key for Anthropic (ANTHROPIC_API_KEY) is bound to this task');
      return { agent: spec, model, missing: null, open: (clock, patience) => createAnthropic({ apiKey: found.apiKey, baseUrl: found.baseUrl, clock, patience }) };
    }
    case 'openai': {
      const found = endpoints.openai;
      if (!found) return impossible(spec, 'no key for OpenAI (OPENAI_API_KEY) is bound to this task');
      return { agent: spec, model, missing: null, open: (clock, patience) => createOpenai({ who: 'OpenAI', api: 'responses', apiKey: found.apiKey, baseUrl: found.baseUrl, clock, patience }) };
    }
    case 'compatible': return compatibleCandidate(spec, model, endpoints);
    default: return impossible(spec, `this version has no agent of the kind "${kind}"; say demo, anthropic:MODEL, openai:MODEL or compatible:NAME/MODEL`);
  }
}

/** The first of the chain that can work, else the first with the reason why not. `agents` is never empty (zod). */
export function chooseCandidate(agents: readonly string[], role: Role, endpoints: Endpoints): Candidate {
  const candidates = agents.map((spec) => candidateOf(spec, role, endpoints));
  return candidates.find((candidate) => candidate.missing === null) ?? candidates[0] ?? impossible('none', 'no agent is named for this role');
}

/** The reviewer is of another provider than those whose work it judges, in the demo as in earnest. */
function demoCandidate(role: Role, endpoints: Endpoints): Candidate {
  const provider = role === 'reviewer' ? 'openai' : 'anthropic';
  const agent = `demo/${provider}`;
  const found = endpoints.demo;
  if (!found) return impossible(agent, 'the demo server is not running');
  return {
    agent, model: demoModel, missing: null,
    open: (clock, patience) => (provider === 'openai'
      ? createOpenai({ who: 'The demo server', api: 'responses', apiKey: found.key, baseUrl: found.openaiUrl, clock, patience })
      : createAnthropic({ apiKey: found.key, baseUrl: found.anthropicUrl, clock, patience })),
  };
}

function compatibleCandidate(spec: string, rest: string, endpoints: Endpoints): Candidate {
  const [name = '', ...parts] = rest.split('/');
  const model = parts.join('/');
  if (model === '') return impossible(spec, `"${spec}" names no model; say compatible:NAME/MODEL`);
  const found = endpoints.compatible?.[name];
  if (!found) return impossible(spec, `no endpoint called "${name}" is bound to this task`);
  return {
    agent: spec, model, missing: null,
    // Local servers ask for no key, but the SDK insists on one.
    open: (clock, patience) => createOpenai({ who: name, api: 'chat', apiKey: found.apiKey ?? 'none', baseUrl: found.baseUrl, clock, patience }),
  };
}

function impossible(agent: string, missing: string): Candidate {
  return {
    agent, model: '', missing,
    open: () => {
      throw new Error(`${agent} cannot work: ${missing}`);
    },
  };
}
