/**
 * A set of `unique_id`s in four bytes each: enough to ask later whether a run has seen a node, for projects of a hundred
 * thousand nodes. Two ids may fall together once in four billion times.
 */
export function packNodes(uniqueIds: Iterable<string>): Uint8Array {
  const hashes = Uint32Array.from(new Set(Array.from(uniqueIds, hash))).toSorted();
  const bytes = new DataView(new ArrayBuffer(hashes.length * 4));
  for (const [index, value] of hashes.entries()) bytes.setUint32(index * 4, value);
  return new Uint8Array(bytes.buffer);
}

export function unpackNodes(packed: Uint8Array): { has(uniqueId: string): boolean } {
  const bytes = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const hashes = new Set(Array.from({ length: packed.byteLength / 4 }, (_, index) => bytes.getUint32(index * 4)));
  return { has: (uniqueId) => hashes.has(hash(uniqueId)) };
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}
