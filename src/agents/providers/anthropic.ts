/**
 * Anthropic's Messages API, streamed. Owns: translation in both directions, nothing else. Sole importer of @anthropic-ai/sdk.
 * Refuses: to retry, and to read a key from anywhere but what it was given.
 */
import Anthropic from '@anthropic-ai/sdk';
import type { ContentBlockParam, MessageCreateParamsStreaming, MessageParam, RawMessageStreamEvent, TextBlockParam, Tool } from '@anthropic-ai/sdk/resources/messages';
import type { Clock } from '../../ports/system.ts';
import type { Message, Provider, StopReason, TokenUsage, ToolCall, TurnPart, TurnRequest } from './provider.ts';
import { ProviderError, readWireError } from './providerError.ts';
import { watchedFetch } from './watchedFetch.ts';
import type { Patience } from './watchedFetch.ts';

const who = 'Anthropic';
const maxOutputTokens = 16_000;
const cacheMark = { cache_control: { type: 'ephemeral' } } as const;

export function createAnthropic(options: { readonly apiKey: string; readonly baseUrl?: string | undefined; readonly clock: Clock; readonly patience: Patience }): Provider {
  return {
    async *turn(request, signal) {
      const watched = watchedFetch(who, options.clock, options.patience);
      try {
        const client = new Anthropic({
          apiKey: options.apiKey, baseURL: options.baseUrl ?? 'https://api.anthropic.com', maxRetries: 0, fetch: watched.fetch,
          logLevel: 'off', openTelemetry: false, dangerouslyAllowBrowser: false,
        });
        const stream = await client.messages.create(paramsOf(request), { signal });
        yield* readStream(stream);
        // An aborted stream ends quietly in this SDK: without its stop event it was no answer.
        signal.throwIfAborted();
      } catch (error) {
        signal.throwIfAborted();
        throw watched.failure() ?? read(error, options.apiKey, options.clock.now());
      } finally {
        watched.close();
      }
    },
  };
}

function paramsOf(request: TurnRequest): MessageCreateParamsStreaming {
  const messages = request.messages.map((message, index) => messageOf(message, index === 0));
  return {
    model: request.model, max_tokens: maxOutputTokens, stream: true,
    system: request.system.map((text, index): TextBlockParam => ({ type: 'text', text, ...(index === request.system.length - 1 ? cacheMark : {}) })),
    tools: request.tools.map((tool): Tool => ({ name: tool.name, description: tool.description, input_schema: tool.schema as Tool.InputSchema })),
    messages: messages.map((message, index) => (index === messages.length - 1 ? marked(message) : message)),
  };
}

/** The first message's texts but the last are the same for other agents of a role in a task, or of a step: a breakpoint stands behind each. */
function messageOf(message: Message, first: boolean): MessageParam {
  switch (message.kind) {
    case 'user': return { role: 'user', content: message.texts.map((text, index) => ({ type: 'text', text, ...(first && index < message.texts.length - 1 ? cacheMark : {}) })) };
    case 'assistant': return { role: 'assistant', content: message.native as ContentBlockParam[] };
    case 'results': return {
      role: 'user',
      content: [
        ...message.results.map((result): ContentBlockParam => ({ type: 'tool_result', tool_use_id: result.id, content: result.text, is_error: !result.ok })),
        ...(message.note === null ? [] : [{ type: 'text', text: message.note } as const]),
      ],
    };
  }
}

function marked(message: MessageParam): MessageParam {
  if (typeof message.content === 'string' || message.role === 'system') return message;
  const last = message.content.length - 1;
  return { ...message, content: message.content.map((block, index) => (index === last ? { ...block, ...cacheMark } : block)) };
}

type Block = { [key: string]: unknown; type: string };

function textIn(block: Block, field: string): string {
  const value = block[field];
  return typeof value === 'string' ? value : '';
}

async function* readStream(stream: AsyncIterable<RawMessageStreamEvent>): AsyncGenerator<TurnPart> {
  const blocks: Block[] = [];
  const json = new Map<number, string>();
  let usage: TokenUsage = { input: 0, cached: 0, written: 0, output: 0 };
  let stop: string | null = null;
  for await (const event of stream) {
    switch (event.type) {
      case 'message_start': {
        const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens } = event.message.usage;
        const written = cache_creation_input_tokens ?? 0;
        usage = { input: input_tokens + written, cached: cache_read_input_tokens ?? 0, written, output: output_tokens };
        yield { kind: 'usage-known', usage };
        break;
      }
      case 'content_block_start': blocks[event.index] = { ...event.content_block }; break;
      case 'content_block_delta': {
        const block = blocks[event.index];
        if (!block) break;
        const { delta } = event;
        if (delta.type === 'text_delta') {
          block['text'] = `${textIn(block, 'text')}${delta.text}`;
          yield { kind: 'text-delta', text: delta.text };
        } else if (delta.type === 'input_json_delta') json.set(event.index, `${json.get(event.index) ?? ''}${delta.partial_json}`);
        else if (delta.type === 'thinking_delta') block['thinking'] = `${textIn(block, 'thinking')}${delta.thinking}`;
        else if (delta.type === 'signature_delta') block['signature'] = delta.signature;
        break;
      }
      case 'content_block_stop': break;
      case 'message_delta':
        stop = event.delta.stop_reason;
        usage = { ...usage, output: event.usage.output_tokens };
        yield { kind: 'usage-known', usage };
        break;
      case 'message_stop': yield ended(blocks, json, stop); return;
      default: break;
    }
  }
  throw new ProviderError('cut', `${who}'s answer ended before its stop event.`);
}

function ended(blocks: readonly Block[], json: ReadonlyMap<number, string>, stop: string | null): TurnPart {
  const calls: ToolCall[] = [];
  const native = blocks.map((block, index): Block => {
    if (block.type !== 'tool_use') return block;
    const text = json.get(index) ?? JSON.stringify(block['input'] ?? {});
    calls.push({ id: String(block['id']), name: String(block['name']), arguments: text });
    return { ...block, input: objectOf(text) };
  }).filter((block) => block.type !== 'text' || block['text'] !== '');
  const text = blocks.filter((block) => block.type === 'text').map((block) => textIn(block, 'text')).join('\n').trim();
  // An assistant message may not be empty when it is given back.
  return { kind: 'turn-ended', stop: stopOf(stop, calls), text, calls, native: native.length > 0 ? native : [{ type: 'text', text: '(nothing)' }] };
}

/** The API takes objects only: what was malformed is given back as an empty one, beside the error that says so. */
function objectOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text === '' ? '{}' : text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {};
  }
}

function stopOf(stop: string | null, calls: readonly ToolCall[]): StopReason {
  switch (stop) {
    case 'refusal': return 'refused';
    case 'model_context_window_exceeded': return 'context';
    case 'max_tokens': return 'length';
    default: return calls.length > 0 ? 'calls' : 'done';
  }
}

function read(error: unknown, apiKey: string, now: number): ProviderError {
  if (error instanceof ProviderError) return error;
  if (error instanceof Anthropic.APIError) {
    const wire = error as InstanceType<typeof Anthropic.APIError>;
    const codes = [wire.type, wire.errorCode].filter((code): code is NonNullable<typeof code> => code !== null && code !== undefined);
    return readWireError(who, { status: wire.status, codes, message: wire.apiMessage ?? wire.message, headers: wire.headers, cause: wire }, [apiKey], now);
  }
  // Anything else was thrown while the stream was read: a torn connection, half a line of JSON.
  return new ProviderError('cut', `${who}'s answer was cut off.`, { cause: error });
}
