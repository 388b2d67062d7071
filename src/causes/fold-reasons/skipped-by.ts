import type { Finding } from '../../findings/finding.ts';
import type { FoldRule } from '../fold.ts';
import { bySeverity } from './by-severity.ts';

/**
 * dbt's own rule: a node is skipped when something it is built from errored or was skipped in the same invocation, and
 * `dbt build` also skips what is built from everything that a failed test looks at.
 * Source: dbt-core `task/runnable.py`, `compilation.py` (test edges).
 */
export const skippedBy: FoldRule = (findings, run) => {
  const { manifest } = run;
  const skipped = new Map(
    findings.filter(({ kind }) => kind === 'node_skipped').map((finding) => [finding.uniqueId, finding]),
  );
  const broken = new Map<string, Finding>();
  const failedTests = new Map<string, Finding[]>();
  const failedUnitTests = new Map<string, Finding>();
  for (const finding of findings.filter(({ blocks }) => blocks)) {
    if (finding.test === null) broken.set(finding.uniqueId, finding);
    else if (finding.test.resourceType === 'unit_test') failedUnitTests.set(finding.subject.uniqueId, finding);
    else
      for (const tested of manifest.parents(finding.uniqueId)) {
        const known = failedTests.get(tested);
        if (known === undefined) failedTests.set(tested, [finding]);
        else known.push(finding);
      }
  }
  const hooks = failedStartHooks(findings, run);
  const known = new Map<string, Finding | null>();

  return (finding) =>
    finding.kind === 'node_skipped' ? (blockerOf(finding) ?? hooks.get(finding.invocationId) ?? null) : null;

  /** What is skipped above comes first. Not by recursion: chains of thousands of models would exhaust the stack. */
  function blockerOf(finding: Finding): Finding | null {
    const open = [finding];
    const entered = new Set<string>();
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const above = manifest.parents(top.uniqueId).flatMap((parent) => skipped.get(parent) ?? []);
      const waitsFor = above.filter(({ uniqueId }) => !known.has(uniqueId) && !entered.has(uniqueId));
      if (known.has(top.uniqueId)) open.pop();
      else if (!entered.has(top.uniqueId) && waitsFor.length > 0) open.push(...waitsFor);
      else known.set(top.uniqueId, nearest(top));
      entered.add(top.uniqueId);
    }
    return known.get(finding.uniqueId) ?? null;
  }

  function nearest({ uniqueId, invocationId }: Finding): Finding | null {
    const inThisInvocation = (candidate: Finding | undefined): candidate is Finding =>
      candidate?.invocationId === invocationId;
    // Unit tests run before their model, and keep it from being built at all.
    const unitTest = failedUnitTests.get(uniqueId);
    if (inThisInvocation(unitTest)) return unitTest;
    // Tests are not blocked by other tests.
    const isTest = uniqueId.startsWith('test.');
    const testsOf = (node: string): readonly Finding[] =>
      isTest
        ? []
        : (failedTests.get(node) ?? []).filter((test) => inThisInvocation(test) && looksOnlyAbove(test, uniqueId));
    const parents = manifest.parents(uniqueId);
    const direct =
      parents.map((parent) => broken.get(parent)).find(inThisInvocation) ??
      parents.flatMap(testsOf).toSorted(bySeverity)[0];
    if (direct !== undefined) return direct;
    for (const parent of parents) {
      const above = skipped.get(parent);
      const blocker = above === undefined ? null : known.get(above.uniqueId);
      if (blocker?.invocationId === invocationId) return blocker;
    }
    // A test of several models blocks only what is below all of them, perhaps not next to any that it looks at.
    const ancestors = failedTests.size === 0 ? [] : manifest.ancestors(uniqueId);
    return ancestors.flatMap(testsOf)[0] ?? null;
  }

  function looksOnlyAbove(test: Finding, uniqueId: string): boolean {
    const tested = manifest.parents(test.uniqueId);
    if (tested.length === 1) return true;
    const above = new Set(manifest.ancestors(uniqueId));
    return tested.every((node) => above.has(node));
  }
};

/** By invocation: a failed on-run-start hook that kept everything from running. If anything ran, dbt went on in spite of it. */
function failedStartHooks(
  findings: readonly Finding[],
  run: Parameters<FoldRule>[1],
): ReadonlyMap<string | null, Finding> {
  const ran = new Set(
    run.results
      .filter(({ uniqueId, status }) => status !== 'skipped' && !uniqueId.startsWith('operation.'))
      .map(({ invocationId }) => invocationId),
  );
  const hooks = findings.filter(({ kind, uniqueId }) => kind === 'hook_errored' && uniqueId.includes('on-run-start'));
  return new Map(hooks.filter(({ invocationId }) => !ran.has(invocationId)).map((hook) => [hook.invocationId, hook]));
}
