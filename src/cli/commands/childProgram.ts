/** Runs one of our own programs that lie beside this one. Owns: how it is started and ended. Refuses: to hand it a key of the person. */
import { spawn } from 'node:child_process';
import type { StdioOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { TreelineError, knownCode } from '../../client/treelineError.ts';
import { errorDocument } from '../documents.ts';
import { UsageError } from '../failure.ts';
import type { Invocation } from '../invocation.ts';
import { withoutKeys } from '../keys.ts';

/** Resolves with its exit code and, with `collect`, its stdout. Ctrl-C reaches it by itself (same terminal) and is waited for. */
export async function runProgram({ surroundings, directory }: Invocation, program: string, args: readonly string[], collect: boolean): Promise<{ readonly code: number; readonly output: string }> {
  const path = join(surroundings.programs, program);
  if (!existsSync(path)) throw new UsageError('not-built', `The program ${path} is not there`, 'Build it with: npm run build.');
  const stdio: StdioOptions = ['ignore', collect ? 'pipe' : 'inherit', 'inherit'];
  const release = surroundings.onInterrupt(() => undefined);
  try {
    const child = spawn(process.execPath, [path, ...args], { cwd: existsSync(directory) ? directory : surroundings.directory, env: withoutKeys(surroundings.environment), stdio });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => { output += text; });
    const code = await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (exit, signal) => resolve(exit ?? 128 + (signal ? constants.signals[signal] : 0)));
    });
    return { code, output };
  } finally {
    release();
  }
}

/** What dist/cliTools.js answers: a JSON document. Rejects with the TreelineError that it prints. */
export async function askTools(invocation: Invocation, args: readonly string[]): Promise<unknown> {
  const { output, code } = await runProgram(invocation, 'cliTools.js', args, true);
  if (output.trim() === '') throw new TreelineError('failed', `cliTools ${args[0] ?? ''} ended with ${code} and said nothing.`, 'Install Treeline again.');
  const answer: unknown = JSON.parse(output);
  const failed = errorDocument.safeParse(answer);
  if (failed.success) throw new TreelineError(knownCode(failed.data.error.code), failed.data.error.message, failed.data.error.next);
  return answer;
}
