import type { Evidence } from '../artifacts/evidence.ts';
import type { ErrorClass } from './error-class.ts';
import type { Timestamp } from '../artifacts/run.ts';

export const FINDING_KINDS = [
  'test_failed',
  'test_warned',
  'unit_test_failed',
  'test_errored',
  'model_errored',
  'model_warned',
  'seed_errored',
  'snapshot_errored',
  'hook_errored',
  'partial_success',
  'source_stale',
  'source_unchecked',
  'node_skipped',
] as const;
/** What happened. */
export type FindingKind = (typeof FINDING_KINDS)[number];

export const CATEGORIES = ['correctness', 'freshness', 'business_critical', 'pipeline'] as const;
export type Category = (typeof CATEGORIES)[number];

/** Worst first. */
export const SEVERITIES = ['critical', 'error', 'warning'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** The model, source … that is wrong. */
export interface NodeRef {
  readonly uniqueId: string;
  readonly resourceType: string;
  /** `orders`, or `web.events` for a source. */
  readonly name: string;
  readonly package: string | null;
  readonly path: string | null;
  readonly description: string | null;
}

/** The check that says so. */
export interface TestRef {
  readonly uniqueId: string;
  readonly resourceType: string;
  readonly name: string;
  /** The generic test, `not_null`; null for singular and unit tests. */
  readonly testName: string | null;
  readonly namespace: string | null;
  readonly column: string | null;
  readonly path: string | null;
  readonly description: string | null;
}

export interface Owner {
  readonly name: string | null;
  readonly email: string | null;
  readonly slack: string | null;
  /** Where the name stands: "group growth of dim_clients". */
  readonly reason: string;
}

/** An observation that is not fine, classified. */
export interface Finding {
  /** The node whose result this is: the test, or the subject itself. */
  readonly uniqueId: string;
  readonly subject: NodeRef;
  readonly test: TestRef | null;
  readonly kind: FindingKind;
  readonly category: Category;
  readonly severity: Severity;
  /** For errors only. */
  readonly errorClass: ErrorClass | null;
  /** Whether dbt skips what is downstream because of it. */
  readonly blocks: boolean;
  readonly message: string;
  readonly failures: number | null;
  /** What a test of the dbt package measured. */
  readonly evidence: Evidence | null;
  readonly owner: Owner | null;
  /** The dbt invocation that says so; null for freshness. */
  readonly invocationId: string | null;
  readonly observedAt: Timestamp | null;
}

/** Where a severity stands; smaller is worse. */
export function rankOf(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

export function worstOf(severities: readonly [Severity, ...Severity[]]): Severity {
  return severities.reduce((worst, severity) => (rankOf(severity) < rankOf(worst) ? severity : worst));
}
