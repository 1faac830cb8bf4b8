/** A reply as the event stream of Anthropic's Messages API (POST /v1/messages, `stream: true`). Pure; one string per event. */
import { jsonPieces, serverSentEvent, textPieces } from './reply.ts';
import type { Reply } from './reply.ts';

export function anthropicEvents(reply: Reply, model: string): readonly string[] {
  const events: string[] = [];
  const send = (type: string, data: Readonly<Record<string, unknown>>): void => {
    events.push(serverSentEvent(type, { type, ...data }));
  };
  const usage = { input_tokens: reply.usage.input, cache_read_input_tokens: reply.usage.cached, cache_creation_input_tokens: 0, output_tokens: 1 };
  send('message_start', { message: { id: 'msg_demo', type: 'message', role: 'assistant', model, content: [], stop_reason: null, stop_sequence: null, usage } });
  let index = 0;
  if (reply.text !== '') {
    send('content_block_start', { index, content_block: { type: 'text', text: '' } });
    for (const text of textPieces(reply.text)) send('content_block_delta', { index, delta: { type: 'text_delta', text } });
    send('content_block_stop', { index });
    index += 1;
  }
  for (const call of reply.calls) {
    send('content_block_start', { index, content_block: { type: 'tool_use', id: call.id, name: call.name, input: {} } });
    for (const partial_json of jsonPieces(call.arguments)) send('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json } });
    send('content_block_stop', { index });
    index += 1;
  }
  send('message_delta', { delta: { stop_reason: stopOf(reply), stop_sequence: null }, usage: { output_tokens: reply.usage.output } });
  send('message_stop', {});
  return events;
}

function stopOf(reply: Reply): string {
  if (reply.stop === 'refused') return 'refusal';
  if (reply.stop === 'length') return 'max_tokens';
  return reply.calls.length > 0 ? 'tool_use' : 'end_turn';
}
