import { type Asked, FarSide } from '../contracts/far-side.ts';
import type { EmulatedSlack } from '../receivers/slack-emulator.ts';
import { receivers } from './project.ts';

/** A vendor as the tests of deliveries see it. */
export interface Vendor {
  readonly name: string;
  start(slack: EmulatedSlack): Promise<FarSide>;
  receiver(url: string): { readonly name: string };
  /** What people have got from it, to be compared with a life in which nobody dies. */
  effect(farSide: FarSide, slack: EmulatedSlack): Promise<unknown>;
}

/** A repeated event says to PagerDuty what it knows. */
function withoutRepeats(all: readonly string[]): readonly string[] {
  return all.filter((each, index) => each !== all[index - 1]);
}

const eventOf = ({ body }: Asked): string => {
  const { event_action: action, dedup_key: key, payload } = JSON.parse(body);
  return JSON.stringify([action, key, payload?.severity ?? null, payload?.summary ?? null]);
};

export const vendors: readonly Vendor[] = [
  {
    name: 'PagerDuty',
    start: () => FarSide.start(() => ({ status: 202, body: '{"status":"success"}' })),
    receiver: receivers.pagerduty,
    effect: async (farSide) => withoutRepeats(farSide.asked.map(eventOf)),
  },
  {
    name: 'a webhook that knows deliveries by their ids',
    start: () => FarSide.start(() => ({ status: 204 })),
    receiver: receivers.webhook,
    effect: async (farSide) => {
      const first = new Map(farSide.asked.toReversed().map(({ headers, body }) => [headers['webhook-id'], body]));
      return [...first].toReversed().map(([id, body]) => [id, JSON.parse(body).action]);
    },
  },
  {
    name: 'Slack',
    start: async (emulator) => {
      emulator.reset();
      return FarSide.start((asked) => emulator.forward(asked));
    },
    receiver: receivers.slack,
    effect: async (_, emulator) => {
      const messages = await emulator.messages();
      const threads = await Promise.all(messages.map(({ ts }) => emulator.messages(ts)));
      return threads.map((thread) => thread.map(({ text }) => text));
    },
  },
];
