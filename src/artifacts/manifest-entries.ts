import { Links } from './links.ts';
import { isTable } from './unique-id.ts';
import { type Above, type Area, areasBelow, nearestOf, soleOwnersBelow } from './surroundings.ts';

/**
 * Sections of a manifest whose entries take part in lineage. Everything else (macros, docs, disabled …) is never looked at.
 */
export const SECTIONS = [
  'nodes',
  'sources',
  'exposures',
  'metrics',
  'semantic_models',
  'saved_queries',
  'unit_tests',
  'functions',
] as const;

type Section = (typeof SECTIONS)[number];

/** What must be known of every entry before anybody asks for it. */
export interface EntryFacts {
  /** Whether it is neither ephemeral nor switched off. */
  readonly isBuilt: boolean;
  /** Whether its compiled code may hold evidence. */
  readonly hasEvidence: boolean;
}

/**
 * Who depends on whom in a manifest, by number: for hundreds of thousands of entries, ids are kept once each and everything
 * else as whole numbers.
 */
export interface ManifestEntries {
  readonly lineage: Lineage;
  /** In the order of the file. */
  idsIn(section: Section): readonly string[];
  /** Which of the entries that were added it is; undefined where there is none of this id. */
  rowOf(uniqueId: string): number | undefined;
  /** Those that are neither ephemeral nor switched off. */
  built(): readonly string[];
  hasEvidence(uniqueId: string): boolean;
  /** What of the section is built from any of these, without them. */
  entriesBelow(uniqueIds: readonly string[], section: Section): readonly string[];
  /** What is built from each of these: exposures, how many tables, and how many of them are `counted`. */
  areasBelow(uniqueIds: readonly string[], counted: ReadonlySet<string>): ReadonlyMap<string, Area<string>>;
  /** The first exposure below an entry, if no other one below it has another owner; owners in the order of `idsIn('exposures')`. */
  soleOwnersBelow(owners: readonly (string | null)[]): (uniqueId: string) => string | undefined;
}

/** Who is built from whom; also where lineage runs in a circle, which dbt refuses and a file may claim. */
export interface Lineage {
  /** What the node reads, directly. Ids that are not in the manifest are left out. */
  parents(uniqueId: string): readonly string[];
  /** What reads the node, directly: models, tests, exposures … */
  children(uniqueId: string): readonly string[];
  /** Everything the node is built from, nearest first, without itself. */
  ancestors(uniqueId: string): readonly string[];
  /** Everything that is built from the node, nearest first, tests and exposures included, without itself. */
  descendants(uniqueId: string): readonly string[];
  /** Models, seeds and snapshots that are built from any of these, without them. */
  tablesBelow(uniqueIds: readonly string[]): readonly string[];
  /** Says for any node which of these it is built from: the nearest ones, so many at `most`, and how many there are. */
  above(uniqueIds: readonly string[], most: number): (uniqueId: string) => Above<string>;
}

const BUILT = 1;
const EVIDENCE = 2;
const NO_OBJECT = 4;

const NO_ROW = -1;

/** Takes the entries of a manifest in the order of its file. */
export class ManifestEntriesBuilder {
  readonly #numbers = new Map<string, number>();
  readonly #ids: string[] = [];
  readonly #rows = new Map<Section, number[]>();
  /** By row: its section, the number of its id, and its flags. */
  readonly #sectionOf: Section[] = [];
  readonly #idOf: number[] = [];
  readonly #flags: number[] = [];

  /** A section begins; one of the same name before does not count. */
  begin(section: Section): void {
    this.#rows.set(section, []);
  }

  /** Facts are null for what is no object. Each entry is a row, counted from 0. */
  add(section: Section, uniqueId: string, facts: EntryFacts | null): void {
    const row = this.#idOf.push(this.#numberOf(uniqueId)) - 1;
    this.#rows.get(section)?.push(row);
    this.#sectionOf.push(section);
    const { isBuilt = false, hasEvidence = false } = facts ?? {};
    this.#flags.push((isBuilt ? BUILT : 0) | (hasEvidence ? EVIDENCE : 0) | (facts === null ? NO_OBJECT : 0));
  }

  #numberOf(uniqueId: string): number {
    const known = this.#numbers.get(uniqueId);
    if (known !== undefined) return known;
    this.#numbers.set(uniqueId, this.#ids.length);
    return this.#ids.push(uniqueId) - 1;
  }

  /** Is given `depends_on.nodes` of every row, as it is written. */
  finish(dependsOn: Iterable<unknown>): ManifestEntries {
    const { begins, parentsOf } = this.#numbered(dependsOn);
    const ids = this.#ids;
    const numbers = this.#numbers;
    const { order, rows } = this.#lastRows();
    const parents = new Links(ids.length, (add) => {
      for (const id of order) {
        const row = rows[id] ?? 0;
        const end = begins[row + 1] ?? 0;
        for (let at = begins[row] ?? end; at < end; at += 1) {
          const parent = parentsOf[at] ?? 0;
          if (rows[parent] !== NO_ROW) add(id, parent);
        }
      }
    });
    // What is known of lineage stands in `parents` now.
    this.#rows.clear();
    this.#idOf.length = 0;
    const children = new Links(ids.length, (add) => {
      for (const id of order) parents.each(id, (parent) => add(parent, id));
    });
    const names = new Names(ids, numbers, rows);
    const rowOf = (uniqueId: string): number | undefined => rows[names.numberOf(uniqueId) ?? NO_ROW];
    const isIn = (id: number, section: Section): boolean => this.#sectionOf[rows[id] ?? NO_ROW] === section;
    const hasFlag = (row: number | undefined, flag: number): boolean =>
      ((this.#flags[row ?? NO_ROW] ?? 0) & flag) !== 0;
    const tables = Uint8Array.from(ids, (uniqueId) => (isTable(uniqueId) ? 1 : 0));
    const exposures = order.filter((id) => isIn(id, 'exposures'));
    return {
      lineage: lineageOf(names, { parents, children, tables }),
      idsIn: (section) => names.of(order.filter((id) => isIn(id, section))),
      rowOf,
      built: () => names.of(order.filter((id) => hasFlag(rows[id], BUILT))),
      hasEvidence: (uniqueId) => hasFlag(rowOf(uniqueId), EVIDENCE),
      entriesBelow: (uniqueIds, section) =>
        names.of(children.reach(names.numbersOf(uniqueIds)).filter((id) => isIn(id, section))),
      areasBelow(uniqueIds, counted) {
        const starts = names.numbersOf(uniqueIds);
        const isCounted = new Uint8Array(ids.length);
        for (const id of names.numbersOf([...counted])) isCounted[id] = 1;
        const areas = areasBelow(children, starts, { isTable: tables, isCounted, exposures });
        const inNames = areas.map((area) => ({ ...area, exposures: names.of(area.exposures) }));
        return new Map(names.of(starts).map((uniqueId, index) => [uniqueId, inNames[index] ?? NO_AREA]));
      },
      soleOwnersBelow(owners) {
        const placeOf = soleOwnersBelow(children, exposures, owners);
        return (uniqueId) => ids[exposures[placeOf(names.numberOf(uniqueId) ?? NO_ROW) ?? NO_ROW] ?? NO_ROW];
      },
    };
  }

  /** Parents by number, and where those of each row begin. */
  #numbered(dependsOn: Iterable<unknown>): {
    readonly begins: readonly number[];
    readonly parentsOf: readonly number[];
  } {
    const begins = [0];
    const parentsOf: number[] = [];
    let row = 0;
    for (const written of dependsOn) {
      const uniqueId = this.#ids[this.#idOf[row] ?? 0];
      if (Array.isArray(written))
        for (const parent of written.length === 1 ? written : new Set<unknown>(written))
          if (typeof parent === 'string' && parent !== uniqueId) parentsOf.push(this.#numberOf(parent));
      row = begins.push(parentsOf.length) - 1;
    }
    return { begins, parentsOf };
  }

  /**
   * The ids that are there, and the row of each, as if every section had been an object: the last entry of an id counts, in
   * the place of the first.
   */
  #lastRows(): { readonly order: readonly number[]; readonly rows: Int32Array } {
    const order: number[] = [];
    const rows = new Int32Array(this.#ids.length).fill(NO_ROW);
    for (const section of SECTIONS) {
      const inSection: number[] = [];
      const last = new Int32Array(this.#ids.length).fill(NO_ROW);
      for (const row of this.#rows.get(section) ?? []) {
        const id = this.#idOf[row] ?? 0;
        if (last[id] === NO_ROW) inSection.push(id);
        last[id] = row;
      }
      for (const id of inOrderOfKeys(inSection, this.#ids)) {
        const row = last[id] ?? NO_ROW;
        if (((this.#flags[row] ?? 0) & NO_OBJECT) !== 0) continue;
        if (rows[id] === NO_ROW) order.push(id);
        rows[id] = row;
      }
    }
    return { order, rows };
  }
}

const NO_AREA: Area<string> = { tables: 0, tablesCounted: 0, exposures: [] };

/** Ids and their numbers; what is named somewhere and has no entry is nobody. */
class Names {
  readonly #ids: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;
  /** By number of the id. */
  readonly #rows: Int32Array;

  constructor(ids: readonly string[], numbers: ReadonlyMap<string, number>, rows: Int32Array) {
    this.#ids = ids;
    this.#numbers = numbers;
    this.#rows = rows;
  }

  numberOf(uniqueId: string): number | undefined {
    const id = this.#numbers.get(uniqueId);
    return id === undefined || this.#rows[id] === NO_ROW ? undefined : id;
  }

  numbersOf(uniqueIds: readonly string[]): readonly number[] {
    return uniqueIds.map((uniqueId) => this.numberOf(uniqueId)).filter((id) => id !== undefined);
  }

  of(numbers: readonly number[]): readonly string[] {
    return numbers.map((id) => this.#ids[id] ?? '');
  }
}

function lineageOf(
  names: Names,
  { parents, children, tables }: { readonly parents: Links; readonly children: Links; readonly tables: Uint8Array },
): Lineage {
  const ask = (links: (id: number) => readonly number[]) => (uniqueId: string) => {
    const id = names.numberOf(uniqueId);
    return id === undefined ? [] : names.of(links(id));
  };
  return {
    parents: ask((id) => parents.of(id)),
    children: ask((id) => children.of(id)),
    ancestors: ask((id) => parents.reach([id])),
    descendants: ask((id) => children.reach([id])),
    tablesBelow: (uniqueIds) => names.of(children.reach(names.numbersOf(uniqueIds)).filter((id) => tables[id] === 1)),
    above(uniqueIds, most) {
      const nearestAbove = nearestOf(names.numbersOf(uniqueIds), { parents, children, most });
      return (uniqueId) => {
        const { nearest, count } = nearestAbove(names.numberOf(uniqueId) ?? NO_ROW);
        return { nearest: names.of(nearest), count };
      };
    },
  };
}

/** Keys of an object that are whole numbers come first. No id of dbt's is one, but the answer must be the same. */
function inOrderOfKeys(numbers: readonly number[], ids: readonly string[]): readonly number[] {
  const isCount = (number: number): boolean => isArrayIndex(ids[number] ?? '');
  if (!numbers.some(isCount)) return numbers;
  const counts = numbers.filter(isCount).toSorted((a, b) => Number(ids[a]) - Number(ids[b]));
  return [...counts, ...numbers.filter((number) => !isCount(number))];
}

function isArrayIndex(key: string): boolean {
  return /^(?:0|[1-9]\d{0,9})$/.test(key) && Number(key) < 2 ** 32 - 1;
}
