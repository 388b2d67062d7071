import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { FarSide } from '../contracts/far-side.ts';
import { failing } from '../incidents/runs.ts';
import { isThere, newDatabase } from '../postgres.ts';
import { type EmulatedSlack, emulatedSlack } from '../receivers/slack-emulator.ts';
import { type Fate, HOURS, Life, PLENTY } from './life.ts';
import { client, day, DeliveryProject, receivers, SECRETS, STATE } from './project.ts';
import { slack, troublesOf, type Vendor, vendors, withoutRepeats } from './vendors.ts';

/**
 * Processes that are killed at every boundary, judged by what the far side has seen after another run has recovered what
 * was left. With the variable DQ_REPORT_ALL_CRASHES every trouble of every far side meets every boundary, which takes an
 * hour; without it each boundary meets some, and each trouble some boundaries.
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
  const troubles = troublesOf(vendor).filter(({ isRefusal }) => vendor !== slack || !isRefusal);
  return troubles.map((next) => ({ first: null, next }));
}

/** What the process that is killed meets, and perhaps the one that recovers. */
function earlyTroublesOf(vendor: Vendor): readonly Troubles[] {
  const troubles = troublesOf(vendor);
  return [...troubles.map((first) => ({ first, next: null })), ...troubles.map((first) => ({ first, next: first }))];
}

describe.each(vendors)('$name', (vendor) => {
  let told: readonly string[];
  let boundaries: readonly (readonly string[])[];
  beforeAll(async () => {
    const calm = await Life.begin(vendor, emulator);
    boundaries = await calm.liveCalmly();
    told = await calm.told();
    await calm.end();
  });

  /** Lives with this fate; how many times too many people were told something. */
  async function judged(fate: Fate): Promise<{ killedAt: string | null; passed: number; doubled: number }> {
    const life = await Life.begin(vendor, emulator);
    const { boundaries: passed, wasKilled } = await life.live(fate);
    const seen = await life.told();
    const unanswered = life.farSide.asked.length - life.farSide.answered;
    await life.end();
    const doubled = seen.length - told.length;
    expect({ fate, told: vendor.mayDouble ? withoutRepeats(seen) : seen }).toEqual({ fate, told });
    // Twice can only come what was interrupted.
    const deaths = [fate.step, fate.nextStep ?? 0].filter((step) => step > 0).length;
    expect({ fate, isForAReason: doubled <= unanswered + deaths }).toEqual({ fate, isForAReason: true });
    return { killedAt: wasKilled ? (passed.at(-1) ?? null) : null, passed: passed.length, doubled };
  }

  test.each(HOURS.map(({ what }, hour) => [what, hour] as const))(
    'gets everything, and nothing twice, whenever the process dies in which an incident %s',
    async (_, hour) => {
      const passes = boundaries[hour] ?? [];
      expect(passes).toEqual(
        expect.arrayContaining(['applyRun', 'bury', 'claim', 'a request', 'settle'].map((each) => `after ${each}`)),
      );
      const doubledAt: string[] = [];
      for (const [index, name] of passes.entries()) {
        const { killedAt, doubled } = await judged({ hour, step: index + 1 });
        expect(killedAt).toBe(name);
        if (doubled > 0) doubledAt.push(name);
      }
      expect(doubledAt).toEqual(vendor.mayDouble ? ['after a request', 'before settle'] : []);
    },
    300_000,
  );

  test(
    'gets everything, and nothing twice, when it is in trouble while processes die',
    async () => {
      const early = earlyTroublesOf(vendor);
      const later = laterTroublesOf(vendor);
      const met = new Set<string | undefined>();
      const deaths = new Set<string | null>();
      const turns = { early: vendors.indexOf(vendor), later: vendors.indexOf(vendor) };
      for (const [hour, passes] of boundaries.entries()) {
        for (const index of passes.keys()) {
          // Who is killed after the far side has answered, was not in trouble; who comes after it may be.
          const isLate = index >= passes.lastIndexOf('after a request');
          const [list, turn] = isLate ? [later, (turns.later += 1)] : [early, (turns.early += 1)];
          if (isFull) await renewEmulator();
          const troubles = isFull ? [...early, ...later] : list.slice(turn % list.length).slice(0, 1);
          for (const trouble of troubles) {
            met.add((trouble.first ?? trouble.next)?.name);
            deaths.add((await judged({ hour, step: index + 1, trouble })).killedAt);
          }
        }
      }
      expect(troublesOf(vendor).filter(({ name }) => !met.has(name))).toEqual([]);
      expect(boundaries.flat().filter((name) => !deaths.has(name))).toEqual([]);
    },
    isFull ? 7_200_000 : 300_000,
  );

  test('gets everything, and nothing twice, when the process that recovers dies as well', async () => {
    const acted = troublesOf(vendor).find(({ fault }) => fault === 'reset after') ?? null;
    const trouble = { first: acted, next: null };
    for (const [hour, passes] of boundaries.entries())
      for (const step of passes.keys()) {
        if (!isFull && step % HOURS.length !== hour) continue;
        await judged({ hour, step: 0, trouble, nextStep: step + 1 });
      }
  }, 300_000);
});

const states = [
  { name: 'SQLite', open: async () => ({ url: STATE, drop: async () => undefined }) },
  ...(isThere ? [{ name: 'PostgreSQL', open: newDatabase }] : []),
];

describe.each(states)('several processes on one state in $name', ({ open }) => {
  let farSide: FarSide;
  let project: DeliveryProject;
  beforeEach(async () => {
    farSide = await FarSide.start(() => ({ status: 204 }));
    project = await DeliveryProject.make();
    project.env = { ...project.env, HOOK_URL: farSide.url };
    const { webhook } = receivers.webhook();
    await project.tell(
      ['one', 'two', 'three'].map((name) => ({ name, webhook })),
      PLENTY,
    );
  });
  afterEach(async () => {
    await farSide.stop();
    await project.remove();
  });

  const idsSent = (): readonly string[] => farSide.asked.map(({ headers }) => String(headers['webhook-id']));
  const results = (hour: number) => {
    const result = failing(5 * 10 ** hour);
    return { [client]: result, [day]: result };
  };

  test('send each delivery once', async () => {
    const state = await open();
    for (const hour of [0, 1, 2]) {
      await project.built(hour, results(hour));
      await Promise.all([0, 0, 0].map(() => project.runAndDie(hour, 0, state.url)));
    }
    expect(idsSent()).toHaveLength(18);
    expect(new Set(idsSent()).size).toBe(18);
    await state.drop();
  }, 60_000);

  test('send what one of them has left when it died', async () => {
    const state = await open();
    // As many as it passes when the other one takes every delivery: the run, what is buried, three claims, three waits.
    const deaths = 16;
    for (let hour = 0; hour < deaths; hour += 1) {
      await project.built(hour, results(hour));
      const [{ wasKilled }] = await Promise.all([
        project.runAndDie(hour, hour + 1, state.url),
        project.runAndDie(hour, 0, state.url),
      ]);
      expect(wasKilled).toBe(true);
      await project.runAndDie(hour + 0.5, 0, state.url);
      expect({ hour, sent: new Set(idsSent()).size }).toEqual({ hour, sent: 6 * (hour + 1) });
    }
    // Of a process that dies, each of three destinations may have one under way.
    expect(idsSent().length - new Set(idsSent()).size).toBeLessThanOrEqual(3 * deaths);
    await state.drop();
  }, 300_000);
});
