// The official OpenAI SDK against the state of /v1/responses, over an Anthropic provider that keeps none:
// node stateful.mjs GATEWAY NODE_MODULES. The provider answers "heard N: TEXT", N being the number of messages it was sent.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [gatewayCommand, modules] = process.argv.slice(2);
const { default: OpenAI } = await import(pathToFileURL(join(modules, 'openai', 'index.mjs')));
const model = 'anthropic/claude-opus-4-5';

const textOf = (content) => (typeof content === 'string' ? content : content.map((part) => part.text ?? '').join(''));
let hangUps = 0;

const upstream = createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const { messages, stream } = JSON.parse(Buffer.concat(parts));
    const asked = textOf(messages.at(-1).content);
    const text = `heard ${messages.length}: ${asked}`;
    const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'scripted', content: [], stop_reason: null, stop_sequence: null, usage: { input_tokens: 7, output_tokens: 1 } };
    if (!stream) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ ...message, content: [{ type: 'text', text }], stop_reason: 'end_turn' }));
      return;
    }

    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (data) => response.write(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`);
    send({ type: 'message_start', message });
    send({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } });
    if (asked === 'never end') {
      response.on('close', () => hangUps++);
      return;
    }

    for (const piece of text.match(/.{1,4}/g)) send({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: piece } });
    send({ type: 'content_block_stop', index: 0 });
    send({ type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 5 } });
    send({ type: 'message_stop' });
    response.end();
  });
});
await new Promise((listening) => upstream.listen(0, '127.0.0.1', listening));

const dir = mkdtempSync(join(tmpdir(), 'stateful-'));
writeFileSync(join(dir, 'config.json'), JSON.stringify({
  providers: { anthropic: { keys: [{ name: 'any', value: 'any', models: ['*'], weight: 1 }], network_config: { base_url: `http://127.0.0.1:${upstream.address().port}` } } },
}));
const gateway = spawn(gatewayCommand, ['--app-dir', dir, '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] });
let said = '';
gateway.stdout.on('data', (data) => { said += data; });
gateway.stderr.on('data', (data) => { said += data; });
const until = async (what, holds) => {
  for (let i = 0; i < 300; i++) {
    const found = await holds();
    if (found) return found;
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error(`${what} does not come: ${said.slice(-2000)}`);
};
const address = await until('the gateway', () => /listening\s+(http:\S+)/.exec(said)?.[1]);
const client = new OpenAI({ apiKey: 'any', baseURL: `${address}/v1`, maxRetries: 0 });
const ended = (id) => until('the end', async () => {
  const response = await client.responses.retrieve(id);
  return !['queued', 'in_progress'].includes(response.status) && response;
});
const status = async (call) => { try { await call; return 200; } catch (error) { return error.status; } };

const cases = {
  'create, retrieve, input items, delete': async () => {
    const created = await client.responses.create({ model, input: 'hello' });
    assert.equal(created.output_text, 'heard 1: hello');
    const retrieved = await client.responses.retrieve(created.id);
    assert.deepEqual([retrieved.id, retrieved.status, retrieved.output], [created.id, 'completed', created.output]);
    const items = [];
    for await (const item of client.responses.inputItems.list(created.id)) items.push(item);
    assert.equal(items[0].content[0].text, 'hello');
    await client.responses.delete(created.id);
    assert.equal(await status(client.responses.retrieve(created.id)), 404);
  },
  'previous_response_id': async () => {
    const first = await client.responses.create({ model, input: 'one' });
    const second = await client.responses.create({ model, input: 'two', previous_response_id: first.id });
    const third = await client.responses.create({ model, input: 'three', previous_response_id: second.id });
    assert.equal(third.output_text, 'heard 5: three');
    assert.equal(third.previous_response_id, second.id);
    const items = [];
    for await (const item of client.responses.inputItems.list(third.id, { order: 'asc', limit: 2 })) items.push(item.content[0].text);
    assert.deepEqual(items, ['one', 'heard 1: one', 'two', 'heard 3: two', 'three']);
  },
  'a stream is stored': async () => {
    const stream = await client.responses.create({ model, input: 'hello', stream: true });
    let last;
    for await (const event of stream) last = event;
    assert.equal(last.type, 'response.completed');
    assert.equal((await client.responses.retrieve(last.response.id)).output_text, 'heard 1: hello');
  },
  'store: false': async () => {
    const created = await client.responses.create({ model, input: 'hello', store: false });
    assert.equal(await status(client.responses.retrieve(created.id)), 404);
  },
  'conversations': async () => {
    const conversation = await client.conversations.create({ metadata: { topic: 'demo' }, items: [{ type: 'message', role: 'user', content: 'I am Ada' }] });
    const answer = await client.responses.create({ model, input: 'who am I', conversation: conversation.id });
    assert.equal(answer.conversation.id, conversation.id);
    assert.equal((await client.responses.create({ model, input: 'sure?', conversation: conversation.id })).output_text, 'heard 3: sure?');
    const items = [];
    for await (const item of client.conversations.items.list(conversation.id, { order: 'asc', limit: 2 })) items.push(item);
    assert.equal(items.length, 5);
    await client.conversations.items.create(conversation.id, { items: [{ type: 'message', role: 'user', content: 'more' }] });
    assert.equal((await client.conversations.items.retrieve(items[0].id, { conversation_id: conversation.id })).content[0].text, 'I am Ada');
    await client.conversations.items.delete(items[0].id, { conversation_id: conversation.id });
    assert.equal((await client.conversations.update(conversation.id, { metadata: { topic: 'other' } })).metadata.topic, 'other');
    assert.equal((await client.conversations.retrieve(conversation.id)).metadata.topic, 'other');
    assert.equal((await client.conversations.delete(conversation.id)).deleted, true);
    assert.equal(await status(client.conversations.retrieve(conversation.id)), 404);
  },
  'background': async () => {
    const queued = await client.responses.create({ model, input: 'hello', background: true });
    assert.equal(queued.status, 'queued');
    assert.equal((await ended(queued.id)).output_text, 'heard 1: hello');
  },
  'a background stream is resumed': async () => {
    const stream = await client.responses.create({ model, input: 'hello', background: true, stream: true });
    let id, cursor;
    for await (const event of stream) {
      id ??= event.response?.id;
      cursor = event.sequence_number;
      if (cursor === 3) break;
    }
    const events = [];
    for await (const event of await client.responses.retrieve(id, { stream: true, starting_after: cursor })) events.push(event);
    assert.equal(events[0].sequence_number, 4);
    assert.equal(events.at(-1).type, 'response.completed');
    assert.equal(events.at(-1).response.id, id);
  },
  'cancel': async () => {
    const queued = await client.responses.create({ model, input: 'never end', background: true });
    await until('the work', async () => (await client.responses.retrieve(queued.id)).status === 'in_progress');
    assert.equal((await client.responses.cancel(queued.id)).status, 'cancelled');
    await until('the hang-up', () => hangUps === 1);
    assert.equal((await client.responses.cancel(queued.id)).status, 'cancelled');
    assert.equal(await status(client.responses.cancel((await client.responses.create({ model, input: 'x' })).id)), 400);
  },
};

let failed = 0;
for (const [name, run] of Object.entries(cases)) {
  try {
    await run();
    console.log(`pass  OpenAI SDK: ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL  OpenAI SDK: ${name}: ${error.stack}`);
  }
}
gateway.kill('SIGTERM');
await new Promise((gone) => gateway.on('close', gone));
upstream.close();
upstream.closeAllConnections();
rmSync(dir, { recursive: true, force: true });
process.exit(failed > 0 ? 1 : 0);
