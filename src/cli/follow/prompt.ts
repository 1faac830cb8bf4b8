/**
 * Questions on a terminal, one at a time, a line each.
 * Owns: that output meanwhile does not tear the line, and that a question can be taken back. Refuses: to ask anybody but a terminal.
 */
import { createInterface } from 'node:readline';
import type { Outlet } from '../outlet.ts';
import type { Surroundings } from '../surroundings.ts';

/** `taken-back`: the signal fired. `left`: the end of input (Ctrl-D). `interrupted`: Ctrl-C. */
export type Answered = { readonly kind: 'line'; readonly text: string } | { readonly kind: 'taken-back' | 'left' | 'interrupted' };

export type Prompt = (question: string, signal: AbortSignal) => Promise<Answered>;

export function createPrompt({ stdin, stdout }: Surroundings, outlet: Outlet): Prompt {
  return (question, signal) => {
    if (signal.aborted) return Promise.resolve({ kind: 'taken-back' });
    const lines = createInterface({ input: stdin, output: stdout, terminal: true, historySize: 0 });
    return new Promise((resolve) => {
      const end = (answer: Answered): void => {
        outlet.interject(null);
        signal.removeEventListener('abort', takeBack);
        lines.removeAllListeners('close');
        lines.close();
        resolve(answer);
      };
      const takeBack = (): void => {
        stdout.write('\n');
        end({ kind: 'taken-back' });
      };
      signal.addEventListener('abort', takeBack);
      lines.once('line', (text) => end({ kind: 'line', text }));
      lines.once('SIGINT', () => end({ kind: 'interrupted' }));
      lines.once('close', () => end({ kind: 'left' }));
      outlet.interject((text) => {
        // Up to the line's beginning, over what was typed so far, and then the question with it again.
        stdout.write(`\r\u001b[K${text}`);
        lines.prompt(true);
      });
      lines.setPrompt(question);
      lines.prompt();
    });
  };
}
