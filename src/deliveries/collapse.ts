import { type Notice, noticesOf, type Order } from '../receivers/receiver.ts';
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
  /** What is left of digests that named the same incidents among others. */
  readonly rewritten: readonly Unsent[];
}

/**
 * The newest word about an incident is enough. What was not sent yet is replaced by it, and never by silence: the
 * beginning and the end of an incident become one message that says both.
 */
export function collapse(unsent: readonly Unsent[], order: Order): Collapsed {
  const incidents = new Set(incidentIdsOf(order));
  const older = unsent.filter((each) => namesAny(each.order, incidents));
  return { order: older.map((each) => each.order).reduce(joined, order), ...withdraw(older, incidents) };
}

/** What is left of unsent deliveries when nobody needs to hear of some incidents. */
export function withdraw(
  unsent: readonly Unsent[],
  incidents: ReadonlySet<string>,
): Pick<Collapsed, 'replaced' | 'rewritten'> {
  const left = unsent
    .filter((each) => namesAny(each.order, incidents))
    .map((each) => ({ id: each.id, order: without(each.order, incidents) }));
  return {
    replaced: left.filter((each) => each.order === null).map(({ id }) => id),
    rewritten: left.flatMap((each) => (each.order === null ? [] : [{ id: each.id, order: each.order }])),
  };
}

/**
 * Brings what was not sent up to date where incidents go on and no new order says so: their figures, their dashboards and
 * the time. What has happened stays what it was, unless it is better by now.
 */
export function renew(unsent: readonly Unsent[], newest: readonly Notice[]): readonly Unsent[] {
  const byIncident = new Map(newest.map((notice) => [notice.incident.id, notice]));
  const asItIs = (notice: Notice): Notice => {
    const now = notice.incident.state === 'open' ? byIncident.get(notice.incident.id) : undefined;
    return now === undefined ? notice : withNews(now, notice);
  };
  return unsent
    .filter(({ order }) => noticesOf(order).some((notice) => asItIs(notice) !== notice))
    .map(({ id, order }) => ({
      id,
      order:
        order.action === 'digest'
          ? { action: 'digest', notices: order.notices.map(asItIs) }
          : { ...order, notice: asItIs(order.notice) },
    }));
}

function namesAny(order: Order, incidents: ReadonlySet<string>): boolean {
  return incidentIdsOf(order).some((id) => incidents.has(id));
}

function joined(order: Order, before: Order): Order {
  if (order.action !== 'update' || before.action === 'close') return order;
  const waiting = noticesOf(before).find(({ incident }) => incident.id === order.notice.incident.id);
  const notice = waiting === undefined ? order.notice : withNews(order.notice, waiting);
  return before.action === 'update'
    ? { action: 'update', notice, loud: order.loud || before.loud }
    : { action: 'open', notice };
}

/** That an incident goes on as before is nothing to say to those who have not heard what was before. */
function withNews(now: Notice, waiting: Notice): Notice {
  return now.reason === 'ongoing' ? { ...now, reason: waiting.reason, history: waiting.history } : now;
}

/** Null when nothing is left of it. */
function without(order: Order, incidents: ReadonlySet<string>): Order | null {
  if (order.action !== 'digest') return null;
  const [only, ...others] = order.notices.filter(({ incident }) => !incidents.has(incident.id));
  if (only === undefined) return null;
  return others.length === 0 ? alone(only) : { action: 'digest', notices: [only, ...others] };
}

function alone(notice: Notice): Order {
  return { action: notice.incident.state === 'open' ? 'open' : 'close', notice };
}
