/**
 * What is wanted of a document, for people and for `json-walker.ts`.
 */

/** Which sections are wanted, as a whole or entry by entry. All others are walked and left out. */
export type Layout = Readonly<Record<string, 'value' | Shape>>;

/**
 * What is wanted of an entry, or of a value in it. Where parts are wanted and there is neither object nor list, the value is
 * copied as it is, so that the reader sees the same oddity that it would see in the whole document.
 */
export type Shape =
  | { readonly kind: 'whole'; readonly options: WholeOptions }
  | { readonly kind: 'members'; readonly members: Readonly<Record<string, Shape>> }
  | { readonly kind: 'each'; readonly part: Shape };

interface WholeOptions {
  /** Left out if this text, of ASCII that JSON need not escape, is not in it. */
  readonly containing?: string;
  /** A number from 0 to 7, by which its JSON can be asked for while the entry is visited. */
  readonly note?: number;
  /** False where the note is all that is wanted. */
  readonly copied?: boolean;
}

/** The value, whatever it is. */
export function whole(options: WholeOptions = {}): Shape {
  return { kind: 'whole', options };
}

/**
 * These members of an object, at most 32; keys are letters and underscores. A member of which nothing is wanted, or whose
 * value is null, {} or [], may be left out.
 */
export function members(wanted: Readonly<Record<string, Shape>>): Shape {
  return { kind: 'members', members: wanted };
}

/** The same of every member of an object, or of every item of a list. */
export function each(part: Shape): Shape {
  return { kind: 'each', part };
}

const HASHES = 256;
/** Each member has a bit in a number of 32. */
const LONGEST_TABLE = 32;

/** Writes plans one after the other. */
export class PlanWriter {
  readonly #memory: Buffer;
  readonly #hashOf: (key: number, length: number) => number;
  readonly #known = new Map<Shape, number>();
  /** Where the next record goes. */
  #free: number;

  /** Hashes are of a key that stands in this memory. */
  constructor(memory: Buffer, start: number, hashOf: (key: number, length: number) => number) {
    this.#memory = memory;
    this.#hashOf = hashOf;
    this.#free = start;
  }

  /** Returns where the plan of the shape stands. */
  write(shape: Shape): number {
    const known = this.#known.get(shape);
    if (known !== undefined) return known;
    const plan = this.#writeNew(shape);
    this.#known.set(shape, plan);
    return plan;
  }

  /**
   * A plan is seven numbers: its kind (0 whole, 1 members, 2 each), its note or -1, whether it is copied (0 no, 1 yes, 2 if
   * a text is in it), where this text stands, its length, the notes in it and below it as bits, and where its parts stand:
   * the plan for each of them, or a table.
   */
  #writeNew(shape: Shape): number {
    switch (shape.kind) {
      case 'whole': {
        const { containing, note = -1, copied = true } = shape.options;
        const text = containing === undefined ? 0 : this.#writeText(containing);
        const whether = containing === undefined ? Number(copied) : 2;
        return this.#writeInts([0, note, whether, text, containing?.length ?? 0, notesIn(shape), 0]);
      }
      case 'members':
        return this.#writeInts([1, -1, 1, 0, 0, notesIn(shape), this.#writeTable(shape.members)]);
      case 'each':
        return this.#writeInts([2, -1, 1, 0, 0, notesIn(shape), this.write(shape.part)]);
    }
  }

  /**
   * For each hash of a key, where the first of its members stands, or 0. A member is where the next one of the same hash
   * stands, or 0; its plan, its bit, the length of its key, and its key.
   */
  #writeTable(wanted: Readonly<Record<string, Shape>>): number {
    const plans = Object.entries(wanted).map(([key, shape]) => [key, this.write(shape)] as const);
    if (plans.length > LONGEST_TABLE) throw new Error('More members are wanted than there are bits.');
    const first = Array.from({ length: HASHES }, () => 0);
    for (const [index, [key, plan]] of plans.entries()) {
      const member = this.#writeInts([0, plan, 1 << index, key.length]);
      const hash = this.#hashOf(this.#writeText(key), key.length);
      this.#memory.writeInt32LE(first[hash] ?? 0, member);
      first[hash] = member;
    }
    return this.#writeInts(first);
  }

  #writeInts(values: readonly number[]): number {
    const start = this.#free;
    for (const [index, value] of values.entries()) this.#memory.writeInt32LE(value, start + index * 4);
    this.#free += values.length * 4;
    return start;
  }

  #writeText(text: string): number {
    const start = this.#free;
    this.#memory.write(text, start, 'latin1');
    this.#free += Math.ceil(text.length / 4) * 4;
    return start;
  }
}

function notesIn(shape: Shape): number {
  switch (shape.kind) {
    case 'whole':
      return shape.options.note === undefined ? 0 : 1 << shape.options.note;
    case 'members':
      return Object.values(shape.members).reduce((bits, part) => bits | notesIn(part), 0);
    case 'each':
      return notesIn(shape.part);
  }
}
