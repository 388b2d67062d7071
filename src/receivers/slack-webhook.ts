import * as z from 'zod';
import { exchange, reasonOfStatus, retryAfterOf, TIMEOUT_MS } from './http.ts';
import { DeliveryError, type Receipt, type Receiver, type Task } from './receiver.ts';
import { type ReceiverTools, apiUrl, secretReference } from './settings.ts';
import type { SlackMessage } from './slack-blocks.ts';
import type { Rendering } from './slack-draft.ts';
import { SLACK_MAX_MESSAGES, slackMentions, slackSamples } from './slack.ts';
import { isKnownCode, slackRefusal } from './slack-errors.ts';
import { slackMessages } from './slack-message.ts';

/**
 * Slack by an incoming webhook, which can only post: no edits, no threads, and no way to ask after a crash whether a
 * message has arrived. Every loud change is a message of its own; quiet ones are not told.
 */

export const slackWebhookConfig = z.strictObject({
  url: secretReference.describe('Address of the incoming webhook; whoever knows it can post.'),
  mentions: slackMentions.optional(),
  samples: slackSamples.optional(),
  max_messages: z
    .int()
    .min(1)
    .optional()
    .describe(
      `More causes than this in one run become one message that names them all. Default: ${SLACK_MAX_MESSAGES}.`,
    ),
});

export interface SlackWebhookSettings extends Rendering {
  readonly name: string;
  readonly url: string;
  readonly samples: boolean;
  readonly maxMessages: number;
}

/** The receiver that a configuration describes. */
export async function openSlackWebhook(
  name: string,
  {
    url,
    mentions = {},
    samples = false,
    max_messages: maxMessages = SLACK_MAX_MESSAGES,
  }: z.output<typeof slackWebhookConfig>,
  { secret }: ReceiverTools,
): Promise<Receiver> {
  return slackWebhookReceiver({ name, url: await secret(url), mentions, samples, maxMessages });
}

export function slackWebhookReceiver(
  settings: SlackWebhookSettings,
  { now = () => new Date(), timeoutMs = TIMEOUT_MS }: { now?: () => Date; timeoutMs?: number } = {},
): Receiver {
  const { name, url, maxMessages } = settings;
  /** How many messages of a delivery were posted, until all are. */
  const posted = new Map<string, number>();

  async function send(task: Task, signal: AbortSignal): Promise<Receipt> {
    const messages = messagesOf(task);
    for (const message of messages.slice(posted.get(task.deliveryId) ?? 0)) {
      await postOrFallBack(message, signal);
      posted.set(task.deliveryId, (posted.get(task.deliveryId) ?? 0) + 1);
    }
    posted.delete(task.deliveryId);
    return {};
  }

  /** Each stands alone: there is no message before it, and no thread. */
  function messagesOf({ order, deliveryId }: Task): readonly SlackMessage[] {
    if (order.action === 'update' && !order.loud) return [];
    const { message, replies } = slackMessages({ order, deliveryId, previous: null }, settings);
    return order.action === 'digest' ? [message, ...replies] : [message];
  }

  async function postOrFallBack({ text, blocks, plainText }: SlackMessage, signal: AbortSignal): Promise<void> {
    try {
      await post({ text, blocks }, signal);
    } catch (error) {
      if (!(error instanceof DeliveryError) || error.reason !== 'payload') throw error;
      await post({ text: plainText }, signal);
    }
  }

  async function post(message: object, signal: AbortSignal): Promise<void> {
    const headers = { 'content-type': 'application/json', 'user-agent': 'dq-report' };
    const body = JSON.stringify({ ...message, unfurl_links: false });
    if (!apiUrl.safeParse(url).success)
      throw new DeliveryError('destination', 'The address of the webhook is none: it should begin with https://.');
    const answer = await exchange({ method: 'POST', url, headers, body }, 'Slack', signal, timeoutMs);
    const { status } = answer;
    const code = answer.body.trim();
    if (status === 200 && code === 'ok') return;
    if (status === 200) throw new DeliveryError('uncertain', 'Slack gave an answer that is not one of its own.');
    const retryAfter = retryAfterOf(answer.headers, now());
    // Its word says more than its status, but not of what is none of its words.
    if (status !== 429 && isKnownCode(code)) throw slackRefusal(code, retryAfter);
    throw new DeliveryError(
      reasonOfStatus(status, 'uncertain'),
      `Slack answered with HTTP status ${status}.`,
      retryAfter,
    );
  }

  return {
    name,
    integration: 'slack_webhook',
    abilities: {
      edits: false,
      resolves: false,
      endsSilently: false,
      samples: settings.samples,
      maxMessages,
    },
    send,
  };
}
