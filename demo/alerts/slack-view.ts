import { diff, stripVTControlCharacters } from 'node:util';
import { wrapAnsi } from 'fast-wrap-ansi';
import colours from 'picocolors';
import type { SlackBlock, SlackMessage } from './stand-ins.ts';

/** What stood in a channel at the end of each day so far; the last is today. */
export type ChannelDays = readonly (readonly SlackMessage[])[];

/** Who is called by a mention, by id. */
export type Names = Readonly<Record<string, string>>;

/** The channel as a person sees it today: what is new or has changed, with its thread; the rest is counted. */
export function showChannel(days: ChannelDays, names: Names, width: number): string {
  const today = days.at(-1) ?? [];
  const shown = today.flatMap((message) => showMessage(message, days, names, width) ?? []);
  const same = today.length - shown.length;
  const rest = same === 0 ? [] : [colours.dim(`  (${same} more, as before)`)];
  return shown.length + rest.length === 0 ? colours.dim('  (nothing)') : [...shown, ...rest].join('\n\n');
}

/** null where nothing has changed today. */
function showMessage(message: SlackMessage, days: ChannelDays, names: Names, width: number): string | null {
  const firstDay = 1 + days.findIndex((those) => those.some(({ ts }) => ts === message.ts));
  const before = days.at(-2)?.find(({ ts }) => ts === message.ts) ?? null;
  const isEdited = before !== null && message.edited?.ts !== before.edited?.ts;
  const newReplies = message.replies.slice(before?.replies.length ?? 0);
  if (before !== null && !isEdited && newReplies.length === 0) return null;

  const lines = linesOf(message.blocks, names);
  const body = isEdited
    ? changedLines(linesOf(before.blocks, names), lines, newReplies.length > 0)
    : before === null
      ? lines
      : [lines[0] ?? '', colours.dim('…')];
  const footer = before === null || isEdited ? footerOf(message.blocks) : [];
  const replies = newReplies.flatMap((reply) => {
    const [first = '', ...rest] = linesOf(reply.blocks, names);
    return [`  ${colours.dim('└')} ${first}`, ...rest.map((line) => `    ${line}`)];
  });
  const bar = isEdited ? colours.yellow('┃') : colours.cyan('┃');
  return [
    headOf(message, isEdited ? 'edited' : before === null ? 'new' : 'as it was', firstDay),
    ...body,
    ...footer,
    ...(newReplies.length === 0 ? [] : [`  ${colours.dim('new in its thread:')}`]),
    ...replies,
  ]
    .flatMap((line) => folded(line, width - 2))
    .map((line) => `${bar} ${line}`.trimEnd())
    .join('\n');
}

function headOf({ ts }: SlackMessage, state: 'new' | 'edited' | 'as it was', firstDay: number): string {
  const words = {
    new: colours.cyan('new'),
    edited: colours.yellow(`posted on day ${firstDay}, edited today`),
    'as it was': `posted on day ${firstDay}`,
  }[state];
  // Time stamps are seconds since 1970.
  const time = new Date(Number(ts) * 1000).toISOString().slice(11, 16);
  return `${colours.bold('dq-report')} APP  ${time} UTC · ${words} · ${colours.dim(`ts ${ts}`)}`;
}

const KEPT = '  ';
const ADDED = '+ ';
const REMOVED = '- ';

/**
 * What is gone with `-`, what is new with `+`. Of a message that says something else altogether only what it says now;
 * of one that calls nobody (`whole` is false) only the heading and what has changed.
 */
function changedLines(before: readonly string[], now: readonly string[], whole: boolean): readonly string[] {
  const changes = diff([...before], [...now]);
  const kept = changes.filter(([operation]) => operation === 0).length;
  if (kept * 2 < now.length) return now.map((line) => ADDED + line);
  const marked = changes.map(([operation, line]) => {
    if (operation === 0) return KEPT + line;
    return operation === -1 ? ADDED + line : REMOVED + line;
  });
  if (whole) return marked;
  const shown = marked.filter((line, index) => index === 0 || !line.startsWith(KEPT));
  return [...shown, `${KEPT}${colours.dim('… the rest as before')}`];
}

/** A line, and those it goes on in below its text. */
function folded(line: string, width: number): readonly string[] {
  const [indent = ''] = /^(?:[-+] |\s*)/.exec(stripVTControlCharacters(line)) ?? [];
  const text = line.slice(indent.length);
  const parts = wrapAnsi(text, width - indent.length, { hard: true }).split('\n');
  const colour = indent === ADDED ? colours.green : indent === REMOVED ? colours.dim : (whole: string) => whole;
  return parts.map((part, index) => colour(`${index === 0 ? indent : ' '.repeat(indent.length)}${part}`));
}

/** All but the footer, which says when it was written and changes each time. */
function linesOf(blocks: readonly SlackBlock[], names: Names): readonly string[] {
  return blocks.flatMap((block) => {
    switch (block.type) {
      case 'header':
        return [colours.bold(block.text.text)];
      case 'section':
        return textLines(block.text.type === 'mrkdwn' ? markup(block.text.text, names) : block.text.text);
      case 'context':
        return [];
    }
  });
}

function footerOf(blocks: readonly SlackBlock[]): readonly string[] {
  return blocks
    .flatMap((block) => (block.type === 'context' ? block.elements : []))
    .map(({ text }) => colours.dim(text));
}

function textLines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** As Slack draws it: a group by its name, a link by its title. */
function markup(text: string, names: Names): string {
  return text
    .replaceAll(/<(?:!subteam\^|@)([A-Z0-9]+)>/g, (_, id: string) => colours.blue(`@${names[id] ?? id}`))
    .replaceAll(/<[^|>]*\|([^>]*)>/g, '[$1]')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
