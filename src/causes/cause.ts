import type { OwnerFields } from '../artifacts/manifest.ts';
import type { Category, Finding, NodeRef, Severity } from '../findings/finding.ts';

/**
 * Why a finding folds under another one:
 * - `skipped_by`: dbt skipped it because that node failed
 * - `fail_fast`: dbt skipped it because the run stopped at that failure (`--fail-fast`)
 * - `same_error`: the warehouse refused it in the very same words: a lost connection, a missing grant
 * - `stale_input`: it asks for recent rows, and a source above it is stale
 * - `same_keys`: the sample keys of its failing units are among those of a finding above, with no more units failing
 * - `same_column`: the same test on a column of the same name further down, with no more failures than above, and none
 *   that passed in between
 */
export const FOLD_REASONS = [
  'skipped_by',
  'fail_fast',
  'same_error',
  'stale_input',
  'same_keys',
  'same_column',
] as const;
export type FoldReason = (typeof FOLD_REASONS)[number];

export interface Symptom {
  readonly finding: Finding;
  readonly because: FoldReason;
}

/** A finding that no other finding explains, with its symptoms folded under it. */
export interface Cause {
  readonly finding: Finding;
  /** The highest of all that is folded under it. */
  readonly severity: Severity;
  readonly category: Category;
  readonly symptoms: readonly Symptom[];
  /** Other causes above it, the nearest twenty: perhaps the reason, but nothing proves it. */
  readonly upstreamSuspects: readonly NodeRef[];
  /** How many more there are. */
  readonly furtherSuspects: number;
  readonly impact: Impact;
  /** What to run once it is mended; null where dbt has no such command. */
  readonly nextCommand: string | null;
}

export interface Impact {
  /** Models, snapshots and seeds built from the subject, however far down. */
  readonly models: number;
  /** Those of them, and others that waited for this cause, that dbt skipped. */
  readonly blockedModels: number;
  readonly exposures: readonly string[];
}

/** Worst first. */
export const VERDICTS = ['wrong', 'late', 'unknown', 'safe'] as const;
/**
 * Whether a dashboard can be trusted now:
 * - `wrong`: it shows data that failed a test
 * - `late`: it shows data of an earlier run
 * - `unknown`: something it is built from was not checked in this run
 * - `safe`: everything it is built from ran and passed
 */
export type Verdict = (typeof VERDICTS)[number];

export interface ExposureVerdict {
  readonly uniqueId: string;
  readonly name: string;
  readonly label: string | null;
  readonly url: string | null;
  readonly owner: OwnerFields;
  readonly verdict: Verdict;
  /** Sentences: those for the verdict first, and of these the worst; fifty at most. */
  readonly reasons: readonly string[];
  /** How many more there are. */
  readonly furtherReasons: number;
}
