// PostHog's own SDK for Node against a project of hoglet-project's: 10,000 events with identify, alias, groups and flags, then HogQL counts
// them. Every number below follows from the loops that send.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { PostHog } from 'posthog-node';

const programs = process.argv[2];
let failures = 0;
function check(condition, what, detail = '') {
  console.log(`${condition ? 'ok  ' : 'FAIL'} ${what}${detail === '' ? '' : `  (${detail})`}`);
  if (!condition) failures++;
}

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'hoglet-capture-'));
const child = spawn(path.join(programs, 'hoglet-project'), ['--store', path.join(home, 'store'), '--print-env', '--end-with-stdin'], {
  stdio: ['pipe', 'pipe', 'inherit'],
  env: { ...process.env, XDG_STATE_HOME: path.join(home, 'state'), XDG_RUNTIME_DIR: home },
});
const exited = new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })));
const environment = await new Promise((resolve, reject) => {
  let text = '';
  child.stdout.on('data', (data) => {
    text += data;
    const lines = text.split('\n').filter((line) => line.includes('='));
    if (lines.length >= 3) resolve(Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])));
  });
  child.on('exit', () => reject(new Error('hoglet-project ended')));
});
const url = environment.POSTHOG_API_URL;
const key = environment.POSTHOG_PERSONAL_API_KEY;

async function api(method, route, body) {
  const answer = await fetch(`${url}/api/projects/1/${route}`, {
    method,
    headers: { Authorization: `Bearer ${key}`, ...(body ? { 'Content-Type': 'application/json' } : {}) },
    body: body ? JSON.stringify(body) : undefined,
  });
  return { status: answer.status, body: await answer.json() };
}

const token = (await api('GET', '')).body.api_token;
async function hogql(query) {
  const { status, body } = await api('POST', 'query/', { query: { kind: 'HogQLQuery', query } });
  if (status !== 200) throw new Error(JSON.stringify(body));
  return body.results;
}
async function expect(query, rows, what) {
  const results = await hogql(query);
  check(JSON.stringify(results) === JSON.stringify(rows), what, JSON.stringify(results));
}

// 500 people: 10 anonymous page views each, an identify that merges the anonymous id, 8 more events as themselves; and 1 of every
// company's $groupidentify. 500 * (10 + 1 + 8) = 9,500; 20 companies; 480 more events of one batch with times of their own.
const people = 500;
const companies = 20;
const client = new PostHog(token, { host: url, flushAt: 100, flushInterval: 1000, personalApiKey: key });
const started = performance.now();
// Minutes apart: the server corrects each batch by its own delay, as PostHog does, so milliseconds may change places.
const ago = (minutes) => new Date(Date.now() - minutes * 60_000);
for (let c = 0; c < companies; c++) {
  client.groupIdentify({ groupType: 'company', groupKey: `company-${c}`, properties: { name: `Company ${c}`, plan: c % 2 ? 'pro' : 'free', seats: c } });
}
for (let p = 0; p < people; p++) {
  const groups = { company: `company-${p % companies}` };
  for (let i = 0; i < 10; i++) {
    client.capture({ distinctId: `anonymous-${p}`, event: '$pageview', timestamp: ago(30 - i), properties: { $current_url: `https://example.com/${i}`, $session_id: `session-${p}`, step: i } });
  }
  client.capture({
    distinctId: `user-${p}`,
    event: '$identify',
    timestamp: ago(10),
    properties: { $anon_distinct_id: `anonymous-${p}`, $set: { email: `user-${p}@example.com`, plan: p % 4 ? 'free' : 'pro' }, $set_once: { first: p } },
  });
  for (let i = 0; i < 8; i++) {
    client.capture({ distinctId: `user-${p}`, event: 'file uploaded', timestamp: ago(8 - i), groups, properties: { size: i + 0.5, label: `ä-${i}-𝒳`, nested: { a: [1, null, 'x'] } } });
  }
}
await client.flush();

const moment = Date.UTC(2026, 0, 15, 12);
const batch = Array.from({ length: 480 }, (unused, i) => ({
  event: 'imported', distinct_id: `user-${i % people}`, uuid: `01900000-0000-7000-8000-${String(i).padStart(12, '0')}`,
  timestamp: new Date(moment + i * 1000).toISOString(), properties: { i },
}));
const packed = zlib.gzipSync(JSON.stringify({ api_key: token, historical_migration: true, batch }));
for (const times of [1, 2]) { // The second time all are duplicates.
  const answer = await fetch(`${url}/batch/`, { method: 'POST', headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }, body: packed });
  const body = await answer.json();
  check(answer.status === 200 && body.status === 'Ok', `a gzipped batch is taken, time ${times}`, JSON.stringify(body));
}
const seconds = (performance.now() - started) / 1000;
console.log(`     10,000 events captured in ${seconds.toFixed(2)} s: ${Math.round(10000 / seconds)} events/s`);

await expect('SELECT count(), uniq(uuid) FROM events', [[10000, 10000]], '10,000 events, each once');
await expect('SELECT event, count() AS n FROM events GROUP BY event ORDER BY event',
  [['$groupidentify', 20], ['$identify', 500], ['$pageview', 5000], ['file uploaded', 4000], ['imported', 480]], 'the events of each name');
await expect("SELECT uniq(person_id) FROM events WHERE event != '$groupidentify'", [[500]], 'anonymous and identified ids are one person');
await expect("SELECT count() FROM (SELECT person_id, uniq(distinct_id) AS ids FROM events WHERE event IN ('$pageview', 'file uploaded') GROUP BY person_id) WHERE ids = 2", [[500]],
  'each person has both ids in its events');
await expect("SELECT count(), countIf(is_identified) FROM persons WHERE properties.email IS NOT NULL", [[500, 500]], 'each is identified');
await expect("SELECT properties.plan, count() FROM persons WHERE properties.email IS NOT NULL GROUP BY properties.plan ORDER BY 1", [['free', 375], ['pro', 125]], '$set');
await expect("SELECT sum(properties.first) FROM persons", [[(people - 1) * people / 2]], '$set_once, with its numbers');
await expect("SELECT person.properties.plan, count() FROM events WHERE event = '$pageview' GROUP BY 1 ORDER BY 1", [['free', 3750], ['pro', 1250]],
  'page views from before the identify belong to the person');
await expect("SELECT $group_0, count() FROM events WHERE event = 'file uploaded' GROUP BY $group_0 ORDER BY $group_0 LIMIT 2", [['company-0', 200], ['company-1', 200]], 'groups of events');
await expect("SELECT group_0.properties.plan, count() FROM events WHERE event = 'file uploaded' GROUP BY 1 ORDER BY 1", [['free', 2000], ['pro', 2000]], 'properties of groups');
await expect('SELECT count(), sum(toInt(properties.seats)) FROM groups', [[20, 190]], 'groups themselves');
await expect("SELECT sum(properties.size) FROM events", [[500 * 32]], 'numbers stay numbers');
await expect("SELECT DISTINCT properties.label FROM events WHERE event = 'file uploaded' ORDER BY 1 LIMIT 1", [['ä-0-𝒳']], 'text stays text');
await expect("SELECT min(timestamp), max(timestamp) FROM events WHERE event = 'imported'", [['2026-01-15T12:00:00.000000Z', '2026-01-15T12:07:59.000000Z']], 'times of their own');
await expect('SELECT count(), sum($pageview_count) FROM sessions', [[500, 5000]], 'sessions follow from the events');
await expect("SELECT level, count() FROM (SELECT person_id, windowFunnel(3600)(timestamp, event = '$pageview', event = '$identify', event = 'file uploaded') AS level FROM events WHERE event IN ('$pageview', '$identify', 'file uploaded') GROUP BY person_id) GROUP BY level ORDER BY level",
  [[3, 500]], 'a funnel across the merge');

// Aliases, and two identified people, who are not merged by accident.
client.alias({ distinctId: 'user-1', alias: 'nickname-1' });
client.capture({ distinctId: 'nickname-1', event: 'by nickname' });
client.capture({ distinctId: 'user-2', event: '$identify', properties: { $anon_distinct_id: 'user-3' } });
await client.flush();
await expect("SELECT person.properties.email FROM events WHERE event = 'by nickname'", [['user-1@example.com']], 'an alias is the same person');
await expect("SELECT count() FROM persons WHERE properties.email IN ('user-2@example.com', 'user-3@example.com')", [[2]], 'two identified people stay two');

// Flags: by properties and by a share of the people.
await api('POST', 'feature_flags/', { key: 'pros', name: '', filters: { groups: [{ properties: [{ key: 'plan', value: ['pro'], operator: 'exact', type: 'person' }], rollout_percentage: 100 }] } });
await api('POST', 'feature_flags/', { key: 'halves', name: '', filters: { groups: [{ properties: [], rollout_percentage: 100 }], multivariate: { variants: [{ key: 'control', rollout_percentage: 50 }, { key: 'test', rollout_percentage: 50 }] }, payloads: { test: '{"color":"red"}' } } });
const remote = new PostHog(token, { host: url, flushAt: 1 });
check(await remote.isFeatureEnabled('pros', 'user-0') === true && await remote.isFeatureEnabled('pros', 'user-1') === false, 'a flag by a property of the person');
let variants = { control: 0, test: 0 };
for (let p = 0; p < 100; p++) variants[await remote.getFeatureFlag('halves', `user-${p}`)]++;
check(variants.control + variants.test === 100 && variants.control > 30 && variants.test > 30, 'variants', JSON.stringify(variants));

// The SDK evaluates by itself what local_evaluation/ gives it: it must come to the same.
await client.reloadFeatureFlags();
let same = 0;
for (let p = 0; p < 100; p++) {
  const local = await client.getFeatureFlag('halves', `user-${p}`, { onlyEvaluateLocally: true, sendFeatureFlagEvents: false });
  same += local === await remote.getFeatureFlag('halves', `user-${p}`, { sendFeatureFlagEvents: false });
}
check(same === 100, 'local evaluation agrees with the server', `${same} of 100`);

// What is refused.
const wrong = await fetch(`${url}/batch/`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ api_key: 'phc_other', batch: [] }) });
check(wrong.status === 401, 'a wrong token', wrong.status);
const bomb = zlib.gzipSync(Buffer.alloc(64 * 1024 * 1024, 32));
const huge = await fetch(`${url}/batch/`, { method: 'POST', headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' }, body: bomb });
check(huge.status === 413, `a body of ${bomb.length} bytes that unpacks to 64 MB`, huge.status);

await Promise.all([client.shutdown(), remote.shutdown()]);
child.stdin.end();
const ended = await exited;
check(ended.code === 0, 'the project ends cleanly', JSON.stringify(ended));
fs.rmSync(home, { recursive: true, force: true });
console.log(failures === 0 ? 'All passed.' : `${failures} failed.`);
process.exit(failures === 0 ? 0 : 1);
