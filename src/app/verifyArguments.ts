/** The arguments of dist/verify.js, parsed at the door. Refuses what it does not know. */
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { changeKindSchema } from '../core/redGreen.ts';
import { TreelineError } from '../client/treelineError.ts';

const usage = 'verify --repo DIR --base REF --head REF [--kind auto|fix|feature|refactor|perf|docs] [--gate ID]... [--spec GLOB]... [--stop-early] [--trust] [--sandbox required|prefer|off] [--json]';

const schema = z.object({
  repo: z.string().min(1).default('.'),
  base: z.string('--base REF is missing').min(1, '--base is empty'),
  head: z.string('--head REF is missing').min(1, '--head is empty'),
  kind: z.enum(changeKindSchema.options, '--kind is one of auto, fix, feature, refactor, perf, docs').default('auto'),
  gate: z.array(z.string()).default([]),
  spec: z.array(z.string().min(1, '--spec is empty')).default([]),
  'stop-early': z.boolean().default(false),
  trust: z.boolean().default(false),
  sandbox: z.enum(['required', 'prefer', 'off'], '--sandbox is one of required, prefer, off').default('prefer'),
  json: z.boolean().default(false),
});
export type VerifyArguments = z.infer<typeof schema>;

/** @throws TreelineError `invalid-request` with every mistake */
export function parseVerifyArguments(words: readonly string[]): VerifyArguments {
  const parsed = schema.safeParse(readWords(words));
  if (parsed.success) return parsed.data;
  throw new TreelineError('invalid-request', `verify: ${parsed.error.issues.map((issue) => issue.message).join('; ')}.`, `Usage: ${usage}`);
}

function readWords(words: readonly string[]): unknown {
  try {
    return parseArgs({
      args: [...words], strict: true, allowPositionals: false,
      options: {
        repo: { type: 'string' }, base: { type: 'string' }, head: { type: 'string' }, kind: { type: 'string' }, gate: { type: 'string', multiple: true }, spec: { type: 'string', multiple: true },
        'stop-early': { type: 'boolean' }, trust: { type: 'boolean' }, sandbox: { type: 'string' }, json: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new TreelineError('invalid-request', `verify: ${error instanceof Error ? error.message : String(error)}`, `Usage: ${usage}`, { cause: error });
  }
}
