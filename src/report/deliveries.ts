import { type Delivery, type DestinationName, incidentIdsOf } from '../deliveries/delivery.ts';
import type { Notice, Order } from '../receivers/receiver.ts';
import { count, formatTime, plain, some } from './wording.ts';

interface Ordered extends DestinationName {
  readonly order: Order;
  readonly notBefore: string | null;
}

/** What a dry run says: who would be told what of this run, and what of earlier ones is `due`. */
export function formatPlan(orders: readonly Ordered[], due: readonly Ordered[]): string {
  if (orders.length + due.length === 0) return 'Dry run: nobody would be told anything.\n';
  const lines = ({ receiver, integration, order, notBefore }: Ordered): string =>
    `  → ${receiver} (${integration})  ${orderPhrase(order)}${notBefore === null ? '' : `, not before ${formatTime(notBefore) ?? notBefore}`}`;
  const fresh = orders.map(lines);
  const older = due.map((each) => `${lines({ ...each, notBefore: null })}, ordered by an earlier run`);
  return plain(
    `Dry run: nothing is sent or remembered. Otherwise would be told:\n${[...fresh, ...older].join('\n')}\n`,
  );
}

/** One line about what was sent; '' when nothing was. */
export function formatSent(deliveries: readonly Delivery[]): string {
  // A receiver may find that there is nothing to say, such as the end of what was never paged.
  const sent = deliveries.filter(({ state, receipt }) => state === 'sent' && receipt?.['not_sent'] === undefined);
  if (sent.length === 0) return '';
  const numbers = new Map<string, number>();
  for (const delivery of sent) numbers.set(nameOf(delivery), (numbers.get(nameOf(delivery)) ?? 0) + 1);
  return plain(`Told: ${[...numbers].map(([name, number]) => `${name} ${count(number, 'message')}`).join(', ')}.\n`);
}

/** What was not sent, by destination, and why. */
export function formatUndelivered(deliveries: readonly Delivery[]): string {
  const reasons = new Map<string, number>();
  for (const { state, reason, ...delivery } of deliveries) {
    const key = `${nameOf(delivery)}, ${howFar(state)}: ${reason ?? 'there was no time left'}`;
    reasons.set(key, (reasons.get(key) ?? 0) + 1);
  }
  const lines = [...reasons].map(([key, number]) => `  ${count(number, 'message')} to ${key}`);
  const isAny = (isSo: (delivery: Delivery) => boolean): boolean => deliveries.some(isSo);
  const next = [
    isAny(({ state }) => state !== 'dead') ? 'The next run tries again, or `dq-report deliveries flush`.' : null,
    isAny(({ state }) => state === 'dead')
      ? 'What was refused needs something mended: then the next run that finds the cause tells it, or `dq-report deliveries retry ID`.'
      : null,
    '`dq-report deliveries` lists them.',
  ].filter((sentence) => sentence !== null);
  return plain(
    `${count(deliveries.length, 'alert')} not delivered, and kept:\n${[...lines, ...next.map((each) => `  ${each}`)].join('\n')}\n`,
  );
}

function howFar(state: Delivery['state']): string {
  switch (state) {
    case 'dead':
      return 'will not be sent';
    case 'uncertain':
      return 'may have arrived';
    case 'attempting':
      return 'being sent, or interrupted not long ago';
    case 'pending':
    case 'sent':
    case 'replaced':
    case 'dropped':
      return 'not sent yet';
  }
}

/** Oldest first. */
export function formatDeliveries(deliveries: readonly Delivery[]): string {
  if (deliveries.length === 0) return 'No alerts wait.\n';
  return plain(`${deliveries.map(line).join('\n')}\n`);
}

function line(delivery: Delivery): string {
  const { id, state, order, environment, attempts, notBefore, createdAt, reason } = delivery;
  const facts = [
    environment === '' ? null : environment,
    `ordered ${formatTime(createdAt) ?? createdAt}`,
    attempts === 0 ? null : count(attempts, 'attempt'),
    notBefore === null ? null : `not before ${formatTime(notBefore) ?? notBefore}`,
    reason,
  ].filter((fact) => fact !== null);
  return `${id.slice(0, 12)}  ${state.padEnd(10)}  ${nameOf(delivery)}  ${orderPhrase(order)}\n              ${facts.join(' · ')}`;
}

export function deliveriesJson(deliveries: readonly Delivery[]): string {
  const all = deliveries.map((delivery) => ({
    id: delivery.id,
    project: delivery.project,
    environment: delivery.environment === '' ? null : delivery.environment,
    receiver: delivery.receiver,
    integration: delivery.integration,
    action: delivery.order.action,
    incidents: incidentIdsOf(delivery.order),
    state: delivery.state,
    attempts: delivery.attempts,
    not_before: delivery.notBefore,
    ordered: delivery.createdAt,
    changed: delivery.updatedAt,
    reason: delivery.reason,
  }));
  return `${JSON.stringify({ schema_version: 1, deliveries: all }, null, 2)}\n`;
}

function nameOf({ receiver, integration }: DestinationName): string {
  return `${receiver} (${integration})`;
}

/** "open CRITICAL not_null client_id on orders". */
function orderPhrase(order: Order): string {
  if (order.action !== 'digest') return `${order.action} ${noticePhrase(order.notice)}`;
  return `digest of ${some(order.notices.map(noticePhrase))}`;
}

function noticePhrase({ incident }: Notice): string {
  return `${incident.severity.toUpperCase()} ${incident.title}`;
}
