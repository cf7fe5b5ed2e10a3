// The ACP SDK's client against `hoglet-agent acp`: every message that the agent sends is checked against the SDK's JSON schema.
// Runs: the handshake, a whole guided funnel with its questions answered, a second prompt, a cancel in mid-step, a list and a load.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { client, methods, ndJsonStream, PROTOCOL_VERSION } from '@agentclientprotocol/sdk';
import Ajv2020 from 'ajv/dist/2020.js';

const programs = process.argv[2];
const here = path.dirname(fileURLToPath(import.meta.url));
const schema = JSON.parse(fs.readFileSync(path.join(here, 'node_modules/@agentclientprotocol/sdk/schema/v1/schema.json'), 'utf8'));
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema({ ...schema, $id: 'acp' });

let failures = 0;
function check(condition, what, detail = '') {
  console.log(`${condition ? 'ok  ' : 'FAIL'} ${what}${detail === '' ? '' : `  (${detail})`}`);
  if (!condition) failures++;
}

function definitionFor(method, role) {
  return Object.entries(schema.$defs).find(([name, d]) => d['x-method'] === method && /Response$/.test(name) === (role === 'result'))?.[0];
}
const problems = new Map();
function validate(method, role, value) {
  const name = definitionFor(method, role);
  if (!name) return;
  const valid = ajv.compile({ $ref: `acp#/$defs/${name}` });
  if (!valid(value)) problems.set(`${method} ${role}: ${ajv.errorsText(valid.errors).slice(0, 300)}`, (problems.get(method) ?? 0) + 1);
}

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'hoglet-interop-'));
const child = spawn(path.join(programs, 'hoglet-agent'), ['acp', '--project', 'demo'], {
  stdio: ['pipe', 'pipe', 'inherit'],
  env: { ...process.env, XDG_DATA_HOME: path.join(home, 'data'), XDG_STATE_HOME: path.join(home, 'state'), XDG_CONFIG_HOME: path.join(home, 'config'), XDG_RUNTIME_DIR: home },
});
const exited = new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })));

const updates = [];
const asked = [];
const pending = new Map();
const app = client({ name: 'hoglet-interop' })
  .onNotification(methods.client.session.update, ({ params }) => { updates.push(params); })
  .onRequest(methods.client.session.requestPermission, ({ params }) => {
    asked.push(params);
    const option = params.options.find((o) => o._meta?.hoglet?.recommended) ?? params.options[0];
    return { outcome: { outcome: 'selected', optionId: option.optionId } };
  });

const inner = ndJsonStream(Writable.toWeb(child.stdin), Readable.toWeb(child.stdout));
const readable = inner.readable.pipeThrough(new TransformStream({
  transform(message, controller) {
    if (message.method) validate(message.method, 'params', message.params);
    else if ('result' in message && pending.has(message.id)) validate(pending.get(message.id), 'result', message.result);
    controller.enqueue(message);
  },
}));
const tapped = new TransformStream({
  transform(message, controller) {
    if (message.method && 'id' in message) pending.set(message.id, message.method);
    controller.enqueue(message);
  },
});
tapped.readable.pipeTo(inner.writable).catch(() => {});
const connection = app.connect({ readable, writable: tapped.writable });
connection.closed.catch(() => {});
const agent = connection.agent;

function within(promise, ms, what) {
  return Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Error(`${what}: no answer in ${ms} ms`)), ms))]);
}
const call = (method, params, ms = 60_000) => within(agent.request(method, params), ms, method);
const prompt = (sessionId, text, ms) => call(methods.agent.session.prompt, { sessionId, prompt: [{ type: 'text', text }] }, ms);

try {
  const hello = await call(methods.agent.initialize, { protocolVersion: PROTOCOL_VERSION, clientCapabilities: {}, clientInfo: { name: 'hoglet-interop', version: '1' } });
  check(hello.protocolVersion === 1, 'initialize speaks version 1');

  const cwd = fs.mkdtempSync(path.join(home, 'cwd-'));
  const { sessionId } = await call(methods.agent.session.new, { cwd, mcpServers: [] });
  const funnel = await prompt(sessionId, '/funnel-drop-off', 180_000);
  check(funnel.stopReason === 'end_turn', 'the guided funnel ends its turn', funnel.stopReason);
  const calls = new Map();
  for (const { update } of updates)
    if (update.sessionUpdate === 'tool_call' || update.sessionUpdate === 'tool_call_update')
      calls.set(update.toolCallId, { ...calls.get(update.toolCallId), ...update });
  check(calls.size >= 8, 'each step is a tool call', `${calls.size} calls`);
  check([...calls.values()].every((c) => c.status === 'completed'), 'every tool call completed');
  const plan = updates.filter((u) => u.update.sessionUpdate === 'plan').at(-1)?.update;
  check(plan?.entries.length >= 9 && plan.entries.every((e) => e.status === 'completed'), 'the plan has an entry a step, all completed');
  check(asked.length > 0, 'choices were asked through session/request_permission', `${asked.length}`);
  const text = updates.filter((u) => u.update.sessionUpdate === 'agent_message_chunk').map((u) => u.update.content.text).join('');
  check(/Safari/.test(text) && /iOS/.test(text), 'the report names the planted segment');

  const again = await prompt(sessionId, 'SELECT count() FROM events');
  check(again.stopReason === 'end_turn', 'a second prompt in the same session');

  const before = updates.length;
  const running = prompt(sessionId, '/funnel-drop-off', 60_000);
  while (updates.length === before) await new Promise((resolve) => setTimeout(resolve, 5));
  const start = Date.now();
  await agent.notify(methods.agent.session.cancel, { sessionId });
  check((await running).stopReason === 'cancelled', 'cancel in mid-step answers cancelled', `${Date.now() - start} ms`);

  const list = await call(methods.agent.session.list, {});
  check(list.sessions.some((s) => s.sessionId === sessionId), 'session/list names the session');
  const from = updates.length;
  await call(methods.agent.session.load, { sessionId, cwd, mcpServers: [] });
  check(updates.slice(from).some((u) => u.update.sessionUpdate === 'user_message_chunk'), 'session/load replays the conversation before it answers');
} catch (error) {
  check(false, 'no call failed', error.stack ?? error);
}
for (const problem of problems.keys()) console.log(`     ${problem}`);
check(problems.size === 0, "every message fits the SDK's schema");

child.stdin.end();
const end = await within(exited, 10_000, 'exit').catch((error) => ({ code: error.message }));
check(end.code === 0, 'the agent exits with 0 when its input ends', JSON.stringify(end));
if (child.exitCode === null) child.kill('SIGKILL');
fs.rmSync(home, { recursive: true, force: true });
console.log(failures === 0 ? 'interop: all passed' : `interop: ${failures} failed`);
process.exit(failures === 0 ? 0 : 1);
