/**
 * One answer of a model, before it is put into a protocol. Owns: its shape, and how it is cut into pieces that arrive one by one.
 * Also what tests script: `stop` other than the usual, and several calls or none.
 */
import type { ToolCall } from '../providers/provider.ts';

/** Tokens. `input` is without what was read from the cache. */
export interface ReplyUsage { readonly input: number; readonly cached: number; readonly output: number }

export interface Reply {
  readonly text: string;
  /** `arguments` is sent as it stands, malformed or not. */
  readonly calls: readonly ToolCall[];
  readonly usage: ReplyUsage;
  readonly stop?: 'refused' | 'length';
}

const textPiece = 24;
const jsonPiece = 64;

export function textPieces(text: string): readonly string[] {
  return pieces(text, textPiece);
}

export function jsonPieces(text: string): readonly string[] {
  return pieces(text, jsonPiece);
}

/** Never between the halves of a character: an emoji in two events would arrive broken. */
function pieces(text: string, size: number): readonly string[] {
  const found: string[] = [];
  let piece = '';
  for (const character of text) {
    piece += character;
    if (piece.length >= size) {
      found.push(piece);
      piece = '';
    }
  }
  return piece === '' ? found : [...found, piece];
}

export function serverSentEvent(event: string, data: Readonly<Record<string, unknown>>): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
