// The official AWS SDK, which signs, with a virtual key as access key id and secret access key, over the demo provider:
// node signed.mjs GATEWAY NODE_MODULES.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [gatewayCommand, modules] = process.argv.slice(2);
const load = createRequire(join(modules, 'here.js'));
const { BedrockRuntimeClient, ConverseCommand, ConverseStreamCommand } = load('@aws-sdk/client-bedrock-runtime');
const { NodeHttpHandler } = load('@smithy/node-http-handler');
const key = 'sk-bf-0a1b2c3d-4e5f-6789';

const folder = mkdtempSync(join(tmpdir(), 'bifrost-lite-signed-'));
writeFileSync(join(folder, 'config.json'), JSON.stringify({
  client: { enforce_auth_on_inference: true },
  governance: { virtual_keys: [{ id: 'vk', name: 'tests', value: key, allow_all_providers: true }] },
}));
const gateway = spawn(gatewayCommand, ['--app-dir', folder, '--port', '0'], { env: { PATH: process.env.PATH, HOME: folder }, stdio: ['ignore', 'pipe', 'pipe'] });
let said = '';
gateway.stdout.on('data', (text) => (said += text));
gateway.stderr.on('data', (text) => (said += text));
const address = await (async () => {
  for (let i = 0; i < 200; i++) {
    const found = /listening\s+(http:\S+)/.exec(said)?.[1];
    if (found) return found;
    await new Promise((later) => setTimeout(later, 100));
  }
  throw new Error(`the gateway does not start: ${said.slice(-2000)}`);
})();

const clientWith = (more) => new BedrockRuntimeClient({
  endpoint: `${address}/bedrock`, region: 'us-east-1', maxAttempts: 1, credentials: { accessKeyId: key, secretAccessKey: key }, ...more,
});
const ask = { modelId: 'demo/echo', messages: [{ role: 'user', content: [{ text: 'Hello, signed' }] }] };
const refusal = async (call) => { try { await call; } catch (error) { return `${error.$metadata?.httpStatusCode} ${error.name}: ${error.message}`; } return 'no refusal'; };

const cases = {
  'a whole answer, over HTTP/2 as the SDK opens it': async () => {
    const answer = await clientWith().send(new ConverseCommand(ask));
    assert.match(answer.output.message.content[0].text, /Hello, signed/);
  },
  'a stream, over HTTP/1.1': async () => {
    const answer = await clientWith({ requestHandler: new NodeHttpHandler() }).send(new ConverseStreamCommand(ask));
    let text = '', stop;
    for await (const event of answer.stream) {
      text += event.contentBlockDelta?.delta?.text ?? '';
      stop = event.messageStop?.stopReason ?? stop;
    }
    assert.match(text, /Hello, signed/);
    assert.equal(stop, 'end_turn');
  },
  'an ARN as the model': async () => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0';
    const said = await refusal(clientWith().send(new ConverseCommand({ ...ask, modelId: arn })));
    assert.doesNotMatch(said, /signature/i); // refused or not: the path was signed as it was sent
  },
  'another secret': async () => {
    const wrong = clientWith({ credentials: { accessKeyId: key, secretAccessKey: 'sk-bf-another' } });
    assert.match(await refusal(wrong.send(new ConverseCommand(ask))), /^403 InvalidSignatureException: The request signature we calculated/);
  },
  'an unknown key': async () => {
    const unknown = clientWith({ credentials: { accessKeyId: 'sk-bf-unknown', secretAccessKey: 'sk-bf-unknown' } });
    assert.match(await refusal(unknown.send(new ConverseCommand(ask))), /^403 .*virtual key not found/);
  },
  'a clock twenty minutes late': async () => {
    const late = clientWith({ systemClockOffset: -20 * 60 * 1000 });
    assert.match(await refusal(late.send(new ConverseCommand(ask))), /^403 InvalidSignatureException: Signature expired/);
  },
  'the same signed request once more': async () => {
    let signed;
    const client = clientWith({ requestHandler: new NodeHttpHandler() });
    client.middlewareStack.add((next) => (step) => {
      signed = step.request;
      return next(step);
    }, { step: 'deserialize', priority: 'low', name: 'capture' });
    await client.send(new ConverseCommand(ask));
    const { host, connection, 'content-length': length, ...headers } = Object.fromEntries(Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), value]));
    const again = await fetch(`${address}${signed.path}`, { method: 'POST', headers, body: signed.body });
    assert.equal(again.status, 403);
    assert.match(await again.text(), /This signature has been used before/);
    const changed = await fetch(`${address}${signed.path}`, { method: 'POST', headers, body: Buffer.from(signed.body).toString().replace('Hello', 'HELLO') });
    assert.equal(changed.status, 403);
  },
};

let failed = 0;
for (const [name, run] of Object.entries(cases)) {
  try {
    await run();
    console.log(`ok      AWS SDK, signed: ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAILED  AWS SDK, signed: ${name}\n${error.stack}`);
  }
}
gateway.kill();
rmSync(folder, { recursive: true, force: true });
process.exit(failed > 0 ? 1 : 0);
