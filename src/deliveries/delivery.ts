import type { Timestamp } from '../artifacts/run.ts';
import { DELIVERY_REASONS, type DestinationName, noticesOf, type Order, type Receipt } from '../receivers/receiver.ts';
import type { RoutePath } from '../routes/tree.ts';

/**
 * How far a delivery has come:
 * - `pending`: not sent, and surely not arrived
 * - `attempting`: somebody is sending it, or died while doing so
 * - `uncertain`: it may have arrived
 * - `sent`
 * - `dead`: it was refused as it is, or its receiver is gone, so it is not sent again by itself: a dead letter
 * - `replaced`: a newer one says it, or its routes lead elsewhere by now
 * - `dropped`: a person has taken it out
 */
export const DELIVERY_STATES = ['pending', 'attempting', 'uncertain', 'sent', 'dead', 'replaced', 'dropped'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** Those of what nobody knows to have arrived. */
export const UNSENT: readonly DeliveryState[] = ['pending', 'attempting', 'uncertain', 'dead'];

/** What went wrong with it last: what its receiver says, a defect of dq-report, or a receiver that nobody has any more. */
export const FAULTS = [...DELIVERY_REASONS, 'defect', 'receiver_gone'] as const;
export type Fault = (typeof FAULTS)[number];

/** One thing to be sent to one integration of one receiver. */
export interface Delivery extends DestinationName {
  readonly id: string;
  readonly project: string;
  readonly environment: string;
  readonly order: Order;
  readonly state: DeliveryState;
  /** Whether it may have arrived, whatever became of it later. */
  readonly mayHaveArrived: boolean;
  /** While it is `attempting`: when somebody else may take it. */
  readonly leaseUntil: Timestamp | null;
  /** How often somebody began to send it. */
  readonly attempts: number;
  /** Not to be tried again before, because a far side was in trouble; null for at once. */
  readonly notBefore: Timestamp | null;
  /** Not to be sent before, because its route is muted; null where it was not when somebody last looked. */
  readonly mutedUntil: Timestamp | null;
  /** When the mute time ended, or will end, that it waited for first; null where it never waited for one. */
  readonly dueAt: Timestamp | null;
  /** Of the route whose times it keeps; null where it need not. */
  readonly route: RoutePath | null;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
  readonly fault: Fault | null;
  /** Why it is as it is, for people, without secrets. */
  readonly reason: string | null;
  readonly receipt: Receipt | null;
}

/** Deliveries of different projects and environments never meet; '' is none. */
export interface Scope {
  readonly project: string;
  readonly environment: string;
}

export function scopeOf(run: { readonly project: string | null; readonly environment: string | null }): Scope {
  return { project: run.project ?? '', environment: run.environment ?? '' };
}

/** The incidents that an order tells of. */
export function incidentIdsOf(order: Order): readonly string[] {
  return noticesOf(order).map(({ incident }) => incident.id);
}

/** Whoever was sending it died. */
export function isInterrupted({ state, leaseUntil }: Delivery, now: Date): boolean {
  return state === 'attempting' && leaseUntil !== null && leaseUntil <= now.toISOString();
}

/** Muted, though it might have been sent before: nobody came to send it, or it was tried in vain. */
export function hasMissedItsTime(delivery: Delivery, now: Date): boolean {
  const { fault, dueAt } = delivery;
  return isMuted(delivery, now) && (fault !== null || (dueAt !== null && dueAt <= now.toISOString()));
}

/** Waits for a time that was set by a route, whether or not somebody has tried to send it before. */
export function isMuted({ state, mutedUntil }: Delivery, now: Date): boolean {
  return state === 'pending' && mutedUntil !== null && mutedUntil > now.toISOString();
}
