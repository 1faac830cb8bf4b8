// Streams of the providers' documents, through the real SDKs: what is not ours is given back as it came. specs/agents.md.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { createWorkers } from '../../src/agents/workers.ts';
import type { WorkRequest, WorkResult } from '../../src/ports/workers.ts';
import type { ModelScript, ModelServer } from '../support/modelServer.ts';
import { call, inTurn, startModelServer } from '../support/modelServer.ts';
import { collect, handClock, memorySandbox, patience, quietLog, workRequest } from './support.ts';

const recorded = (name: string) => ({ kind: 'recorded' as const, text: readFileSync(join(import.meta.dirname, `../fixtures/streams/${name}.sse`), 'utf8') });
const done = call('finish', { summary: 'done' }, { usage: { input: 0, cached: 0, output: 0 } });

async function withServer<T>(script: ModelScript, act: (server: ModelServer, work: (more: Partial<WorkRequest>) => Promise<WorkResult>) => Promise<T>): Promise<T> {
  const server = await startModelServer(script);
  const workers = createWorkers({ sandbox: memorySandbox(new Map()), clock: handClock(), log: quietLog, endpoints: () => server.endpoints, patience });
  try {
    return await act(server, (more) => workers.work(workRequest(more), collect(), new AbortController().signal));
  } finally {
    await server.close();
  }
}

describe('recorded streams', () => {
  it('REQ-AGENT-29 give Anthropic its thinking back with its signature, and bill what was written to the cache', () => withServer(inTurn([recorded('anthropic-thinking-then-tool'), done]), async (server, work) => {
    const { usage, costUsd } = await work({ agents: ['anthropic:claude-sonnet-5-5'] });
    assert.deepEqual(usage, { input: 2_012, cached: 8_000, output: 40, calls: 2 });
    assert.equal(costUsd?.toFixed(7), ((12 * 2 + 2_000 * 2.5 + 8_000 * 0.2 + 40 * 10) / 1e6).toFixed(7));
    const messages = server.requests[1]?.body['messages'] as { role: string; content: unknown }[];
    assert.deepEqual(messages[1], {
      role: 'assistant',
      content: [{ type: 'thinking', thinking: 'I should look around.', signature: 'c2lnbmVk' }, { type: 'redacted_thinking', data: 'aGlkZGVu' }, { type: 'tool_use', id: 'toolu_01', name: 'list_files', input: {} }],
    });
  }));

  it('REQ-AGENT-29 give OpenAI its reasoning back, ask it to store nothing, and count cached tokens apart', () => withServer(inTurn([recorded('openai-reasoning-then-tool'), done]), async (server, work) => {
    assert.deepEqual((await work({ agents: ['openai:gpt-6-sol'] })).usage, { input: 2_012, cached: 8_000, output: 40, calls: 2 });
    const { input, store, prompt_cache_key: key } = server.requests[1]?.body ?? {};
    assert.deepEqual({ store, key }, { store: false, key: 'treeline-task-1-implementer' });
    assert.deepEqual((input as unknown[]).slice(1, 3), [
      { type: 'reasoning', id: 'rs_01', summary: [], encrypted_content: 'c2VjcmV0' },
      { type: 'function_call', id: 'fc_01', call_id: 'call_01', name: 'list_files', arguments: '{}', status: 'completed' },
    ]);
  }));

  it('REQ-AGENT-30 let the others begin although the first one failed', () => withServer(() => ({ kind: 'status', status: 500 }), async (server, work) => {
    const ends = await Promise.all(['a', 'b', 'c'].map((unit) => work({ unit })));
    assert.deepEqual(ends.map(({ end }) => end.kind === 'failed' && end.failure), ['overloaded', 'overloaded', 'overloaded']);
    assert.equal(server.requests.length, 3);
  }));
});
