import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import {
  DeliveryError,
  type DeliveryReason,
  type Notice,
  type Receipt,
  type Receiver,
} from '../../src/receivers/receiver.ts';
import { digestMessage, slackMessages } from '../../src/receivers/slack-message.ts';
import { openSlack, slackConfig, slackReceiver } from '../../src/receivers/slack.ts';
import { type Asked, FarSide, type Told } from '../contracts/far-side.ts';
import { CANARY, receiverContract, type Refusal } from '../contracts/receiver.ts';
import { problemsOfMessage, readAloud, slackPayload } from './block-kit.ts';
import { anIncident, aNotice, aNoticeCause, aTask, ended, manyNotices, worse } from './notices.ts';
import { CHANNEL, type EmulatedSlack, emulatedSlack } from './slack-emulator.ts';

const TOKEN = `xoxb-${CANARY}`;
const GROUP = 'S0123ABCD';
const mentions = { 'Growth analytics': GROUP, 'ana@shop.example': 'U0123ABCD' };

let emulator: EmulatedSlack;
beforeAll(async () => {
  emulator = await emulatedSlack(TOKEN);
});
afterAll(async () => {
  await emulator.stop();
});

function receiverAt(url: string, maxMessages = 10, token = TOKEN): Receiver {
  return slackReceiver({
    name: 'data-team',
    token,
    channel: CHANNEL,
    mentions,
    samples: true,
    maxMessages,
    apiUrl: `${url}/api`,
  });
}

/** The method and the arguments of a call, as Slack reads them. */
function callOf({ path, body }: Asked): { readonly method: string; readonly form: Record<string, unknown> } {
  const form = Object.fromEntries(
    [...new URLSearchParams(body)].map(([name, value]) => [name, /^[[{]/.test(value) ? JSON.parse(value) : value]),
  );
  return { method: path.split('/').at(-1) ?? '', form };
}

function isMessage({ path }: Asked): boolean {
  return path.includes('/chat.');
}

const ALLOWED = [
  `<!subteam^${GROUP}>`,
  '<@U0123ABCD>',
  '<https://wiki.shop.example/runbook?a=1&amp;b=%3E|Runbook &amp; more>',
];

/** Slack would look for names and links by itself. */
const literally = z.object({ parse: z.literal('none'), link_names: z.literal('false') });

function problemsOfCall(asked: Asked): readonly string[] {
  const { form } = callOf(asked);
  return [...problemsOfMessage(form, ALLOWED), ...(literally.safeParse(form).success ? [] : ['names become mentions'])];
}

const no = (error: string): Told => ({ status: 200, body: JSON.stringify({ ok: false, error }) });
const named = (reason: DeliveryReason, ...codes: readonly string[]): readonly Refusal[] =>
  codes.map((code) => ({ when: code, answer: no(code), reason }));

receiverContract({
  name: 'of Slack',
  vendor: () => {
    emulator.reset();
    return { act: (asked) => emulator.forward(asked) };
  },
  receiver: receiverAt,
  serverError: 'uncertain',
  nonsense: { status: 200, body: '<html>' },
  refusals: [
    ...named('retry', 'ratelimited', 'rate_limited', 'service_unavailable', 'request_timeout', 'team_added_to_org'),
    ...named('uncertain', 'fatal_error', 'internal_error'),
    ...named(
      'destination',
      'channel_not_found',
      'not_in_channel',
      'is_archived',
      'restricted_action',
      'ekm_access_denied',
    ),
    ...named(
      'auth',
      'invalid_auth',
      'not_authed',
      'token_expired',
      'token_revoked',
      'account_inactive',
      'missing_scope',
      'no_permission',
    ),
    ...named('target_gone', 'message_not_found', 'edit_window_closed', 'cant_update_message', 'is_inactive').map(
      (refusal) => ({ ...refusal, during: 'update' as const }),
    ),
    ...named(
      'payload',
      'invalid_blocks',
      'invalid_blocks_format',
      'msg_blocks_too_long',
      'msg_too_long',
      'no_text',
      'metadata_too_large',
      'a_code_of_tomorrow',
    ).map((refusal) => ({ ...refusal, times: 2 })),
    {
      when: 'a limit of calls in its own words',
      answer: { ...no('ratelimited'), headers: { 'retry-after': '12' } },
      reason: 'retry',
      retryAfter: 12,
    },
    { when: 'a secret in the place of a code', answer: no(TOKEN), reason: 'uncertain' },
  ],
  problems: (asked) => (isMessage(asked) ? problemsOfCall(asked) : []),
  checksOnline: true,
  textOf: (asked) => (isMessage(asked) ? readAloud(slackPayload.parse(callOf(asked).form)) : ''),
  identityOf: (asked) => (isMessage(asked) ? JSON.stringify(callOf(asked).form['metadata']) : null),
});

describe('Slack', () => {
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
  const methods = (): readonly string[] => farSide.asked.map((asked) => callOf(asked).method);
  const reasonOf = async (sent: Promise<Receipt>): Promise<DeliveryReason | null> =>
    sent.then(
      () => null,
      (error: unknown) => (error instanceof DeliveryError ? error.reason : Promise.reject(error)),
    );

  test('edits the message in its place, tells loud changes once in the thread, and quiet ones not at all', async () => {
    const opened = await receiver.send(aTask({ action: 'open', notice }), signal);
    const second = worse(notice);
    await receiver.send(aTask({ action: 'update', notice: second, loud: true }, opened, 'delivery-2'), signal);
    const third = { ...second, reason: 'ongoing' as const };
    await receiver.send(aTask({ action: 'update', notice: third, loud: false }, opened, 'delivery-3'), signal);
    await receiver.send(aTask({ action: 'close', notice: ended(third) }, opened, 'delivery-4'), signal);

    expect(methods()).toEqual([
      'chat.postMessage',
      'chat.update',
      'chat.postMessage',
      'chat.update',
      'chat.update',
      'chat.postMessage',
    ]);
    const [parent, ...others] = await emulator.messages();
    expect(others).toEqual([]);
    expect(parent?.text).toMatch(/^✅ Mended in prod: not_null client_id on orders/);
    const [, ...replies] = await emulator.messages(parent?.ts);
    expect(replies.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^🔴 Worse: now critical, error before; 154 failures, 77 before/),
      expect.stringMatching(/^✅ Mended after 24 h/),
    ]);
    expect(replies.map(({ reply_broadcast: isBroadcast }) => isBroadcast)).toEqual([true, undefined]);
  });

  test('calls the owner when an incident opens and when it gets worse, and else never', async () => {
    const opened = await receiver.send(aTask({ action: 'open', notice }), signal);
    const second = worse(notice);
    const changes = [
      second,
      { ...second, reason: 'eased' as const },
      { ...second, reason: 'flapping' as const },
      { ...second, reason: 'reopened' as const },
    ];
    for (const [index, change] of changes.entries())
      await receiver.send(
        aTask({ action: 'update', notice: change, loud: true }, opened, `delivery-${index + 2}`),
        signal,
      );
    await receiver.send(aTask({ action: 'close', notice: ended(second) }, opened, 'delivery-9'), signal);
    const calling = farSide.asked
      .map(callOf)
      .filter(({ form }) => JSON.stringify(form).includes(`<!subteam^${GROUP}>`));
    // The new message, and the replies about worse and back again.
    expect(calling.map(({ form }) => [form['ts'] ?? null, form['thread_ts'] !== undefined])).toEqual([
      [null, false],
      [null, true],
      [null, true],
    ]);
  });

  test.each([
    ['by name, whatever the case', { ...owner, name: 'growth ANALYTICS' }, `<!subteam^${GROUP}>`],
    ['by email', { ...owner, name: 'Ana', email: 'ana@shop.example' }, '<@U0123ABCD>'],
    ['by handle among several names', { ...owner, name: 'x, Growth analytics' }, `<!subteam^${GROUP}>`],
    ['nobody whom the configuration does not name', { ...owner, name: '<!here>', slack: '<@U9999999>' }, null],
  ])('calls %s', async (_, whose, called) => {
    await receiver.send(aTask({ action: 'open', notice: aNotice({ cause: aNoticeCause({ owner: whose }) }) }), signal);
    const { form } = callOf(farSide.asked[0] ?? { method: '', path: '', headers: {}, body: '' });
    const { blocks } = slackPayload.parse(form);
    const markup = blocks.flatMap((block) =>
      block.type === 'section' && block.text.type === 'mrkdwn' ? [block.text.text] : [],
    );
    expect(markup).toEqual(called === null ? [] : [called]);
  });

  test('shows links of the configuration as links, whatever stands in them', async () => {
    const links = [{ title: 'Runbook & more', url: 'https://wiki.shop.example/runbook?a=1&b=>' }];
    await receiver.send(aTask({ action: 'open', notice: aNotice({ links }) }), signal);
    const [asked] = farSide.asked;
    expect(asked === undefined ? ['nothing'] : problemsOfMessage(callOf(asked).form, ALLOWED)).toEqual([]);
    expect(asked?.body).toContain('Runbook');
  });

  test('sends plain text in the place of blocks that Slack refuses, also when it edits', async () => {
    farSide.failNext(no('invalid_blocks'));
    const opened = await receiver.send(aTask({ action: 'open', notice }), signal);
    const [parent] = await emulator.messages();
    expect(parent?.blocks).toEqual([]);
    expect(parent?.text).toContain('77 of 294 orders');
    expect(parent?.text).toContain(`<!subteam^${GROUP}>`);
    farSide.failNext(no('msg_blocks_too_long'));
    await receiver.send(aTask({ action: 'update', notice: worse(notice), loud: false }, opened, 'delivery-2'), signal);
    const [edited] = await emulator.messages();
    expect(edited?.blocks).toEqual([]);
    expect(edited?.text).toContain('Worse: now critical');
  });

  describe('after an interruption', () => {
    test('finds a reply that has arrived, and does not reply twice', async () => {
      const opened = await receiver.send(aTask({ action: 'open', notice }), signal);
      const task = aTask({ action: 'update', notice: worse(notice), loud: true }, opened, 'delivery-2');
      farSide.failNext(null, 'reset after');
      expect(await reasonOf(receiver.send(task, signal))).toBe('uncertain');
      expect(await receiverAt(farSide.url).find?.(task, signal)).toEqual(opened);
      expect(await emulator.messages(opened['ts'])).toHaveLength(2);
    });

    test('repeats the edit and sends the reply that is missing', async () => {
      const opened = await receiver.send(aTask({ action: 'open', notice }), signal);
      const task = aTask({ action: 'close', notice: ended(notice) }, opened, 'delivery-2');
      farSide.failNext(null, 'reset before');
      expect(await reasonOf(receiver.send(task, signal))).toBe('uncertain');
      const another = receiverAt(farSide.url);
      expect(await another.find?.(task, signal)).toBeNull();
      await another.send(task, signal);
      expect(await emulator.messages(opened['ts'])).toHaveLength(2);
    });

    test('posts only the rest of a digest, also in another process', async () => {
      const task = aTask({ action: 'digest', notices: manyNotices(300) });
      farSide.failNext(null, null, { status: 429, headers: { 'retry-after': '1' } });
      // Not `retry`: who repeats it elsewhere has to look first.
      expect(await reasonOf(receiver.send(task, signal))).toBe('uncertain');
      const another = receiverAt(farSide.url);
      expect(await another.find?.(task, signal)).toBeNull();
      const receipt = await another.send(task, signal);
      expect(await another.find?.(task, signal)).toEqual(receipt);
      expect(await emulator.messages()).toHaveLength(1);
      const thread = await emulator.messages(receipt['ts']);
      expect(new Set(thread.map(({ text }) => text)).size).toBe(thread.length);
      expect(thread.at(-1)?.text).toMatch(new RegExp(`\\(${thread.length} of ${thread.length}\\)`));
    });

    test('goes on with a digest in the same process without asking', async () => {
      const task = aTask({ action: 'digest', notices: manyNotices(300) });
      farSide.failNext(null, { status: 500 });
      expect(await reasonOf(receiver.send(task, signal))).toBe('uncertain');
      await receiver.send(task, signal);
      expect(methods().every((method) => method === 'chat.postMessage')).toBe(true);
      expect(await emulator.messages()).toHaveLength(1);
    });

    test('says that it cannot know when it may not look', async () => {
      farSide.failNext(no('missing_scope'));
      const asked = receiver.find?.(aTask({ action: 'open', notice }), signal) ?? Promise.resolve(null);
      await expect(asked).rejects.toMatchObject({ reason: 'uncertain' });
    });

    test.each([
      { status: 500 },
      { status: 200, body: '<html>' },
      { status: 200, body: '{"ok":true,"hint":"a proxy"}' },
    ])('is asked again later when the answer is none: %j', async (answer) => {
      farSide.failNext(answer);
      const asked = receiver.find?.(aTask({ action: 'open', notice }), signal) ?? Promise.resolve(null);
      await expect(asked).rejects.toMatchObject({ reason: 'retry' });
    });

    test('looks through more than one page', async () => {
      const pages: readonly Told[] = [
        { status: 200, body: JSON.stringify({ ok: true, messages: [], response_metadata: { next_cursor: 'two' } }) },
        {
          status: 200,
          body: JSON.stringify({
            ok: true,
            messages: [
              { ts: '1.1', metadata: 'none of ours' },
              {
                ts: '1.2',
                metadata: { event_type: 'dq_report_delivery', event_payload: { delivery_id: 'delivery-1', part: '0' } },
              },
            ],
          }),
        },
      ];
      farSide.failNext(...pages);
      expect(await receiver.find?.(aTask({ action: 'open', notice }), signal)).toMatchObject({ ts: '1.2' });
      expect(farSide.asked.map((asked) => callOf(asked).form['cursor'])).toEqual([undefined, 'two']);
    });
  });

  test('says in a digest what has become of its incidents, before it says so in the thread', async () => {
    const notices = manyNotices(12);
    const receipt = await receiver.send(aTask({ action: 'digest', notices }), signal);
    const [first = aNotice(), ...rest] = notices;
    const digests = [{ deliveryId: 'delivery-1', receipt, posted: notices, notices: [ended(first), ...rest] }];
    const last = aTask({ action: 'close', notice: ended(first) }, receipt, 'delivery-2');
    await receiver.send({ ...last, digests }, signal);
    expect(farSide.asked.map(({ path }) => path.split('/').at(-1))).toEqual([
      'chat.postMessage',
      'chat.update',
      'chat.postMessage',
    ]);
    const [message, ...others] = await emulator.messages();
    expect(others).toEqual([]);
    expect(message).toMatchObject({
      ts: receipt['ts'],
      text: expect.stringMatching(/11 causes in prod: .*; 1 mended/),
    });
    const over = notices.map((each) => ended(each));
    const all = aTask({ action: 'digest', notices: over }, null, 'delivery-3');
    await receiver.send(
      { ...all, digests: [{ deliveryId: 'delivery-1', receipt, posted: notices, notices: over }] },
      signal,
    );
    const texts = (await emulator.messages()).map(({ text }) => text);
    expect(texts).toHaveLength(2);
    for (const text of texts) expect(text).toMatch(/^✅ 12 mended in prod/);
  });

  test('leaves the list of a digest that needed several messages as it was, and says so', async () => {
    const notices = manyNotices(300);
    const [first = aNotice(), ...rest] = notices;
    const now = { deliveryId: 'delivery-1', receipt: {}, posted: notices, notices: [ended(first), ...rest] };
    const { message } = slackMessages(aTask({ action: 'digest', notices }), { mentions: {} });
    const later = digestMessage(now, { mentions: {} });
    expect(problemsOfMessage(JSON.parse(JSON.stringify(later)), [])).toEqual([]);
    expect(later.text).toContain('1 mended');
    const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line.startsWith('•'));
    expect(lines(readAloud(later))).toEqual(lines(readAloud(message)));
    expect(readAloud(later)).toContain('As it was when this was posted (2026-01-02 06:00 UTC)');
    expect(readAloud(later)).toContain('shop · prod · 2026-01-03 06:00 UTC');
  });

  test('says that there are dashboards which it does not list', () => {
    const cause = aNoticeCause({
      exposures: [{ name: 'Weekly sales', verdict: 'wrong', url: null }],
      further: { exposures: 998, doubtful: 40, symptoms: 0, suspects: 0 },
    });
    const open = slackMessages(aTask({ action: 'open', notice: aNotice({ cause }) }), { mentions: {} });
    expect(open.message.text).toContain('Weekly sales wrong and 40 more in doubt');
    const notices = manyNotices(3).map((each) => ({ ...each, cause }));
    const digest = slackMessages(aTask({ action: 'digest', notices }), { mentions: {} });
    expect(readAloud(digest.message)).toContain('Dashboards: Weekly sales (wrong), and others');
  });

  test('says in a digest whose figures are of which run, and of which run the verdicts are', () => {
    const [first = aNotice(), second = aNotice(), third = aNotice()] = manyNotices(3);
    const posted = [first, second, third];
    const late = aNoticeCause({
      message: ['154 of 310 orders without a value (49.7 %)'],
      exposures: [{ name: 'Weekly sales', verdict: 'late', url: null }],
    });
    const later = (...notices: readonly Notice[]): string =>
      readAloud(digestMessage({ deliveryId: 'delivery-1', receipt: {}, posted, notices }, { mentions: {} }));
    const monday = '2026-01-05T06:00:00.000Z';
    const worsened = { ...worse(first, monday), cause: late };
    const mixed = later(worsened, ended(second, monday), third);
    expect(mixed).toContain('Figures and verdicts are as of 2026-01-02 06:00 UTC, unless a later time is named.');
    expect(mixed).toContain('Dashboards: Weekly sales (late, as of 2026-01-05 06:00 UTC)');
    expect(mixed).toContain('154 of 310 orders without a value (49.7 %) (worse; as of 2026-01-05 06:00 UTC)');
    expect(mixed).toContain(`• ${third.incident.title}: 77 of 294 orders without a value (26.2 %) (Growth analytics)`);
    expect(mixed).toContain(`✅ Mended\n• ${second.incident.title}\n`);
    expect(mixed).toContain('shop · prod · 2026-01-05 06:00 UTC');
    expect(later(ended(first, monday), second, third)).toContain('are as of 2026-01-02 06:00 UTC');
    const fresh = later(worsened, ended(second, monday), { ...third, at: monday });
    expect(fresh).not.toContain('as of');
    expect(later(...posted.map((each) => ended(each, monday)))).not.toContain('as of');
  });

  test('changes nothing where somebody has deleted the digest, and says what it has to say', async () => {
    const notices = manyNotices(12);
    const receipt = await receiver.send(aTask({ action: 'digest', notices }), signal);
    farSide.failNext(no('message_not_found'));
    const [first = aNotice()] = notices;
    const last = aTask({ action: 'close', notice: ended(first) }, receipt, 'delivery-2');
    const after = await receiver.send(
      { ...last, digests: [{ deliveryId: 'delivery-1', receipt, posted: notices, notices }] },
      signal,
    );
    expect(after).toEqual(receipt);
    expect(farSide.asked).toHaveLength(3);
  });

  test('never edits a digest into one incident: what becomes of its incidents is told in its thread', async () => {
    const digest = await receiver.send(aTask({ action: 'digest', notices: manyNotices(12) }), signal);
    const [first = notice] = manyNotices(12);
    await receiver.send(aTask({ action: 'update', notice: worse(first), loud: true }, digest, 'delivery-2'), signal);
    await receiver.send(aTask({ action: 'update', notice: first, loud: false }, digest, 'delivery-3'), signal);
    await receiver.send(aTask({ action: 'close', notice: ended(first) }, digest, 'delivery-4'), signal);
    expect(methods()).toEqual(['chat.postMessage', 'chat.postMessage', 'chat.postMessage']);
    const [, ...replies] = await emulator.messages(digest['ts']);
    expect(replies.every(({ text }) => text.includes(first.incident.title))).toBe(true);
  });

  test('calls the owner in the first message about what got worse unheard', async () => {
    for (const change of [worse(notice), { ...notice, reason: 'ongoing' as const }])
      await receiver.send(aTask({ action: 'update', notice: change, loud: true }), signal);
    expect(farSide.asked.map(({ body }) => decodeURIComponent(body).includes(`<!subteam^${GROUP}>`))).toEqual([
      true,
      false,
    ]);
  });

  test('posts anew when the receipt is of something else', async () => {
    const receipt = await receiver.send(aTask({ action: 'close', notice: ended(notice) }, { dedup_key: 'x' }), signal);
    expect(receipt).toMatchObject({ channel: CHANNEL, kind: 'message' });
    expect(methods()).toEqual(['chat.postMessage']);
  });

  test('shows keys of rows where the cause has them', async () => {
    const notices = [aNotice({ cause: aNoticeCause({ samples: ['T100', 'T101'] }) }), notice];
    for (const each of notices) await receiver.send(aTask({ action: 'open', notice: each }), signal);
    expect(farSide.asked.map(({ body }) => body.includes('T100'))).toEqual([true, false]);
  });

  test('checks the token, the form of a message and the channel', async () => {
    expect(await receiver.check?.(signal)).toEqual([]);
    expect(methods()).toEqual(['auth.test', 'blocks.validate', 'conversations.info']);
    farSide.failNext(null, no('invalid_blocks'), {
      status: 200,
      body: JSON.stringify({ ok: true, channel: { is_archived: false, is_member: false } }),
    });
    expect(await receiver.check?.(signal)).toEqual([
      expect.stringContaining('invalid_blocks'),
      expect.stringContaining('invite it there'),
    ]);
    farSide.failNext(null, null, no('missing_scope'));
    expect(await receiver.check?.(signal)).toEqual([]);
  });

  test.each([
    ['that are escaped', '&'],
    ['of two halves', '😀'],
    ['that JSON escapes', '"'],
  ])('keeps to its limits when everything is as long as can be, with characters %s', async (_, character) => {
    const long = character.repeat(3000);
    const many = Array.from({ length: 40 }, () => long);
    const cause = aNoticeCause({
      message: many,
      meaning: long,
      owner: { name: many.map((_each, index) => `owner ${index}`).join(','), email: long, slack: long, reason: long },
      exposures: many.map((name) => ({ name, verdict: 'wrong', url: null })),
      models: 999_999,
      blockedModels: 99_999,
      folded: long,
      symptoms: many,
      upstreamSuspects: many,
      samples: many,
      path: long,
      nextCommand: long,
    });
    const links = many.map((_each, index) => ({ title: `Link ${index}`, url: `https://wiki.shop.example/${index}` }));
    const longest = aNotice({ incident: anIncident({ title: long }), environment: long, project: long, cause, links });
    const calling = Object.fromEntries(many.map((_each, index) => [`owner ${index}`, `U${1_000_000 + index}`]));
    const { message, replies } = slackMessages(aTask({ action: 'update', notice: worse(longest), loud: true }), {
      mentions: calling,
    });
    const first = slackMessages(aTask({ action: 'open', notice: longest }), {
      mentions: calling,
    }).message;
    const digest = slackMessages(aTask({ action: 'digest', notices: Array.from({ length: 40 }, () => longest) }), {
      mentions: calling,
    });
    const allowed = [
      ...Object.values(calling).map((id) => `<@${id}>`),
      ...links.map(({ title, url }) => `<${url}|${title}>`),
    ];
    for (const each of [message, ...replies, first, digest.message, ...digest.replies]) {
      expect(problemsOfMessage(each, allowed)).toEqual([]);
      expect(problemsOfMessage({ text: each.plainText }, allowed)).toEqual([]);
    }
  });

  test.each(['', `${TOKEN}\n${TOKEN}`, `${TOKEN}\u0000`, `${TOKEN} ü`])(
    'refuses a token that cannot be one, without it: %j',
    async (token) => {
      const wrong = receiverAt(farSide.url, 10, token);
      const sent = wrong.send(aTask({ action: 'open', notice }), signal);
      await expect(sent).rejects.toMatchObject({ reason: 'auth', message: expect.not.stringContaining(CANARY) });
      const problems = await wrong.check?.(signal);
      expect(problems).toEqual([expect.stringContaining('has characters that no token has')]);
      expect(problems?.join()).not.toContain(CANARY);
      expect(farSide.asked).toEqual([]);
    },
  );

  test('tells the whole of a title that is longer than a heading', async () => {
    const title = `not_null ${'client_id_'.repeat(20)} on orders`;
    await receiver.send(aTask({ action: 'open', notice: aNotice({ incident: anIncident({ title }) }) }), signal);
    expect(decodeURIComponent(farSide.asked[0]?.body ?? '')).toContain(title);
  });
});

describe('the configuration of Slack', () => {
  test('is enough to open the receiver', async () => {
    const written = { token: { env: 'SLACK_BOT_TOKEN' }, channel: 'C0123456789' };
    const asked: unknown[] = [];
    const secret = async (reference: unknown): Promise<string> => {
      asked.push(reference);
      return TOKEN;
    };
    const receiver = await openSlack('data-team', slackConfig.parse(written), { secret });
    expect(receiver).toMatchObject({ name: 'data-team', integration: 'slack', abilities: { maxMessages: 10 } });
    expect(asked).toEqual([written.token]);
  });

  const valid = { token: { env: 'SLACK_BOT_TOKEN' }, channel: 'C0123456789' };
  test.each([
    ['a token and a channel', valid, true],
    ['all keys', { ...valid, mentions, samples: true, max_messages: 3, api_url: 'https://proxy.example/slack' }, true],
    ['a stand-in on this machine', { ...valid, api_url: 'http://127.0.0.1:1234/api' }, true],
    ['a token in plain text', { ...valid, token: 'xoxb-1' }, false],
    ['a channel by name', { ...valid, channel: '#data' }, false],
    ['a mention of everybody', { ...valid, mentions: { Ana: '!here' } }, false],
    ['a mention of a channel', { ...valid, mentions: { Ana: 'C0123456789' } }, false],
    ['http to another machine', { ...valid, api_url: 'http://slack.example/api' }, false],
    ['an unknown key', { ...valid, chanel: 'C1' }, false],
  ])('with %s', (_, written, isValid) => {
    expect(slackConfig.safeParse(written).success).toBe(isValid);
  });
});
