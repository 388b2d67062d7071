import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import * as z from 'zod';
import { digestKeyOf, digestOf, PAGERDUTY_LIMITS, triggerOf } from '../../src/receivers/pagerduty-event.ts';
import {
  openPagerduty,
  PAGERDUTY_MAX_MESSAGES,
  pagerdutyConfig,
  pagerdutyReceiver,
} from '../../src/receivers/pagerduty.ts';
import {
  DeliveryError,
  type Notice,
  type Order,
  type Receipt,
  type Receiver,
  type SentDigest,
} from '../../src/receivers/receiver.ts';
import { type Act, answering, closedUrl, FarSide } from '../contracts/far-side.ts';
import { aFullNotice, anEnd, anIncident, aNotice, aNoticeCause, aTask, ended, hostileNotice } from './notices.ts';
import { specAt, type Prism, startPrism } from './prism.ts';

const KEY = 'c0ffee00c0ffee00c0ffee00c0ffee00';
const OTHER_KEY = 'decade00decade00decade00decade00';
const accepted = answering(202, { status: 'success', message: 'Event processed', dedup_key: 'x' });
const neverAborted = new AbortController().signal;

const servers: FarSide[] = [];
async function server(act: Act = accepted): Promise<FarSide> {
  const started = await FarSide.start(act);
  servers.push(started);
  return started;
}
afterEach(async () => {
  for (const each of servers.splice(0)) await each.stop();
});

function receiver(apiUrl: string, more: { routingKey?: string; samples?: boolean; timeoutMs?: number } = {}): Receiver {
  const { routingKey = KEY, samples = false, timeoutMs } = more;
  return pagerdutyReceiver(
    { name: 'oncall', routingKey, apiUrl, maxMessages: PAGERDUTY_MAX_MESSAGES, samples },
    { now: () => new Date('2026-01-02T07:00:00Z'), ...(timeoutMs === undefined ? {} : { timeoutMs }) },
  );
}

/** What cannot be read as an event fails the test that looks at it. */
const eventSchema = z.strictObject({
  routing_key: z.string().length(32),
  event_action: z.enum(['trigger', 'resolve']),
  dedup_key: z.string().min(1).max(255),
  client: z.literal('dq-report').optional(),
  payload: z
    .strictObject({
      summary: z.string().min(1).max(1024),
      source: z.string().min(1),
      severity: z.enum(['critical', 'error', 'warning']),
      timestamp: z.iso.datetime().optional(),
      component: z.string().min(1).optional(),
      group: z.string().min(1).optional(),
      class: z.string().min(1).optional(),
      custom_details: z.record(z.string(), z.string().min(1)),
    })
    .optional(),
  links: z.array(z.strictObject({ href: z.url(), text: z.string() })).optional(),
});

function eventsOf({ asked }: FarSide): readonly z.infer<typeof eventSchema>[] {
  return asked.map(({ body }) => eventSchema.parse(JSON.parse(body)));
}

/** "trigger dq-report-… by c0ff", in the order of their arrival. */
function story(vendor: FarSide): readonly string[] {
  return eventsOf(vendor).map(
    ({ event_action, dedup_key, routing_key }) => `${event_action} ${dedup_key} by ${routing_key.slice(0, 4)}`,
  );
}

async function failureOf(sending: Promise<unknown>): Promise<DeliveryError> {
  const error = await sending.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof DeliveryError) return error;
  throw new Error(`Not a DeliveryError: ${String(error)}`);
}

describe('an alert', () => {
  const opened = aNotice();
  const worse = aFullNotice();

  test('has one key from its first trigger to its resolve', async () => {
    const vendor = await server();
    const oncall = receiver(vendor.url);
    const first = await oncall.send(aTask({ action: 'open', notice: opened }), neverAborted);
    const second = await oncall.send(aTask({ action: 'update', notice: worse, loud: true }, first), neverAborted);
    const third = await oncall.send(aTask({ action: 'update', notice: opened, loud: false }, second), neverAborted);
    await oncall.send(aTask({ action: 'close', notice: anEnd() }, third), neverAborted);
    expect(story(vendor)).toEqual([
      'trigger dq-report-0123456789ab by c0ff',
      'trigger dq-report-0123456789ab by c0ff',
      'trigger dq-report-0123456789ab by c0ff',
      'resolve dq-report-0123456789ab by c0ff',
    ]);
    expect(eventsOf(vendor).map(({ payload }) => payload?.severity)).toEqual(['error', 'critical', 'error', undefined]);
  });

  test('that ended is triggered anew under the same key when it fails again', async () => {
    const vendor = await server();
    const oncall = receiver(vendor.url);
    const first = await oncall.send(aTask({ action: 'open', notice: opened }), neverAborted);
    const closed = await oncall.send(aTask({ action: 'close', notice: anEnd() }, first), neverAborted);
    await oncall.send(aTask({ action: 'open', notice: aNotice({ reason: 'reopened' }) }, closed), neverAborted);
    expect(story(vendor).at(-1)).toBe('trigger dq-report-0123456789ab by c0ff');
  });

  test('that flaps pages nobody because it passes, and is resolved all the same', async () => {
    const vendor = await server();
    const oncall = receiver(vendor.url);
    const passing = aNotice({
      reason: 'ongoing',
      cause: null,
      incident: anIncident({ flapping: true, recent: 'FPFPFP' }),
    });
    const first = await oncall.send(aTask({ action: 'open', notice: opened }), neverAborted);
    const second = await oncall.send(aTask({ action: 'update', notice: passing, loud: false }, first), neverAborted);
    expect(second).toEqual({ ...first, not_sent: 'Nothing new that PagerDuty must know.' });
    const last = await oncall.send(aTask({ action: 'close', notice: anEnd() }, second), neverAborted);
    expect(last).toEqual({ ...first, resolved: 'yes' });
    // A run that did not reach PagerDuty may have found it failing again since.
    await oncall.send(aTask({ action: 'update', notice: passing, loud: false }, last), neverAborted);
    expect(story(vendor)).toEqual([
      'trigger dq-report-0123456789ab by c0ff',
      'resolve dq-report-0123456789ab by c0ff',
      'trigger dq-report-0123456789ab by c0ff',
    ]);
  });

  test('that was never triggered is not resolved, and the receipt says so', async () => {
    const vendor = await server();
    const receipt = await receiver(vendor.url).send(aTask({ action: 'close', notice: anEnd() }), neverAborted);
    expect(vendor.asked).toEqual([]);
    expect(receipt).toEqual({ not_sent: 'Nothing was triggered here, so there is nothing to resolve.' });
    // Such a receipt is none of an alert, however often it comes back.
    await receiver(vendor.url).send(aTask({ action: 'close', notice: anEnd() }, receipt), neverAborted);
    expect(vendor.asked).toEqual([]);
  });

  test('is not resolved under another key than it was triggered with: PagerDuty would drop it without a word', async () => {
    const vendor = await server();
    const receipt = await receiver(vendor.url).send(aTask({ action: 'open', notice: opened }), neverAborted);
    const rotated = receiver(vendor.url, { routingKey: OTHER_KEY });
    const error = await failureOf(rotated.send(aTask({ action: 'close', notice: anEnd() }, receipt), neverAborted));
    expect(error.reason).toBe('payload');
    expect(error.message).toContain('dq-report-0123456789ab');
    expect(story(vendor)).toHaveLength(1);
  });

  test('goes on under a new key, says that the old alert is left, and is resolved under the new one', async () => {
    const vendor = await server();
    const first = await receiver(vendor.url).send(aTask({ action: 'open', notice: opened }), neverAborted);
    const rotated = receiver(vendor.url, { routingKey: OTHER_KEY });
    const second = await rotated.send(aTask({ action: 'update', notice: worse, loud: true }, first), neverAborted);
    const third = await rotated.send(aTask({ action: 'update', notice: worse, loud: true }, second), neverAborted);
    await rotated.send(aTask({ action: 'close', notice: anEnd() }, third), neverAborted);
    expect(story(vendor).slice(1)).toEqual([
      'trigger dq-report-0123456789ab by deca',
      'trigger dq-report-0123456789ab by deca',
      'resolve dq-report-0123456789ab by deca',
    ]);
    const notes = eventsOf(vendor).map(({ payload }) => payload?.custom_details['note']?.slice(0, 42));
    const note = 'An alert of this incident is also open und';
    expect(notes).toEqual([undefined, note, note, undefined]);
  });

  test('keeps no key in its receipt', async () => {
    const vendor = await server();
    const receipt = await receiver(vendor.url).send(aTask({ action: 'open', notice: opened }), neverAborted);
    expect(JSON.stringify(receipt)).not.toContain(KEY);
    expect(receipt).toEqual({
      dedup_key: 'dq-report-0123456789ab',
      routing_key_hash: expect.any(String),
      severity: 'error',
    });
  });
});

describe('a digest', () => {
  const many: readonly Notice[] = Array.from({ length: 300 }, (_, index) =>
    aNotice({
      incident: anIncident({
        id: `incident-${index}`,
        title: `unique id on model_${index}`,
        severity: index === 299 ? 'critical' : 'warning',
      }),
    }),
  );

  test('pages once, however many causes there are, and names each of them, the worst first', async () => {
    const vendor = await server();
    await receiver(vendor.url).send(aTask({ action: 'digest', notices: many }), neverAborted);
    const [event, ...others] = eventsOf(vendor);
    expect(others).toEqual([]);
    expect(event?.dedup_key).toBe('dq-report-digest-delivery-1');
    expect(event?.payload?.severity).toBe('critical');
    expect(event?.payload?.summary).toMatch(
      /^\[prod\] 300 causes at once: 1 critical, 299 warning: unique id on model_299, unique id on model_0, .* and 297 more$/,
    );
    const told = Object.values(event?.payload?.custom_details ?? {}).join('\n');
    const missing = many.filter(({ incident }) => !told.includes(`${incident.title}: `));
    expect(missing).toEqual([]);
    expect(told).toContain('It is resolved when the last of them has ended.');
  });

  test('counts the causes for which there is no room', async () => {
    const long = many.map((notice) => ({ ...notice, incident: { ...notice.incident, title: '語'.repeat(500) } }));
    const [first, ...rest] = [...long, ...long, ...long];
    if (first === undefined) throw new Error('There is a first one.');
    const event = digestOf([first, ...rest], digestKeyOf('delivery-1'));
    expect(event.payload.custom_details['warning']).toMatch(/\nand \d+ more: dq-report incidents$/);
    expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(PAGERDUTY_LIMITS.eventBytes);
  });

  test.each<{ what: string; order: Order; sent: number }>([
    { what: 'quiet news', order: { action: 'update', notice: aNotice({ reason: 'ongoing' }), loud: false }, sent: 0 },
    { what: 'worse news', order: { action: 'update', notice: aFullNotice(), loud: true }, sent: 1 },
    { what: 'the end', order: { action: 'close', notice: anEnd() }, sent: 0 },
  ])('stands for its incidents: after it, $what of one of them sends $sent events', async ({ order, sent }) => {
    const vendor = await server();
    const oncall = receiver(vendor.url);
    const receipt = await oncall.send(aTask({ action: 'digest', notices: many }), neverAborted);
    await oncall.send(aTask(order, receipt), neverAborted);
    expect(story(vendor).slice(1)).toEqual(
      Array.from({ length: sent }, () => 'trigger dq-report-0123456789ab by c0ff'),
    );
  });

  test('is resolved with the last of its incidents, be that told alone, among others, or after an alert of its own', async () => {
    const vendor = await server();
    const oncall = receiver(vendor.url);
    const receipt = await oncall.send(aTask({ action: 'digest', notices: many }), neverAborted);
    const own = await oncall.send(aTask({ action: 'update', notice: aNotice(), loud: true }, receipt), neverAborted);
    const over = many.map((notice) => ended(notice));
    const digests = (notices: readonly Notice[]): SentDigest[] => [
      { deliveryId: 'delivery-1', receipt, posted: many, notices },
    ];
    const last = { action: 'close', notice: anEnd() } as const;
    await oncall.send(
      { ...aTask(last, receipt), digests: digests([...over.slice(1), ...many.slice(0, 1)]) },
      neverAborted,
    );
    expect(story(vendor)).toHaveLength(2);
    await oncall.send({ ...aTask(last, receipt), digests: digests(over) }, neverAborted);
    await oncall.send({ ...aTask(last, own), digests: digests(over) }, neverAborted);
    await oncall.send({ ...aTask({ action: 'digest', notices: over }), digests: digests(over) }, neverAborted);
    expect(story(vendor).slice(2)).toEqual([
      'resolve dq-report-digest-delivery-1 by c0ff',
      'resolve dq-report-digest-delivery-1 by c0ff',
      'resolve dq-report-0123456789ab by c0ff',
      'resolve dq-report-digest-delivery-1 by c0ff',
    ]);
  });

  test('still stands for an incident after its quiet news, and no more after its worse news', async () => {
    const vendor = await server();
    const oncall = receiver(vendor.url);
    const digest = await oncall.send(aTask({ action: 'digest', notices: many }), neverAborted);
    const quiet = await oncall.send(aTask({ action: 'update', notice: aNotice(), loud: false }, digest), neverAborted);
    await oncall.send(aTask({ action: 'update', notice: aNotice(), loud: false }, quiet), neverAborted);
    const loud = await oncall.send(aTask({ action: 'update', notice: aNotice(), loud: true }, quiet), neverAborted);
    await oncall.send(aTask({ action: 'close', notice: anEnd() }, loud), neverAborted);
    expect(story(vendor).slice(1)).toEqual([
      'trigger dq-report-0123456789ab by c0ff',
      'resolve dq-report-0123456789ab by c0ff',
    ]);
  });

  test('of nothing that is open pages nobody', async () => {
    const vendor = await server();
    await receiver(vendor.url).send(aTask({ action: 'digest', notices: [anEnd(), anEnd()] }), neverAborted);
    await receiver(vendor.url).send(aTask({ action: 'digest', notices: [] }), neverAborted);
    expect(vendor.asked).toEqual([]);
  });
});

describe('what is written on an alert', () => {
  test('is what the person on call asks first, in that order', () => {
    const { payload, links } = triggerOf(aFullNotice(), 'key', null);
    expect(payload).toEqual({
      summary:
        '[prod] not_null client_id on orders: 412 of 1,000 orders without a value, 2 exposures in doubt (owner Finance)',
      source: 'shop.prod',
      severity: 'critical',
      timestamp: '2026-01-02T06:00:00.000Z',
      component: 'orders',
      group: 'Finance',
      class: 'test_failed',
      custom_details: expect.any(Object),
    });
    expect(Object.entries(payload.custom_details)).toEqual([
      ['state', 'worse: critical, 412 failures; before: error, 77 failures'],
      ['first_seen', '2026-01-02 06:00 UTC'],
      ['streak', 'failing in 3 runs; last results: PFFF'],
      ['message', '412 of 1,000 orders without a value\nfor 3 days in a row'],
      ['meaning', 'Orders without a client are not billed.'],
      ['blast_radius', '14 models downstream, 9 of them not built; Weekly sales (wrong), Churn (late), Stock (safe)'],
      ['folded', '9 tests skipped: unique order_id on fct_orders, not_null order_id on fct_orders'],
      ['upstream_suspects', 'stg_clients'],
      ['owner', 'Finance <finance@shop.example> #finance (group finance of orders)'],
      ['path', 'models/orders.sql'],
      ['next_command', 'dbt build --select orders+'],
      ['runbook', 'https://wiki.shop.example/orders'],
      ['run_url', 'https://ci.shop.example/42'],
      ['incident', '0123456789ab'],
      ['samples', 'order_id: 17\norder_id: 23'],
    ]);
    expect(links).toEqual([
      { href: 'https://wiki.shop.example/orders', text: 'Runbook' },
      { href: 'https://ci.shop.example/42', text: 'Run URL' },
    ]);
  });

  test.each<{ name: string; notice: Notice; summary: string; source: string; class: string }>([
    {
      name: 'a model that could not be built',
      notice: aNotice({
        incident: anIncident({ kind: 'model_errored', title: 'orders could not be built: a column is missing' }),
        cause: aNoticeCause({ errorClass: 'missing_column', message: ['Binder Error: no column x'] }),
      }),
      summary: '[prod] orders could not be built: a column is missing: Binder Error: no column x',
      source: 'shop.prod',
      class: 'missing_column',
    },
    {
      name: 'what was not run this time',
      notice: aNotice({ reason: 'unobserved', cause: null }),
      summary: '[prod] not_null client_id on orders: not run this time',
      source: 'shop.prod',
      class: 'test_failed',
    },
    {
      name: 'a project without an environment',
      notice: aNotice({ environment: null }),
      summary: '[shop] not_null client_id on orders: 77 of 294 orders without a value (26.2 %)',
      source: 'shop',
      class: 'test_failed',
    },
    {
      name: 'nothing known of the project',
      notice: aNotice({ environment: null, project: null }),
      summary: 'not_null client_id on orders: 77 of 294 orders without a value (26.2 %)',
      source: 'dbt',
      class: 'test_failed',
    },
  ])('fits $name', ({ notice, summary, source, class: expected }) => {
    const { payload } = triggerOf(notice, 'key', null);
    expect(payload).toMatchObject({ summary, source, class: expected });
  });

  test('holds keys of failing rows where the cause has them', () => {
    const detailsOf = (notice: Notice): Readonly<Record<string, string>> =>
      triggerOf(notice, 'key', null).payload.custom_details;
    expect(detailsOf(aFullNotice())['samples']).toBe('order_id: 17\norder_id: 23');
    expect(Object.keys(detailsOf(aNotice()))).not.toContain('samples');
  });

  test('loses no link to another of the same name', () => {
    const links = ['Runbook', 'runbook', 'State', '1st', '…'].map((title, index) => ({
      title,
      url: `https://wiki.shop.example/${index}`,
    }));
    const { custom_details: details } = triggerOf(aNotice({ links }), 'key', null).payload;
    expect(Object.entries(details).filter(([, text]) => text.startsWith('https:'))).toEqual([
      ['runbook', 'https://wiki.shop.example/0'],
      ['runbook_2', 'https://wiki.shop.example/1'],
      ['state_2', 'https://wiki.shop.example/2'],
      ['link_1st', 'https://wiki.shop.example/3'],
      ['link_1', 'https://wiki.shop.example/4'],
    ]);
  });

  test('keeps within the limits whatever the artifacts say, and names whom it concerns', () => {
    fc.assert(
      fc.property(hostileNotice, (notice) => {
        const event = triggerOf(notice, 'key', 'A remark.');
        const sent = { routing_key: KEY, ...event };
        expect(eventSchema.safeParse(JSON.parse(JSON.stringify(sent))).error).toBeUndefined();
        expect(Buffer.byteLength(JSON.stringify(sent))).toBeLessThan(PAGERDUTY_LIMITS.eventBytes);
        // Nothing that moves a cursor, hides, or is no character.
        expect(JSON.stringify(event)).not.toMatch(/\\u00[01]|\\u007f|\\ud[89a-f]|[\u200b\u202e\ufeff]/);
        expect(event.payload.custom_details['note']).toBe('A remark.');
        expect(event.payload.custom_details['incident']).toBe('0123456789ab');
      }),
    );
  });
});

describe('when PagerDuty', () => {
  const order: Order = { action: 'open', notice: aNotice() };

  test.each<{ says: string; status: number; body?: unknown; headers?: Record<string, string>; reason: string }>([
    { says: 'is busy', status: 429, reason: 'retry' },
    { says: 'has an error', status: 500, reason: 'uncertain' },
    { says: 'is behind a broken gateway', status: 502, reason: 'uncertain' },
    { says: 'is not available', status: 503, reason: 'retry' },
    { says: 'answers too late for its gateway', status: 504, reason: 'uncertain' },
    { says: 'refuses the event', status: 400, body: { errors: ["'payload.severity' is invalid"] }, reason: 'payload' },
    { says: 'refuses it in no words', status: 400, body: '', reason: 'payload' },
    {
      says: 'does not know the key',
      status: 400,
      body: { message: 'Invalid routing key' },
      reason: 'destination',
    },
    {
      says: 'finds the key too short',
      status: 400,
      body: { errors: ["Length of 'routing_key' is incorrect (should be 32 characters)"] },
      reason: 'destination',
    },
    { says: 'wants to know who asks', status: 401, reason: 'auth' },
    { says: 'forbids it', status: 403, reason: 'auth' },
    { says: 'is not there', status: 404, reason: 'destination' },
    { says: 'finds the event too long', status: 413, reason: 'payload' },
    { says: 'sends us elsewhere', status: 307, headers: { location: '/elsewhere' }, reason: 'destination' },
    { says: 'is a web page', status: 200, body: '<html>Please log in</html>', reason: 'uncertain' },
    { says: 'accepts in no words', status: 202, body: '<html>', reason: 'uncertain' },
    { says: 'accepts without success', status: 202, body: { status: 'invalid' }, reason: 'uncertain' },
  ])('$says ($status), the reason is $reason', async ({ status, body = {}, headers = {}, reason }) => {
    const vendor = await server(answering(status, body, headers));
    const error = await failureOf(receiver(vendor.url).send(aTask(order), neverAborted));
    expect(error.reason).toBe(reason);
    expect(error.message).toMatch(/^PagerDuty \(receiver oncall\) answered \d{3}/);
    // Once: retries are the outbox's.
    expect(vendor.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /v2/enqueue']);
  });

  test('asks to wait, the error says how long', async () => {
    const vendor = await server(answering(429, {}, { 'retry-after': '17' }));
    expect(await failureOf(receiver(vendor.url).send(aTask(order), neverAborted))).toMatchObject({ retryAfter: 17 });
  });

  test('names the field that it refuses, the error does too, but in no other words of its', async () => {
    const vendor = await server(
      answering(400, { message: `summary is bad: ${KEY}`, errors: [`${'x'.repeat(300)} source`] }),
    );
    const error = await failureOf(receiver(vendor.url).send(aTask(order), neverAborted));
    expect(error.message).toBe('PagerDuty (receiver oncall) answered 400, about summary.');
  });

  test('does not answer within the time of one request, it may have acted', async () => {
    const vendor = await server();
    vendor.failAll('silence');
    const error = await failureOf(receiver(vendor.url, { timeoutMs: 20 }).send(aTask(order), neverAborted));
    expect(error).toMatchObject({
      reason: 'uncertain',
      message: 'PagerDuty (receiver oncall) did not answer in time; it may have acted.',
    });
  });

  test('cannot be reached, it has not acted', async () => {
    const refusing = await closedUrl();
    const plain = await server();
    const urls = [refusing, 'https://nowhere.invalid', plain.url.replace('http:', 'https:')];
    for (const url of urls)
      expect(await failureOf(receiver(url).send(aTask(order), neverAborted))).toMatchObject({ reason: 'retry' });
    expect(plain.asked).toEqual([]);
  });

  test('is to be asked when no time is left, nothing is sent', async () => {
    const vendor = await server();
    const error = await failureOf(receiver(vendor.url).send(aTask(order), AbortSignal.abort()));
    expect(error.reason).toBe('retry');
    expect(vendor.asked).toEqual([]);
  });

  test('quotes the key and the rows in its answer, no error does', async () => {
    const statuses = [200, 202, 302, 400, 401, 403, 404, 413, 429, 500, 503];
    const notice = aFullNotice();
    for (const status of statuses) {
      const vendor = await server((asked) =>
        answering(status, { message: asked.body.slice(0, 150), errors: [asked.body, KEY, 'order_id: 17'] })(asked),
      );
      const oncall = receiver(`${vendor.url}/gateway-secret`, { samples: true });
      const error = await failureOf(oncall.send(aTask({ action: 'open', notice }), neverAborted));
      expect(vendor.asked).toHaveLength(1);
      expect(`${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toMatch(
        new RegExp(`${KEY}|order_id|gateway-secret`),
      );
    }
  });
});

describe('the configuration', () => {
  test.each<{ what: string; written: unknown; valid: boolean }>([
    { what: 'a key in the environment', written: { routing_key: { env: 'PAGERDUTY_ROUTING_KEY' } }, valid: true },
    { what: 'a key in a file', written: { routing_key: { file: '/run/secrets/key' } }, valid: true },
    { what: 'a key in the text', written: { routing_key: KEY }, valid: false },
    { what: 'a key in two places', written: { routing_key: { env: 'A', file: 'b' } }, valid: false },
    { what: 'no key', written: {}, valid: false },
    { what: 'an unknown word', written: { routing_key: { env: 'A' }, severity: 'error' }, valid: false },
    { what: 'a limit of none', written: { routing_key: { env: 'A' }, max_messages: 0 }, valid: false },
    ...(
      [
        ['https://gateway.shop.example/pagerduty', true],
        ['http://127.0.0.1:8080', true],
        ['http://localhost:8080/', true],
        ['http://[::1]:8080', true],
        ['http://gateway.shop.example', false],
        ['http://localhost.evil.example', false],
        ['http://127.0.0.1.evil.example', false],
        ['https://ana:secret@gateway.shop.example', false],
        ['https://gateway.shop.example/?token=secret', false],
        ['file:///etc/passwd', false],
        ['gateway', false],
      ] as const
    ).map(([url, valid]) => ({ what: url, written: { routing_key: { env: 'A' }, api_url: url }, valid })),
  ])('with $what: $valid', ({ written, valid }) => {
    expect(pagerdutyConfig.safeParse(written).success).toBe(valid);
  });

  test('becomes a receiver that uses the secret it names', async () => {
    const vendor = await server();
    const settings = { routing_key: { env: 'PAGERDUTY_ROUTING_KEY' }, api_url: `${vendor.url}/`, max_messages: 7 };
    const oncall = await openPagerduty('oncall', pagerdutyConfig.parse(settings), {
      secret: async (reference) => ('env' in reference && reference.env === 'PAGERDUTY_ROUTING_KEY' ? KEY : ''),
    });
    expect(oncall.abilities).toMatchObject({ maxMessages: 7, samples: false });
    await oncall.send(aTask({ action: 'open', notice: aFullNotice() }), neverAborted);
    expect(story(vendor)).toEqual(['trigger dq-report-0123456789ab by c0ff']);
  });

  test.each([
    { key: KEY, wrong: [] },
    { key: 'R0212P1QXGEIQE2NMTQ7L7WXD00DWHIN', wrong: [] },
    { key: 'tooshort', wrong: ['a routing key has 32 letters and digits, this one has 8.'] },
    { key: `${KEY.slice(0, 31)}-`, wrong: ['a routing key has 32 letters and digits, this one has other characters.'] },
  ])('is checked without sending an event: $key', async ({ key, wrong }) => {
    const vendor = await server();
    const problems = await receiver(vendor.url, { routingKey: key }).check?.(neverAborted);
    expect(problems?.map((each) => /: (.*?\.) Take/.exec(each)?.[1])).toEqual(wrong);
    expect(JSON.stringify(problems)).not.toContain(key);
    expect(vendor.asked).toEqual([]);
  });
});

const spec = specAt('pagerduty/events-v2.json');
const describeSpec = spec === null ? describe.skip : describe;

describeSpec('a server made of PagerDuty’s OpenAPI (needs ../shared/specs)', () => {
  let prism: Prism;
  beforeAll(async () => {
    prism = await startPrism(JSON.parse(await readFile(spec ?? '', 'utf8')), (path) => path.replace(/^\/v2/, ''));
  });
  afterAll(async () => prism.close());

  const triggered: Receipt = { dedup_key: 'dq-report-0123456789ab', routing_key_hash: '' };

  test('refuses what is no event', async () => {
    const vendor = await server(prism.forward);
    const answer = await fetch(`${vendor.url}/v2/enqueue`, {
      method: 'POST',
      body: JSON.stringify({ routing_key: KEY, event_action: 'trigger', payload: { summary: 'x', severity: 'bad' } }),
    });
    expect(answer.status).toBe(400);
  });

  test.each<{ name: string; order: Order; previous?: Receipt }>([
    { name: 'a new alert', order: { action: 'open', notice: aNotice() } },
    { name: 'an alert with everything', order: { action: 'update', notice: aFullNotice(), loud: true } },
    { name: 'a digest', order: { action: 'digest', notices: [aFullNotice(), aNotice(), anEnd()] } },
    { name: 'an end', order: { action: 'close', notice: anEnd() }, previous: triggered },
  ])('accepts $name', async ({ order, previous }) => {
    const vendor = await server(prism.forward);
    const oncall = receiver(vendor.url, { samples: true });
    const { routing_key_hash: hash = '' } = await oncall.send(
      aTask({ action: 'open', notice: aNotice() }),
      neverAborted,
    );
    const before = previous === undefined ? null : { ...previous, routing_key_hash: hash };
    await oncall.send(aTask(order, before), neverAborted);
    // The document leaves out lengths, that a trigger needs a payload, and that a resolve needs a key.
    expect(eventsOf(vendor)).toHaveLength(2);
    for (const event of eventsOf(vendor)) expect(event.payload === undefined).toBe(event.event_action === 'resolve');
  });

  test('accepts whatever stands in the artifacts', async () => {
    const vendor = await server(prism.forward);
    await fc.assert(
      fc.asyncProperty(hostileNotice, async (notice) => {
        await receiver(vendor.url, { samples: true }).send(aTask({ action: 'open', notice }), neverAborted);
      }),
      { numRuns: 30 },
    );
  });
});
