/**
 * The user's own settings: `$XDG_CONFIG_HOME/treeline/settings.yaml`, the same keys as in VS Code, nested or with dots.
 * Owns: the keys that the engine knows, and their defaults. Refuses: to read anything of a repository.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LineCounter, isNode, parseDocument } from 'yaml';
import * as z from 'zod';
import { configFolder } from '../client/places.ts';
import type { Environment } from '../client/places.ts';
import { TreelineError } from '../client/treelineError.ts';
import { toolServerSchema } from './tools/toolServer.ts';
import { policies } from '../core/policy.ts';
import { neverSendMistakes } from '../context/neverSend.ts';

const chain = z.union([z.string(), z.array(z.string()).min(1)]).transform((value) => (typeof value === 'string' ? value.split(',').map((spec) => spec.trim()).filter(Boolean) : value));
/** USD per million tokens. What is read from the provider's cache, and what is put there, costs what other input costs where nothing else is said. */
const price = z.strictObject({ input: z.number().min(0), output: z.number().min(0), cached: z.number().min(0).optional(), written: z.number().min(0).optional() })
  .transform(({ input, output, cached = input, written = input }) => ({ input, output, cached, written }));
const limit = z.number().min(0).transform((value) => (value === 0 ? null : value));

const settingsSchema = z.strictObject({
  'sandbox.mode': z.enum(['required', 'prefer', 'off']).default('prefer'),
  /** 0: no limit. */
  'budget.maxUsdPerTask': limit.default(5),
  'budget.maxMinutesPerTask': limit.default(null),
  'budget.maxMinutesPerStep': z.number().positive().default(30),
  'run.maxParallelAgents': z.number().int().min(1).max(8).default(3),
  /** While the machine is short of cores, memory or disk, fewer agents are at work at once: one at least. */
  'run.followLoad': z.boolean().default(true),
  /** Provider → how many of its agents may be at work at once, in all runs; `*`: each provider that is not named. */
  'run.maxPerProvider': z.record(z.union([z.literal('*'), z.string().regex(/^[a-z][a-z0-9-]*$/)]), z.number().int().min(1).max(64)).default({}),
  /** While so many checkpoints wait for a person, no new subtask begins; what is under way goes on. */
  'run.maxWaitingReviews': z.number().int().min(1).max(100).default(5),
  /** Globs of paths whose content goes to no provider, beside the built-in list. A repository may add to them. */
  'context.neverSend': z.array(z.string().superRefine((glob, check) => { for (const message of neverSendMistakes([glob])) check.addIssue({ code: 'custom', message }); })).default([]),
  /** Tokens, estimated, of what every agent of a task gets before anything else; of them for the map of the repository (0: none). */
  'context.maxTokens': z.number().int().min(1_000).max(500_000).default(40_000),
  'context.mapTokens': z.number().int().min(0).max(100_000).default(3_000),
  /** An armed trigger keeps the engine's process up; otherwise it is looked at when the engine is started for something else. */
  'triggers.keepEngine': z.boolean().default(false),
  /** Which checkpoints wait for a person: all, those that something speaks against, or none that could pass without a waiver or tick. */
  'checkpoints.policy': z.enum(policies).default('always'),
  'workflow.default': z.string().min(1).default('spec-and-build'),
  'agents.planner': chain.optional(),
  'agents.implementer': chain.optional(),
  'agents.reviewer': chain.optional(),
  'agents.tester': chain.optional(),
  'agents.resolver': chain.optional(),
  /** Name → chain of agents, for steps that name a preset (`agents: preset:NAME`, in Zenflow's files `<!-- agent: NAME -->`). */
  'agents.presets': z.record(z.string().min(1).max(80), chain.refine((specs) => specs.length > 0, 'names no agent')).default({}),
  /** Name → address of an OpenAI-compatible server that asks for no key: `compatible:NAME/MODEL`. */
  'agents.endpoints': z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), z.url({ protocol: /^https?$/ })).default({}),
  /** Beginning of an agent's name (`compatible:ollama`, `openai:my-model`) → its price, for models that the built-in list does not know or knows wrongly. */
  'agents.prices': z.record(z.string().min(1), price).default({}),
  /** Name → tool server (MCP) that `tool` steps of workflows may call: specs/tools.md. */
  'mcp.servers': z.record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/), toolServerSchema).default({}),
});
export type Settings = z.infer<typeof settingsSchema>;

/** Servers that ask for no key, as the workers want them. */
export function compatibleEndpoints(settings: Settings): Readonly<Record<string, { readonly baseUrl: string }>> {
  return Object.fromEntries(Object.entries(settings['agents.endpoints']).map(([name, baseUrl]) => [name, { baseUrl }]));
}

/** The defaults where there is no file. Rejects with a TreelineError (`invalid-file`) that has every mistake with its line. */
export async function readSettings(environment: Environment): Promise<Settings> {
  const path = environment['TREELINE_SETTINGS'] ?? join(configFolder(environment), 'settings.yaml'); // --config of the command line
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return '';
    throw new TreelineError('invalid-file', `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`, 'Make it readable for you, or remove it.', { cause: error });
  });
  const parsed = parseSettings(text);
  if ('settings' in parsed) return parsed.settings;
  throw new TreelineError('invalid-file', `${path}: ${parsed.mistakes.join('; ')}`, 'Mend these lines, then try again.');
}

export function parseSettings(text: string): { readonly settings: Settings } | { readonly mistakes: readonly string[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) return { mistakes: document.errors.map((error) => `line ${lines.linePos(error.pos[0]).line}: ${error.message.split('\n', 1)[0] ?? ''}`) };
  const raw: unknown = document.toJS({ maxAliasCount: 20 });
  if (raw !== null && raw !== undefined && (typeof raw !== 'object' || Array.isArray(raw))) return { mistakes: ['line 1: settings are keys with values, for example "sandbox.mode: required"'] };
  const { values, paths } = flattened((raw ?? {}) as Record<string, unknown>);
  const parsed = settingsSchema.safeParse(values);
  if (parsed.success) return { settings: parsed.data };
  const lineOf = (key: string): number => {
    const node = document.getIn(paths.get(key) ?? [], true);
    return isNode(node) && node.range ? lines.linePos(node.range[0]).line : 1;
  };
  return {
    mistakes: parsed.error.issues.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys.map((key) => (issue.path.length === 0 ? `line ${lineOf(key)}: there is no setting "${key}"` : `line ${lineOf(String(issue.path[0]))}: ${issue.path.join('.')}: there is no "${key}"`))
      : [`line ${lineOf(String(issue.path[0]))}: ${issue.path.join('.')}: ${issue.message}`])),
  };
}

/** Nested maps as keys with dots, down to the keys that are known; a leading `treeline.` is left out. */
function flattened(raw: Record<string, unknown>): { readonly values: Record<string, unknown>; readonly paths: ReadonlyMap<string, readonly string[]> } {
  const values: Record<string, unknown> = {};
  const paths = new Map<string, readonly string[]>();
  const walk = (map: Record<string, unknown>, path: readonly string[]): void => {
    for (const [name, value] of Object.entries(map)) {
      const here = [...path, name];
      const key = here.join('.').replace(/^treeline\./, '');
      const known = Object.hasOwn(settingsSchema.shape, key);
      if (!known && typeof value === 'object' && value !== null && !Array.isArray(value)) walk(value as Record<string, unknown>, here);
      else {
        values[key] = value;
        paths.set(key, here);
      }
    }
  };
  walk(raw, []);
  return { values, paths };
}
