/**
 * Specifications by their relevance to a request: BM25 over path, title, headings, ids and text, without a model. Pure, deterministic.
 * Owns: the score, and the words in which it is explained. Source: Robertson & Zaragoza, "The Probabilistic Relevance Framework" (2009), with weighted fields.
 */
import type { SpecKind } from '../ports/library.ts';
import { byCodeUnits } from './catalogue.ts';
import type { Spec } from './catalogue.ts';
import { featureOf } from './place.ts';
import { scopeOf } from './requirements.ts';
import { wordsOf } from './words.ts';

export interface Ranked { readonly spec: Spec; readonly score: number; /** Named in the request, by path or requirement id. */ readonly named: boolean; readonly why: string }

const fields = { title: 5, path: 4, ids: 4, headings: 3, text: 1 } as const;
type Field = keyof typeof fields;
/** What says what is wanted counts for more than what explains. */
const kinds: Readonly<Record<SpecKind, number>> = { requirements: 1, document: 1, rules: 0.9, architecture: 0.8, design: 0.8, decision: 0.7, schema: 0.7, tasks: 0.5 };
const saturation = 1.2;
const lengthShare = 0.5;
/** Files of one feature stand and fall together. */
const companyShare = 0.3;
const shownWords = 4;

interface Index { readonly counts: ReadonlyMap<string, number>; readonly places: ReadonlyMap<string, Field>; readonly length: number }
const indexes = new WeakMap<Spec, Index>();

/** Best first; equal ones by path. */
export function rankSpecs(specs: readonly Spec[], request: string): readonly Ranked[] {
  // A name says which file is meant, not what it is about.
  const words = specs.reduce((text, { path }) => (text.includes(path) ? text.replaceAll(path, ' ') : text), request);
  const asked = new Map(wordsOf(words).map(({ stem, word }) => [stem, word]));
  const indexed = specs.map((spec) => ({ spec, index: indexOf(spec) }));
  const average = indexed.reduce((sum, { index }) => sum + index.length, 0) / Math.max(1, indexed.length);
  const rarity = new Map([...asked.keys()].map((stem) => {
    const having = indexed.filter(({ index }) => index.counts.has(stem)).length;
    return [stem, Math.log(1 + (specs.length - having + 0.5) / (having + 0.5))];
  }));
  const own = indexed.map(({ spec, index }) => {
    const hits = [...asked].flatMap(([stem, word]) => {
      const count = index.counts.get(stem);
      if (count === undefined) return [];
      const gain = (rarity.get(stem) ?? 0) * (count * (saturation + 1)) / (count + saturation * (1 - lengthShare + lengthShare * index.length / average));
      return [{ word, gain, place: index.places.get(stem) ?? 'text' as const }];
    }).toSorted((left, right) => right.gain - left.gain || byCodeUnits(left.word, right.word));
    return { spec, hits, score: round(hits.reduce((sum, { gain }) => sum + gain, 0) * kinds[spec.kind]) };
  });
  const owners = new Map<string, number>();
  for (const { requirements } of specs) for (const label of new Set(requirements.map((requirement) => requirement.label))) if (label !== null) owners.set(label, (owners.get(label) ?? 0) + 1);
  const best = new Map<string, { readonly path: string; readonly score: number }>();
  for (const { spec, score } of own) {
    const feature = featureOf(spec.path);
    if (feature !== null && score > (best.get(feature)?.score ?? 0)) best.set(feature, { path: spec.path, score });
  }
  return own.map(({ spec, hits, score }): Ranked => {
    const company = best.get(featureOf(spec.path) ?? '');
    const lent = company && company.path !== spec.path ? company.score * companyShare * kinds[spec.kind] : 0;
    const named = namedIn(request, spec, owners);
    return { spec, score: round(score + lent), named: named !== null, why: named ?? explained(hits, lent > score && company ? company.path : null) };
  }).toSorted((left, right) => Number(right.named) - Number(left.named) || right.score - left.score || byCodeUnits(left.spec.path, right.spec.path));
}

function indexOf(spec: Spec): Index {
  const known = indexes.get(spec);
  if (known) return known;
  const texts: Readonly<Record<Field, string>> = {
    title: spec.title, path: scopeOf(spec.path), ids: spec.requirements.map(({ id }) => id).join(' '), headings: spec.headings.join('\n'), text: spec.text,
  };
  const counts = new Map<string, number>();
  const places = new Map<string, Field>();
  let length = 0;
  for (const [field, weight] of Object.entries(fields) as [Field, number][]) {
    for (const { stem } of wordsOf(texts[field])) {
      counts.set(stem, (counts.get(stem) ?? 0) + weight);
      length += weight;
      if (!places.has(stem)) places.set(stem, field);
    }
  }
  const index = { counts, places, length };
  indexes.set(spec, index);
  return index;
}

/** `owners`: how many files call something so; a name that only one file has needs no scope, unless it is a bare number. */
function namedIn(request: string, spec: Spec, owners: ReadonlyMap<string, number>): string | null {
  if (mentions(request, spec.path)) return 'named in the request';
  const found = spec.requirements.find(({ id, label }) => mentions(request, id) || (label !== null && owners.get(label) === 1 && /^[A-Z]/.test(label) && mentions(request, label)));
  return found === undefined ? null : `${mentions(request, found.id) ? found.id : found.label} is named in the request`;
}

/** As a whole word, which paths and numbers go on beyond. */
function mentions(request: string, name: string): boolean {
  for (let at = request.indexOf(name); at >= 0; at = request.indexOf(name, at + 1)) {
    if (!/[\w/-]/.test(request[at - 1] ?? '') && !/^(?:[\w-]|[./]\w)/.test(request.slice(at + name.length, at + name.length + 2))) return true;
  }
  return false;
}

function explained(hits: readonly { readonly word: string; readonly place: Field }[], company: string | null): string {
  if (company !== null) return `belongs with ${company}`;
  if (hits.length === 0) return 'has no word of the request';
  return `has ${hits.slice(0, shownWords).map(({ word, place }) => (place === 'text' ? `"${word}"` : `"${word}" (${place})`)).join(', ')}`;
}

/** Floating point may differ in the last digits; an order must not. */
function round(score: number): number {
  return Math.round(score * 1e6) / 1e6;
}
