import * as z from 'zod';
import { instantOf } from '../artifacts/run.ts';
import { TIMEOUT_MS } from './http.ts';
import { DeliveryError, noticesOf, type Receipt, type Receiver, type Task } from './receiver.ts';
import { SAMPLE_NOTICE } from './sample-notice.ts';
import { apiUrl, type ReceiverTools, secretReference } from './settings.ts';
import type { SlackMessage } from './slack-blocks.ts';
import { type Connection, connectSlack, type Place, place, type Slack } from './slack-client.ts';
import type { Rendering } from './slack-draft.ts';
import { digestMessage, type SlackMessages, slackMessages } from './slack-message.ts';

/** Slack with a bot token: one message per incident, edited in place, with its history in the thread. */

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

export interface SlackSettings extends Rendering, Connection {
  readonly name: string;
  readonly channel: string;
  readonly samples: boolean;
  readonly maxMessages: number;
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
  { secret }: ReceiverTools,
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
    { previous, order, digests }: Task,
    { message, replies }: SlackMessages,
    done: Map<string, Place>,
  ): Promise<Receipt> {
    const post = async (part: SlackMessage, thread: Place | null): Promise<Place> => {
      const key = part.metadata.event_payload.part;
      const there = done.get(key) ?? (await slack.post(thread?.channel ?? settings.channel, part, thread?.ts ?? null));
      done.set(key, there);
      return there;
    };
    await editDigests(slack, order, digests);
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

  /** First of all, because an edit may be repeated: a digest should not say for ever what has ended since. */
  async function editDigests(slack: Slack, order: Task['order'], digests: Task['digests']): Promise<void> {
    if (order.action === 'update' && !order.loud) return;
    for (const digest of digests) {
      const there = placeOf(digest.receipt);
      if (there === null) continue;
      try {
        await slack.edit(there, digestMessage(digest, settings));
      } catch (error) {
        // Whoever has deleted it wants it no more, and the news itself stands elsewhere.
        if (!(error instanceof DeliveryError) || error.reason !== 'target_gone') throw error;
      }
    }
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
        mayBeThere: false,
        digests: [],
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
      resolves: true,
      endsSilently: false,
      samples: settings.samples,
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
  const earliest = Math.min(...noticesOf(order).map(({ at }) => instantOf(at) ?? 0));
  return Math.max(0, Math.floor(earliest / 1000) - 86_400);
}
