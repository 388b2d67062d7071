import { closest, distance } from 'fastest-levenshtein';

/** "Did you mean `severity`? ", or nothing if no word is near. */
export function suggest(given: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  const nearest = closest(given.toLowerCase(), [...known]);
  return distance(given.toLowerCase(), nearest) <= Math.max(2, nearest.length / 3)
    ? `Did you mean \`${nearest}\`? `
    : '';
}
