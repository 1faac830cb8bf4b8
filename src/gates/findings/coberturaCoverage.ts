/**
 * Reads Cobertura's XML (coverage-04.dtd), as coverage.py, istanbul, gocover-cobertura and cargo-llvm-cov write it.
 * Owns: the reading, and where a class's file lies: under one of the `source` folders. Its document type, which most writers name, is passed
 * over; one with declarations of its own is refused.
 */
import { XMLParser } from 'fast-xml-parser';
import { posix } from 'node:path';
import { addHit, type Hits } from './coverage.ts';
import { relativeFile } from './finding.ts';

const parser = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@', parseAttributeValue: false, parseTagValue: false, isArray: (name) => ['source', 'package', 'class', 'line'].includes(name) });
type Node = Readonly<Record<string, unknown>>;

/** @param files of the tree: a class's file is looked for under each source. Null: no such document. */
export function readCobertura(text: string, root: string, files: ReadonlySet<string>): Hits | null {
  const body = text.replace(/<!DOCTYPE[^>[\]]*>/i, '');
  if (/<!(DOCTYPE|ENTITY)/i.test(body)) return null;
  const coverage = parse(body)?.['coverage'];
  if (!isNode(coverage)) return null;
  const sources = inner(coverage, 'sources', 'source').map((source) => relativeFile(textOf(isNode(source) ? source['#text'] : source), root));
  const hits: Hits = new Map();
  for (const found of inner(coverage, 'packages', 'package')) {
    for (const item of isNode(found) ? inner(found, 'classes', 'class') : []) {
      if (!isNode(item)) continue;
      const file = placeOf(relativeFile(textOf(item['@filename']), root), [...sources.filter((source) => source !== root), ''], files);
      if (!hits.has(file)) hits.set(file, new Map());
      for (const line of inner(item, 'lines', 'line')) {
        const [number, count] = isNode(line) ? [Number(line['@number']), Number(line['@hits'])] : [NaN, NaN];
        if (Number.isSafeInteger(number) && Number.isFinite(count)) addHit(hits, file, number, Math.max(0, count));
      }
    }
  }
  return hits;
}

function placeOf(file: string, sources: readonly string[], files: ReadonlySet<string>): string {
  return sources.map((source) => posix.normalize(posix.join(source, file))).find((candidate) => files.has(candidate)) ?? file;
}

function parse(text: string): Node | null {
  try {
    const document: unknown = parser.parse(text);
    return isNode(document) ? document : null;
  } catch {
    return null;
  }
}

/** `sources > source*`: what is in a list that may be absent or empty. */
function inner(node: Node, list: string, item: string): readonly unknown[] {
  const around = node[list];
  const items = isNode(around) ? around[item] : undefined;
  return Array.isArray(items) ? items : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
