import { type Asked, FarSide, type Fault, type Told } from '../contracts/far-side.ts';
import { type EmulatedSlack, WEBHOOK_PATH } from '../receivers/slack-emulator.ts';
import { receivers } from './project.ts';

/** A vendor as the tests of deliveries see it. */
export interface Vendor {
  readonly name: string;
  start(slack: EmulatedSlack): Promise<FarSide>;
  receiver(url: string, maxMessages?: number | null): { readonly name: string };
  /** Whether it takes digests. */
  readonly digests: boolean;
  /** What people have been told, in its order, and how it stands in the end; what is there twice is here twice. */
  told(farSide: FarSide, slack: EmulatedSlack): Promise<readonly string[]>;
  /** Whether it can neither be asked nor knows a repeated request, so that what was interrupted may be there twice. */
  readonly mayDouble: boolean;
  /** In its own words: no to the message, to the destination, to the credentials, and that it broke after acting. */
  readonly words: Readonly<Record<'payload' | 'destination' | 'auth' | 'broken', Told>>;
}

/** What is wrong with a far side for a while. */
export interface Trouble {
  /** "The far side …". */
  readonly name: string;
  readonly fault: Fault | 'not there';
  /** Whether somebody must mend something before it can be sent. */
  readonly isRefusal: boolean;
}

export function troublesOf({ words }: Vendor): readonly Trouble[] {
  const passing: readonly (readonly [name: string, fault: Trouble['fault']])[] = [
    ['is not there', 'not there'],
    ['resets the connection before it has read', 'reset before'],
    ['acts and resets the connection', 'reset after'],
    ['acts and breaks off in its answer', 'half an answer'],
    ['acts and answers too late', 'silence'],
    ['acts and says that it broke', { acted: words.broken }],
    ['acts and answers nonsense', { acted: { status: 200, body: '<html>' } }],
    ['has too much to do', { status: 429, headers: { 'retry-after': '60' } }],
    ['is not available', { status: 503 }],
  ];
  const refusals: readonly (readonly [name: string, fault: Trouble['fault']])[] = [
    ['sends elsewhere', { status: 301, body: '<html>' }],
    ['does not take the message', words.payload],
    ['knows no such address', words.destination],
    ['does not take the credentials', words.auth],
  ];
  return [
    ...passing.map(([name, fault]) => ({ name, fault, isRefusal: false })),
    ...refusals.map(([name, fault]) => ({ name, fault, isRefusal: true })),
  ];
}

export function withoutRepeats(all: readonly string[]): readonly string[] {
  return all.filter((each, index) => each !== all[index - 1]);
}

/** An event that says of an alert what PagerDuty knows is none. */
function changesIn(acted: readonly Asked[]): readonly string[] {
  const alerts = new Map<string, string>();
  return acted.flatMap(({ body }) => {
    const { event_action: action, dedup_key: key, payload } = JSON.parse(body);
    const event = JSON.stringify([action, key, payload?.severity ?? null, payload?.summary ?? null]);
    if (alerts.get(key) === event) return [];
    alerts.set(key, event);
    return [event];
  });
}

/** Datadog keeps the last value of each metric and check, by its tags. */
function statesOf(acted: readonly Asked[]): readonly string[] {
  const last = new Map<string, string>();
  for (const { path, body } of acted) {
    const said = JSON.parse(body);
    if (path === '/api/v1/series')
      for (const { metric, tags, points } of said.series) last.set(`${metric} ${tags.join()}`, String(points[0][1]));
    if (path === '/api/v1/check_run')
      for (const { check, tags, status } of said) last.set(`${check} ${tags.join()}`, String(status));
  }
  return [...last].map(([name, value]) => `${name} = ${value}`).toSorted();
}

const refused = (error: string): Told => ({ status: 200, body: JSON.stringify({ ok: false, error }) });

const pagerduty: Vendor = {
  name: 'PagerDuty',
  start: () => FarSide.start(() => ({ status: 202, body: '{"status":"success"}' })),
  receiver: receivers.pagerduty,
  digests: true,
  told: async ({ acted }) => changesIn(acted),
  mayDouble: false,
  words: {
    payload: { status: 400, body: '{"status":"invalid event","errors":["\'summary\' is missing"]}' },
    destination: { status: 400, body: '{"status":"invalid event","errors":["invalid routing key"]}' },
    auth: { status: 403 },
    broken: { status: 500 },
  },
};

const webhook: Vendor = {
  name: 'a webhook that knows deliveries by their ids',
  start: () => FarSide.start(() => ({ status: 204 })),
  receiver: receivers.webhook,
  digests: false,
  told: async ({ acted }) => {
    const first = new Map(acted.toReversed().map(({ headers, body }) => [headers['webhook-id'], body]));
    return [...first].toReversed().map(([id, body]) => `${id} ${JSON.parse(body).action}`);
  },
  mayDouble: false,
  words: { payload: { status: 422 }, destination: { status: 410 }, auth: { status: 401 }, broken: { status: 500 } },
};

export const slack: Vendor = {
  name: 'Slack',
  start: async (emulator) => {
    emulator.reset();
    return FarSide.start((asked) => emulator.forward(asked));
  },
  receiver: receivers.slack,
  digests: true,
  told: async (_, emulator) => {
    const messages = await emulator.messages();
    const threads = await Promise.all(messages.map(({ ts }) => emulator.messages(ts)));
    return threads.flatMap((thread) => thread.map(({ text }, index) => `${index === 0 ? '' : '> '}${text}`));
  },
  mayDouble: false,
  words: {
    payload: refused('msg_too_long'),
    destination: refused('channel_not_found'),
    auth: refused('token_revoked'),
    broken: refused('internal_error'),
  },
};

const slackWebhook: Vendor = {
  name: 'an incoming webhook of Slack',
  start: (emulator) => slack.start(emulator),
  receiver: receivers.slackWebhook,
  digests: true,
  told: async (_, emulator) => (await emulator.messages()).map(({ text }) => text),
  mayDouble: true,
  words: {
    payload: { status: 400, body: 'invalid_payload' },
    destination: { status: 410, body: 'channel_is_archived' },
    auth: { status: 403, body: 'invalid_token' },
    broken: { status: 500, body: 'rollup_error' },
  },
};

const datadog: Vendor = {
  name: 'Datadog',
  start: () => FarSide.start(() => ({ status: 202, body: '{"status":"ok"}' })),
  receiver: receivers.datadog,
  digests: false,
  told: async ({ acted }) => {
    const events = acted.filter(({ path }) => path === '/api/v1/events').map(({ body }) => JSON.parse(body));
    return [...events.map(({ title, alert_type: type }) => `${type}: ${title}`), ...statesOf(acted)];
  },
  mayDouble: true,
  words: { payload: { status: 413 }, destination: { status: 404 }, auth: { status: 403 }, broken: { status: 500 } },
};

export const vendors: readonly Vendor[] = [pagerduty, webhook, slack, slackWebhook, datadog];

/** What the environment holds for a vendor at this address. */
export function addressesAt(url: string): Readonly<Record<string, string>> {
  return { HOOK_URL: url, SLACK_WEBHOOK_URL: `${url}${WEBHOOK_PATH}` };
}
