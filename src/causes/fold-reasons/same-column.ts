import type { Manifest } from '../../artifacts/manifest.ts';
import type { Run } from '../../artifacts/run.ts';
import type { Finding } from '../../findings/finding.ts';
import type { FoldRule } from '../fold.ts';

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
  const bySubject = new Map<string, Map<string, Finding>>();
  for (const finding of findings) {
    const test = failedColumnTest(finding, run.manifest);
    if (test === null) continue;
    const subjects = bySubject.get(test) ?? new Map<string, Finding>();
    subjects.set(finding.subject.uniqueId, finding);
    bySubject.set(test, subjects);
  }
  const passed: ReadonlySet<string> = new Set(
    run.results.filter(({ status }) => status === 'pass').map(({ uniqueId }) => uniqueId),
  );

  return (finding) => {
    const test = failedColumnTest(finding, run.manifest);
    const others = test === null ? undefined : bySubject.get(test);
    if (test === null || others === undefined || others.size < 2) return null;
    for (const ancestor of ancestorsUpTo(finding.subject.uniqueId, run.manifest, (node) =>
      passes(node, test, run, passed),
    )) {
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
};

/** Nearest first; nothing beyond a node that stops. */
function ancestorsUpTo(start: string, manifest: Manifest, stops: (uniqueId: string) => boolean): readonly string[] {
  const seen = new Set<string>([start]);
  for (const node of seen) {
    if (node !== start && stops(node)) continue;
    for (const parent of manifest.parents(node)) seen.add(parent);
  }
  seen.delete(start);
  return [...seen];
}

function passes(node: string, test: string, { manifest }: Run, passed: ReadonlySet<string>): boolean {
  return manifest.children(node).some((child) => passed.has(child) && columnTest(child, manifest) === test);
}

function failedColumnTest({ kind, test }: Finding, manifest: Manifest): string | null {
  return test !== null && (kind === 'test_failed' || kind === 'test_warned')
    ? columnTest(test.uniqueId, manifest)
    : null;
}

/** Test, arguments and column as one word; null for tests without a column, or with one that all tables have. */
function columnTest(uniqueId: string, manifest: Manifest): string | null {
  const test = manifest.node(uniqueId)?.test;
  const column = test?.column?.toLowerCase();
  if (test == null || test.name === null || column === undefined || commonNames.has(column)) return null;
  return JSON.stringify([test.namespace, test.name, column, test.settings]);
}
