/**
 * A scripted model behind a loopback port, in both providers' protocols: what it answers is up to the test.
 *
 *   const server = await startModelServer(inTurn([call('write_file', { path: 'a.txt', content: 'x' }), call('finish', { summary: 'done' })]));
 *   const workers = createWorkers({ …, endpoints: () => server.endpoints });          // agents: ['anthropic:test'] or ['openai:test']
 *   … ; await server.close();
 *
 * The script is asked once per request with what the agent said (`role`, `subtask`, `calls` with their results…), the number of the
 * request and the raw body. Besides replies it can answer with statuses, cut streams, polite ends without a stop event, HTML, redirects
 * and silence. Bodies that are no request of their protocol are the test's failure: they are kept in `faults` and answered with 400.
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Reply, ReplyUsage } from '../../src/agents/demo/reply.ts';
import { readTalk } from '../../src/agents/demo/talk.ts';
import type { Protocol, Talk } from '../../src/agents/demo/talk.ts';
import { anthropicEvents } from '../../src/agents/demo/wireAnthropic.ts';
import { openaiEvents } from '../../src/agents/demo/wireOpenai.ts';
import type { Endpoints } from '../../src/ports/workers.ts';

export interface ModelRequest extends Talk {
  readonly protocol: Protocol;
  /** From 1, over all agents that use this server. */
  readonly number: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: IncomingMessage['headers'];
}

export type ModelAnswer =
  | { readonly kind: 'reply'; readonly reply: Reply }
  /** Ends the connection after `events` events of the reply. */
  | { readonly kind: 'cut'; readonly reply: Reply; readonly events: number }
  /** All of the reply but the stop event, and then a polite end. */
  | { readonly kind: 'no-stop'; readonly reply: Reply }
  /** Server-sent events as they were recorded. */
  | { readonly kind: 'recorded'; readonly text: string }
  /** `retryAfter` in seconds; `code` as the provider's body says it. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: number; readonly code?: string; readonly message?: string }
  | { readonly kind: 'html' }
  | { readonly kind: 'redirect'; readonly to: string }
  /** Nothing, until the agent gives up or the server closes. `events`: so many of a reply's events come first. */
  | { readonly kind: 'silence'; readonly reply?: Reply; readonly events?: number };

export type ModelScript = (request: ModelRequest) => ModelAnswer | Promise<ModelAnswer>;

export interface ModelServer {
  /** For `createWorkers`: both providers and the demo lead here. */
  readonly endpoints: Required<Pick<Endpoints, 'anthropic' | 'openai' | 'demo'>>;
  readonly requests: readonly ModelRequest[];
  readonly faults: readonly string[];
  close(): Promise<void>;
}

const defaultUsage: ReplyUsage = { input: 100, cached: 0, output: 10 };
let nextCall = 0;

/** An answer with words only. */
export function say(text: string, more: Partial<Reply> = {}): ModelAnswer {
  return { kind: 'reply', reply: { text, calls: [], usage: defaultUsage, ...more } };
}

/** An answer with one tool call. `input` as a string is sent as it stands: malformed, if the test wants it so. */
export function call(name: string, input: Readonly<Record<string, unknown>> | string, more: Partial<Reply> = {}): ModelAnswer {
  return { kind: 'reply', reply: replyWith(name, input, more) };
}

export function replyWith(name: string, input: Readonly<Record<string, unknown>> | string, more: Partial<Reply> = {}): Reply {
  nextCall += 1;
  return { text: '', calls: [{ id: `call_${nextCall}`, name, arguments: typeof input === 'string' ? input : JSON.stringify(input) }], usage: defaultUsage, ...more };
}

/** Answers by number; the last one is given for every later request. */
export function inTurn(answers: readonly ModelAnswer[]): ModelScript {
  return ({ number }) => answers[Math.min(number, answers.length) - 1] ?? { kind: 'status', status: 500 };
}

const key = 'test-key-0123456789';
const routes: Readonly<Record<string, Protocol>> = { '/anthropic/v1/messages': 'anthropic', '/openai/v1/responses': 'openai' };

export async function startModelServer(script: ModelScript): Promise<ModelServer> {
  const requests: ModelRequest[] = [];
  const faults: string[] = [];
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      faults.push(String(error));
      response.destroy();
    });
  });
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const protocol = routes[new URL(request.url ?? '/', 'http://127.0.0.1').pathname];
    if (!protocol) return send(response, 404, {}, { error: { type: 'not_found_error', message: request.url } });
    if (request.headers.authorization !== `Bearer ${key}` && request.headers['x-api-key'] !== key) return send(response, 401, {}, { error: { type: 'authentication_error', message: 'invalid key' } });
    const body = JSON.parse(await textOf(request)) as Record<string, unknown>;
    const talk = readTalk(protocol, body);
    if (!talk) {
      faults.push(`no request of ${protocol}: ${JSON.stringify(body).slice(0, 500)}`);
      return send(response, 400, {}, { error: { type: 'invalid_request_error', message: 'cannot be read' } });
    }
    const known: ModelRequest = { ...talk, protocol, number: requests.length + 1, body, headers: request.headers };
    requests.push(known);
    await answer(response, protocol, await script(known));
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const anthropic = { apiKey: key, baseUrl: `${origin}/anthropic` };
  const openai = { apiKey: key, baseUrl: `${origin}/openai/v1` };
  return {
    endpoints: { anthropic, openai, demo: { anthropicUrl: anthropic.baseUrl, openaiUrl: openai.baseUrl, key } },
    requests, faults,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

async function answer(response: ServerResponse, protocol: Protocol, given: ModelAnswer): Promise<void> {
  switch (given.kind) {
    case 'reply': return stream(response, eventsOf(protocol, given.reply), 'end');
    case 'cut': return stream(response, [...eventsOf(protocol, given.reply).slice(0, given.events), 'event: content_block_delta\ndata: {"type":"conte'], 'destroy');
    case 'no-stop': return stream(response, eventsOf(protocol, given.reply).slice(0, -1), 'end');
    case 'recorded': return stream(response, [given.text], 'end');
    case 'status': return send(response, given.status, given.retryAfter === undefined ? {} : { 'retry-after': String(given.retryAfter) }, errorBody(protocol, given));
    case 'html': response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in to the network</title>'); return;
    case 'redirect': response.writeHead(307, { location: given.to }).end(); return;
    case 'silence': if (given.reply) return stream(response, eventsOf(protocol, given.reply).slice(0, given.events ?? 0), 'stay');
  }
}

function eventsOf(protocol: Protocol, reply: Reply): readonly string[] {
  return protocol === 'anthropic' ? anthropicEvents(reply, 'scripted') : openaiEvents(reply, 'scripted');
}

async function stream(response: ServerResponse, events: readonly string[], ending: 'end' | 'destroy' | 'stay'): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const event of events) {
    await new Promise<void>((resolve) => {
      response.write(event, () => resolve());
    });
  }
  if (ending === 'end') response.end();
  else if (ending === 'destroy') response.destroy();
  else response.flushHeaders();
}

function errorBody(protocol: Protocol, { status, code, message }: { readonly status: number; readonly code?: string; readonly message?: string }): Readonly<Record<string, unknown>> {
  const types: Readonly<Record<number, string>> = { 400: 'invalid_request_error', 401: 'authentication_error', 429: 'rate_limit_error', 500: 'api_error', 529: 'overloaded_error' };
  const error = { type: types[status] ?? 'api_error', message: message ?? `scripted ${status}`, ...(protocol === 'openai' && code !== undefined ? { code } : {}) };
  return protocol === 'anthropic' ? { type: 'error', error } : { error };
}

function send(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: Readonly<Record<string, unknown>>): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
