/**
 * What is to come of a step in a dry run: what is offered, and how a choice is written (as the command line writes it:
 * `test=rejected,success`). Pure. Refuses: to know what fits a step: that is handed in.
 */
import type { OutcomeChoice } from '../../protocol/workflowHelp.ts';
import { withoutIcons } from '../plain.ts';
import { t } from '../words.ts';

/** `well`: nothing is chosen any more. `line`: the person wants to see where it is written. */
export type Chosen = { readonly kind: 'line' | 'well' } | { readonly kind: 'word'; readonly words: string } | { readonly kind: 'output'; readonly name: string; readonly value: string };
/** `asks`: the name of an output whose value the person has to write. */
export interface OutcomeItem { readonly label: string; readonly description: string; readonly chosen: Chosen | null; readonly asks: string | null }

export function outcomeItems(step: { readonly id: string; readonly line: number; readonly outcomes: readonly OutcomeChoice[] }, now: readonly string[]): readonly OutcomeItem[] {
  const item = (label: string, description: string, chosen: Chosen): OutcomeItem => {
    const written = writtenOf(step.id, chosen);
    return { label: withoutIcons(label), description: [description, written !== null && now.includes(written) ? t('chosen') : ''].filter(Boolean).join(' · '), chosen, asks: null };
  };
  return [
    item(t('As Well as Can Be'), '', { kind: 'well' }),
    ...step.outcomes.flatMap((outcome): OutcomeItem[] => {
      if (outcome.kind === 'word') return [item(outcome.word, t('once, then well'), { kind: 'word', words: `${outcome.word},success` }), item(outcome.word, t('each time'), { kind: 'word', words: outcome.word })];
      return outcome.value === null ? [{ label: withoutIcons(`${outcome.name} = …`), description: t('output'), chosen: null, asks: outcome.name }] : [item(`${outcome.name} = ${outcome.value}`, t('output'), { kind: 'output', name: outcome.name, value: outcome.value })];
    }),
    item(t('Go to Line {0}', step.line), '', { kind: 'line' }),
  ];
}

/** The outcomes with one more choice: of each step one word counts, and one value of each of its outputs. */
export function withOutcome(now: readonly string[], id: string, chosen: Chosen): string[] {
  const written = writtenOf(id, chosen);
  const replaced = (one: string): boolean => (chosen.kind === 'well' ? one.startsWith(`${id}=`) || one.startsWith(`${id}.`) : written !== null && one.startsWith(written.slice(0, written.indexOf('=') + 1)));
  return [...now.filter((one) => !replaced(one)), ...(written === null ? [] : [written])];
}

function writtenOf(id: string, chosen: Chosen): string | null {
  switch (chosen.kind) {
    case 'word': return `${id}=${chosen.words}`;
    case 'output': return `${id}.${chosen.name}=${chosen.value}`;
    case 'line': case 'well': return null;
  }
}
