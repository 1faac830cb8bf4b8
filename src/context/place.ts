/**
 * Where rules and specifications lie by habit: a path → what it is. Owns: the table of product.md S1. Pure. Refuses: folders of others (dependencies).
 * Sources: agents.md (nearest file wins), GitHub Copilot's and Claude Code's instruction files, Spec Kit's and Kiro's templates, Zenflow's `.zenflow/`.
 */
import type { SpecFormat, SpecKind } from '../ports/library.ts';

export interface Place {
  readonly kind: SpecKind;
  readonly format: SpecFormat;
  /** In whatever the request is; `unless-said`: its front matter may say otherwise. */
  readonly always: 'yes' | 'unless-said' | 'no';
  /** Order among the rules: smaller is read earlier. */
  readonly order: number;
}

const texts = 'md|mdx|markdown|txt|adoc|rst|feature';
const foreign = /(^|\/)(node_modules|bower_components|vendor|third_party|\.git)\//;
/** Of everything in the table: most files of a repository are none of it. */
const ending = new RegExp(`\\.(${texts}|mdc|ya?ml|json|proto|graphqls?|gql)$`, 'i');
const made = /(^|\/)(dist|build|out|target|generated|__generated__)\//;
const place = (kind: SpecKind, format: SpecFormat, always: Place['always'] = 'no', order = 100): Place => ({ kind, format, always, order });

/** Rules with this order or more hold for a part of the repository. */
export const orderOfNested = 50;

const featureFolder = '(?:\\.specify/)?specs/\\d{3,}-[^/]+';

/** First match wins. */
const table: readonly (readonly [RegExp, Place])[] = [
  [/^AGENTS\.md$/, place('rules', 'agents', 'yes', 0)],
  [/^(\.claude\/)?CLAUDE\.md$/, place('rules', 'claude', 'yes', 1)],
  [/^\.github\/copilot-instructions\.md$/, place('rules', 'copilot', 'yes', 2)],
  [/^architecture\.md$/i, place('architecture', 'markdown', 'yes', 3)],
  [/^\.specify\/memory\/constitution\.md$/, place('rules', 'spec-kit', 'yes', 4)],
  [/^\.kiro\/steering\/.+\.md$/, place('rules', 'kiro', 'unless-said', 5)],
  [/^\.(zenflow|zencoder)\/rules\/.+\.(md|mdc|txt)$/, place('rules', 'zenflow', 'unless-said', 6)],
  // Rules of a part of the repository.
  [/(^|\/)AGENTS\.md$/, place('rules', 'agents', 'yes', orderOfNested)],
  [/(^|\/)CLAUDE\.md$/, place('rules', 'claude', 'yes', orderOfNested + 1)],
  [new RegExp(`^${featureFolder}/spec\\.md$`), place('requirements', 'spec-kit')],
  [new RegExp(`^${featureFolder}/(tasks|checklists/.+)\\.md$`), place('tasks', 'spec-kit')],
  [new RegExp(`^${featureFolder}/.+\\.md$`), place('design', 'spec-kit')],
  [new RegExp(`^${featureFolder}/contracts/.+\\.(ya?ml|json)$`), place('schema', 'openapi')],
  [/^\.kiro\/specs\/[^/]+\/(requirements|bugfix)\.md$/, place('requirements', 'kiro')],
  [/^\.kiro\/specs\/[^/]+\/tasks\.md$/, place('tasks', 'kiro')],
  [/^\.kiro\/specs\/.+\.md$/, place('design', 'kiro')],
  [/^((docs?|specs|architecture|documentation)\/(.+\/)?)?(adrs?|decisions)\/.+\.(md|adoc|rst)$/i, place('decision', 'markdown')],
  [/(^|\/)(openapi|swagger)[^/]*\.(ya?ml|json)$/i, place('schema', 'openapi')],
  [/\.proto$/, place('schema', 'protobuf')],
  [/\.(graphql|graphqls|gql)$/, place('schema', 'graphql')],
  [/^(docs?|specs)\/(.+\/)?architecture\.(md|adoc|rst)$/i, place('architecture', 'markdown')],
  [new RegExp(`^specs/.+\\.(${texts})$`, 'i'), place('requirements', 'markdown')],
];

/** Null: no specification by its place; a person can still pick it. */
export function placeOf(path: string): Place | null {
  if (!ending.test(path) || foreign.test(path)) return null;
  const found = table.find(([form]) => form.test(path))?.[1] ?? null;
  return found?.kind === 'schema' && made.test(path) ? null : found;
}

/** What a file is that only a person's pick, or another file, makes a specification. */
export const pickedPlace = place('document', 'markdown');
export const namedRule = place('rules', 'zenflow', 'yes', 7);

/** Files that are named in Zenflow's settings under any key about rules (its documentation shows the page, not the keys). Folders stand for what is in them. */
export const zenflowSettings = '.zenflow/settings.json';
export function rulesInSettings(text: string): readonly string[] {
  let settings: unknown;
  try {
    settings = JSON.parse(text);
  } catch {
    return [];
  }
  if (typeof settings !== 'object' || settings === null) return [];
  return Object.entries(settings).flatMap(([key, value]): readonly string[] => {
    if (!/rule|always_?include/i.test(key)) return [];
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.filter((one): one is string => typeof one === 'string').map((one) => one.replace(/^\.?\/+/, '').replace(/\/+$/, ''));
  });
}

/** `001-albums` of a Spec Kit or Kiro folder: files that belong together. Null: it stands alone. */
export function featureOf(path: string): string | null {
  return new RegExp(`^(?:${featureFolder}|\\.kiro/specs/[^/]+)(?=/)`).exec(path)?.[0] ?? null;
}
