import { plain, shortened } from '../findings/plain.ts';

/** Longer texts end in an ellipsis. No name or sentence is so long; a compiled query is. */
const TEXT_LENGTH = 400;

/** What is markup anywhere, what is so at the start of a line (`/merge` is a command to GitLab), and underscores that could close an emphasis. */
const MARKUP = /[\\`*[\]<>&|~$]|^[-+=#/]|(?<=^\d+)[.)](?=\s|$)|_+(?![\p{L}\p{N}_])/gu;

/**
 * Where GitHub and GitLab would link, notify or draw: `@name`, `#12`, `GH-12`, `!12`, `https://…`, `www.…`, `:smile:`.
 * They look for these in the rendered page, so an escape does not help; a zero-width space does.
 */
const REFERENCES = /(?<=[@#!~%$&])(?=[\w"])|(?<=GH-)(?=\d)|(?<=:)(?=\/\/)|(?<=www)(?=\.)|(?<=:)(?=[a-z][\w+-]*:)/giu;

/** Text of others as text, in one line: no markup, HTML, link or mention. Safe in paragraphs, tables and HTML alike. */
export function prose(text: string): string {
  return oneLine(text)
    .replaceAll(REFERENCES, '\u200B')
    .replaceAll(MARKUP, (found) => `&#${found.charCodeAt(0)};`.repeat(found.length));
}

/** A word to be copied, such as a path or an address. Code knows no escapes, so what would need one becomes prose. */
export function code(text: string): string {
  const line = oneLine(text);
  return line === '' || /[`|\\]/.test(line) ? prose(line) : `\`${line}\``;
}

/** A block of code whose fence is longer than any inside. */
export function fence(raw: string, language = ''): string {
  const text = plain(raw);
  let longest = 2;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  const mark = '`'.repeat(longest + 1);
  return `${mark}${language}\n${text}\n${mark}`;
}

function oneLine(text: string): string {
  return shorten(plain(text).replaceAll(/\s+/g, ' ').trim());
}

export function shorten(line: string): string {
  return shortened(line, TEXT_LENGTH);
}
