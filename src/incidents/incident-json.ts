import type { Incident } from './incident.ts';

/** An incident as programs get it, from commands and webhooks alike. What is absent is null, never left out. */
export function incidentJson(incident: Incident) {
  return {
    id: incident.id,
    environment: incident.environment,
    fingerprint: incident.fingerprint,
    state: incident.state,
    severity: incident.severity,
    kind: incident.kind,
    title: incident.title,
    unique_id: incident.uniqueId,
    subject: incident.subjectId,
    failures: incident.failures,
    folded_under: incident.foldedUnder,
    flapping: incident.flapping,
    first_seen: incident.openedAt,
    last_seen: incident.lastSeenAt,
    ended: incident.endedAt,
    runs: incident.runs,
  };
}
