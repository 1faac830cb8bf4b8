/**
 * Calls of tools over the Model Context Protocol: one connection a call, to a server that the user's own settings name.
 * Owns: the connection from start to end, and what an answer or a failure comes to. Refuses: servers that the settings do not have,
 * variables that nobody bound to the task, and to leave anything running or a secret in a message.
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport, StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';
import type { Environment } from '../../client/places.ts';
import { plainText } from '../../core/plainText.ts';
import type { Clock, Log } from '../../ports/system.ts';
import type { ToolEnd, ToolRequest, ToolServers } from '../../ports/toolServers.ts';
import { startUserProgram } from '../../sandbox/userProgram.ts';
import type { UserProgram } from '../../sandbox/userProgram.ts';
import { ProgramLink } from './programLink.ts';
import type { ToolServer } from './toolServer.ts';

export interface ToolServersOptions {
  /** Name → server, as the settings are now. */
  readonly servers: () => Promise<Readonly<Record<string, ToolServer>>>;
  /** Values of variables that a client bound to the task. */
  readonly keys: (task: string) => Readonly<Record<string, string>>;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly log: Log;
  /** See SandboxOptions. */
  readonly owner?: string;
}

const textLimit = 1_000_000;
const messageLimit = 2_000;
const goodbyeMs = 2_000;

export function createToolServers(options: ToolServersOptions): ToolServers {
  return {
    call: async (request, output, signal) => {
      signal.throwIfAborted();
      const servers = await options.servers().catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
      if (servers instanceof Error) return failed('tool', `The tool server "${request.server}" is not known: ${servers.message}`, 'Mend your settings, then retry.');
      const server = Object.hasOwn(servers, request.server) ? servers[request.server] : undefined;
      if (!server) return failed('tool', `Your settings have no tool server "${request.server}"${namesOf(Object.keys(servers), '; there are: ')}.`, `Add it to your settings.yaml under mcp.servers, as { command: … } or { url: … }, then retry.`);
      const bound = options.keys(request.task);
      const named = 'command' in server ? server.env : Object.values(server.headers);
      const values = new Map(named.map((name) => [name, bound[name] ?? options.environment[name] ?? '']));
      const missing = named.filter((name) => values.get(name) === '');
      if (missing.length > 0) return failed('key', `The tool server "${request.server}" needs ${missing.join(', ')}, which is not set where this task was started.`, `Set ${missing.join(', ')} in your environment, then retry the task from there.`);
      return new Call(options, request, server, values, output).carryOut(signal);
    },
  };
}

class Call {
  readonly #options: ToolServersOptions;
  readonly #request: ToolRequest;
  readonly #server: ToolServer;
  readonly #values: ReadonlyMap<string, string>;
  readonly #output: (text: string) => void;
  #program: UserProgram | null = null;
  #cut: ((error: Error) => void) | null = null;

  constructor(options: ToolServersOptions, request: ToolRequest, server: ToolServer, values: ReadonlyMap<string, string>, output: (text: string) => void) {
    this.#options = options;
    this.#request = request;
    this.#server = server;
    this.#values = values;
    this.#output = output;
  }

  async carryOut(signal: AbortSignal): Promise<ToolEnd> {
    const over = new AbortController();
    const overtime = new AbortController();
    const limit = this.#options.clock.after(this.#request.timeoutMs, over.signal).then(() => overtime.abort(new Error('time limit')), () => undefined);
    const client = new Client({ name: 'treeline', version: '1' });
    const both = AbortSignal.any([signal, overtime.signal]);
    try {
      return await this.#talk(client, both);
    } catch (error) {
      signal.throwIfAborted();
      if (overtime.signal.aborted) return failed('timeout', `The tool ${this.#name} had not answered after ${Math.round(this.#request.timeoutMs / 1_000)} s.`, 'Give the step a longer timeout, or look at the server; then retry.');
      return failed('tool', await this.#why(error, client), 'Mend what it names in your settings, the server or the workflow; then retry.');
    } finally {
      over.abort();
      await limit;
      await this.#leave(client);
    }
  }

  async #talk(client: Client, signal: AbortSignal): Promise<ToolEnd> {
    const cut = new Promise<never>((_, reject) => { this.#cut = reject; });
    cut.catch(() => undefined);
    const rules = { signal, timeout: Math.min(this.#request.timeoutMs, 2 ** 31 - 1) };
    const link = this.#link();
    client.onerror = (error) => {
      this.#options.log.info(`tool server ${this.#request.server}: ${this.#safe(error.message)}`);
      if (/SSE stream disconnected|reconnect/i.test(error.message)) this.#cut?.(error);
    };
    await client.connect(link, rules);
    const params = { name: this.#request.tool, arguments: { ...this.#request.arguments } };
    const answer = await Promise.race([client.request({ method: 'tools/call', params }, CallToolResultSchema, rules), cut]);
    const text = answer.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n').slice(0, textLimit);
    if (answer.isError === true) throw new Error(text.trim() === '' ? 'it answered with an error and no word of it' : text);
    return { kind: 'answered', structured: answer.structuredContent ?? objectIn(text), text: plainText(text) };
  }

  #link(): ProgramLink | StreamableHTTPClientTransport {
    const server = this.#server;
    if ('command' in server) {
      const decoder = new TextDecoder();
      this.#program = startUserProgram({
        command: server.command, args: server.args, environment: this.#options.environment, added: Object.fromEntries(this.#values),
        ...(this.#options.owner === undefined ? {} : { owner: this.#options.owner }),
        onErrors: (chunk) => { this.#output(this.#safe(decoder.decode(chunk, { stream: true }))); },
      });
      return new ProgramLink(this.#program);
    }
    const headers = Object.fromEntries(Object.entries(server.headers).map(([header, name]) => [header, this.#values.get(name) ?? '']));
    return new StreamableHTTPClientTransport(new URL(server.url), { requestInit: { headers }, reconnectionOptions: { maxRetries: 0, initialReconnectionDelay: 0, maxReconnectionDelay: 0, reconnectionDelayGrowFactor: 1 } });
  }

  /** What went wrong, in words that help: how the program ended, which tools there are. */
  async #why(error: unknown, client: Client): Promise<string> {
    const said = this.#safe(error instanceof Error ? error.message : String(error)).replace(/^(MCP error -?\d+: )+/, '').replace(/[:.\s]+$/, '');
    const cause = error instanceof StreamableHTTPError && error.code !== undefined ? ` (HTTP ${error.code})` : error instanceof Error && error.cause instanceof Error ? ` (${this.#safe(error.cause.message)})` : '';
    const ended = this.#program ? await Promise.race([this.#program.ended, Promise.resolve(null)]) : null;
    if (ended !== null) {
      const errors = this.#safe(this.#program?.errors() ?? '');
      return `The tool server "${this.#request.server}" ${ended}${ended.startsWith('could not') ? '' : ' before it answered'}${errors === '' ? '' : `; it said: ${errors}`}.`;
    }
    return `The tool ${this.#name} could not be called: ${said}${cause}.${await this.#others(client)}`;
  }

  /** The server's tools, where the one that was asked for is not among them. */
  async #others(client: Client): Promise<string> {
    const listed = await client.listTools(undefined, { timeout: goodbyeMs }).catch(() => null);
    if (listed === null || listed.tools.some((tool) => tool.name === this.#request.tool)) return '';
    return ` There is no such tool${namesOf(listed.tools.map((tool) => plainText(tool.name)).slice(0, 40), '; there are: ')}.`;
  }

  /** Never rejects: a server that does not want to go is ended, one that is far away is left. */
  async #leave(client: Client): Promise<void> {
    const link = client.transport;
    if (link instanceof StreamableHTTPClientTransport) {
      const gone = new AbortController();
      const patience = this.#options.clock.after(goodbyeMs, gone.signal).catch(() => undefined);
      await Promise.race([link.terminateSession().catch(() => undefined), patience]);
      gone.abort();
    }
    await client.close().catch((error: unknown) => { this.#options.log.warn(`tool server ${this.#request.server}: ${String(error)}`); });
    await this.#program?.end();
  }

  get #name(): string {
    return `${this.#request.server}/${this.#request.tool}`;
  }

  /** Text of others, without control characters and without the values that it was given. */
  #safe(text: string): string {
    const short = plainText(text).slice(0, messageLimit);
    return [...this.#values].reduce((safe, [name, value]) => (value.length < 4 ? safe : safe.replaceAll(value, `(${name})`)), short);
  }
}

const object = z.record(z.string(), z.unknown());

function objectIn(text: string): Record<string, unknown> | null {
  try {
    return object.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

function namesOf(names: readonly string[], before: string): string {
  return names.length === 0 ? '' : `${before}${names.join(', ')}`;
}

function failed(failure: 'tool' | 'timeout' | 'key', message: string, next: string): ToolEnd {
  return { kind: 'failed', failure, message, next };
}
