import { createHash } from 'node:crypto';
import type { Manifest } from '../artifacts/manifest.ts';
import { partsOf } from '../artifacts/unique-id.ts';
import { instantOf, type Run, type Timestamp } from '../artifacts/run.ts';
import type { Cause } from '../causes/cause.ts';
import { type Finding, type FindingKind, rankOf } from '../findings/finding.ts';
import { fingerprintOfNode } from '../findings/fingerprint.ts';
import { titleOf } from '../findings/title.ts';
import { flaps, remembered } from './flapping.ts';
import type { Change, ChangeReason, Incident, Level } from './incident.ts';
import { type Failure, observe, timeOf } from './observe.ts';
import { renamedTests, testIdentity } from './same-test.ts';

/** What is known from earlier runs of the same environment. */
export interface History {
  /** Those that are open, and those that ended within {@link REOPENS_WITHIN_DAYS}. */
  readonly incidents: readonly Incident[];
  /** Whether a newer run of the environment was applied before this one: then its manifest is an old one. */
  readonly isLate: boolean;
  /** Whether another run has looked at the node after `at`, however long the two took to end. */
  isOutdated(uniqueId: string, at: Timestamp): boolean;
  /** Whether an earlier run knew the node. */
  knew(uniqueId: string): boolean;
}

/** What fails again within so many days is the old incident; later it is a new one. */
export const REOPENS_WITHIN_DAYS = 7;

/**
 * The life of incidents: what this run did to each that was open before it or is now. Only a node that ran and passed
 * resolves one, absence never does, and an observation that is not newer than what is known changes nothing.
 */
export function track(
  history: History,
  {
    run,
    findings,
    causes,
  }: { readonly run: Run; readonly findings: readonly Finding[]; readonly causes: readonly Cause[] },
  now: Timestamp,
): readonly Change[] {
  const at = timeOf(run, now);
  const { failures, passes } = observe(run, causes, findings, now);
  const known = moved(history, run);
  const byFingerprint = new Map(known.map((incident) => [incident.fingerprint, incident]));
  const changes = new Map<string, Change>();
  const change = (reason: ChangeReason, incident: Incident): void => {
    changes.set(incident.id, { reason, incident, at });
  };

  for (const failure of failures) {
    if (history.isOutdated(failure.finding.uniqueId, failure.at)) continue;
    const incident = byFingerprint.get(failure.fingerprint);
    if (incident === undefined) change('opened', opened(failure, run));
    else if (isNews(failure.at, incident)) change(...failedAgain(incident, failure));
  }
  for (const incident of known) {
    const passedAt = passes.get(incident.uniqueId);
    if (incident.state !== 'open' || passedAt === undefined || changes.has(incident.id)) continue;
    if (!history.isOutdated(incident.uniqueId, passedAt) && isNews(passedAt, incident))
      change(...passed(incident, passedAt));
  }
  for (const incident of known) {
    if (incident.state !== 'open' || changes.has(incident.id)) continue;
    const isGone = hasLeft(incident, run.manifest) && !history.isLate;
    change(...(isGone ? retired(incident, at) : (['unobserved', incident] as const)));
  }
  surfaceOrphans(changes);
  return [...changes.values()];
}

/** Incidents as they were, but under the new name where their test has one. */
function moved(history: History, { manifest, environment }: Run): readonly Incident[] {
  const { incidents } = history;
  if (history.isLate) return incidents;
  const gone = incidents.filter((incident) => incident.state === 'open' && hasLeft(incident, manifest));
  const moves = renamedTests(gone, manifest, (uniqueId) => history.knew(uniqueId));
  const fingerprints = new Map<string, string>();
  const renamed = incidents.map((incident) => {
    const uniqueId = moves.get(incident.id);
    if (uniqueId === undefined) return incident;
    const fingerprint = fingerprintOfNode(uniqueId, incident.subjectId, environment);
    fingerprints.set(incident.fingerprint, fingerprint);
    return { ...incident, uniqueId, fingerprint };
  });
  return renamed.map((incident) => {
    const foldedUnder = fingerprints.get(incident.foldedUnder ?? '');
    return foldedUnder === undefined ? incident : { ...incident, foldedUnder };
  });
}

/** Hooks and macros come and go with the command that was run. */
function hasLeft({ uniqueId }: Incident, manifest: Manifest): boolean {
  const { resourceType } = partsOf(uniqueId);
  return manifest.present && !manifest.has(uniqueId) && resourceType !== 'operation' && resourceType !== 'macro';
}

function isNews(at: Timestamp, incident: Incident): boolean {
  return (instantOf(at) ?? 0) > (instantOf(incident.lastObservedAt) ?? 0);
}

function opened({ fingerprint, finding, kind, severity, foldedUnder, at }: Failure, run: Run): Incident {
  const level: Level = { severity, failures: finding.failures };
  return {
    // The time sets it apart from an earlier one of the same fault.
    id: createHash('sha256').update(`${fingerprint} ${at}`).digest('hex').slice(0, 12),
    environment: run.environment,
    fingerprint,
    uniqueId: finding.uniqueId,
    subjectId: finding.subject.uniqueId,
    testIdentity: testIdentity(run.manifest, finding.uniqueId),
    title: titleOf(finding),
    kind,
    state: 'open',
    ...level,
    told: level,
    foldedUnder,
    openedAt: at,
    lastSeenAt: at,
    lastObservedAt: at,
    endedAt: null,
    runs: 1,
    recent: 'F',
    flapping: false,
  };
}

type Outcome = readonly [reason: ChangeReason, incident: Incident];

function failedAgain(before: Incident, { finding, kind, severity, foldedUnder, at }: Failure): Outcome {
  const recent = remembered(before.recent, 'F');
  const flapping = flaps(recent, before.flapping);
  const level: Level = { severity, failures: finding.failures };
  const reason = reasonOf(before, { kind, level, foldedUnder, flapping });
  const wasEnded = before.state !== 'open';
  return [
    reason,
    {
      ...before,
      title: titleOf(finding),
      kind,
      state: 'open',
      ...level,
      told: reason === 'ongoing' ? before.told : level,
      foldedUnder,
      openedAt: wasEnded ? at : before.openedAt,
      lastSeenAt: at,
      lastObservedAt: at,
      endedAt: null,
      runs: wasEnded ? 1 : before.runs + 1,
      recent,
      flapping,
    },
  ];
}

interface Now {
  readonly kind: FindingKind;
  readonly level: Level;
  readonly foldedUnder: string | null;
  readonly flapping: boolean;
}

function reasonOf(before: Incident, { kind, level, foldedUnder, flapping }: Now): ChangeReason {
  if (flapping && !before.flapping) return 'flapping';
  if (before.state !== 'open') return 'reopened';
  // While it was folded nobody heard of it, whatever it did.
  if (before.foldedUnder !== null && foldedUnder === null) return 'surfaced';
  // Everything else about it was said when it began to flap, but nobody has said that it would become critical.
  if (flapping) return rankOf(level.severity) < rankOf(before.told.severity) ? 'worsened' : 'ongoing';
  if (before.flapping) return 'settled';
  const reason = compared(before.told, level);
  return reason === 'ongoing' && kind !== before.kind ? 'changed' : reason;
}

/** A count that doubles or halves is news; a few rows more or less are not. */
function compared(told: Level, level: Level): ChangeReason {
  const ranks = rankOf(level.severity) - rankOf(told.severity);
  if (ranks !== 0) return ranks < 0 ? 'worsened' : 'eased';
  const [before, after] = [told.failures ?? 0, level.failures ?? 0];
  if (before === 0 || after === 0) return 'ongoing';
  if (after >= 2 * before) return 'worsened';
  return 2 * after <= before ? 'eased' : 'ongoing';
}

function passed(before: Incident, at: Timestamp): Outcome {
  const recent = remembered(before.recent, 'P');
  const flapping = flaps(recent, before.flapping);
  const observed = { ...before, recent, flapping, lastObservedAt: at };
  if (flapping) return [before.flapping ? 'ongoing' : 'flapping', observed];
  return ['resolved', { ...observed, state: 'resolved', endedAt: at }];
}

function retired(before: Incident, at: Timestamp): Outcome {
  return ['retired', { ...before, state: 'retired', endedAt: at, lastObservedAt: at, foldedUnder: null }];
}

/** What nobody looked at in this run, while the cause that explained it has ended, would be explained by nothing. */
function surfaceOrphans(changes: Map<string, Change>): void {
  const all = [...changes.values()];
  const open = new Set(
    all.filter(({ incident }) => incident.state === 'open').map(({ incident }) => incident.fingerprint),
  );
  for (const change of all) {
    const { reason, incident } = change;
    if (reason !== 'unobserved' || incident.foldedUnder === null || open.has(incident.foldedUnder)) continue;
    // What fails and passes in turns, and passed last, is not still failing: it surfaces when it fails again.
    if (incident.recent.endsWith('P')) continue;
    changes.set(incident.id, { ...change, reason: 'surfaced', incident: { ...incident, foldedUnder: null } });
  }
}
