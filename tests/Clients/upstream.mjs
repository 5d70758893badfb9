// A provider that follows a plan, in whatever API it is called: chat, Responses, Messages, Converse.
// A plan is a list of {tool, input}: the answer to a request with N tool results is call N of the plan, and after the last
// one a text that holds the last result. A request that does not offer the tool is answered with plain text.
import { createServer } from 'node:http';
import { crc32 } from 'node:zlib';

const text = (value) => (typeof value === 'string' ? value : JSON.stringify(value ?? ''));

// What each API says: the tools it offers (name -> is it freeform?), and the results so far as [id, text].
const readers = {
  chat: (body) => ({
    tools: new Map((body.tools ?? []).map((t) => [(t.function ?? t.custom ?? t).name, t.type === 'custom'])),
    calls: body.messages.flatMap((m) => (m.tool_calls ?? []).map((c) => c.id)),
    results: body.messages.filter((m) => m.role === 'tool').map((m) => [m.tool_call_id, text(m.content)]),
  }),
  responses: (body) => ({
    tools: new Map((body.tools ?? []).flatMap((t) => (t.type === 'namespace' ? t.tools : [t])).map((t) => [t.name ?? t.type, t.type === 'custom'])),
    calls: list(body.input).filter((i) => /_call$/.test(i.type)).map((i) => i.call_id),
    results: list(body.input).filter((i) => /_call_output$/.test(i.type)).map((i) => [i.call_id, text(i.output)]),
  }),
  messages: (body) => ({
    tools: new Map((body.tools ?? []).map((t) => [t.name, false])),
    calls: blocks(body).filter((b) => b.type === 'tool_use').map((b) => b.id),
    results: blocks(body).filter((b) => b.type === 'tool_result').map((b) => [b.tool_use_id, text(b.content)]),
  }),
  converse: (body) => ({
    tools: new Map((body.toolConfig?.tools ?? []).filter((t) => t.toolSpec).map((t) => [t.toolSpec.name, false])),
    calls: blocks(body).filter((b) => b.toolUse).map((b) => b.toolUse.toolUseId),
    results: blocks(body).filter((b) => b.toolResult).map((b) => [b.toolResult.toolUseId, text(b.toolResult.content)]),
  }),
};

const list = (input) => (typeof input === 'string' ? [{ type: 'message', content: input }] : input);
const blocks = (body) => body.messages.flatMap((m) => (typeof m.content === 'string' ? [{ type: 'text', text: m.content }] : m.content));

// How each API streams one answer: {call: {id, name, input, isFreeform}} or {text}.
const writers = {
  chat: (answer, send) => {
    const chunk = (delta, finish_reason = null) => send(null, { id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'scripted', choices: [{ index: 0, delta, finish_reason }] });
    chunk({ role: 'assistant', content: '' });
    if (answer.call) {
      const { id, name, input } = answer.call;
      chunk({ tool_calls: [{ index: 0, id, type: 'function', function: { name, arguments: '' } }] });
      for (const piece of pieces(argumentsOf(answer.call))) chunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] });
      chunk({}, 'tool_calls');
    } else {
      for (const piece of pieces(answer.text)) chunk({ content: piece });
      chunk({}, 'stop');
    }
    send(null, { id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'scripted', choices: [], usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 } });
    send(null, '[DONE]');
  },
  responses: (answer, send) => {
    let sequence_number = 0;
    const event = (type, rest) => send(type, { type, sequence_number: sequence_number++, ...rest });
    const response = { id: 'resp_1', object: 'response', created_at: 1, model: 'scripted', status: 'in_progress', output: [] };
    event('response.created', { response });
    const at = { output_index: 0, item_id: 'item_1' };
    let item;
    if (answer.call) {
      const { id: call_id, name, isFreeform } = answer.call;
      const field = isFreeform ? 'input' : 'arguments';
      const kind = isFreeform ? 'custom_tool_call' : 'function_call';
      const whole = argumentsOf(answer.call);
      event('response.output_item.added', { output_index: 0, item: { id: 'item_1', type: kind, status: 'in_progress', call_id, name, [field]: '' } });
      for (const delta of pieces(whole)) event(`response.${kind}_${field}.delta`, { ...at, delta });
      event(`response.${kind}_${field}.done`, { ...at, [field]: whole });
      item = { id: 'item_1', type: kind, status: 'completed', call_id, name, [field]: whole };
    } else {
      const part = { type: 'output_text', text: '', annotations: [] };
      event('response.output_item.added', { output_index: 0, item: { id: 'item_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] } });
      event('response.content_part.added', { ...at, content_index: 0, part });
      for (const delta of pieces(answer.text)) event('response.output_text.delta', { ...at, content_index: 0, delta });
      event('response.output_text.done', { ...at, content_index: 0, text: answer.text });
      event('response.content_part.done', { ...at, content_index: 0, part: { ...part, text: answer.text } });
      item = { id: 'item_1', type: 'message', role: 'assistant', status: 'completed', content: [{ ...part, text: answer.text }] };
    }
    event('response.output_item.done', { output_index: 0, item });
    event('response.completed', { response: { ...response, status: 'completed', output: [item], usage: { input_tokens: 7, input_tokens_details: { cached_tokens: 0 }, output_tokens: 5, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: 12 } } });
  },
  messages: (answer, send) => {
    const event = (type, rest) => send(type, { type, ...rest });
    event('message_start', { message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'scripted', content: [], stop_reason: null, stop_sequence: null, usage: { input_tokens: 7, output_tokens: 1 } } });
    if (answer.call) {
      const { id, name } = answer.call;
      event('content_block_start', { index: 0, content_block: { type: 'tool_use', id, name, input: {} } });
      for (const partial_json of pieces(argumentsOf(answer.call))) event('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json } });
    } else {
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } });
      for (const piece of pieces(answer.text)) event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: piece } });
    }
    event('content_block_stop', { index: 0 });
    event('message_delta', { delta: { stop_reason: answer.call ? 'tool_use' : 'end_turn', stop_sequence: null }, usage: { output_tokens: 5 } });
    event('message_stop', {});
  },
  converse: (answer, send) => {
    send('messageStart', { role: 'assistant' });
    if (answer.call) {
      const { id: toolUseId, name } = answer.call;
      send('contentBlockStart', { contentBlockIndex: 0, start: { toolUse: { toolUseId, name } } });
      for (const input of pieces(argumentsOf(answer.call))) send('contentBlockDelta', { contentBlockIndex: 0, delta: { toolUse: { input } } });
    } else {
      for (const piece of pieces(answer.text)) send('contentBlockDelta', { contentBlockIndex: 0, delta: { text: piece } });
    }
    send('contentBlockStop', { contentBlockIndex: 0 });
    send('messageStop', { stopReason: answer.call ? 'tool_use' : 'end_turn' });
    send('metadata', { usage: { inputTokens: 7, outputTokens: 5, totalTokens: 12 }, metrics: { latencyMs: 1 } });
  },
};

// A freeform tool's text goes as it is; where the API has no such tools the gateway made it a function with one text.
const argumentsOf = ({ input, isFreeform }) => (isFreeform ? input : JSON.stringify(typeof input === 'string' ? { input } : input));
const pieces = (whole) => whole.match(/[\s\S]{1,7}/g) ?? [];

// One message of an AWS event stream: https://docs.aws.amazon.com/transcribe/latest/dg/streaming-setting-up.html#streaming-event-stream
function eventStreamMessage(type, payload) {
  const header = (name, value) => Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7, value.length >> 8, value.length & 255]), Buffer.from(value)]);
  const headers = Buffer.concat([header(':event-type', type), header(':content-type', 'application/json'), header(':message-type', 'event')]);
  const body = Buffer.from(JSON.stringify(payload));
  const message = Buffer.alloc(16 + headers.length + body.length);
  message.writeUInt32BE(message.length, 0);
  message.writeUInt32BE(headers.length, 4);
  message.writeUInt32BE(crc32(message.subarray(0, 8)), 8);
  headers.copy(message, 12);
  body.copy(message, 12 + headers.length);
  message.writeUInt32BE(crc32(message.subarray(0, message.length - 4)), message.length - 4);
  return message;
}

function dialectOf(path) {
  if (path.endsWith('/chat/completions')) return 'chat';
  if (path.endsWith('/responses')) return 'responses';
  if (path.endsWith('/messages')) return 'messages';
  return path.endsWith('/converse-stream') ? 'converse' : null;
}

function answerTo(request, plan) {
  const stray = request.results.find(([id]) => !request.calls.includes(id));
  if (stray) return { refusal: `the result ${stray[0]} answers no call of this request` };
  const step = plan[request.results.length];
  const offered = step && request.tools.get(step.tool);
  if (step && offered !== undefined) return { call: { id: `call_${request.results.length + 1}_abcdef`, name: step.tool, input: step.input, isFreeform: offered } };
  return { text: request.results.length > 0 ? `FINISHED ${request.results.at(-1)[1]}` : 'a title' };
}

/** Starts the provider; seen gets [dialect, kind of answer] of every request. */
export function startUpstream(plan, seen) {
  const server = createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const dialect = dialectOf(request.url.split('?')[0]);
      if (!dialect) {
        seen.push([request.url, 'unknown path']);
        response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"message":"no such path"}}');
        return;
      }

      const body = JSON.parse(Buffer.concat(parts));
      const read = readers[dialect](body);
      const answer = answerTo(read, plan);
      seen.push([dialect, answer.refusal ?? (answer.call ? `call ${answer.call.name}${answer.call.isFreeform ? ' (freeform)' : ''}` : 'text'), body, [...read.tools.keys()].join(' ')]);
      if (answer.refusal) {
        response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: { message: answer.refusal } }));
      } else if (dialect === 'converse') {
        response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
        writers.converse(answer, (type, data) => response.write(eventStreamMessage(type, data)));
        response.end();
      } else if (body.stream) {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        writers[dialect](answer, (type, data) => response.write(`${type ? `event: ${type}\n` : ''}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`));
        response.end();
      } else {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(whole(dialect, answer)));
      }
    });
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

// Only what clients ask for without streaming: titles and routing, always text.
function whole(dialect, { text: said = 'a title' }) {
  switch (dialect) {
    case 'chat':
      return { id: 'c1', object: 'chat.completion', created: 1, model: 'scripted', choices: [{ index: 0, message: { role: 'assistant', content: said }, finish_reason: 'stop' }], usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 } };
    case 'responses':
      return { id: 'resp_1', object: 'response', created_at: 1, model: 'scripted', status: 'completed', output: [{ id: 'item_1', type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: said, annotations: [] }] }], usage: { input_tokens: 7, output_tokens: 5, total_tokens: 12 } };
    default:
      return { id: 'msg_1', type: 'message', role: 'assistant', model: 'scripted', content: [{ type: 'text', text: said }], stop_reason: 'end_turn', stop_sequence: null, usage: { input_tokens: 7, output_tokens: 5 } };
  }
}
