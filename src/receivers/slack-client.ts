import type { Logger, WebClient } from '@slack/web-api';
import * as z from 'zod';
import { exchange, reasonOfStatus, retryAfterOf } from './http.ts';
import { DeliveryError } from './receiver.ts';
import { EVENT_TYPE, type SlackMessage } from './slack-blocks.ts';
import { isSlackCode, slackRefusal } from './slack-errors.ts';

/** What is asked of Slack, by its own client. Every method throws {@link DeliveryError}. */
/** Where a message stands. `digest`: it is about many incidents and must not be edited into one. */
export const place = z.object({ channel: z.string(), ts: z.string(), kind: z.enum(['message', 'digest']) });
export type Place = z.infer<typeof place>;

export interface Connection {
  readonly token: string;
  /** null for Slack's own. */
  readonly apiUrl: string | null;
}

export interface Slack {
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

/** @throws {DeliveryError} for a token that cannot be one */
export async function connectSlack(connection: Connection, surroundings: Surroundings): Promise<Slack> {
  // The client refuses a header with such a token, in words that quote it.
  if (!/^[\x21-\x7e]+$/.test(connection.token))
    throw new DeliveryError(
      'auth',
      'The token of Slack is empty or has characters that no token has: give the bot token of the app (xoxb-…) alone.',
    );
  const client = await clientOf(connection, surroundings);

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
        const { messages, response_metadata: more } = await asked(async () => {
          const answer =
            thread === null
              ? await client.conversations.history(request)
              : await client.conversations.replies({ ...request, ts: thread });
          return understood(pageAnswer, answer);
        });
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

  /**
   * What may not be read, cannot be looked up: nobody will know whether a message has arrived. What breaks, can be asked
   * again: a look-up changes nothing.
   */
  async function asked<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await call(ask);
    } catch (error) {
      if (error instanceof DeliveryError && (error.reason === 'auth' || error.reason === 'destination'))
        throw new DeliveryError('uncertain', `Whether it has arrived cannot be looked up. ${error.message}`);
      if (error instanceof DeliveryError && error.reason === 'uncertain')
        throw new DeliveryError('retry', error.message, error.retryAfter);
      throw error;
    }
  }
}

type Form = Pick<SlackMessage, 'text' | 'blocks'> & Partial<Pick<SlackMessage, 'metadata'>>;

/** A page of messages with their blocks. */
const MAX_PAGE_BYTES = 16_000_000;

/** Slack's client, without its retries, which would post twice after a 5xx, and without its logs. */
async function clientOf(
  { token, apiUrl: url }: Connection,
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
