import { DeliveryError } from '../receivers/receiver.ts';
import type { Settlement } from './outbox.ts';

/** Seconds to the second attempt; each further wait is twice as long. */
const FIRST_WAIT = 2;
const LONGEST_WAIT = 300;

/** What is known when an attempt has failed. */
export interface Attempt {
  /** This one included. */
  readonly attempts: number;
  /** Whether there was a message to change. */
  readonly hasPrevious: boolean;
  readonly now: Date;
}

/** What becomes of a delivery whose sending has failed. */
export function afterFailure(error: unknown, attempt: Attempt): Settlement {
  if (!(error instanceof DeliveryError)) return { kind: 'dead', reason: defect(error) };
  const reason = error.message;
  switch (error.reason) {
    case 'retry':
      return { kind: 'later', state: 'pending', notBefore: nextTry(error, attempt), reason };
    case 'uncertain':
      return { kind: 'later', state: 'uncertain', notBefore: nextTry(error, attempt), reason };
    case 'target_gone':
      return attempt.hasPrevious ? { kind: 'afresh', reason } : { kind: 'dead', reason };
    case 'payload':
    case 'destination':
    case 'auth':
      return { kind: 'dead', reason };
  }
}

/**
 * What becomes of a delivery of which nobody could learn whether it has arrived: looked up again later, or null to send it
 * again, because nobody will ever know. Twice is better than never.
 */
export function afterLookUp(error: unknown, attempt: Attempt): Settlement | null {
  if (!(error instanceof DeliveryError)) return { kind: 'dead', reason: defect(error) };
  if (error.reason !== 'retry') return null;
  return { kind: 'later', state: 'uncertain', notBefore: nextTry(error, attempt), reason: error.message };
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
