import { incidentJson } from '../incidents/incident-json.ts';
import type { Incident } from '../incidents/incident.ts';
import { formatAge } from '../incidents/wording.ts';
import type { Delivery } from '../deliveries/delivery.ts';
import { type FindingKind, rankOf } from '../findings/finding.ts';
import { formatNumber } from '../findings/message.ts';
import { type DestinationName, type NoticeCause, noticesOf, type Order } from '../receivers/receiver.ts';
import { changeWord, count, formatTime, personOf, plain } from './wording.ts';

/** What `dq-report incidents show` tells: an incident and what happened to it. */
interface Story {
  readonly incident: Incident;
  readonly steps: readonly {
    readonly reason: Parameters<typeof changeWord>[0];
    readonly at: string;
    readonly severity: Incident['severity'];
    readonly failures: number | null;
    readonly kind: FindingKind | null;
    readonly invocationIds: readonly string[];
  }[];
  readonly told: readonly (DestinationName & { readonly at: string })[];
  readonly cause: NoticeCause | null;
  readonly deliveries: readonly Delivery[];
}

/** Open ones first, the worst first and of these the newest; what has ended, the newest first. `hidden` others are not shown. */
export function formatIncidents(incidents: readonly Incident[], hidden: number, now: Date): string {
  const open = incidents
    .filter(({ state }) => state === 'open')
    .toSorted((a, b) => rankOf(a.severity) - rankOf(b.severity));
  const ended = incidents.filter(({ state }) => state !== 'open');
  const sections = [
    open.length === 0
      ? 'No open incidents.'
      : [count(open.length, 'open incident'), ...open.map((each) => line(each, now))].join('\n'),
    ended.length === 0
      ? ''
      : [`${formatNumber(ended.length)} ended`, ...ended.map((each) => line(each, now))].join('\n'),
    hidden === 0 ? '' : `${count(hidden, 'older incident')}: --all shows them.`,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function line(incident: Incident, now: Date): string {
  const { id, severity, title, environment, foldedUnder, flapping } = incident;
  const facts = [
    environment,
    span(incident, now),
    incident.state === 'open' && foldedUnder !== null ? 'explained by another' : null,
    flapping ? 'failing and passing in turns' : null,
  ].filter((fact) => fact !== null);
  return plain(`  ${id}  ${severity.toUpperCase().padEnd(8)}  ${title}\n                ${facts.join(' · ')}`);
}

/** "since 2026-01-02 06:00 UTC (3 h), in 4 runs", or "mended 2026-01-02 09:00 UTC after 3 h". */
function span({ state, openedAt, endedAt, runs }: Incident, now: Date): string {
  const end = endedAt === null ? now.getTime() : Date.parse(endedAt);
  const lasted = formatAge(end - Date.parse(openedAt));
  if (state === 'open') return `since ${formatTime(openedAt) ?? openedAt} (${lasted}), in ${count(runs, 'run')}`;
  const how = state === 'resolved' ? 'mended' : 'left the project';
  return `${how} ${formatTime(endedAt) ?? ''} after ${lasted}, ${count(runs, 'failing run')}`;
}

export function formatStory({ incident, steps, told: receivers, cause, deliveries }: Story, now: Date): string {
  const { id, title, uniqueId, subjectId, failures, fingerprint } = incident;
  const alerts = deliveries.filter((delivery) => isWorthTelling(delivery, incident));
  return plain(
    `${[
      `${incident.severity.toUpperCase()}  ${title}`,
      `  ${span(incident, now)}${failures === null ? '' : `; last ${count(failures, 'failure')}`}`,
      `  id ${id}, fingerprint ${fingerprint}`,
      `  ${uniqueId}${subjectId === uniqueId ? '' : ` on ${subjectId}`}`,
      `  last ran ${formatTime(incident.lastObservedAt) ?? ''}; latest results ${Array.from(incident.recent, (each) => (each === 'F' ? '✗' : '✓')).join('')}`,
      ...(cause === null
        ? []
        : [
            '',
            ...cause.message.map((text) => `  ${text}`),
            `  owner: ${cause.owner === null ? 'nobody named' : `${personOf(cause.owner)} (${cause.owner.reason})`}`,
            ...(cause.nextCommand === null ? [] : [`  once mended: ${cause.nextCommand}`]),
          ]),
      '',
      ...steps.map(stepLine),
      ...(receivers.length === 0
        ? []
        : [
            '',
            `  told: ${receivers.map((each) => `${each.receiver} (${each.integration}) ${formatTime(each.at) ?? each.at}`).join(', ')}`,
          ]),
      ...(alerts.length === 0
        ? []
        : [
            '',
            '  alerts that were not sent, and those of its end:',
            ...alerts.map((each) => alertLine(each, incident)),
          ]),
    ].join('\n')}\n`,
  );
}

function stepLine({ reason, at, severity, failures, kind, invocationIds }: Story['steps'][number]): string {
  const way = reason === 'changed' && kind !== null ? ` (${kind.replaceAll('_', ' ')})` : '';
  const level = `${severity}${failures === null ? '' : `, ${count(failures, 'failure')}`}`;
  const invocations = invocationIds.length === 0 ? '' : `  (invocation ${invocationIds.join(', ')})`;
  return `  ${formatTime(at) ?? at}  ${changeWord(reason)}${way}: ${level}${invocations}`;
}

/** What did not arrive, and how the end was told; all else is in the history and in who was told. */
function isWorthTelling({ state, order }: Delivery, incident: Incident): boolean {
  switch (state) {
    case 'pending':
    case 'attempting':
    case 'uncertain':
    case 'dead':
    case 'dropped':
      return true;
    case 'sent':
      return tellsEnd(order, incident);
    case 'replaced':
      return false;
  }
}

function tellsEnd(order: Order, { id }: Incident): boolean {
  return noticesOf(order).some((notice) => notice.incident.id === id && notice.incident.state !== 'open');
}

function alertLine(
  { id, state, receiver, integration, order, updatedAt, reason, receipt }: Delivery,
  incident: Incident,
): string {
  const what = order.action === 'digest' ? `digest${tellsEnd(order, incident) ? ' of ends' : ''}` : order.action;
  const why = reason ?? receipt?.['not_sent'] ?? null;
  return `  ${id.slice(0, 12)}  ${state.padEnd(10)}  ${receiver} (${integration})  ${what}, ${formatTime(updatedAt) ?? updatedAt}${why === null ? '' : `: ${why}`}`;
}

export function incidentsJson(incidents: readonly Incident[]): string {
  return `${JSON.stringify({ schema_version: 1, incidents: incidents.map(incidentJson) }, null, 2)}\n`;
}

export function storyJson({ incident, steps, told, deliveries: all }: Story): string {
  const changes = steps.map(({ reason, at, severity, failures, kind, invocationIds }) => ({
    change: reason,
    at,
    severity,
    failures,
    kind,
    invocation_ids: invocationIds,
  }));
  const deliveries = all.map(({ id, receiver, integration, order, state, updatedAt, reason }) => ({
    id,
    receiver,
    integration,
    action: order.action,
    tells_end: tellsEnd(order, incident),
    state,
    changed: updatedAt,
    reason,
  }));
  return `${JSON.stringify({ schema_version: 1, incident: incidentJson(incident), changes, told, deliveries }, null, 2)}\n`;
}
