import type { OwnerFields } from '../artifacts/manifest.ts';
import { instantOf, type Timestamp } from '../artifacts/run.ts';
import { formatNumber } from '../findings/message.ts';
import { plain } from '../findings/plain.ts';
import type { ChangeReason } from './incident.ts';

/** What reports and alerts say in the same words. */

export function changeWord(reason: ChangeReason): string {
  switch (reason) {
    case 'opened':
      return 'new';
    case 'reopened':
      return 'back again';
    case 'worsened':
      return 'worse';
    case 'eased':
      return 'better';
    case 'changed':
      return 'failing in another way';
    case 'ongoing':
      return 'as before';
    case 'surfaced':
      return 'no longer explained by another cause';
    case 'flapping':
      return 'failing and passing in turns';
    case 'settled':
      return 'failing every time now';
    case 'resolved':
      return 'mended';
    case 'retired':
      return 'no longer in the project';
    case 'unobserved':
      return 'not run this time';
  }
}

/** In UTC and to the minute: logs of several machines are compared by it. */
export function formatTime(timestamp: Timestamp | null): string | null {
  const instant = instantOf(timestamp);
  return instant === null ? null : `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

export function count(number: number, noun: string): string {
  return `${formatNumber(number)} ${noun}${number === 1 ? '' : 's'}`;
}

const NAMES_IN_A_LINE = 3;

/** A few names and how many more, with so many that are not among the names. */
export function some(names: readonly string[], others = 0): string {
  const shown = names.slice(0, NAMES_IN_A_LINE);
  const more = names.length - shown.length + others;
  return `${shown.join(', ')}${more > 0 ? ` and ${formatNumber(more)} more` : ''}`;
}

/** "12 models, 4 of them not built"; `where` stands behind the models: " downstream". */
export function modelsBelow(
  { models, blockedModels }: { readonly models: number; readonly blockedModels: number },
  where = '',
): string {
  const all = `${count(models, 'model')}${where}`;
  if (blockedModels === 0) return all;
  return blockedModels === models ? `${all}, not built` : `${all}, ${formatNumber(blockedModels)} of them not built`;
}

/** "Growth analytics <growth@shop.example> #growth-data". */
export function personOf({ name, email, slack }: OwnerFields): string {
  const address = email === null ? null : name === null ? email : `<${email}>`;
  return [name, address, slack]
    .filter((word) => word !== null)
    .map(plain)
    .join(' ');
}

/** "40 min", "26 h", "3 days": how long an incident lasts or lasted. */
export function formatAge(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  if (minutes === 0) return 'less than a minute';
  if (minutes < 120) return `${minutes} min`;
  return minutes < 72 * 60 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} days`;
}
