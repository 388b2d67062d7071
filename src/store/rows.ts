import * as z from 'zod/mini';
import { FINDING_KINDS, SEVERITIES } from '../findings/finding.ts';
import { CHANGE_REASONS, type ChangeReason, type Incident, INCIDENT_STATES } from '../incidents/incident.ts';
import type { Step } from './store.ts';

/** What comes back from a database is checked like any other file: people restore backups, and versions differ. */
const level = { severity: z.enum(SEVERITIES), failures: z.nullable(z.number()) };

export const incident: z.ZodMiniType<Incident> = z.object({
  id: z.string(),
  environment: z.nullable(z.string()),
  fingerprint: z.string(),
  uniqueId: z.string(),
  subjectId: z.string(),
  testIdentity: z.nullable(z.string()),
  title: z.string(),
  kind: z.enum(FINDING_KINDS),
  state: z.enum(INCIDENT_STATES),
  ...level,
  told: z.object(level),
  foldedUnder: z.nullable(z.string()),
  openedAt: z.string(),
  lastSeenAt: z.string(),
  lastObservedAt: z.string(),
  endedAt: z.nullable(z.string()),
  runs: z.number(),
  recent: z.string(),
  flapping: z.boolean(),
});

const reason = z.enum(CHANGE_REASONS);
const severity = z.enum(SEVERITIES);
const kind = z.nullable(z.enum(FINDING_KINDS));
const ids = z.array(z.string());

export function incidentOf(body: string): Incident {
  return incident.parse(JSON.parse(body));
}

export function reasonOf(text: string): ChangeReason {
  return reason.parse(text);
}

interface StepRow {
  readonly reason: string;
  readonly at: string;
  readonly severity: string;
  readonly failures: number | null;
  readonly kind: string | null;
  /** Null when its run is forgotten. */
  readonly invocation_ids: string | null;
}

export function stepOf(row: StepRow): Step {
  return {
    reason: reasonOf(row.reason),
    at: row.at,
    severity: severity.parse(row.severity),
    failures: row.failures,
    kind: kind.parse(row.kind),
    invocationIds: ids.parse(JSON.parse(row.invocation_ids ?? '[]')),
  };
}
