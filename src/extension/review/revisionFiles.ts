/**
 * The read-only file system that reviews and logs are shown from: every address names a commit, a checkpoint, a log or an evidence.
 * Owns: their bytes, kept in memory. Refuses: every write, and content that could change under the reader's eyes (a log may grow).
 *
 * A file system and not a content provider: after a reload of the window a restored review of the latter says "No Changed
 * Files", which would be a false all-clear.
 */
import * as vscode from 'vscode';
import type { Repositories } from '../runs/repositories.ts';
import type { Repository } from '../runs/repository.ts';
import { plainLines } from '../plain.ts';
import { checkpointWord } from '../rows/stateWords.ts';
import type { CheckpointView } from '../../protocol/runView.ts';
import { evidenceDocument } from '../testing/evidenceDocument.ts';
import { proofOf } from '../testing/readProof.ts';
import { checkpointDocument } from './checkpointDocument.ts';
import { FlatFiles } from './flatFiles.ts';
import { planDocument } from './planDocument.ts';
import { pathOf, revisionOf, revisionScheme } from './revision.ts';
import type { Revision } from './revision.ts';
import { roundBefore } from './roundBefore.ts';

/** Beyond this many bytes the contents looked at longest ago are fetched again when they are needed. */
const keptBytes = 64 * 1024 * 1024;

interface Kept { readonly bytes: Uint8Array; readonly mtime: number }

export class RevisionFiles extends FlatFiles implements vscode.FileSystemProvider, vscode.Disposable {
  readonly #repositories: Repositories;
  readonly #kept = new Map<string, Kept>();
  readonly #loading = new Map<string, Promise<Kept>>();
  readonly #registration: vscode.Disposable;

  constructor(repositories: Repositories) {
    super();
    this.#repositories = repositories;
    this.#registration = vscode.workspace.registerFileSystemProvider(revisionScheme, this, { isReadonly: true, isCaseSensitive: true });
  }

  /** Puts `text` at the address; an open editor of it shows the new text. */
  write(uri: vscode.Uri, text: string): void {
    const known = this.#kept.get(uri.toString());
    this.#keep(uri, { bytes: new TextEncoder().encode(text), mtime: (known?.mtime ?? 0) + 1 });
    if (known) this.changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  /** Fetches what an editor is about to ask for, so that it opens at once. */
  async preload(uris: readonly vscode.Uri[]): Promise<void> {
    const waiting = [...uris];
    await Promise.all(Array.from({ length: 8 }, async () => {
      for (let uri = waiting.pop(); uri; uri = waiting.pop()) await this.#read(uri);
    }));
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { bytes, mtime } = await this.#read(uri);
    return { type: vscode.FileType.File, ctime: 0, mtime, size: bytes.byteLength, permissions: vscode.FilePermission.Readonly };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return (await this.#read(uri)).bytes;
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.#registration.dispose();
    this.changed.dispose();
  }

  async #read(uri: vscode.Uri): Promise<Kept> {
    const key = uri.toString();
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const loading = this.#loading.get(key) ?? this.#fetch(uri).then((bytes) => this.#keep(uri, { bytes, mtime: 1 })).finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    return loading;
  }

  #keep(uri: vscode.Uri, kept: Kept): Kept {
    this.#kept.delete(uri.toString());
    this.#kept.set(uri.toString(), kept);
    let sum = [...this.#kept.values()].reduce((total, one) => total + one.bytes.byteLength, 0);
    for (const [key, one] of this.#kept) {
      if (sum <= keptBytes || this.#kept.size === 1) break;
      this.#kept.delete(key);
      sum -= one.bytes.byteLength;
    }
    return kept;
  }

  async #fetch(uri: vscode.Uri): Promise<Uint8Array> {
    const revision = revisionOf(uri);
    if (!revision) throw vscode.FileSystemError.FileNotFound(uri);
    // After a reload an editor asks before the runs were read.
    await this.#repositories.ready;
    const repository = this.#repositories.of(revision.task);
    if (!repository) throw vscode.FileSystemError.FileNotFound(uri);
    if (revision.show === 'log') {
      const { readLog } = await import('../../client/readRuns.ts');
      return new TextEncoder().encode((await readLog(repository.directory, revision.task, revision.of)).text);
    }
    if (revision.show === 'evidence') {
      const { readJudged } = await import('../../client/readJudged.ts');
      const judged = (await readJudged(repository.directory, revision.task)).findLast(({ evidence }) => evidence.id === revision.of);
      if (!judged) throw vscode.FileSystemError.FileNotFound(uri);
      return new TextEncoder().encode(evidenceDocument(await proofOf(repository.directory, judged)));
    }
    if (revision.show !== 'file') return new TextEncoder().encode(await this.#document(uri, revision));
    if (!vscode.workspace.isTrusted) throw vscode.FileSystemError.Unavailable(vscode.l10n.t('Reviews open after you trust this folder.'));
    const content = await repository.ask('readFile', { commit: revision.commit, path: pathOf(uri) });
    if (content === null) throw vscode.FileSystemError.FileNotFound(uri);
    return Buffer.from(content, 'base64');
  }

  async #document(uri: vscode.Uri, revision: Revision): Promise<string> {
    const repository = this.#repositories.of(revision.task);
    const view = repository?.view(revision.task);
    const checkpoint = view?.checkpoints.find((candidate) => candidate.id === revision.of);
    if (!repository || !view || !checkpoint) throw vscode.FileSystemError.FileNotFound(uri);
    const before = revision.side === 'old' ? roundBefore(view, checkpoint) : null;
    if (before) {
      const { readDocument, readPlan } = await import('../../client/readRuns.ts');
      return revision.show === 'plan' ? planDocument((await readPlan(repository.directory, view.task, before.version)).plan) : plainLines((await readDocument(repository.directory, view.task, pathOf(uri), before.version)).text);
    }
    if (revision.show === 'plan') return planDocument(checkpoint.amendment ? checkpoint.amendment[revision.side === 'old' ? 'before' : 'after'] : view.plan);
    if (revision.show === 'document') return documentText(repository, view.task, checkpoint, pathOf(uri));
    const changes = (checkpoint.kind !== 'merge' && checkpoint.kind !== 'review') || !vscode.workspace.isTrusted ? [] : await repository.ask('changes', { from: checkpoint.base, to: checkpoint.commit });
    return checkpointDocument({ view, checkpoint, changes, page: 0, pages: 1 });
  }
}

/** The text that the checkpoint is about, or one that was written about it; what was decided is no longer handed out to be looked at as if it were open. */
async function documentText(repository: Repository, task: string, checkpoint: CheckpointView, name: string): Promise<string> {
  if (!vscode.workspace.isTrusted) throw vscode.FileSystemError.Unavailable(vscode.l10n.t('Reviews open after you trust this folder.'));
  if (checkpoint.state !== 'open') return `${vscode.l10n.t('This checkpoint is {0}.', checkpointWord(checkpoint.state))}\n`;
  if (name === checkpoint.subject) return plainLines((await repository.ask('editable', { task, checkpoint: checkpoint.id })).text);
  const { readDocument } = await import('../../client/readRuns.ts');
  return plainLines((await readDocument(repository.directory, task, name, null)).text);
}
