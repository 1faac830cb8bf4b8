/**
 * What is to be approved as files that a person edits: the document, or the plan, of a checkpoint that is open.
 * Owns: their text; sending what the person saved as their edit; keeping what was not sent. Refuses: to send what the editor saved by
 * itself, a plan with mistakes, and anything over a version that the person has not seen; to lose a text that was refused.
 *
 * A save always succeeds, and the text is sent afterwards: of a save that fails the editor would say the file's address and little else.
 */
import * as vscode from 'vscode';
import type { Repository } from '../runs/repository.ts';
import { codeOf } from '../runs/repository.ts';
import { personHere } from '../person.ts';
import { plain } from '../plain.ts';
import type { Row } from '../rows/row.ts';
import type { Desk } from './desk.ts';
import { EditMistakes } from './editMistakes.ts';
import { editAddress, editScheme, editedOf, isEditable, isSettled, nameOf, openAt, readUnsent, unsentAt, withUnsent } from './edited.ts';
import type { Edited, Unsent } from './edited.ts';
import { FlatFiles } from './flatFiles.ts';

const place = 'treeline.edits';
const keptTexts = 20;

/** `checkpoint`: the one that the text is for. `original`: as the engine has it. `mtime`: ms since 1970. */
interface Shown { readonly checkpoint: string; readonly original: string; readonly text: string; readonly mtime: number }

export class EditedFiles extends FlatFiles implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #desk: Desk;
  readonly #state: vscode.Memento;
  readonly #shown = new Map<string, Shown>();
  /** About to be saved by the editor, not by the person. */
  readonly #bySelf = new Set<string>();
  readonly #mistakes: EditMistakes;
  readonly #listeners: vscode.Disposable[];

  constructor(desk: Desk, state: vscode.Memento) {
    super();
    this.#desk = desk;
    this.#state = state;
    this.#mistakes = new EditMistakes(desk, (uri) => this.#shown.get(uri.toString())?.checkpoint ?? null);
    this.#listeners = [
      vscode.workspace.registerFileSystemProvider(editScheme, this, { isCaseSensitive: true }),
      vscode.workspace.onWillSaveTextDocument(({ document: { uri }, reason }) => {
        if (uri.scheme !== editScheme) return;
        if (reason === vscode.TextDocumentSaveReason.Manual) this.#bySelf.delete(uri.toString());
        else this.#bySelf.add(uri.toString());
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => void this.#shown.delete(uri.toString())),
      desk.repositories.onDidChange(() => { for (const key of this.#shown.keys()) this.#follow(vscode.Uri.parse(key)); }),
    ];
  }

  /** Whose text is in front of the person. */
  get active(): Edited | null {
    const uri = vscode.window.activeTextEditor?.document.uri;
    return uri ? editedOf(uri) : null;
  }

  /** The row's checkpoint, or that of the review in front, as a file in the column where the person is. */
  async open(row?: Row): Promise<void> {
    const { repositories, reviews, report } = this.#desk;
    const about = row?.about ?? reviews.active;
    const view = repositories.view(about?.task ?? '');
    const checkpoint = view?.checkpoints.find((candidate) => candidate.id === about?.checkpoint);
    if (!view || !checkpoint || !isEditable(checkpoint)) return void vscode.window.showInformationMessage(vscode.l10n.t('Documents and plans can be edited where one is to be approved: Go to Next Checkpoint.'));
    try {
      const document = await vscode.workspace.openTextDocument(vscode.Uri.from(editAddress(view, checkpoint)));
      await vscode.window.showTextDocument(document, { preview: false });
    } catch (error) {
      await report.error(vscode.l10n.t('It could not be opened to be edited'), error);
    }
  }

  /** What stands in the editor in front, saved or not. */
  async sendActive(): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    if (!document || !editedOf(document.uri)) return void vscode.window.showInformationMessage(vscode.l10n.t('There is no edited document in front.'));
    if (document.isDirty) await document.save(); // counts as saved by the person, and is sent
    else await this.#send(document.uri);
  }

  /** The person wrote something there that the engine has not got. */
  hasUnsent(edited: Edited): boolean {
    return unsentAt(this.#unsent, edited) !== undefined || vscode.workspace.textDocuments.some(({ uri, isDirty }) => {
      const other = editedOf(uri);
      return isDirty && other?.task === edited.task && other.step === edited.step;
    });
  }

  /** After the person has decided without it. */
  async forget(edited: Edited): Promise<void> {
    await this.#keep(edited, null);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { text, mtime } = await this.#read(uri);
    return { type: vscode.FileType.File, ctime: 0, mtime, size: new TextEncoder().encode(text).byteLength };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return new TextEncoder().encode((await this.#read(uri)).text);
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    const edited = editedOf(uri);
    if (!edited) throw vscode.FileSystemError.NoPermissions(uri);
    const shown = await this.#read(uri);
    const now = { ...shown, text: new TextDecoder().decode(content), mtime: Math.max(Date.now(), shown.mtime + 1) };
    this.#shown.set(uri.toString(), now);
    await this.#keep(edited, now.text === now.original ? null : { ...edited, checkpoint: now.checkpoint, text: now.text, at: now.mtime });
    if (!this.#bySelf.delete(uri.toString())) void this.#send(uri);
  }

  dispose(): void {
    for (const one of [...this.#listeners, this.#mistakes, this.changed]) one.dispose();
  }

  async #send(uri: vscode.Uri): Promise<void> {
    const { repositories, reviews, keys, report } = this.#desk;
    const edited = editedOf(uri), shown = this.#shown.get(uri.toString());
    const repository = edited && repositories.of(edited.task);
    if (!edited || !shown || !repository) return;
    const name = plain(nameOf(uri), 60), failed = vscode.l10n.t('{0} was kept, and not sent', name);
    if (shown.text === shown.original) return report.said(vscode.l10n.t('{0} is as it was: nothing was sent.', name));
    try {
      const [first, ...more] = await this.#mistakes.look(uri, shown.text);
      if (first) return void report.error(failed, new Error(more.length === 0 ? vscode.l10n.t('line {0}: {1}', first.line, plain(first.message)) : vscode.l10n.t('{0} mistakes, the first in line {1}: {2}', more.length + 1, first.line, plain(first.message))));
      const { view } = await vscode.window.withProgress({ location: { viewId: 'treeline.needsYou' } }, async () => repository.ask('act', { task: edited.task, act: { kind: 'edit', checkpoint: shown.checkpoint, text: shown.text, by: personHere() }, keys: await keys.ofLaunched(edited.task) }));
      const checkpoint = openAt(view, edited.step)?.id ?? shown.checkpoint;
      // The editor may have saved more of it meanwhile: that is written for the new checkpoint, and not sent.
      const now = this.#shown.get(uri.toString()) ?? shown;
      this.#shown.set(uri.toString(), { ...now, checkpoint, original: shown.text });
      await this.#keep(edited, now.text === shown.text ? null : { ...edited, checkpoint, text: now.text, at: now.mtime });
      repository.take(view);
      await reviews.close(edited.task, shown.checkpoint);
      report.said(vscode.l10n.t('{0} was sent: it stands to be approved as you wrote it.', name));
    } catch (error) {
      if (codeOf(error) === 'void' && await this.#overtaken(uri, edited, repository)) return;
      await report.error(failed, error);
    }
  }

  /** The checkpoint was replaced while the person wrote: they choose. False: there is no newer one to choose. */
  async #overtaken(uri: vscode.Uri, edited: Edited, repository: Repository): Promise<boolean> {
    const fresh = await repository.ask('show', { task: edited.task });
    repository.take(fresh);
    const open = openAt(fresh, edited.step);
    if (!open) return false;
    const mine = vscode.l10n.t('Send Mine'), newer = vscode.l10n.t('Take the Newer');
    const chosen = await vscode.window.showWarningMessage(vscode.l10n.t('{0} was revised while you edited it. Your text is kept.', plain(nameOf(uri), 60)), mine, newer);
    if (chosen === newer) {
      await this.#keep(edited, null);
      await this.#renew(uri);
    }
    const shown = this.#shown.get(uri.toString());
    if (chosen === mine && shown) {
      const { checkpoint, text } = await repository.ask('editable', { task: edited.task, checkpoint: open.id });
      this.#shown.set(uri.toString(), { ...shown, checkpoint, original: text });
      await this.#send(uri);
    }
    return true;
  }

  /** A newer version shows itself where nothing would be lost by it; what was decided is closed unless somebody looks at it. */
  #follow(uri: vscode.Uri): void {
    const edited = editedOf(uri), shown = this.#shown.get(uri.toString());
    const view = edited && this.#desk.repositories.view(edited.task);
    if (!edited || !shown || !view || this.hasUnsent(edited)) return;
    const open = openAt(view, edited.step);
    if (open && open.id !== shown.checkpoint) void this.#renew(uri);
    else if (isSettled(view, edited.step)) {
      const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter((tab) => !tab.isActive && tab.input instanceof vscode.TabInputText && tab.input.uri.toString() === uri.toString());
      if (tabs.length > 0) void vscode.window.tabGroups.close(tabs, true);
    }
  }

  async #renew(uri: vscode.Uri): Promise<void> {
    this.#shown.delete(uri.toString());
    await this.#read(uri).then(() => this.changed.fire([{ type: vscode.FileChangeType.Changed, uri }]), (error: unknown) => this.#desk.report.log.warn(`${uri.path} could not be read again: ${String(error)}`));
  }

  async #read(uri: vscode.Uri): Promise<Shown> {
    const known = this.#shown.get(uri.toString());
    if (known) return known;
    const found = await this.#fetch(uri);
    const now = this.#shown.get(uri.toString()) ?? found;
    this.#shown.set(uri.toString(), now);
    return now;
  }

  async #fetch(uri: vscode.Uri): Promise<Shown> {
    const { repositories } = this.#desk;
    const edited = editedOf(uri);
    if (!edited) throw vscode.FileSystemError.FileNotFound(uri);
    if (!vscode.workspace.isTrusted) throw vscode.FileSystemError.Unavailable(vscode.l10n.t('Documents can be edited after you trust this folder.'));
    // After a reload an editor asks before the runs were read.
    await repositories.ready;
    const repository = repositories.of(edited.task);
    const unsent = unsentAt(this.#unsent, edited), open = openAt(repositories.view(edited.task), edited.step);
    const given = repository && open ? await repository.ask('editable', { task: edited.task, checkpoint: open.id }) : null;
    if (unsent) return { checkpoint: unsent.checkpoint, original: given?.text ?? '', text: unsent.text, mtime: unsent.at };
    if (!given || !open) throw vscode.FileSystemError.FileNotFound(uri);
    return { checkpoint: given.checkpoint, original: given.text, text: given.text, mtime: open.openedAt };
  }

  get #unsent(): readonly Unsent[] {
    return readUnsent(this.#state.get(place));
  }

  async #keep(edited: Edited, text: Unsent | null): Promise<void> {
    const before = this.#unsent;
    if (text !== null || unsentAt(before, edited)) await this.#state.update(place, withUnsent(before, edited, text).slice(-keptTexts));
  }
}
