import * as fc from 'fast-check';

/** Pieces that mean something to a sink: markdown, GitHub, HTML, XML, a terminal, a shell. */
const PIECES = [
  ...'* ** _ __ ` ``` ~~ ~~~ # ## - --- + = > | \\ ! [ ] ( ) : $ 1. 2) [x] [^1] [a](b) ![a](b)'.split(' '),
  ...'@octocat a@b.co #12 GH-12 octo/repo#3 !7 ~bug :smile:'.split(' '),
  ...'https://e.vil www.e.vil ftp://e.vil mailto:a@b.co <https://e.vil>'.split(' '),
  ...'< & &amp; &#64;octocat &lt; " \' <b> <img/src=x> </details> <!-- --> <![CDATA[ ]]> <?xml {{ }}'.split(' '),
  ...'a order 1 é 中 😀'.split(' '),
];

const INVISIBLE = [' ', '    ', '\n', '\n\n', '\r', '\t', '\u0085', '\u2028', '\u202E', '\u200B', '\uFEFF'];
const FORBIDDEN = ['\u0000', '\u0008', '\u001B[31m', '\u009B2J', '\u007F', '\uFFFE', '\uFFFF', '\uD800', '\uDC00'];

const piece = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...PIECES, ...INVISIBLE, ...FORBIDDEN) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) },
);

/** Text as an enemy would name a model. */
export const hostileText: fc.Arbitrary<string> = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
