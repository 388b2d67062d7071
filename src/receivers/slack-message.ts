import { formatNumber } from '../findings/message.ts';
import { shortened } from '../findings/plain.ts';
import { count, formatTime } from '../incidents/wording.ts';
import {
  changeSentence,
  clean,
  detailsOf,
  doubtfulOf,
  isRaised,
  oneLine,
  openingSentence,
  stateWord,
  timeWords,
} from './notice-words.ts';
import type { Notice, SentDigest, Task } from './receiver.ts';
import { finished, HEADER, type SlackMessage } from './slack-blocks.ts';
import { digestDrafts, laterDigestDraft } from './slack-digest.ts';
import { type Draft, glyphOf, mentionsOf, type Rendering } from './slack-draft.ts';

/** What Slack shows of a task. Pure. */
export interface SlackMessages {
  /** The message itself: posted, or in the place of the one before. */
  readonly message: SlackMessage;
  /** What the thread gets, in this order. */
  readonly replies: readonly SlackMessage[];
}

export function slackMessages(
  { order, deliveryId, previous }: Pick<Task, 'order' | 'deliveryId' | 'previous'>,
  rendering: Rendering,
): SlackMessages {
  const finish = (draft: Draft, part: number): SlackMessage => finished(draft, deliveryId, part);
  switch (order.action) {
    case 'open':
      return {
        message: finish(incidentDraft(order.notice, rendering, { isFirst: true, isOpening: true }), 0),
        replies: [],
      };
    case 'update': {
      // Without a message before it, this one calls those whom the reply would call.
      const isFirst = previous === null && order.loud && isWorse(order.notice);
      return {
        message: finish(incidentDraft(order.notice, rendering, { isFirst, isOpening: false }), 0),
        replies: order.loud ? [finish(replyDraft(order.notice, rendering), 1)] : [],
      };
    }
    case 'close':
      return {
        message: finish(incidentDraft(order.notice, rendering, { isFirst: false, isOpening: false }), 0),
        replies: [finish(replyDraft(order.notice, rendering), 1)],
      };
    case 'digest': {
      const [first, ...rest] = digestDrafts(order.notices, rendering);
      return { message: finish(first, 0), replies: rest.map((draft, index) => finish(draft, index + 1)) };
    }
  }
}

/** What the first message of a digest says once its incidents have gone on. */
export function digestMessage(digest: SentDigest, rendering: Rendering): SlackMessage {
  return finished(laterDigestDraft(digest, rendering), digest.deliveryId, 0);
}

const MESSAGE = 1100;
const MESSAGE_LINES = 12;
const MEANING = 500;
const TITLE = 400;
const FACTS = 2200;

function incidentDraft(
  notice: Notice,
  rendering: Rendering,
  { isFirst, isOpening }: { readonly isFirst: boolean; readonly isOpening: boolean },
): Draft {
  const { incident, cause, links } = notice;
  const heading = headingOf(notice);
  const isOpen = incident.state === 'open';
  const facts = cause === null ? [] : detailsOf(cause);
  return {
    lockScreen: lockScreenOf(notice, heading),
    heading,
    paragraphs: [
      // A heading that is too long is told in full.
      heading.length > HEADER ? oneLine(incident.title, TITLE) : '',
      `${isOpening ? openingSentence(notice) : changeSentence(notice)} · ${timeWords(notice)}`,
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
  const mentions = isWorse(notice) ? mentionsOf([cause?.owner ?? null], rendering) : [];
  return {
    lockScreen: `${sentence} · ${oneLine(incident.title)}`,
    heading: '',
    // The title, because a thread of a digest holds many incidents, and a thread's own message can be far up.
    paragraphs: [
      `${sentence}\n${oneLine(incident.title, TITLE)}`,
      incident.state === 'open' ? oneLine(first, MEANING) : '',
    ],
    mentions,
    links: [],
    footer: null,
    // Nobody follows the thread of a message unless they were called or have answered.
    isBroadcast: incident.state === 'open' && (mentions.length === 0 || isRaised(notice)),
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
  const doubtful = cause === null ? [] : doubtfulOf(cause);
  const named = doubtful.slice(0, DOUBTFUL_NAMED).map(({ name, verdict }) => `${oneLine(name, 50)} ${verdict}`);
  const more = doubtful.length - named.length + (cause?.further.doubtful ?? 0);
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
