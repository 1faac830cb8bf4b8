/**
 * Questions on a terminal, one at a time.
 * Owns: that output meanwhile does not tear the line, that a question can be taken back, and that what was typed before a question
 * is no answer to it. Refuses: to ask anybody but a terminal.
 */
import { createInterface } from 'node:readline';
import type { Outlet } from '../outlet.ts';
import type { Surroundings } from '../surroundings.ts';

/** `taken-back`: the signal fired. `left`: the end of input (Ctrl-D). `interrupted`: Ctrl-C. */
export type Answered = { readonly kind: 'lines'; readonly lines: readonly string[] } | { readonly kind: 'taken-back' | 'left' | 'interrupted' };

export interface Prompt {
  /** One line, or with `many` all lines up to an empty one. */
  ask(question: string, signal: AbortSignal, many?: boolean): Promise<Answered>;
  /** Lets go of the terminal's input. */
  close(): void;
}

export function openPrompt({ stdin, stdout }: Surroundings, outlet: Outlet): Prompt {
  const swallow = (): void => undefined;
  stdin.on('data', swallow).resume();
  return {
    ask: async (question, signal, many = false) => {
      if (signal.aborted) return { kind: 'taken-back' };
      try {
        return await answer(question, signal, many);
      } finally {
        stdin.resume();
      }
    },
    close: () => { stdin.off('data', swallow).pause(); },
  };

  function answer(question: string, signal: AbortSignal, many: boolean): Promise<Answered> {
    const terminal = createInterface({ input: stdin, output: stdout, terminal: true, historySize: 0 });
    const lines: string[] = [];
    return new Promise((resolve) => {
      const end = (answered: Answered): void => {
        outlet.interject(null);
        signal.removeEventListener('abort', takeBack);
        terminal.removeAllListeners();
        terminal.close();
        resolve(answered);
      };
      const takeBack = (): void => {
        stdout.write('\n');
        end({ kind: 'taken-back' });
      };
      signal.addEventListener('abort', takeBack);
      terminal.on('line', (line) => {
        if (!many || line.trim() === '') end({ kind: 'lines', lines: many ? lines : [line] });
        else {
          lines.push(line);
          terminal.prompt();
        }
      });
      terminal.once('SIGINT', () => end({ kind: 'interrupted' }));
      terminal.once('close', () => end({ kind: 'left' }));
      outlet.interject((text) => {
        // Over what was typed so far, and then the question with it again.
        stdout.write(`\r\u001b[K${text}`);
        terminal.prompt(true);
      });
      terminal.setPrompt(question);
      terminal.prompt();
    });
  }
}
