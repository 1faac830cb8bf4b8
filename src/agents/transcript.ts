/** A model's words as they come, gathered into lines or phrases that are worth a row in a log. Owns: the size of a part. */
const partSize = 160;

export function textPrinter(print: (text: string) => void): { add(text: string): void; flush(): void } {
  let held = '';
  const flush = (): void => {
    if (held !== '') print(held);
    held = '';
  };
  return {
    flush,
    add: (text) => {
      held += text;
      const line = held.lastIndexOf('\n') + 1;
      if (line > 0) {
        print(held.slice(0, line));
        held = held.slice(line);
      }
      if (held.length >= partSize) flush();
    },
  };
}
