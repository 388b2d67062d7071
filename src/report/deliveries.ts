import { type Delivery, type DestinationName, incidentIdsOf } from '../deliveries/delivery.ts';
import type { Notice, Order } from '../receivers/receiver.ts';
import { count, formatTime, plain, some } from './wording.ts';

/** What a dry run says: who would be told what. */
export function formatPlan(
  orders: readonly (DestinationName & { readonly order: Order; readonly notBefore: string | null })[],
): string {
  if (orders.length === 0) return 'Dry run: nobody would be told anything.\n';
  const lines = orders.map(
    ({ receiver, integration, order, notBefore }) =>
      `  → ${receiver} (${integration})  ${orderPhrase(order)}${notBefore === null ? '' : `, not before ${formatTime(notBefore) ?? notBefore}`}`,
  );
  return plain(`Dry run: nothing is sent or remembered. Otherwise would be told:\n${lines.join('\n')}\n`);
}

/** One line about what was sent; '' when nothing was. */
export function formatSent(deliveries: readonly Delivery[]): string {
  const sent = deliveries.filter(({ state }) => state === 'sent');
  if (sent.length === 0) return '';
  const numbers = new Map<string, number>();
  for (const delivery of sent) numbers.set(nameOf(delivery), (numbers.get(nameOf(delivery)) ?? 0) + 1);
  return plain(`Told: ${[...numbers].map(([name, number]) => `${name} ${count(number, 'message')}`).join(', ')}.\n`);
}

/** What was not sent, by destination, and why. */
export function formatUndelivered(deliveries: readonly Delivery[]): string {
  const reasons = new Map<string, number>();
  for (const { state, reason, ...delivery } of deliveries) {
    const how = state === 'dead' ? 'will not be sent' : state === 'uncertain' ? 'may have arrived' : 'not sent yet';
    const key = `${nameOf(delivery)}, ${how}: ${reason ?? 'there was no time left'}`;
    reasons.set(key, (reasons.get(key) ?? 0) + 1);
  }
  const lines = [...reasons].map(([key, number]) => `  ${count(number, 'message')} to ${key}`);
  return plain(
    `${count(deliveries.length, 'alert')} not delivered, and kept:\n${lines.join('\n')}\n  The next run tries again, or \`dq-report deliveries flush\`; \`dq-report deliveries\` lists them.\n`,
  );
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
