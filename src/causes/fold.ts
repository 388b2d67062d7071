import { ancestorsOf, descendantsOf } from '../artifacts/lineage.ts';
import type { Manifest } from '../artifacts/manifest.ts';
import { instantOf } from '../artifacts/run.ts';
import { type Finding, type FindingKind, rankOf } from '../findings/finding.ts';
import type { FoldReason } from './cause.ts';
import { failsForSameKeys } from './same-keys.ts';

/** Which finding each folded finding lies under, and why. What is not in the map explains itself. */
export type Folds = ReadonlyMap<Finding, { readonly under: Finding; readonly because: FoldReason }>;

/**
 * Folds findings under what explains them, each for one named reason, never because they are merely near each other.
 * A link may lead to a finding that is itself folded; {@link rootOf} follows it to the end.
 */
export function fold(findings: readonly Finding[], manifest: Manifest): Folds {
  const folds = new Map<Finding, { under: Finding; because: FoldReason }>();
  const rules: readonly ((finding: Finding) => { under: Finding; because: FoldReason } | null)[] = [
    failFast(findings),
    skippedBy(findings, manifest),
    staleInput(findings, manifest),
    sameKeys(findings, manifest),
    sameColumn(findings, manifest),
  ];
  for (const finding of findings) {
    for (const rule of rules) {
      const link = rule(finding);
      // Lineage has no circles, but a file may lie, and then both ends would vanish under each other.
      if (link === null || rootOf(link.under, folds) === finding) continue;
      folds.set(finding, link);
      break;
    }
  }
  return folds;
}

/** The finding at the end of the links: every link leads upwards or from a skip to a failure, so there is an end. */
export function rootOf(finding: Finding, folds: Folds): Finding {
  let root = finding;
  for (let link = folds.get(root); link !== undefined; link = folds.get(root)) root = link.under;
  return root;
}

/** dbt writes this message for every node it had not started when `--fail-fast` stopped it. */
function failFast(findings: readonly Finding[]) {
  const [first] = findings
    .filter((finding) => blocks(finding))
    .toSorted((a, b) => (instantOf(a.observedAt) ?? Infinity) - (instantOf(b.observedAt) ?? Infinity));
  return (finding: Finding) =>
    first !== undefined && finding.kind === 'node_skipped' && finding.message.includes('fail_fast')
      ? { under: first, because: 'fail_fast' as const }
      : null;
}

/**
 * dbt's own rule: a node is skipped when something it is built from errored or was skipped, and `dbt build` also skips
 * what is built from everything that a failed test looks at. A failed on-run-start hook stops everything.
 * Source: dbt-core `task/runnable.py`, `compilation.py` (test edges).
 */
function skippedBy(findings: readonly Finding[], manifest: Manifest) {
  const skipped = new Set(
    findings.filter((finding) => finding.kind === 'node_skipped').map((finding) => finding.uniqueId),
  );
  const broken = new Map<string, Finding>();
  const failedTests = new Map<string, Finding[]>();
  const failedUnitTests = new Map<string, Finding>();
  for (const finding of findings.filter(blocks)) {
    if (finding.test === null) broken.set(finding.uniqueId, finding);
    else if (finding.test.resourceType === 'unit_test') failedUnitTests.set(finding.subject.uniqueId, finding);
    else for (const tested of manifest.parents(finding.uniqueId)) pushTo(failedTests, tested, finding);
  }
  const hook = findings.find((finding) => finding.kind === 'hook_errored' && finding.uniqueId.includes('on-run-start'));
  const known = new Map<string, Finding | null>();

  return (finding: Finding) => {
    if (finding.kind !== 'node_skipped') return null;
    const under = blockerOf(finding.uniqueId) ?? hook ?? null;
    return under === null ? null : { under, because: 'skipped_by' as const };
  };

  function blockerOf(uniqueId: string): Finding | null {
    const cached = known.get(uniqueId);
    if (cached !== undefined) return cached;
    // Until it is known: lineage has no circles, but a file may lie.
    known.set(uniqueId, null);
    const blocker = nearest(uniqueId);
    known.set(uniqueId, blocker);
    return blocker;
  }

  function nearest(uniqueId: string): Finding | null {
    // Unit tests run before their model, and keep it from being built at all.
    const unitTest = failedUnitTests.get(uniqueId);
    if (unitTest !== undefined) return unitTest;
    const parents = manifest.parents(uniqueId);
    const direct = parents.flatMap((parent) => broken.get(parent) ?? []);
    // Tests are not blocked by other tests.
    const isTest = uniqueId.startsWith('test.');
    const byTests = isTest
      ? []
      : parents.flatMap((parent) => failedTests.get(parent) ?? []).filter((test) => looksOnlyAbove(test, uniqueId));
    const worst = [...direct, ...byTests.toSorted(bySeverity)][0];
    if (worst !== undefined) return worst;
    for (const parent of parents.filter((candidate) => skipped.has(candidate))) {
      const blocker = blockerOf(parent);
      if (blocker !== null) return blocker;
    }
    // A test of several models blocks only what is below all of them, perhaps not next to any that it looks at.
    for (const ancestor of ancestorsOf(manifest, uniqueId)) {
      const above =
        broken.get(ancestor) ??
        (isTest ? undefined : failedTests.get(ancestor)?.find((test) => looksOnlyAbove(test, uniqueId)));
      if (above !== undefined) return above;
    }
    return null;
  }

  function looksOnlyAbove(test: Finding, uniqueId: string): boolean {
    const tested = manifest.parents(test.uniqueId);
    if (tested.length === 1) return true;
    const above = new Set(ancestorsOf(manifest, uniqueId));
    return tested.every((node) => above.has(node));
  }
}

function pushTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** Whether dbt skips what is below. */
function blocks(finding: Finding): boolean {
  if (finding.test !== null) return finding.test.blocks;
  return ['model_errored', 'seed_errored', 'snapshot_errored', 'partial_success'].includes(finding.kind);
}

function bySeverity(a: Finding, b: Finding): number {
  return rankOf(a.severity) - rankOf(b.severity) || (a.uniqueId < b.uniqueId ? -1 : 1);
}

/** Generic tests of dbt, dbt_utils, dbt_expectations, elementary and dq_report that ask for recent or for enough rows. */
const testsOfRecency: ReadonlySet<string> = new Set([
  'arrives_by',
  'volume_within',
  'recency',
  'expect_row_values_to_have_recent_data',
  'expect_grouped_row_values_to_have_recent_data',
  'expect_row_values_to_have_data_for_every_n_datepart',
  'data_freshness_sla',
  'event_freshness_anomalies',
  'freshness_anomalies',
  'volume_anomalies',
  'volume_threshold',
]);

function staleInput(findings: readonly Finding[], manifest: Manifest) {
  const staleAbove = new Map<string, Finding>();
  for (const stale of findings.filter((finding) => finding.kind === 'source_stale').toSorted(bySeverity)) {
    for (const below of [stale.uniqueId, ...descendantsOf(manifest, stale.uniqueId)])
      if (!staleAbove.has(below)) staleAbove.set(below, stale);
  }
  return (finding: Finding) => {
    if (!isTestResult(finding.kind) || !asksForRecentRows(finding)) return null;
    const under = staleAbove.get(finding.subject.uniqueId);
    return under === undefined ? null : { under, because: 'stale_input' as const };
  };
}

function asksForRecentRows({ test, category }: Finding): boolean {
  return category === 'freshness' || testsOfRecency.has(test?.testName ?? '');
}

function isTestResult(kind: FindingKind): boolean {
  return kind === 'test_failed' || kind === 'test_warned';
}

function sameKeys(findings: readonly Finding[], manifest: Manifest) {
  const withSamples = new Map<string, Finding[]>();
  for (const finding of findings.filter(({ evidence }) => evidence !== null && evidence.samples.length > 0))
    pushTo(withSamples, finding.subject.uniqueId, finding);
  return (finding: Finding) => {
    const { evidence } = finding;
    if (evidence === null || evidence.samples.length === 0 || withSamples.size < 2) return null;
    for (const ancestor of ancestorsOf(manifest, finding.subject.uniqueId)) {
      const under = withSamples
        .get(ancestor)
        ?.find((above) => above.evidence !== null && failsForSameKeys(evidence, above.evidence));
      if (under !== undefined) return { under, because: 'same_keys' as const };
    }
    return null;
  };
}

function sameColumn(findings: readonly Finding[], manifest: Manifest) {
  const bySubject = new Map<string, Map<string, Finding>>();
  for (const finding of findings.filter(({ kind }) => isTestResult(kind))) {
    const key = columnTest(finding);
    if (key === null) continue;
    const subjects = bySubject.get(key) ?? new Map<string, Finding>();
    subjects.set(finding.subject.uniqueId, finding);
    bySubject.set(key, subjects);
  }
  return (finding: Finding) => {
    const key = isTestResult(finding.kind) ? columnTest(finding) : null;
    const others = key === null ? undefined : bySubject.get(key);
    if (others === undefined || others.size < 2) return null;
    for (const ancestor of ancestorsOf(manifest, finding.subject.uniqueId)) {
      const under = others.get(ancestor);
      // More failures below than above: something else breaks on the way.
      if (
        under !== undefined &&
        finding.failures !== null &&
        under.failures !== null &&
        finding.failures <= under.failures
      ) {
        return { under, because: 'same_column' as const };
      }
    }
    return null;
  };
}

/** The same generic test on the same column name; null for tests without a column. */
function columnTest({ test }: Finding): string | null {
  if (test === null || test.testName === null || test.column === null) return null;
  return JSON.stringify([test.namespace, test.testName, test.column.toLowerCase()]);
}
