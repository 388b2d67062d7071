import type { Evidence } from './evidence.ts';
import type { Manifest } from './manifest.ts';
import type { Status } from './status.ts';

/** ISO 8601 with time zone, as dbt wrote it; compare through {@link instantOf}. */
export type Timestamp = string;

/** What dbt's invocations left behind, merged: the input of everything that follows. */
export interface Run {
  readonly project: string | null;
  /** `prod`, `staging` …: from the flag, the configuration, or dbt's `--target`. */
  readonly environment: string | null;
  /** The profile target that dbt was told to use; null for its default. */
  readonly target: string | null;
  readonly dbtVersion: string | null;
  /** The invocations whose results are in here, oldest first. */
  readonly invocationIds: readonly string[];
  /** When the newest of the files was written. */
  readonly generatedAt: Timestamp | null;
  /** Seconds that dbt was running, over all invocations. */
  readonly durationSeconds: number | null;
  /** One per `unique_id`. */
  readonly results: readonly NodeResult[];
  /** `checked: false`: there is no usable sources.json, so nothing is known about freshness. */
  readonly freshness: {
    readonly checked: boolean;
    readonly results: readonly FreshnessResult[];
    /** Of the `dbt source freshness` that they come from; null where dbt gave none. */
    readonly invocationId: string | null;
  };
  readonly manifest: Manifest;
  readonly notes: readonly Note[];
}

/** What dbt says about one node in one invocation. */
export interface NodeResult {
  readonly uniqueId: string;
  readonly status: Status;
  /** As written, for a status this version does not know. */
  readonly statusText: string;
  readonly message: string | null;
  /** Rows that failed, or what `fail_calc` computed; null where dbt counted nothing. */
  readonly failures: number | null;
  /** What a test of the dbt package says it measured. */
  readonly evidence: Evidence | null;
  /** For microbatch models: how many batches ran, and where those that failed begin. */
  readonly batches: { readonly count: number; readonly failed: readonly (Timestamp | null)[] } | null;
  readonly invocationId: string | null;
  /** `build`, `test` …, as {@link RunResultsFile.command}. */
  readonly command: string | null;
  readonly completedAt: Timestamp | null;
}

/** What `dbt source freshness` says about one source. */
export interface FreshnessResult {
  readonly uniqueId: string;
  readonly status: Status;
  readonly statusText: string;
  /** Why the freshness query failed; only dbt before 1.8 writes it. */
  readonly error: string | null;
  readonly maxLoadedAt: Timestamp | null;
  readonly ageSeconds: number | null;
  readonly warnAfter: Period | null;
  readonly errorAfter: Period | null;
  readonly checkedAt: Timestamp | null;
}

export interface Period {
  readonly count: number;
  readonly period: 'minute' | 'hour' | 'day';
}

/** Something that could not be checked or joined: shown at the end of every report, never an error by itself. */
export interface Note {
  readonly code: NoteCode;
  readonly message: string;
}

export type NoteCode =
  | 'undelivered'
  | 'state_begun'
  | 'receiver_gone'
  | 'no_manifest'
  | 'manifest_of_other_project'
  | 'manifest_of_other_invocation'
  | 'nodes_not_in_manifest'
  | 'not_a_test_run'
  | 'nothing_selected'
  | 'freshness_not_checked'
  | 'sources_stale'
  | 'sources_of_other_project'
  | 'sources_not_in_manifest'
  | 'unreadable_results'
  | 'unknown_status'
  | 'cached_results'
  | 'skipped_without_reason'
  | 'stopped_early'
  | 'part_of_the_work'
  | 'meta_not_understood'
  | 'fail_fast'
  | 'results_are_old'
  | 'older_than_known'
  | 'environment_abandoned'
  | 'nothing_checked';

/** Milliseconds since 1970; null for what is no date. dbt 2 writes nanoseconds, which `Date` cuts to milliseconds. */
export function instantOf(timestamp: Timestamp | null): number | null {
  if (timestamp === null) return null;
  // Old dbt versions leave the zone out and mean UTC.
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(timestamp) ? timestamp : `${timestamp}Z`;
  const instant = Date.parse(zoned);
  return Number.isNaN(instant) ? null : instant;
}
