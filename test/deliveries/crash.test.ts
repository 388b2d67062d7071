import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { FarSide } from '../contracts/far-side.ts';
import { failing } from '../incidents/runs.ts';
import { isThere, newDatabase } from '../postgres.ts';
import { type EmulatedSlack, emulatedSlack } from '../receivers/slack-emulator.ts';
import { ALONE, CalmLife, DIGEST, Life, PLENTY } from './life.ts';
import { client, day, DeliveryProject, receivers, SECRETS } from './project.ts';
import { type Trouble, vendors, withoutRepeats } from './vendors.ts';

/**
 * Processes that are killed at every boundary, judged by what the far side has seen after another run has recovered what
 * was left. With far sides that are in trouble meanwhile: crash-in-trouble.test.ts.
 */

let emulator: EmulatedSlack;
beforeAll(async () => {
  emulator = await emulatedSlack(SECRETS.SLACK_BOT_TOKEN);
});
afterAll(() => emulator.stop());

describe.each([
  ...vendors.map((vendor) => ({ vendor, story: ALONE, name: `${vendor.name}, of one incident,` })),
  ...vendors
    .filter(({ digests }) => digests)
    .map((vendor) => ({ vendor, story: DIGEST, name: `${vendor.name}, of two in a digest,` })),
])('$name', ({ vendor, story }) => {
  let calm: CalmLife;
  beforeAll(async () => {
    calm = await CalmLife.of(vendor, emulator, story);
  });

  test.each(story.hours.map(({ what }, hour) => [what, hour] as const))(
    'hears everything, and nothing twice, whenever the process dies in which %s',
    async (_, hour) => {
      const passes = calm.boundaries[hour] ?? [];
      // The run, a claim, what came of it, and that nothing more is due.
      expect(passes.filter((name) => name === 'after a commit').length).toBeGreaterThanOrEqual(4);
      expect(passes).toContain('after a request');
      const doubledAt: string[] = [];
      for (const [index, name] of passes.entries()) {
        const { killedAt, doubled } = await calm.expectAlike({ hour, step: index + 1 }, emulator);
        expect(killedAt).toBe(name);
        if (doubled > 0) doubledAt.push(name);
      }
      expect(new Set(doubledAt)).toEqual(new Set(vendor.mayDouble ? ['after a request', 'before a commit'] : []));
    },
    300_000,
  );
});

describe.each(vendors)('$name, which was away for a while,', (vendor) => {
  const away: Trouble = { name: 'is not available', fault: { status: 503 }, isRefusal: false };

  async function flushed(step: number): Promise<{ told: readonly string[]; boundaries: readonly string[] }> {
    const life = await Life.begin(vendor, emulator);
    await life.suffer(away);
    await life.project.run(0, { [client]: failing(5) });
    await life.suffer(null);
    const { boundaries } = await life.project.runAndDie(0.5, step, 'deliveries', 'flush');
    expect(await life.project.dqReport(1, 'deliveries', 'flush')).toMatchObject({ exit: 0, stderr: '' });
    const told = await life.told();
    await life.end();
    return { told, boundaries };
  }

  test('hears everything, and nothing twice, whenever the flush dies that sends what was left', async () => {
    const { told, boundaries } = await flushed(0);
    expect(boundaries).toContain('after a request');
    for (const step of boundaries.keys()) {
      const again = (await flushed(step + 1)).told;
      expect({ step, told: vendor.mayDouble ? withoutRepeats(again) : again }).toEqual({ step, told });
    }
  }, 120_000);
});

const states = [
  { name: 'SQLite', open: async () => ({ url: '.dq-report/state.sqlite', drop: async () => undefined }) },
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
      await Promise.all([0, 0, 0].map(() => project.runAndDie(hour, 0, '--state', state.url)));
    }
    expect(idsSent()).toHaveLength(18);
    expect(new Set(idsSent()).size).toBe(18);
    await state.drop();
  }, 60_000);

  test('send what one of them has left when it died', async () => {
    const state = await open();
    // As many as it passes when the other one takes every delivery: the run, and three times that nothing is due.
    const deaths = 8;
    for (let hour = 0; hour < deaths; hour += 1) {
      await project.built(hour, results(hour));
      const [{ wasKilled }] = await Promise.all([
        project.runAndDie(hour, hour + 1, '--state', state.url),
        project.runAndDie(hour, 0, '--state', state.url),
      ]);
      expect(wasKilled).toBe(true);
      await project.runAndDie(hour + 0.5, 0, '--state', state.url);
      expect({ hour, sent: new Set(idsSent()).size }).toEqual({ hour, sent: 6 * (hour + 1) });
    }
    // Of a process that dies, each of three destinations may have one under way.
    expect(idsSent().length - new Set(idsSent()).size).toBeLessThanOrEqual(3 * deaths);
    await state.drop();
  }, 300_000);
});
