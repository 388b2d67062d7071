import { type Verdict, VERDICTS } from '../causes/cause.ts';
import { rankOf, SEVERITIES } from '../findings/finding.ts';
import { formatNumber } from '../findings/message.ts';
import { changeWord, count, formatTime, personOf } from '../incidents/wording.ts';
import { namesIn, oneLine, stateWord } from './notice-words.ts';
import type { Link, Notice, SentDigest } from './receiver.ts';
import { SECTION } from './slack-blocks.ts';
import { type Draft, glyphOf, mentionsOf, type Rendering } from './slack-draft.ts';

/** So much of the 8,000 characters of a message is data; the rest is for heading, mentions, links and lock screen. */
const DATA = 4400;
/** Nobody reads more of a line in a list. */
const DIGEST_TITLE = 300;
const DIGEST_HEADLINE = 110;
const DIGEST_OWNER = 60;
const DIGEST_DASHBOARDS = 5;

/** In as few messages as hold a line of each, worst first. */
export function digestDrafts(notices: readonly Notice[], rendering: Rendering): readonly [Draft, ...Draft[]] {
  const ranked = notices.toSorted((a, b) => rankInDigest(a) - rankInDigest(b));
  const open = ranked.filter(({ incident }) => incident.state === 'open');
  const heading = digestHeading(ranked);
  const times = timesOf(ranked);
  const since = times.newest === times.oldest ? null : times.oldest;
  const dashboards = dashboardsOf(open, since);
  const parts = packed(groupedLines(ranked, since));
  const told = open.filter(({ reason }) => isNews(reason));
  const before = [
    since === null ? '' : `Figures and verdicts are as of ${since}, unless a later time is named.`,
    dashboards === '' ? '' : `Dashboards: ${dashboards}`,
  ].filter((paragraph) => paragraph !== '');
  const drafts = parts.map((paragraphs, index): Draft => {
    const where = parts.length === 1 ? '' : ` (${index + 1} of ${parts.length})`;
    const isFirst = index === 0;
    return {
      lockScreen: isFirst
        ? [heading, dashboards, oneLine(ranked[0]?.incident.title ?? '', 150)].filter((each) => each !== '').join(' · ')
        : `${shortHeading(heading)}${where}`,
      heading: `${isFirst ? heading : shortHeading(heading)}${where}`,
      paragraphs: isFirst ? [...before, ...paragraphs] : paragraphs,
      mentions: isFirst
        ? mentionsOf(
            told.map(({ cause }) => cause?.owner ?? null),
            rendering,
          )
        : [],
      links: isFirst ? commonLinks(ranked) : [],
      footer: isFirst ? digestFooter(ranked, times.newest) : null,
      isBroadcast: false,
    };
  });
  const [first, ...rest] = drafts;
  return [first ?? emptyDigest, ...rest];
}

/**
 * The same when some of its incidents have ended or changed. Where the list was longer than a message, the rest of it
 * stands in the thread as it was: then only the heading is new.
 */
export function laterDigestDraft(
  { posted, notices }: Pick<SentDigest, 'posted' | 'notices'>,
  rendering: Rendering,
): Draft {
  const later = notices.map((notice) => ({ ...notice, reason: laterReason(notice) }));
  const [now, ...rest] = digestDrafts(later, rendering);
  if (rest.length === 0) return { ...now, mentions: [] };
  const [then] = digestDrafts(posted, rendering);
  const when = timesOf(posted).newest;
  return {
    ...now,
    paragraphs: [
      `As it was when this was posted${when === null ? '' : ` (${when})`}; what became of each stands in the thread.`,
      ...then.paragraphs,
    ],
    mentions: [],
  };
}

function laterReason({ incident, reason }: Notice): Notice['reason'] {
  return incident.state === 'open' ? reason : incident.state;
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

/** "Weekly sales (wrong), Stock (late) and 3 more": each once, by the newest word about it, the worst first. */
function dashboardsOf(notices: readonly Notice[], since: string | null): string {
  const newest = new Map<string, { readonly verdict: Verdict; readonly time: string | null }>();
  for (const notice of notices)
    for (const { name, verdict } of notice.cause?.exposures ?? []) {
      const known = newest.get(name);
      const time = formatTime(notice.at);
      const isNewer = known === undefined || (time ?? '') > (known.time ?? '');
      const isWorse = time === known?.time && VERDICTS.indexOf(verdict) < VERDICTS.indexOf(known.verdict);
      if (isNewer || isWorse) newest.set(name, { verdict, time });
    }
  const doubtful = [...newest].filter(([, { verdict }]) => verdict !== 'safe');
  const ranked = doubtful.toSorted(([, a], [, b]) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict));
  const named = namesIn(
    ranked.map(([name, { verdict, time }]) => {
      const later = laterThan(since, time);
      return `${oneLine(name, DIGEST_OWNER)} (${verdict}${later === null ? '' : `, ${later}`})`;
    }),
    DIGEST_DASHBOARDS,
  );
  // How many of those that are not listed are the same for two causes, nobody can say.
  const hasOthers = notices.some(({ cause }) => (cause?.further.doubtful ?? 0) > 0);
  return hasOthers && named !== '' ? `${named}, and others` : named;
}

/** When the notices were true, to the minute: the newest of all, and the oldest of what is open, which has figures. */
function timesOf(notices: readonly Notice[]): { readonly newest: string | null; readonly oldest: string | null } {
  const newest = sortedTimes(notices).at(-1) ?? null;
  return { newest, oldest: sortedTimes(notices.filter(({ incident }) => incident.state === 'open'))[0] ?? newest };
}

function sortedTimes(notices: readonly Notice[]): readonly string[] {
  return notices.flatMap(({ at }) => formatTime(at) ?? []).toSorted();
}

/** "as of 2026-01-03 06:00 UTC", where the rest is older. */
function laterThan(since: string | null, time: string | null): string | null {
  return since === null || time === null || time === since ? null : `as of ${time}`;
}

function shortHeading(heading: string): string {
  return heading.split(': ')[0] ?? heading;
}

function digestFooter(ranked: readonly Notice[], time: string | null): string {
  const [first] = ranked;
  return [first?.project ?? null, first?.environment ?? null, time]
    .filter((part) => part !== null)
    .map((part) => oneLine(part, 100))
    .concat('more of each: dq-report incidents')
    .join(' · ');
}

interface Line {
  readonly group: string;
  readonly text: string;
}

function groupedLines(ranked: readonly Notice[], since: string | null): readonly Line[] {
  return ranked.map((notice) => ({ group: groupOf(notice), text: digestLine(notice, since) }));
}

function groupOf({ incident }: Notice): string {
  return `${glyphOf({ ...incident, flapping: false })} ${stateWord(incident)}`;
}

/** "• not_null client_id on orders: 77 of 294 orders (worse; Growth analytics)". */
function digestLine(notice: Notice, since: string | null): string {
  const { incident, cause, reason } = notice;
  const owner = cause?.owner ?? null;
  const headline = incident.state === 'open' ? oneLine(cause?.message[0] ?? '', DIGEST_HEADLINE) : '';
  const remarks = [
    remarkOf(reason),
    owner === null ? null : oneLine(owner.name ?? personOf(owner), DIGEST_OWNER),
    incident.state === 'open' ? laterThan(since, formatTime(notice.at)) : null,
  ].filter((remark) => remark !== null);
  const title = oneLine(incident.title, DIGEST_TITLE);
  return `• ${title}${headline === '' ? '' : `: ${headline}`}${remarks.length === 0 ? '' : ` (${remarks.join('; ')})`}`;
}

/** What is new or has ended stands in a group of its own and goes without saying. */
function remarkOf(reason: Notice['reason']): string | null {
  return reason === 'opened' || reason === 'resolved' || reason === 'retired' ? null : changeWord(reason);
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
