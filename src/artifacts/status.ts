/**
 * Every status that dbt 0.19 to 2.x writes into a result, in dbt's spelling, plus `unknown` for one it may add later.
 * Runs, tests and freshness share the field; what `error` means follows from the `unique_id`.
 * Source: dbt-core `artifacts/schemas/results.py`; dbt 2 capitalises the freshness ones in its earlier versions.
 */
const STATUSES = [
  'success',
  'error',
  'skipped',
  'partial success',
  'no-op',
  'reused',
  'pass',
  'fail',
  'warn',
  'runtime error',
  'unknown',
] as const;

export type Status = (typeof STATUSES)[number];

const known: ReadonlyMap<string, Status> = new Map(STATUSES.map((status) => [status, status]));

export function readStatus(written: string): Status {
  return known.get(written.trim().toLowerCase()) ?? 'unknown';
}
