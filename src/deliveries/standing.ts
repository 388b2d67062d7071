import { formatTime } from '../incidents/wording.ts';
import { type DestinationName, isSameDestination } from '../receivers/receiver.ts';
import { type Delivery, hasMissedItsTime, isInterrupted, isMuted, type Scope } from './delivery.ts';

interface Meaning {
  /** Whether it should have been sent by now; what another process is sending is in good hands. */
  readonly isUndelivered: boolean;
  /** A far side in trouble gets nothing else meanwhile, and news of an incident waits for older news of it. */
  readonly holdsUp: boolean;
  /** A sentence; null where there is nothing to say. */
  readonly reason: (delivery: Delivery) => string | null;
}

const asWritten = ({ reason }: Delivery): string | null => reason;
const done: Meaning = { isUndelivered: false, holdsUp: false, reason: asWritten };
const stuck: Meaning = { isUndelivered: true, holdsUp: false, reason: asWritten };
const inTheWay: Meaning = { isUndelivered: true, holdsUp: true, reason: asWritten };
const muteTime = ({ mutedUntil }: Delivery): string => formatTime(mutedUntil) ?? '';

/**
 * Where a delivery stands, as a person must know it to do something about it:
 * - `sent`, `replaced`, `dropped`: nobody waits for it any more
 * - `being_sent`: by another process, or one that died not long ago; `interrupted`: by one that has died
 * - `muted`: waits for a mute time to end
 * - `missed_its_time`: muted once more, because nobody came to send it, or something stood before it; `muted_in_trouble`: because it was tried in vain
 * - `secret_missing`, `receiver_gone`: nobody can send it; `receiver_back`: nobody could, and it was given up
 * - `no_access`, `no_place`: the credentials, or the channel, key or address, are refused
 * - `trouble`: the far side is busy or cannot be reached; `unclear`: it may have arrived
 * - `refused`: the message is; `defect`: dq-report broke over it
 * - `in_line`: waits for the one before it; `untried`
 */
const MEANINGS = {
  sent: done,
  replaced: done,
  dropped: done,
  being_sent: { ...done, holdsUp: true },
  interrupted: { ...inTheWay, reason: () => 'The process that was sending it has died.' },
  muted: done,
  missed_its_time: {
    ...stuck,
    reason: (delivery) =>
      `Nobody sent it after its mute time had ended (${formatTime(delivery.dueAt) ?? ''}), and now it is muted until ${muteTime(delivery)}.`,
  },
  muted_in_trouble: {
    ...stuck,
    reason: (delivery) => `${delivery.reason ?? ''} Now it is muted until ${muteTime(delivery)}.`,
  },
  secret_missing: { ...stuck, reason: () => 'A secret of the receiver is missing.' },
  receiver_gone: { ...stuck, reason: () => 'Its receiver is not in the configuration any more.' },
  receiver_back: { ...stuck, reason: () => 'Its receiver was not in the configuration for a while.' },
  no_access: inTheWay,
  no_place: inTheWay,
  trouble: inTheWay,
  unclear: inTheWay,
  refused: stuck,
  defect: stuck,
  in_line: { ...stuck, reason: () => 'It waits for the one before it.' },
  untried: { ...stuck, reason: () => 'There was no time left to send it.' },
} satisfies Record<string, Meaning>;

export type Standing = keyof typeof MEANINGS;

/** A delivery with why it is as it is. */
export interface Explained extends Delivery {
  readonly standing: Standing;
}

/** What a configuration says of deliveries of its own project. */
export interface Known {
  readonly project: string | null;
  /** All that it has; null where there is no configuration. */
  readonly destinations: readonly DestinationName[] | null;
  /** Those whose secret is missing. */
  readonly unusable: readonly DestinationName[];
}

export function explained(deliveries: readonly Delivery[], known: Known, now: Date): readonly Explained[] {
  const alone = deliveries.map((delivery) => ({ delivery, standing: standingOf(delivery, known, now) }));
  const heldUp = new Set(
    alone.filter(({ standing }) => MEANINGS[standing].holdsUp).map(({ delivery }) => laneOf(delivery)),
  );
  return alone.map(({ delivery, standing: own }) => {
    const standing = own === 'untried' && heldUp.has(laneOf(delivery)) ? 'in_line' : own;
    return { ...delivery, standing, reason: MEANINGS[standing].reason(delivery) };
  });
}

/** Whether a configuration has no such receiver any more; false where nobody knows. */
export function isGone(delivery: Delivery, known: Known): boolean {
  return isOurs(delivery, known) && known.destinations !== null && !isAmong(delivery, known.destinations);
}

/** Whether it should have been sent by now. */
export function isUndelivered({ standing }: Explained): boolean {
  return MEANINGS[standing].isUndelivered;
}

function standingOf(delivery: Delivery, known: Known, now: Date): Standing {
  const { state, fault } = delivery;
  switch (state) {
    case 'sent':
    case 'replaced':
    case 'dropped':
      return state;
    case 'attempting':
      return isInterrupted(delivery, now) ? 'interrupted' : 'being_sent';
    case 'dead':
      if (isGone(delivery, known)) return 'receiver_gone';
      if (fault === 'receiver_gone') return 'receiver_back';
      return fault === 'defect' ? 'defect' : 'refused';
    case 'pending':
    case 'uncertain':
      if (isGone(delivery, known)) return 'receiver_gone';
      if (isMuted(delivery, now) && !hasMissedItsTime(delivery, now)) return 'muted';
      if (isOurs(delivery, known) && isAmong(delivery, known.unusable)) return 'secret_missing';
      if (isMuted(delivery, now)) return fault === null ? 'missed_its_time' : 'muted_in_trouble';
      return standingOfFault(delivery);
  }
}

function standingOfFault({ state, fault }: Delivery): Standing {
  switch (fault) {
    case 'auth':
      return 'no_access';
    case 'destination':
      return 'no_place';
    case 'retry':
    case 'uncertain':
    case 'payload':
    case 'target_gone':
    case 'defect':
    case 'receiver_gone':
      return state === 'uncertain' ? 'unclear' : 'trouble';
    case null:
      return state === 'uncertain' ? 'unclear' : 'untried';
  }
}

/** What goes the same way waits for each other. */
function laneOf({ receiver, integration, project, environment }: Delivery): string {
  return JSON.stringify([receiver, integration, project, environment]);
}

/** Where several projects share a state, each configuration knows its own. */
function isOurs({ project }: Scope, known: Known): boolean {
  return project === '' || project === known.project;
}

function isAmong(delivery: DestinationName, destinations: readonly DestinationName[]): boolean {
  return destinations.some((each) => isSameDestination(each, delivery));
}
