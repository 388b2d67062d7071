import { formatTime } from '../incidents/wording.ts';
import { type DestinationName, isSameDestination } from '../receivers/receiver.ts';
import { type Delivery, hasMissedItsTime, isInterrupted, isMuted, type Scope } from './delivery.ts';

/**
 * Where a delivery stands, as a person must know it to do something about it:
 * - `sent`, `replaced`, `dropped`: nobody waits for it any more
 * - `being_sent`: by another process, or one that died not long ago; `interrupted`: by one that has died
 * - `muted`: waits for a mute time to end
 * - `missed_its_time`: muted once more, because nobody came to send it; `muted_in_trouble`: because it was tried in vain
 * - `secret_missing`, `receiver_gone`: nobody can send it; `receiver_back`: nobody could, and it was given up
 * - `no_access`, `no_place`: the credentials, or the channel, key or address, are refused
 * - `trouble`: the far side is busy or cannot be reached; `unclear`: it may have arrived
 * - `refused`: the message is; `defect`: dq-report broke over it
 * - `in_line`: waits for the one before it; `untried`
 */
export type Standing =
  | 'sent'
  | 'replaced'
  | 'dropped'
  | 'being_sent'
  | 'interrupted'
  | 'muted'
  | 'missed_its_time'
  | 'muted_in_trouble'
  | 'secret_missing'
  | 'receiver_gone'
  | 'receiver_back'
  | 'no_access'
  | 'no_place'
  | 'trouble'
  | 'unclear'
  | 'refused'
  | 'defect'
  | 'in_line'
  | 'untried';

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
  const standings = deliveries.map((delivery) => standingOf(delivery, known, now));
  const held = deliveries.filter((_, index) => holdsUp(standings[index] ?? 'untried'));
  return deliveries.map((delivery, index) => {
    const alone = standings[index] ?? 'untried';
    const standing = alone === 'untried' && held.some((each) => isSameLane(each, delivery)) ? 'in_line' : alone;
    return { ...delivery, standing, reason: reasonOf(delivery, standing) };
  });
}

/** Whether a configuration has no such receiver any more; false where nobody knows. */
export function isGone(delivery: Delivery, known: Known): boolean {
  return isOurs(delivery, known) && known.destinations !== null && !isAmong(delivery, known.destinations);
}

/** Whether it should have been sent by now; what another process is sending is in good hands. */
export function isUndelivered({ standing }: Explained): boolean {
  switch (standing) {
    case 'sent':
    case 'replaced':
    case 'dropped':
    case 'being_sent':
    case 'muted':
      return false;
    case 'interrupted':
    case 'missed_its_time':
    case 'muted_in_trouble':
    case 'secret_missing':
    case 'receiver_gone':
    case 'receiver_back':
    case 'no_access':
    case 'no_place':
    case 'trouble':
    case 'unclear':
    case 'refused':
    case 'defect':
    case 'in_line':
    case 'untried':
      return true;
  }
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
      if (hasMissedItsTime(delivery, now)) return fault === null ? 'missed_its_time' : 'muted_in_trouble';
      if (isMuted(delivery, now)) return 'muted';
      if (isOurs(delivery, known) && isAmong(delivery, known.unusable)) return 'secret_missing';
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

/** A far side in trouble gets nothing else meanwhile, and news of an incident waits for older news of it. */
function holdsUp(standing: Standing): boolean {
  const all: readonly Standing[] = ['being_sent', 'interrupted', 'no_access', 'no_place', 'trouble', 'unclear'];
  return all.includes(standing);
}

function isSameLane(a: Delivery, b: Delivery): boolean {
  return isSameDestination(a, b) && a.project === b.project && a.environment === b.environment;
}

/** Where several projects share a state, each configuration knows its own. */
function isOurs({ project }: Scope, known: Known): boolean {
  return project === '' || project === known.project;
}

function isAmong(delivery: DestinationName, destinations: readonly DestinationName[]): boolean {
  return destinations.some((each) => isSameDestination(each, delivery));
}

/** A sentence; null where there is nothing to say. */
function reasonOf({ reason, dueAt, mutedUntil }: Delivery, standing: Standing): string | null {
  const until = formatTime(mutedUntil) ?? '';
  switch (standing) {
    case 'missed_its_time':
      return `No run came since its mute time ended (${formatTime(dueAt) ?? ''}), and now it is muted until ${until}.`;
    case 'muted_in_trouble':
      return `${reason ?? ''} Now it is muted until ${until}.`;
    case 'secret_missing':
      return 'A secret of the receiver is missing.';
    case 'receiver_gone':
      return 'Its receiver is not in the configuration any more.';
    case 'receiver_back':
      return 'Its receiver was not in the configuration for a while.';
    case 'interrupted':
      return 'The process that was sending it has died.';
    case 'in_line':
      return 'It waits for the one before it.';
    case 'untried':
      return 'There was no time left to send it.';
    case 'sent':
    case 'replaced':
    case 'dropped':
    case 'being_sent':
    case 'muted':
    case 'no_access':
    case 'no_place':
    case 'trouble':
    case 'unclear':
    case 'refused':
    case 'defect':
      return reason;
  }
}
