import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type EmulatedSlack, emulatedSlack } from '../receivers/slack-emulator.ts';
import { ALONE, CalmLife, type Fate } from './life.ts';
import { SECRETS } from './project.ts';
import { troublesOf, type Vendor, vendors } from './vendors.ts';

/**
 * Processes that are killed while the far side is in trouble, or before it is, or while they recover. With the variable
 * DQ_REPORT_ALL_CRASHES every trouble meets every boundary, which takes an hour; without it each boundary meets some, and
 * each trouble some boundaries.
 */

const isFull = (process.env['DQ_REPORT_ALL_CRASHES'] ?? '') !== '';

let emulator: EmulatedSlack;
beforeAll(async () => {
  emulator = await emulatedSlack(SECRETS.SLACK_BOT_TOKEN);
});
afterAll(() => emulator.stop());

/** It answers 5,000 requests and no more. */
async function renewEmulator(): Promise<void> {
  await emulator.stop();
  emulator = await emulatedSlack(SECRETS.SLACK_BOT_TOKEN);
}

type Troubles = NonNullable<Fate['trouble']>;

/** What the process that recovers meets; Slack, which says no to the look-up and later yes to the message, has it twice. */
function laterTroublesOf(vendor: Vendor): readonly Troubles[] {
  return troublesOf(vendor).map((next) => ({ first: null, next }));
}

/** What the process that is killed meets, and perhaps the one that recovers. */
function earlyTroublesOf(vendor: Vendor): readonly Troubles[] {
  const troubles = troublesOf(vendor);
  return [...troubles.map((first) => ({ first, next: null })), ...troubles.map((first) => ({ first, next: first }))];
}

describe.each(vendors)('$name', (vendor) => {
  let calm: CalmLife;
  beforeAll(async () => {
    calm = await CalmLife.of(vendor, emulator);
  });

  test(
    'gets everything, and nothing twice, when it is in trouble while processes die',
    async () => {
      const early = earlyTroublesOf(vendor);
      const later = laterTroublesOf(vendor);
      const met = new Set<string | undefined>();
      const deaths = new Set<string | null>();
      const turns = { early: vendors.indexOf(vendor), later: vendors.indexOf(vendor) };
      for (const [hour, passes] of calm.boundaries.entries()) {
        for (const index of passes.keys()) {
          // Who is killed after the far side has answered, was not in trouble; who comes after it may be.
          const isLate = index >= passes.lastIndexOf('after a request');
          const [list, turn] = isLate ? [later, (turns.later += 1)] : [early, (turns.early += 1)];
          if (isFull) await renewEmulator();
          const troubles = isFull ? [...early, ...later] : list.slice(turn % list.length).slice(0, 1);
          for (const trouble of troubles) {
            met.add((trouble.first ?? trouble.next)?.name);
            deaths.add((await calm.expectAlike({ hour, step: index + 1, trouble }, emulator)).killedAt);
          }
        }
      }
      expect(troublesOf(vendor).filter(({ name }) => !met.has(name))).toEqual([]);
      expect(calm.boundaries.flat().filter((name) => !deaths.has(name))).toEqual([]);
    },
    isFull ? 7_200_000 : 300_000,
  );

  test('gets everything, and nothing twice, when the process that recovers dies as well', async () => {
    const acted = troublesOf(vendor).find(({ fault }) => fault === 'reset after') ?? null;
    const trouble = { first: acted, next: null };
    for (const [hour, passes] of calm.boundaries.entries())
      for (const step of passes.keys()) {
        if (!isFull && step % ALONE.hours.length !== hour) continue;
        await calm.expectAlike({ hour, step: 0, trouble, nextStep: step + 1 }, emulator);
      }
  }, 300_000);
});
