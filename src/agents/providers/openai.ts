/**
 * OpenAI's Responses API, and the chat completions of compatible endpoints, streamed. Owns: translation in both directions,
 * nothing else. Sole importer of openai. Refuses: to retry, to leave anything stored at the provider, to count cached tokens as input.
 */
import { OpenAI } from 'openai';
import type { ChatCompletionChunk, ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import type { Response as ModelResponse, ResponseCreateParamsStreaming, ResponseInputItem, ResponseStreamEvent } from 'openai/resources/responses/responses';
import type { Clock } from '../../ports/system.ts';
import type { Message, Provider, StopReason, ToolCall, TurnPart, TurnRequest } from './provider.ts';
import { ProviderError, readWireError } from './providerError.ts';
import { watchedFetch } from './watchedFetch.ts';
import type { Patience } from './watchedFetch.ts';

/** `api`: `responses` is OpenAI's own; `chat` is what compatible servers (Ollama, vLLM, LM Studio…) speak. */
export function createOpenai(options: {
  readonly who: string; readonly api: 'responses' | 'chat'; readonly apiKey: string; readonly baseUrl?: string | undefined; readonly clock: Clock; readonly patience: Patience;
}): Provider {
  const { who } = options;
  return {
    async *turn(request, signal) {
      const watched = watchedFetch(who, options.clock, options.patience);
      try {
        const client = new OpenAI({
          apiKey: options.apiKey, baseURL: options.baseUrl ?? 'https://api.openai.com/v1', organization: null, project: null,
          maxRetries: 0, fetch: watched.fetch, logLevel: 'off', dangerouslyAllowBrowser: false,
        });
        if (options.api === 'responses') yield* readResponses(who, await client.responses.create(responsesParams(request), { signal }));
        else yield* readChat(who, await client.chat.completions.create(chatParams(request), { signal }));
        // An aborted stream ends quietly in this SDK: without its stop event it was no answer.
        signal.throwIfAborted();
      } catch (error) {
        signal.throwIfAborted();
        throw watched.failure() ?? read(who, error, options.apiKey, options.clock.now());
      } finally {
        watched.close();
      }
    },
  };
}

function responsesParams(request: TurnRequest): ResponseCreateParamsStreaming {
  return {
    model: request.model, stream: true, store: false, include: ['reasoning.encrypted_content'], prompt_cache_key: request.cacheKey,
    instructions: request.system.join('\n\n'),
    tools: request.tools.map((tool) => ({ type: 'function', name: tool.name, description: tool.description, parameters: { ...tool.schema }, strict: false })),
    input: request.messages.flatMap(itemsOf),
  };
}

function itemsOf(message: Message): ResponseInputItem[] {
  switch (message.kind) {
    case 'user': return [{ role: 'user', content: message.texts.map((text) => ({ type: 'input_text', text })) }];
    case 'assistant': return message.native as ResponseInputItem[];
    case 'results': return [
      ...message.results.map((result): ResponseInputItem => ({ type: 'function_call_output', call_id: result.id, output: result.ok ? result.text : `Error: ${result.text}` })),
      ...(message.note === null ? [] : [{ role: 'user', content: message.note } as const]),
    ];
  }
}

async function* readResponses(who: string, stream: AsyncIterable<ResponseStreamEvent>): AsyncGenerator<TurnPart> {
  let refused = false;
  // Items as they were finished one by one: some servers leave them out of the last event.
  const finished: ModelResponse['output'] = [];
  for await (const event of stream) {
    switch (event.type) {
      case 'response.output_text.delta': yield { kind: 'text-delta', text: event.delta }; break;
      case 'response.refusal.delta': refused = true; break;
      case 'response.output_item.done': finished.push(event.item); break;
      case 'response.completed':
      case 'response.incomplete': {
        yield usageOf(event.response);
        const output = event.response.output.length > 0 ? event.response.output : finished;
        yield endedResponse(output, refused ? 'refused' : event.response.incomplete_details?.reason ?? null);
        return;
      }
      case 'response.failed': throw streamError(who, event.response.error?.code, event.response.error?.message);
      case 'error': throw streamError(who, event.code, event.message);
      default: break;
    }
  }
  throw new ProviderError('cut', `${who}'s answer ended before its stop event.`);
}

function usageOf(response: ModelResponse): TurnPart {
  const cached = response.usage?.input_tokens_details?.cached_tokens ?? 0;
  const input = (response.usage?.input_tokens ?? 0) - cached;
  return { kind: 'usage-known', usage: { input: Math.max(0, input), cached, written: 0, output: response.usage?.output_tokens ?? 0 } };
}

function endedResponse(output: ModelResponse['output'], reason: string | null): TurnPart {
  const calls: ToolCall[] = [];
  const texts: string[] = [];
  let refused = reason === 'refused' || reason === 'content_filter';
  for (const item of output) {
    if (item.type === 'function_call') calls.push({ id: item.call_id, name: item.name, arguments: item.arguments });
    if (item.type !== 'message') continue;
    for (const content of item.content) {
      if (content.type === 'output_text') texts.push(content.text);
      else refused = true;
    }
  }
  return { kind: 'turn-ended', stop: stopOf(refused, reason === 'max_output_tokens', calls), text: texts.join('\n').trim(), calls, native: output };
}

function stopOf(refused: boolean, atLimit: boolean, calls: readonly ToolCall[]): StopReason {
  if (refused) return 'refused';
  if (atLimit) return 'length';
  return calls.length > 0 ? 'calls' : 'done';
}

function chatParams(request: TurnRequest): OpenAI.Chat.ChatCompletionCreateParamsStreaming {
  return {
    model: request.model, stream: true, stream_options: { include_usage: true },
    tools: request.tools.map((tool) => ({ type: 'function', function: { name: tool.name, description: tool.description, parameters: { ...tool.schema } } })),
    messages: [{ role: 'system', content: request.system.join('\n\n') }, ...request.messages.flatMap(chatMessagesOf)],
  };
}

function chatMessagesOf(message: Message): ChatCompletionMessageParam[] {
  switch (message.kind) {
    case 'user': return [{ role: 'user', content: message.texts.join('\n\n') }];
    case 'assistant': return [message.native as ChatCompletionMessageParam];
    case 'results': return [
      ...message.results.map((result): ChatCompletionMessageParam => ({ role: 'tool', tool_call_id: result.id, content: result.ok ? result.text : `Error: ${result.text}` })),
      ...(message.note === null ? [] : [{ role: 'user', content: message.note } as const]),
    ];
  }
}

async function* readChat(who: string, stream: AsyncIterable<ChatCompletionChunk>): AsyncGenerator<TurnPart> {
  const calls: { id: string; name: string; arguments: string }[] = [];
  let text = '';
  let finish: string | null = null;
  for await (const chunk of stream) {
    if (chunk.usage) {
      const cached = chunk.usage.prompt_tokens_details?.cached_tokens ?? 0;
      yield { kind: 'usage-known', usage: { input: Math.max(0, chunk.usage.prompt_tokens - cached), cached, written: 0, output: chunk.usage.completion_tokens } };
    }
    const [choice] = chunk.choices;
    if (!choice) continue;
    if (choice.delta.content) {
      text += choice.delta.content;
      yield { kind: 'text-delta', text: choice.delta.content };
    }
    for (const part of choice.delta.tool_calls ?? []) {
      const call = (calls[part.index] ??= { id: '', name: '', arguments: '' });
      call.id += part.id ?? '';
      call.name += part.function?.name ?? '';
      call.arguments += part.function?.arguments ?? '';
    }
    finish = choice.finish_reason ?? finish;
  }
  if (finish === null) throw new ProviderError('cut', `${who}'s answer ended before its stop event.`);
  const whole = calls.map((call, index) => ({ ...call, id: call.id === '' ? `call_${index}` : call.id }));
  const native: ChatCompletionMessageParam = {
    role: 'assistant', content: text,
    ...(whole.length > 0 ? { tool_calls: whole.map((call) => ({ type: 'function' as const, id: call.id, function: { name: call.name, arguments: call.arguments } })) } : {}),
  };
  yield { kind: 'turn-ended', stop: stopOf(finish === 'content_filter', finish === 'length', whole), text: text.trim(), calls: whole, native };
}

function streamError(who: string, code: string | null | undefined, message: string | undefined): ProviderError {
  return readWireError(who, { status: undefined, codes: [code ?? 'server_error'], message: message ?? 'no reason given', headers: undefined, cause: undefined }, [], 0);
}

function read(who: string, error: unknown, apiKey: string, now: number): ProviderError {
  if (error instanceof ProviderError) return error;
  if (error instanceof OpenAI.APIError) {
    const wire = error as InstanceType<typeof OpenAI.APIError>;
    const codes = [wire.type, wire.code].filter((code): code is string => typeof code === 'string');
    return readWireError(who, { status: wire.status, codes, message: wire.message, headers: wire.headers, cause: wire }, [apiKey], now);
  }
  return new ProviderError('cut', `${who}'s answer was cut off.`, { cause: error });
}
