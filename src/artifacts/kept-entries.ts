const CHUNK_BYTES = 1 << 20;
/** Parsed at once: many calls of `JSON.parse` take longer than one, and what one of them makes should be gone soon. */
const PIECE_BYTES = 1 << 16;
const COMMA = 0x2c;

/** Given back, to be used again: the garbage collector is in no hurry with memory outside of its heap. */
const spare: Buffer[] = [];

/** Pieces of JSON, kept as bytes outside of the heap, and parsed when they are asked for. */
export class KeptEntries {
  readonly #chunks: Buffer[] = [];
  /** Of the last chunk. */
  #used = CHUNK_BYTES;
  /** By number of the entry. */
  readonly #chunkOf: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  /** Entries are numbered from 0 on. */
  add(bytes: Buffer, start: number, end: number): void {
    const length = end - start + 1;
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || this.#used + length > chunk.length) {
      chunk =
        length <= CHUNK_BYTES ? (spare.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES)) : Buffer.allocUnsafeSlow(length);
      this.#chunks.push(chunk);
      this.#used = 0;
    }
    bytes.copy(chunk, this.#used, start, end);
    this.#chunkOf.push(this.#chunks.length - 1);
    this.#starts.push(this.#used);
    this.#used += length;
    this.#ends.push(this.#used - 1);
    // With a comma behind each, a stretch of them is the inside of a list.
    chunk[this.#used - 1] = COMMA;
  }

  parse(number: number): unknown {
    const chunk = this.#chunks[this.#chunkOf[number] ?? -1];
    return chunk === undefined
      ? undefined
      : JSON.parse(chunk.toString('utf8', this.#starts[number], this.#ends[number]));
  }

  /** All of them, once: afterwards there are none. */
  *drain(): Generator {
    const count = this.#starts.length;
    for (let first = 0, next = 0; first < count; first = next) {
      const chunk = this.#chunkOf[first] ?? 0;
      const start = this.#starts[first] ?? 0;
      do next += 1;
      while (next < count && this.#chunkOf[next] === chunk && (this.#ends[next] ?? 0) - start < PIECE_BYTES);
      const piece: readonly unknown[] = JSON.parse(
        `[${this.#chunks[chunk]?.toString('utf8', start, this.#ends[next - 1]) ?? ''}]`,
      );
      yield* piece;
    }
    spare.push(...this.#chunks.filter(({ length }) => length === CHUNK_BYTES));
    for (const list of [this.#chunks, this.#chunkOf, this.#starts, this.#ends]) list.length = 0;
  }
}
