import { incidentJson } from '../incidents/incident-json.ts';
import type { Incident } from '../incidents/incident.ts';
import { formatAge } from '../incidents/wording.ts';
import { rankOf } from '../findings/finding.ts';
import { formatNumber } from '../findings/message.ts';
import type { DestinationName, NoticeCause } from '../receivers/receiver.ts';
import { changeWord, count, formatTime, personOf, plain } from './wording.ts';

/** What `dq-report incidents show` tells: an incident and what happened to it. */
interface Story {
  readonly incident: Incident;
  readonly steps: readonly {
    readonly reason: Parameters<typeof changeWord>[0];
    readonly at: string;
    readonly severity: Incident['severity'];
    readonly failures: number | null;
    readonly invocationIds: readonly string[];
  }[];
  readonly told: readonly (DestinationName & { readonly at: string })[];
  readonly cause: NoticeCause | null;
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

export function formatStory({ incident, steps, told: receivers, cause }: Story, now: Date): string {
  const { id, title, uniqueId, subjectId, failures, fingerprint } = incident;
  const told = steps.map(
    (step) =>
      `  ${formatTime(step.at) ?? step.at}  ${changeWord(step.reason)}: ${step.severity}${step.failures === null ? '' : `, ${count(step.failures, 'failure')}`}${step.invocationIds.length === 0 ? '' : `  (invocation ${step.invocationIds.join(', ')})`}`,
  );
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
      ...told,
      ...(receivers.length === 0
        ? []
        : [
            '',
            `  told: ${receivers.map((each) => `${each.receiver} (${each.integration}) ${formatTime(each.at) ?? each.at}`).join(', ')}`,
          ]),
    ].join('\n')}\n`,
  );
}

export function incidentsJson(incidents: readonly Incident[]): string {
  return `${JSON.stringify({ schema_version: 1, incidents: incidents.map(incidentJson) }, null, 2)}\n`;
}

export function storyJson({ incident, steps, told: receivers }: Story): string {
  const told = steps.map(({ reason, at, severity, failures, invocationIds }) => ({
    change: reason,
    at,
    severity,
    failures,
    invocation_ids: invocationIds,
  }));
  return `${JSON.stringify({ schema_version: 1, incident: incidentJson(incident), changes: told, told: receivers }, null, 2)}\n`;
}
