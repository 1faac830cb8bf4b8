/**
 * `treeline agents check`: which agents could work here, and what the others lack.
 * Owns: the rows. Refuses: to ask a provider over the network (a key that is set may still be wrong), and to print a key.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Keys } from '../../protocol/messages.ts';
import type { agentsDocument } from '../documents.ts';
import type { Invocation } from '../invocation.ts';
import { keysOf } from '../keys.ts';
import { columns } from '../show/columns.ts';
import { askTools } from './childProgram.ts';

type Row = z.infer<typeof agentsDocument>['agents'][number];

const settingsSchema = z.object({ endpoints: z.record(z.string(), z.string()) });

const vendors = [
  { provider: 'anthropic', keys: ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN'], address: 'ANTHROPIC_BASE_URL' },
  { provider: 'openai', keys: ['OPENAI_API_KEY'], address: 'OPENAI_BASE_URL' },
] as const;

/** Pure. `endpoints`: name → address of OpenAI-compatible servers; `sample`: whether this is the sample repository. */
export function agentRows(keys: Keys, endpoints: Readonly<Record<string, string>>, sample: boolean): Row[] {
  return [
    ...vendors.map(({ provider, keys: names, address }): Row => {
      const set = names.find((name) => keys[name] !== undefined);
      const url = keys[address];
      if (set === undefined) return { provider, ok: false, where: 'environment', problem: `${names.join(' or ')} is not set`, next: `Set ${names[0]} in your environment, then name a model: --agent implementer=${provider}:MODEL.` };
      if (url !== undefined && !/^https?:\/\//.test(url)) return { provider, ok: false, where: address, problem: `${address} is no http or https address`, next: `Mend or unset ${address}.` };
      return { provider, ok: true, where: url === undefined ? set : `${set}, at ${url}`, problem: null, next: null };
    }),
    ...Object.entries(endpoints).map(([name, url]): Row => ({ provider: `compatible:${name}`, ok: true, where: `settings, at ${url}`, problem: null, next: null })),
    sample ? { provider: 'demo', ok: true, where: 'this is the sample repository', problem: null, next: null }
      : { provider: 'demo', ok: false, where: 'the sample repository only', problem: 'this is not the sample repository', next: 'See it at work with: treeline demo.' },
  ];
}

/** Exit code 0 when an agent could work here, else 6. */
export async function agentsCheck(invocation: Invocation): Promise<number> {
  const { outlet, surroundings } = invocation;
  const { endpoints } = settingsSchema.parse(await askTools(invocation, ['settings']));
  const rows = agentRows(keysOf(surroundings.environment), endpoints, isSample(invocation.directory));
  outlet.document({ schema: 'treeline/agents/1', agents: rows });
  outlet.say(...columns(rows.map((row) => [`${row.ok ? '✓' : '✗'} ${row.provider}`, row.problem ?? row.where]), [(cell, at) => (rows[at]?.ok ? outlet.paint.good(cell) : outlet.paint.quiet(cell))]));
  outlet.note(...rows.flatMap((row) => (row.next === null ? [] : [`${row.provider}: ${row.next}`])));
  outlet.note('Nobody was asked over the network: whether a key is right shows in the first run.');
  return rows.some((row) => row.ok) ? 0 : 6;
}

function isSample(directory: string): boolean {
  const path = join(directory, 'package.json');
  if (!existsSync(path)) return false;
  const manifest = z.object({ name: z.literal('treeline-sample') });
  try {
    return manifest.safeParse(JSON.parse(readFileSync(path, 'utf8'))).success;
  } catch {
    return false; // no JSON: somebody else's file
  }
}
