import type { Logger, WebClient } from '@slack/web-api';
import * as z from 'zod';
import { instantOf } from '../artifacts/run.ts';
import { exchange, reasonOfStatus, retryAfterOf, TIMEOUT_MS } from './http.ts';
import { DeliveryError, type Notice, type Receipt, type Receiver, type Task } from './receiver.ts';
import { SAMPLE_NOTICE } from './sample-notice.ts';
import { apiUrl, secretReference } from './settings.ts';
import { isSlackCode, slackRefusal } from './slack-errors.ts';
import { EVENT_TYPE, type Rendering, type SlackMessage, type SlackMessages, slackMessages } from './slack-message.ts';

/** Slack with a bot token: one message per incident, edited in place, with its history in the thread. */

/** What a receiver needs to open: the text of a secret that the configuration names. */
export interface SecretTools {
  readonly secret: (reference: z.output<typeof secretReference>) => Promise<string>;
}

/** More causes than this in one run become one message. */
export const SLACK_MAX_MESSAGES = 10;

/** Whom to call for an owner. */
export const slackMentions = z
  .record(
    z.string().min(1),
    z.string().regex(/^[UWS][A-Z0-9]{6,}$/, {
      error: 'the id of a user (U…) or a user group (S…): Slack copies it from the menu of their profile',
    }),
  )
  .describe('Whom to call for an owner when an incident opens or gets worse: name, email or handle → id.');

/** Whether keys of failing rows are shown. */
export const slackSamples = z
  .boolean()
  .describe('Whether messages show keys of failing rows, where tests collect them. Default: false.');

export const slackConfig = z.strictObject({
  token: secretReference.describe('Bot token of the app (xoxb-…): {env: SLACK_BOT_TOKEN} or {file: PATH}.'),
  channel: z
    .string()
    .regex(/^[CGD][A-Z0-9]{6,}$/, {
      error: 'the id of a channel, such as C0123456789: it stands at the end of the details of the channel',
    })
    .describe('Id of the channel; a name could be changed.'),
  mentions: slackMentions.optional(),
  samples: slackSamples.optional(),
  max_messages: z
    .int()
    .min(1)
    .optional()
    .describe(
      `More causes than this in one run become one message that names them all. Default: ${SLACK_MAX_MESSAGES}.`,
    ),
  api_url: apiUrl.optional().describe('Default: https://slack.com/api.'),
});

export interface SlackSettings extends Rendering {
  readonly name: string;
  readonly token: string;
  readonly channel: string;
  readonly maxMessages: number;
  /** null for Slack's own. */
  readonly apiUrl: string | null;
}

/** The receiver that a configuration describes. */
export async function openSlack(
  name: string,
  {
    token,
    channel,
    mentions = {},
    samples = false,
    max_messages: maxMessages = SLACK_MAX_MESSAGES,
    api_url: url,
  }: z.output<typeof slackConfig>,
  { secret }: SecretTools,
): Promise<Receiver> {
  return slackReceiver({
    name,
    token: await secret(token),
    channel,
    mentions,
    samples,
    maxMessages,
    apiUrl: url ?? null,
  });
}

interface World {
  readonly now?: () => Date;
  readonly timeoutMs?: number;
}

/** Where a message stands. `digest`: it is about many incidents and must not be edited into one. */
const place = z.object({ channel: z.string(), ts: z.string(), kind: z.enum(['message', 'digest']) });
type Place = z.infer<typeof place>;

/**
 * A task is one to many calls. Edits may be repeated; posts carry the delivery's id and their part of it, by which `find`
 * knows them. What was posted is remembered until the task is done, so that a repeated task posts only the rest.
 */
export function slackReceiver(
  settings: SlackSettings,
  { now = () => new Date(), timeoutMs = TIMEOUT_MS }: World = {},
): Receiver {
  const posted = new Map<string, Map<string, Place>>();
  const connect = (signal: AbortSignal): Promise<Slack> => connectSlack(settings, { now, timeoutMs, signal });

  async function send(task: Task, signal: AbortSignal): Promise<Receipt> {
    const slack = await connect(signal);
    const done = posted.get(task.deliveryId) ?? new Map<string, Place>();
    posted.set(task.deliveryId, done);
    try {
      const receipt = await sendRest(slack, task, slackMessages(task, settings), done);
      posted.delete(task.deliveryId);
      return receipt;
    } catch (error) {
      // Part of it is there: whoever repeats it elsewhere must look first.
      if (error instanceof DeliveryError && error.reason === 'retry' && done.size > 0)
        throw new DeliveryError('uncertain', `${error.message} Part of it was posted before.`, error.retryAfter);
      throw error;
    }
  }

  async function sendRest(
    slack: Slack,
    { previous, order }: Task,
    { message, replies }: SlackMessages,
    done: Map<string, Place>,
  ): Promise<Receipt> {
    const post = async (part: SlackMessage, thread: Place | null): Promise<Place> => {
      const key = part.metadata.event_payload.part;
      const there = done.get(key) ?? (await slack.post(thread?.channel ?? settings.channel, part, thread?.ts ?? null));
      done.set(key, there);
      return there;
    };
    const before = placeOf(previous);
    if (before === null) {
      const { channel, ts } = await post(message, null);
      const first: Place = { channel, ts, kind: order.action === 'digest' ? 'digest' : 'message' };
      // A new message says all that a reply about a change would.
      if (order.action === 'digest') for (const reply of replies) await post(reply, first);
      return first;
    }
    if (before.kind === 'message') await slack.edit(before, message);
    for (const reply of replies) await post(reply, before);
    return before;
  }

  async function find(task: Task, signal: AbortSignal): Promise<Receipt | null> {
    const { message, replies } = slackMessages(task, settings);
    const before = placeOf(task.previous);
    const slack = await connect(signal);
    const done = posted.get(task.deliveryId) ?? new Map<string, Place>();
    posted.set(task.deliveryId, done);
    const look = async (channel: string, thread: string | null): Promise<void> => {
      const found = await slack.look(channel, thread, { deliveryId: task.deliveryId, since: atOf(task) });
      for (const [part, ts] of found) done.set(part, { channel, ts, kind: 'message' });
    };
    const isThere = (part: SlackMessage): boolean => done.has(part.metadata.event_payload.part);
    if (before !== null) {
      // An edit may be repeated; that it is done shows by the reply that follows it.
      if (replies.length === 0) return null;
      await look(before.channel, before.ts);
      return replies.every(isThere) ? before : null;
    }
    await look(settings.channel, null);
    const first = done.get(message.metadata.event_payload.part);
    if (first === undefined) return null;
    if (task.order.action !== 'digest') return first;
    await look(first.channel, first.ts);
    return replies.every(isThere) ? { ...first, kind: 'digest' } : null;
  }

  async function check(signal: AbortSignal): Promise<readonly string[]> {
    try {
      const slack = await connect(signal);
      const sample: Task = {
        deliveryId: 'check',
        order: { action: 'open', notice: SAMPLE_NOTICE },
        previous: null,
      };
      return await slack.check(settings.channel, slackMessages(sample, settings).message);
    } catch (error) {
      if (error instanceof DeliveryError) return [error.message];
      throw error;
    }
  }

  return {
    name: settings.name,
    integration: 'slack',
    abilities: {
      edits: true,
      threads: true,
      resolves: true,
      maxMessages: settings.maxMessages,
    },
    send,
    find,
    check,
  };
}

function placeOf(receipt: Receipt | null): Place | null {
  return place.safeParse(receipt).data ?? null;
}

/** Nothing about a run was posted much before it; a day for clocks that differ. Seconds since 1970. */
function atOf({ order }: Task): number {
  const notices: readonly Notice[] = order.action === 'digest' ? order.notices : [order.notice];
  const earliest = Math.min(...notices.map(({ at }) => instantOf(at) ?? 0));
  return Math.max(0, Math.floor(earliest / 1000) - 86_400);
}

interface Slack {
  post(channel: string, message: SlackMessage, thread: string | null): Promise<Place>;
  edit(place: Place, message: SlackMessage): Promise<void>;
  /** The parts of a delivery that stand in a channel, or in a thread of it, with their time stamps. */
  look(channel: string, thread: string | null, wanted: Wanted): Promise<ReadonlyMap<string, string>>;
  check(channel: string, sample: SlackMessage): Promise<readonly string[]>;
}

interface Wanted {
  readonly deliveryId: string;
  readonly since: number;
}

const postedAnswer = z.object({ channel: z.string(), ts: z.string() });
const pageAnswer = z.object({
  messages: z.array(
    z.object({
      ts: z.string(),
      metadata: z
        .object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) })
        .optional()
        .catch(undefined),
    }),
  ),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});
const refusal = z.object({
  data: z.object({
    error: z.string(),
    response_metadata: z.object({ retryAfter: z.number().optional() }).optional(),
  }),
});

/** A page of 200 and 20 pages: what is asked of the look-up's 50 calls a minute. */
const PAGE = 200;
const PAGES = 20;
/** Never marked up, never linked, nobody found by name. */
const literally = { parse: 'none', link_names: false } as const;

interface Surroundings {
  readonly now: () => Date;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

async function connectSlack(settings: SlackSettings, surroundings: Surroundings): Promise<Slack> {
  const client = await clientOf(settings, surroundings);

  /** One call of the API. @throws {DeliveryError} */
  async function call<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw deliveryErrorOf(error);
    }
  }

  /** Once more as plain text if Slack does not take the message as it is. */
  async function withFallback<T>(message: SlackMessage, ask: (form: Form) => Promise<T>): Promise<T> {
    const { text, blocks, plainText, metadata } = message;
    try {
      return await call(() => ask({ text, blocks, metadata }));
    } catch (error) {
      if (!(error instanceof DeliveryError) || error.reason !== 'payload') throw error;
      const isAboutMetadata = error.message.includes('metadata');
      // No blocks at all would leave those of an edited message where they are.
      return call(() => ask({ text: plainText, blocks: [], ...(isAboutMetadata ? {} : { metadata }) }));
    }
  }

  return {
    async post(channel, message, thread) {
      const answer = await withFallback(message, (form) => {
        const request = { channel, ...form, ...literally, unfurl_links: false, unfurl_media: false };
        if (thread === null) return client.chat.postMessage(request);
        const reply = { ...request, thread_ts: thread };
        return client.chat.postMessage(message.isBroadcast ? { ...reply, reply_broadcast: true } : reply);
      });
      const { channel: id, ts } = understood(postedAnswer, answer);
      return { channel: id, ts, kind: 'message' };
    },

    async edit({ channel, ts }, message) {
      // Without metadata: it keeps that of the post, by which the post is found.
      await withFallback(message, ({ text, blocks }) =>
        client.chat.update({ channel, ts, text, blocks, ...literally }),
      );
    },

    async look(channel, thread, { deliveryId, since }) {
      const found = new Map<string, string>();
      let cursor: string | undefined;
      for (let page = 0; page < PAGES; page += 1) {
        const request = {
          channel,
          include_all_metadata: true,
          limit: PAGE,
          oldest: String(since),
          ...(cursor === undefined ? {} : { cursor }),
        };
        const answer = await asked(() =>
          thread === null
            ? client.conversations.history(request)
            : client.conversations.replies({ ...request, ts: thread }),
        );
        const { messages, response_metadata: more } = understood(pageAnswer, answer);
        for (const { ts, metadata } of messages) {
          const { delivery_id: id, part } = metadata?.event_payload ?? {};
          if (metadata?.event_type === EVENT_TYPE && id === deliveryId && typeof part === 'string') found.set(part, ts);
        }
        cursor = more?.next_cursor;
        if (cursor === undefined || cursor === '') break;
      }
      return found;
    },

    async check(channel, { blocks }) {
      await call(() => client.auth.test());
      const problems: string[] = [];
      try {
        await call(() => client.blocks.validate({ blocks }));
      } catch (error) {
        // Where the method is not known, as behind some gateways, nothing is said about messages.
        if (!(error instanceof DeliveryError)) throw error;
        if (error.reason === 'payload' && !/unknown_method|404/.test(error.message)) problems.push(error.message);
      }
      try {
        const answer = await call(() => client.conversations.info({ channel }));
        const { is_archived: isArchived, is_member: isMember } = answer.channel ?? {};
        if (isArchived === true) problems.push(slackRefusal('is_archived', null).message);
        else if (isMember === false)
          problems.push(`The app is not in the channel ${channel}: invite it there, with /invite in Slack.`);
      } catch (error) {
        if (!(error instanceof DeliveryError)) throw error;
        // Without channels:read nothing can be said about the channel.
        if (!error.message.includes('missing_scope')) problems.push(error.message);
      }
      return problems;
    },
  };

  /** What may not be read, cannot be looked up: nobody knows then whether a message has arrived. */
  async function asked<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await call(ask);
    } catch (error) {
      if (error instanceof DeliveryError && (error.reason === 'auth' || error.reason === 'destination'))
        throw new DeliveryError('uncertain', `Whether it has arrived cannot be looked up. ${error.message}`);
      throw error;
    }
  }
}

type Form = Pick<SlackMessage, 'text' | 'blocks'> & Partial<Pick<SlackMessage, 'metadata'>>;

/** A page of messages with their blocks. */
const MAX_PAGE_BYTES = 16_000_000;

/** Slack's client, without its retries, which would post twice after a 5xx, and without its logs. */
async function clientOf(
  { token, apiUrl: url }: SlackSettings,
  { now, timeoutMs, signal }: Surroundings,
): Promise<WebClient> {
  const { LogLevel, WebClient: Client } = await import('@slack/web-api');
  const silent = (): void => undefined;
  const logger: Logger = {
    debug: silent,
    info: silent,
    warn: silent,
    error: silent,
    setLevel: silent,
    getLevel: () => LogLevel.ERROR,
    setName: silent,
  };
  return new Client(token, {
    ...(url === null ? {} : { slackApiUrl: url }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs,
    allowAbsoluteUrls: false,
    logger,
    // Faults of HTTP are named here; the client knows neither our signal nor an answer that is no JSON.
    fetch: async (address, request) => {
      const headersToSend = Object.fromEntries(new Headers(request?.headers).entries());
      const { status, headers, body } = await exchange(
        { method: 'POST', url: String(address), headers: headersToSend, body: bodyOf(request) },
        'Slack',
        signal,
        timeoutMs,
        MAX_PAGE_BYTES,
      );
      if (status !== 200)
        throw new DeliveryError(
          reasonOfStatus(status, 'uncertain'),
          `Slack answered with HTTP status ${status}.`,
          retryAfterOf(headers, now()),
        );
      if (!isJson(body)) throw new DeliveryError('uncertain', 'Slack gave an answer that is not one of its own.');
      return new Response(body, { status, headers });
    },
  });
}

/** Arguments are form-encoded text; only uploads are not. */
function bodyOf(request: RequestInit | undefined): string {
  return typeof request?.body === 'string' ? request.body : '';
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

function understood<T>(schema: z.ZodType<T>, answer: unknown): T {
  const { data } = schema.safeParse(answer);
  if (data === undefined) throw new DeliveryError('uncertain', 'Slack gave an answer that is not one of its own.');
  return data;
}

function deliveryErrorOf(error: unknown): unknown {
  if (error instanceof DeliveryError) return error;
  // The client wraps what `fetch` throws.
  if (error instanceof Error && error.cause instanceof DeliveryError) return error.cause;
  const { data } = refusal.safeParse(error);
  if (data === undefined) return error;
  const { error: code } = data.data;
  return isSlackCode(code)
    ? slackRefusal(code, data.data.response_metadata?.retryAfter ?? null)
    : new DeliveryError('uncertain', 'Slack gave an answer that is not one of its own.');
}
