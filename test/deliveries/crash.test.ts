import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Asked, FarSide } from '../contracts/far-side.ts';
import { failing } from '../incidents/runs.ts';
import { type EmulatedSlack, emulatedSlack } from '../receivers/slack-emulator.ts';
import { client, day, DeliveryProject, receivers, SECRETS } from './project.ts';

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

interface Vendor {
  readonly name: string;
  start(): Promise<FarSide>;
  receiver(url: string): { readonly name: string };
  /** What people have got from it, to be compared with a life in which nobody dies. */
  effect(): Promise<unknown>;
}

/** A repeated event says to PagerDuty what it knows. */
function withoutRepeats(all: readonly string[]): readonly string[] {
  return all.filter((each, index) => each !== all[index - 1]);
}

const eventOf = ({ body }: Asked): string => {
  const { event_action: action, dedup_key: key, payload } = JSON.parse(body);
  return JSON.stringify([action, key, payload?.severity ?? null, payload?.summary ?? null]);
};

const vendors: readonly Vendor[] = [
  {
    name: 'PagerDuty',
    start: () => FarSide.start(() => ({ status: 202, body: '{"status":"success"}' })),
    receiver: receivers.pagerduty,
    effect: async () => withoutRepeats(farSide.asked.map(eventOf)),
  },
  {
    name: 'a webhook that knows deliveries by their ids',
    start: () => FarSide.start(() => ({ status: 204 })),
    receiver: receivers.webhook,
    effect: async () => {
      const first = new Map(farSide.asked.toReversed().map(({ headers, body }) => [headers['webhook-id'], body]));
      return [...first].toReversed().map(([id, body]) => [id, JSON.parse(body).action]);
    },
  },
  {
    name: 'Slack',
    start: async () => {
      emulator.reset();
      return FarSide.start((asked) => emulator.forward(asked));
    },
    receiver: receivers.slack,
    effect: async () => {
      const messages = await emulator.messages();
      const threads = await Promise.all(messages.map(({ ts }) => emulator.messages(ts)));
      return threads.map((thread) => thread.map(({ text }) => text));
    },
  },
];

describe.each(vendors)('$name', (vendor) => {
  async function begin(): Promise<void> {
    farSide = await vendor.start();
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
      const expected = await vendor.effect();
      let deaths = 0;
      for (let step = 1; ; step += 1) {
        await farSide.stop();
        await project.remove();
        await begin();
        const wasKilled = await live(hour, step);
        expect({ step, effect: await vendor.effect() }).toEqual({ step, effect: expected });
        if (!wasKilled) break;
        deaths += 1;
      }
      // Before and after: the run, what is buried, two claims, the sending, its settling.
      expect(deaths).toBeGreaterThanOrEqual(12);
    },
    120_000,
  );
});

describe('several processes on one state', () => {
  beforeEach(async () => {
    farSide = await FarSide.start(() => ({ status: 204 }));
    project = await DeliveryProject.make();
    project.env = { ...project.env, HOOK_URL: farSide.url };
    const { webhook } = receivers.webhook();
    await project.tell(['one', 'two', 'three'].map((name) => ({ name, webhook })));
  });

  test('send each delivery once', async () => {
    for (const [hour, failures] of [5, 50, 500].entries()) {
      await project.built(hour, { [client]: failing(failures), [day]: failing(failures) });
      await Promise.all([0, 0, 0].map(() => runAndDie(hour, 0)));
    }
    const ids = farSide.asked.map(({ headers }) => headers['webhook-id']);
    expect(ids).toHaveLength(18);
    expect(new Set(ids).size).toBe(18);
  }, 60_000);
});
