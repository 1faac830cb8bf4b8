/**
 * The box at the top of the window: command palette, pick lists and input boxes.
 *
 * Owns: its selectors and how it is answered by keyboard alone. Refuses: the mouse.
 */
import type { Locator, Page } from 'playwright-core';
import { hasFocus, spokenLabels } from './drawn.ts';
import { patience, until } from './until.ts';

export class QuickInput {
  readonly page: Page;
  /** The box itself; hidden, not removed, while closed. */
  readonly box: Locator;
  readonly input: Locator;

  constructor(page: Page) {
    this.page = page;
    this.box = page.locator('.quick-input-widget:visible');
    this.input = this.box.locator('.quick-input-box input');
  }

  /** Waits until the box is open and takes keys; `title` is the text above it, `placeholder` the one in it. */
  async waitFor(expected: { title?: string; placeholder?: string | RegExp } = {}): Promise<void> {
    await this.input.waitFor();
    if (expected.title !== undefined) await this.box.locator('.quick-input-title').filter({ hasText: expected.title }).waitFor();
    if (expected.placeholder !== undefined) await this.box.getByPlaceholder(expected.placeholder).waitFor();
    await until('the quick input to have the focus', () => this.input.evaluate(hasFocus));
  }

  /** Replaces what is in the box, key by key. */
  async type(text: string): Promise<void> {
    await this.waitFor();
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.type(text);
  }

  /** The rows of the list as screen readers hear them: "label, description, detail". Only rows in view exist. */
  async rows(): Promise<string[]> {
    return this.box.locator('.monaco-list-row').evaluateAll(spokenLabels);
  }

  /** Chooses the row whose label is exactly `label` (the part before any description): filters, arrows, Enter. */
  async pick(label: string): Promise<void> {
    await this.type(label);
    await this.accept(label);
  }

  /** Enter; with a label, only after arrow keys have brought the marked row to it. */
  async accept(label?: string): Promise<void> {
    if (label !== undefined) await this.mark(label);
    await this.page.keyboard.press('Enter');
  }

  async cancel(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.closed();
  }

  async closed(): Promise<void> {
    await this.box.waitFor({ state: 'hidden' });
  }

  /** Presses a button of the title, by keyboard. */
  async button(name: RegExp): Promise<void> {
    const button = this.box.getByRole('button', { name });
    await button.focus();
    await this.page.keyboard.press('Enter');
  }

  /** The warning or hint under an input box. */
  async message(): Promise<string> {
    return (await this.box.locator('.quick-input-message').innerText()).trim();
  }

  /** Moves the marked row to `label`. */
  async mark(label: string, limit = patience): Promise<void> {
    await until(`a row "${label}" in the list`, () => this.rows(), (rows) => rows.some((row) => isLabel(row, label)), limit);
    const marked = this.box.locator('.monaco-list-row.focused');
    for (let moves = 0; moves < 50; moves += 1) {
      const [current = null] = await marked.evaluateAll(spokenLabels);
      if (isLabel(current, label)) return;
      await this.page.keyboard.press('ArrowDown');
    }
    throw new Error(`No arrow key led to "${label}"; the list has ${JSON.stringify(await this.rows())}`);
  }
}

/** An aria-label is "label, description, keybinding"; a check box puts its state behind. */
function isLabel(ariaLabel: string | null, label: string): boolean {
  return ariaLabel !== null && (ariaLabel === label || ariaLabel.startsWith(`${label},`) || ariaLabel.startsWith(`${label} `));
}
