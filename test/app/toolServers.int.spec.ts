// Calls of tools against real servers that the same SDK makes: a program, and streamable HTTP on the loopback address.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { systemClock } from '../../src/app/systemClock.ts';
import type { ToolServer } from '../../src/app/tools/toolServer.ts';
import { createToolServers } from '../../src/app/tools/toolServers.ts';
import type { ToolEnd } from '../../src/ports/toolServers.ts';
import { silent } from '../sandbox/ground.ts';
import { describeTools } from './toolServerTools.ts';

const program = join(import.meta.dirname, 'programs/toolServer.ts');

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

describe('tool servers of the user (specs/tools.md)', function () {
  this.timeout(60_000);
  let folder: string;
  let told: string;
  const servers: Server[] = [];
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'treeline-tools-')));
    told = '';
  });
  afterEach(() => {
    for (const server of servers.splice(0)) { server.closeAllConnections(); server.close(); }
    rmSync(folder, { recursive: true, force: true });
  });

  const tracker = (more: Partial<Extract<ToolServer, { command: string }>> = {}): ToolServer => ({ command: process.execPath, args: [program, join(folder, 'pids')], env: ['TRACKER_TOKEN'], ...more });
  const pids = (): number[] => readFileSync(join(folder, 'pids'), 'utf8').trim().split('\n').map(Number);

  function call(tool: string, args: Record<string, unknown> = {}, more: { readonly server?: ToolServer; readonly keys?: Record<string, string>; readonly signal?: AbortSignal; readonly timeoutMs?: number } = {}): Promise<ToolEnd> {
    const { server = tracker(), keys = { TRACKER_TOKEN: 'secret-value' }, signal = new AbortController().signal, timeoutMs = 30_000 } = more;
    const tools = createToolServers({ servers: async () => ({ tracker: server }), keys: () => keys, environment: { ...process.env, ANTHROPIC_API_KEY: 'canary-key' }, clock: systemClock, log: silent });
    return tools.call({ task: 't1', server: 'tracker', tool, arguments: args, timeoutMs }, (text) => { told += text; }, signal);
  }
  const message = (end: ToolEnd): string => (end.kind === 'failed' ? `${end.failure}: ${end.message}` : JSON.stringify(end));

  describe('as programs', () => {
    it('REQ-TOOL-01: the answer is the tool\'s structured content, with its text beside', async () => {
      assert.deepEqual(await call('get_issue', { key: 'A-1' }), {
        kind: 'answered', structured: { severity: 'high', open: true, labels: ['bug', 'css'] }, text: '{"severity":"high","open":true,"labels":["bug","css"]}',
      });
    });

    it('REQ-TOOL-01: else a text that is a JSON object, else the text; a stray line on its output does no harm', async () => {
      assert.deepEqual([await call('says', { text: '{"a": 1}' }), await call('says', { text: 'plain \u001b[1mtext' }), await call('prints')].map((end) => (end.kind === 'answered' ? [end.structured, end.text] : end)),
        [[{ a: 1 }, '{"a": 1}'], [null, 'plain text'], [{ n: 1 }, '{"n": 1}']]);
    });

    it('REQ-TOOL-02: the program stands in the home folder, gets the variables that are named and no key; what it says on errors is told, without the values', async () => {
      await call('get_issue', { key: 'A-1' });
      assert.equal(told, `started in ${homedir()} with (TRACKER_TOKEN) and no key\n`);
    });

    it('REQ-TOOL-02: a variable that is named and set nowhere is a missing key, and nothing is started', async () => {
      assert.equal(message(await call('get_issue', {}, { keys: {} })), 'key: The tool server "tracker" needs TRACKER_TOKEN, which is not set where this task was started.');
      assert.throws(pids);
    });

    it('REQ-TOOL-03: afterwards no process of it lives, what it started included', async () => {
      await call('helper');
      assert.deepEqual([pids().length, pids().filter(isAlive)], [2, []]);
    });

    it('REQ-TOOL-04: every way to fail is named: an error, an unknown tool or server, wrong arguments, a death, a program that is not there, a timeout', async () => {
      const missing = createToolServers({ servers: async () => ({ tracker: tracker() }), keys: () => ({}), environment: {}, clock: systemClock, log: silent });
      const outcomes = [
        await call('fails'), await call('nothing'), await call('get_issue', { key: 3 }), await call('dies'),
        await call('get_issue', {}, { server: { command: 'treeline-is-not-there', args: [], env: [] } }), await call('hangs', {}, { timeoutMs: 2_000 }),
        await missing.call({ task: 't1', server: 'other', tool: 'x', arguments: {}, timeoutMs: 1_000 }, () => undefined, new AbortController().signal),
      ].map(message);
      assert.deepEqual(outcomes.map((text) => text.replace(/(-32602: |Input validation error: ).*/s, '$1…')), [
        'tool: The tool tracker/fails could not be called: no such issue A-9.',
        'tool: The tool tracker/nothing could not be called: Tool nothing not found. There is no such tool; there are: get_issue, says, fails, hangs, helper, dies, prints.',
        'tool: The tool tracker/get_issue could not be called: Input validation error: …',
        `tool: The tool server "tracker" exited with 7 before it answered; it said: started in ${homedir()} with (TRACKER_TOKEN) and no key\nout of luck, token (TRACKER_TOKEN).`,
        'tool: The tool server "tracker" could not be started: spawn treeline-is-not-there ENOENT.',
        'timeout: The tool tracker/hangs had not answered after 2 s.',
        'tool: Your settings have no tool server "other"; there are: tracker.',
      ]);
      assert.deepEqual(pids().filter(isAlive), []);
    });

    it('REQ-TOOL-04: a call that is not wanted any more is given up, and its program ended', async () => {
      const stop = new AbortController();
      const calling = call('hangs', {}, { signal: stop.signal });
      while (told === '') await new Promise((resolve) => { setTimeout(resolve, 20); });
      stop.abort(new Error('superseded'));
      await assert.rejects(calling, /superseded/);
      assert.deepEqual(pids().filter(isAlive), []);
    });
  });

  describe('over HTTP', () => {
    async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
      const server = createServer(handle);
      servers.push(server);
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
    }

    /** As the SDK serves it, a server for each request. `authorization`: what it takes; anything else is 401. */
    async function serve(authorization: string): Promise<ToolServer> {
      const url = await listen((request, response) => {
        if (request.headers.authorization !== authorization) { response.writeHead(401).end(); return; }
        const server = new McpServer({ name: 'scripted', version: '1.0.0' });
        describeTools(server);
        const transport = new StreamableHTTPServerTransport({});
        void server.connect(transport as Parameters<McpServer['connect']>[0]).then(() => transport.handleRequest(request, response));
      });
      return { url, headers: { Authorization: 'TRACKER_TOKEN' } };
    }

    it('REQ-TOOL-01, REQ-TOOL-02: the same answers, with headers from named variables', async () => {
      const end = await call('get_issue', { key: 'A-2' }, { server: await serve('secret-value') });
      assert.deepEqual(end.kind === 'answered' ? end.structured : end, { severity: 'low', open: true, labels: ['bug', 'css'] });
    });

    it('REQ-TOOL-04: a refused key, nobody there, a timeout, and an answer that breaks off are named', async () => {
      const server = await serve('secret-value');
      const nobody = await listen(() => undefined);
      const closed = servers.pop();
      closed?.closeAllConnections();
      closed?.close();
      const url = await listen((request, response) => {
        let body = '';
        request.setEncoding('utf8').on('data', (part: string) => { body += part; }).on('end', () => {
          const { id, method } = body === '' ? {} as never : JSON.parse(body) as { id?: number; method: string };
          if (method === 'initialize') response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ jsonrpc: '2.0', id, result: { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'x', version: '1' } } }));
          else if (method === 'tools/call') { response.writeHead(200, { 'content-type': 'text/event-stream' }); response.write(': begun\n\n'); setImmediate(() => response.destroy()); }
          else response.writeHead(id === undefined && method !== undefined ? 202 : 405).end();
        });
      });
      const outcomes = [
        await call('get_issue', { key: 'A' }, { server, keys: { TRACKER_TOKEN: 'wrong-value' } }), await call('x', {}, { server: { url: nobody, headers: {} } }),
        await call('hangs', {}, { server, timeoutMs: 2_000 }), await call('x', {}, { server: { url, headers: {} }, timeoutMs: 20_000 }),
      ].map(message);
      assert.deepEqual(outcomes.map((text) => text.replace(/\(connect.*/s, '(…')), [
        'tool: The tool tracker/get_issue could not be called: Streamable HTTP error: Error POSTing to endpoint (HTTP 401).',
        'tool: The tool tracker/x could not be called: fetch failed (…',
        'timeout: The tool tracker/hangs had not answered after 2 s.',
        'tool: The tool tracker/x could not be called: SSE stream disconnected: TypeError: terminated.',
      ]);
    });

    it('REQ-TOOL-02: a header goes to no other origin', async () => {
      let seen: string | undefined;
      const other = await listen((request, response) => { seen = request.headers.authorization ?? 'none'; response.writeHead(200).end(); });
      const url = await listen((_, response) => { response.writeHead(307, { location: other }).end(); });
      const end = await call('x', {}, { server: { url, headers: { Authorization: 'TRACKER_TOKEN' } } });
      assert.deepEqual([end.kind, seen], ['failed', undefined]);
    });
  });
});
