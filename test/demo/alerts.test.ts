import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { prettyJson } from '../../demo/alerts/pretty-json.ts';
import { startStandIns, type StandIns } from '../../demo/alerts/stand-ins.ts';

describe('the stand-ins of the demo', () => {
  const secrets = { slack: 'xoxb-right', pagerduty: 'right', datadog: 'right' };
  let standIns: StandIns;
  beforeAll(async () => {
    standIns = await startStandIns(secrets);
  });
  afterAll(() => standIns.stop());

  const event = { event_action: 'resolve', dedup_key: 'a' };
  const check = [{ check: 'dbt.model.ok', host_name: 'shop', status: 0, tags: [] }];

  test.each([
    ['pagerduty', '/v2/enqueue', { ...event, routing_key: 'right' }, 202],
    ['pagerduty', '/v2/enqueue', { ...event, routing_key: 'wrong' }, 400],
    ['pagerduty', '/v2/enqueue', { ...event, routing_key: 'right', event_action: 'close' }, 400],
    ['pagerduty', '/enqueue', { ...event, routing_key: 'right' }, 404],
    ['datadog', '/api/v1/check_run', check, 202],
    ['datadog', '/api/v1/check_run', [{ ...check[0], status: 4 }], 400],
    ['datadog', '/api/v3/check_run', check, 404],
  ] as const)('answer as %s does at %s: %j with %d', async (vendor, path, body, status) => {
    const headers = { 'content-type': 'application/json', 'dd-api-key': 'right' };
    const answer = await fetch(standIns.urls[vendor] + path, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(answer.status).toBe(status);
    expect(standIns.takeReceived()).toEqual([{ vendor, path, body }]);
  });

  test('refuse the key of somebody else at Datadog, and his token at Slack', async () => {
    const headers = { 'content-type': 'application/json', 'dd-api-key': 'wrong', authorization: 'Bearer wrong' };
    const ask = (url: string): Promise<Response> =>
      fetch(url, { method: 'POST', headers, body: JSON.stringify(check) });
    expect((await ask(`${standIns.urls.datadog}/api/v1/check_run`)).status).toBe(403);
    expect(await (await ask(`${standIns.urls.slack}chat.postMessage`)).json()).toMatchObject({ ok: false });
  });
});

test('JSON for reading is the same JSON, in lines where it fits', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer({ min: 1, max: 120 }), (value, width) => {
      expect(JSON.parse(prettyJson(value, width))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  const event = { action: 'resolve', details: { state: 'new' }, links: [] };
  expect(prettyJson(event, 70)).toBe('{ "action": "resolve", "details": { "state": "new" }, "links": [] }');
  expect(prettyJson(event, 40)).toBe('{\n  "action": "resolve",\n  "details": { "state": "new" },\n  "links": []\n}');
});
