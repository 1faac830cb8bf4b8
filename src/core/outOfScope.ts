/** Files that landed though the plan did not let the subtask change them (product.md P2). Pure. Owns: whose they are. Refuses: to forbid them: a person judges that. */
import type { RunState } from './state.ts';

/** By file, in order; `why` names each unit and what it may change. */
export function outOfScope({ units }: RunState): readonly { readonly file: string; readonly why: string }[] {
  const found = units.filter((unit) => unit.phase.kind === 'landed').flatMap((unit) => {
    const files = new Set(unit.attempts.flatMap(({ outcome }) => (outcome?.kind === 'tree' ? outcome.outOfScope : [])));
    const scope = unit.subtask ? ` (${unit.subtask.scope.join(', ')})` : '';
    return [...files].map((file) => ({ file, who: `${unit.id}${scope}` }));
  });
  return [...new Set(found.map(({ file }) => file))].sort().map((file) => ({ file, why: `is outside of the scope of ${found.filter((one) => one.file === file).map(({ who }) => who).join(' and ')}` }));
}
