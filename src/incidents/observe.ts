import { instantOf, type Run, type Timestamp } from '../artifacts/run.ts';
import type { Cause } from '../causes/cause.ts';
import type { Finding, FindingKind, Severity } from '../findings/finding.ts';
import { fingerprintOf } from '../findings/fingerprint.ts';
import { outcomeOf } from '../findings/outcome.ts';

/** What a run says about the nodes that it ran, and nothing about others. */
export interface Observations {
  readonly failures: readonly Failure[];
  /** When a node ran and passed, by `unique_id`. */
  readonly passes: ReadonlyMap<string, Timestamp>;
}

export interface Failure {
  readonly fingerprint: string;
  readonly finding: Finding;
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly foldedUnder: string | null;
  readonly at: Timestamp;
}

/** A skipped node is no observation: it neither failed nor passed. */
export function observe(
  run: Run,
  causes: readonly Cause[],
  findings: readonly Finding[],
  now: Timestamp,
): Observations {
  const failure = (finding: Finding, severity: Severity, root: Finding | null): Failure => ({
    fingerprint: fingerprintOf(finding, run.environment),
    finding,
    kind: finding.kind,
    severity,
    foldedUnder: root === null ? null : fingerprintOf(root, run.environment),
    at: observedAt(finding.observedAt, run, now),
  });
  const failures = causes.flatMap((cause) => [
    failure(cause.finding, cause.severity, null),
    ...cause.symptoms
      .filter((symptom) => symptom.finding.kind !== 'node_skipped')
      .map((symptom) => failure(symptom.finding, symptom.finding.severity, cause.finding)),
  ]);

  const wrong = new Set(findings.map(({ uniqueId }) => uniqueId));
  const passes = new Map<string, Timestamp>();
  for (const result of run.results)
    if (outcomeOf(result) === 'passed' && !wrong.has(result.uniqueId))
      passes.set(result.uniqueId, observedAt(result.completedAt, run, now));
  for (const { uniqueId, status, checkedAt } of run.freshness.results)
    if ((status === 'pass' || status === 'success') && !wrong.has(uniqueId))
      passes.set(uniqueId, observedAt(checkedAt, run, now));
  return { failures, passes };
}

/** In one spelling, so that text compares as time does; null for what is no time. */
function sortable(at: Timestamp | null): Timestamp | null {
  const instant = instantOf(at);
  return instant === null ? null : new Date(instant).toISOString();
}

/**
 * When a run was, by its file and in one spelling. Never later than `now`: a clock that once ran ahead would silence all
 * that comes after it.
 */
export function timeOf(run: Pick<Run, 'generatedAt'>, now: Timestamp): Timestamp {
  return observedAt(null, run, now);
}

function observedAt(at: Timestamp | null, { generatedAt }: Pick<Run, 'generatedAt'>, now: Timestamp): Timestamp {
  const known = sortable(at) ?? sortable(generatedAt) ?? now;
  return known < now ? known : now;
}

/** When the run looked at each node that it has an answer about: what was seen earlier is no news any more. */
export function nodesObserved(run: Run, now: Timestamp): ReadonlyMap<string, Timestamp> {
  const ran = run.results.filter((result) => !['skipped', 'not_run'].includes(outcomeOf(result)));
  return new Map([
    ...ran.map(({ uniqueId, completedAt }) => [uniqueId, observedAt(completedAt, run, now)] as const),
    ...run.freshness.results.map(({ uniqueId, checkedAt }) => [uniqueId, observedAt(checkedAt, run, now)] as const),
  ]);
}
