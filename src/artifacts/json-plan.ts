/**
 * What is wanted of a document, for people and for `json-walker.ts`: a layout says of which sections something is wanted, a
 * shape what of an entry in them and of the values inside it (its parts). A plan is a shape as the walker reads it.
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
  /** Left out if this text is not in it: letters, digits and what nobody spells with a backslash before it. */
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

// These and the order of numbers in a plan, a table and a member stand in json-walker.ts as well.
const HASHES = 256;
const [WHOLE, MEMBERS, EACH] = [0, 1, 2];
const [NOT_COPIED, COPIED, COPIED_IF_WITHIN] = [0, 1, 2];
const LAST_NOTE = 7;
/** Each member has a bit in a number of 32. */
const LONGEST_TABLE = 32;

/** Of a key of so many bytes that stands there in memory. */
type HashOf = (key: number, length: number) => number;

/** Writes plans one after the other. */
export class PlanWriter {
  readonly #memory: Buffer;
  readonly #hashOf: HashOf;
  readonly #known = new Map<Shape, number>();
  /** Where the next record goes, and where there is no room any more. */
  #free: number;
  readonly #end: number;

  /** Writes between start and end. */
  constructor(memory: Buffer, [start, end]: readonly [number, number], hashOf: HashOf) {
    this.#memory = memory;
    this.#hashOf = hashOf;
    this.#free = start;
    this.#end = end;
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
        if (note > LAST_NOTE) throw new Error(`There is no note ${note}.`);
        if (containing !== undefined && !/^[\w :]+$/.test(containing))
          throw new Error(`"${containing}" may be spelt in several ways.`);
        const text = containing === undefined ? 0 : this.#writeText(containing);
        const whether = containing !== undefined ? COPIED_IF_WITHIN : copied ? COPIED : NOT_COPIED;
        return this.#writeInts([WHOLE, note, whether, text, containing?.length ?? 0, notesIn(shape), 0]);
      }
      case 'members':
        return this.#writeInts([MEMBERS, -1, COPIED, 0, 0, notesIn(shape), this.#writeTable(shape.members)]);
      case 'each':
        return this.#writeInts([EACH, -1, COPIED, 0, 0, notesIn(shape), this.write(shape.part)]);
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
    const start = this.#take(values.length * 4);
    for (const [index, value] of values.entries()) this.#memory.writeInt32LE(value, start + index * 4);
    return start;
  }

  #writeText(text: string): number {
    const start = this.#take(Math.ceil(text.length / 4) * 4);
    this.#memory.write(text, start, 'latin1');
    return start;
  }

  #take(bytes: number): number {
    const start = this.#free;
    this.#free += bytes;
    if (this.#free > this.#end) throw new Error('More is wanted than there is room for.');
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
