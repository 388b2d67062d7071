import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Manifest } from '../../src/artifacts/manifest.ts';
import { aManifest, type Project } from '../project.ts';

const COUNT = 90;
/** By number: the numbers of what it reads. Circles are among them, which dbt does not write. */
const lineage = fc.array(fc.array(fc.nat(COUNT - 1), { maxLength: 2 }), { minLength: 40, maxLength: COUNT });
/** Short names, one kind after the other. */
const nameOf = (number: number): string => `${['model', 'exposure', 'test', 'seed'][number % 4]}.n${number}`;
const idOf = (number: number): string => nameOf(number).replace('.', '.shop.');
/** More than go together in one walk. */
const some = fc.uniqueArray(fc.nat(COUNT - 1), { minLength: 20, maxLength: 70 }).map((numbers) => numbers.map(idOf));

function manifestOf(
  readsOf: readonly (readonly number[])[],
  ownerOf: (number: number) => string | null = () => null,
): Manifest {
  const project: Project = Object.fromEntries(
    readsOf.map((reads, number) => [
      nameOf(number),
      {
        reads: reads.filter((each) => each < readsOf.length).map(nameOf),
        ...(idOf(number).startsWith('exposure.') ? { owner: { name: ownerOf(number) } } : {}),
      },
    ]),
  );
  return aManifest(project);
}

test('what lies below each of many nodes is what lies below each of them alone', () => {
  fc.assert(
    fc.property(lineage, some, some, (readsOf, starts, among) => {
      const manifest = manifestOf(readsOf);
      const areas = manifest.areasBelow(starts, new Set(among));
      for (const start of starts.filter((each) => manifest.has(each))) {
        const tables = manifest.tablesBelow([start]);
        expect([start, areas.get(start)]).toEqual([
          start,
          {
            tables: tables.length,
            tablesCounted: tables.filter((table) => among.includes(table)).length,
            exposures: manifest.exposuresBelow([start]),
          },
        ]);
      }
    }),
  );
});

test('what lies in a circle lies below all of it, whichever of it comes first', () => {
  // dbt refuses circles; a file may lie.
  const [a, b, c] = ['model.a', 'model.b', 'model.c'];
  for (const order of [
    [a, b, c],
    [a, c, b],
    [b, a, c],
    [b, c, a],
    [c, a, b],
    [c, b, a],
  ]) {
    const reads: Project = { [a]: { reads: [c] }, [b]: { reads: [a] }, [c]: { reads: [b] } };
    const manifest = aManifest(Object.fromEntries(order.map((name) => [name, reads[name] ?? {}])));
    const ids = order.map((name) => name.replace('.', '.shop.'));
    for (const id of ids) expect(manifest.areasBelow([id], new Set()).get(id)?.tables).toBe(2);
    for (const id of ids) expect(manifest.above(ids.slice(0, 1), 9)(id).count).toBe(id === ids[0] ? 0 : 1);
  }
});

test('the one owner of all dashboards below is the one whom each of them names, if it names anybody', () => {
  const owners = fc.array(fc.constantFrom(null, null, null, null, 'Ana', 'Ana', 'Bo'), { minLength: COUNT });
  fc.assert(
    fc.property(lineage, owners, (readsOf, ownersOf) => {
      const manifest = manifestOf(readsOf, (number) => ownersOf[number] ?? null);
      // dbt lets nothing read an exposure; in a circle one would lie below itself.
      for (const id of [...readsOf.keys()].map(idOf).filter((each) => !each.startsWith('exposure.'))) {
        const owned = manifest.exposuresBelow([id]).filter(({ owner }) => owner.name !== null);
        const isOne = new Set(owned.map(({ owner }) => owner.name)).size === 1;
        expect([id, manifest.soleOwnerBelow(id)]).toEqual([id, isOne ? owned[0] : undefined]);
      }
    }),
  );
});

test('which of many nodes lie above another one, the nearest first, is what its ancestors say', () => {
  fc.assert(
    fc.property(lineage, some, fc.integer({ min: 1, max: 5 }), (readsOf, among, most) => {
      const manifest = manifestOf(readsOf);
      const aboveOf = manifest.above(among, most);
      for (const number of readsOf.keys()) {
        const above = manifest.ancestors(idOf(number)).filter((each) => among.includes(each));
        expect([number, aboveOf(idOf(number))]).toEqual([
          number,
          { nearest: above.slice(0, most), count: above.length },
        ]);
      }
    }),
  );
});
