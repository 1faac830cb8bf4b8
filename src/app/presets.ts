/**
 * Presets (`agents: preset:NAME`, in Zenflow `<!-- agent: NAME -->`) → the chains that the user's settings give these names.
 * Owns: what a name that the settings do not have comes to: the role's own agents, and that this is said. Refuses: to let a repository say
 * what a preset is: it names one, and only the user's settings have any. Pure.
 */
import type { Workflow } from '../core/workflow.ts';
import { presetChain } from '../core/zenflowText.ts';

type Presets = Readonly<Record<string, readonly string[]>>;
export interface Resolved { readonly workflow: Workflow; readonly notes: readonly string[] }

const prefix = 'preset:';

export function withPresets(workflow: Workflow, presets: Presets): Resolved {
  const unknown = new Map<string, string[]>();
  const steps = workflow.steps.map((step) => {
    if (step.kind !== 'agent' || step.agents === null) return step;
    const agents = step.agents.flatMap((spec) => {
      if (!spec.startsWith(prefix)) return [spec];
      const name = spec.slice(prefix.length);
      const chain = presetChain(presets, name);
      if (!chain) unknown.set(name, [...unknown.get(name) ?? [], step.id]);
      return chain ?? [];
    });
    return { ...step, agents: agents.length > 0 ? [...new Set(agents)] : null };
  });
  const zenflow = workflow.zenflow && { ...workflow.zenflow, presets: Object.fromEntries(Object.entries(presets).map(([name, chain]) => [name, [...chain]])) };
  return { workflow: { ...workflow, steps, zenflow }, notes: [...unknown].map(([name, ids]) => noteOf(name, ids)) };
}

function noteOf(name: string, steps: readonly string[]): string {
  const whose = steps.length === 1 ? `the step ${steps[0] ?? ''} asks` : `the steps ${steps.join(', ')} ask`;
  return `Your settings have no preset "${name}", for which ${whose}: the agents of the role do it. To have another one: agents.presets: { "${name}": "anthropic:MODEL" } in settings.yaml.`;
}
