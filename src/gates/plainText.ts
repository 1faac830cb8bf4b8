/**
 * Text of processes and repositories made safe to show, log and pass on (I14).
 * Owns: what is taken out. Refuses: to judge what the text says.
 */

const sequences = /\u001b(?:\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[PX^_][^\u001b]*\u001b\\|\[[0-?]*[ -/]*[@-~]|[ -/]*[0-~])/g;
// Control characters, and characters that change how others are shown without showing themselves.
const invisible = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/gu;

/** Escape sequences, control and invisible characters removed; CR LF and lone CR become line ends. */
export function plainText(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(sequences, '').replace(invisible, '');
}

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
