import * as z from 'zod';
import type { DatadogApis } from './datadog-client.ts';
import { payloadOf } from './datadog-payload.ts';
import { type Answer, exchange, reasonOfStatus, type Request, retryAfterOf, TIMEOUT_MS } from './http.ts';
import { DeliveryError, type Notice, noticesOf, type Receipt, type Receiver, type Task } from './receiver.ts';
import { apiUrl, type ReceiverTools, secretReference } from './settings.ts';

/** https://docs.datadoghq.com/getting_started/site/. A list, because the API key goes to whatever is written here. */
export const DATADOG_SITES = [
  'datadoghq.com',
  'us3.datadoghq.com',
  'us5.datadoghq.com',
  'datadoghq.eu',
  'ap1.datadoghq.com',
  'ap2.datadoghq.com',
  'ddog-gov.com',
] as const;
export type DatadogSite = (typeof DATADOG_SITES)[number];

export const datadogConfig = z.strictObject({
  api_key: secretReference.describe('An API key of the organization: {env: DD_API_KEY} or {file: PATH}.'),
  site: z
    .enum(DATADOG_SITES)
    .optional()
    .describe('Where the organization lives, as in the address of its pages. Default: datadoghq.com.'),
  api_url: apiUrl.optional().describe('Goes before site: for a proxy, a gateway or a stand-in.'),
  samples: z
    .boolean()
    .optional()
    .describe('Whether keys of failing rows may leave for Datadog. They are data. Default: false.'),
});

export interface DatadogSettings {
  readonly name: string;
  readonly apiKey: string;
  /** Of `api_url`; null for the one of the site. */
  readonly apiUrl: string | null;
  readonly site: DatadogSite;
  readonly samples: boolean;
}

/** The receiver that a configuration describes. */
export async function openDatadog(
  name: string,
  settings: z.output<typeof datadogConfig>,
  { secret }: ReceiverTools,
): Promise<Receiver> {
  return datadogReceiver({
    name,
    apiKey: await secret(settings.api_key),
    apiUrl: settings.api_url ?? null,
    site: settings.site ?? 'datadoghq.com',
    samples: settings.samples ?? false,
  });
}

/** An event for each change of an incident, gauges, and a service check for its model, by Datadog's API client. */
export function datadogReceiver(
  settings: DatadogSettings,
  { now = () => new Date(), timeoutMs = TIMEOUT_MS }: { now?: () => Date; timeoutMs?: number } = {},
): Receiver {
  const { name, apiKey, samples } = settings;
  const url = (settings.apiUrl ?? `https://api.${settings.site}`).replace(/\/+$/, '');
  const vendor = `Datadog (receiver ${name})`;

  async function ask(request: Request, signal: AbortSignal): Promise<Answer> {
    const answer = await exchange(request, vendor, signal, timeoutMs);
    if (answer.status < 200 || answer.status > 299)
      throw new DeliveryError(
        // Whether an event was written before the error is not known, and a second one would show.
        reasonOfStatus(answer.status, 'uncertain'),
        `${vendor} answered ${answer.status} to ${request.method} ${pathOf(request)}.`,
        retryAfterOf(answer.headers, now()),
      );
    if (!isJsonObject(answer.body))
      throw new DeliveryError('uncertain', `${vendor} answered ${answer.status}, but not in Datadog's words.`);
    return answer;
  }

  async function connected(signal: AbortSignal): Promise<DatadogApis> {
    // A header with such a key is refused by fetch, in words that quote it.
    if (!/^[\x21-\x7e]+$/.test(apiKey))
      throw new DeliveryError('auth', `${vendor}: the API key is empty or has characters that no API key has.`);
    const { connect } = await import('./datadog-client.ts');
    return connect({ apiUrl: url, apiKey }, (request) => ask(request, signal));
  }

  /** What may be repeated goes first: when the event is refused or the line breaks, nothing else is doubled. */
  async function tell(apis: DatadogApis, notice: Notice, loud: boolean, previous: Receipt | null): Promise<Receipt> {
    const before = previous?.['gauge_tags']?.split(',') ?? null;
    const { series, check, event, gaugeTags } = payloadOf(notice, { now: now(), loud, before });
    await apis.metrics.submitMetrics({ body: { series: [...series] } });
    try {
      await apis.checks.submitServiceCheck({ body: [check] });
      if (event !== null) await apis.events.createEvent({ body: event });
    } catch (error) {
      // The gauges are there: what takes the place of this must know their tags.
      if (error instanceof DeliveryError && error.reason === 'retry')
        throw new DeliveryError('uncertain', error.message, error.retryAfter);
      throw error;
    }
    return { aggregation_key: notice.incident.id, gauge_tags: gaugeTags.join(',') };
  }

  return {
    name,
    integration: 'datadog',
    // Gauges and the check are a state that the next delivery replaces, so quiet news are wanted. Events page nobody and
    // are grouped by their key, so there is no reason for a digest.
    abilities: { edits: true, resolves: true, endsSilently: true, samples, maxMessages: null },

    async send({ order, previous }: Task, signal: AbortSignal): Promise<Receipt> {
      const apis = await connected(signal);
      const loud = order.action !== 'update' || order.loud;
      let receipt: Receipt = {};
      for (const notice of noticesOf(order)) receipt = await tell(apis, notice, loud, previous);
      return receipt;
    },

    async check(signal: AbortSignal): Promise<readonly string[]> {
      try {
        const { valid } = await (await connected(signal)).authentication.validate();
        return valid === true ? [] : [`${vendor} does not know the API key.`];
      } catch (error) {
        if (error instanceof DeliveryError) return [explained(error, vendor)];
        throw error;
      }
    },
  };
}

/** "/api/v1/check_run", without the path of a gateway in front. */
function pathOf({ url }: Request): string {
  return /\/api\/v1\/\w+$/.exec(url)?.[0] ?? 'its API';
}

function explained(error: DeliveryError, vendor: string): string {
  if (error.reason !== 'auth') return error.message;
  return `${vendor} refuses the API key. Take an API key, not an application key, and the site of its organization.`;
}

function isJsonObject(body: string): boolean {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
