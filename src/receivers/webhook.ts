import { createHmac } from 'node:crypto';
import * as z from 'zod';
import { type Answer, exchange, reasonOfStatus, retryAfterOf, TIMEOUT_MS } from './http.ts';
import { DeliveryError, type Receipt, type Receiver, type Task } from './receiver.ts';
import { apiUrl, type ReceiverTools, secretReference } from './settings.ts';
import { webhookBody } from './webhook-body.ts';

/**
 * Any HTTP endpoint, with the signature of Standard Webhooks
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md). A repeated delivery has
 * the same `webhook-id`, by which the far side knows it.
 */

export const webhookConfig = z.strictObject({
  url: secretReference.describe('Where to post to; addresses of webhooks are secrets.'),
  secrets: z
    .array(secretReference)
    .min(1)
    .optional()
    .describe(
      'Secrets to sign with (whsec_…), each with a signature of its own: the new one and the old one while they change. Default: no signature.',
    ),
  samples: z
    .boolean()
    .optional()
    .describe('Whether keys of failing rows are sent, where tests collect them. Default: false.'),
});

export interface WebhookSettings {
  readonly name: string;
  readonly url: string;
  readonly secrets: readonly string[];
  readonly samples: boolean;
}

/** The receiver that a configuration describes. */
export async function openWebhook(
  name: string,
  { url, secrets = [], samples = false }: z.output<typeof webhookConfig>,
  { secret }: ReceiverTools,
): Promise<Receiver> {
  return webhookReceiver({ name, url: await secret(url), secrets: await Promise.all(secrets.map(secret)), samples });
}

export function webhookReceiver(
  { name, url, secrets, samples }: WebhookSettings,
  { now = () => new Date(), timeoutMs = TIMEOUT_MS }: { now?: () => Date; timeoutMs?: number } = {},
): Receiver {
  async function send(task: Task, signal: AbortSignal): Promise<Receipt> {
    if (!isAddress(url))
      throw new DeliveryError(
        'destination',
        'The address of the webhook is none: it should begin with https:// (http:// only for this machine).',
      );
    const keys = secrets.map(signingKey);
    const body = JSON.stringify(webhookBody(task));
    const timestamp = Math.floor(now().getTime() / 1000);
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'dq-report',
      'webhook-id': task.deliveryId,
      'webhook-timestamp': String(timestamp),
      ...(keys.length === 0
        ? {}
        : { 'webhook-signature': signaturesOf({ id: task.deliveryId, timestamp, body }, keys) }),
    };
    const answer = await post({ headers, body }, signal);
    if (answer.status >= 200 && answer.status < 300) return { delivery_id: task.deliveryId };
    throw new DeliveryError(
      reasonOfStatus(answer.status, 'uncertain'),
      `The webhook answered with HTTP status ${answer.status}${hintOf(answer.status)}.`,
      retryAfterOf(answer.headers, now()),
    );
  }

  /** Errors must not even name the host: with some services it is what nobody else may know. */
  async function post(
    { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
    signal: AbortSignal,
  ): Promise<Answer> {
    try {
      return await exchange({ method: 'POST', url, headers, body }, 'The webhook', signal, timeoutMs);
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error;
      const message = error.message.replace(` at ${new URL(url).host}`, '');
      throw new DeliveryError(error.reason, message, error.retryAfter);
    }
  }

  return {
    name,
    integration: 'webhook',
    abilities: { edits: false, resolves: true, endsSilently: false, samples, maxMessages: null },
    send,
  };
}

/** Unlike of a vendor's API, a query may be part of it. */
export function isAddress(text: string): boolean {
  const address = URL.parse(text);
  return (
    address !== null &&
    apiUrl.safeParse(`${address.origin}${address.pathname}`).success &&
    address.username === '' &&
    address.password === ''
  );
}

function hintOf(status: number): string {
  if (status === 410) return ': it wants no more deliveries';
  return status >= 300 && status < 400 ? ', a redirect, which is not followed: give the address it leads to' : '';
}

interface Signed {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/** `v1,<base64>` for each key, separated by spaces. */
export function signaturesOf({ id, timestamp, body }: Signed, keys: readonly Buffer[]): string {
  return keys
    .map((key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`)
    .join(' ');
}

/** The bytes behind `whsec_`. The specification asks for 24 to 64 of them. @throws {DeliveryError} */
export function signingKey(secret: string): Buffer {
  const encoded = secret.replace(/^whsec_/, '');
  const key = Buffer.from(encoded, 'base64');
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(encoded);
  if (isBase64 && key.length >= 24 && key.length <= 64) return key;
  throw new DeliveryError(
    'auth',
    'A secret of the webhook is none: it should be whsec_ and 24 to 64 bytes in base64, as `openssl rand -base64 32` makes them.',
  );
}
