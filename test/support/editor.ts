/**
 * Editors: tabs, text, and reviews (VS Code's multi-file diff editor) with comments at lines.
 *
 * Owns: their selectors and reaching every file and line by keyboard. Refuses: to know which commands an extension has.
 */
import type { Locator, Page } from 'playwright-core';
import { comments, linesOfText, reviewedFiles, spokenLabels, type ReviewedFile } from './drawn.ts';
import type { QuickInput } from './quickInput.ts';
import { until } from './until.ts';

export class Editors {
  readonly page: Page;
  readonly quickInput: QuickInput;

  constructor(page: Page, quickInput: QuickInput) {
    this.page = page;
    this.quickInput = quickInput;
  }

  /** The titles of all open tabs. */
  async tabs(): Promise<string[]> {
    return this.page.locator('.part.editor .tab').evaluateAll(spokenLabels);
  }

  /** The title of the tab in front, or '' when no editor is open. */
  async activeTab(): Promise<string> {
    const [title = ''] = await this.page.locator('.part.editor .tab.active').evaluateAll(spokenLabels);
    return title;
  }

  /** Waits until the tab in front is called so. */
  async waitForTab(title: string | RegExp): Promise<void> {
    await until(`the active tab ${String(title)}`, () => this.activeTab(), (active) => (typeof title === 'string' ? active === title : title.test(active)));
  }

  /** Opens a file of the folder by its name (Ctrl+P) and leaves the focus in it. */
  async open(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.quickInput.waitFor();
    await this.page.keyboard.type(name);
    await this.quickInput.accept(name);
    await this.waitForTab(name);
    await until(`the focus in ${name}`, () => this.focusedUri(), (uri) => uri.includes(name));
  }

  /** Types into whatever has the focus, key by key. */
  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  /** Finds a text in the editor that has the focus (Ctrl+F) and types another in its place. */
  async replace(found: string, by: string): Promise<void> {
    const finding = (): Promise<boolean> => this.page.evaluate<boolean>('document.activeElement?.closest(".find-widget") != null');
    await this.page.keyboard.press('Control+F');
    await until('the focus in the find box', finding);
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.type(found);
    await this.page.locator('.part.editor .find-widget.visible .matchesCount', { hasText: /\d+ of \d+/ }).first().waitFor();
    await this.page.keyboard.press('Escape');
    await until('the focus back in the text', finding, (there) => !there);
    await this.page.keyboard.type(by);
  }

  /** What the editor in front underlines as wrong, once it does. */
  async waitForMistake(): Promise<void> {
    await this.page.locator('.part.editor .squiggly-error').first().waitFor();
  }

  /** The lines in view of the editor whose address contains `uriPart`. */
  async text(uriPart: string): Promise<string> {
    const editor = this.page.locator(`.part.editor .monaco-editor[data-uri*="${uriPart}"]`).first();
    await editor.waitFor();
    return editor.locator('.view-lines .view-line').evaluateAll(linesOfText);
  }

  /** Address of the document that has the focus, or '' when the focus is not in an editor. */
  async focusedUri(): Promise<string> {
    return this.page.evaluate<string>('document.activeElement?.closest("[data-uri]")?.dataset.uri ?? ""');
  }

  /** "Ln 3, Col 1" of the editor in front, as [3, 1]. */
  async cursor(): Promise<[line: number, column: number]> {
    const text = (await this.page.locator('.part.statusbar .statusbar-item', { hasText: /Ln \d+/ }).first().textContent()) ?? '';
    const [, line = '0', column = '0'] = /Ln (\d+), Col (\d+)/.exec(text) ?? [];
    return [Number(line), Number(column)];
  }

  /** The review in front. */
  readonly review = {
    /** Waits for a review whose tab begins with `title` (VS Code adds " (3 files)") and whose first file is drawn. */
    waitFor: async (title: string): Promise<void> => {
      await this.waitForTab(new RegExp(`^${escape(title)}`));
      await this.page.locator('.multiDiffEntry .editor.modified .view-line').first().waitFor();
    },
    /** Files in view, in order. */
    files: (): Promise<ReviewedFile[]> => this.entries().evaluateAll(reviewedFiles),
    /** The lines in view of one side of a file. */
    text: (name: string, side: 'original' | 'modified' = 'modified'): Promise<string> =>
      this.entry(name).locator(`.editor.${side} .view-lines .view-line`).evaluateAll(linesOfText),
    goTo: (name: string, line: number): Promise<void> => this.goTo(name, line),
    /** The comments drawn at a file, each as [author, text, label]. */
    comments: (name: string): Promise<string[][]> => this.entry(name).locator('.review-comment').evaluateAll(comments),
    /** Types into the comment box that a command has just opened and sends it with Ctrl+Enter. */
    writeComment: async (text: string): Promise<void> => {
      await until('the comment box to have the focus', () => this.focusedUri(), (uri) => uri.startsWith('comment:'));
      await this.page.keyboard.type(text);
      await this.page.keyboard.press('Control+Enter');
      await this.page.locator('.review-comment .comment-body', { hasText: text }).first().waitFor();
    },
  };

  private entries(): Locator {
    return this.page.locator('.multiDiffEntry');
  }

  private entry(name: string): Locator {
    return this.entries().filter({ has: this.page.locator('.file-path .label-name', { hasText: new RegExp(`^${escape(name)}$`) }) }).first();
  }

  /**
   * Puts the cursor at a line of a file on the modified side, by keyboard: Alt+F5 goes from change to change and over the
   * end of a file into the next, Ctrl+G to a line. After a comment the focus is on the page, hence Ctrl+1 first. While
   * diffs are still being computed, files move under the cursor: a person sees that and goes there once more.
   */
  private async goTo(name: string, line: number): Promise<void> {
    const isThere = (uri: string): boolean => new RegExp(`/${escape(name)}(\\?|#|$)`).test(decodeURIComponent(uri));
    const place = async (): Promise<string> => `${await this.focusedUri()} ${(await this.cursor()).join()}`;
    const arrived = async (): Promise<boolean> => isThere(await this.focusedUri()) && (await this.cursor())[0] === line;
    await until(`the cursor in line ${line} of ${name}`, async () => {
      await this.goToFile(name, isThere);
      await this.page.keyboard.press('Control+G');
      await this.quickInput.waitFor();
      await this.quickInput.type(`:${line}`);
      await this.page.keyboard.press('Enter');
      return until('the cursor there', arrived, Boolean, 5000).then(() => '', place);
    }, (elsewhere) => elsewhere === '');
  }

  private async goToFile(name: string, isThere: (uri: string) => boolean): Promise<void> {
    if ((await this.focusedUri()) === '' || (await this.focusedUri()).startsWith('comment:')) await this.page.keyboard.press('Control+1');
    const seen: string[] = [];
    while (!isThere(await this.focusedUri())) {
      if (seen.length > 200) throw new Error(`Alt+F5 never led to ${name}; it led to ${[...new Set(seen)].join(', ')}`);
      const before = [await this.focusedUri(), await this.cursor()].join();
      await this.page.keyboard.press('Alt+F5');
      let looks = 0;
      seen.push(await until('Alt+F5 to move', async () => {
        // A file whose diff is not computed yet swallows the key: a person presses it again.
        if ((looks += 1) % 40 === 0) await this.page.keyboard.press('Alt+F5');
        return [await this.focusedUri(), await this.cursor()].join();
      }, (now) => now !== before));
    }
  }
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
