import type { Timestamp } from '../artifacts/run.ts';

/**
 * A set of `unique_id`s in four bytes each: enough to ask later whether a run has known a node, for projects of a hundred
 * thousand nodes. Two ids may fall together once in four billion times.
 */
export function packNodes(uniqueIds: Iterable<string>): Uint8Array {
  return packed(new Set(Array.from(uniqueIds, hash)));
}

export function unpackNodes(bytes: Uint8Array): { has(uniqueId: string): boolean } {
  const hashes = new Set(unpacked(bytes));
  return { has: (uniqueId) => hashes.has(hash(uniqueId)) };
}

/** The same with a time for each, in whole seconds, in eight bytes. */
export function packTimes(times: ReadonlyMap<string, Timestamp>): Uint8Array {
  return packed([...times].flatMap(([uniqueId, at]) => [hash(uniqueId), Math.floor(Date.parse(at) / 1000)]));
}

/** When a run saw a node, in milliseconds since 1970; null when it did not. */
export function unpackTimes(bytes: Uint8Array): { at(uniqueId: string): number | null } {
  const numbers = unpacked(bytes);
  const seconds = new Map<number, number>();
  for (let index = 0; index + 1 < numbers.length; index += 2) seconds.set(numbers[index] ?? 0, numbers[index + 1] ?? 0);
  return {
    at(uniqueId) {
      const found = seconds.get(hash(uniqueId));
      return found === undefined ? null : found * 1000;
    },
  };
}

function packed(numbers: Iterable<number>): Uint8Array {
  const all = [...numbers];
  const bytes = new DataView(new ArrayBuffer(all.length * 4));
  for (const [index, value] of all.entries()) bytes.setUint32(index * 4, value);
  return new Uint8Array(bytes.buffer);
}

function unpacked(packedNumbers: Uint8Array): readonly number[] {
  const bytes = new DataView(packedNumbers.buffer, packedNumbers.byteOffset, packedNumbers.byteLength);
  return Array.from({ length: packedNumbers.byteLength / 4 }, (_, index) => bytes.getUint32(index * 4));
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}
