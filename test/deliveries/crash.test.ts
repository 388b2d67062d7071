import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { FarSide } from '../contracts/far-side.ts';
import { failing } from '../incidents/runs.ts';
import { type EmulatedSlack, emulatedSlack } from '../receivers/slack-emulator.ts';
import { isThere, newDatabase } from '../postgres.ts';
import { client, day, DeliveryProject, receivers, SECRETS } from './project.ts';
import { vendors } from './vendors.ts';

/**
 * Processes that are killed at every boundary, judged by what the far side has seen after another run has recovered what
 * was left.
 */

const script = join(import.meta.dirname, 'run-and-die.ts');
const STATE = '.dq-report/state.sqlite';
/** How a life goes: it opens, gets worse, is mended. */
const LIFE = [{ [client]: failing(5) }, { [client]: failing(50) }, { [client]: 'pass' }] as const;

let emulator: EmulatedSlack;
beforeAll(async () => {
  emulator = await emulatedSlack(SECRETS.SLACK_BOT_TOKEN);
});
afterAll(() => emulator.stop());

let farSide: FarSide;
let project: DeliveryProject;
afterEach(async () => {
  await farSide.stop();
  await project.remove();
});

/** Whether it was killed. */
async function runAndDie(hour: number, step: number, state = STATE): Promise<boolean> {
  const given = [script, project.cwd, state, project.hour(hour, 1).toISOString(), String(step)];
  const env = { ...process.env, ...project.env, NODE_OPTIONS: '--disable-warning=ExperimentalWarning' };
  try {
    await promisify(execFile)(process.execPath, given, { env });
    return false;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'signal' in error && error.signal === 'SIGKILL') return true;
    throw error;
  }
}

/** The whole life, where the process of one hour dies at a step, and the next one finds what it has left. */
async function live(dyingHour: number | null, step: number): Promise<boolean> {
  let wasKilled = false;
  for (const [hour, results] of LIFE.entries()) {
    await project.built(hour, results);
    if (hour === dyingHour) wasKilled = await runAndDie(hour, step);
    // Half an hour later, when nobody holds a lease any more.
    const { stderr } = await project.dqReport(hour + 0.5);
    expect(stderr).toBe('');
  }
  return wasKilled;
}

describe.each(vendors)('$name', (vendor) => {
  async function begin(): Promise<void> {
    farSide = await vendor.start(emulator);
    project = await DeliveryProject.make();
    project.env = { ...project.env, HOOK_URL: farSide.url };
    await project.tell([vendor.receiver(farSide.url)]);
  }

  test.each([
    ['opens', 0],
    ['gets worse', 1],
    ['is mended', 2],
  ])(
    'gets everything, and nothing twice, whenever the process dies in which an incident %s',
    async (_, hour) => {
      await begin();
      await live(null, 0);
      const expected = await vendor.effect(farSide, emulator);
      let deaths = 0;
      for (let step = 1; ; step += 1) {
        await farSide.stop();
        await project.remove();
        await begin();
        const wasKilled = await live(hour, step);
        expect({ step, effect: await vendor.effect(farSide, emulator) }).toEqual({ step, effect: expected });
        if (!wasKilled) break;
        deaths += 1;
      }
      // Before and after: the run, what is buried, two claims, the sending, its settling.
      expect(deaths).toBeGreaterThanOrEqual(12);
    },
    120_000,
  );
});

const states = [
  { name: 'SQLite', open: async () => ({ url: STATE, drop: async () => undefined }) },
  ...(isThere ? [{ name: 'PostgreSQL', open: newDatabase }] : []),
];

describe.each(states)('several processes on one state in $name', ({ open }) => {
  beforeEach(async () => {
    farSide = await FarSide.start(() => ({ status: 204 }));
    project = await DeliveryProject.make();
    project.env = { ...project.env, HOOK_URL: farSide.url };
    const { webhook } = receivers.webhook();
    await project.tell(['one', 'two', 'three'].map((name) => ({ name, webhook })));
  });

  test('send each delivery once', async () => {
    const state = await open();
    for (const [hour, failures] of [5, 50, 500].entries()) {
      await project.built(hour, { [client]: failing(failures), [day]: failing(failures) });
      await Promise.all([0, 0, 0].map(() => runAndDie(hour, 0, state.url)));
    }
    const ids = farSide.asked.map(({ headers }) => headers['webhook-id']);
    expect(ids).toHaveLength(18);
    expect(new Set(ids).size).toBe(18);
    await state.drop();
  }, 60_000);
});
