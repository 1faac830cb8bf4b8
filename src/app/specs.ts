/**
 * What a task for a request would work under here, and to whom that goes: shown before anything is launched.
 * Owns: joining the library's look with the agents of the launch. Refuses: to need a key: the names of those that are set are enough.
 */
import { TreelineError } from '../client/treelineError.ts';
import type { SpecLibrary } from '../ports/library.ts';
import type { Answer, Params } from '../protocol/messages.ts';
import { agentChains, providerOf } from './agentChains.ts';
import { endpointsOf } from './keyRing.ts';
import { chainsInSettings, isSample } from './launch.ts';
import { withPresets } from './presets.ts';
import type { LaunchMeans } from './launch.ts';
import { compatibleEndpoints } from './settings.ts';
import type { Settings } from './settings.ts';

export interface SpecMeans extends LaunchMeans {
  readonly library: SpecLibrary;
  /** See Repository.resolve. */
  readonly resolve: (ref: string) => Promise<{ readonly commit: string }>;
}

/** Rejects with a TreelineError, or with what the archive rejects with. */
export async function specs(means: SpecMeans, asked: Params<'specs'>): Promise<Answer<'specs'>> {
  const settings = await means.settings();
  const ref = asked.base ?? 'HEAD';
  const { commit } = await means.resolve(ref);
  const { files, choice, remarks, ...look } = await means.library.look(commit, asked.request, asked.specs);
  const { providers, problem } = await receivers(means, settings, commit, asked);
  const since = asked.since === null ? null : await means.resolve(asked.since);
  const changes = since && await means.library.changes(since.commit, commit, asked.specs);
  return {
    ...look, base: { ref, commit }, providers, choice: [...choice], remarks: [...remarks, ...problem],
    files: files.map(({ requirements, ...file }) => ({ ...file, requirements: requirements.map(({ id }) => id) })),
    requirements: asked.requirements ? files.filter(({ chosen }) => chosen).flatMap(({ requirements }) => requirements) : [],
    changes: changes && changes.map(({ path, change, requirements }) => ({ path, change, requirements: [...requirements] })),
  };
}

/** The steps that agents do, with the agents that they name for themselves. */
async function agentSteps(means: SpecMeans, settings: Settings, commit: string, workflow: string | null) {
  const found = await means.shelf.find(commit, workflow ?? settings['workflow.default']);
  return withPresets(found.workflow, settings['agents.presets']).workflow.steps.filter((step) => step.kind === 'agent');
}

/** By provider; that none is configured is a remark here, and an error only when somebody launches. */
async function receivers(means: SpecMeans, settings: Settings, commit: string, { agents: named, keyNames, workflow }: Params<'specs'>): Promise<{ readonly providers: Answer<'specs'>['providers']; readonly problem: readonly string[] }> {
  const compatible = compatibleEndpoints(settings);
  try {
    const steps = workflow === undefined ? [] : await agentSteps(means, settings, commit, workflow);
    const { agents } = agentChains({
      named, settings: chainsInSettings(settings), steps, sample: await isSample(means, commit),
      endpoints: { ...endpointsOf(Object.fromEntries(keyNames.map((name) => [name, 'set']))), compatible },
    });
    const roles = new Map<string, Set<string>>();
    for (const [role, chain] of Object.entries(agents)) for (const spec of chain) roles.set(providerOf(spec), (roles.get(providerOf(spec)) ?? new Set()).add(role));
    for (const { id, agents: own } of steps) for (const spec of own ?? []) roles.set(providerOf(spec), (roles.get(providerOf(spec)) ?? new Set()).add(`step ${id}`));
    return { problem: [], providers: [...roles].map(([provider, by]) => ({ provider, roles: [...by], where: compatible[provider.replace(/^compatible:/, '')]?.baseUrl ?? null })) };
  } catch (error) {
    if (error instanceof TreelineError) return { providers: [], problem: [error.message] };
    throw error;
  }
}
