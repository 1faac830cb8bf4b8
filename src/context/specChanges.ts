/** What became of specifications between two commits. Owns: when one counts as changed: by its content, and a requirement by its text. Pure. */
import type { SpecChange } from '../ports/library.ts';
import type { Spec } from './catalogue.ts';
import { byCodeUnits } from './catalogue.ts';

type Stamped = Pick<Spec, 'path' | 'hash' | 'requirements'>;

/** By path; a requirement that only moved to another line or file of the choice has not changed. */
export function specChanges(before: readonly Stamped[], after: readonly Stamped[]): readonly SpecChange[] {
  const was = new Map(before.map((spec) => [spec.path, spec]));
  const is = new Map(after.map((spec) => [spec.path, spec]));
  const textsBefore = texts(before);
  const textsAfter = texts(after);
  return [...new Set([...was.keys(), ...is.keys()])].toSorted(byCodeUnits).flatMap((path): readonly SpecChange[] => {
    const old = was.get(path);
    const now = is.get(path);
    if (old?.hash === now?.hash) return [];
    const ids = new Set([...(old?.requirements ?? []), ...(now?.requirements ?? [])].map(({ id }) => id));
    const requirements = [...ids].flatMap((id) => {
      const [from, to] = [textsBefore.get(id), textsAfter.get(id)];
      if (from === to) return [];
      return [{ id, change: from === undefined ? 'added' as const : to === undefined ? 'removed' as const : 'changed' as const }];
    });
    return [{ path, change: old === undefined ? 'added' : now === undefined ? 'removed' : 'changed', before: old?.hash ?? null, after: now?.hash ?? null, states: [...ids], requirements }];
  });
}

function texts(specs: readonly Stamped[]): ReadonlyMap<string, string> {
  return new Map(specs.flatMap(({ requirements }) => requirements.map(({ id, text }) => [id, text] as const)));
}
