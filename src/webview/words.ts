/** The page's words in the person's language, and how figures are written. Owns: the table that the panel sent. Refuses: to make words of its own. */
import type { GraphNode, GraphWord } from '../protocol/graph.ts';

let table: Readonly<Record<string, string>> = {};

export function speak(words: Readonly<Record<string, string>>): void {
  table = words;
}

export function word(key: GraphWord, ...args: (string | number)[]): string {
  return (table[key] ?? key).replaceAll(/\{(\d)\}/g, (whole, index: string) => String(args[Number(index)] ?? whole));
}

/** `8 s`, `4:05`, `1:05:09`; empty before it began. */
export function elapsed(node: GraphNode, now: number): string {
  if (node.startedAt === null) return '';
  const seconds = Math.max(0, Math.floor(((node.finishedAt ?? (node.state === 'done' || node.state === 'skipped' ? node.startedAt : now)) - node.startedAt) / 1000));
  if (seconds < 60) return `${seconds} s`;
  const pad = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}:${pad(seconds % 60)}` : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(seconds % 60)}`;
}

export function money(node: GraphNode): string {
  if (node.costUsd !== null && node.costUsd > 0) return node.costUsd < 0.01 ? '<$0.01' : `$${node.costUsd.toFixed(2)}`;
  if (node.tokens === 0) return '';
  return node.tokens < 1000 ? `${node.tokens} tok` : `${(node.tokens / 1000).toFixed(node.tokens < 100_000 ? 1 : 0)}k tok`;
}

/** Everything that a box says, as one sentence: what a screen reader speaks. */
export function spoken(node: GraphNode, now: number): string {
  return [node.title, word(node.state), node.agent, node.attempts > 1 ? word('attempt', node.attempts) : '', elapsed(node, now), money(node), node.detail].filter(Boolean).join(', ');
}
