import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { failing } from '../incidents/runs.ts';
import { type EmulatedSlack, emulatedSlack } from '../receivers/slack-emulator.ts';
import { ALONE, CalmLife, Life } from './life.ts';
import { client, SECRETS } from './project.ts';
import { slack, type Trouble, troublesOf, vendors } from './vendors.ts';

/** A life in which the far side is in trouble for a while; judged by what it has got in the end. */

let emulator: EmulatedSlack;
beforeAll(async () => {
  emulator = await emulatedSlack(SECRETS.SLACK_BOT_TOKEN);
});
afterAll(() => emulator.stop());

describe.each(vendors)('$name', (vendor) => {
  let calm: CalmLife;
  beforeAll(async () => {
    calm = await CalmLife.of(vendor, emulator);
  });

  test.each(troublesOf(vendor).map((trouble) => [trouble.name, trouble] as const))(
    'gets everything, and nothing twice, when it %s',
    async (_, trouble) => {
      for (const hour of ALONE.hours.keys())
        await calm.expectAlike({ hour, step: 0, trouble: { first: trouble, next: null } }, emulator);
    },
    60_000,
  );
});

describe('Slack', () => {
  let life: Life;
  beforeEach(async () => {
    life = await Life.begin(slack, emulator);
  });
  afterEach(() => life.end());

  const acting: Trouble = { name: 'acts and resets', fault: 'reset after', isRefusal: false };
  const deaf: Trouble = { name: 'resets', fault: 'reset before', isRefusal: false };

  test('gets a message again when nobody may look whether it has arrived: twice is better than never', async () => {
    await life.suffer(acting);
    expect(await life.project.run(0, { [client]: failing(5) })).toMatchObject({ exit: 3 });
    await life.suffer(null);
    life.farSide.failNext({ status: 200, body: '{"ok":false,"error":"missing_scope"}' });
    expect(await life.project.run(1, { [client]: failing(5) })).toMatchObject({ exit: 1 });
    expect(await emulator.messages()).toHaveLength(2);
  });

  test('gets nothing twice when the token is refused for a while, so that nobody may look', async () => {
    await life.suffer(acting);
    expect(await life.project.run(0, { [client]: failing(5) })).toMatchObject({ exit: 3 });
    await life.suffer({ name: 'refuses the token', fault: slack.words.auth, isRefusal: true });
    expect(await life.project.dqReport(0.5)).toMatchObject({ exit: 3 });
    await life.suffer(null);
    expect(await life.project.run(1, { [client]: failing(5) })).toMatchObject({ exit: 1, stderr: '' });
    expect(await emulator.messages()).toHaveLength(1);
  });

  test('gets nothing twice when the look-up fails at first', async () => {
    await life.suffer(acting);
    expect(await life.project.run(0, { [client]: failing(5) })).toMatchObject({ exit: 3 });
    await life.suffer(deaf);
    expect(await life.project.run(1, { [client]: failing(5) })).toMatchObject({ exit: 3 });
    await life.suffer(null);
    expect(await life.project.run(2, { [client]: failing(5) })).toMatchObject({ exit: 1 });
    expect(await emulator.messages()).toHaveLength(1);
  });
});
