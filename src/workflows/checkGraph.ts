/**
 * What is wrong with how a file's steps hang together: doubles, unknown needs, circles.
 * Owns: those three. Refuses: to look at conditions (see `checkReach.ts`).
 */
import type { Mistake } from './mistake.ts';
import { didYouMean, shown, ways } from './mistake.ts';
import type { Outline } from './outline.ts';
import { onRejectOf } from './outline.ts';
import { takeOut, write } from './way.ts';
import type { YamlText } from './yamlText.ts';

export function checkGraph(outline: Outline, { place }: Pick<YamlText, 'place'>): readonly Mistake[] {
  return [...doubles(outline, place), ...unknown(outline, place), ...circles(outline, place)];
}

type PlaceOf = YamlText['place'];

function doubles(outline: Outline, place: PlaceOf): readonly Mistake[] {
  const seen = new Set<string>();
  return outline.nodes.flatMap((node): Mistake[] => {
    if (!seen.has(node.id) || node.id === '') { seen.add(node.id); return []; }
    return [{ ...place([...node.path, 'id']), code: 'double', message: `there is another step "${shown(node.id)}"`, fix: 'Give each step its own id.', ways: [write([...node.path, 'id'], freeId(node.id, outline))] }];
  });
}

function unknown(outline: Outline, place: PlaceOf): readonly Mistake[] {
  const ids = outline.nodes.map((node) => node.id);
  return outline.nodes.flatMap((node): Mistake[] => {
    const missing = node.needs.filter((need) => !outline.node(need.id));
    const needs = missing.map(({ id, path }): Mistake => ({ ...place(path), code: 'reference', message: `"${shown(node.id)}" needs "${shown(id)}", and no step is called that`, fix: didYouMean(id, ids.filter((known) => known !== node.id), `There are: ${ids.join(', ')}.`), ways: [...ways(id, ids.filter((known) => known !== node.id && !outline.before(known).has(node.id))), { ...takeOut(path), title: `Take "${shown(id)}" out of the needs` }] }));
    const back = node.step && onRejectOf(node.step, node.path);
    if (!back || outline.node(back.to)) return needs;
    return [...needs, { ...place(back.path), code: 'reference', message: `"${shown(node.id)}" sends work back to "${shown(back.to)}", and no step is called that`, fix: didYouMean(back.to, ids, `There are: ${ids.join(', ')}.`), ways: [...ways(back.to, outline.nodes.flatMap((other) => (other.step?.kind === 'agent' ? [other.id] : []))), takeOut([...node.path, 'on-reject'])] }];
  });
}

/** `id-2`, or the next that no step has. */
function freeId(id: string, outline: Outline): string {
  for (let count = 2; ; count += 1) if (!outline.node(`${id}-${count}`)) return `${id}-${count}`;
}

/** Each circle once, named from the step of it that stands first in the file. */
function circles(outline: Outline, place: PlaceOf): readonly Mistake[] {
  const found: Mistake[] = [];
  const told = new Set<string>();
  for (const node of outline.nodes) {
    if (told.has(node.id) || !outline.before(node.id).has(node.id)) continue;
    const way = shortestWay(outline, node.id);
    for (const id of outline.nodes.map((other) => other.id)) if (outline.before(node.id).has(id) && outline.before(id).has(node.id)) told.add(id);
    const next = node.needs.find((need) => need.id === way[1]);
    found.push({
      ...place(next?.path ?? node.path), code: 'circle', message: `these steps wait for one another, so none can begin: ${way.map(shown).join(' → ')}`,
      fix: way.length === 2 ? `Take "${shown(node.id)}" out of its own needs; to repeat a step, use "loop".` : 'Take one of these needs out; to go back to an earlier step, use "on-reject" or "loop".',
      ways: next ? [{ ...takeOut(next.path), title: `Take "${shown(next.id)}" out of the needs of "${shown(node.id)}"` }] : [],
    });
  }
  return found;
}

function shortestWay(outline: Outline, from: string): readonly string[] {
  let ways: (readonly string[])[] = [[from]];
  const seen = new Set<string>();
  while (ways.length > 0) {
    const next: (readonly string[])[] = [];
    for (const way of ways) {
      for (const { id } of outline.node(way[way.length - 1] ?? '')?.needs ?? []) {
        if (id === from) return [...way, id];
        if (seen.has(id)) continue;
        seen.add(id);
        next.push([...way, id]);
      }
    }
    ways = next;
  }
  return [from, from];
}
