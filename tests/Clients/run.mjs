// Real command-line clients against the gateway, each on a task of two tool calls: write a file, read it back, report.
// node run.mjs GATEWAY BINDIR [NAME-PART]: GATEWAY is the gateway's command, BINDIR the node_modules/.bin with the clients.
import { spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startUpstream } from './upstream.mjs';

const [gatewayCommand, bin, only = ''] = process.argv.slice(2);
const secret = 'walrus-4711';
const keep = process.env.KEEP === '1';

// Each client's way of writing and reading a file.
const claudePlan = (dir) => [
  { tool: 'Write', input: { file_path: join(dir, 'note.txt'), content: secret } },
  { tool: 'Read', input: { file_path: join(dir, 'note.txt') } },
];
const patchPlan = (dir) => [
  { tool: 'apply_patch', input: `*** Begin Patch\n*** Add File: ${join(dir, 'note.txt')}\n+${secret}\n*** End Patch\n` },
  { tool: 'exec_command', input: { cmd: `cat ${join(dir, 'note.txt')}` } },
];
const openCodePlan = (dir) => [
  { tool: 'write', input: { filePath: join(dir, 'note.txt'), content: secret } },
  { tool: 'read', input: { filePath: join(dir, 'note.txt') } },
];
const geminiPlan = (dir) => [
  { tool: 'write_file', input: { file_path: join(dir, 'note.txt'), content: secret } },
  { tool: 'read_file', input: { file_path: join(dir, 'note.txt') } },
];

const claude = (env) => (model) => ({
  command: 'claude',
  args: ['-p', '--model', model, '--dangerously-skip-permissions', '{prompt}'],
  // IS_SANDBOX lets it run as root, which it otherwise refuses with this flag.
  env: { ANTHROPIC_API_KEY: 'any', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1', IS_SANDBOX: '1', ...env },
});
const claudeDirect = claude({ ANTHROPIC_BASE_URL: '{gateway}/anthropic' });
const claudeBedrock = claude({ CLAUDE_CODE_USE_BEDROCK: '1', CLAUDE_CODE_SKIP_BEDROCK_AUTH: '1', ANTHROPIC_BEDROCK_BASE_URL: '{gateway}/bedrock', AWS_REGION: 'us-east-1' });
const claudeVertex = claude({ CLAUDE_CODE_USE_VERTEX: '1', CLAUDE_CODE_SKIP_VERTEX_AUTH: '1', ANTHROPIC_VERTEX_BASE_URL: '{gateway}/vertex/v1', ANTHROPIC_VERTEX_PROJECT_ID: 'any', CLOUD_ML_REGION: 'us-east5' });

const codex = (model) => ({
  command: 'codex',
  args: ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', '-m', model, '{prompt}'],
  files: {
    '.codex/config.toml': 'model_provider = "bifrost"\n[model_providers.bifrost]\nname = "bifrost"\nbase_url = "{gateway}/v1"\nwire_api = "responses"\n',
  },
});

// The built-in provider with another address: tries a WebSocket first.
const codexBuiltIn = (model) => ({
  command: 'codex',
  args: ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', '-c', 'openai_base_url={gateway}/v1', '-m', model, '{prompt}'],
  env: { OPENAI_API_KEY: 'any', CODEX_API_KEY: 'any' },
});

const openCode = (npm, baseURL) => (model) => ({
  command: 'opencode',
  args: ['run', '-m', `bifrost/${model}`, '{prompt}'],
  files: {
    '.config/opencode/opencode.json': JSON.stringify({
      provider: { bifrost: { npm, name: 'bifrost', options: { baseURL, apiKey: 'any' }, models: { [model]: { name: model } } } },
      permission: 'allow',
    }),
  },
});

const gemini = (model) => ({
  command: 'gemini',
  args: ['-m', model, '--approval-mode', 'yolo', '-p', '{prompt}'],
  env: { GEMINI_API_KEY: 'any', GOOGLE_GEMINI_BASE_URL: '{gateway}/genai', GEMINI_CLI_TRUST_WORKSPACE: 'true' },
  files: { '.gemini/settings.json': JSON.stringify({ security: { auth: { selectedType: 'gemini-api-key' } }, privacy: { usageStatisticsEnabled: false } }) },
});

const cases = [
  ['Claude Code on OpenAI Responses', claudeDirect('openai/gpt-5.1'), claudePlan, 'responses'],
  ['Claude Code on a chat-only provider', claudeDirect('chatonly/some-model'), claudePlan, 'chat'],
  ['Claude Code on Bedrock Converse', claudeDirect('bedrock/amazon.nova-pro-v1:0'), claudePlan, 'converse'],
  ['Claude Code on Anthropic', claudeDirect('anthropic/claude-opus-4-5'), claudePlan, 'messages'],
  ['Claude Code in Bedrock mode on OpenAI Responses', claudeBedrock('openai/gpt-5.1'), claudePlan, 'responses'],
  ['Claude Code in Vertex mode on OpenAI Responses', claudeVertex('openai/gpt-5.1'), claudePlan, 'responses'],
  ['Codex on OpenAI Responses', codex('gpt-5.5'), patchPlan, 'responses'],
  ['Codex with its own provider on OpenAI Responses', codexBuiltIn('gpt-5.5'), patchPlan, 'responses'],
  ['Codex on Anthropic', codex('anthropic/gpt-5.5'), patchPlan, 'messages'],
  ['Codex on a chat-only provider', codex('chatonly/gpt-5.5'), patchPlan, 'chat'],
  ['Codex on Bedrock Converse', codex('bedrock/gpt-5.5'), patchPlan, 'converse'],
  ['OpenCode (chat) on Anthropic', openCode('@ai-sdk/openai-compatible', '{gateway}/v1')('anthropic/claude-opus-4-5'), openCodePlan, 'messages'],
  ['OpenCode (Messages) on Anthropic', openCode('@ai-sdk/anthropic', '{gateway}/anthropic/v1')('anthropic/claude-opus-4-5'), openCodePlan, 'messages'],
  ['OpenCode (Messages) on OpenAI Responses', openCode('@ai-sdk/anthropic', '{gateway}/anthropic/v1')('openai/o4'), openCodePlan, 'responses'],
  ['Gemini CLI on Anthropic', gemini('anthropic/claude-opus-4-5'), geminiPlan, 'messages'],
  ['Gemini CLI on OpenAI Responses', gemini('openai/gpt-5.1'), geminiPlan, 'responses'],
];

// The demo provider calls the tool its caller names.
const demoTask = (tool, inputOf) => (dir) => `${tool} ${JSON.stringify(inputOf(join(dir, 'note.txt')))}`;
const claudeDemo = demoTask('Write', (file_path) => ({ file_path, content: secret }));
const codexDemo = demoTask('exec_command', (path) => ({ cmd: `echo ${secret} > ${path}` }));
const demoCases = [
  ['Claude Code on the demo provider', claudeDirect('demo/tools'), claudeDemo],
  ['Claude Code in Bedrock mode on the demo provider', claudeBedrock('demo/tools'), claudeDemo],
  ['Claude Code in Vertex mode on the demo provider', claudeVertex('demo/tools'), claudeDemo],
  ['Codex on the demo provider', codex('demo/tools'), codexDemo],
];

function config(upstream) {
  const keys = [{ name: 'any', value: 'any', models: ['*'], weight: 1 }];
  const network_config = { base_url: upstream };
  return {
    providers: {
      openai: { keys, network_config },
      anthropic: { keys, network_config },
      bedrock: { keys: [{ ...keys[0], value: '', bedrock_key_config: { access_key: 'any', secret_key: 'any', region: 'us-east-1' } }], network_config },
      chatonly: { keys, network_config, custom_provider_config: { base_provider_type: 'openai', allowed_requests: { chat_completion: true, chat_completion_stream: true } } },
    },
  };
}

function start(command, args, options) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let output = '';
  child.stdout.on('data', (data) => { output += data; });
  child.stderr.on('data', (data) => { output += data; });
  return { child, output: () => output, ended: new Promise((done) => child.on('close', done)) };
}

async function startGateway(dir) {
  const running = start(gatewayCommand, ['--app-dir', dir, '--port', '0', '--log-level', 'info'], {});
  for (let i = 0; i < 300; i++) {
    const address = /listening\s+(http:\S+)/.exec(running.output())?.[1];
    if (address) return { ...running, address };
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error(`the gateway does not start: ${running.output()}`);
}

async function run([name, client, taskOf, expected]) {
  const dir = mkdtempSync(join(tmpdir(), 'clients-'));
  const work = join(dir, 'work');
  mkdirSync(work);
  const seen = [];
  const isDemo = expected === undefined;
  const upstream = await startUpstream(isDemo ? [] : taskOf(work), seen);
  writeFileSync(join(dir, 'config.json'), JSON.stringify(config(`http://127.0.0.1:${upstream.address().port}`)));
  const gateway = await startGateway(dir);
  const prompt = isDemo ? taskOf(work) : 'write and read a note';
  const fill = (value) => value.replaceAll('{gateway}', gateway.address).replaceAll('{prompt}', prompt);
  for (const [path, content] of Object.entries(client.files ?? {})) {
    mkdirSync(join(dir, path, '..'), { recursive: true });
    writeFileSync(join(dir, path), fill(content));
  }

  // Nothing of this machine's own settings, and no way out but loopback by the clients' own choice.
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: dir, XDG_CONFIG_HOME: join(dir, '.config'), CODEX_HOME: join(dir, '.codex') };
  mkdirSync(env.CODEX_HOME, { recursive: true });
  for (const [key, value] of Object.entries(client.env ?? {})) env[key] = fill(value);
  const running = start(join(bin, client.command), client.args.map(fill), { cwd: work, env });
  const timer = setTimeout(() => running.child.kill('SIGKILL'), 90_000);
  const exit = await running.ended;
  clearTimeout(timer);
  gateway.child.kill('SIGTERM');
  await gateway.ended;
  upstream.close();
  upstream.closeAllConnections();

  const note = join(work, 'note.txt');
  const said = running.output();
  const problems = [];
  if (exit !== 0) problems.push(`exit code ${exit}`);
  if (!existsSync(note) || !readFileSync(note, 'utf8').includes(secret)) problems.push('the note was not written');
  if (!(isDemo ? /The tool answered/ : new RegExp(`FINISHED[\\s\\S]*${secret}`)).test(said)) problems.push('the last answer does not hold the result');
  if (!isDemo && !seen.some(([dialect, kind]) => dialect === expected && kind.startsWith('call'))) problems.push(`the provider was never asked in ${expected}`);
  console.log(`${problems.length === 0 ? 'pass' : 'FAIL'}  ${name}${problems.length ? `: ${problems.join('; ')}` : ''}`);
  if (problems.length > 0 || keep) {
    for (const [dialect, kind, , tools] of seen) console.log(`        ${dialect}: ${kind}   offered: ${tools}`);
  }
  if (problems.length > 0) console.log(`${said.slice(-2500)}\n${gateway.output().slice(-2500)}`.replace(/^/gm, '        | '));
  if (keep) {
    writeFileSync(join(dir, 'requests.json'), JSON.stringify(seen.map(([, , body]) => body), null, 1));
    writeFileSync(join(dir, 'gateway.log'), gateway.output());
    console.log(`        kept in ${dir}`);
  } else {
    rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
  return problems.length === 0;
}

let passed = 0, failed = 0;
for (const one of [...demoCases, ...cases].filter(([name]) => name.includes(only))) {
  if (await run(one)) passed++;
  else failed++;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
