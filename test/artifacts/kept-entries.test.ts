import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { KeptEntries } from '../../src/artifacts/kept-entries.ts';

/** Some fill a chunk of memory, some are larger than one. */
const lengths = fc.array(
  fc.oneof(
    { weight: 20, arbitrary: fc.nat(100) },
    { weight: 4, arbitrary: fc.nat(100_000) },
    { weight: 1, arbitrary: fc.integer({ min: 900_000, max: 2_200_000 }) },
  ),
  { maxLength: 60 },
);

test('entries of any length come back as they were, one by one or all at once, also in memory that is used again', () => {
  fc.assert(
    fc.property(lengths, lengths, (first, second) => {
      const kept = new KeptEntries();
      for (const each of [first, second]) {
        const entries = each.map((length, index) => `${index} ${'ä'.repeat(length / 2)}`);
        for (const entry of entries) {
          const json = Buffer.from(` ${JSON.stringify(entry)} `);
          kept.add(json, 1, json.length - 1);
        }
        const parsed = entries.map((_, index) => kept.parse(index));
        expect(parsed.every((entry, index) => entry === entries[index])).toBe(true);
        const drained = [...kept.drain()];
        expect(drained).toHaveLength(entries.length);
        expect(drained.every((entry, index) => entry === entries[index])).toBe(true);
        expect([...kept.drain()]).toEqual([]);
        expect(kept.parse(0)).toBeUndefined();
      }
    }),
    { numRuns: 50 },
  );
});
