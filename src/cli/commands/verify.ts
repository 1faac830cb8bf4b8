/** `treeline verify`: hands over to the program that judges (dist/verify.js) and ends as it ends. Owns: the command line it gets. */
import { UsageError } from '../failure.ts';
import type { Invocation } from '../invocation.ts';
import { oneOf } from '../launchOptions.ts';
import { runProgram } from './childProgram.ts';

export interface VerifyFlags { readonly base?: string; readonly head?: string; readonly kind?: string; readonly gate?: readonly string[]; readonly spec?: readonly string[]; readonly stopEarly?: boolean; readonly trust?: boolean; readonly sandbox?: string }

export async function verify(invocation: Invocation, flags: VerifyFlags): Promise<number> {
  const { base, head } = flags;
  if (base === undefined || head === undefined) throw new UsageError('usage', `${base === undefined ? '--base' : '--head'} is missing`, 'Say which two commits: treeline verify --base main --head my-branch.');
  if (flags.kind !== undefined) oneOf('--kind', flags.kind, ['auto', 'fix', 'feature', 'refactor', 'perf', 'docs'] as const);
  if (flags.sandbox !== undefined) oneOf('--sandbox', flags.sandbox, ['required', 'prefer', 'off'] as const);
  const given = (flag: string, value: string | undefined): string[] => (value === undefined ? [] : [flag, value]);
  const args = [
    '--repo', invocation.directory, '--base', base, '--head', head, ...given('--kind', flags.kind), ...(flags.gate ?? []).flatMap((gate) => ['--gate', gate]), ...(flags.spec ?? []).flatMap((glob) => ['--spec', glob]),
    ...(flags.stopEarly ? ['--stop-early'] : []), ...(flags.trust ? ['--trust'] : []), ...given('--sandbox', flags.sandbox), ...(invocation.outlet.json ? ['--json'] : []),
  ];
  return (await runProgram(invocation, 'verify.js', args, false)).code;
}
