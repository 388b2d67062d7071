import type { Manifest } from '../../artifacts/manifest.ts';
import type { Finding } from '../../findings/finding.ts';
import type { FoldRule } from '../fold.ts';
import { ancestorsOf } from './ancestors.ts';

/** Every table has such columns, and the one says nothing of the other. */
const commonNames: ReadonlySet<string> = new Set([
  'id',
  'key',
  'name',
  'type',
  'status',
  'state',
  'date',
  'day',
  'value',
  'amount',
  'created_at',
  'updated_at',
  'loaded_at',
]);

/**
 * The same generic test with the same arguments on a column of the same name further up, with at least as many failures,
 * and no such test in between that passed: what is wrong above arrives below.
 */
export const sameColumn: FoldRule = (findings, run) => {
  const { manifest } = run;
  const bySubject = new Map<string, Map<string, Finding>>();
  const testOf = new Map<Finding, string>();
  for (const finding of findings) {
    const test = failedColumnTest(finding, manifest);
    if (test === null) continue;
    testOf.set(finding, test);
    const subjects = bySubject.get(test) ?? new Map<string, Finding>();
    subjects.set(finding.subject.uniqueId, finding);
    bySubject.set(test, subjects);
  }
  const passed: ReadonlySet<string> = new Set(
    run.results.filter(({ status }) => status === 'pass').map(({ uniqueId }) => uniqueId),
  );
  /** Which of these tests a node has passed, by node: asked again and again. */
  const passedOn = new Map<string, ReadonlySet<string | null>>();

  return (finding) => {
    const test = testOf.get(finding);
    const others = test === undefined ? undefined : bySubject.get(test);
    if (test === undefined || others === undefined || others.size < 2) return null;
    for (const ancestor of ancestorsOf(finding.subject.uniqueId, manifest, (node) => passes(node, test))) {
      const above = others.get(ancestor);
      // More failures below than above: something else breaks on the way.
      if (
        above !== undefined &&
        finding.failures !== null &&
        above.failures !== null &&
        finding.failures <= above.failures
      )
        return above;
    }
    return null;
  };

  function passes(node: string, test: string): boolean {
    const known =
      passedOn.get(node) ??
      new Set(
        manifest
          .children(node)
          .filter((child) => passed.has(child))
          .map((child) => columnTest(child, manifest)),
      );
    passedOn.set(node, known);
    return known.has(test);
  }
};

function failedColumnTest({ kind, test }: Finding, manifest: Manifest): string | null {
  if (kind !== 'test_failed' && kind !== 'test_warned') return null;
  // The finding itself says most: what the manifest knows besides has to be looked up.
  return test === null || !isTelling(test.column) ? null : columnTest(test.uniqueId, manifest);
}

function isTelling(column: string | null): boolean {
  return column !== null && !commonNames.has(column.toLowerCase());
}

/** Test, arguments and column as one word; null for tests without a column, or with one that all tables have. */
function columnTest(uniqueId: string, manifest: Manifest): string | null {
  const test = manifest.node(uniqueId)?.test;
  if (test == null || test.name === null || !isTelling(test.column)) return null;
  return JSON.stringify([test.namespace, test.name, test.column?.toLowerCase(), test.settings]);
}
