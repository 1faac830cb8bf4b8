/** A repository in memory, as far as the engine can see one: commits with one parent, trees of whole files, refs, worktrees. */
import { createHash } from 'node:crypto';

export type Files = Readonly<Record<string, string>>;
export interface ModelCommit { readonly id: string; readonly parent: string | null; readonly files: Files; readonly tree: string }

export class ModelRepository {
  readonly commits = new Map<string, ModelCommit>();
  readonly refs = new Map<string, string>();
  readonly worktrees = new Map<string, { start: string; files: Record<string, string>; busy: boolean }>();
  readonly rescued: { key: string; files: Files }[] = [];
  /** Every value that the target ever had. */
  readonly targetHistory: string[] = [];
  dirty = false;

  constructor() {
    const base = this.commit(null, { 'README.md': 'sample' });
    this.moveTarget(base.id);
  }

  commit(parent: string | null, files: Files): ModelCommit {
    const tree = hash(JSON.stringify(Object.entries(files).sort()));
    const id = hash(`${parent ?? ''}:${tree}`);
    const commit = { id, parent, files, tree };
    this.commits.set(id, commit);
    return commit;
  }

  get(id: string): ModelCommit {
    const found = this.commits.get(id);
    if (!found) throw new Error(`model: no commit ${id}`);
    return found;
  }

  get target(): string { return this.refs.get('refs/heads/main') ?? ''; }

  moveTarget(to: string): void {
    this.refs.set('refs/heads/main', to);
    this.targetHistory.push(to);
  }

  /** Three-way merge of whole files. */
  merge(commit: string, onto: string, base: string): { files: Files } | { conflict: string[] } {
    const mine = this.get(commit).files, theirs = this.get(onto).files, from = this.get(base).files;
    const merged: Record<string, string> = {};
    const conflict: string[] = [];
    for (const path of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
      const chosen = mine[path] === from[path] ? theirs[path] : theirs[path] === from[path] || theirs[path] === mine[path] ? mine[path] : undefined;
      if (chosen === undefined && mine[path] !== from[path] && theirs[path] !== from[path]) conflict.push(path);
      else if (chosen !== undefined) merged[path] = chosen;
    }
    return conflict.length > 0 ? { conflict } : { files: merged };
  }

  /** Of the merge bases with `others` the one that is nearest to `commit`. */
  nearestBase(commit: string, others: readonly string[]): string {
    const bases = new Set(others.map((other) => this.mergeBase(commit, other)));
    for (let at: string | null = commit; at !== null; at = this.get(at).parent) if (bases.has(at)) return at;
    throw new Error('model: no merge base');
  }

  private mergeBase(left: string, right: string): string {
    const ancestors = new Set<string>();
    for (let at: string | null = left; at !== null; at = this.get(at).parent) ancestors.add(at);
    for (let at: string | null = right; at !== null; at = this.get(at).parent) if (ancestors.has(at)) return at;
    throw new Error('model: no merge base');
  }
}

function hash(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
