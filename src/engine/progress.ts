/** Live progress: to the attempt's log and to whoever listens. Never to the journal. */
import type { AttemptLog } from '../ports/attemptLog.ts';
import type { TranscriptPart } from '../ports/workers.ts';

export interface Progress {
  part(task: string, key: string, part: TranscriptPart): void;
  output(task: string, key: string, text: string): void;
  notice(task: string, text: string): void;
  listen(listener: (task: string, key: string, text: string) => void): () => void;
}

export function createProgress(log: AttemptLog): Progress {
  const listeners = new Set<(task: string, key: string, text: string) => void>();
  const tell = (task: string, key: string, text: string): void => { if (text !== '') for (const listener of listeners) listener(task, key, text); };
  return {
    part: (task, key, part) => { log.write(task, key, part); tell(task, key, textOf(part)); },
    output: (task, key, text) => { log.write(task, key, { kind: 'text', text }); tell(task, key, text); },
    notice: (task, text) => tell(task, 'engine', `${text}\n`),
    listen: (listener) => { listeners.add(listener); return () => { listeners.delete(listener); }; },
  };
}

/** A transcript part as a person reads it. */
function textOf(part: TranscriptPart): string {
  switch (part.kind) {
    case 'text': return part.text;
    case 'tool-call': return `\n› ${part.name} ${part.summary}\n`;
    case 'tool-result': return part.ok ? '' : `  ✗ ${part.text.split('\n', 1)[0] ?? ''}\n`;
    case 'notice': return `\n· ${part.text}\n`;
    case 'spent': return '';
  }
}
