/**
 * What the demo agent does next: the first step that its conversation does not hold yet.
 * Owns: the kinds of steps. Refuses: memory: everything is read from the talk, so that any restart goes on the same way.
 */
import { declaredOutputs } from './outputs.ts';
import type { Talk, Told } from './talk.ts';

/** `say`: the words before the call. */
export interface Move { readonly say: string; readonly name: string; readonly input: Readonly<Record<string, unknown>> }

/** Null: nothing to do here (any more). */
export type Step = (talk: Talk) => Move | null;

export function nextMove(talk: Talk, steps: readonly Step[]): Move | null {
  for (const step of steps) {
    const move = step(talk);
    if (move) return move;
  }
  return null;
}

function done(talk: Talk, name: string, key: string, value: string): Told | undefined {
  return talk.calls.find((call) => call.name === name && call.input[key] === value);
}

export function lookAround(say: string): Step {
  return (talk) => (talk.calls.some((call) => call.name === 'list_files') ? null : { say, name: 'list_files', input: {} });
}

export function read(path: string, say: string): Step {
  return (talk) => (done(talk, 'read_file', 'path', path) ? null : { say, name: 'read_file', input: { path } });
}

/** Whole files only: whatever an interrupted attempt left there, the same content follows. */
export function write(path: string, content: string, say: string): Step {
  return (talk) => (done(talk, 'write_file', 'path', path) ? null : { say, name: 'write_file', input: { path, content } });
}

/** Reads, changes what was read, writes the whole. Skips the writing when there is nothing to change. */
export function change(path: string, edit: (text: string) => string, say: string): Step {
  return (talk) => {
    const reading = read(path, `Let me look at ${path} first.`)(talk);
    if (reading) return reading;
    const text = textRead(talk, path);
    const edited = edit(text);
    return edited === text ? null : write(path, edited, say)(talk);
  };
}

export function runOnce(command: string, say: string): Step {
  return (talk) => (!talk.tools.includes('run_command') || done(talk, 'run_command', 'command', command) ? null : { say, name: 'run_command', input: { command } });
}

export function finish(summary: string): Step {
  return (talk) => ({ say: 'That is done.', name: 'finish', input: { summary, ...declaredOutputs(talk) } });
}

/** What `read_file` showed of a file, without the line numbers; empty when it is not there or was not read. */
export function textRead(talk: Talk, path: string): string {
  const call = done(talk, 'read_file', 'path', path);
  if (!call?.ok || call.result === null || call.result === '(the file is empty)') return '';
  return `${call.result.split('\n').map((line) => line.replace(/^\d+\t/, '')).join('\n')}\n`;
}

/** Whether `list_files` showed the file; false before it was asked. */
export function exists(talk: Talk, path: string): boolean {
  const listed = talk.calls.find((call) => call.name === 'list_files');
  return (listed?.result ?? '').split('\n').includes(path);
}
