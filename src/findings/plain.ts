import { stripVTControlCharacters } from 'node:util';

/** Takes out what could move a cursor, recolour a terminal or reverse the reading direction. Keeps line breaks. */
export function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll('\t', '  ')
    .replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '');
}
