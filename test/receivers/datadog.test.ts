import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import * as fc from 'fast-check';
import * as YAML from 'yaml';
import * as z from 'zod';
import { DATADOG_LIMITS, payloadOf } from '../../src/receivers/datadog-payload.ts';
import { datadogConfig, datadogReceiver, openDatadog } from '../../src/receivers/datadog.ts';
import { DeliveryError, type Notice, type Order, type Receiver } from '../../src/receivers/receiver.ts';
import { type Act, answering, closedUrl, FarSide } from '../contracts/far-side.ts';
import { aFullNotice, anEnd, anIncident, aNotice, aNoticeCause, aTask, hostileNotice } from './notices.ts';
import { excerptOf, type Prism, specAt, startPrism } from './prism.ts';

const KEY = 'c0ffee00c0ffee00c0ffee00c0ffee00';
const NOW = new Date('2026-01-02T06:05:00Z');
const accepted = answering(202, { status: 'ok' });
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

function receiver(
  apiUrl: string,
  more: { apiKey?: string; samples?: boolean; now?: Date; timeoutMs?: number } = {},
): Receiver {
  const { apiKey = KEY, samples = false, now = NOW, timeoutMs } = more;
  return datadogReceiver(
    { name: 'dog', apiKey, apiUrl, site: 'datadoghq.com', samples },
    { now: () => now, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
  );
}

const tag = z
  .string()
  .max(200)
  .regex(/^[a-z][\p{L}\p{N}_\-:./]*$/u)
  .refine((text) => text === text.toLowerCase());
const seconds = z.int().min(1_000_000_000).max(4_000_000_000);
/** What cannot be read as one of the three fails the test that looks at it. */
const seriesBody = z.strictObject({
  series: z
    .array(
      z.strictObject({
        metric: z.enum(['dbt.incident.open', 'dbt.test.failures']),
        type: z.literal('gauge'),
        points: z.tuple([z.tuple([seconds, z.number()])]),
        tags: z.array(tag),
      }),
    )
    .min(1),
});

const checkBody = z.tuple([
  z.strictObject({
    check: z.literal('dbt.model.ok'),
    host_name: z.string().regex(/^[\p{L}\p{N}_\-:./]{1,254}…?$/u),
    status: z.literal([0, 1, 2, 3]),
    message: z.string().min(1),
    tags: z.array(tag),
    timestamp: seconds,
  }),
]);

const eventBody = z.strictObject({
  title: z.string().min(1).max(500),
  text: z.string().min(1).max(4000),
  alert_type: z.enum(['error', 'warning', 'info', 'success']),
  priority: z.enum(['normal', 'low']),
  aggregation_key: z.string().min(1).max(100),
  date_happened: seconds,
  tags: z.array(tag),
});

function bodiesOf<Body>({ asked }: FarSide, path: string, schema: z.ZodType<Body>): readonly Body[] {
  return asked.filter((received) => received.path === path).map(({ body }) => schema.parse(JSON.parse(body)));
}

const seriesOf = (vendor: FarSide) => bodiesOf(vendor, '/api/v1/series', seriesBody);
const checksOf = (vendor: FarSide) => bodiesOf(vendor, '/api/v1/check_run', checkBody);
const eventsOf = (vendor: FarSide) => bodiesOf(vendor, '/api/v1/events', eventBody);

/** "dbt.incident.open 1 severity:error owner:finance": what differs between series. */
function gaugesOf(vendor: FarSide): readonly string[] {
  return seriesOf(vendor).flatMap(({ series }) =>
    series.map(({ metric, points: [[, value]], tags }) =>
      [metric, value, ...tags.filter((each) => /^(?:severity|owner):/.test(each))].join(' '),
    ),
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

describe('a change of an incident', () => {
  test('is told as gauges, a service check and one event, the event last', async () => {
    const vendor = await server();
    await receiver(vendor.url).send(aTask({ action: 'open', notice: aNotice() }), neverAborted);
    expect(vendor.asked.map(({ method, path, headers }) => `${method} ${path} ${headers['dd-api-key']}`)).toEqual([
      `POST /api/v1/series ${KEY}`,
      `POST /api/v1/check_run ${KEY}`,
      `POST /api/v1/events ${KEY}`,
    ]);
    expect(seriesOf(vendor)).toEqual([
      {
        series: [
          {
            metric: 'dbt.incident.open',
            type: 'gauge',
            points: [[1767333600, 1]],
            tags: [
              'env:prod',
              'dbt_project:shop',
              'model:orders',
              'node:test.shop.not_null_orders_client_id.0123456789',
              'severity:error',
            ],
          },
          expect.objectContaining({ metric: 'dbt.test.failures', points: [[1767333600, 77]] }),
        ],
      },
    ]);
    expect(checksOf(vendor)).toEqual([
      [
        {
          check: 'dbt.model.ok',
          host_name: 'shop.prod',
          status: 2,
          message: '[prod] not_null client_id on orders: 77 of 294 orders without a value (26.2 %)',
          // Neither severity nor owner: the state of a check belongs to its set of tags.
          tags: ['env:prod', 'dbt_project:shop', 'model:orders', 'node:test.shop.not_null_orders_client_id.0123456789'],
          timestamp: 1767333600,
        },
      ],
    ]);
    expect(eventsOf(vendor)).toEqual([
      {
        title: '[prod] not_null client_id on orders: 77 of 294 orders without a value (26.2 %) · new',
        text: [
          'not_null client_id on orders',
          'State: new',
          'First seen: 2026-01-02 06:00 UTC',
          'Streak: failing in 1 run; last results: F',
          'Message: 77 of 294 orders without a value (26.2 %)',
          'File: models/orders.sql',
          'Once mended: dbt build --select orders+',
          'Incident: 0123456789ab',
        ].join('\n'),
        alert_type: 'error',
        priority: 'normal',
        aggregation_key: '0123456789ab',
        date_happened: 1767333600,
        tags: expect.arrayContaining(['severity:error', 'change:opened']),
      },
    ]);
  });

  test.each<{ what: string; notice: Notice; type: string; status: number }>([
    {
      what: 'a critical one',
      notice: aNotice({ incident: anIncident({ severity: 'critical' }) }),
      type: 'error',
      status: 2,
    },
    { what: 'an error', notice: aNotice(), type: 'error', status: 2 },
    {
      what: 'a warning',
      notice: aNotice({ incident: anIncident({ severity: 'warning' }) }),
      type: 'warning',
      status: 1,
    },
    { what: 'one not run', notice: aNotice({ reason: 'unobserved', cause: null }), type: 'info', status: 2 },
    { what: 'one mended', notice: anEnd(), type: 'success', status: 0 },
    { what: 'one whose node is gone', notice: anEnd({ state: 'retired' }), type: 'info', status: 3 },
  ])('shows $what as $type, its check as $status', ({ notice, type, status }) => {
    const { event, check } = payloadOf(notice, { now: NOW, loud: true, before: null });
    expect([event?.alertType, check.status]).toEqual([type, status]);
  });

  test('has low priority when nobody need notice', async () => {
    const vendor = await server();
    const eased = aNotice({ reason: 'eased' });
    await receiver(vendor.url).send(aTask({ action: 'update', notice: eased, loud: false }), neverAborted);
    expect(eventsOf(vendor)[0]?.priority).toBe('low');
  });

  test('is no event where it only goes on, but moves the gauges', async () => {
    const vendor = await server();
    const ongoing = aNotice({ reason: 'ongoing', incident: anIncident({ failures: 80 }) });
    await receiver(vendor.url).send(aTask({ action: 'update', notice: ongoing, loud: false }), neverAborted);
    expect(vendor.asked.map(({ path }) => path)).toEqual(['/api/v1/series', '/api/v1/check_run']);
    expect(gaugesOf(vendor)).toEqual(['dbt.incident.open 1 severity:error', 'dbt.test.failures 80 severity:error']);
  });

  test('ends the series of the severity and owner that it had before', async () => {
    const vendor = await server();
    const dog = receiver(vendor.url);
    const owner = { name: 'Finance Team', email: null, slack: null, reason: 'group' };
    const owned = aNotice({ cause: aNoticeCause({ owner }) });
    const first = await dog.send(aTask({ action: 'open', notice: owned }), neverAborted);
    const second = await dog.send(aTask({ action: 'update', notice: aFullNotice(), loud: true }, first), neverAborted);
    const unseen = aNotice({ ...aFullNotice(), reason: 'unobserved', cause: null });
    const third = await dog.send(aTask({ action: 'update', notice: unseen, loud: false }, second), neverAborted);
    await dog.send(aTask({ action: 'close', notice: anEnd({ severity: 'critical' }) }, third), neverAborted);
    expect(gaugesOf(vendor)).toEqual([
      'dbt.incident.open 1 severity:error owner:finance_team',
      'dbt.test.failures 77 severity:error owner:finance_team',
      'dbt.incident.open 1 severity:critical owner:finance',
      'dbt.test.failures 412 severity:critical owner:finance',
      'dbt.incident.open 0 severity:error owner:finance_team',
      'dbt.test.failures 0 severity:error owner:finance_team',
      // Nobody counted failures.
      'dbt.incident.open 1 severity:critical owner:finance',
      'dbt.incident.open 0 severity:critical owner:finance',
      'dbt.test.failures 0 severity:critical owner:finance',
    ]);
  });

  test('counts failures of tests only', async () => {
    const notice = aNotice({ incident: anIncident({ kind: 'model_errored', failures: null }) });
    const { series } = payloadOf(notice, { now: NOW, loud: true, before: null });
    expect(series.map(({ metric }) => metric)).toEqual(['dbt.incident.open']);
  });

  test('holds keys of failing rows where the cause has them', () => {
    const context = { now: NOW, loud: true, before: null };
    expect(payloadOf(aFullNotice(), context).event?.text).toContain('Samples:\norder_id: 17\norder_id: 23');
    expect(payloadOf(aNotice(), context).event?.text).not.toContain('Samples');
  });
});

describe('a delivery that is late', () => {
  const at = Date.parse('2026-01-02T06:00:00Z') / 1000;
  const minutes = 60;
  const hours = 3600;

  test.each<{ age: string; seconds: number; restamped: readonly string[] }>([
    { age: 'a minute', seconds: 60, restamped: [] },
    { age: '8 minutes', seconds: 8 * minutes, restamped: [] },
    { age: '10 minutes', seconds: 10 * minutes, restamped: ['check'] },
    { age: '58 minutes', seconds: 58 * minutes, restamped: ['check'] },
    { age: 'an hour', seconds: hours, restamped: ['check', 'gauge'] },
    { age: '17 hours', seconds: 17 * hours, restamped: ['check', 'gauge'] },
    { age: '18 hours', seconds: 18 * hours, restamped: ['check', 'gauge', 'event'] },
    { age: '9 days', seconds: 9 * 24 * hours, restamped: ['check', 'gauge', 'event'] },
    { age: 'an hour before it happened', seconds: -hours, restamped: ['check', 'gauge', 'event'] },
  ])('by $age stands at the time of sending for: $restamped', ({ seconds: age, restamped }) => {
    const now = at + age;
    const { series, check, event } = payloadOf(aNotice(), {
      now: new Date(now * 1000),
      loud: true,
      before: null,
    });
    const time = (what: string): number => (restamped.includes(what) ? now : at);
    expect(check.timestamp).toBe(time('check'));
    expect(series.map(({ points }) => points[0]?.[0])).toEqual([time('gauge'), time('gauge')]);
    expect(event?.dateHappened).toBe(time('event'));
    // Who reads it is told the true time.
    const remark = 'Sent late: this is the state of 2026-01-02 06:00 UTC.';
    expect(event?.text.startsWith(remark)).toBe(restamped.includes('event'));
    expect(check.message?.startsWith(remark)).toBe(restamped.includes('check'));
  });
});

describe('text from artifacts', () => {
  test.each([
    { name: 'markdown', text: '%%% \n**bold** [a](https://e.vil)\n %%%', never: /%%/ },
    { name: 'more signs than markdown needs', text: '%%%%%%', never: /%%/ },
    { name: 'a handle', text: 'ping @all and @slack-ops, @ana@shop.example', never: /@/ },
    { name: 'controls of a terminal', text: '\u001b[31mred\u0007\u0000', never: /[\u001b\u0007\u0000]/ },
    { name: 'a reversed direction', text: 'abc\u202edef\u200b', never: /[\u202e\u200b]/ },
  ])('is no $name for Datadog', ({ text, never }) => {
    const notice = aNotice({
      project: text,
      environment: text,
      incident: anIncident({ title: text, subjectId: `model.shop.${text}`, uniqueId: text }),
      cause: aNoticeCause({
        message: [text],
        owner: { name: text, email: text, slack: text, reason: text },
        path: text,
        samples: [text],
      }),
    });
    const payload = payloadOf(notice, { now: NOW, loud: true, before: null });
    expect(
      [payload.event?.title, payload.event?.text, payload.check.message, ...(payload.event?.tags ?? [])].join('\n'),
    ).not.toMatch(never);
  });

  test('makes tags of two long names that begin alike differ', () => {
    const nodeOf = (uniqueId: string): string | undefined =>
      payloadOf(aNotice({ incident: anIncident({ uniqueId }) }), {
        now: NOW,
        loud: true,
        before: null,
      }).gaugeTags.find((each) => each.startsWith('node:'));
    const long = `test.shop.${'x'.repeat(300)}`;
    expect(nodeOf(`${long}a`)).not.toBe(nodeOf(`${long}b`));
    expect(nodeOf(`${long}a`)).toHaveLength(DATADOG_LIMITS.tag);
  });

  test('keeps within the limits whatever it is', async () => {
    const vendor = await server();
    await fc.assert(
      fc.asyncProperty(hostileNotice, async (notice) => {
        const order: Order = { action: 'open', notice };
        const receipt = await receiver(vendor.url, { samples: true }).send(aTask(order), neverAborted);
        await receiver(vendor.url, { samples: true }).send(aTask(order, receipt), neverAborted);
      }),
      { numRuns: 60 },
    );
    const events = eventsOf(vendor);
    expect(checksOf(vendor)).toHaveLength(events.length);
    expect(seriesOf(vendor)).toHaveLength(events.length);
    for (const { title, text, tags } of events)
      expect([title, text, ...tags].join('\n')).not.toMatch(
        /@|%%|[\u0000-\u0009\u000b-\u001f\u007f\u200b\u202e\ufeff]|\p{Cs}/u,
      );
  });
});

describe('when Datadog', () => {
  const order: Order = { action: 'open', notice: aNotice() };

  test.each<{ says: string; status: number; body?: unknown; headers?: Record<string, string>; reason: string }>([
    { says: 'is busy', status: 429, reason: 'retry' },
    { says: 'has an error and may have written the event', status: 500, reason: 'uncertain' },
    { says: 'is behind a broken gateway', status: 502, reason: 'uncertain' },
    { says: 'is not available', status: 503, reason: 'retry' },
    { says: 'waited too long for us', status: 408, reason: 'uncertain' },
    { says: 'refuses the payload', status: 400, reason: 'payload' },
    { says: 'finds it too large', status: 413, reason: 'payload' },
    { says: 'does not know the key', status: 403, reason: 'auth' },
    { says: 'wants to know who asks', status: 401, reason: 'auth' },
    { says: 'is not there', status: 404, reason: 'destination' },
    { says: 'sends us elsewhere', status: 307, headers: { location: '/elsewhere' }, reason: 'destination' },
    { says: 'is a web page', status: 200, body: '<html>Please log in</html>', reason: 'uncertain' },
    { says: 'accepts in no words', status: 202, body: '', reason: 'uncertain' },
  ])('$says ($status), the reason is $reason', async ({ status, body = {}, headers = {}, reason }) => {
    for (const [path, before] of [
      ['/api/v1/series', 0],
      ['/api/v1/check_run', 1],
      ['/api/v1/events', 2],
    ] as const) {
      const vendor = await server((asked) =>
        (asked.path === path ? answering(status, body, headers) : accepted)(asked),
      );
      const error = await failureOf(receiver(vendor.url).send(aTask(order), neverAborted));
      // Where the gauges were taken, what comes after must know of it.
      expect(error.reason).toBe(reason === 'retry' && before > 0 ? 'uncertain' : reason);
      expect(error.message).toMatch(/^Datadog \(receiver dog\) answered \d{3}/);
      // Once, and nothing after it: retries are the outbox's.
      expect(vendor.asked).toHaveLength(before + 1);
    }
  });

  test.each([
    [{ 'x-ratelimit-reset': '23' }, 23],
    [{ 'retry-after': '7', 'x-ratelimit-reset': '23' }, 7],
    [{ 'retry-after': 'Fri, 02 Jan 2026 06:05:30 GMT' }, 30],
    [{ 'retry-after': 'Fri, 02 Jan 2026 06:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '-5' }, null],
    [{}, null],
  ])('asks to wait with %j, the error says %j', async (headers, retryAfter) => {
    const vendor = await server(answering(429, { errors: ['Too many requests'] }, headers));
    expect(await failureOf(receiver(vendor.url).send(aTask(order), neverAborted))).toMatchObject({ retryAfter });
  });

  test('cannot be reached, it has not acted', async () => {
    const refusing = await closedUrl();
    expect(await failureOf(receiver(refusing).send(aTask(order), neverAborted))).toMatchObject({ reason: 'retry' });
    expect(await failureOf(receiver(refusing).send(aTask(order), AbortSignal.abort()))).toMatchObject({
      reason: 'retry',
    });
  });

  test('says more than any vendor does, only the beginning is read', async () => {
    const vendor = await server();
    vendor.failAll('no end');
    expect(await failureOf(receiver(vendor.url).send(aTask(order), neverAborted))).toMatchObject({
      reason: 'payload',
    });
  });

  test('quotes the key and the rows in its answer, neither an error nor the terminal does', async () => {
    const written = ['error', 'warn', 'info', 'log', 'debug'] as const;
    const spies = written.map((name) => jest.spyOn(console, name).mockImplementation(() => {}));
    const faults = [200, 202, 302, 400, 401, 403, 404, 413, 429, 500, 503].map(
      (status): Act =>
        (asked) =>
          answering(status, `${asked.body} ${KEY} order_id: 17`, { 'x-echo': KEY })(asked),
    );
    for (const fault of faults) {
      const vendor = await server(fault);
      const dog = receiver(`${vendor.url}/gateway-secret`, { samples: true });
      const error = await failureOf(dog.send(aTask({ action: 'open', notice: aFullNotice() }), neverAborted));
      const problems = await dog.check?.(neverAborted);
      expect(vendor.asked).toHaveLength(2);
      expect(
        `${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)} ${problems?.join()}`,
      ).not.toMatch(new RegExp(`${KEY}|order_id|gateway-secret`));
    }
    expect(spies.flatMap(({ mock }) => mock.calls)).toEqual([]);
    for (const spy of spies) spy.mockRestore();
  });

  test('is to be given a key that fits no header, the error does not quote it', async () => {
    const vendor = await server();
    for (const apiKey of [`${KEY}\n`, `${KEY}\u0000`, `${KEY} ü`, '']) {
      const error = await failureOf(receiver(vendor.url, { apiKey }).send(aTask(order), neverAborted));
      expect(error.reason).toBe('auth');
      expect(error.message).not.toContain(KEY);
    }
    expect(vendor.asked).toEqual([]);
  });
});

describe('the credentials', () => {
  test.each<{ what: string; act: Act; problems: readonly string[] }>([
    { what: 'are valid', act: answering(200, { valid: true }), problems: [] },
    {
      what: 'are not valid',
      act: answering(200, { valid: false }),
      problems: ['Datadog (receiver dog) does not know the API key.'],
    },
    {
      what: 'are refused',
      act: answering(403, { errors: ['Forbidden'] }),
      problems: [
        'Datadog (receiver dog) refuses the API key. Take an API key, not an application key, and the site of its organization.',
      ],
    },
    {
      what: 'cannot be checked',
      act: answering(503),
      problems: ['Datadog (receiver dog) answered 503 to GET /api/v1/validate.'],
    },
  ])('$what', async ({ act, problems }) => {
    const vendor = await server(act);
    expect(await receiver(vendor.url).check?.(neverAborted)).toEqual(problems);
    expect(vendor.asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /api/v1/validate']);
  });

  test.each<{ what: string; written: unknown; valid: boolean }>([
    { what: 'a key in the environment', written: { api_key: { env: 'DD_API_KEY' } }, valid: true },
    { what: 'a site', written: { api_key: { env: 'DD_API_KEY' }, site: 'datadoghq.eu' }, valid: true },
    { what: 'a site that is none', written: { api_key: { env: 'DD_API_KEY' }, site: 'datad0ghq.com' }, valid: false },
    { what: 'a key in the text', written: { api_key: KEY }, valid: false },
    { what: 'a bare http URL', written: { api_key: { env: 'A' }, api_url: 'http://proxy.example' }, valid: false },
  ])('in a configuration with $what: $valid', ({ written, valid }) => {
    expect(datadogConfig.safeParse(written).success).toBe(valid);
  });

  test('are those that the configuration names', async () => {
    const vendor = await server();
    const settings = { api_key: { file: '/run/secrets/datadog' }, api_url: `${vendor.url}/` };
    const dog = await openDatadog('dog', datadogConfig.parse(settings), {
      secret: async (reference) => ('file' in reference && reference.file === '/run/secrets/datadog' ? KEY : ''),
    });
    await dog.send(aTask({ action: 'open', notice: aFullNotice() }), neverAborted);
    expect(vendor.asked.map(({ headers }) => headers['dd-api-key'])).toEqual([KEY, KEY, KEY]);
    expect(dog.abilities.samples).toBe(false);
  });

  test('of the environment are not used, nor is its site', async () => {
    const vendor = await server();
    const others = { DD_API_KEY: 'other', DD_APP_KEY: 'other', DD_SITE: 'datadoghq.eu' };
    const before = { ...process.env };
    Object.assign(process.env, others);
    await receiver(vendor.url).send(aTask({ action: 'open', notice: aNotice() }), neverAborted);
    for (const name of Object.keys(others))
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    expect(vendor.asked.map(({ headers }) => [headers['dd-api-key'], headers['dd-application-key']])).toEqual([
      [KEY, undefined],
      [KEY, undefined],
      [KEY, undefined],
    ]);
  });
});

describe('Datadog’s client', () => {
  test('is loaded when something is sent, not when the receiver is made or its configuration read', async () => {
    const script = `
      import { createRequire } from 'node:module';
      const loaded = () => Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes('datadog-api-client'));
      const { datadogConfig, datadogReceiver } = await import('./src/receivers/datadog.ts');
      await import('./src/receivers/pagerduty.ts');
      datadogConfig.parse({ api_key: { env: 'A' } });
      const receiver = datadogReceiver({ name: 'dog', apiKey: 'k', apiUrl: '${await closedUrl()}', site: 'datadoghq.com', samples: false });
      const before = loaded();
      await receiver.check(AbortSignal.timeout(10_000));
      console.log(before, loaded());
    `;
    const { stdout } = await inChildProcess(script);
    expect(stdout).toBe('false true\n');
  });

  test('is a part of the bundle by itself, and loads without a word on the terminal', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dq-report-bundle-'));
    const bundle = `
      import { build } from 'rolldown';
      import { bundleOptions } from './scripts/bundle-options.ts';
      const output = { ...bundleOptions.output, dir: ${JSON.stringify(folder)} };
      const { output: chunks } = await build({ ...bundleOptions, input: 'src/receivers/datadog.ts', output });
      for (const { fileName, isEntry, imports, dynamicImports } of chunks)
        console.log(fileName.replace(/-[^-]*$/, ''), isEntry, imports.some((path) => path.includes('client')), dynamicImports.length);
    `;
    const built = await inChildProcess(bundle);
    expect(built).toEqual({ stdout: 'datadog.cjs true false 1\ndatadog-client false false 0\n', stderr: '' });
    const vendor = await server(answering(200, { valid: true }));
    const use = `
      import bundled from ${JSON.stringify(join(folder, 'datadog.cjs'))};
      const receiver = bundled.datadogReceiver({ name: 'dog', apiKey: 'k', apiUrl: '${vendor.url}', site: 'datadoghq.com', samples: false });
      console.log(await receiver.check(AbortSignal.timeout(10_000)));
    `;
    const used = await inChildProcess(use);
    await rm(folder, { recursive: true });
    expect(used).toEqual({ stdout: '[]\n', stderr: '' });
  });
});

async function inChildProcess(script: string): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: join(import.meta.dirname, '../..'),
    env: { ...process.env, NODE_OPTIONS: '' },
  });
}

const spec = specAt('datadog/v1.yaml');
const describeSpec = spec === null ? describe.skip : describe;

describeSpec('a server made of Datadog’s OpenAPI (needs ../shared/specs)', () => {
  let prism: Prism;
  beforeAll(async () => {
    // Prism cannot answer in text/json, which is JSON under an older name.
    const text = (await readFile(spec ?? '', 'utf8')).replaceAll(/\btext\/json:/g, 'application/json:');
    const paths = ['/api/v1/series', '/api/v1/check_run', '/api/v1/events', '/api/v1/validate'];
    prism = await startPrism(excerptOf(YAML.parse(text), paths));
  });
  afterAll(async () => prism.close());

  test.each([
    ['/api/v1/events', { title: 'x', text: 'x'.repeat(4001) }],
    ['/api/v1/check_run', [{ check: 'x', status: 7, tags: [], host_name: '' }]],
    ['/api/v1/series', { series: [{ metric: 'x' }] }],
  ])('refuses what is none at %s', async (path, body) => {
    const vendor = await server(prism.forward);
    const answer = await fetch(`${vendor.url}${path}`, {
      method: 'POST',
      headers: { 'dd-api-key': KEY },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(400);
  });

  test.each<{ name: string; order: Order }>([
    { name: 'something new', order: { action: 'open', notice: aNotice() } },
    { name: 'something with everything', order: { action: 'update', notice: aFullNotice(), loud: true } },
    { name: 'an end', order: { action: 'close', notice: anEnd() } },
    { name: 'many at once', order: { action: 'digest', notices: [aFullNotice(), anEnd()] } },
  ])('accepts $name', async ({ order }) => {
    const vendor = await server(prism.forward);
    await receiver(vendor.url, { samples: true }).send(aTask(order), neverAborted);
    // The document leaves out the lengths of tags and titles, and the windows of time.
    expect(seriesOf(vendor)).toHaveLength(order.action === 'digest' ? 2 : 1);
    expect(checksOf(vendor)).toHaveLength(order.action === 'digest' ? 2 : 1);
    expect(eventsOf(vendor)).toHaveLength(order.action === 'digest' ? 2 : 1);
  });

  test('accepts the key that it is asked about', async () => {
    const vendor = await server(prism.forward);
    expect(await receiver(vendor.url).check?.(neverAborted)).toEqual([]);
  });

  test('accepts whatever stands in the artifacts', async () => {
    const vendor = await server(prism.forward);
    await fc.assert(
      fc.asyncProperty(hostileNotice, async (notice) => {
        await receiver(vendor.url, { samples: true }).send(aTask({ action: 'open', notice }), neverAborted);
      }),
      { numRuns: 15 },
    );
  });
});
