/**
 * Which specifications a task works under: what a person picks, or what fits the request and the budget best. Pure.
 * Owns: paths, globs and `!globs` of a choice; what is in without being asked for; why each file is in or not. Refuses: a glob that is not understood: it is named.
 */
import type { SpecKind } from '../ports/library.ts';
import type { Catalogue, Spec } from './catalogue.ts';
import { byCodeUnits } from './catalogue.ts';
import { compileGlob } from './glob.ts';
import { rankSpecs } from './rank.ts';

/** Nothing but the rules. */
export const noSpecs: readonly string[] = ['!**'];
/** Of one file, in tokens; what is longer is cut. */
export const maxFileTokens = 15_000;
/** What says what is wanted or how everything hangs together is in when there is room, whatever the request says. */
const welcome = new Set<SpecKind>(['requirements', 'architecture']);
/** What explains has to fit the request about so well, as a share of the best. */
const explainsEnough = 0.2;

export interface Picked { /** By path. */ readonly paths: readonly string[]; readonly remarks: readonly string[]; /** Takes what was chosen by itself, less something. */ readonly onlyLess: boolean; readonly less: (path: string) => boolean }

/** A choice as paths of the commit. `default`: what an empty one means. */
export function pick(catalogue: Catalogue, choice: readonly string[]): Picked {
  const paths = catalogue.files.filter((file) => !file.link).map(({ path }) => path);
  const known = new Set(paths);
  const remarks: string[] = [];
  const matcher = (glob: string): ((path: string) => boolean) => {
    const compiled = compileGlob(glob);
    const folder = /[*?[{]/.test(glob) ? null : compileGlob(`${glob.replace(/\/+$/, '')}/**`);
    if (!compiled.ok) remarks.push(`The glob ${JSON.stringify(glob.slice(0, 100))} was not used: ${compiled.problem}.`);
    return (path) => (compiled.ok && compiled.matches(path)) || (folder?.ok === true && folder.matches(path));
  };
  const less = choice.filter((one) => one.startsWith('!') && !known.has(one)).map((one) => matcher(one.slice(1)));
  const more = choice.filter((one) => !one.startsWith('!') || known.has(one));
  const isLess = (path: string): boolean => less.some((matches) => matches(path));
  const found = new Set<string>();
  for (const one of more) {
    const before = remarks.length;
    const matches = known.has(one) ? [one] : paths.filter(matcher(one));
    if (matches.length === 0 && remarks.length === before) remarks.push(`${JSON.stringify(one)} matches no file of the base commit${catalogue.withheld > 0 ? ' that may be sent' : ''}.`);
    for (const path of matches) if (!isLess(path)) found.add(path);
  }
  const base = more.length > 0 ? [...found] : catalogue.specs.filter((spec) => !spec.always && isDefault(spec)).map(({ path }) => path).filter((path) => !isLess(path));
  return { paths: base.toSorted(byCodeUnits), remarks, onlyLess: more.length === 0, less: isLess };
}

/** All specifications of the project and of its features: what an empty choice stands for where nobody ranked. */
function isDefault({ path, kind }: Spec): boolean {
  return /^(\.kiro\/|\.specify\/)?specs\//.test(path) && kind !== 'schema';
}

export interface Reason { readonly chosen: boolean; readonly why: string }

/**
 * Path → in or not, and why, of everything that is not always in.
 * @param room tokens that are left for these files
 */
export function choose(candidates: readonly Spec[], request: string, room: number): ReadonlyMap<string, Reason> {
  const reasons = new Map<string, Reason>();
  const ranked = rankSpecs(candidates, request);
  const best = Math.max(0, ...ranked.map(({ score }) => score));
  const basics = candidates.filter((spec) => welcome.has(spec.kind));
  const all = basics.reduce((sum, spec) => sum + costOf(spec), 0) <= room;
  let left = room;
  for (const { spec, score, named, why } of ranked) {
    const cost = costOf(spec);
    const wanted = named || (welcome.has(spec.kind) ? all || score > 0 : score > 0 && score >= best * explainsEnough);
    const fits = named || cost <= left; // what the person names is in, cut where it has to be
    if (wanted && fits) left = Math.max(0, left - cost);
    const reason = !wanted ? (score > 0 ? `${why}, too little` : why) : !fits ? `no room: ${cost} tokens; ${why}` : score > 0 || named ? why : 'everything fits';
    reasons.set(spec.path, { chosen: wanted && fits, why: reason });
  }
  return reasons;
}

/** With its fence and the list of its ids. */
function costOf(spec: Spec): number {
  const ids = spec.requirements.reduce((sum, { id }) => sum + id.length + 2, 0);
  return Math.min(spec.tokens, maxFileTokens) + Math.ceil((ids + 2 * spec.path.length + 24) / 4);
}
