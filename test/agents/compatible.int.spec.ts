// Chat completions of compatible endpoints, through the real SDK. specs/agents.md.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'mocha';
import { createWorkers } from '../../src/agents/workers.ts';
import type { WorkResult } from '../../src/ports/workers.ts';
import { collect, handClock, memorySandbox, patience, quietLog, workRequest } from './support.ts';

type Chunk = Readonly<Record<string, unknown>>;
const delta = (given: Chunk, finish_reason: string | null = null): Chunk => ({ choices: [{ index: 0, delta: given, finish_reason }] });
const tool = (given: Chunk): Chunk => delta({ tool_calls: [{ index: 0, ...given }] });
const finished: readonly Chunk[] = [
  tool({ id: 'c9', function: { name: 'finish', arguments: '{"summ' } }), tool({ function: { arguments: 'ary":"done"}' } }), delta({}, 'tool_calls'),
  { choices: [], usage: { prompt_tokens: 120, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 100 } } },
];

describe('compatible endpoints', () => {
  let server: Server | null = null;
  afterEach(() => new Promise<void>((resolve) => {
    server?.closeAllConnections();
    server?.close(() => resolve());
  }));

  const attempt = async (answers: readonly (readonly Chunk[])[]): Promise<{ result: WorkResult; bodies: { messages: unknown[] }[]; files: Map<string, string> }> => {
    const bodies: { messages: unknown[] }[] = [];
    server = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      }).on('end', () => {
        const number = bodies.push(JSON.parse(text) as { messages: unknown[] });
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const chunk of answers[Math.min(number, answers.length) - 1] ?? []) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
        response.end('data: [DONE]\n\n');
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const files = new Map<string, string>();
    const workers = createWorkers({ sandbox: memorySandbox(files), clock: handClock(), log: quietLog, endpoints: () => ({ compatible: { local: { baseUrl } } }), patience });
    return { result: await workers.work(workRequest({ agents: ['compatible:local/some/model'] }), collect(), new AbortController().signal), bodies, files };
  };

  it('REQ-AGENT-28 work over chat completions, cached tokens counted apart', async () => {
    const write = [tool({ id: 'c1', function: { name: 'write_file', arguments: '{"path":"a","content":"x"}' } }), delta({}, 'tool_calls')];
    const { result, bodies, files } = await attempt([write, finished]);
    assert.deepEqual(result, { end: { kind: 'edited', summary: 'done' }, agent: 'compatible:local/some/model', usage: { input: 20, cached: 100, output: 7, calls: 2 }, costUsd: null, estimatedUsd: 0.00065 });
    assert.deepEqual([...files], [['a', 'x']]);
    assert.deepEqual(bodies[1]?.messages.slice(2), [
      { role: 'assistant', content: '', tool_calls: [{ type: 'function', id: 'c1', function: { name: 'write_file', arguments: '{"path":"a","content":"x"}' } }] },
      { role: 'tool', tool_call_id: 'c1', content: 'Wrote a.' },
    ]);
  });

  it('REQ-AGENT-06 take a stream without a finish reason for cut', async () => {
    const { result, bodies } = await attempt([finished.slice(0, 2)]);
    assert.deepEqual({ failure: result.end.kind === 'failed' && result.end.failure, requests: bodies.length }, { failure: 'network', requests: 2 });
  });
});
