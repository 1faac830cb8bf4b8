/**
 * What providers' prompt caches read of what agents send: the real turn loop over Anthropic's protocol, against a model of the cache.
 * The model (docs of prompt caching): a marked block keeps everything before it, once the answer begins; a request reads the longest kept
 * beginning that ends at one of its marks or up to 20 blocks before. Prices relative to input: written 1.25, read 0.1. Four letters are a token.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../src/app/systemClock.ts';
import { createWorkers } from '../../src/agents/workers.ts';
import { collect, memorySandbox, patience, quietLog, workRequest } from '../agents/support.ts';
import { call, startModelServer } from '../support/modelServer.ts';
import type { ModelAnswer, ModelRequest } from '../support/modelServer.ts';
import type { Figure } from './figure.ts';

const turns = 30, headTokens = 15_000, turnTokens = 2_200, fanOut = 8, sharedTokens = 30_000;
const lookBack = 20;

interface Block { readonly text: string; readonly marked: boolean }
interface Sent { readonly total: number; readonly read: number }

export async function benchPrompts(): Promise<readonly Figure[]> {
  const loop = await turnLoop();
  const share = sum(loop.map(({ read }) => read)) / sum(loop.map(({ total }) => total));
  const ceiling = sum(loop.slice(0, -1).map(({ total }) => total)) / sum(loop.map(({ total }) => total));
  const { sent: spread, shared } = await together();
  const paid = sum(spread.map(({ total, read }) => (total - read) * 1.25 + read * 0.1));
  const alone = sum(spread.map(({ total }, index) => (index === 0 ? total * 1.25 : (total - shared) * 1.25 + shared * 0.1)));
  return [
    { what: `prompt read from the cache, ${turns} turns`, value: `${(share * 100).toFixed(1)} %`, against: `${((ceiling - share) * 100).toFixed(1)} points below the most there is (${(ceiling * 100).toFixed(1)} %)`, budget: '≤ 1 point', inside: ceiling - share <= 0.01 },
    { what: `${fanOut} agents at once with a shared head`, value: `${(paid / alone).toFixed(2)} ×`, against: 'of the cost of the first alone, then the others', budget: '≤ 1.1 ×', inside: paid / alone <= 1.1 },
  ];
}

/** One agent that reads a file in each turn. */
async function turnLoop(): Promise<readonly Sent[]> {
  const cache = createCache();
  const sent: Sent[] = [];
  const server = await startModelServer((request) => {
    sent.push(cache.take(request));
    cache.keep(request);
    return request.number < turns ? call('read_file', { path: `file${request.number}.txt` }) : call('finish', { summary: 'done' });
  });
  const files = new Map(Array.from({ length: turns }, (_, index) => [`file${index + 1}.txt`, words(turnTokens, `file ${index}`)]));
  await work(server, files, { context: words(headTokens, 'context') });
  await server.close();
  if (sent.length !== turns) throw new Error(`${sent.length} turns`);
  return sent;
}

/** Agents that begin at the same moment; an answer begins 100 ms after its request. */
async function together(): Promise<{ readonly sent: readonly Sent[]; readonly shared: number }> {
  const cache = createCache();
  const sent: Sent[] = [];
  const asked: (readonly Block[])[] = [];
  const server = await startModelServer(async (request): Promise<ModelAnswer> => {
    sent.push(cache.take(request));
    asked.push(blocksOf(request.body));
    await pause(100);
    cache.keep(request);
    return call('finish', { summary: 'done' });
  });
  const workers = createWorkers({ sandbox: memorySandbox(new Map()), clock: systemClock, log: quietLog, endpoints: () => server.endpoints, patience });
  await Promise.all(Array.from({ length: fanOut }, (_, index) => workers.work(workRequest({ unit: `implement/s${index}`, subtask: { id: `s${index}`, title: 's', description: words(200, `part ${index}`), needs: [], scope: ['**'], requirements: [], tests: [] }, context: words(sharedTokens, 'context') }), collect(), new AbortController().signal)));
  await server.close();
  const same = asked[0]?.findIndex((block, index) => asked.some((other) => other[index]?.text !== block.text)) ?? 0;
  return { sent, shared: prefixes(asked[0]?.slice(0, same) ?? []).at(-1)?.tokens ?? 0 };
}

async function work(server: Awaited<ReturnType<typeof startModelServer>>, files: Map<string, string>, more: Parameters<typeof workRequest>[0]): Promise<void> {
  const workers = createWorkers({ sandbox: memorySandbox(files), clock: systemClock, log: quietLog, endpoints: () => server.endpoints, patience });
  const { end } = await workers.work(workRequest(more), collect(), new AbortController().signal);
  if (end.kind === 'failed') throw new Error(end.message);
}

function createCache(): { take(request: ModelRequest): Sent; keep(request: ModelRequest): void } {
  const kept = new Set<string>();
  return {
    take: (request) => {
      const blocks = blocksOf(request.body);
      const ends = prefixes(blocks);
      let read = 0;
      for (const [index, block] of blocks.entries()) if (block.marked) for (let at = Math.max(0, index - lookBack); at <= index; at += 1) if (kept.has(ends[at]?.text ?? '')) read = Math.max(read, ends[at]?.tokens ?? 0);
      return { total: ends.at(-1)?.tokens ?? 0, read };
    },
    keep: (request) => {
      const blocks = blocksOf(request.body);
      for (const [index, { text }] of prefixes(blocks).entries()) if (blocks[index]?.marked === true) kept.add(text);
    },
  };
}

function prefixes(blocks: readonly Block[]): readonly { readonly text: string; readonly tokens: number }[] {
  let text = '';
  return blocks.map((block) => {
    text += block.text;
    return { text, tokens: text.length / 4 };
  });
}

/** Tools, system and messages, in the order in which they count. */
function blocksOf(body: Readonly<Record<string, unknown>>): readonly Block[] {
  const { tools, system, messages } = body as { readonly tools: readonly unknown[]; readonly system: readonly unknown[]; readonly messages: readonly { readonly role: string; readonly content: string | readonly unknown[] }[] };
  return [...tools, ...system, ...messages.flatMap(({ role, content }) => (typeof content === 'string' ? [{ role, content }] : content))].map((block) => {
    const { cache_control: mark, ...rest } = block as Record<string, unknown>;
    return { text: JSON.stringify(rest), marked: mark !== undefined };
  });
}

function words(tokens: number, seed: string): string {
  return `${seed} line of a file\n`.repeat(Math.ceil(tokens * 4 / (seed.length + 16)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
