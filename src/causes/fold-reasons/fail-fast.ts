import { instantOf } from '../../artifacts/run.ts';
import type { Finding } from '../../findings/finding.ts';
import type { FoldRule } from '../fold.ts';

/**
 * With `--fail-fast` dbt stops at the first failure, and writes "Skipping due to fail_fast" for every node it had not
 * finished. Source: dbt-core `task/runnable.py`.
 */
export const failFast: FoldRule = (findings) => {
  const first = new Map<string | null, Finding>();
  for (const finding of findings.filter(({ blocks }) => blocks).toSorted(byTime)) {
    if (!first.has(finding.invocationId)) first.set(finding.invocationId, finding);
  }
  return ({ kind, message, invocationId }) =>
    kind === 'node_skipped' && message.includes('fail_fast') ? (first.get(invocationId) ?? null) : null;
};

function byTime(a: Finding, b: Finding): number {
  return (instantOf(a.observedAt) ?? Infinity) - (instantOf(b.observedAt) ?? Infinity);
}
