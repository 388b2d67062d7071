/**
 * Escape sequences of terminals: colours, cursor moves, window titles. By hand, because `stripVTControlCharacters` takes
 * seconds for a few thousand unfinished sequences; the bounds keep this one linear.
 */
const escapes = /\u001b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\u0007\u001b]{0,256}(?:\u0007|\u001b\\)?|[ -/]?[0-~])?/g;

export function withoutEscapes(text: string): string {
  return text.includes('\u001b') ? text.replaceAll(escapes, '') : text;
}

/**
 * Takes out what could move a cursor, recolour a terminal, reverse the reading direction or not be seen at all. Keeps line
 * breaks.
 */
export function plain(text: string): string {
  return withoutEscapes(text)
    .replaceAll('\t', '  ')
    .replaceAll(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e007f}]/gu,
      '',
    );
}

/** Cut to a length, with an ellipsis where something is missing, and never in the middle of a character. */
export function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length).replace(/\p{Cs}$/u, '')}…` : text;
}
