/**
 * Output of gates for whoever watches and for evidence: bounded, in whole lines, safe to show.
 * Owns: what is cut. Refuses: to judge what the text says.
 */
import { plainText } from '../core/plainText.ts';

/** `text` cut to `limit` characters, with a mark where something was left out. */
export function shortened(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}

/** The last `lines` lines of `text`, at most `limit` characters. */
export function lastLines(text: string, lines: number, limit: number): string {
  const end = text.trimEnd().split('\n').slice(-lines).join('\n');
  return end.length <= limit ? end : `…${end.slice(-limit)}`;
}

const longestLine = 16_384;

/**
 * Turns a process's bytes into whole, safe lines for whoever watches. At most `limit` characters are passed on, then one line says so:
 * a watcher's log must not grow with a gate that prints a gigabyte.
 */
export function lineWriter(write: (text: string) => void, limit: number): { push(chunk: Uint8Array): void; end(): void } {
  const decoder = new TextDecoder();
  let rest = '';
  let passed = 0;
  const emit = (text: string): void => {
    if (passed > limit || text === '') return;
    passed += text.length;
    write(passed > limit ? '… more output than is shown here\n' : plainText(text));
  };
  return {
    push(chunk) {
      if (passed > limit) return;
      rest += decoder.decode(chunk, { stream: true });
      const cut = rest.length > longestLine ? rest.length : rest.lastIndexOf('\n') + 1;
      emit(rest.slice(0, cut));
      rest = rest.slice(cut);
    },
    end() {
      emit(rest);
      rest = '';
    },
  };
}
