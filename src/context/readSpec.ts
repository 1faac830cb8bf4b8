/** One specification file, read: title, headings, requirements, whether it is always in. Owns: what its text says of itself. Pure. */
import type { Requirement, SpecFormat, SpecKind } from '../ports/library.ts';
import { blocksOf, frontMatter } from './blocks.ts';
import type { Place } from './place.ts';
import { requirementsIn } from './requirements.ts';

export interface ReadSpec {
  readonly title: string;
  readonly headings: readonly string[];
  readonly requirements: readonly Requirement[];
  readonly always: boolean;
}

const markup = new Set<SpecFormat>(['openapi', 'protobuf', 'graphql']);
const withIds = new Set<SpecKind>(['requirements', 'document']);

export function readSpec(path: string, text: string, { kind, format, always }: Place): ReadSpec {
  const matter = frontMatter(text);
  const blocks = markup.has(format) ? [] : blocksOf(text);
  const headings = blocks.filter((block) => block.kind === 'heading').map((block) => plainTitle(block.text));
  const title = matter['title'] ?? headings[0] ?? titleInMarkup(text, format) ?? path.slice(path.lastIndexOf('/') + 1);
  return {
    title: title.slice(0, 200), headings,
    requirements: withIds.has(kind) ? requirementsIn(path, blocks).filter(firstOfItsName()) : [],
    always: always === 'yes' || (always === 'unless-said' && alwaysByMatter(matter)),
  };
}

function firstOfItsName(): (requirement: Requirement) => boolean {
  const seen = new Set<string>();
  return ({ id }) => !seen.has(id) && seen.add(id).has(id);
}

/** Kiro: `inclusion: always | fileMatch | manual | auto`; Zencoder: `alwaysApply: false`. Nothing said: always. */
function alwaysByMatter(matter: Readonly<Record<string, string>>): boolean {
  return (matter['inclusion'] ?? 'always') === 'always' && matter['alwaysApply'] !== 'false';
}

function plainTitle(text: string): string {
  return text.replace(/[*_`]+/g, '').replace(/\s+/g, ' ').trim();
}

function titleInMarkup(text: string, format: SpecFormat): string | null {
  if (format === 'openapi') return /^\s*"?title"?\s*:\s*["']?([^"'\n]{1,200}?)["']?,?\s*$/m.exec(text.slice(0, 10_000))?.[1] ?? null;
  return format === 'protobuf' ? /^package\s+([\w.]+);/m.exec(text.slice(0, 10_000))?.[1] ?? null : null;
}
