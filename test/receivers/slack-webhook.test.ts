import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { DeliveryReason, Receiver } from '../../src/receivers/receiver.ts';
import { openSlackWebhook, slackWebhookConfig, slackWebhookReceiver } from '../../src/receivers/slack-webhook.ts';
import { type Asked, FarSide } from '../contracts/far-side.ts';
import { CANARY, receiverContract, type Refusal } from '../contracts/receiver.ts';
import { problemsOfMessage, readAloud, slackPayload } from './block-kit.ts';
import { aNotice, aNoticeCause, aTask, ended, manyNotices, worse } from './notices.ts';
import { type EmulatedSlack, emulatedSlack, WEBHOOK_PATH } from './slack-emulator.ts';

const CALL = '<!subteam^S0123ABCD>';

let emulator: EmulatedSlack;
beforeAll(async () => {
  emulator = await emulatedSlack('unused');
});
afterAll(async () => {
  await emulator.stop();
});

function receiverAt(url: string): Receiver {
  return slackWebhookReceiver({
    name: 'data-team',
    url: `${url}${WEBHOOK_PATH}${CANARY}`,
    mentions: { 'Growth analytics': 'S0123ABCD' },
    samples: false,
    maxMessages: 10,
  });
}

const payloadOf = ({ body }: Asked): unknown => JSON.parse(body);
const named = (reason: DeliveryReason, status: number, ...codes: readonly string[]): readonly Refusal[] =>
  codes.map((code) => ({ when: code, answer: { status, body: code }, reason }));

receiverContract({
  name: 'of an incoming webhook of Slack',
  vendor: () => {
    emulator.reset();
    return { act: (asked) => emulator.forward(asked) };
  },
  receiver: receiverAt,
  serverError: 'uncertain',
  nonsense: { status: 200, body: '<html>' },
  refusals: [
    ...named('destination', 404, 'channel_not_found'),
    ...named('destination', 410, 'channel_is_archived'),
    ...named('destination', 403, 'action_prohibited', 'posting_to_general_channel_denied'),
    ...named('auth', 404, 'no_service', 'no_team'),
    ...named('auth', 403, 'invalid_token'),
    ...named('uncertain', 500, 'rollup_error'),
    ...named('payload', 400, 'invalid_payload', 'invalid_blocks', 'no_text').map((refusal) => ({
      ...refusal,
      times: 2,
    })),
  ],
  problems: (asked) => problemsOfMessage(payloadOf(asked), [CALL]),
  checksOnline: false,
  textOf: (asked) => readAloud(slackPayload.parse(payloadOf(asked))),
  // Nothing: the same message stands there twice. That is the lesser of it.
  identityOf: () => null,
});

describe('an incoming webhook of Slack', () => {
  let farSide: FarSide;
  let receiver: Receiver;
  const { signal } = new AbortController();
  beforeEach(async () => {
    emulator.reset();
    farSide = await FarSide.start((asked) => emulator.forward(asked));
    receiver = receiverAt(farSide.url);
  });
  afterEach(async () => {
    await farSide.stop();
  });

  const owner = { name: 'Growth analytics', email: null, slack: null, reason: 'group growth of orders' };
  const notice = aNotice({ cause: aNoticeCause({ owner }) });

  test('posts what is loud, and says nothing of what is quiet', async () => {
    const receipt = await receiver.send(aTask({ action: 'open', notice }), signal);
    await receiver.send(aTask({ action: 'update', notice: worse(notice), loud: true }, receipt), signal);
    await receiver.send(aTask({ action: 'update', notice, loud: false }, receipt), signal);
    await receiver.send(aTask({ action: 'close', notice: ended(notice) }, receipt), signal);
    const texts = (await emulator.messages()).map(({ text }) => text);
    expect(texts).toEqual([
      expect.stringMatching(/^🟠 Error in prod: not_null/),
      expect.stringMatching(/^🔴 Critical in prod: not_null/),
      expect.stringMatching(/^✅ Mended in prod: not_null/),
    ]);
    expect(farSide.asked.map(({ body }) => body.includes(CALL))).toEqual([true, true, false]);
  });

  test('goes on with a digest where it was interrupted', async () => {
    const task = aTask({ action: 'digest', notices: manyNotices(300) });
    farSide.failNext(null, { status: 429 });
    await expect(receiver.send(task, signal)).rejects.toMatchObject({ reason: 'retry' });
    await receiver.send(task, signal);
    const texts = (await emulator.messages()).map(({ text }) => text);
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts.at(-1)).toContain(`(${texts.length} of ${texts.length})`);
  });

  test('sends plain text in the place of blocks that Slack refuses', async () => {
    farSide.failNext({ status: 400, body: 'invalid_blocks' });
    await receiver.send(aTask({ action: 'open', notice }), signal);
    const [message] = await emulator.messages();
    expect(message?.blocks).toEqual([]);
    expect(message?.text).toContain('77 of 294 orders');
  });

  test.each(['http://hooks.slack.example/services/T/B/X', 'no address'])('refuses the address %s', async (url) => {
    const wrong = slackWebhookReceiver({ name: 'x', url, mentions: {}, samples: false, maxMessages: 10 });
    await expect(wrong.send(aTask({ action: 'open', notice }), signal)).rejects.toMatchObject({
      reason: 'destination',
      message: expect.not.stringContaining(url),
    });
  });

  test('is opened by its configuration', async () => {
    const secret = async (): Promise<string> => `${farSide.url}${WEBHOOK_PATH}`;
    const opened = await openSlackWebhook('team', slackWebhookConfig.parse({ url: { env: 'X' } }), { secret });
    expect(opened.abilities).toEqual({
      edits: false,
      resolves: false,
      endsSilently: false,
      samples: false,
      maxMessages: 10,
    });
    await opened.send(aTask({ action: 'open', notice }), signal);
    expect(farSide.asked).toHaveLength(1);
  });

  test.each([
    ['an address', { url: { env: 'SLACK_WEBHOOK' } }, true],
    ['an address in plain text', { url: 'https://hooks.slack.com/services/T/B/X' }, false],
    ['a channel, which the webhook has already', { url: { file: 'x' }, channel: 'C0123456789' }, false],
  ])('is configured by %s', (_, written, isValid) => {
    expect(slackWebhookConfig.safeParse(written).success).toBe(isValid);
  });
});
