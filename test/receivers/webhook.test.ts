import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import * as z from 'zod';
import type { Receiver } from '../../src/receivers/receiver.ts';
import { openWebhook, signaturesOf, signingKey, webhookConfig, webhookReceiver } from '../../src/receivers/webhook.ts';
import { FarSide } from '../contracts/far-side.ts';
import { CANARY, receiverContract } from '../contracts/receiver.ts';
import { aNotice, aNoticeCause, aTask, ended, worse } from './notices.ts';

const SECRET = `whsec_${Buffer.from(CANARY).toString('base64')}`;
const OLD_SECRET = `whsec_${Buffer.from('the secret of last year, 32 byte').toString('base64')}`;

function receiverAt(
  url: string,
  more: { readonly secrets?: readonly string[]; readonly samples?: boolean } = {},
): Receiver {
  const settings = {
    name: 'hook',
    url: `${url}/in/${CANARY}?key=${CANARY}`,
    secrets: [SECRET],
    samples: false,
    ...more,
  };
  return webhookReceiver(settings);
}

const body = z.object({
  delivery_id: z.string(),
  notices: z.array(z.object({ incident: z.object({ title: z.string() }) })),
});

receiverContract({
  name: 'of a webhook',
  vendor: () => ({ act: () => ({ status: 204 }) }),
  receiver: receiverAt,
  serverError: 'uncertain',
  nonsense: null,
  refusals: [
    { when: 'a body it does not take', answer: { status: 422, body: CANARY }, reason: 'payload' },
    { when: 'a body that is too large', answer: { status: 413 }, reason: 'payload' },
    { when: 'a wrong signature', answer: { status: 401 }, reason: 'auth' },
    { when: 'no such address', answer: { status: 404 }, reason: 'destination' },
    { when: 'that it wants no more', answer: { status: 410 }, reason: 'destination' },
  ],
  problems: (asked) => {
    try {
      // An independent verifier of Standard Webhooks, which knows the age of a message as well.
      new Webhook(SECRET).verify(asked.body, { ...asked.headers });
      return /[\ud800-\udfff]/.test(asked.body.replaceAll(/[\ud800-\udbff][\udc00-\udfff]/g, ''))
        ? ['half a character']
        : [];
    } catch (error) {
      return [String(error)];
    }
  },
  checksOnline: false,
  textOf: (asked) =>
    body
      .parse(JSON.parse(asked.body))
      .notices.map(({ incident }) => incident.title)
      .join('\n'),
  identityOf: ({ headers }) => headers['webhook-id'] ?? null,
});

describe('a webhook', () => {
  let farSide: FarSide;
  const { signal } = new AbortController();
  beforeEach(async () => {
    farSide = await FarSide.start(() => ({ status: 200 }));
  });
  afterEach(async () => {
    await farSide.stop();
  });

  test('signs as the specification says', () => {
    // From the test vectors of the specification's libraries.
    const key = signingKey('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    const signed = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' };
    expect(signaturesOf(signed, [key])).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  test('signs with the new secret and the old one while they change', async () => {
    await receiverAt(farSide.url, { secrets: [SECRET, OLD_SECRET] }).send(
      aTask({ action: 'open', notice: aNotice() }),
      signal,
    );
    const [asked] = farSide.asked;
    for (const secret of [SECRET, OLD_SECRET])
      expect(new Webhook(secret).verify(asked?.body ?? '', { ...asked?.headers })).toMatchObject({
        delivery_id: 'delivery-1',
      });
    expect(() => new Webhook(`whsec_${'A'.repeat(32)}`).verify(asked?.body ?? '', { ...asked?.headers })).toThrow(
      'No matching signature',
    );
  });

  test('signs nothing without a secret', async () => {
    await receiverAt(farSide.url, { secrets: [] }).send(aTask({ action: 'open', notice: aNotice() }), signal);
    expect(farSide.asked[0]?.headers).not.toHaveProperty('webhook-signature');
  });

  test.each(['short', 'whsec_', 'whsec_!!!', `whsec_${Buffer.alloc(65).toString('base64')}`])(
    'refuses the secret %s, and does not repeat it',
    async (secret) => {
      const sent = receiverAt(farSide.url, { secrets: [secret] }).send(
        aTask({ action: 'open', notice: aNotice() }),
        signal,
      );
      await expect(sent).rejects.toMatchObject({ reason: 'auth' });
      expect(farSide.asked).toEqual([]);
    },
  );

  test('never names its host in an error', async () => {
    const faults = [{ status: 500 }, 'reset before', 'reset after'] as const;
    farSide.failNext(...faults);
    const receiver = receiverAt(farSide.url);
    for (const _ of faults)
      await expect(receiver.send(aTask({ action: 'open', notice: aNotice() }), signal)).rejects.toMatchObject({
        message: expect.not.stringContaining('127.0.0.1'),
      });
  });

  test('posts what every action is about, and leaves nothing out that is absent', async () => {
    const receiver = receiverAt(farSide.url);
    const notice = aNotice({ cause: aNoticeCause({ samples: ['T100'] }) });
    await receiver.send(aTask({ action: 'open', notice }), signal);
    await receiver.send(aTask({ action: 'update', notice: worse(notice), loud: false }, {}, 'delivery-2'), signal);
    await receiver.send(aTask({ action: 'close', notice: ended(notice) }, {}, 'delivery-3'), signal);
    await receiver.send(aTask({ action: 'digest', notices: [notice, worse(notice)] }, null, 'delivery-4'), signal);
    const bodies = farSide.asked.map((asked) => JSON.parse(asked.body));
    expect(bodies).toMatchObject([
      {
        schema_version: 1,
        delivery_id: 'delivery-1',
        action: 'open',
        loud: true,
        notices: [{ change: 'opened', cause: { samples: ['T100'], meaning: null } }],
      },
      {
        action: 'update',
        loud: false,
        notices: [{ change: 'worsened', history: [{ change: 'opened', failures: 77 }] }],
      },
      { action: 'close', notices: [{ change: 'resolved', cause: null, incident: { state: 'resolved' } }] },
      { action: 'digest', notices: [{ change: 'opened' }, { change: 'worsened' }] },
    ]);
  });

  test.each([
    ['https, with a query', 'https://hooks.example/x?key=1', true],
    ['http to this machine', 'http://localhost:1/x', true],
    ['http to another machine', 'http://hooks.example/x', false],
    ['a password in it', 'https://ana:secret@hooks.example/x', false],
    ['another scheme', 'file:///etc/passwd', false],
    ['no address', 'hooks', false],
  ])('may go to %s', async (_, url, may) => {
    const stopped = AbortSignal.abort();
    const sent = webhookReceiver({ name: 'x', url, secrets: [], samples: false }).send(
      aTask({ action: 'open', notice: aNotice() }),
      stopped,
    );
    // What may be asked is not asked, because there is no time left.
    await expect(sent).rejects.toMatchObject({
      reason: may ? 'retry' : 'destination',
      message: expect.not.stringContaining(url),
    });
  });

  test('is opened by its configuration, with all its secrets', async () => {
    const texts: Readonly<Record<string, string>> = { HOOK: farSide.url, NEW: SECRET, OLD: OLD_SECRET };
    const secret = async (reference: object): Promise<string> =>
      texts['env' in reference ? String(reference.env) : ''] ?? '';
    const written = { url: { env: 'HOOK' }, secrets: [{ env: 'NEW' }, { env: 'OLD' }] };
    const opened = await openWebhook('hook', webhookConfig.parse(written), { secret });
    await opened.send(aTask({ action: 'open', notice: aNotice() }), signal);
    expect(farSide.asked[0]?.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
  });

  test.each([
    ['an address', { url: { env: 'HOOK' } }, true],
    [
      'an address and secrets',
      { url: { file: 'hook' }, secrets: [{ env: 'NEW' }, { env: 'OLD' }], samples: true },
      true,
    ],
    ['an address in plain text', { url: 'https://hooks.example' }, false],
    ['a secret in plain text', { url: { env: 'HOOK' }, secrets: ['whsec_x'] }, false],
  ])('is configured by %s', (_, written, isValid) => {
    expect(webhookConfig.safeParse(written).success).toBe(isValid);
  });
});
