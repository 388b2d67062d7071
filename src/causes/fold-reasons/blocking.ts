import { type Finding, rankOf } from '../../findings/finding.ts';

/** Whether dbt skips what is below because of this finding. */
export function isBlocking({ kind, test }: Finding): boolean {
  if (test !== null) return test.blocks;
  return (
    kind === 'model_errored' || kind === 'seed_errored' || kind === 'snapshot_errored' || kind === 'partial_success'
  );
}

/** Worst first; by name, where it is all the same. */
export function bySeverity(a: Finding, b: Finding): number {
  return rankOf(a.severity) - rankOf(b.severity) || (a.uniqueId < b.uniqueId ? -1 : 1);
}
