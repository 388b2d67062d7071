/** The few things that `json-walker.ts` does to memory, in TypeScript; `json-memory.as` has the same for WebAssembly. */

/** As AssemblyScript calls it. */
export type i32 = number;

let bytes = new Uint8Array(0);
let ints = new Int32Array(0);

/** Makes the memory at least so large; what was in it stays. */
export function resize(size: number): ArrayBuffer {
  if (size > bytes.length) {
    const memory = new ArrayBuffer(Math.ceil(size / 8) * 8);
    const grown = new Uint8Array(memory);
    grown.set(bytes);
    bytes = grown;
    ints = new Int32Array(memory);
  }
  return ints.buffer;
}

export function byteAt(at: i32): i32 {
  return bytes[at] ?? 0;
}

export function setByte(at: i32, byte: i32): void {
  bytes[at] = byte;
}

/** At a multiple of four. */
export function intAt(at: i32): i32 {
  return ints[at >> 2] ?? 0;
}

export function setInt(at: i32, value: i32): void {
  ints[at >> 2] = value;
}

export function copyBytes(to: i32, from: i32, length: i32): void {
  bytes.copyWithin(to, from, from + length);
}

/** 1 for what may stand in a string as it is. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) => (byte < 0x20 || byte === 0x22 || byte === 0x5c ? 0 : 1));

/** The first position from here on that holds a quote, a backslash or a control character. */
export function pastPlain(start: i32): i32 {
  const table = PLAIN;
  const memory = bytes;
  let at = start;
  while (table[memory[at] ?? 0] === 1) at += 1;
  return at;
}

/** Whether a text is somewhere between start and end. */
export function isWithin(start: i32, end: i32, text: i32, length: i32): boolean {
  const first = byteAt(text);
  for (let at = bytes.indexOf(first, start); at !== -1 && at + length <= end; at = bytes.indexOf(first, at + 1))
    if (isSame(at, text, length)) return true;
  return false;
}

export function isSame(one: i32, other: i32, length: i32): boolean {
  for (let index = 0; index < length; index += 1) if (bytes[one + index] !== bytes[other + index]) return false;
  return true;
}

/** Made once: a stack trace is dear. */
const ABANDONED = new Error('The walk was stopped.');

/** Ends the walk. */
export function abandon(): void {
  throw ABANDONED;
}
