/** Puts the messages of an incident's life into docs/slack.md, as Slack gets them today. */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Notice, NoticeCause, Order } from '../src/receivers/receiver.ts';
import { SAMPLE_NOTICE } from '../src/receivers/sample-notice.ts';
import type { SlackBlock, SlackMessage } from '../src/receivers/slack-blocks.ts';
import { digestMessage, slackMessages } from '../src/receivers/slack-message.ts';

const page = resolve(import.meta.dirname, '../docs/slack.md');
const place = /(<!-- messages -->\n)[^]*(\n<!-- end of messages -->)/;

const group = 'S0123ABCD';
const rendering = { mentions: { 'Growth analytics': group } };

interface Step {
  readonly title: string;
  readonly order: Order;
}

/** The page with the messages of today. */
export async function slackDocsOfToday(): Promise<{ readonly now: string; readonly wanted: string }> {
  const now = await readFile(page, 'utf8');
  const told = [...story().map(({ title, order }) => `### ${title}\n\n${shown(order)}`), laterDigest()];
  return {
    now,
    wanted: now.replace(place, (_, start: string, end: string) => `${start}\n${told.join('\n\n')}\n${end}`),
  };
}

function shown(order: Order): string {
  const previous = order.action === 'open' || order.action === 'digest' ? null : {};
  const { message, replies } = slackMessages({ deliveryId: 'delivery', order, previous }, rendering);
  const thread = replies[0]?.isBroadcast === true ? 'In the thread, and in the channel as well' : 'In the thread';
  // Edits disturb nobody.
  const disturbing = replies.length === 0 || order.action === 'digest' ? message : null;
  return [
    ...(disturbing === null ? ['The message becomes:'] : [lockScreen(disturbing)]),
    fence(asText(message)),
    ...replies.flatMap((reply) => [`${thread}:`, lockScreen(reply), fence(asText(reply))]),
  ].join('\n\n');
}

function laterDigest(): string {
  const posted = night();
  const [stale, model, revenue, ...rest] = posted;
  if (stale === undefined || model === undefined || revenue === undefined) throw new Error('There are five.');
  const at = '2026-01-03T06:00:00.000Z';
  const worse = next(revenue, {
    reason: 'worsened',
    at,
    incident: { failures: 980, runs: 2, recent: 'FF' },
    message: '980 of 8,377 orders (11.7 %) · 80,112.90 of 731,004.50 revenue',
  });
  const mended = next(model, { reason: 'resolved', at, incident: { state: 'resolved', endedAt: at }, message: null });
  const notices = [stale, mended, worse, ...rest];
  const message = digestMessage({ deliveryId: 'delivery', receipt: {}, posted, notices }, rendering);
  return `### One of the digest is mended, and one gets worse\n\nThe message becomes:\n\n${fence(asText(message))}`;
}

function lockScreen({ text }: SlackMessage): string {
  return fence(`Lock screen: ${unescaped(text)}`);
}

function fence(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}

function asText({ blocks }: SlackMessage): string {
  return blocks.map(blockText).join('\n\n');
}

function blockText(block: SlackBlock): string {
  switch (block.type) {
    case 'header':
      return block.text.text;
    case 'section':
      return block.text.type === 'mrkdwn' ? markupText(block.text.text) : block.text.text;
    case 'context':
      return block.elements.map(({ text }) => text).join('  ');
  }
}

/** As Slack draws it: the group by its name, a link by its title. */
function markupText(markup: string): string {
  return unescaped(markup.replaceAll(`<!subteam^${group}>`, '@growth').replaceAll(/<[^|>]*\|([^>]*)>/g, '[$1]'));
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** One incident from its first morning to its end, and a night on which much breaks at once. */
function firstNotice(): Notice {
  const cause: NoticeCause = {
    message: [
      '77 of 294 orders without a value (26.2 %) · 64,569.00 of 294,461.40 revenue · 2025-02-23 to 2025-03-08 (14 days)',
    ],
    meaning: 'Orders without a client cannot be invoiced. Look at the checkout first: it sends the client since 2024.',
    category: 'business_critical',
    raised: null,
    errorClass: null,
    owner: { name: 'Growth analytics', email: 'growth@shop.example', slack: null, reason: 'group growth of orders' },
    path: 'models/marts/schema.yml',
    models: 12,
    blockedModels: 4,
    exposures: [
      { name: 'Weekly sales', verdict: 'wrong', url: null },
      { name: 'Churn', verdict: 'late', url: null },
    ],
    folded: '1 model and 3 tests skipped',
    symptoms: ['fct_revenue', 'unique_fct_revenue_day', 'not_null_fct_revenue_day', 'revenue_is_positive'],
    upstreamSuspects: [],
    further: { exposures: 0, doubtful: 0, symptoms: 0, suspects: 0 },
    nextCommand: 'dbt build --select orders+ --target prod',
    explainedBy: null,
    samples: [],
  };
  const links = [{ title: 'Runbook', url: 'https://wiki.shop.example/orders' }];
  return {
    ...SAMPLE_NOTICE,
    incident: { ...SAMPLE_NOTICE.incident, id: '3f9c2a81d04e', severity: 'error', failures: 77 },
    cause,
    links,
  };
}

function story(): readonly Step[] {
  const opened = firstNotice();
  const worse = next(opened, {
    reason: 'worsened',
    at: '2026-01-02T18:00:00.000Z',
    incident: { severity: 'critical', failures: 180, runs: 3, recent: 'FFF' },
    message:
      '180 of 310 orders without a value (58.1 %) · 151,020.00 of 301,118.20 revenue · 2025-02-23 to 2025-03-08 (14 days)',
  });
  const eased = next(worse, {
    reason: 'eased',
    at: '2026-01-03T06:00:00.000Z',
    incident: { severity: 'error', failures: 9, runs: 4, recent: 'FFFF' },
    message: '9 of 322 orders without a value (2.8 %) · 7,411.50 of 310,004.10 revenue · 2025-03-08 (1 day)',
  });
  const flapping = next(eased, {
    reason: 'flapping',
    at: '2026-01-04T18:00:00.000Z',
    incident: { failures: 9, runs: 6, recent: 'FFFFPFPF', flapping: true },
    message: '9 of 322 orders without a value (2.8 %) · 7,411.50 of 310,004.10 revenue · 2025-03-08 (1 day)',
  });
  const resolved = next(flapping, {
    reason: 'resolved',
    at: '2026-01-05T18:00:00.000Z',
    incident: {
      state: 'resolved',
      endedAt: '2026-01-05T18:00:00.000Z',
      runs: 6,
      recent: 'FFFFPFPFPPP',
      flapping: false,
    },
    message: null,
  });
  return [
    { title: 'It opens', order: { action: 'open', notice: opened } },
    { title: 'It gets worse', order: { action: 'update', notice: worse, loud: true } },
    { title: 'It gets better', order: { action: 'update', notice: eased, loud: false } },
    { title: 'It fails and passes in turns', order: { action: 'update', notice: flapping, loud: true } },
    { title: 'It is mended', order: { action: 'close', notice: resolved } },
    { title: 'A model does not build', order: { action: 'open', notice: brokenModel() } },
    { title: 'Many at once: a digest', order: { action: 'digest', notices: night() } },
  ];
}

interface Next extends Pick<Notice, 'reason' | 'at'> {
  readonly incident: Partial<Notice['incident']>;
  readonly message: string | null;
}

function next(before: Notice, { reason, at, incident, message }: Next): Notice {
  const { severity, failures } = before.incident;
  return {
    ...before,
    reason,
    at,
    incident: { ...before.incident, ...incident },
    cause: message === null || before.cause === null ? null : { ...before.cause, message: [message] },
    history: [...before.history, { reason: before.reason, at: before.at, severity, failures }],
  };
}

function brokenModel(): Notice {
  return {
    ...SAMPLE_NOTICE,
    incident: {
      ...SAMPLE_NOTICE.incident,
      id: '8e01c77b52aa',
      title: 'stg_payments could not be built: a column is missing',
      kind: 'model_errored',
      severity: 'error',
      failures: null,
    },
    links: [],
    cause: {
      message: [
        'column "paid_at" does not exist',
        'LINE 14:     p.paid_at::date as day,',
        '             ^',
        'HINT:  Perhaps you meant to reference the column "p.payed_at".',
      ],
      meaning: null,
      category: 'pipeline',
      raised: null,
      errorClass: 'missing_column',
      owner: null,
      path: 'models/staging/stg_payments.sql',
      models: 3,
      blockedModels: 3,
      exposures: [{ name: 'Cash flow', verdict: 'late', url: null }],
      folded: '3 models and 11 tests skipped',
      symptoms: ['fct_payments', 'fct_refunds', 'cash_flow_daily'],
      upstreamSuspects: [],
      further: { exposures: 0, doubtful: 0, symptoms: 0, suspects: 0 },
      nextCommand: 'dbt build --select stg_payments+ --target prod',
      explainedBy: null,
      samples: [],
    },
  };
}

function night(): readonly Notice[] {
  const opened = firstNotice();
  const one = (title: string, severity: Notice['incident']['severity'], message: string, index: number): Notice => ({
    ...opened,
    incident: { ...opened.incident, id: `00000000000${index}`, title, severity },
    links: [],
    cause: opened.cause === null ? null : { ...opened.cause, message: [message] },
  });
  const titles = [
    ['Source web.events is stale', 'error', 'Newest data is 38 hours old (2026-01-01 16:00); error after 24 hours.'],
    ['stg_payments could not be built: a column is missing', 'error', 'column "paid_at" does not exist'],
    [
      'revenue_matches_item_sum on fct_orders',
      'critical',
      '412 of 8,120 orders (5.1 %) · 31,870.20 of 710,330.00 revenue',
    ],
    ['unique order_id on fct_orders', 'error', '4 duplicated values'],
    ['accepted_values status on orders', 'warning', '1 unexpected value'],
  ] as const;
  return titles.map(([title, severity, message], index) => one(title, severity, message, index));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await writeFile(page, (await slackDocsOfToday()).wanted);
}
