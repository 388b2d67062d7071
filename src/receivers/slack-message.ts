import { formatNumber } from '../findings/message.ts';
import { shortened } from '../findings/plain.ts';
import { type Owner, rankOf, SEVERITIES } from '../findings/finding.ts';
import type { Incident } from '../incidents/incident.ts';
import { count, formatTime, personOf } from '../incidents/wording.ts';
import { changeSentence, clean, factsOf, isRaised, oneLine, timeWords, stateWord } from './notice-words.ts';
import type { Link, Notice, Task } from './receiver.ts';

/**
 * What Slack shows of a task. Pure. Text from artifacts goes into `plain_text` only, which knows no markup, mention or
 * link; mrkdwn is made of the configuration alone. (`rich_text` would do as well, but a message with it can only be edited
 * into another one with it: `block_mismatch`.)
 */
export interface SlackMessage {
  /** What a lock screen and a screen reader tell; escaped. */
  readonly text: string;
  readonly blocks: SlackBlock[];
  /** All of it in escaped text, for when Slack refuses the blocks. */
  readonly plainText: string;
  readonly metadata: Metadata;
  /** Whether a reply shows in the channel as well. */
  readonly isBroadcast: boolean;
}

/** Not read-only, because the client's types are not. */
export type SlackBlock =
  | { type: 'header'; text: PlainText }
  | { type: 'section'; text: PlainText | Mrkdwn }
  | { type: 'context'; elements: PlainText[] };

interface PlainText {
  type: 'plain_text';
  text: string;
  /** False, so that `a:b:c` stays what it is. */
  emoji: false;
}

interface Mrkdwn {
  type: 'mrkdwn';
  text: string;
  /** True, so that nothing becomes a link by itself. */
  verbatim: true;
}

/** By which a message is found again after a crash. */
export interface Metadata {
  readonly event_type: typeof EVENT_TYPE;
  readonly event_payload: { readonly delivery_id: string; readonly part: string };
}

export const EVENT_TYPE = 'dq_report_delivery';

export interface Rendering {
  /** Name, email or Slack handle of an owner → id of a user (U…, W…) or a user group (S…). */
  readonly mentions: Readonly<Record<string, string>>;
  readonly samples: boolean;
}

export interface SlackMessages {
  /** The message itself: posted, or in the place of the one before. */
  readonly message: SlackMessage;
  /** What the thread gets, in this order. */
  readonly replies: readonly SlackMessage[];
}

export function slackMessages({ order, deliveryId, previous }: Task, rendering: Rendering): SlackMessages {
  const finish = (draft: Draft, part: number): SlackMessage => finished(draft, deliveryId, part);
  switch (order.action) {
    case 'open':
      return { message: finish(incidentDraft(order.notice, rendering, true), 0), replies: [] };
    case 'update': {
      // Without a message before it, this one calls those whom the reply would call.
      const isFirst = previous === null && order.loud && isWorse(order.notice);
      return {
        message: finish(incidentDraft(order.notice, rendering, isFirst), 0),
        replies: order.loud ? [finish(replyDraft(order.notice, rendering), 1)] : [],
      };
    }
    case 'close':
      return {
        message: finish(incidentDraft(order.notice, rendering, false), 0),
        replies: [finish(replyDraft(order.notice, rendering), 1)],
      };
    case 'digest': {
      const [first, ...rest] = digestDrafts(order.notices, rendering);
      return { message: finish(first, 0), replies: rest.map((draft, index) => finish(draft, index + 1)) };
    }
  }
}

/** A message before it is cut into blocks: a heading, paragraphs of data, and what the configuration gives. */
interface Draft {
  readonly lockScreen: string;
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly mentions: readonly string[];
  readonly links: readonly Link[];
  readonly footer: string | null;
  readonly isBroadcast: boolean;
}

// https://docs.slack.dev/reference/block-kit/blocks/header-block and …/composition-objects/text-object
const HEADER = 150;
const SECTION = 3000;
/** So much of the 8,000 characters of a message is data; the rest is for heading, mentions, links and lock screen. */
const DATA = 4800;
/** Four lines of a phone; escapes make it longer. */
const LOCK_SCREEN = 300;
const LOCK_SCREEN_ESCAPED = 1000;
/** Where `chat.update` begins to refuse: `msg_too_long`. */
const PLAIN_TEXT = 3900;
const MESSAGE = 1100;
const MESSAGE_LINES = 12;
const MEANING = 500;
const TITLE = 400;
const FACTS = 2200;

function incidentDraft(notice: Notice, rendering: Rendering, isFirst: boolean): Draft {
  const { incident, cause, links } = notice;
  const heading = headingOf(notice);
  const isOpen = incident.state === 'open';
  const facts = cause === null ? [] : factsOf(cause, rendering);
  return {
    lockScreen: lockScreenOf(notice, heading),
    heading,
    paragraphs: [
      // A heading that is too long is told in full.
      heading.length > HEADER ? oneLine(incident.title, TITLE) : '',
      `${changeSentence(notice)} · ${timeWords(notice)}`,
      messageOf(notice),
      cause === null ? '' : oneLine(cause.meaning ?? '', MEANING),
      isOpen ? shortened(facts.map(({ label, text }) => `${label}: ${text}`).join('\n'), FACTS) : '',
    ],
    mentions: isFirst && isOpen ? mentionsOf([cause?.owner ?? null], rendering) : [],
    links,
    footer: footerOf(notice),
    isBroadcast: false,
  };
}

/** One line or two for the thread: what changed. The message above it says the rest. */
function replyDraft(notice: Notice, rendering: Rendering): Draft {
  const { incident, cause } = notice;
  const [first = ''] = cause?.message ?? [];
  const sentence = `${glyphOf(incident)} ${changeSentence(notice)}`;
  return {
    lockScreen: `${sentence} · ${oneLine(incident.title)}`,
    heading: '',
    // The title, because a thread of a digest holds many incidents, and a thread's own message can be far up.
    paragraphs: [
      `${sentence}\n${oneLine(incident.title, TITLE)}`,
      incident.state === 'open' ? oneLine(first, MEANING) : '',
    ],
    mentions: isWorse(notice) ? mentionsOf([cause?.owner ?? null], rendering) : [],
    links: [],
    footer: null,
    isBroadcast: isWorse(notice) && isRaised(notice),
  };
}

/** "🔴 Critical in prod: not_null client_id on orders". */
function headingOf({ incident, environment }: Notice): string {
  const where = environment === null ? '' : ` in ${oneLine(environment, 40)}`;
  return `${glyphOf(incident)} ${stateWord(incident)}${where}: ${oneLine(incident.title)}`;
}

const DOUBTFUL_NAMED = 2;

function isWorse({ reason }: Notice): boolean {
  return reason === 'worsened' || reason === 'reopened';
}

/** Severity, fault, how much, and the dashboards: read alone, without opening Slack. */
function lockScreenOf(notice: Notice, heading: string): string {
  const { cause, incident } = notice;
  if (incident.state !== 'open') return `${oneLine(heading, 160)} · ${changeSentence(notice)}`;
  const doubtful = (cause?.exposures ?? []).filter(({ verdict }) => verdict !== 'safe');
  const named = doubtful.slice(0, DOUBTFUL_NAMED).map(({ name, verdict }) => `${oneLine(name, 50)} ${verdict}`);
  const more = doubtful.length - named.length;
  const parts = [
    oneLine(heading, 160),
    measuresOf(oneLine(cause?.message[0] ?? '')),
    `${named.join(', ')}${more > 0 ? ` and ${formatNumber(more)} more in doubt` : ''}`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

const MEASURES = 100;

/** As many whole measures as a glance takes: "77 of 294 orders (26.2 %) · 64,569 of 294,461 revenue". */
function measuresOf(line: string): string {
  const [first = '', ...others] = line.split(' · ');
  const whole = others.reduce(
    (text, part) => (text.length + part.length + 3 > MEASURES ? text : `${text} · ${part}`),
    first,
  );
  return oneLine(whole, MEASURES);
}

function messageOf({ incident, cause }: Notice): string {
  if (incident.state !== 'open' || cause === null) return '';
  const lines = cause.message.map((line) => clean(line).replaceAll('\n', ' ').trimEnd());
  const shown = lines.slice(0, MESSAGE_LINES);
  const more = lines.length - shown.length;
  const text = shortened(shown.join('\n'), MESSAGE);
  return more === 0 ? text : `${text}\n… ${count(more, 'more line')} in the report of dq-report`;
}

function footerOf({ incident, project, environment, at }: Notice): string {
  return [project, environment, formatTime(at), `incident ${incident.id}`]
    .filter((part) => part !== null)
    .map((part) => oneLine(part, 100))
    .join(' · ');
}

/** Never the only sign: the word stands beside it. */
function glyphOf({ state, severity, flapping }: Incident): string {
  if (state === 'resolved') return '✅';
  if (state === 'retired') return '⚪';
  if (flapping) return '🔁';
  return { critical: '🔴', error: '🟠', warning: '🟡' }[severity];
}

/** Ids of users and groups, each once, in the order of the owners. */
function mentionsOf(owners: readonly (Owner | null)[], { mentions }: Rendering): readonly string[] {
  const byName = new Map(Object.entries(mentions).map(([name, id]) => [name.toLowerCase(), id]));
  const words = owners.flatMap((owner) => (owner === null ? [] : [owner.name, owner.email, owner.slack]));
  // Several owners of one thing are joined by a comma.
  const names = words.flatMap((word) => (word === null ? [] : [word, ...word.split(',')]));
  return [...new Set(names.flatMap((name) => byName.get(name.trim().toLowerCase()) ?? []))];
}

const MENTIONS_AT_MOST = 20;
/** Nobody reads more of a line in a list. */
const DIGEST_TITLE = 300;
const DIGEST_HEADLINE = 110;
const DIGEST_OWNER = 60;

/** In as few messages as hold a line of each, worst first. */
function digestDrafts(notices: readonly Notice[], rendering: Rendering): readonly [Draft, ...Draft[]] {
  const ranked = notices.toSorted((a, b) => rankInDigest(a) - rankInDigest(b));
  const heading = digestHeading(ranked);
  const parts = packed(groupedLines(ranked));
  const told = ranked.filter(({ incident, reason }) => incident.state === 'open' && isNews(reason));
  const drafts = parts.map((paragraphs, index): Draft => {
    const where = parts.length === 1 ? '' : ` (${index + 1} of ${parts.length})`;
    const isFirst = index === 0;
    return {
      lockScreen: isFirst
        ? `${heading} · ${oneLine(ranked[0]?.incident.title ?? '', 150)}`
        : `${shortHeading(heading)}${where}`,
      heading: `${isFirst ? heading : shortHeading(heading)}${where}`,
      paragraphs,
      mentions: isFirst
        ? mentionsOf(
            told.map(({ cause }) => cause?.owner ?? null),
            rendering,
          )
        : [],
      links: isFirst ? commonLinks(ranked) : [],
      footer: isFirst ? digestFooter(ranked) : null,
      isBroadcast: false,
    };
  });
  const [first, ...rest] = drafts;
  return [first ?? emptyDigest, ...rest];
}

const emptyDigest: Draft = {
  lockScreen: 'No causes',
  heading: 'No causes',
  paragraphs: [],
  mentions: [],
  links: [],
  footer: null,
  isBroadcast: false,
};

function isNews(reason: Notice['reason']): boolean {
  return reason === 'opened' || reason === 'reopened' || reason === 'surfaced' || reason === 'worsened';
}

function rankInDigest({ incident }: Notice): number {
  const ended = ['resolved', 'retired'].indexOf(incident.state);
  return ended < 0 ? rankOf(incident.severity) : SEVERITIES.length + ended;
}

/** "🔴 60 causes in prod: 3 critical, 40 error; 2 mended". */
function digestHeading(ranked: readonly Notice[]): string {
  const open = ranked.filter(({ incident }) => incident.state === 'open');
  const counts = SEVERITIES.map(
    (severity) => [severity, open.filter(({ incident }) => incident.severity === severity).length] as const,
  );
  const severities = counts
    .filter(([, number]) => number > 0)
    .map(([severity, number]) => `${formatNumber(number)} ${severity}`);
  const ended = (['resolved', 'retired'] as const)
    .map(
      (state) =>
        [
          state === 'resolved' ? 'mended' : 'removed',
          ranked.filter(({ incident }) => incident.state === state).length,
        ] as const,
    )
    .filter(([, number]) => number > 0)
    .map(([word, number]) => `${formatNumber(number)} ${word}`);
  const environment = ranked[0]?.environment ?? null;
  const where = environment === null ? '' : ` in ${oneLine(environment, 40)}`;
  const glyph = ranked[0] === undefined ? '' : `${glyphOf({ ...ranked[0].incident, flapping: false })} `;
  return open.length === 0
    ? `${glyph}${ended.join(', ')}${where}`
    : `${glyph}${count(open.length, 'cause')}${where}: ${[severities.join(', '), ...ended].join('; ')}`;
}

function shortHeading(heading: string): string {
  return heading.split(': ')[0] ?? heading;
}

function digestFooter(ranked: readonly Notice[]): string {
  const [first] = ranked;
  return [first?.project ?? null, first?.environment ?? null, formatTime(first?.at ?? null)]
    .filter((part) => part !== null)
    .map((part) => oneLine(part, 100))
    .concat('more of each: dq-report incidents')
    .join(' · ');
}

interface Line {
  readonly group: string;
  readonly text: string;
}

function groupedLines(ranked: readonly Notice[]): readonly Line[] {
  return ranked.map((notice) => ({ group: groupOf(notice), text: digestLine(notice) }));
}

function groupOf({ incident }: Notice): string {
  return `${glyphOf({ ...incident, flapping: false })} ${stateWord(incident)}`;
}

/** "• not_null client_id on orders: 77 of 294 orders (worse; Growth analytics)". */
function digestLine(notice: Notice): string {
  const { incident, cause, reason } = notice;
  const owner = cause?.owner ?? null;
  const headline = incident.state === 'open' ? oneLine(cause?.message[0] ?? '', DIGEST_HEADLINE) : '';
  const remarks = [
    remarkOf(reason),
    owner === null ? null : oneLine(owner.name ?? personOf(owner), DIGEST_OWNER),
  ].filter((remark) => remark !== null);
  const title = oneLine(incident.title, DIGEST_TITLE);
  return `• ${title}${headline === '' ? '' : `: ${headline}`}${remarks.length === 0 ? '' : ` (${remarks.join('; ')})`}`;
}

/** What is new in a digest goes without saying. */
function remarkOf(reason: Notice['reason']): string | null {
  switch (reason) {
    case 'opened':
    case 'resolved':
    case 'retired':
      return null;
    case 'reopened':
      return 'back again';
    case 'worsened':
      return 'worse';
    case 'eased':
      return 'better';
    case 'ongoing':
      return 'as before';
    case 'surfaced':
      return 'surfaced';
    case 'flapping':
      return 'on and off';
    case 'unobserved':
      return 'not run';
  }
}

/** Lines into messages, each a list of paragraphs that fit a section; a group that goes on says so. */
function packed(lines: readonly Line[]): readonly (readonly string[])[] {
  const messages: string[][] = [];
  let group = '';
  let size = 0;
  for (const { group: next, text } of lines) {
    const current = messages.at(-1);
    const isFull = current === undefined || size + text.length + next.length + 20 > DATA;
    if (isFull) {
      messages.push([`${next}${group === next ? ', continued' : ''}\n${text}`]);
      size = 0;
    } else if (group !== next) current.push(`${next}\n${text}`);
    else {
      const paragraph = current.at(-1) ?? '';
      if (paragraph.length + text.length + 1 > SECTION) current.push(text);
      else current[current.length - 1] = `${paragraph}\n${text}`;
    }
    group = next;
    size += text.length + next.length + 2;
  }
  return messages;
}

/** Those that are the same for all, such as that of the run. */
function commonLinks(notices: readonly Notice[]): readonly Link[] {
  const [first, ...rest] = notices;
  return (first?.links ?? []).filter((link) =>
    rest.every(({ links }) => links.some(({ url, title }) => url === link.url && title === link.title)),
  );
}

function finished(draft: Draft, deliveryId: string, part: number): SlackMessage {
  const paragraphs = draft.paragraphs.filter((paragraph) => paragraph !== '');
  const mentions = mentionText(draft.mentions);
  const links = linkText(draft.links);
  const blocks: SlackBlock[] = [
    ...(draft.heading === '' ? [] : [{ type: 'header' as const, text: plainText(draft.heading, HEADER) }]),
    ...sectionsOf(paragraphs).map((text) => ({ type: 'section' as const, text: plainText(text, SECTION) })),
    ...[mentions, links]
      .filter((text) => text !== '')
      .map((text) => ({ type: 'section' as const, text: mrkdwn(text) })),
    ...(draft.footer === null ? [] : [{ type: 'context' as const, elements: [plainText(draft.footer, SECTION)] }]),
  ];
  const told = [draft.heading, ...paragraphs].filter((text) => text !== '').map(clean);
  return {
    text: escapedWithin(oneLine(draft.lockScreen, LOCK_SCREEN), LOCK_SCREEN_ESCAPED),
    blocks,
    plainText: [escapedWithin(told.join('\n\n'), PLAIN_TEXT - mentions.length), mentions]
      .filter((text) => text !== '')
      .join('\n\n'),
    metadata: { event_type: EVENT_TYPE, event_payload: { delivery_id: deliveryId, part: String(part) } },
    isBroadcast: draft.isBroadcast,
  };
}

/** Paragraphs that fit together share a section: Slack draws a gap between sections. Lists of a digest come cut to size. */
function sectionsOf(paragraphs: readonly string[]): readonly string[] {
  const sections: string[] = [];
  for (const paragraph of paragraphs) {
    const last = sections.at(-1);
    if (last !== undefined && last.length + paragraph.length + 2 <= SECTION)
      sections[sections.length - 1] = `${last}\n\n${paragraph}`;
    else sections.push(paragraph);
  }
  return sections;
}

function plainText(text: string, length: number): PlainText {
  const whole = clean(text);
  // The ellipsis counts as well; an empty text is refused.
  return {
    type: 'plain_text',
    text: whole.length > length ? shortened(whole, length - 1) : whole || '–',
    emoji: false,
  };
}

function mrkdwn(text: string): Mrkdwn {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** Ids come from the configuration, which lets nothing else through. */
function mentionText(ids: readonly string[]): string {
  const shown = ids.slice(0, MENTIONS_AT_MOST).map((id) => (id.startsWith('S') ? `<!subteam^${id}>` : `<@${id}>`));
  const more = ids.length - shown.length;
  return `${shown.join(' ')}${more > 0 ? ` and ${formatNumber(more)} more owners` : ''}`;
}

const LINKS = 1000;

/** As links and not as buttons, which warn people when an app has no server to answer them. */
function linkText(links: readonly Link[]): string {
  const all = links.map(({ title, url }) => `<${linkTarget(url)}|${escaped(oneLine(title, 75)).replaceAll('|', '/')}>`);
  const fitting = all.filter((_, index) => all.slice(0, index + 1).join(' · ').length <= LINKS);
  const more = all.length - fitting.length;
  return `${fitting.join(' · ')}${more > 0 ? ` and ${formatNumber(more)} more` : ''}`;
}

function linkTarget(url: string): string {
  return escaped(url.replaceAll(/[\s<>|]/g, (character) => encodeURIComponent(character)));
}

/** The three characters that Slack's markup is made of. https://docs.slack.dev/messaging/formatting-message-text */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Cut before it is escaped, so that no escape is cut in two. */
function escapedWithin(text: string, length: number): string {
  let kept = text;
  while (escaped(kept).length > length) {
    const excess = escaped(kept).length - length;
    kept = shortened(kept, Math.max(0, kept.length - Math.max(1, Math.ceil(excess / 5)) - 1));
  }
  return escaped(kept);
}
