import type { Timestamp } from '../artifacts/run.ts';
import type { DestinationName, Receipt, SentDigest } from '../receivers/receiver.ts';
import type { Delivery, DeliveryState, Fault, Scope } from './delivery.ts';

/** What waits to be sent, and what became of it. Part of every store; all pass test/contracts/store.ts. */
export interface Outbox {
  /**
   * Takes the oldest delivery for the destination that is due, and writes down that somebody is sending it, before
   * anything is sent. Of two processes that ask at once, one gets it. What is claimed waits for everything older about the
   * same incidents at the same destination. Null when nothing is due.
   */
  claim(asked: Claim): Promise<Claimed | null>;
  /** Writes down what came of an attempt; nothing when `owner` has lost its lease and somebody else decides. */
  settle(id: string, owner: string, settlement: Settlement, now: Date): Promise<void>;
  /** When the next delivery that waits for a time is due at the destination; null when none waits. */
  nextDue(scope: Scope, destination: DestinationName, now: Date): Promise<Timestamp | null>;
  /** Oldest first. */
  list(filter: DeliveryFilter): Promise<readonly Delivery[]>;
  /** Makes what is not sent due at once; a dead letter comes back to life. `unknown` when there is none, or several begin so. */
  retry(id: string, now: Date, isGone: (delivery: Delivery) => boolean): Promise<Handled>;
  /** Takes what is not sent out of the outbox. */
  drop(id: string, reason: string, now: Date): Promise<Handled>;
  /** Lets what has surely not arrived wait for a mute time to end, or no longer for one. */
  postpone(id: string, until: Timestamp | null, now: Date): Promise<void>;
  /** Turns what waits for destinations that are not there any more into dead letters. */
  bury(scope: Scope, destinations: readonly DestinationName[], now: Date): Promise<void>;
}

export interface Claim {
  readonly scope: Scope;
  readonly destination: DestinationName;
  readonly now: Date;
  /** Until when nobody else takes it. */
  readonly leaseUntil: Date;
  readonly owner: string;
  /** Whether to wait for no far side that was in trouble. */
  readonly eager: boolean;
}

export interface Claimed {
  readonly delivery: Delivery;
  /** Whether an earlier attempt may have arrived. */
  readonly isUncertain: boolean;
  /** What the newest delivery about the incident left at the destination; null for a digest. */
  readonly previous: Receipt | null;
  /** Whether an earlier delivery about the incident was given up that may have arrived after all. */
  readonly mayBeThere: boolean;
  readonly digests: readonly SentDigest[];
}

export type Settlement =
  | { readonly kind: 'sent'; readonly receipt: Receipt }
  | {
      readonly kind: 'later';
      readonly state: 'pending' | 'uncertain';
      /** Null: by no process that has tried it, and by the next one at once. */
      readonly notBefore: Date | null;
      readonly fault: Fault;
      readonly reason: string;
    }
  /** The message it should change is gone: it is sent as if there had been none. */
  | { readonly kind: 'afresh'; readonly fault: Fault; readonly reason: string }
  | { readonly kind: 'dead'; readonly mayHaveArrived: boolean; readonly fault: Fault; readonly reason: string };

export interface DeliveryFilter {
  readonly scope?: Scope;
  readonly states?: readonly DeliveryState[];
  readonly environment?: string;
  /** Also these, whatever their state. */
  readonly orIds?: readonly string[];
}

export type Handled =
  | { readonly kind: 'done'; readonly delivery: Delivery }
  | { readonly kind: 'unknown' }
  /** Nobody could send it. */
  | { readonly kind: 'receiver_gone'; readonly delivery: Delivery }
  /** A sentence about why not. */
  | { readonly kind: 'refused'; readonly why: string };
