import type { Timestamp } from '../artifacts/run.ts';
import type { FindingKind, Severity } from '../findings/finding.ts';

export const INCIDENT_STATES = ['open', 'resolved', 'retired'] as const;
/** `retired`: its node is no longer in the project, so nobody can say whether it is mended. */
export type IncidentState = (typeof INCIDENT_STATES)[number];

/**
 * What one run did to an incident:
 * - `opened`: seen for the first time
 * - `reopened`: failing again, not long after it was resolved or retired
 * - `worsened`, `eased`: another severity, or at least twice or at most half as many failures as when it was last told
 * - `changed`: as bad, but in another way: a test that failed now cannot run, or one that could not run now fails
 * - `ongoing`: failing as before
 * - `surfaced`: no other finding explains it any more
 * - `flapping`: failing and passing in turns; told once, then it counts as open until it has made up its mind, and only a higher severity is news
 * - `settled`: it flapped, and fails every time now
 * - `resolved`: its node ran and passed
 * - `retired`: its node has left the project
 * - `unobserved`: its node did not run
 */
export const CHANGE_REASONS = [
  'opened',
  'reopened',
  'worsened',
  'eased',
  'changed',
  'ongoing',
  'surfaced',
  'flapping',
  'settled',
  'resolved',
  'retired',
  'unobserved',
] as const;
export type ChangeReason = (typeof CHANGE_REASONS)[number];

/** A finding's life across runs. */
export interface Incident {
  /** Stays the same when the finding's test is renamed and its fingerprint changes with it. */
  readonly id: string;
  readonly environment: string | null;
  readonly fingerprint: string;
  /** The node whose results it lives by. */
  readonly uniqueId: string;
  /** The model or source that is wrong. */
  readonly subjectId: string;
  /** What a renamed test still is: {@link testIdentity}; null for what is no generic test. */
  readonly testIdentity: string | null;
  /** "not_null(client_id) on orders". */
  readonly title: string;
  readonly kind: FindingKind;
  readonly state: IncidentState;
  readonly severity: Severity;
  readonly failures: number | null;
  /** Severity and failures when somebody was last told of a change: what `worsened` and `eased` compare with. */
  readonly told: Level;
  /** Fingerprint of the cause that explains it; null when it is a cause itself. */
  readonly foldedUnder: string | null;
  readonly openedAt: Timestamp;
  /** The last time it failed. */
  readonly lastSeenAt: Timestamp;
  /** The last time its node ran, whatever came of it. */
  readonly lastObservedAt: Timestamp;
  readonly endedAt: Timestamp | null;
  /** In how many runs it failed since it was opened. */
  readonly runs: number;
  /** The last ten observations, the newest at the end: F for failed, P for passed. */
  readonly recent: string;
  readonly flapping: boolean;
}

export interface Level {
  readonly severity: Severity;
  readonly failures: number | null;
}

export interface Change {
  readonly reason: ChangeReason;
  /** As it is after the run. */
  readonly incident: Incident;
  readonly at: Timestamp;
}
