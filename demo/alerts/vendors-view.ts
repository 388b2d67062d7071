import colours from 'picocolors';
import { prettyJson, shortenedJson } from './pretty-json.ts';
import type { Received } from './stand-ins.ts';

/** All that has reached the vendors, a list for each day so far; the last is today. */
export type ReceivedDays = readonly (readonly Received[])[];

export interface Look {
  readonly width: number;
  /** Everything, and nothing cut. */
  readonly verbose: boolean;
}

export interface PagerdutyEvent {
  readonly action: string;
  readonly key: string;
  readonly body: unknown;
}

export function pagerdutyEvents(received: readonly Received[]): readonly PagerdutyEvent[] {
  return received
    .filter(({ vendor }) => vendor === 'pagerduty')
    .map(({ body }) => {
      const { event_action: action, dedup_key: key } = Object(body);
      return { action: String(action), key: String(key), body };
    });
}

/** The events of today, each with what its `dedup_key` makes of it. */
export function showPagerduty(days: ReceivedDays, look: Look): string {
  const keys = days.map((received) => pagerdutyEvents(received).map(({ key }) => key));
  return pagerdutyEvents(days.at(-1) ?? [])
    .map(({ action, key, body }) => {
      const firstDay = 1 + keys.findIndex((those) => those.includes(key));
      return `  ${colours.bold(meaningOf(action, firstDay === days.length ? null : firstDay))}\n${json(body, look)}`;
    })
    .join('\n\n');
}

/** @param firstDay when the key came first; null for today */
function meaningOf(action: string, firstDay: number | null): string {
  const where = firstDay === null ? 'of today' : `of day ${firstDay}`;
  if (action === 'resolve') return `Closes the alert ${where}, by its dedup_key:`;
  return firstDay === null ? 'Opens an alert:' : `Brings the alert ${where} up to date, by its dedup_key:`;
}

/** The requests of today that are about one fault; those about others are counted. */
export function showDatadog(received: readonly Received[], about: string, look: Look): string {
  const requests = received.filter(({ vendor }) => vendor === 'datadog');
  const shown = look.verbose ? requests : requests.filter(({ body }) => JSON.stringify(body).includes(about));
  const others = requests.length - shown.length;
  return [
    ...shown.map(({ path, body }) => `  ${colours.bold(`POST ${path}`)}\n${json(body, look)}`),
    ...(others === 0 ? [] : [colours.dim(`  (${others} more, about other incidents)`)]),
  ].join('\n\n');
}

function json(body: unknown, { width, verbose }: Look): string {
  return prettyJson(verbose ? body : shortenedJson(body), width - 2).replaceAll(/^/gm, '  ');
}
