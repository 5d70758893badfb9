// SDKs and frameworks in the gateway's five dialects against a provider in each of four: a streamed task of two tool calls.
// node sdks.mjs GATEWAY NODE_MODULES
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startUpstream } from './upstream.mjs';

const [gatewayCommand, modules] = process.argv.slice(2);
const resolve = createRequire(join(modules, 'here.js')).resolve;
const load = (name) => import(pathToFileURL(resolve(name)));
const secret = 'walrus-4711';
const models = { chat: 'chatonly/some-model', responses: 'openai/gpt-5.1', messages: 'anthropic/claude-opus-4-5', converse: 'bedrock/amazon.nova-pro-v1:0' };
const schema = { type: 'object', properties: { at: { type: 'integer' } }, required: ['at'], additionalProperties: false };
const look = ({ at }) => `${secret}-${at}`;
const prompt = 'look twice';

const seen = [];
const upstream = await startUpstream([{ tool: 'look', input: { at: 1 } }, { tool: 'look', input: { at: 2 } }], seen);
const dir = mkdtempSync(join(tmpdir(), 'sdks-'));
const keys = [{ name: 'any', value: 'any', models: ['*'], weight: 1 }];
const network_config = { base_url: `http://127.0.0.1:${upstream.address().port}` };
writeFileSync(join(dir, 'config.json'), JSON.stringify({ providers: {
  openai: { keys, network_config },
  anthropic: { keys, network_config },
  bedrock: { keys: [{ ...keys[0], value: '', bedrock_key_config: { access_key: 'any', secret_key: 'any', region: 'us-east-1' } }], network_config },
  chatonly: { keys, network_config, custom_provider_config: { base_provider_type: 'openai', allowed_requests: { chat_completion: true, chat_completion_stream: true } } },
} }));
const gateway = spawn(gatewayCommand, ['--app-dir', dir, '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] });
let said = '';
for (const stream of [gateway.stdout, gateway.stderr]) stream.on('data', (data) => { said += data; });
let address;
for (let i = 0; i < 300 && !address; i++) {
  address = /listening\s+(http:\S+)/.exec(said)?.[1];
  await new Promise((later) => setTimeout(later, 100));
}
if (!address) throw new Error(`the gateway does not start: ${said}`);

globalThis.AI_SDK_LOG_WARNINGS = false;
const apiKey = 'any';
const ai = await load('ai');
const aiSdk = (model) => async () => {
  const tools = { look: ai.tool({ description: 'looks', inputSchema: ai.jsonSchema(schema), execute: look }) };
  const result = ai.streamText({ model, tools, prompt, maxRetries: 0, stopWhen: ai.stepCountIs(5), onError() {} });
  let text = '';
  for await (const part of result.fullStream) {
    if (part.type === 'error') throw part.error;
    text += part.type === 'text-delta' ? part.text : '';
  }
  return text;
};
const { createOpenAI } = await load('@ai-sdk/openai');
const { createAnthropic } = await load('@ai-sdk/anthropic');
const { createGoogleGenerativeAI } = await load('@ai-sdk/google');
const { createAmazonBedrock } = await load('@ai-sdk/amazon-bedrock');

const { HumanMessage, ToolMessage } = await load('@langchain/core/messages');
const langChain = (client) => async () => {
  const model = client.bindTools([{ type: 'function', function: { name: 'look', description: 'looks', parameters: schema } }]);
  const history = [new HumanMessage(prompt)];
  for (;;) {
    let answer;
    for await (const chunk of await model.stream(history)) answer = answer ? answer.concat(chunk) : chunk;
    if (answer.tool_calls.length === 0) return typeof answer.content === 'string' ? answer.content : answer.content.map((part) => part.text ?? '').join('');
    history.push(answer, ...answer.tool_calls.map((call) => new ToolMessage({ content: look(call.args), tool_call_id: call.id, name: call.name })));
  }
};
const { ChatOpenAI } = await load('@langchain/openai');
const { ChatAnthropic } = await load('@langchain/anthropic');
const { ChatGoogleGenerativeAI } = await load('@langchain/google-genai');

const { GoogleGenAI } = await load('@google/genai');
const google = (model) => async () => {
  const tools = [{ functionDeclarations: [{ name: 'look', description: 'looks', parametersJsonSchema: schema }] }];
  const chat = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: `${address}/genai` } }).chats.create({ model, config: { tools } });
  for (let message = prompt; ;) {
    const calls = [];
    let text = '';
    for await (const chunk of await chat.sendMessageStream({ message })) {
      calls.push(...(chunk.functionCalls ?? []));
      text += (chunk.candidates?.[0]?.content?.parts ?? []).map((part) => part.text ?? '').join('');
    }
    if (calls.length === 0) return text;
    message = calls.map(({ id, name, args }) => ({ functionResponse: { id, name, response: { output: look(args) } } }));
  }
};

const agents = await load('@openai/agents');
const OpenAI = (await load('openai')).default;
agents.setTracingDisabled(true);
const agent = (Model, model) => async () => {
  const tools = [agents.tool({ name: 'look', description: 'looks', parameters: schema, strict: true, execute: look })];
  const one = new agents.Agent({ name: 'one', tools, model: new Model(new OpenAI({ apiKey, baseURL: `${address}/v1`, maxRetries: 0 }), model) });
  const result = await agents.run(one, prompt, { stream: true });
  await result.completed;
  return result.finalOutput;
};

const clients = {
  'AI SDK, openai.chat': (model) => aiSdk(createOpenAI({ apiKey, baseURL: `${address}/v1` }).chat(model)),
  'AI SDK, openai.responses': (model) => aiSdk(createOpenAI({ apiKey, baseURL: `${address}/v1` }).responses(model)),
  'AI SDK, anthropic': (model) => aiSdk(createAnthropic({ apiKey, baseURL: `${address}/anthropic/v1` })(model)),
  'AI SDK, google': (model) => aiSdk(createGoogleGenerativeAI({ apiKey, baseURL: `${address}/genai/v1beta` })(model)),
  'AI SDK, amazon-bedrock': (model) => aiSdk(createAmazonBedrock({ apiKey, region: 'us-east-1', baseURL: `${address}/bedrock` })(model)),
  'LangChain, ChatOpenAI': (model) => langChain(new ChatOpenAI({ model, apiKey, maxRetries: 0, configuration: { baseURL: `${address}/v1` } })),
  'LangChain, ChatOpenAI on Responses': (model) => langChain(new ChatOpenAI({ model, apiKey, maxRetries: 0, useResponsesApi: true, configuration: { baseURL: `${address}/v1` } })),
  'LangChain, ChatAnthropic': (model) => langChain(new ChatAnthropic({ model, apiKey, maxRetries: 0, anthropicApiUrl: `${address}/anthropic` })),
  'LangChain, ChatGoogleGenerativeAI': (model) => langChain(new ChatGoogleGenerativeAI({ model, apiKey, maxRetries: 0, baseUrl: `${address}/genai` })),
  'Google GenAI': google,
  'OpenAI Agents, Responses': (model) => agent(agents.OpenAIResponsesModel, model),
  'OpenAI Agents, chat': (model) => agent(agents.OpenAIChatCompletionsModel, model),
};

let failed = 0;
for (const [name, make] of Object.entries(clients)) {
  for (const [dialect, model] of Object.entries(models)) {
    seen.length = 0;
    let problem;
    try {
      const text = await make(model)();
      problem = text.includes(`FINISHED`) && text.includes(`${secret}-2`) ? undefined : `said ${text}`;
    } catch (error) {
      problem = error.stack;
    }

    // Chat callers of a provider that has both are served by its chat API.
    const asked = dialect === 'responses' && seen[0]?.[0] === 'chat' ? 'chat' : dialect;
    problem ??= seen.length === 3 && seen.every(([one]) => one === asked) ? undefined : `the provider saw ${JSON.stringify(seen.map(([one, kind]) => [one, kind]))}`;
    failed += problem ? 1 : 0;
    console.log(problem ? `FAILED  ${name} on ${dialect}\n${problem}` : `ok      ${name} on ${dialect}`);
  }
}
gateway.kill();
upstream.close();
upstream.closeAllConnections();
rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
process.exit(failed > 0 ? 1 : 0);
