/**
 * A real VS Code window for end-to-end tests: opens one, drives it as a person with a keyboard would, closes all of it.
 *
 *     const workbench = await openWorkbench({ folder, vsix: [packageFile] });    // one server, one browser; its waits are limited
 *     await workbench.command('Treeline: New Task');                            // palette, by keyboard
 *     await workbench.press('Control+K', 'J');                                  // a chord
 *     await workbench.close();                                                  // in `after`, always
 *
 * | what | how |
 * | --- | --- |
 * | command palette | `command(title)`: exact title with its category |
 * | keys, chords | `press('Control+K', 'A')`; pressed again where one is lost: `chord`, `chordToStatus('A', /approved/)`, `chordToQuickInput`, `chordToReview` |
 * | quick pick, input box | `quickInput.waitFor({ title, placeholder })`, `.type(text)`, `.pick(label)`, `.accept(label?)`, `.rows()`, `.message()`, `.cancel()` |
 * | tree view | `view('Container', 'View')`: `.focus()`, `.rows()`, `.row(label)`, `.gone(label)`, `.goTo`, `.open`, `.expand`, `.collapse`, `.welcome()`, by mouse `.rowAction`, `.titleAction` |
 * | badge of a container | `badge('Container')` → '2', or '' |
 * | context menu | `menu(title)`: of what has the focus, by Shift+F10 |
 * | Test Explorer | `testRows()`: level, what is spoken, whether it is open; `testRow(text)`: the row, as a locator |
 * | status bar | `status(text)` waits for an item with the text and returns all of it; `statusItems()` |
 * | notifications | `notification(text)` waits; `answer(text, button)`; `notifications()` |
 * | modal dialog | `dialog(text, button)` waits and presses the button |
 * | editors, tabs, focus | `editors.open(name)`, `.tabs()`, `.activeTab()`, `.waitForTab`, `.type`, `.text(uriPart)`, `.focusedUri()`, `.cursor()` |
 * | review with comments | `editors.review.waitFor(title)`, `.files()`, `.text(name, side)`, `.goTo(name, line)`, `.writeComment(text)`, `.comments(name)` |
 * | webview in front | `webview()`: a frame whose locators look into the page |
 * | window | `reload()`, `openFolder(path)`, `anotherWindow(folder?)`, `theme('dark')`, `settings({…})`, `screenshot(name)` |
 *
 * Refuses: sleeps, and knowledge of any extension. Where it uses the mouse, it says so.
 *
 * Pitfalls, each met: a badge lies over the activity-bar link and swallows clicks, so containers are opened by command. The
 * palette is a snapshot: a command whose extension is not there yet never appears in an open one, so `command` opens it
 * again. Toasts and dialogs are drawn only on a server without `--enable-smoke-test-driver`, hence extensions come as .vsix.
 * `page.route` on the workbench breaks its WebSocket (Chromium's local network access checks). In a review, VS Code's own
 * "Add Comment" (key and palette) is off, because its context key is not set there; an extension's command that runs
 * `workbench.action.addComment` works.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import { launchChromium } from '../../src/build/vscodeHost/chromium.mjs';
import { startServer } from '../../src/build/vscodeHost/server.mjs';
import { setUpVsCode } from '../../src/build/vscodeHost/setup.mjs';
import { Editors } from './editor.ts';
import { QuickInput } from './quickInput.ts';
import { patience, until } from './until.ts';
import { TreeView } from './views.ts';

type Server = Awaited<ReturnType<typeof startServer>>;

/** Pictures of windows, for people to look at and of failures. Git-ignored. */
const pictures = join(import.meta.dirname, '..', '..', '.test-output', 'screenshots');

const themes = {
  light: ['Light 2026', 'vs'],
  dark: ['Dark 2026', 'vs-dark'],
  'high-contrast': ['Dark High Contrast', 'hc-black'],
  'high-contrast-light': ['Light High Contrast', 'hc-light'],
} as const;

/**
 * Opens a folder in a new VS Code.
 * @param options `folder`: absolute path. `vsix`: extensions to install. `userSettings`, `workspaceTrust`, `environment`:
 *   see server.mjs; an engine started by the extension sees the environment too
 */
export async function openWorkbench(options: {
  readonly folder: string;
  readonly vsix?: string[];
  readonly userSettings?: Record<string, unknown>;
  readonly workspaceTrust?: boolean;
  readonly environment?: Record<string, string | undefined>;
}): Promise<Workbench> {
  await setUpVsCode();
  const { folder, ...serverOptions } = options;
  const server = await startServer(serverOptions);
  let browser: Browser | undefined;
  try {
    browser = await launchChromium();
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, permissions: ['clipboard-read', 'clipboard-write'] });
    const workbench = new Workbench(server, browser, context, await context.newPage());
    await workbench.openFolder(folder);
    return workbench;
  } catch (error) {
    await browser?.close();
    await server.stop();
    throw error;
  }
}

/** Takes a picture of the window after each failed test of the surrounding suite. */
export function photographFailures(current: () => Workbench | undefined): void {
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await current()?.screenshot(`failed ${this.currentTest.fullTitle()}`);
  });
}

export class Workbench {
  readonly server: Server;
  readonly page: Page;
  readonly quickInput: QuickInput;
  readonly editors: Editors;
  private readonly browser: Browser;
  private readonly context: BrowserContext;
  private folder = '';

  constructor(server: Server, browser: Browser, context: BrowserContext, page: Page) {
    this.server = server;
    this.browser = browser;
    this.context = context;
    this.page = page;
    this.page.setDefaultTimeout(patience);
    this.page.setDefaultNavigationTimeout(patience);
    this.quickInput = new QuickInput(page);
    this.editors = new Editors(page, this.quickInput);
  }

  /** The page of the webview in front; the keyboard reaches it like everything else, once it has the focus. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').last().frameLocator('#active-frame');
  }

  /** Opens another folder in this window. */
  async openFolder(folder: string): Promise<void> {
    this.folder = folder;
    await this.page.goto(this.server.address({ folder }));
    await this.drawn();
  }

  /** A second window of the same VS Code, with an extension host of its own. `close` on any window closes all. */
  async anotherWindow(folder = this.folder): Promise<Workbench> {
    const window = new Workbench(this.server, this.browser, this.context, await this.context.newPage());
    await window.openFolder(folder);
    return window;
  }

  /** Reloads the window by its command, as a person does. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent('load', { timeout: patience });
    await this.command('Developer: Reload Window');
    await loaded;
    await this.drawn();
  }

  /** Closes this window only: what an engine sees as a client that went away. */
  async closeWindow(): Promise<void> {
    await this.page.close();
  }

  /** Ends the browser and the server with every process of theirs. */
  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
  }

  /** Presses keys one after the other; two make a chord. Names are Playwright's: `Control+K`, `J`, `Alt+F5`. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /**
   * Presses Ctrl+K and a key until what they bring is there: while the editor still settles it may lose a key, as it would a
   * person's, who then presses it again.
   */
  async chord(key: string, what: string, isThere: () => Promise<boolean>): Promise<void> {
    await until(what, async () => {
      await this.press('Control+K', key);
      return until(what, isThere, Boolean, 15_000).catch(() => false);
    });
  }

  /** `chord` for what is confirmed in the status bar; returns the item's whole text. */
  async chordToStatus(key: string, text: RegExp): Promise<string> {
    await this.chord(key, `${String(text)} in the status bar`, async () => (await this.statusItems()).some((item) => text.test(item)));
    return this.status(text);
  }

  /** `chord` for what asks in the box at the top. */
  async chordToQuickInput(key: string, expected: { title?: string }): Promise<void> {
    await this.chord(key, `the quick input ${expected.title ?? ''}`, () => this.quickInput.box.isVisible());
    await this.quickInput.waitFor(expected);
  }

  /** `chord` for the review whose tab begins with `title`. */
  async chordToReview(key: string, title: string): Promise<void> {
    await this.chord(key, `the review ${title}`, async () => (await this.editors.activeTab()).startsWith(title));
    await this.editors.review.waitFor(title);
  }

  /** Runs a command from the palette. The title is exact, with its category: `Treeline: New Task`. */
  async command(title: string): Promise<void> {
    await until(`the command "${title}"`, async () => {
      await this.page.keyboard.press('F1');
      await this.quickInput.waitFor();
      await this.page.keyboard.type(title);
      try {
        await this.quickInput.mark(title, 3000);
        return true;
      } catch {
        await this.quickInput.cancel();
        return false;
      }
    });
    await this.page.keyboard.press('Enter');
  }

  /** A tree view; `container` is the title of its icon in the activity bar. */
  view(container: string, name: string): TreeView {
    return new TreeView(this.page, name, () => this.command(`${container}: Focus on ${name} View`));
  }

  /** Opens the context menu of what has the focus, goes to the entry by keys and chooses it. */
  async menu(title: string): Promise<void> {
    await this.page.keyboard.press('Shift+F10');
    const entries = this.page.locator('.monaco-menu .action-item');
    await entries.first().waitFor();
    const marked = this.page.locator('.monaco-menu .action-item.focused');
    const label = async (): Promise<string> => ((await marked.count()) === 0 ? '' : ((await marked.first().textContent()) ?? '').trim());
    for (let moves = 0; moves < 30 && (await label()) !== title; moves += 1) await this.page.keyboard.press('ArrowDown');
    if ((await label()) !== title) throw new Error(`The menu has no entry "${title}": ${(await entries.allTextContents()).join(', ')}`);
    await this.page.keyboard.press('Enter');
  }

  /** Rows in view of Test Explorer, from top to bottom. */
  async testRows(): Promise<{ readonly level: number; readonly spoken: string; readonly open: string | null }[]> {
    return this.page.locator('.test-explorer .monaco-list-row').evaluateAll((rows) => (rows as unknown as { getAttribute(name: string): string | null }[]).map((row) => ({ level: Number(row.getAttribute('aria-level')), spoken: row.getAttribute('aria-label') ?? '', open: row.getAttribute('aria-expanded') })));
  }

  testRow(text: string | RegExp): Locator {
    return this.page.locator('.test-explorer .monaco-list-row', { hasText: text }).first();
  }

  /** The badge on a container's icon, or '' without one. */
  async badge(container: string): Promise<string> {
    const item = this.page.locator('.activitybar .action-item', { has: this.page.locator(`a[aria-label^="${container}"]`) }).first();
    const [content = ''] = await item.locator('.badge:visible .badge-content').allTextContents();
    return content.trim();
  }

  /** Waits for a status-bar item that has the text; returns the item's whole text. */
  async status(text: string | RegExp): Promise<string> {
    const item = this.page.locator('.part.statusbar .statusbar-item').filter({ hasText: text }).first();
    await item.waitFor();
    return ((await item.textContent()) ?? '').trim();
  }

  /** The texts of all status-bar items. */
  async statusItems(): Promise<string[]> {
    return (await this.page.locator('.part.statusbar .statusbar-item').allTextContents()).map((text) => text.trim()).filter((text) => text !== '');
  }

  /** Waits for a notification that has the text; returns the whole message. */
  async notification(text: string | RegExp): Promise<string> {
    const toast = this.page.locator('.notification-toast').filter({ hasText: text }).first();
    await toast.waitFor();
    return ((await toast.locator('.notification-list-item-message').textContent()) ?? '').trim();
  }

  /** The messages of the notifications that are shown now. */
  async notifications(): Promise<string[]> {
    return (await this.page.locator('.notification-toast .notification-list-item-message').allTextContents()).map((text) => text.trim());
  }

  /** Presses a button of a notification (by mouse) and waits until the notification is gone. */
  async answer(text: string | RegExp, button: string): Promise<void> {
    const toast = this.page.locator('.notification-toast').filter({ hasText: text }).first();
    await toast.locator('.monaco-button', { hasText: button }).click();
    await toast.waitFor({ state: 'detached' });
  }

  /** Waits for a modal dialog that has the text, goes to the button by Tab and presses it. */
  async dialog(text: string | RegExp, button: string): Promise<void> {
    const box = this.page.locator('.monaco-dialog-box').filter({ hasText: text });
    await box.waitFor();
    const label = (): Promise<string> => this.page.evaluate<string>('document.activeElement?.textContent ?? ""');
    for (let moves = 0; moves < 20 && (await label()) !== button; moves += 1) await this.page.keyboard.press('Tab');
    if ((await label()) !== button) throw new Error(`The dialog has no button "${button}": ${await box.innerText()}`);
    await this.page.keyboard.press('Enter');
    await box.waitFor({ state: 'detached' });
  }

  /** Changes user settings and reloads the window: a change on disk is not seen by an open one (1.139, in the browser). */
  async settings(changes: Record<string, unknown>): Promise<void> {
    const { settingsFile } = this.server;
    const current = JSON.parse(readFileSync(settingsFile, 'utf8')) as Record<string, unknown>;
    writeFileSync(settingsFile, JSON.stringify({ ...current, ...changes }, null, 2));
    await this.reload();
  }

  /** Changes the colour theme as a person does; the focus goes back to where it was. */
  async theme(name: keyof typeof themes): Promise<void> {
    const [label, mark] = themes[name];
    await this.command('Preferences: Color Theme');
    await this.quickInput.waitFor();
    await this.quickInput.pick(label);
    await this.page.locator(`.monaco-workbench.${mark}`).waitFor();
    await this.quickInput.closed();
  }

  /** Writes `.test-output/screenshots/<name>.png` and returns its path. */
  async screenshot(name: string): Promise<string> {
    mkdirSync(pictures, { recursive: true });
    const path = join(pictures, `${name.replace(/[^\w.-]+/g, '-').slice(0, 120)}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  private async drawn(): Promise<void> {
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor();
  }
}
