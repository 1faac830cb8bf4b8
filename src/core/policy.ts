/**
 * Which checkpoints pass by themselves: those that `--yes` names, and those that the policy lets pass (product.md C5).
 * Owns: the order of policies, from strict to lax. Refuses: to waive a gate or tick a finding; a step that asks for a person gets one.
 */
import { accept, approvedByYes, givesUp } from './accept.ts';
import type { Ask } from './accept.ts';
import { stepOf } from './change.ts';
import { risksOf } from './risk.ts';
import type { RunState } from './state.ts';
import { openCheckpoints } from './state.ts';

export const policies = ['always', 'on-risk', 'never'] as const;
export type Policy = (typeof policies)[number];

/** The stricter of the person's and the repository's: a repository may only tighten. */
export function stricter(own: Policy, repository: Policy | null): Policy {
  return policies.find((policy) => policy === own || policy === repository) ?? own;
}

/** What the engine approves now without asking anybody, or null. */
export function passing(state: RunState): Ask | null {
  // On a task that is lost nothing is built by itself.
  return state.upstream?.standing === 'lost' ? null : approvedByYes(state) ?? passedByPolicy(state);
}

function passedByPolicy(state: RunState): Ask | null {
  const policy = state.settings.policy ?? 'always';
  if (policy === 'always') return null;
  for (const open of openCheckpoints(state)) {
    const step = stepOf(state, open.step);
    if (step?.kind === 'checkpoint' && step.policy === 'always') continue;
    const risks = risksOf(state, open);
    if (policy === 'on-risk' && risks.length > 0) continue;
    // Candidates are chosen by a person whatever the policy: nobody else has looked at them side by side.
    if (open.about === 'choice' || givesUp(state, open)) continue;
    const ask: Ask = { kind: 'approve', checkpoint: open.id, commit: null, waivers: [], ticks: [], by: `policy ${policy}`, tip: null, risks: [...risks] };
    if (accept(state, ask).ok) return ask;
  }
  return null;
}
