/** What a task would work under, as lines. Pure. Owns: what is said before a launch, and the page of `treeline specs`. */
import type { LookedFile, SpecLookView } from '../../protocol/specLook.ts';
import { columns } from './columns.ts';
import { count, short } from './figures.ts';
import type { Paint } from './paint.ts';
import { plain } from './plain.ts';

const shownAtLaunch = 12;

/** `4 files, 12.3k tokens → anthropic, openai`: how much of the base goes to whom. */
export function sentLine({ files, tokens, providers }: Pick<SpecLookView, 'files' | 'tokens' | 'providers'>): string {
  const chosen = files.filter((file) => file.chosen);
  const names = providers.map(({ provider, where }) => (where === null ? provider : `${provider} (${where})`));
  return `${count(chosen.length, 'file')}, ${figure(tokens)} tokens → ${names.length > 0 ? plain(names.join(', '), 200) : 'nobody yet: no agent is configured'}`;
}

/** Said at every launch, beside its answer. */
export function launchSpecLines(look: SpecLookView, paint: Paint): string[] {
  const chosen = look.files.filter((file) => file.chosen);
  const rows = chosen.slice(0, shownAtLaunch).map((file) => [plain(file.path, 80), figure(file.tokens), plain(file.why, 120)]);
  return [
    `Specs: ${sentLine(look)}`,
    ...columns(rows, [(cell) => cell, paint.quiet, paint.quiet], '  '),
    ...(chosen.length > shownAtLaunch ? [paint.quiet(`  … and ${chosen.length - shownAtLaunch} more: see treeline specs "REQUEST"`)] : []),
    ...look.remarks.map((remark) => paint.notice(plain(remark, 300))),
  ];
}

/** The page of `treeline specs`. */
export function specPage(look: SpecLookView, paint: Paint): string[] {
  const { base, files, mapTokens, budget, tokens, withheld, remarks, changes } = look;
  const rows = files.map((file) => [mark(file), plain(file.path, 100), file.kind, figure(file.tokens), requirementsOf(file), plain(file.why, 160)]);
  const quiet = (cell: string): string => paint.quiet(cell);
  return [
    `${paint.strong(plain(base.ref, 60))} ${short(base.commit)} · ${sentLine(look)}`,
    paint.quiet(`Budget ${figure(budget)} tokens, used ${figure(tokens)}, of them ${figure(mapTokens)} for the map of the repository.${withheld > 0 ? ` ${count(withheld, 'file')} never sent.` : ''}`),
    ...(rows.length > 0 ? ['', ...columns(rows, [(cell) => (cell === '✓' ? paint.good(cell) : cell), (cell) => cell, quiet, quiet, quiet, quiet])] : ['', 'There are neither rules nor specifications here. Write some under specs/, or AGENTS.md.']),
    ...(remarks.length > 0 ? ['', ...remarks.map((remark) => paint.notice(plain(remark, 400)))] : []),
    ...(changes === null ? [] : ['', ...changeLines(changes, paint)]),
  ];
}

function changeLines(changes: NonNullable<SpecLookView['changes']>, paint: Paint): string[] {
  if (changes.length === 0) return ['None of them has changed since then.'];
  return ['Changed since then:', ...changes.flatMap(({ path, change, requirements }) => [
    `  ${plain(path, 100)}  ${change}`, ...requirements.map(({ id, change: what }) => paint.quiet(`    ${plain(id, 100)}  ${what}`)),
  ])];
}

/** Chosen, or not. */
const mark = (file: LookedFile): string => (file.chosen ? '✓' : '·');
const requirementsOf = (file: LookedFile): string => (file.requirements.length === 0 ? '' : count(file.requirements.length, 'requirement'));

/** `950`, `12.3k`. */
function figure(tokens: number): string {
  return tokens < 1_000 ? String(tokens) : `${(tokens / 1_000).toFixed(1)}k`;
}
