import { createHash } from 'node:crypto';
import { instantOf } from '../artifacts/run.ts';
import { SEVERITIES, type Severity } from '../findings/finding.ts';
import { partsOf } from '../artifacts/unique-id.ts';
import { count } from '../incidents/wording.ts';
import { factsOf, headlineOf, ownerNameOf, sourceOf, titlesOf } from './facts.ts';
import { oneLine } from './notice-words.ts';
import type { Notice } from './receiver.ts';

/** Events API v2, https://developer.pagerduty.com/docs/send-alert-event. */
export interface Trigger {
  readonly event_action: 'trigger';
  readonly dedup_key: string;
  readonly client: 'dq-report';
  readonly payload: {
    readonly summary: string;
    readonly source: string;
    readonly severity: Severity;
    readonly timestamp?: string;
    readonly component?: string;
    readonly group?: string;
    readonly class?: string;
    /** Flat: PagerDuty shows it as a table. */
    readonly custom_details: Readonly<Record<string, string>>;
  };
  readonly links: readonly { readonly href: string; readonly text: string }[];
}

export interface Resolve {
  readonly event_action: 'resolve';
  readonly dedup_key: string;
}

/** Limits of an event, in characters and, of the whole, in bytes: the same page, under "The Payload". */
export const PAGERDUTY_LIMITS = { summary: 1024, dedupKey: 255, eventBytes: 512_000 };

/** For `class`, `group` and the like, which have no documented limit. */
const MAX_FIELD = 255;

/** Characters of a digest's list of causes: at most 4 bytes each in JSON, and 512,000 are allowed for everything. */
const MAX_LIST = 100_000;

/** The same through the life of an incident, whatever its severity. */
export function dedupKeyOf(incidentId: string): string {
  return keyed('dq-report-', incidentId);
}

export function digestKeyOf(deliveryId: string): string {
  return keyed('dq-report-digest-', deliveryId);
}

function keyed(prefix: string, id: string): string {
  const fits = prefix.length + id.length <= PAGERDUTY_LIMITS.dedupKey;
  return `${prefix}${fits ? id : createHash('sha256').update(id).digest('hex')}`;
}

/** `remark` stands before all other details. */
export function triggerOf(notice: Notice, dedupKey: string, remark: string | null): Trigger {
  const { incident, cause } = notice;
  const facts = factsOf(notice).map(({ key, text }) => [key, text] as const);
  const note = remark === null ? [] : [['note', remark] as const];
  const owner = field(ownerNameOf(notice) ?? '');
  const component = field(partsOf(incident.subjectId).name);
  return {
    event_action: 'trigger',
    dedup_key: dedupKey,
    client: 'dq-report',
    payload: {
      summary: headlineOf(notice, PAGERDUTY_LIMITS.summary),
      source: field(sourceOf(notice)),
      severity: incident.severity,
      ...timestampOf(notice),
      ...(component === '' ? {} : { component }),
      ...(owner === '' ? {} : { group: owner }),
      class: cause?.errorClass ?? incident.kind,
      custom_details: Object.fromEntries([...note, ...facts]),
    },
    links: linksOf(notice),
  };
}

/** One alert for many incidents; `notices` has at least one. */
export function digestOf(notices: readonly [Notice, ...Notice[]], dedupKey: string): Trigger {
  const [first] = notices;
  const open = notices.filter(({ incident }) => incident.state === 'open');
  const worstFirst = SEVERITIES.map(
    (severity) => [severity, open.filter(({ incident }) => incident.severity === severity)] as const,
  ).filter(([, those]) => those.length > 0);
  const counts = worstFirst.map(([severity, those]) => `${those.length} ${severity}`).join(', ');
  const where = first.environment ?? first.project;
  const titles = titlesOf(worstFirst.flatMap(([, those]) => those));
  const ended = notices.filter(({ incident }) => incident.state !== 'open');
  return {
    event_action: 'trigger',
    dedup_key: dedupKey,
    client: 'dq-report',
    payload: {
      summary: clipped(
        `${where === null ? '' : `[${where}] `}${count(open.length, 'cause')} at once: ${counts}: ${titles}`,
        PAGERDUTY_LIMITS.summary,
      ),
      source: field(sourceOf(first)),
      severity: worstFirst[0]?.[0] ?? 'warning',
      ...timestampOf(first),
      class: 'digest',
      custom_details: {
        note: 'This alert stands for all of these causes. It is resolved when the last of them has ended. `dq-report incidents` lists what is still open.',
        ...listsOf([...worstFirst, ...(ended.length === 0 ? [] : [['ended', ended] as const])]),
      },
    },
    links: linksOf(first),
  };
}

/** One list a severity, which share the room there is; what does not fit is counted. */
function listsOf(groups: readonly (readonly [name: string, notices: readonly Notice[]])[]): Record<string, string> {
  const lists: Record<string, string> = {};
  let room = MAX_LIST;
  for (const [name, notices] of groups) {
    const lines: string[] = [];
    for (const notice of notices) {
      const line = `${headlineOf(notice, 300)} · ${notice.incident.id}`;
      if (line.length > room) break;
      room -= line.length + 1;
      lines.push(line);
    }
    const more = notices.length - lines.length;
    if (more > 0) lines.push(`and ${more} more: dq-report incidents`);
    lists[name] = lines.join('\n');
  }
  return lists;
}

/** When it happened, not when it is sent. */
function timestampOf({ at }: Notice): { timestamp?: string } {
  const instant = instantOf(at);
  return instant === null ? {} : { timestamp: new Date(instant).toISOString() };
}

function linksOf({ links }: Notice): Trigger['links'] {
  return links.map(({ title, url }) => ({ href: url, text: oneLine(title) || url }));
}

function field(text: string): string {
  return clipped(text, MAX_FIELD);
}

function clipped(text: string, maxLength: number): string {
  const line = oneLine(text);
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1).replace(/\p{Cs}$/u, '')}…`;
}
