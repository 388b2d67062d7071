import type { ChangeReason, Incident } from '../incidents/incident.ts';
import type { Abilities } from '../receivers/receiver.ts';

/**
 * What one receiver does about one change:
 * - `open`: sends a message of its own
 * - `loud`: changes the message and makes people notice
 * - `quiet`: changes the message
 * - `close`: ends the message
 * - `nothing`
 */
export type Step = 'open' | 'loud' | 'quiet' | 'close' | 'nothing';

/** How a receiver was told of an incident: by a message of its own, or by its name in a digest. */
export type ToldBy = 'message' | 'digest';

export interface Situation {
  readonly reason: ChangeReason;
  readonly incident: Pick<Incident, 'foldedUnder'>;
  /** Whether a route names the receiver for the incident as it is now. */
  readonly isRouted: boolean;
  /** How the receiver was told of it before; null if it was not. */
  readonly told: ToldBy | null;
  /** Whether what it was to be told last has not arrived, and will not by itself. */
  readonly isMissed: boolean;
  /** Whether something stands there all the same, which a person has taken out of the outbox too late. */
  readonly mayStand: boolean;
  /** Whether anybody knows of it: a receiver, or a person who has dropped the news of it. */
  readonly isKnown: boolean;
  readonly abilities: Pick<Abilities, 'edits'>;
}

/** Who was told of the beginning is told of the end, whatever the routes say by then. */
export function decide(situation: Situation): Step {
  const { reason, incident, told, isMissed, mayStand } = situation;
  switch (reason) {
    case 'resolved':
    case 'retired':
      return told !== null || isMissed || mayStand ? 'close' : 'nothing';
    case 'unobserved':
      return 'nothing';
    case 'opened':
    case 'reopened':
    case 'worsened':
    case 'changed':
    case 'surfaced':
    case 'flapping':
    case 'settled':
      return incident.foldedUnder === null ? news(situation) : quiet(situation);
    case 'eased':
    case 'ongoing':
      return incident.foldedUnder === null ? noNews(situation) : quiet(situation);
  }
}

function news({ told, isRouted }: Situation): Step {
  if (told !== null) return 'loud';
  return isRouted ? 'open' : 'nothing';
}

/**
 * What is better now, or as before, is told only where a new severity routes it, where nobody has heard of it at all, and
 * where the news of it did not arrive.
 */
function noNews(situation: Situation): Step {
  const { reason, told, isMissed, isRouted, isKnown } = situation;
  if (told !== null) return isMissed ? 'loud' : quiet(situation);
  return isRouted && (reason === 'eased' || isMissed || !isKnown) ? 'open' : 'nothing';
}

/** Where a message cannot be changed, saying the same again is noise. */
function quiet({ told, abilities }: Situation): Step {
  return told === 'message' && abilities.edits ? 'quiet' : 'nothing';
}

/** Whether the step puts something new before people, which a digest could spare them. */
export function isNewMessage(
  step: Step,
  told: ToldBy | null,
  { edits, resolves }: Pick<Abilities, 'edits' | 'resolves'>,
): boolean {
  switch (step) {
    case 'open':
      return true;
    case 'loud':
      return told === 'digest' || !edits;
    case 'close':
      // What knows of the end must hear of it.
      return told === 'digest' || (!edits && !resolves);
    case 'quiet':
    case 'nothing':
      return false;
  }
}
