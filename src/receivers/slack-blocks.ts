import { formatNumber } from '../findings/message.ts';
import { shortened } from '../findings/plain.ts';
import { clean, oneLine } from './notice-words.ts';
import type { Link } from './receiver.ts';
import type { Draft } from './slack-draft.ts';

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

// https://docs.slack.dev/reference/block-kit/blocks/header-block and …/composition-objects/text-object
export const HEADER = 150;
export const SECTION = 3000;
/** Four lines of a phone; escapes make it longer. */
const LOCK_SCREEN = 300;
const LOCK_SCREEN_ESCAPED = 1000;
/** Where `chat.update` begins to refuse: `msg_too_long`. */
const PLAIN_TEXT = 3900;
const MENTIONS_AT_MOST = 20;

/** Cuts a draft into blocks. */
export function finished(draft: Draft, deliveryId: string, part: number): SlackMessage {
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
