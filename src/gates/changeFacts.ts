/** What a tree changes, in figures: for the size of a change and what in it is to be looked at. Pure. Owns: which files are documents, manifests, lock files. */
import type { Evidence } from '../core/gate.ts';
import type { ChangedFile } from '../ports/archive.ts';

const document = /\.(md|mdx|rst|adoc|txt)$|^(LICENSE|NOTICE|AUTHORS)[^/]*$/i;
const manifest = /(^|\/)(package(-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-(lock|workspace)\.yaml|bun\.lockb?|deno\.lock|requirements[^/]*\.txt|Pipfile(\.lock)?|poetry\.lock|uv\.lock|pyproject\.toml|setup\.(py|cfg)|go\.(mod|sum)|Cargo\.(toml|lock)|Gemfile(\.lock)?|composer\.(json|lock)|pom\.xml|build\.gradle(\.kts)?|[^/]*\.csproj)$/i;
const kept = 20;

export function changeFacts(changes: readonly ChangedFile[]): NonNullable<Evidence['change']> {
  const marks = changes.flatMap((change) => change.marks.map((mark) => `${change.path}: ${mark}`));
  return {
    files: changes.length, lines: changes.reduce((sum, change) => sum + (change.added ?? 0) + (change.removed ?? 0), 0),
    code: changes.filter((change) => !document.test(change.path)).length,
    marks: marks.slice(0, kept), dependencies: changes.map((change) => change.path).filter((path) => manifest.test(path)).slice(0, kept),
  };
}
