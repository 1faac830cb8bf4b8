/** A reply as the event stream of OpenAI's Responses API (POST /v1/responses, `stream: true`). Pure; one string per event. */
import { jsonPieces, serverSentEvent, textPieces } from './reply.ts';
import type { Reply } from './reply.ts';

type Item = Readonly<Record<string, unknown>>;

export function openaiEvents(reply: Reply, model: string): readonly string[] {
  const events: string[] = [];
  const send = (type: string, data: Item): void => {
    events.push(serverSentEvent(type, { type, sequence_number: events.length, ...data }));
  };
  const output: Item[] = [];
  send('response.created', { response: responseOf(model, 'in_progress', [], reply) });
  if (reply.text !== '') {
    const refusal = reply.stop === 'refused';
    const content = refusal ? { type: 'refusal', refusal: reply.text } : { type: 'output_text', text: reply.text, annotations: [] };
    const item = { type: 'message', id: 'msg_demo', role: 'assistant', status: 'completed', content: [content] };
    const at = { output_index: output.length, item_id: item.id, content_index: 0 };
    send('response.output_item.added', { output_index: at.output_index, item: { ...item, status: 'in_progress', content: [] } });
    send('response.content_part.added', { ...at, part: refusal ? { type: 'refusal', refusal: '' } : { type: 'output_text', text: '', annotations: [] } });
    for (const delta of textPieces(reply.text)) send(refusal ? 'response.refusal.delta' : 'response.output_text.delta', { ...at, delta });
    send('response.content_part.done', { ...at, part: content });
    send('response.output_item.done', { output_index: at.output_index, item });
    output.push(item);
  }
  for (const call of reply.calls) {
    const item = { type: 'function_call', id: `fc_${call.id}`, call_id: call.id, name: call.name, arguments: call.arguments, status: 'completed' };
    const at = { output_index: output.length, item_id: item.id };
    send('response.output_item.added', { output_index: at.output_index, item: { ...item, arguments: '', status: 'in_progress' } });
    for (const delta of jsonPieces(call.arguments)) send('response.function_call_arguments.delta', { ...at, delta });
    send('response.function_call_arguments.done', { ...at, name: call.name, arguments: call.arguments });
    send('response.output_item.done', { output_index: at.output_index, item });
    output.push(item);
  }
  if (reply.stop === 'length') send('response.incomplete', { response: { ...responseOf(model, 'incomplete', output, reply), incomplete_details: { reason: 'max_output_tokens' } } });
  else send('response.completed', { response: responseOf(model, 'completed', output, reply) });
  return events;
}

function responseOf(model: string, status: string, output: readonly Item[], { usage }: Reply): Item {
  return {
    id: 'resp_demo', object: 'response', created_at: 0, model, status, output, error: null, incomplete_details: null,
    usage: status === 'in_progress' ? null : {
      input_tokens: usage.input + usage.cached, input_tokens_details: { cached_tokens: usage.cached, cache_write_tokens: 0 },
      output_tokens: usage.output, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: usage.input + usage.cached + usage.output,
    },
  };
}
