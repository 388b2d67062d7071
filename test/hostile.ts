import * as fc from 'fast-check';

/** Pieces that mean something to a sink: markdown, GitHub, HTML, XML, a terminal, a shell. */
const PIECES = [
  ...['*', '**', '_', '__', '`', '```', '~~', '~~~', '#', '##', '-', '---', '+', '=', '>', '|', '\\', '!', '[', ']', '(', ')', ':', '$', '1.', '2)', '[x]', '[^1]'],
  ...['@octocat', 'a@b.co', '#12', 'GH-12', 'octo/repo#3', '!7', '~bug', 'https://e.vil', 'www.e.vil', 'ftp://e.vil', 'mailto:a@b.co', ':smile:', '[a](b)', '![a](b)', '<https://e.vil>'],
  ...['<', '>', '&', '&amp;', '&#64;octocat', '&lt;', '"', "'", '<b>', '</details>', '<!--', '-->', '<img src=x onerror=alert(1)>', '<![CDATA[', ']]>', '<?xml', '{{', '}}'],
  ...['\n', '\r', '\t', ' ', '    ', '\n\n', '\u0000', '\u0008', '\u001B[31m', '\u009B2J', '\u007F', '\u0085', '\u2028', '\u202E', '\u200B', '\uFEFF', '\uFFFE', '\uFFFF', '\uD800', '\uDC00', '\u{1F600}'],
  ...['a', 'order', '1', 'é', '中'],
];

/** Text as an enemy would name a model. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...PIECES) }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) }), { maxLength: 12 })
  .map((pieces) => pieces.join(''));
