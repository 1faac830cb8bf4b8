/**
 * Carries out `run` steps: the same set-up, walls and limits as a gate's command, on a scratch checkout that is thrown away or in a worktree.
 * Owns: the order of these, and the file by which a command hands values over. Refuses: to judge what came of it, and to put a value into the command's text.
 */
import { plainText } from '../core/plainText.ts';
import { GitError } from '../ports/archive.ts';
import type { CommandEnd, CommandRequest, CommandResult, Commands } from '../ports/commands.ts';
import type { ProcessResult } from '../ports/sandbox.ts';
import type { ScratchCheckout } from '../ports/scratch.ts';
import { lastLines, lineWriter } from './boundedText.ts';
import type { ExaminersOptions } from './createExaminers.ts';
import { treeText } from './content.ts';
import { setUp, setupFor } from './setup.ts';

type Tools = Pick<ExaminersOptions, 'archive' | 'scratch' | 'sandbox' | 'store' | 'log'>;

const outputFile = 'output';
const outputsLimit = 1_048_576;
const stdoutLimit = 65_536;
const watchedOutput = 2_000_000;
const kept = { head: 65_536, tail: 262_144, killAt: 8_589_934_592 };

export function createCommands(tools: Tools): Commands {
  return {
    run: async (request, output, signal) => {
      signal.throwIfAborted();
      const closers: (() => Promise<void>)[] = [];
      const writer = lineWriter(output, watchedOutput);
      try {
        return await runIn(request, tools, (chunk) => { writer.push(chunk); }, signal, closers);
      } catch (error) {
        signal.throwIfAborted();
        tools.log.error('a run step could not be started', error);
        return notStarted(error instanceof GitError ? `${error.message}. ${error.next}` : error instanceof Error ? error.message : String(error));
      } finally {
        writer.end();
        // A folder that cannot be removed must not hide what the command came to.
        for (const close of closers.reverse()) await close().catch((error: unknown) => { tools.log.warn(`after a run step: ${String(error)}`); });
      }
    },
  };
}

async function runIn(request: CommandRequest, tools: Tools, onOutput: (chunk: Uint8Array) => void, signal: AbortSignal, closers: (() => Promise<void>)[]): Promise<CommandResult> {
  const checkout = request.worktree ? standingIn(request.worktree) : await tools.scratch.open(request.commit);
  closers.push(async () => tools.scratch.discard(checkout));
  const [base, tree] = await Promise.all([treeText(tools.archive, request.base), treeText(tools.archive, request.commit)]);
  const command = await setupFor(request.content.setup, base, tree);
  const prepared = await setUp({ command, checkout, commit: request.commit, tree, mode: request.sandbox }, tools, onOutput, signal);
  if (prepared.state === 'failed') return notStarted(`${prepared.words} did not work`, lastLines(prepared.output, 40, 4_000));
  const folder = await tools.store.openFolder();
  closers.push(() => folder.close());
  const files = tools.sandbox.files(folder.path);
  await files.write(outputFile, new Uint8Array());
  const result = await tools.sandbox.run({
    command: `${prepared.gives.before}${request.command}`, root: checkout.path, timeoutMs: request.timeoutMs, network: false, mode: request.sandbox,
    mounts: { ...checkout.mounts, readable: [...checkout.mounts.readable, ...prepared.gives.readable], writable: [...checkout.mounts.writable, folder.path] },
    environment: { ...prepared.gives.environment, ...request.environment, TREELINE_OUTPUT: `${folder.path}/${outputFile}` }, output: kept, onOutput, stdoutLimit,
  }, signal);
  signal.throwIfAborted();
  const written = await files.read(outputFile, outputsLimit).catch(() => null);
  return {
    end: endOf(result), stdout: plainText(new TextDecoder().decode(result.stdout ?? new Uint8Array())).trim(),
    outputs: written === null ? null : new TextDecoder().decode(written), tail: lastLines(result.output.replaceAll(`${checkout.path}/`, ''), 40, 4_000), durationMs: result.durationMs,
  };
}

/** A worktree in a scratch checkout's place: the set-up may write into it, and nobody closes it here. */
function standingIn({ path, mounts }: NonNullable<CommandRequest['worktree']>): ScratchCheckout {
  return { path, mounts, changed: async () => ({ modified: [], added: [] }), close: async () => undefined };
}

function endOf({ end }: ProcessResult): CommandEnd {
  switch (end.kind) {
    case 'exited': case 'signalled': case 'timed-out': case 'too-much-output': case 'not-started': return end;
    // Only our own signal cancels, and that was thrown before.
    case 'cancelled': return { kind: 'signalled', signal: 'SIGTERM' };
  }
}

function notStarted(why: string, tail = ''): CommandResult {
  return { end: { kind: 'not-started', why: plainText(why) }, stdout: '', outputs: '', tail: plainText(tail), durationMs: 0 };
}
