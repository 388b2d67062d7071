import { DeliveryError, type Order, type Receipt } from '../receivers/receiver.ts';
import type { Settlement } from './outbox.ts';

/** Seconds to the second attempt; each further wait is twice as long. */
const FIRST_WAIT = 2;
const LONGEST_WAIT = 300;

/** What is known when an attempt has failed. */
export interface Attempt {
  /** This one included. */
  readonly attempts: number;
  readonly order: Order;
  /** The message to change, if there was one. */
  readonly previous: Receipt | null;
  /** Whether an earlier attempt may have arrived after all. */
  readonly isUncertain: boolean;
  readonly now: Date;
}

/** What becomes of a delivery whose sending has failed. */
export function afterFailure(error: unknown, attempt: Attempt): Settlement {
  if (!(error instanceof DeliveryError))
    return { kind: 'dead', mayHaveArrived: attempt.isUncertain, fault: 'defect', reason: defect(error) };
  const { reason: fault, message: reason } = error;
  const { order, previous, isUncertain } = attempt;
  const state = isUncertain ? 'uncertain' : 'pending';
  switch (fault) {
    case 'retry':
      return { kind: 'later', state, notBefore: nextTry(error, attempt), fault, reason };
    case 'uncertain':
      return { kind: 'later', state: 'uncertain', notBefore: nextTry(error, attempt), fault, reason };
    case 'destination':
    case 'auth':
      // Everything else to this destination would be refused as well, until a person has mended something. Whether one has,
      // shows the next process by trying the same first: what stands behind it must not go before it.
      return { kind: 'later', state, notBefore: null, fault, reason };
    case 'target_gone':
      if (previous === null) return { kind: 'dead', mayHaveArrived: isUncertain, fault, reason };
      // Who has deleted a message does not want it back for no news.
      return order.action === 'update' && !order.loud
        ? { kind: 'sent', receipt: { ...previous, not_sent: reason } }
        : { kind: 'afresh', fault, reason };
    case 'payload':
      return { kind: 'dead', mayHaveArrived: isUncertain, fault, reason };
  }
}

/**
 * What becomes of a delivery of which nobody could learn whether it has arrived: looked up again later, or null to send it
 * again, because nobody will ever know. Twice is better than never.
 */
export function afterLookUp(error: unknown, attempt: Attempt): Settlement | null {
  if (!(error instanceof DeliveryError))
    return { kind: 'dead', mayHaveArrived: true, fault: 'defect', reason: defect(error) };
  if (error.reason !== 'retry') return null;
  return {
    kind: 'later',
    state: 'uncertain',
    notBefore: nextTry(error, attempt),
    fault: error.reason,
    reason: error.message,
  };
}

/** As long as the far side asks for, and longer each time. */
function nextTry({ retryAfter }: DeliveryError, { attempts, now }: Attempt): Date {
  const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(attempts - 1, 20));
  return new Date(now.getTime() + Math.max(wait, retryAfter ?? 0) * 1000);
}

/** Its message could hold anything. */
function defect(error: unknown): string {
  const name = typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : typeof error;
  return `dq-report broke while it was sending this (${name}); that is a defect of dq-report.`;
}
