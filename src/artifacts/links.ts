/** Lists of node numbers, one for each node, in two arrays: who is linked to whom. */
export class Links {
  readonly count: number;
  readonly #begins: Int32Array;
  readonly #targets: Int32Array;
  /** By number: the walk that came by last. */
  readonly #seen: Int32Array;
  #walks = 0;
  #order: Order | null = null;

  /** Is given all links twice, in the same order. */
  constructor(count: number, each: (add: (from: number, to: number) => void) => void) {
    this.count = count;
    const begins = new Int32Array(count + 1);
    each((from) => (begins[from + 1] = (begins[from + 1] ?? 0) + 1));
    for (let index = 1; index <= count; index += 1) begins[index] = (begins[index] ?? 0) + (begins[index - 1] ?? 0);
    const next = begins.slice();
    this.#targets = new Int32Array(begins[count] ?? 0);
    each((from, to) => {
      const at = next[from] ?? 0;
      this.#targets[at] = to;
      next[from] = at + 1;
    });
    this.#begins = begins;
    this.#seen = new Int32Array(count);
  }

  of(from: number): readonly number[] {
    const all: number[] = [];
    this.each(from, (to) => all.push(to));
    return all;
  }

  each(from: number, visit: (to: number) => void): void {
    const end = this.#begins[from + 1] ?? 0;
    for (let at = this.#begins[from] ?? 0; at < end; at += 1) visit(this.#targets[at] ?? 0);
  }

  /** What links lead to from the starts, nearest first, of the starts none; all of it, or up to the one that is enough. */
  reach(starts: readonly number[], isEnough: (to: number) => boolean = () => false): readonly number[] {
    const seen = this.#seen;
    const targets = this.#targets;
    this.#walks += 1;
    for (const start of starts) seen[start] = this.#walks;
    const found = [...starts];
    for (let next = 0; next < found.length; next += 1) {
      const from = found[next] ?? 0;
      const end = this.#begins[from + 1] ?? 0;
      for (let at = this.#begins[from] ?? 0; at < end; at += 1) {
        const to = targets[at] ?? 0;
        if (seen[to] === this.#walks) continue;
        seen[to] = this.#walks;
        found.push(to);
        if (isEnough(to)) return found.slice(starts.length);
      }
    }
    return found.slice(starts.length);
  }

  /**
   * Goes from many starts at once, and tells of each number that links lead to which of the starts they come from: bit n
   * of the mask stands for the start at first + n. 32 of them go together, because where thousands lie below each other,
   * one walk for each takes the square of the time.
   */
  reachFromMany(starts: readonly number[], visit: (to: number, mask: number, first: number) => void): void {
    const order = (this.#order ??= this.#sorted());
    const masks = new Int32Array(order.numbers.length);
    for (let first = 0; first < starts.length; first += GROUP) {
      const group = starts.slice(first, first + GROUP);
      masks.fill(0);
      for (const [bit, start] of group.entries()) masks[start] = (masks[start] ?? 0) | (1 << bit);
      const earliest = Math.min(...group.map((start) => order.placeOf[start] ?? 0));
      // More than once only where links run in a circle, of which what stands before the starts may be reached as well.
      for (let from = earliest; this.#spread(masks, order, from); from = 0);
      for (const [bit, start] of group.entries()) masks[start] = (masks[start] ?? 0) & ~(1 << bit);
      for (let to = 0; to < masks.length; to += 1) {
        const mask = masks[to] ?? 0;
        if (mask !== 0) visit(to, mask, first);
      }
    }
  }

  /** Numbers after those that they are linked to, but for circles. */
  *linkedToFirst(): Generator<number, void> {
    const { numbers } = (this.#order ??= this.#sorted());
    for (let place = numbers.length - 1; place >= 0; place -= 1) yield numbers[place] ?? 0;
  }

  /** Returns whether there is more to spread. */
  #spread(masks: Int32Array, { numbers, placeOf }: Order, first: number): boolean {
    const begins = this.#begins;
    const targets = this.#targets;
    let isUnfinished = false;
    for (let place = first; place < numbers.length; place += 1) {
      const from = numbers[place] ?? 0;
      const mask = masks[from] ?? 0;
      if (mask === 0) continue;
      const end = begins[from + 1] ?? 0;
      for (let at = begins[from] ?? 0; at < end; at += 1) {
        const to = targets[at] ?? 0;
        const known = masks[to] ?? 0;
        if ((known | mask) === known) continue;
        masks[to] = known | mask;
        if ((placeOf[to] ?? 0) <= place) isUnfinished = true;
      }
    }
    return isUnfinished;
  }

  /** Numbers before those that they are linked to; what is in a circle or behind one comes last, in any order. */
  #sorted(): Order {
    const { count } = this;
    const waitingFor = new Int32Array(count);
    for (const to of this.#targets) waitingFor[to] = (waitingFor[to] ?? 0) + 1;
    const numbers = new Int32Array(count);
    const placeOf = new Int32Array(count).fill(NOWHERE);
    let placed = 0;
    const put = (number: number): void => {
      placeOf[number] = placed;
      numbers[placed] = number;
      placed += 1;
    };
    for (let number = 0; number < count; number += 1) if (waitingFor[number] === 0) put(number);
    for (let place = 0; place < placed; place += 1)
      this.each(numbers[place] ?? 0, (to) => {
        waitingFor[to] = (waitingFor[to] ?? 0) - 1;
        if (waitingFor[to] === 0) put(to);
      });
    for (let number = 0; number < count; number += 1) if (placeOf[number] === NOWHERE) put(number);
    return { numbers, placeOf };
  }
}

/** How many bits a mask has. */
const GROUP = 32;
const NOWHERE = -1;

interface Order {
  readonly numbers: Int32Array;
  /** By number. */
  readonly placeOf: Int32Array;
}

/** The places of the bits that are set. */
export function eachBit(mask: number, visit: (bit: number) => void): void {
  for (let rest = mask; rest !== 0; rest &= rest - 1) visit(31 - Math.clz32(rest & -rest));
}

export function countBits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
