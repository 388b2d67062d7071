import { countBits, eachBit, type Links } from './links.ts';

/** What is built from an entry. */
export interface Area<Id> {
  readonly tables: number;
  /** Those of them that are to be counted. */
  readonly tablesCounted: number;
  /** In the order of the file. */
  readonly exposures: readonly Id[];
}

/** Which of some entries another one is built from. */
export interface Above<Id> {
  readonly nearest: readonly Id[];
  readonly count: number;
}

interface Kinds {
  /** By number, 1 or 0. */
  readonly isTable: Uint8Array;
  readonly isCounted: Uint8Array;
  readonly exposures: readonly number[];
}

/** What lies below each of the starts, in their order. */
export function areasBelow(
  children: Links,
  starts: readonly number[],
  { isTable, isCounted, exposures }: Kinds,
): readonly Area<number>[] {
  const tables = new Int32Array(starts.length);
  const tablesCounted = new Int32Array(starts.length);
  const places = starts.map((): number[] => []);
  const placeOf = new Map(exposures.map((exposure, place) => [exposure, place]));
  children.reachFromMany(starts, (to, mask, first) => {
    if (isTable[to] === 1)
      eachBit(mask, (bit) => {
        tables[first + bit] = (tables[first + bit] ?? 0) + 1;
        if (isCounted[to] === 1) tablesCounted[first + bit] = (tablesCounted[first + bit] ?? 0) + 1;
      });
    const place = placeOf.get(to);
    if (place !== undefined) eachBit(mask, (bit) => places[first + bit]?.push(place));
  });
  return places.map((below, index) => ({
    tables: tables[index] ?? 0,
    tablesCounted: tablesCounted[index] ?? 0,
    exposures: below.toSorted((a, b) => a - b).map((place) => exposures[place] ?? 0),
  }));
}

const NONE = -1;
const SEVERAL = -2;

/**
 * Says for any number the place of the first exposure below it that belongs to somebody, if all below it that do belong to
 * the same; undefined otherwise. Owners are given by place, null for nobody.
 */
export function soleOwnersBelow(
  children: Links,
  exposures: readonly number[],
  owners: readonly (string | null)[],
): (number: number) => number | undefined {
  const own = new Int32Array(children.count).fill(NONE);
  for (const [place, exposure] of exposures.entries()) if (owners[place] !== null) own[exposure] = place;
  const below = new Int32Array(children.count).fill(NONE);
  const together = (one: number, other: number): number => {
    if (one === NONE) return other;
    if (other === NONE) return one;
    return one !== SEVERAL && owners[one] === owners[other] ? Math.min(one, other) : SEVERAL;
  };
  const gather = (number: number): boolean => {
    const before = below[number] ?? NONE;
    let found = before;
    children.each(number, (child) => {
      found = together(found, together(own[child] ?? NONE, below[child] ?? NONE));
    });
    below[number] = found;
    return found !== before;
  };
  // A second time finds more only where links run in a circle.
  for (let isUnfinished = true; isUnfinished;) {
    isUnfinished = false;
    for (const number of children.linkedToFirst()) isUnfinished = gather(number) || isUnfinished;
  }
  return (number) => {
    const place = below[number] ?? NONE;
    return place < 0 ? undefined : place;
  };
}

interface BothWays {
  readonly parents: Links;
  readonly children: Links;
  /** How many are named. */
  readonly most: number;
}

/** Says for any number which of the wanted ones lie above it. */
export function nearestOf(
  wanted: readonly number[],
  { parents, children, most }: BothWays,
): (below: number) => Above<number> {
  const isWanted = new Set(wanted);
  const counts = new Map<number, number>();
  children.reachFromMany(wanted, (to, mask) => counts.set(to, (counts.get(to) ?? 0) + countBits(mask)));
  return (below) => {
    const count = counts.get(below) ?? 0;
    let missing = Math.min(count, most);
    if (missing === 0) return { nearest: [], count };
    // Beyond the last one that is named there may be thousands of others.
    const walked = parents.reach([below], (to) => isWanted.has(to) && (missing -= 1) === 0);
    return { nearest: walked.filter((to) => isWanted.has(to)), count };
  };
}
