import type { Order } from '../receivers/receiver.ts';
import { incidentIdsOf } from './delivery.ts';

/** What lies in the outbox for the same integration of a receiver and has surely not arrived. */
export interface Unsent {
  readonly id: string;
  readonly order: Order;
}

export interface Collapsed {
  readonly order: Order;
  /** Ids of what the order makes obsolete. */
  readonly replaced: readonly string[];
}

/**
 * The newest word about an incident is enough. What was not sent yet is replaced by it, and never by silence: the
 * beginning and the end of an incident become one message that says both.
 */
export function collapse(unsent: readonly Unsent[], order: Order): Collapsed {
  const incidents = new Set(incidentIdsOf(order));
  // A digest stays while it names an incident that the new order does not.
  const replaced = unsent.filter((each) => incidentIdsOf(each.order).every((id) => incidents.has(id)));
  return { order: replaced.map((each) => each.order).reduce(joined, order), replaced: replaced.map(({ id }) => id) };
}

function joined(order: Order, before: Order): Order {
  if (order.action !== 'update') return order;
  switch (before.action) {
    case 'open':
    case 'digest':
      return { action: 'open', notice: order.notice };
    case 'update':
      return { ...order, loud: order.loud || before.loud };
    case 'close':
      return order;
  }
}
