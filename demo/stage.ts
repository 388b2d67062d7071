import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wrapAnsi } from 'fast-wrap-ansi';
import colours from 'picocolors';
import { parseDocument } from 'yaml';
import { showChannel } from './alerts/slack-view.ts';
import { startStandIns, type StandIns } from './alerts/stand-ins.ts';
import { pagerdutyEvents, showDatadog, showPagerduty } from './alerts/vendors-view.ts';
import { checkStory, type PlayedDay } from './check-story.ts';
import { demoDir, pathFrom, root, type RunFolder, runReport, say, STAND_IN_SECRETS } from './commands.ts';
import { withoutUnchanged } from './report-view.ts';
import { type Day, DAYS, FOLLOWED } from './story.ts';

/** The channels of demo/alerts/dq-report.yml, and who is called in them. */
const CHANNELS: readonly (readonly [id: string, name: string])[] = [
  ['C000000002', '#commerce-analytics'],
  ['C000000001', '#data-team'],
];
const NAMES = { S000000001: 'commerce-analytics' } as const;
/** In characters; longer lines are hard to read. */
const WIDTH = 100;

/** Runs dq-report on the artifacts of each day, and prints what everybody gets to see. */
export interface Stage {
  /** @param remark what is special about this telling */
  begin(remark: string): void;
  announce(day: Day): void;
  /** @param artifacts flags of dq-report */
  show(day: Day, artifacts: readonly string[]): Promise<void>;
  /** @throws {DemoError} if the story did not go as it was told */
  end(): void;
  close(): Promise<void>;
}

export async function openStage(folder: RunFolder, verbose: boolean): Promise<Stage> {
  const standIns = await startStandIns({
    slack: STAND_IN_SECRETS.SLACK_BOT_TOKEN,
    pagerduty: STAND_IN_SECRETS.PAGERDUTY_ROUTING_KEY,
    datadog: STAND_IN_SECRETS.DD_API_KEY,
  });
  writeFileSync(folder.config, configFor(standIns));
  const look = { width: Math.max(40, Math.min(process.stdout.columns ?? WIDTH, WIDTH)), verbose };
  const played: PlayedDay[] = [];

  function prose(text: string): void {
    say(wrapAnsi(text, look.width));
  }

  /** Who is to be looked at, and for what. */
  function title(who: string, lookAt: string): void {
    say(colours.cyan(`── ${colours.bold(who)} ${'─'.repeat(look.width - who.length - 4)}`));
    prose(`Look at: ${lookAt}\n`);
  }

  function begin(remark: string): void {
    prose(
      `\nThree days of a web shop: faults appear, change and are mended. Slack, PagerDuty and Datadog are stand-ins on this machine, and nothing leaves it. ${remark}`,
    );
  }

  function announce({ number, title: name, happened }: Day): void {
    const line = '═'.repeat(look.width);
    say(`\n${line}\n${colours.bold(`Day ${number} of ${DAYS.length}: ${name}`)}\n${line}`);
    prose(`${happened}\n`);
  }

  async function show({ number, lookAt }: Day, artifacts: readonly string[]): Promise<void> {
    const { text, hasFindings } = await runReport({ artifacts, state: folder.state, config: folder.config, verbose });
    const received = standIns.takeReceived();
    const channels = new Map(
      await Promise.all(CHANNELS.map(async ([id]) => [id, await standIns.messagesIn(id)] as const)),
    );
    played.push({ hasFindings, received, channels });

    const files = folder.day(number);
    mkdirSync(files.path, { recursive: true });
    writeFileSync(files.report, text);
    writeFileSync(files.received, `${JSON.stringify(received, null, 2)}\n`);
    writeFileSync(files.channels, `${JSON.stringify(Object.fromEntries(channels), null, 2)}\n`);

    title('dq-report', lookAt.report);
    say(verbose ? text : withoutUnchanged(text));
    title('Slack', lookAt.slack);
    for (const [id, name] of CHANNELS) {
      const days = played.map((day) => day.channels.get(id) ?? []);
      say(`${colours.bold(name)}\n\n${showChannel(days, NAMES, look.width)}\n`);
    }
    title('PagerDuty', lookAt.pagerduty);
    const requests = played.map((day) => day.received);
    say(`${showPagerduty(requests, look)}\n`);
    title('Datadog', lookAt.datadog);
    say(showDatadog(received, FOLLOWED, look));
  }

  function end(): void {
    checkStory(played);
    const line = '═'.repeat(look.width);
    say(`\n${line}\n${colours.bold('The story in short')}\n${line}`);
    for (const [index, day] of played.entries()) say(`Day ${index + 1}: ${inShort(day)}`);
    prose(
      `\nReports in full and all that was sent, day by day: ${pathFrom(root, folder.day(1).path)}/ and so on. Who is told what: demo/alerts/dq-report.yml. For your own project: "Tell somebody" in README.md.`,
    );
  }

  return { begin, announce, show, end, close: () => standIns.stop() };
}

/** "Slack: 3 posted · PagerDuty: 3 triggered · Datadog: 9 requests". */
function inShort({ received }: PlayedDay): string {
  const slack = received.filter(({ vendor }) => vendor === 'slack');
  const isReply = (body: unknown): boolean => Object(body).thread_ts !== undefined;
  const posts = slack.filter(({ path, body }) => path.endsWith('/chat.postMessage') && !isReply(body));
  const replies = slack.filter(({ path, body }) => path.endsWith('/chat.postMessage') && isReply(body));
  const edits = slack.filter(({ path }) => path.endsWith('/chat.update'));
  const events = pagerdutyEvents(received);
  const triggers = events.filter(({ action }) => action === 'trigger');
  const resolves = events.filter(({ action }) => action === 'resolve');
  const requests = received.filter(({ vendor }) => vendor === 'datadog');
  return [
    `Slack: ${counts([
      [posts, 'posted'],
      [edits, 'edited'],
      [replies, 'replied'],
    ])}`,
    `PagerDuty: ${counts([
      [triggers, 'triggered'],
      [resolves, 'resolved'],
    ])}`,
    `Datadog: ${requests.length} requests`,
  ].join(' · ');
}

function counts(all: readonly (readonly [those: readonly unknown[], word: string])[]): string {
  return all
    .filter(([those]) => those.length > 0)
    .map(([those, word]) => `${those.length} ${word}`)
    .join(', ');
}

/** The configuration of the demo, with the addresses of the stand-ins. */
function configFor({ urls }: StandIns): string {
  const config = parseDocument(readFileSync(join(demoDir, 'alerts', 'dq-report.yml'), 'utf8'));
  const { receivers }: { receivers: readonly Readonly<Record<string, unknown>>[] } = config.toJS();
  for (const [index, receiver] of receivers.entries())
    for (const [vendor, url] of Object.entries(urls))
      if (vendor in receiver) config.setIn(['receivers', index, vendor, 'api_url'], url);
  return config.toString({ lineWidth: 0 });
}
