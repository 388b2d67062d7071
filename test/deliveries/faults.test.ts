import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Fault, FarSide } from '../contracts/far-side.ts';
import { failing } from '../incidents/runs.ts';
import { type EmulatedSlack, emulatedSlack } from '../receivers/slack-emulator.ts';
import { client, DeliveryProject, SECRETS } from './project.ts';
import { vendors } from './vendors.ts';

/** A life in which the far side fails once; judged by what it has got in the end. */

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

const LIFE = [{ [client]: failing(5) }, { [client]: failing(50) }, { [client]: 'pass' }] as const;

/** Faults that the next run gets over, and those that somebody must mend first. */
const faults: readonly (readonly [name: string, fault: Fault, state: 'pending' | 'uncertain' | 'dead'])[] = [
  ['resets the connection before it has read', 'reset before', 'uncertain'],
  ['acts and resets the connection', 'reset after', 'uncertain'],
  ['acts and never answers', 'silence', 'uncertain'],
  ['has too much to do', { status: 429, headers: { 'retry-after': '60' } }, 'pending'],
  ['is not available', { status: 503 }, 'pending'],
  ['answers nonsense', { status: 301, body: '<html>' }, 'dead'],
  ['knows no such address', { status: 404 }, 'dead'],
  ['does not take the credentials', { status: 401 }, 'dead'],
];

describe.each(vendors)('$name', (vendor) => {
  async function live(dark: number | null, fault: Fault | null): Promise<string | null> {
    farSide = await vendor.start(emulator);
    project = await DeliveryProject.make();
    project.env = { ...project.env, HOOK_URL: farSide.url };
    await project.tell([vendor.receiver(farSide.url)]);
    let state: string | null = null;
    for (const [hour, results] of LIFE.entries()) {
      if (hour === dark) farSide.failNext(fault);
      const { exit } = await project.run(hour, results);
      const listed = await project.dqReport(hour + 0.1, 'deliveries', '--format', 'json');
      const [left] = JSON.parse(listed.stdout).deliveries;
      expect(exit === 3).toBe(left !== undefined);
      if (left === undefined) continue;
      state = String(left.state);
      if (state === 'dead') await project.dqReport(hour + 0.2, 'deliveries', 'retry', left.id);
      expect(await project.dqReport(hour + 0.5, 'deliveries', 'flush')).toMatchObject({ exit: 0, stderr: '' });
    }
    return state;
  }

  test.each(faults.flatMap((fault) => LIFE.map((_, hour) => [...fault, hour] as const)))(
    'gets everything, and nothing twice, when it %s, %#',
    async (_, fault, state, hour) => {
      await live(null, null);
      const expected = await vendor.effect(farSide, emulator);
      await farSide.stop();
      await project.remove();
      expect(await live(hour, fault)).toBe(state);
      expect(await vendor.effect(farSide, emulator)).toEqual(expected);
    },
    30_000,
  );
});

test('Slack gets a message again when nobody may look whether it has arrived: twice is better than never', async () => {
  const [, , slack] = vendors;
  if (slack === undefined) throw new Error('no Slack');
  farSide = await slack.start(emulator);
  project = await DeliveryProject.make();
  await project.tell([slack.receiver(farSide.url)]);
  farSide.failNext('reset after', { status: 200, body: '{"ok":false,"error":"missing_scope"}' });
  expect(await project.run(0, { [client]: failing(5) })).toMatchObject({ exit: 3 });
  expect(await project.run(1, { [client]: failing(5) })).toMatchObject({ exit: 1 });
  expect(await emulator.messages()).toHaveLength(2);
});

test('Slack gets nothing twice when the look-up fails at first', async () => {
  const [, , slack] = vendors;
  if (slack === undefined) throw new Error('no Slack');
  farSide = await slack.start(emulator);
  project = await DeliveryProject.make();
  await project.tell([slack.receiver(farSide.url)]);
  farSide.failNext('reset after', 'reset before');
  expect(await project.run(0, { [client]: failing(5) })).toMatchObject({ exit: 3 });
  expect(await project.run(1, { [client]: failing(5) })).toMatchObject({ exit: 3 });
  expect(await project.run(2, { [client]: failing(5) })).toMatchObject({ exit: 1 });
  expect(await emulator.messages()).toHaveLength(1);
});
