/**
 * What a person must not overlook about a changed file, told from its name, modes and text. Pure. Owns: the list of protected places (marked `protected`,
 * tests `test`) and of characters that hide. Refuses: to be an allow-list of anything.
 */

const protectedPlaces: readonly RegExp[] = [
  /(^|\/)\.(vscode|idea|devcontainer|github|gitlab|circleci|husky|githooks|treeline|zenflow(?!\/(?:tasks|worktrees)\/)|claude|codex|cursor|gemini|aider|windsurf|kiro|specify)(\/|$)/,
  /(^|\/)\.git[^/]*$/, /(^|\/)\.git\//, /(^|\/)git~\d/, /(^|\/)\.lfsconfig$/, /(^|\/)hooks\//, /(^|\/)(jenkinsfile|\.travis\.yml|azure-pipelines\.ya?ml|bitbucket-pipelines\.ya?ml|\.gitlab-ci\.yml)$/,
  /(^|\/)(package\.json|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|\.npmrc|\.yarnrc(\.yml)?|\.pnpmfile\.cjs)$/,
  /(^|\/)(cargo\.(toml|lock)|go\.(mod|sum)|pyproject\.toml|poetry\.lock|uv\.lock|setup\.(py|cfg)|requirements[^/]*\.txt|pipfile(\.lock)?|gemfile(\.lock)?|composer\.(json|lock)|pom\.xml|build\.gradle(\.kts)?|conftest\.py|tox\.ini|pytest\.ini)$/,
  /(^|\/)(\.mcp\.json|mcp\.json|agents\.md|claude\.md|gemini\.md|\.cursorrules|\.clinerules)$/, /(^|\/)(dockerfile[^/]*|[^/]*\.dockerfile|docker-compose[^/]*\.ya?ml|compose\.ya?ml)$/,
  /(^|\/)(makefile|gnumakefile|justfile|taskfile\.ya?ml)$/, /\.code-workspace$/, /(^|\/)\.(envrc|bashrc|zshrc|profile|bash_profile)$/, /(^|\/)(\.mocharc[^/]*|(jest|vitest|karma|playwright)\.config\.[^/]+)$/,
];
const testPlaces = /(^|\/)(tests?|specs?|__tests__|__snapshots__|e2e)\/|[._-](test|spec)\.[^/]+$|(^|\/)test_[^/]+\.py$|_test\.go$|\.snap$/;
const unportable = /(^|\/)(con|prn|aux|nul|com\d|lpt\d)(\.[^/]*)?(\/|$)|[. ](\/|$)|[<>:"|?*\\\x01-\x1f]/i;
/** Direction marks and overrides, line and paragraph separators (a comment ends there for some languages), zero-width and filling characters, tags; a joiner counts only outside of an emoji. */
const invisible = /[\u00ad\u061c\u115f\u1160\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|\u17b4|\u17b5|[\u{e0000}-\u{e007f}]|[\u{e0100}-\u{e01ef}]|(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d/gu;
const control = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|\r(?!\n|$)/g;

/** How a name is compared with the protected ones: other case or another Unicode form is the same file somewhere. */
function folded(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

/** Marks that follow from the name alone. */
export function nameMarks(path: string): readonly string[] {
  const name = folded(path);
  const marks: string[] = [];
  if (/(^|\/)\.gitattributes$/.test(name)) marks.push('attributes');
  if (protectedPlaces.some((place) => place.test(name))) marks.push('protected');
  if (testPlaces.test(name)) marks.push('test');
  if (unportable.test(path)) marks.push('unportable-name');
  if (showHidden(path) !== path) marks.push('invisible-characters');
  return marks;
}

/** Paths among `paths` that some file systems cannot tell from another one of them. */
export function caseTwins(paths: readonly string[]): ReadonlySet<string> {
  const groups = Map.groupBy(paths, folded);
  return new Set([...groups.values()].filter((group) => group.length > 1).flat());
}

/** Text in which characters that hide or turn others stand as `<U+202E>`. A byte-order mark at the start of a line is let through. */
export function showHidden(text: string): string {
  const named = (character: string): string => `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`;
  return text.replace(invisible, (character, at: number) => (character === '\ufeff' && /(^|\n[+ -]?)$/.test(text.slice(Math.max(0, at - 2), at)) ? character : named(character))).replace(control, named);
}

/** Whether a line of a file holds characters that hide. */
export function hides(line: string): boolean {
  return showHidden(line) !== line;
}
