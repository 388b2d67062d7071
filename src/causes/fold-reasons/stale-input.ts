import type { Finding } from '../../findings/finding.ts';
import type { FoldRule } from '../fold.ts';
import { bySeverity } from './by-severity.ts';

/** Generic tests of dq_report, dbt_utils, dbt_expectations and elementary that ask for recent rows, or for enough of them. */
const testsOfRecency: ReadonlySet<string> = new Set([
  'arrives_by',
  'volume_within',
  'recency',
  'expect_row_values_to_have_recent_data',
  'expect_grouped_row_values_to_have_recent_data',
  'data_freshness_sla',
  'event_freshness_anomalies',
  'freshness_anomalies',
  'volume_threshold',
]);

/** A test asks for recent rows below a stale source: it cannot but fail. */
export const staleInput: FoldRule = (findings, { manifest }) => {
  const staleAbove = new Map<string, Finding>();
  for (const stale of findings.filter(({ kind }) => kind === 'source_stale').toSorted(bySeverity)) {
    const reached = [stale.uniqueId];
    for (const node of reached) {
      // Below what lies below a worse one everything does.
      if (staleAbove.has(node)) continue;
      staleAbove.set(node, stale);
      reached.push(...manifest.children(node));
    }
  }
  return (finding) => (asksForRecentRows(finding) ? (staleAbove.get(finding.subject.uniqueId) ?? null) : null);
};

function asksForRecentRows({ kind, test, category }: Finding): boolean {
  if (kind !== 'test_failed' && kind !== 'test_warned') return false;
  return category === 'freshness' || testsOfRecency.has(test?.testName ?? '');
}
