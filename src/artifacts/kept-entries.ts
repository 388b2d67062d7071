const CHUNK_BYTES = 1 << 20;

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
    const length = end - start;
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
    this.#ends.push(this.#used);
  }

  parse(number: number): unknown {
    const chunk = this.#chunks[this.#chunkOf[number] ?? -1];
    return chunk === undefined
      ? undefined
      : JSON.parse(chunk.toString('utf8', this.#starts[number], this.#ends[number]));
  }

  /** All of them, once: afterwards there are none. */
  *drain(): Generator {
    for (let number = 0; number < this.#starts.length; number += 1) yield this.parse(number);
    spare.push(...this.#chunks.splice(0).filter(({ length }) => length === CHUNK_BYTES));
    this.#starts.length = 0;
  }
}
