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
  const timeOf = (at: Timestamp | null): Timestamp => sortable(at) ?? sortable(run.generatedAt) ?? now;
  const failure = (finding: Finding, severity: Severity, root: Finding | null): Failure => ({
    fingerprint: fingerprintOf(finding, run.environment),
    finding,
    kind: finding.kind,
    severity,
    foldedUnder: root === null ? null : fingerprintOf(root, run.environment),
    at: timeOf(finding.observedAt),
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
      passes.set(result.uniqueId, timeOf(result.completedAt));
  for (const { uniqueId, status, checkedAt } of run.freshness.results)
    if ((status === 'pass' || status === 'success') && !wrong.has(uniqueId)) passes.set(uniqueId, timeOf(checkedAt));
  return { failures, passes };
}

/** In one spelling, so that text compares as time does; null for what is no time. */
export function sortable(at: Timestamp | null): Timestamp | null {
  const instant = instantOf(at);
  return instant === null ? null : new Date(instant).toISOString();
}

/** The nodes a run has an answer about, so that an older run that comes later has none any more. */
export function nodesThatRan({ results, freshness }: Run): readonly string[] {
  const ran = results.filter((result) => !['skipped', 'not_run'].includes(outcomeOf(result)));
  return [...ran, ...freshness.results].map(({ uniqueId }) => uniqueId);
}
