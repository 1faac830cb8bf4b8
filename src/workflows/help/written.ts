/**
 * A workflow file as text and nodes at once, for whoever helps to write it: a file with mistakes, too.
 * Owns: offsets of places, nodes at paths, and lines. Refuses: to judge; files that are too large to be a workflow have no nodes.
 */
import { LineCounter, isMap, isNode, isPair, isScalar, isSeq, parseDocument, visit } from 'yaml';
import type { Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { Place } from '../mistake.ts';
import { isWalkable } from '../yamlText.ts';
import type { Path } from '../yamlText.ts';

/** Offsets count UTF-16 units from 0; `to` is behind the last one. */
export interface Span { readonly from: number; readonly to: number }

export interface Written {
  readonly text: string;
  /** The value at a path; undefined: nothing is written there. */
  readonly at: (path: Path) => Node | undefined;
  readonly key: (path: Path) => Scalar | undefined;
  readonly offset: (place: Place) => number;
  /** From 1. */
  readonly line: (offset: number) => number;
  /** Path of the innermost scalar around an offset, whether it is a key, and the scalar. */
  readonly scalarAt: (offset: number) => { readonly path: Path; readonly isKey: boolean; readonly scalar: Scalar } | null;
  /** The plain value of the whole file as far as it can be read. */
  readonly value: unknown;
}

export function written(text: string): Written {
  const lines = new LineCounter();
  const document = parseDocument(isWalkable(text) ? text : '', { lineCounter: lines, uniqueKeys: false, prettyErrors: false, stringKeys: true, logLevel: 'silent' });
  let scalars: readonly Found[] | null = null;
  return {
    text,
    at: (path) => { const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true); return isNode(node) ? node : undefined; },
    key: (path) => keyAt(document, path),
    offset: ({ line, column }) => Math.min(text.length, (lines.lineStarts[line - 1] ?? 0) + column - 1),
    line: (offset) => text.slice(0, offset).split('\n').length,
    scalarAt: (offset) => innermost(scalars ??= scalarsOf(document), offset),
    value: valueOf(document),
  };
}

function valueOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 50 }) as unknown;
  } catch {
    return null;
  }
}

function keyAt(document: Document, path: Path): Scalar | undefined {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent) ? pairOf(parent, String(path[path.length - 1])) : undefined;
  return isScalar(pair?.key) ? pair.key : undefined;
}

export function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((item) => isScalar(item.key) && item.key.value === key);
}

type Found = NonNullable<ReturnType<Written['scalarAt']>>;

/** Every scalar of the file: a file with many mistakes is asked about many places. */
function scalarsOf(document: Document): readonly Found[] {
  const found: Found[] = [];
  visit(document, { Scalar(key, scalar, ancestors) { if (scalar.range) found.push({ path: pathOf([...ancestors, scalar], key === 'key'), isKey: key === 'key', scalar }); } });
  return found;
}

function innermost(scalars: readonly Found[], offset: number): Found | null {
  const length = ({ scalar: { range } }: Found): number => (range ? range[1] - range[0] : Infinity);
  return scalars.reduce<Found | null>((best, one) => (one.scalar.range && offset >= one.scalar.range[0] && offset <= one.scalar.range[1] && (!best || length(one) <= length(best)) ? one : best), null);
}

function pathOf(way: readonly unknown[], isKey: boolean): Path {
  const path: (string | number)[] = [];
  way.forEach((one, index) => {
    const next = way[index + 1];
    if (isPair(one) && (isKey || one.key !== next) && isScalar(one.key)) path.push(String(one.key.value));
    if (isSeq(one) && next !== undefined) path.push(one.items.indexOf(next));
  });
  return path;
}

/** Where a node is written, without what follows it on later lines. */
export function spanOf(node: Node, text: string): Span {
  const [from = 0, to = 0] = node.range ?? [];
  return { from, to: from + text.slice(from, to).trimEnd().length };
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}

export function isFlow(node: YAMLMap | YAMLSeq): boolean {
  return node.flow === true;
}
