/** Chance that can be repeated: the same seed gives the same numbers on every machine. */
export interface Random {
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
  /** Picks by weight: `[['often', 9], ['rarely', 1]]`. */
  weighted<T>(choices: readonly [readonly [T, number], ...(readonly [T, number])[]]): T;
  shuffled<T>(list: readonly T[]): readonly T[];
  /** So many characters of the alphabet. */
  text(length: number, alphabet: string): string;
}

/** Mulberry32 by Tommy Ettinger, public domain: small, and good enough for a shop that does not exist. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }
  function below(limit: number): number {
    return Math.floor(next() * limit);
  }
  return {
    between: (from, to) => from + below(to - from + 1),
    chance: (probability) => next() < probability,
    pick: (list) => list[below(list.length)] ?? list[0],
    weighted(choices) {
      let rest = next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [choice, weight] of choices) {
        rest -= weight;
        if (rest < 0) return choice;
      }
      return choices[0][0];
    },
    shuffled(list) {
      const deck = [...list];
      const drawn: (typeof deck)[number][] = [];
      while (deck.length > 0) drawn.push(...deck.splice(below(deck.length), 1));
      return drawn;
    },
    text: (length, alphabet) => Array.from({ length }, () => alphabet.charAt(below(alphabet.length))).join(''),
  };
}
