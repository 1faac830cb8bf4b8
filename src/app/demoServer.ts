/**
 * The demo agent's server: both providers' protocols on a loopback port, answered by the script in agents/demo.
 * Owns: the socket, the key, the pace. Refuses: other machines, whoever has not the key, and any route that the protocols do not have.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { demoAnswer } from '../agents/demo/script.ts';

export interface DemoServer {
  /** As `Endpoints.demo` wants it. */
  readonly endpoint: { readonly anthropicUrl: string; readonly openaiUrl: string; readonly key: string };
  close(): Promise<void>;
}

const maxBody = 20_000_000;
const routes = { '/anthropic/v1/messages': 'anthropic', '/openai/v1/responses': 'openai' } as const;

/** `paceMs`: pause after each piece of an answer, so that a person sees agents at work; 0 in tests. */
export async function startDemoServer(options: { readonly paceMs?: number } = {}): Promise<DemoServer> {
  const key = randomBytes(24).toString('base64url');
  const closing = new AbortController();
  const server = createServer((request, response) => {
    serve(request, response, key, options.paceMs ?? 15, closing.signal).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint: { anthropicUrl: `${origin}/anthropic`, openaiUrl: `${origin}/openai/v1`, key },
    close: () => new Promise((resolve) => {
      closing.abort();
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}

async function serve(request: IncomingMessage, response: ServerResponse, key: string, paceMs: number, signal: AbortSignal): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
  if (request.method === 'HEAD' || request.method === 'GET') return end(response, 200, { ok: true });
  if (!allowed(request, key)) return end(response, 401, errorOf('authentication_error', 'wrong key'));
  const protocol = Object.hasOwn(routes, path) ? routes[path as keyof typeof routes] : null;
  if (request.method !== 'POST' || protocol === null) return end(response, 404, errorOf('not_found_error', `no such route: ${path}`));
  const answer = demoAnswer(protocol, await bodyOf(request));
  if (answer === null) return end(response, 400, errorOf('invalid_request_error', 'this is no request of that protocol'));
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
  for (const event of answer.events) {
    if (response.destroyed) return;
    response.write(event);
    if (paceMs > 0) await pause(paceMs, undefined, { signal });
  }
  response.end();
}

function allowed(request: IncomingMessage, key: string): boolean {
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
  const given = Buffer.from(bearer ?? String(request.headers['x-api-key'] ?? ''));
  const wanted = Buffer.from(key);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** Undefined for what is no JSON. */
async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBody) throw new RangeError('the request is too long');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  } catch {
    return undefined;
  }
}

function errorOf(type: string, message: string): Readonly<Record<string, unknown>> {
  return { type: 'error', error: { type, message } };
}

function end(response: ServerResponse, status: number, body: Readonly<Record<string, unknown>>): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
