/**
 * A tree view of rows. Owns: turning rows into tree items and drawing them again at most every 150 ms.
 * Refuses: to know what rows mean; to move selection, focus or expansion (ids are stable, so the editor keeps them).
 */
import * as vscode from 'vscode';
import type { Row } from './row.ts';

const pauseMs = 150;

export class RowTree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly view: vscode.TreeView<Row>;
  readonly #make: () => readonly Row[];
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  #parents = new Map<string, Row>();
  #timer: NodeJS.Timeout | undefined;

  constructor(id: string, make: () => readonly Row[]) {
    this.#make = make;
    this.view = vscode.window.createTreeView(id, { treeDataProvider: this, showCollapseAll: id === 'treeline.runs' });
  }

  refresh(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#changed.fire(undefined);
    }, pauseMs);
  }

  getChildren(row?: Row): Row[] {
    if (row) return [...row.children];
    const rows = this.#make();
    this.#parents = new Map();
    const remember = (parent: Row): void => {
      for (const child of parent.children) {
        this.#parents.set(child.id, parent);
        remember(child);
      }
    };
    rows.forEach(remember);
    return [...rows];
  }

  getParent(row: Row): Row | undefined {
    return this.#parents.get(row.id);
  }

  getTreeItem(row: Row): vscode.TreeItem {
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const item = new vscode.TreeItem(row.label, row.children.length === 0 ? None : row.expanded ? Expanded : Collapsed);
    item.id = row.id;
    item.description = row.description;
    item.contextValue = row.context;
    item.iconPath = new vscode.ThemeIcon(row.icon.name, row.icon.color === null ? undefined : new vscode.ThemeColor(row.icon.color));
    item.accessibilityInformation = { label: row.accessible };
    if (row.opens !== null) item.command = { command: row.opens, title: vscode.l10n.t('Open'), arguments: [row] };
    return item;
  }

  /** Tooltips are made when somebody hovers; nothing in them is trusted, and no HTML or icon syntax of theirs is drawn. */
  resolveTreeItem(item: vscode.TreeItem, row: Row): vscode.TreeItem {
    item.tooltip = new vscode.MarkdownString(row.tooltip);
    return item;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.view.dispose();
    this.#changed.dispose();
  }
}
