/**
 * What can come of a step, for somebody who plays a workflow without its agents: words that `core/stubs.ts` reads.
 * Owns: which of them fit a step. Refuses: how often: once and then well, or each time, is for the person.
 */
import type { Step } from '../../core/workflow.ts';

export type Outcome = { readonly kind: 'word'; readonly word: string } | { readonly kind: 'output'; readonly name: string; /** Null: whatever the person writes. */ readonly value: string | null };

export function outcomesOf(step: Step): readonly Outcome[] {
  const words = (...all: string[]): readonly Outcome[] => all.map((word) => ({ kind: 'word', word }));
  switch (step.kind) {
    case 'agent': return [...words(...(step.gives === 'tree' ? ['no-changes', 'rejected', 'conflict'] : step.gives === 'review' ? ['changes'] : []), 'timeout', 'rate-limit', 'model'), ...outputs(step)];
    case 'run': return [...words('command', 'timeout', ...(step.gives === 'tree' ? ['no-changes', 'rejected', 'conflict'] : [])), ...outputs(step)];
    case 'tool': return [...words('tool', 'timeout'), ...outputs(step)];
    case 'gate': return words('rejected', 'not-verified', 'error', 'timed-out', 'conflict');
    case 'checkpoint': return words('changes', 'reject', 'wait');
    case 'merge': return words('moved', 'conflict');
    case 'use': return [];
  }
}

function outputs(step: Extract<Step, { readonly kind: 'agent' | 'run' | 'tool' }>): readonly Outcome[] {
  return Object.entries(step.outputs).flatMap(([name, type]): readonly Outcome[] => {
    const values = type.type === 'enum' ? type.values : type.type === 'boolean' ? ['true', 'false'] : null;
    return values === null ? [{ kind: 'output', name, value: null }] : values.map((value) => ({ kind: 'output', name, value }));
  });
}
