/** The shell tool. Owns: what the model is told of a command's end. Refuses: the network, and a life after the call (the sandbox's doing). */
import * as z from 'zod';
import type { ProcessResult } from '../../ports/sandbox.ts';
import { defineTool, refused, told } from './tool.ts';

const defaultSeconds = 120;
const maxSeconds = 600;

export const runCommand = defineTool({
  name: 'run_command',
  description: `Runs a shell command in the worktree, confined: no network, no input, ${defaultSeconds} s unless said otherwise; nothing goes on running afterwards.`,
  input: z.strictObject({ command: z.string().min(1).max(20_000), folder: z.string().max(1_000).optional().describe('folder to start in'), timeout_seconds: z.number().int().min(1).max(maxSeconds).optional() }),
  summary: (input) => input.command,
  run: async (input, { sandbox, request, signal }) => {
    const result = await sandbox.run({
      command: input.command, root: request.root, ...(input.folder === undefined ? {} : { directory: input.folder }),
      timeoutMs: (input.timeout_seconds ?? defaultSeconds) * 1_000, network: false, mounts: request.mounts, environment: {}, mode: request.sandbox,
      output: { head: 8_000, tail: 16_000, killAt: 256_000_000 },
    }, signal);
    signal.throwIfAborted();
    const ending = endingOf(result);
    const text = `${ending.text}\n${result.output}`.trimEnd();
    return ending.ok ? told(text) : refused(text);
  },
});

function endingOf({ end, durationMs }: ProcessResult): { readonly ok: boolean; readonly text: string } {
  switch (end.kind) {
    case 'exited': return { ok: end.code === 0, text: `exit code ${end.code}` };
    case 'signalled': return { ok: false, text: `ended by ${end.signal}` };
    case 'timed-out': return { ok: false, text: `ended after ${Math.round(durationMs / 1_000)} s: time limit` };
    case 'too-much-output': return { ok: false, text: 'ended: too much output' };
    case 'cancelled': return { ok: false, text: 'cancelled' };
    case 'not-started': return { ok: false, text: `not started: ${end.why}` };
  }
}
