import type { Manifest } from '../artifacts/manifest.ts';
import { partsOf } from '../artifacts/unique-id.ts';
import { subjectOfTest } from '../findings/subject.ts';
import type { Incident } from './incident.ts';

/**
 * What a generic test still is when its name or an argument changes, and with them its `unique_id`: the model it stands
 * on, the generic test and the column. Null for singular tests and everything that is no test.
 */
export function testIdentity(manifest: Manifest, uniqueId: string): string | null {
  const test = manifest.node(uniqueId)?.test ?? null;
  if (test === null || test.name === null) return null;
  return JSON.stringify([subjectOfTest(manifest, uniqueId), test.namespace, test.name, test.column]);
}

/**
 * Where incidents have moved whose test has left the manifest, by their ids: to the one test with the same identity that no
 * earlier run knew. Where there are several, or several incidents for one, nobody can tell.
 */
export function renamedTests(
  gone: readonly Incident[],
  manifest: Manifest,
  knew: (uniqueId: string) => boolean,
): ReadonlyMap<string, string> {
  const wanted = gone.filter(({ testIdentity: identity }) => identity !== null);
  const rivals = new Map<string | null, number>();
  for (const { testIdentity: identity } of wanted) rivals.set(identity, (rivals.get(identity) ?? 0) + 1);
  const moves = wanted.flatMap((incident) => {
    const candidates = manifest
      .children(incident.subjectId)
      .filter(
        (id) =>
          partsOf(id).resourceType === 'test' && !knew(id) && testIdentity(manifest, id) === incident.testIdentity,
      );
    const [only, ...more] = candidates;
    const isAlone = more.length === 0 && rivals.get(incident.testIdentity) === 1;
    return only !== undefined && isAlone ? [[incident.id, only] as const] : [];
  });
  return new Map(moves);
}
