/**
 * The specifications of a task that is about to be launched: what is in by itself, what the person picked, and the words for both.
 * Owns: that only the newest answer of the engine is shown, and that what is shown is what is sent. Refuses: to import the editor.
 */
import type { LookedFile, SpecLookView } from '../../protocol/specLook.ts';
import { plain, withoutIcons } from '../plain.ts';
import { t } from '../words.ts';

/** A pause in typing that is long enough to ask. */
const pauseMs = 300;
/** Nothing but the rules, in the words of a launch. */
const none: readonly string[] = ['!**'];

export interface SpecQuestion { readonly request: string; /** Null: by the request. */ readonly picked: readonly string[] | null }

export class SpecChoice {
  /** Paths that the person picked instead of what fits the request. */
  picked: readonly string[] | null = null;
  look: SpecLookView | null = null;
  readonly #ask: (question: SpecQuestion) => Promise<SpecLookView>;
  readonly #changed: () => void;
  #request = '';
  #answered: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #newest = 0;

  /** `changed` is called whenever `look` is another. */
  constructor(ask: (question: SpecQuestion) => Promise<SpecLookView>, changed: () => void) {
    this.#ask = ask;
    this.#changed = changed;
  }

  /** The request is this now: asks after a pause. */
  typed(request: string): void {
    this.#request = request.trim();
    this.#stop();
    this.#timer = setTimeout(() => void this.refresh(), pauseMs);
  }

  /** `null`: by the request again. An empty list: nothing but the rules. */
  async pick(picked: readonly string[] | null): Promise<void> {
    this.picked = picked !== null && picked.length === 0 ? none : picked;
    await this.refresh();
  }

  /** Asks at once; a failure shows nothing here, since the launch itself will say it. */
  async refresh(): Promise<void> {
    this.#stop();
    const question = { request: this.#request, picked: this.picked };
    const number = (this.#newest += 1);
    const look = await this.#ask(question).catch(() => null);
    if (number !== this.#newest) return;
    this.look = look;
    this.#answered = look && question.request;
    this.#changed();
  }

  /** What to launch with: the pick, else exactly what was shown for this request, else whatever fits it. */
  choiceFor(request: string): string[] {
    if (this.picked !== null) return [...this.picked];
    return this.look !== null && this.#answered === request.trim() ? [...this.look.choice] : [];
  }

  dispose(): void {
    this.#stop();
    this.#newest += 1;
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** `Specs: 4 files, 12k tokens → anthropic`. */
export function specsText(look: SpecLookView): string {
  const files = look.files.filter((file) => file.chosen).length;
  const names = look.providers.map(({ provider, where }) => (where === null ? provider : `${provider} (${where})`));
  const whom = names.length > 0 ? names.join(', ') : t('no agent yet');
  return withoutIcons(files === 1 ? t('Specs: 1 file, {0} tokens → {1}', figure(look.tokens), whom) : t('Specs: {0} files, {1} tokens → {2}', files, figure(look.tokens), whom));
}

export interface SpecItem { readonly label: string; readonly description: string; readonly detail: string; readonly path: string; readonly picked: boolean }

/** What can be picked: all but the rules, those that are in first. */
export function specItems(look: SpecLookView): readonly SpecItem[] {
  const item = (file: LookedFile): SpecItem => ({
    label: withoutIcons(file.path), description: [file.kind, t('{0} tokens', figure(file.tokens)), file.requirements.length > 0 ? t('{0} requirements', file.requirements.length) : ''].filter(Boolean).join(' · '),
    detail: withoutIcons(file.why), path: file.path, picked: file.chosen,
  });
  const free = look.files.filter((file) => !file.always);
  return [...free.filter((file) => file.chosen), ...free.filter((file) => !file.chosen)].map(item);
}

/** Above the list: what is in whatever is picked, and what is never sent. */
export function alwaysText(look: SpecLookView): string {
  const rules = look.files.filter((file) => file.always);
  return [
    rules.length > 0 ? t('Always in: {0}', plain(rules.map(({ path }) => path).join(', '), 120)) : '',
    look.withheld === 0 ? '' : look.withheld === 1 ? t('1 file is never sent') : t('{0} files are never sent', look.withheld),
    ...look.remarks.map((remark) => plain(remark, 120)),
  ].filter(Boolean).join(' · ') || t('Which specifications should the agents work under?');
}

function figure(tokens: number): string {
  return tokens < 1_000 ? String(tokens) : `${Math.round(tokens / 1_000)}k`;
}
