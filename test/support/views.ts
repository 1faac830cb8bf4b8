/**
 * Tree views in the side bar.
 *
 * Owns: their selectors and walking them by keyboard. Refuses: to know what the rows mean.
 *
 * Lists are virtual: only rows in view exist, so a view with many rows shows `rows()` only in part.
 */
import type { Locator, Page } from 'playwright-core';
import { treeRows, type TreeRow } from './drawn.ts';
import { patience, until } from './until.ts';

export class TreeView {
  readonly page: Page;
  readonly name: string;
  readonly focusCommand: () => Promise<void>;
  /** The view's pane, header included. */
  readonly pane: Locator;

  constructor(page: Page, name: string, focusCommand: () => Promise<void>) {
    this.page = page;
    this.name = name;
    this.focusCommand = focusCommand;
    this.pane = page.locator('.part.sidebar .pane', { has: page.locator('.pane-header .title').getByText(name, { exact: true }) });
  }

  /** Opens the view if need be and gives it the focus, by its command from the palette. */
  async focus(): Promise<void> {
    await this.focusCommand();
    await this.pane.locator('.pane-body').waitFor();
  }

  /** Rows in view, from top to bottom. */
  async rows(): Promise<TreeRow[]> {
    return this.pane.locator('.monaco-list-row').evaluateAll(treeRows);
  }

  /** The row whose label is `label` or matches it; fails after the usual patience. */
  async row(label: string | RegExp): Promise<TreeRow> {
    const rows = await until(`a row ${String(label)} in ${this.name}`, () => this.rows(), (all) => all.some((row) => matches(row.label, label)));
    return rows.find((row) => matches(row.label, label)) as TreeRow;
  }

  /** Waits until no row matches. */
  async gone(label: string | RegExp): Promise<void> {
    await until(`no row ${String(label)} in ${this.name}`, () => this.rows(), (all) => !all.some((row) => matches(row.label, label)));
  }

  /** Marks a row by keyboard: the focus is in the view afterwards. */
  async goTo(label: string | RegExp): Promise<void> {
    await this.focus();
    await this.row(label);
    await this.page.keyboard.press('Home');
    const marked = this.pane.locator('.monaco-list-row.focused');
    for (let moves = 0; moves < 100; moves += 1) {
      const [current] = await marked.locator('.label-name').allTextContents();
      if (current !== undefined && matches(current, label)) return;
      await this.page.keyboard.press('ArrowDown');
    }
    throw new Error(`No arrow key led to ${String(label)} in ${this.name}; it shows ${JSON.stringify(await this.rows())}`);
  }

  /** Enter on a row: what a click on it does. */
  async open(label: string | RegExp): Promise<void> {
    await this.goTo(label);
    await this.page.keyboard.press('Enter');
  }

  async expand(label: string | RegExp): Promise<void> {
    await this.goTo(label);
    await this.turn('ArrowRight', 'true');
  }

  async collapse(label: string | RegExp): Promise<void> {
    await this.goTo(label);
    await this.turn('ArrowLeft', 'false');
  }

  /** Opens or closes the focused row, unless it has nothing below it. A key that falls between two drawings of the list is pressed again. */
  private async turn(key: 'ArrowRight' | 'ArrowLeft', wanted: 'true' | 'false'): Promise<void> {
    let looks = 0;
    await until(`${key} to turn a row of ${this.name}`, async () => {
      const now = await this.pane.locator('.monaco-list-row.focused').getAttribute('aria-expanded');
      if (now !== null && now !== wanted && looks % 20 === 0) await this.page.keyboard.press(key);
      looks += 1;
      return now;
    }, (now) => now === null || now === wanted);
  }

  /** Presses an inline button of a row by mouse (it shows only under the pointer). Its keyboard form is a command. */
  async rowAction(label: string, action: string): Promise<void> {
    const row = this.pane.locator('.monaco-list-row', { has: this.page.locator('.label-name', { hasText: label }) }).first();
    await row.hover();
    await row.locator(`.actions a[aria-label^="${action}"]`).click();
  }

  /** Presses a button in the view's header by mouse. */
  async titleAction(action: string): Promise<void> {
    await this.pane.locator('.pane-header').hover();
    await this.pane.locator(`.pane-header a[aria-label^="${action}"]`).click();
  }

  /** What an empty view says, buttons included. */
  async welcome(): Promise<string> {
    const content = this.pane.locator('.welcome-view-content');
    await content.waitFor({ timeout: patience });
    return (await content.innerText()).trim();
  }
}

function matches(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? text === wanted : wanted.test(text);
}
