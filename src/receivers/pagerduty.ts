import { createHash } from 'node:crypto';
import * as z from 'zod';
import { exchange, reasonOfStatus, retryAfterOf, TIMEOUT_MS } from './http.ts';
import { dedupKeyOf, digestKeyOf, digestOf, type Resolve, type Trigger, triggerOf } from './pagerduty-event.ts';
import { DeliveryError, type Notice, type Receipt, type Receiver, type Task } from './receiver.ts';
import { apiUrl, type ReceiverTools, secretReference } from './settings.ts';

/** More causes than this in one run page once, not each. */
export const PAGERDUTY_MAX_MESSAGES = 5;

export const pagerdutyConfig = z.strictObject({
  routing_key: secretReference.describe(
    'The integration key of an "Events API v2" integration: {env: PAGERDUTY_ROUTING_KEY} or {file: PATH}.',
  ),
  max_messages: z
    .int()
    .min(1)
    .optional()
    .describe(`More causes than this in one run become one alert. Default: ${PAGERDUTY_MAX_MESSAGES}.`),
  samples: z
    .boolean()
    .optional()
    .describe('Whether keys of failing rows may leave for PagerDuty. They are data. Default: false.'),
  api_url: apiUrl.optional().describe('Default: https://events.pagerduty.com.'),
});

export interface PagerdutySettings {
  readonly name: string;
  readonly routingKey: string;
  /** null for PagerDuty's own. */
  readonly apiUrl: string | null;
  readonly maxMessages: number;
  readonly samples: boolean;
}

/** The receiver that a configuration describes. */
export async function openPagerduty(
  name: string,
  settings: z.output<typeof pagerdutyConfig>,
  { secret }: ReceiverTools,
): Promise<Receiver> {
  return pagerdutyReceiver({
    name,
    routingKey: await secret(settings.routing_key),
    apiUrl: settings.api_url ?? null,
    maxMessages: settings.max_messages ?? PAGERDUTY_MAX_MESSAGES,
    samples: settings.samples ?? false,
  });
}

const OFFICIAL_URL = 'https://events.pagerduty.com';
/** "Length of 'routing_key' is incorrect (should be 32 characters)", "cannot contain non-alphanumeric characters". */
const KEY_LENGTH = 32;

/** Alerts on PagerDuty by its Events API v2: one for each root incident, resolved when that has ended. */
export function pagerdutyReceiver(
  settings: PagerdutySettings,
  { now = () => new Date(), timeoutMs = TIMEOUT_MS }: { now?: () => Date; timeoutMs?: number } = {},
): Receiver {
  const { name, routingKey, samples } = settings;
  const url = `${(settings.apiUrl ?? OFFICIAL_URL).replace(/\/+$/, '')}/v2/enqueue`;
  const vendor = `PagerDuty (receiver ${name})`;
  const digest = digestOfKey(routingKey);

  async function post(event: Trigger | Resolve, signal: AbortSignal): Promise<void> {
    const body = JSON.stringify({ routing_key: routingKey, ...event });
    const headers = { 'content-type': 'application/json' };
    const answer = await exchange({ method: 'POST', url, headers, body }, vendor, signal, timeoutMs);
    if (answer.status === 202 && isSuccess(answer.body)) return;
    throw refusal(vendor, answer.status, answer.body, retryAfterOf(answer.headers, now()));
  }

  /** Opens the alert of an incident, or adds to it. */
  async function trigger(notice: Notice, previous: Left, signal: AbortSignal): Promise<Receipt> {
    const dedupKey = previous.kind === 'alert' ? previous.dedupKey : dedupKeyOf(notice.incident.id);
    const isElsewhere = previous.kind === 'alert' && (previous.isElsewhere || previous.key !== digest);
    await post(triggerOf(notice, dedupKey, isElsewhere ? LEFT_OPEN : null), signal);
    return alertReceipt({ dedupKey, severity: notice.incident.severity, isElsewhere });
  }

  function isKnown({ key, severity, isResolved }: Alert, { incident }: Notice): boolean {
    return !isResolved && key === digest && severity === incident.severity;
  }

  function alertReceipt({ dedupKey, severity, isElsewhere }: Omit<Alert, 'kind' | 'key' | 'isResolved'>): Receipt {
    const elsewhere = isElsewhere ? { open_elsewhere: 'yes' } : {};
    return { dedup_key: dedupKey, routing_key_hash: digest, severity, ...elsewhere };
  }

  async function close(
    previous: Left,
    receipt: Receipt | null,
    ended: Receipt | null,
    signal: AbortSignal,
  ): Promise<Receipt> {
    switch (previous.kind) {
      case 'nothing':
        return { ...receipt, not_sent: 'Nothing was triggered here, so there is nothing to resolve.' };
      case 'digest':
        return (
          ended ?? { ...receipt, not_sent: 'Its alert stands for other incidents too, and ends with the last of them.' }
        );
      case 'alert':
        // PagerDuty takes a resolve under another key with 202 and drops it.
        if (previous.key !== digest)
          throw new DeliveryError(
            'payload',
            `${vendor}: the alert ${previous.dedupKey} was triggered with a routing key that is not configured any more, so it cannot be resolved from here. Resolve it in PagerDuty, or configure that key again.`,
          );
        await post({ event_action: 'resolve', dedup_key: previous.dedupKey }, signal);
        return { ...alertReceipt(previous), resolved: 'yes' };
    }
  }

  /** The alert of a digest ends with the last of its incidents. The receipt is null where none has ended so. */
  async function resolveDigests(digests: Task['digests'], signal: AbortSignal): Promise<Receipt | null> {
    let resolved: Receipt | null = null;
    for (const { receipt, notices } of digests) {
      const { digest: key, routing_key_hash: hash } = receipt;
      if (key === undefined || hash !== digest || notices.some(({ incident }) => incident.state === 'open')) continue;
      await post({ event_action: 'resolve', dedup_key: key }, signal);
      resolved = { digest: key, routing_key_hash: digest };
    }
    return resolved;
  }

  function leftBefore({ order, previous, mayBeThere }: Task): Left {
    const left = leftBy(previous);
    if (left.kind !== 'nothing' || !mayBeThere || order.action === 'digest') return left;
    // Its key is known also where nobody knows whether it was taken.
    const dedupKey = dedupKeyOf(order.notice.incident.id);
    return { kind: 'alert', dedupKey, key: digest, severity: '', isResolved: false, isElsewhere: false };
  }

  return {
    name,
    integration: 'pagerduty',
    abilities: {
      edits: true,
      resolves: true,
      endsSilently: true,
      samples,
      maxMessages: settings.maxMessages,
    },

    async send(task: Task, signal: AbortSignal): Promise<Receipt> {
      const { deliveryId, order, previous: receipt, digests } = task;
      const previous = leftBefore(task);
      switch (order.action) {
        case 'open':
          return trigger(order.notice, previous, signal);
        case 'update':
          // It would page for each incident of a digest after all, and whoever has resolved the alert, or has PagerDuty do so
          // after some hours.
          if (!order.loud && (previous.kind !== 'alert' || isKnown(previous, order.notice)))
            return { ...receipt, not_sent: 'Nothing new that PagerDuty must know.' };
          return trigger(order.notice, previous, signal);
        case 'close':
          return close(previous, receipt, await resolveDigests(digests, signal), signal);
        case 'digest': {
          const [first, ...rest] = order.notices;
          if (first === undefined || order.notices.every(({ incident }) => incident.state !== 'open'))
            return (
              (await resolveDigests(digests, signal)) ?? { not_sent: 'Nothing in it is open, so nobody is paged.' }
            );
          const key = digestKeyOf(deliveryId);
          await post(digestOf([first, ...rest], key), signal);
          return { digest: key, routing_key_hash: digest };
        }
      }
    },

    // There is no question to ask without sending an event.
    async check(): Promise<readonly string[]> {
      if (new RegExp(`^[A-Za-z0-9]{${KEY_LENGTH}}$`).test(routingKey)) return [];
      return [
        `${vendor}: a routing key has ${KEY_LENGTH} letters and digits, this one ${describeKey(routingKey)}. Take the integration key of an "Events API v2" integration of the service, not a key of the REST API.`,
      ];
    },
  };
}

const LEFT_OPEN =
  'An alert of this incident is also open under a routing key that is no longer configured. Resolve that one by hand.';

/** What the last delivery about an incident has left at PagerDuty. */
type Left = { readonly kind: 'nothing' } | Alert | { readonly kind: 'digest' };

interface Alert {
  readonly kind: 'alert';
  readonly dedupKey: string;
  /** Of the routing key. */
  readonly key: string;
  /** As PagerDuty knows it. */
  readonly severity: string;
  readonly isResolved: boolean;
  readonly isElsewhere: boolean;
}

function leftBy(receipt: Receipt | null): Left {
  if (receipt === null) return { kind: 'nothing' };
  const { dedup_key: dedupKey, routing_key_hash: key, severity = '', digest, resolved } = receipt;
  if (digest !== undefined) return { kind: 'digest' };
  if (dedupKey === undefined || key === undefined) return { kind: 'nothing' };
  return {
    kind: 'alert',
    dedupKey,
    key,
    severity,
    isResolved: resolved !== undefined,
    isElsewhere: receipt['open_elsewhere'] !== undefined,
  };
}

/** Tells keys apart without being one. */
function digestOfKey(routingKey: string): string {
  return createHash('sha256').update(`dq-report ${routingKey}`).digest('hex').slice(0, 16);
}

const successSchema = z.object({ status: z.literal('success') });

/** 202 alone could come from a proxy; repeating is safe, losing is not. */
function isSuccess(body: string): boolean {
  return successSchema.safeParse(parsed(body)).success;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

/** Only these words of an answer are repeated: the rest may quote what was sent. */
const FIELDS =
  /\b(?:routing[_ ]key|event_action|dedup_key|payload|summary|source|severity|timestamp|component|group|class|custom_details|links|images|href|client)\b/gi;

const refusalSchema = z.object({ message: z.string().catch(''), errors: z.array(z.string()).catch([]) });
/** "Length of 'routing_key' is incorrect (should be 32 characters)": a longer one quotes something. */
const MAX_COMPLAINT = 200;

/** Names of the fields that a refusal is about. */
function fieldsIn(body: string): readonly string[] {
  const refused = refusalSchema.safeParse(parsed(body));
  if (!refused.success) return [];
  const complaints = [refused.data.message, ...refused.data.errors].filter(({ length }) => length <= MAX_COMPLAINT);
  const words = complaints.flatMap((complaint) => [...complaint.matchAll(FIELDS)].map(([word]) => word));
  return [...new Set(words.map((word) => word.toLowerCase().replace(' ', '_')))];
}

/**
 * Answers are documented under "Response codes and retry logic": 400 never again, 429 and 5xx later. A 500 may come after
 * the event was taken.
 */
function refusal(vendor: string, status: number, body: string, retryAfter: number | null): DeliveryError {
  if (status >= 200 && status < 300)
    return new DeliveryError('uncertain', `${vendor} answered ${status}, but not in PagerDuty's words.`);
  const fields = status === 400 ? fieldsIn(body) : [];
  // A key that is unknown or deleted is a 400 like a wrong payload.
  const reason = fields.includes('routing_key') ? 'destination' : reasonOfStatus(status, 'uncertain');
  const about = fields.length === 0 ? '' : `, about ${fields.join(', ')}`;
  return new DeliveryError(reason, `${vendor} answered ${status}${about}.`, retryAfter);
}

function describeKey(key: string): string {
  return key.length === KEY_LENGTH ? 'has other characters' : `has ${key.length}`;
}
