import type { Owner } from '../findings/finding.ts';
import type { Incident } from '../incidents/incident.ts';
import type { Link } from './receiver.ts';

export interface Rendering {
  /** Name, email or Slack handle of an owner → id of a user (U…, W…) or a user group (S…). */
  readonly mentions: Readonly<Record<string, string>>;
}

/** A message before it is cut into blocks: a heading, paragraphs of data, and what the configuration gives. */
export interface Draft {
  readonly lockScreen: string;
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly mentions: readonly string[];
  readonly links: readonly Link[];
  readonly footer: string | null;
  readonly isBroadcast: boolean;
}

/** Never the only sign: the word stands beside it. */
export function glyphOf({ state, severity, flapping }: Incident): string {
  if (state === 'resolved') return '✅';
  if (state === 'retired') return '⚪';
  if (flapping) return '🔁';
  return { critical: '🔴', error: '🟠', warning: '🟡' }[severity];
}

/** Ids of users and groups, each once, in the order of the owners. */
export function mentionsOf(owners: readonly (Owner | null)[], { mentions }: Rendering): readonly string[] {
  const byName = new Map(Object.entries(mentions).map(([name, id]) => [name.toLowerCase(), id]));
  const words = owners.flatMap((owner) => (owner === null ? [] : [owner.name, owner.email, owner.slack]));
  // Several owners of one thing are joined by a comma.
  const names = words.flatMap((word) => (word === null ? [] : [word, ...word.split(',')]));
  return [...new Set(names.flatMap((name) => byName.get(name.trim().toLowerCase()) ?? []))];
}
