import { createEmulator } from 'emulate';
import * as z from 'zod';
import { type Answer, type Request, type RunningServer, startServer } from './server.ts';

/**
 * Slack, PagerDuty and Datadog on this machine. They keep what reaches them and answer as the vendors do, refusals of what
 * is no request of theirs included. Slack is somebody else's emulator; the other two need no memory.
 */

export interface Received {
  readonly vendor: Vendor;
  readonly path: string;
  /** The JSON of the request; of Slack, whose client sends forms, an object of the fields. */
  readonly body: unknown;
}

export type Vendor = 'slack' | 'pagerduty' | 'datadog';

const text = z.object({ type: z.string(), text: z.string() });
const block = z.discriminatedUnion('type', [
  z.object({ type: z.literal('header'), text }),
  z.object({ type: z.literal('section'), text }),
  z.object({ type: z.literal('context'), elements: z.array(text) }),
]);
const message = z.object({ ts: z.string(), blocks: z.array(block), edited: z.object({ ts: z.string() }).optional() });
export type SlackBlock = z.infer<typeof block>;
type PostedMessage = z.infer<typeof message>;

/** A message as it stands in the channel now. */
export interface SlackMessage extends PostedMessage {
  /** Of its thread, oldest first. */
  readonly replies: readonly PostedMessage[];
}

export interface StandIns {
  /** As `api_url` takes them. */
  readonly urls: Readonly<Record<Vendor, string>>;
  /** What has come since it was asked last, in the order of its coming. */
  takeReceived(): readonly Received[];
  /** What stands in a channel of Slack, oldest first. */
  messagesIn(channel: string): Promise<readonly SlackMessage[]>;
  stop(): Promise<void>;
}

export async function startStandIns(secrets: {
  readonly slack: string;
  readonly pagerduty: string;
  readonly datadog: string;
}): Promise<StandIns> {
  const emulator = await createEmulator({
    service: 'slack',
    port: 0,
    seed: {
      slack: { strict_scopes: true, tokens: [{ token: secrets.slack, scopes: ['chat:write', 'channels:history'] }] },
    },
  });
  const received: Received[] = [];
  const start = (vendor: Vendor, answer: (request: Request) => Answer | Promise<Answer>): Promise<RunningServer> =>
    startServer((request) => {
      received.push({ vendor, path: request.path, body: fieldsOf(request) });
      return answer(request);
    });
  const servers = await Promise.all([
    start('slack', (request) => forwarded(request, emulator.url)),
    start('pagerduty', (request) => pagerduty(request, secrets.pagerduty)),
    start('datadog', (request) => datadog(request, secrets.datadog)),
  ]);
  const [slackServer, pagerdutyServer, datadogServer] = servers;

  async function read(method: string, argument: Readonly<Record<string, string>>): Promise<readonly PostedMessage[]> {
    const answer = await fetch(`${emulator.url}/api/conversations.${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secrets.slack}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...argument, limit: 1000 }),
    });
    const { messages } = z.object({ messages: z.array(message) }).parse(await answer.json());
    return messages.toSorted((a, b) => a.ts.localeCompare(b.ts));
  }

  return {
    urls: { slack: `${slackServer.url}/api/`, pagerduty: pagerdutyServer.url, datadog: datadogServer.url },
    takeReceived: () => received.splice(0),
    async messagesIn(channel) {
      const messages = await read('history', { channel });
      return Promise.all(
        messages.map(async (each) => {
          const thread = await read('replies', { channel, ts: each.ts });
          return { ...each, replies: thread.filter(({ ts }) => ts !== each.ts) };
        }),
      );
    },
    async stop() {
      await Promise.all([...servers.map((server) => server.stop()), emulator.close()]);
    },
  };
}

async function forwarded({ path, headers, body }: Request, slack: string): Promise<Answer> {
  const { authorization = '', 'content-type': contentType = '' } = headers;
  const answer = await fetch(slack + path, {
    method: 'POST',
    body,
    headers: { authorization, 'content-type': contentType },
  });
  return { status: answer.status, body: await answer.json() };
}

/** Slack's client sends a form whose values are text or JSON. */
function fieldsOf({ headers, body }: Request): unknown {
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded') !== true) return jsonOf(body);
  return Object.fromEntries(
    [...new URLSearchParams(body)].map(([name, value]) => [name, /^[[{]/.test(value) ? jsonOf(value) : value]),
  );
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

const event = z.discriminatedUnion('event_action', [
  z.object({
    routing_key: z.string(),
    event_action: z.literal('trigger'),
    dedup_key: z.string().max(255).optional(),
    payload: z.object({
      summary: z.string().min(1).max(1024),
      source: z.string().min(1),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
    }),
  }),
  z.object({
    routing_key: z.string(),
    event_action: z.enum(['acknowledge', 'resolve']),
    dedup_key: z.string().max(255),
  }),
]);

/** https://developer.pagerduty.com/docs/send-alert-event */
function pagerduty({ path, body }: Request, routingKey: string): Answer {
  if (path !== '/v2/enqueue') return { status: 404, body: {} };
  const sent = event.safeParse(jsonOf(body));
  if (!sent.success || sent.data.routing_key !== routingKey) {
    const errors = sent.success ? ['Invalid routing key'] : sent.error.issues.map((issue) => issue.message);
    return { status: 400, body: { status: 'invalid event', message: 'Event object is invalid', errors } };
  }
  return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: sent.data.dedup_key } };
}

const datadogBodies: Readonly<Record<string, z.ZodType>> = {
  '/api/v1/series': z.object({
    series: z.array(z.object({ metric: z.string(), points: z.array(z.tuple([z.number(), z.number()])).min(1) })),
  }),
  '/api/v1/check_run': z.array(
    z.object({ check: z.string(), host_name: z.string(), status: z.int().min(0).max(3), tags: z.array(z.string()) }),
  ),
  '/api/v1/events': z.object({ title: z.string(), text: z.string().max(4000) }),
};

/** https://docs.datadoghq.com/api/v1/ */
function datadog({ path, headers, body }: Request, apiKey: string): Answer {
  const wanted = datadogBodies[path];
  if (wanted === undefined) return { status: 404, body: { errors: ['Not Found'] } };
  if (headers['dd-api-key'] !== apiKey) return { status: 403, body: { errors: ['Forbidden'] } };
  const sent = wanted.safeParse(jsonOf(body));
  if (!sent.success) return { status: 400, body: { errors: sent.error.issues.map((issue) => issue.message) } };
  return { status: 202, body: { status: 'ok' } };
}
