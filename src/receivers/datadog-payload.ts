import { createHash } from 'node:crypto';
import type { EventCreateRequest } from '@datadog/datadog-api-client/dist/packages/datadog-api-client-v1/models/EventCreateRequest.js';
import type { Series } from '@datadog/datadog-api-client/dist/packages/datadog-api-client-v1/models/Series.js';
import type { ServiceCheck } from '@datadog/datadog-api-client/dist/packages/datadog-api-client-v1/models/ServiceCheck.js';
import { partsOf } from '../artifacts/unique-id.ts';
import { instantOf, type Timestamp } from '../artifacts/run.ts';
import { shortened } from '../findings/plain.ts';
import { changeWord, formatTime } from '../incidents/wording.ts';
import { factsOf, headlineOf, ownerNameOf, sourceOf } from './facts.ts';
import { oneLine } from './notice-words.ts';
import type { Notice } from './receiver.ts';

/** What Datadog is sent about one change of one incident. */
export interface DatadogPayload {
  readonly series: readonly Series[];
  readonly check: ServiceCheck;
  /** null where nothing has changed that a person would read. */
  readonly event: EventCreateRequest | null;
  /** Tags of the series, by which the next message ends those that do not apply any more. */
  readonly gaugeTags: readonly string[];
}

/** Characters; the v1 API's OpenAPI, and where it is silent, that of v2 (title) and the documentation (tag, host). */
export const DATADOG_LIMITS = { title: 500, text: 4000, aggregationKey: 100, tag: 200, host: 255 };

/** How old and how far ahead a time may be, in seconds: the v1 API's OpenAPI. */
interface Window {
  readonly past: number;
  readonly future: number;
}
const EVENT_WINDOW: Window = { past: 18 * 3600, future: 600 };
const METRIC_WINDOW: Window = { past: 3600, future: 600 };
const CHECK_WINDOW: Window = { past: 600, future: 600 };
/** Seconds that clocks differ by, and that sending takes. */
const MARGIN = 60;

export function payloadOf(
  notice: Notice,
  context: {
    readonly now: Date;
    readonly loud: boolean;
    /** Tags of the series of the message before; null if there was none. */
    readonly before: readonly string[] | null;
  },
): DatadogPayload {
  const gaugeTags = gaugeTagsOf(notice, context.before);
  return {
    gaugeTags,
    series: seriesOf(notice, gaugeTags, context),
    check: checkOf(notice, context.now),
    event: isNews(notice, context) ? eventOf(notice, gaugeTags, context) : null,
  };
}

/** That an incident goes on moves its gauges; an event for each run would bury those that matter. */
function isNews({ reason }: Notice, { loud }: { readonly loud: boolean }): boolean {
  return loud || (reason !== 'ongoing' && reason !== 'unobserved');
}

/** What stays the same through the life of an incident. Never a run's id: each would be a new time series. */
function identityTagsOf({ project, environment, incident }: Notice): readonly string[] {
  return [
    ...(environment === null ? [] : [tag('env', environment)]),
    ...(project === null ? [] : [tag('dbt_project', project)]),
    tag('model', partsOf(incident.subjectId).name),
    tag('node', incident.uniqueId),
  ];
}

function gaugeTagsOf(notice: Notice, before: readonly string[] | null): readonly string[] {
  const owner = ownerNameOf(notice);
  // Nobody knows the owner of what has ended or did not run; whose it was decides which series it belongs to.
  const lastOwner = notice.cause === null ? before?.find((each) => each.startsWith('owner:')) : undefined;
  return [
    ...identityTagsOf(notice),
    tag('severity', notice.incident.severity),
    ...(owner === null ? (lastOwner === undefined ? [] : [lastOwner]) : [tag('owner', owner)]),
  ];
}

function seriesOf(
  { incident, reason, at }: Notice,
  tags: readonly string[],
  { now, before }: { readonly now: Date; readonly before: readonly string[] | null },
): readonly Series[] {
  const { seconds } = stampOf(at, now, METRIC_WINDOW);
  const gauge = (metric: string, value: number, of: readonly string[]): Series => ({
    metric,
    type: 'gauge',
    points: [[seconds, value]],
    tags: [...of],
  });
  const isOpen = incident.state === 'open';
  const isTest = incident.kind === 'test_failed' || incident.kind === 'test_warned';
  // Without a run there is no number; of a node that has left the project there will be none.
  const failures = reason === 'unobserved' || reason === 'retired' ? null : isOpen ? incident.failures : 0;
  const left = before === null || before.join() === tags.join() ? null : before;
  return [
    gauge('dbt.incident.open', isOpen ? 1 : 0, tags),
    ...(isTest && failures !== null ? [gauge('dbt.test.failures', failures, tags)] : []),
    // Under another severity or owner it is over, else both would count.
    ...(left === null ? [] : [gauge('dbt.incident.open', 0, left)]),
    ...(left === null || !isTest ? [] : [gauge('dbt.test.failures', 0, left)]),
  ];
}

/** A state by itself: Datadog keeps the last for each set of tags, so severity and owner are none of them. */
function checkOf(notice: Notice, now: Date): ServiceCheck {
  const { seconds, remark } = stampOf(notice.at, now, CHECK_WINDOW);
  return {
    check: 'dbt.model.ok',
    // The API asks for one; no machine is called so.
    hostName: shortened(tagText(sourceOf(notice)), DATADOG_LIMITS.host - 1),
    status: statusOf(notice),
    message: defused([remark, headlineOf(notice, 500)].filter((line) => line !== null).join(' ')),
    tags: [...identityTagsOf(notice)],
    timestamp: seconds,
  };
}

/** 0 OK, 1 warning, 2 critical, 3 unknown. */
function statusOf({ incident: { state, severity } }: Notice): 0 | 1 | 2 | 3 {
  switch (state) {
    case 'resolved':
      return 0;
    case 'retired':
      return 3;
    case 'open':
      return severity === 'warning' ? 1 : 2;
  }
}

function eventOf(
  notice: Notice,
  gaugeTags: readonly string[],
  { now, loud }: { readonly now: Date; readonly loud: boolean },
): EventCreateRequest {
  const { incident, reason, at, cause } = notice;
  const { seconds, remark } = stampOf(at, now, EVENT_WINDOW);
  const news = changeWord(reason);
  // Without a cause the headline says the same.
  const title = cause === null ? headlineOf(notice, 480) : `${headlineOf(notice, 480 - news.length)} · ${news}`;
  const facts = factsOf(notice).map(({ label, text }) =>
    text.includes('\n') ? `${label}:\n${text}` : `${label}: ${text}`,
  );
  const text = [remark, oneLine(incident.title), ...facts].filter((line) => line !== null).join('\n');
  return {
    title: clipped(defused(title), DATADOG_LIMITS.title),
    text: clipped(defused(text), DATADOG_LIMITS.text),
    alertType: alertTypeOf(notice),
    priority: loud ? 'normal' : 'low',
    aggregationKey: shortened(incident.id, DATADOG_LIMITS.aggregationKey - 1),
    dateHappened: seconds,
    tags: [...gaugeTags, tag('change', reason)],
  };
}

function alertTypeOf({ incident, reason }: Notice): 'error' | 'warning' | 'info' | 'success' {
  switch (incident.state) {
    case 'resolved':
      return 'success';
    case 'retired':
      return 'info';
    case 'open':
      if (reason === 'unobserved') return 'info';
      return incident.severity === 'warning' ? 'warning' : 'error';
  }
}

/** A time that Datadog takes, and what to say if it is not the true one. */
function stampOf(at: Timestamp, now: Date, { past, future }: Window): { seconds: number; remark: string | null } {
  const nowSeconds = Math.floor(now.getTime() / 1000);
  const instant = instantOf(at);
  if (instant === null) return { seconds: nowSeconds, remark: null };
  const seconds = Math.floor(instant / 1000);
  if (seconds >= nowSeconds - past + MARGIN && seconds <= nowSeconds + future - MARGIN)
    return { seconds, remark: null };
  return { seconds: nowSeconds, remark: `Sent late: this is the state of ${formatTime(at)}.` };
}

/**
 * `%%%` would switch markdown on, `@name` would notify somebody. The full-width sign looks the same and is none; a percent
 * sign that stands alone is harmless.
 */
function defused(text: string): string {
  return text.replaceAll('@', '\uff20').replaceAll(/%{2,}/g, (signs) => Array.from(signs).join(' '));
}

function clipped(text: string, maxLength: number): string {
  return shortened(text, maxLength - 1);
}

/**
 * Letters, digits and `_-:./`, in lower case, 200 characters with the key; Datadog would change the rest by itself, and
 * what is cut would be one with another that begins alike.
 * https://docs.datadoghq.com/getting_started/tagging/
 */
function tag(key: string, value: string): string {
  const whole = `${key}:${tagText(value)}`;
  if (whole.length <= DATADOG_LIMITS.tag) return whole;
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, 10);
  return `${whole.slice(0, DATADOG_LIMITS.tag - hash.length - 1).replace(/\p{Cs}$/u, '')}_${hash}`;
}

function tagText(text: string): string {
  return oneLine(text)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_\-:./]+/gu, '_');
}
