import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { outputJson } from 'fs-extra/esm';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { type Asked, FarSide } from './contracts/far-side.ts';
import { PLENTY } from './deliveries/life.ts';
import { DeliveryProject, receivers, SECRETS } from './deliveries/project.ts';
import { columnTest, manifestJson, runResultsJson } from './project.ts';
import { problemsOfMessage } from './receivers/block-kit.ts';
import { type EmulatedSlack, emulatedSlack, WEBHOOK_PATH } from './receivers/slack-emulator.ts';

/**
 * Text that an enemy has written into a project, wherever dbt lets him, and what each sink would take for more than text.
 * Whatever else he may think of is tried at random in the tests of each sink.
 */

const controls: readonly (readonly [what: string, text: string])[] = [
  ['calls a channel of Slack', '<!channel> <!here|x> <!everyone>'],
  ['calls a person or a group of Slack', '<@U0123456789> <!subteam^S0123456789>'],
  ['is a link in Slack', '<https://e.vil|click> <mailto:a@b.co|a>'],
  ['is escaped already', '&lt;!channel&gt; &amp;lt;!here&amp;gt;'],
  ['is markup of Slack', '*bold* _it_ ~no~ `code` ```block``` :smile:\n> quoted'],
  ['switches on Datadog’s markdown', '%%%\n**bold** ![](https://e.vil/x.png)\n%%% %%%%%%'],
  ['calls somebody in Datadog', '@all @slack-ops @pagerduty-x @ana@shop.example'],
  ['moves the cursor of a terminal', '\u001b[2J\u001b[1;1H\u001b[31mred\u001b[0m\u009b2J'],
  [
    'writes the title or a link of a terminal',
    '\u001b]0;title\u0007 \u001b]8;;https://e.vil\u001b\\x\u001b]8;;\u001b\\',
  ],
  ['writes over its line', 'bad\rgood\u0008\u0008\u007f\u0000'],
  ['turns the direction or hides', 'abc\u202efed\u202c \u2066x\u2069 a\u200bb\ufeff \u{e0041}'],
  ['is HTML', '<script>alert(1)</script><img src=x onerror=alert(1)></details></td> <!-- '],
  ['ends what stands around it in XML', ']]> <![CDATA[ &x; "\' <?xml ?>'],
  [
    'is a link, an image or a mention in Markdown',
    '[a](javascript:alert(1)) ![a](https://e.vil) @octocat #12 www.e.vil',
  ],
  ['ends a table or code in Markdown', '| a | b |\n```\n---\n# Heading'],
];

/** A project whose every word is this one. */
function projectOf(text: string) {
  const meta = { owner: text, dq_report: { severity: 'critical' } };
  return {
    [`model.${text.replaceAll('.', '')}`]: { name: text, description: text, original_file_path: `models/${text}.sql` },
    'model.orders': { name: `orders ${text}`, description: text, config: { meta }, tags: [text], group: text },
    [`group.g`]: { name: text, owner: { name: text, email: text, slack: text } },
    'test.orders_are_paid': columnTest(text, 'model.orders', text, { name: text, description: text, config: { meta } }),
    'exposure.sales': { reads: ['model.orders'], label: text, url: text, owner: { name: text, email: text } },
  };
}

const resultsOf = (text: string) => ({
  'model.orders': 'success',
  'test.orders_are_paid': { status: 'fail', failures: 5, message: text },
  [`model.${text.replaceAll('.', '')}`]: { status: 'error', message: text },
});

let emulator: EmulatedSlack;
beforeAll(async () => {
  emulator = await emulatedSlack(SECRETS.SLACK_BOT_TOKEN);
});
afterAll(() => emulator.stop());

let slack: FarSide;
let others: FarSide;
let project: DeliveryProject;
beforeEach(async () => {
  emulator.reset();
  slack = await FarSide.start((asked) => emulator.forward(asked));
  others = await FarSide.start(({ path }) => ({
    status: path === '/hook' ? 404 : 202,
    body: JSON.stringify({ status: path === '/v2/enqueue' ? 'success' : 'ok' }),
  }));
  project = await DeliveryProject.make();
  const addresses = { HOOK_URL: `${others.url}/hook`, SLACK_WEBHOOK_URL: `${slack.url}${WEBHOOK_PATH}` };
  project.env = { ...project.env, ...addresses };
  const { slack: bot, pagerduty, datadog, webhook, slackWebhook } = receivers;
  const all = [bot(slack.url), pagerduty(others.url), datadog(others.url), webhook(), slackWebhook()];
  await project.tell(all, PLENTY);
});
afterEach(async () => {
  await Promise.all([slack.stop(), others.stop(), project.remove()]);
});

/** What no text that is read by people has in it. */
const UNSEEN =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/u;
/** The zero-width space, by which Markdown takes mentions apart, is our own. */
const UNSEEN_IN_MARKDOWN =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/u;

function formOf({ path, body }: Asked): unknown {
  if (path === WEBHOOK_PATH) return JSON.parse(body);
  return Object.fromEntries(
    [...new URLSearchParams(body)].map(([name, value]) => [name, name === 'blocks' ? JSON.parse(value) : value]),
  );
}

/** Every text in some JSON. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

describe.each(controls)('text that %s', (_, text) => {
  beforeEach(async () => {
    const at = project.hour(0).toISOString();
    await outputJson(join(project.cwd, 'target/manifest.json'), manifestJson(projectOf(text)));
    await outputJson(join(project.cwd, 'target/run_results.json'), {
      ...runResultsJson(resultsOf(text)),
      metadata: { dbt_version: '1.11.16', invocation_id: 'run-0', generated_at: at },
    });
  });

  test('is only text at every receiver, and on the terminal by every command', async () => {
    const report = await project.dqReport(0, '--environment', text, '--verbose');
    expect(report).toMatchObject({ exit: 3, stderr: expect.stringContaining('not delivered') });

    const posted = slack.asked.filter(({ path }) => path === WEBHOOK_PATH || path.endsWith('/chat.postMessage'));
    expect(posted).toHaveLength(4);
    expect(posted.flatMap((asked) => problemsOfMessage(formOf(asked), []))).toEqual([]);

    const told = (path: string): string =>
      others.asked
        .filter((asked) => asked.path === path)
        .flatMap(({ body }) => textsIn(JSON.parse(body)))
        .join('\n');
    expect(told('/api/v1/events') + told('/api/v1/check_run') + told('/api/v1/series')).not.toMatch(/@|%%/);
    for (const path of ['/api/v1/events', '/api/v1/check_run', '/api/v1/series', '/v2/enqueue']) {
      expect(told(path).length).toBeGreaterThan(0);
      expect(told(path)).not.toMatch(UNSEEN);
    }

    const { incidents } = JSON.parse((await project.dqReport(0, 'incidents', '--format', 'json')).stdout);
    const { deliveries } = JSON.parse((await project.dqReport(0, 'deliveries', '--format', 'json')).stdout);
    const said = [
      report,
      await project.dqReport(0, '--environment', text, '--dry-run'),
      await project.dqReport(0, 'incidents'),
      await project.dqReport(0, 'incidents', 'show', incidents[0].id),
      await project.dqReport(0, 'routes', 'test', '--verbose', '--environment', text),
      await project.dqReport(0, 'routes', 'test', `severity=${text}`),
      await project.dqReport(0, 'deliveries', '--all'),
      await project.dqReport(0, 'deliveries', 'drop', deliveries[0].id, '--reason', text),
      await project.dqReport(0, 'deliveries', 'drop', text, '--reason', text),
      await project.dqReport(0, 'incidents', 'show', text),
      await project.dqReport(0, '--format', text),
      await project.dqReport(0, '--environment', text, '--output', `${text}/\u0000`),
      await project.dqReport(0, '--state', `x://${text}`),
      await project.dqReport(0, '--config', text),
    ];
    for (const { stdout, stderr } of said) expect(stdout + stderr).not.toMatch(UNSEEN);
    const { stdout: listed } = await project.dqReport(0, 'deliveries', '--all', '--format', 'json');
    const { stdout: json } = await project.dqReport(0, '--format', 'json');
    // Programs get it as it is, in JSON's escapes.
    expect(listed + json).not.toContain('\u001b');
  });

  test('is only text in reports for other programs', async () => {
    const { stdout: markdown } = await project.dqReport(0, '--environment', text, '--format', 'markdown');
    expect(markdown).not.toMatch(UNSEEN_IN_MARKDOWN);
    const nodes = nodesOf(fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }));
    expect(nodes.filter(({ type }) => type === 'heading')).toHaveLength(6);
    expect(nodes.filter(({ type }) => type === 'link' || type === 'image')).toEqual([]);
    // What folds is our own.
    expect(
      nodes.filter(({ type, value }) => type === 'html' && !/^<\/?(?:details|summary)>/.test(value ?? '')),
    ).toEqual([]);
    // In code nobody is called.
    const prose = nodes.flatMap(({ type, value = '' }) => (type === 'text' ? [value] : [])).join('\n');
    expect(prose).not.toMatch(/@octocat|#12|www\.e|https:\/\/e/);
    const { stdout: junit } = await project.dqReport(0, '--environment', text, '--format', 'junit');
    expect(junit.match(/<testcase /g)).toHaveLength(3);
    expect(junit).not.toMatch(/<script|<img|<!|\]\]>|&x;|[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
  });
});

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly Node[];
}

function nodesOf(node: Node): readonly Node[] {
  return [node, ...(node.children ?? []).flatMap(nodesOf)];
}
