import { type Delivery, incidentIdsOf } from '../deliveries/delivery.ts';
import type { Explained, Standing } from '../deliveries/standing.ts';
import type { DestinationName, Notice, Order } from '../receivers/receiver.ts';
import { count, formatTime, plain, some } from './wording.ts';

interface Ordered extends DestinationName {
  readonly order: Order;
  readonly mutedUntil: string | null;
}

/** What a dry run says: who would be told what of this run, and what of earlier ones is `due`. */
export function formatPlan(orders: readonly Ordered[], due: readonly Ordered[]): string {
  if (orders.length + due.length === 0) return 'Dry run: nobody would be told anything.\n';
  const lines = ({ receiver, integration, order, mutedUntil }: Ordered): string =>
    `  → ${receiver} (${integration})  ${orderPhrase(order)}${mutedUntil === null ? '' : `, not before ${formatTime(mutedUntil) ?? mutedUntil}`}`;
  const fresh = orders.map(lines);
  const older = due.map((each) => `${lines({ ...each, mutedUntil: null })}, ordered by an earlier run`);
  return plain(
    `Dry run: nothing is sent or remembered. Otherwise would be told:\n${[...fresh, ...older].join('\n')}\n`,
  );
}

/** What was sent, and what waits for a mute time to end; '' when nothing does. */
export function formatSent(deliveries: readonly Explained[]): string {
  // A receiver may find that there is nothing to say, such as the end of what was never paged.
  const sent = deliveries.filter(({ state, receipt }) => state === 'sent' && receipt?.['not_sent'] === undefined);
  const waiting = deliveries.filter(({ standing }) => standing === 'muted');
  const times = [...new Set(waiting.map(({ mutedUntil }) => mutedUntil))];
  const lines = [
    ...(sent.length === 0 ? [] : [`Told: ${perDestination(sent, ({ order }) => toldWord(order))}.`]),
    ...times.map((time) => {
      const then = waiting.filter(({ mutedUntil }) => mutedUntil === time);
      return `Waiting until ${formatTime(time) ?? ''}, for the first run after it: ${perDestination(then, ({ order }) => toldWord(order))}.`;
    }),
  ];
  return lines.map((each) => `${plain(each)}\n`).join('');
}

/** "data (slack) 2 new, 1 updated; pager (pagerduty) 1 new". */
function perDestination(deliveries: readonly Delivery[], wordOf: (delivery: Delivery) => string): string {
  const names = [...new Set(deliveries.map(nameOf))];
  return names
    .map((name) => {
      const words = deliveries.filter((each) => nameOf(each) === name).map(wordOf);
      const counts = [...new Set(words)].map((word) => `${words.filter((each) => each === word).length} ${word}`);
      return `${name} ${counts.join(', ')}`;
    })
    .join('; ');
}

function toldWord(order: Order): string {
  switch (order.action) {
    case 'open':
      return 'new';
    case 'update':
      return 'updated';
    case 'close':
      return 'ended';
    case 'digest':
      return order.notices.some(({ incident }) => incident.state === 'open') ? 'digest' : 'digest of ends';
  }
}

/** What was not sent, by destination, why, and what to do about it. */
export function formatUndelivered(deliveries: readonly Explained[]): string {
  const standings = [...new Set(deliveries.map(({ standing }) => standing))];
  const lines = standings.flatMap((standing) => {
    const those = deliveries.filter((each) => each.standing === standing);
    const hint = HINTS[standing];
    return [...linesOf(those), ...(hint === null ? [] : [`    ${hint}`])];
  });
  return plain(
    `${count(deliveries.length, 'alert')} not delivered, and kept:\n${lines.join('\n')}\n  \`dq-report deliveries\` lists them.\n`,
  );
}

function linesOf(deliveries: readonly Explained[]): readonly string[] {
  const reasons = new Map<string, number>();
  for (const { standing, state, reason, ...delivery } of deliveries) {
    const far = standing === 'interrupted' ? 'interrupted' : howFar(state);
    const key = `${nameOf(delivery)}, ${far}${reason === null ? '' : `: ${reason}`}`;
    reasons.set(key, (reasons.get(key) ?? 0) + 1);
  }
  return [...reasons].map(([key, number]) => `  ${count(number, 'message')} to ${key}`);
}

const NEXT_RUN = 'The next run tries again, or `dq-report deliveries flush`.';
const UNCLEAR = 'The next run looks it up or sends it again, or `dq-report deliveries flush`.';
const DROP = '`dq-report deliveries drop ID --reason TEXT` takes it out.';

/** What a person can do about it; null where there is nothing to do. */
const HINTS: Readonly<Record<Standing, string | null>> = {
  sent: null,
  replaced: null,
  dropped: null,
  muted: null,
  being_sent:
    'The process that is sending it tells what became of it; if it has died, a run a little later takes over.',
  interrupted: UNCLEAR,
  missed_its_time:
    'Let a run or `dq-report deliveries flush` come between the mute times (a scheduler can), and mend what stands before it, if anything does.',
  muted_in_trouble: 'The first run after the mute time tries again, or `dq-report deliveries flush` then.',
  secret_missing: 'The next run that has the secret sends it; `dq-report check-config` says which is missing.',
  receiver_gone: `Give the receiver its old name back in dq-report.yml, then \`dq-report deliveries retry ID\`. ${DROP}`,
  receiver_back: `The next run that finds the cause tells it, or \`dq-report deliveries retry ID\`. ${DROP}`,
  no_access:
    'Mend the credentials, which `dq-report check-config --online` tries; then the next run sends it, or `dq-report deliveries flush`.',
  no_place:
    'Mend the channel, key or address, which `dq-report check-config --online` tries; then the next run sends it, or `dq-report deliveries flush`.',
  trouble: NEXT_RUN,
  unclear: UNCLEAR,
  refused: `What was refused needs something mended: then the next run that finds the cause tells it, or \`dq-report deliveries retry ID\`. ${DROP}`,
  defect: `Please report it. \`dq-report deliveries retry ID\` tries again. ${DROP}`,
  // What to do about the one before it stands there.
  in_line: null,
  untried: 'The next run sends it, or `dq-report deliveries flush`; `limits.seconds` gives a run more time.',
};

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
export function formatDeliveries(deliveries: readonly Explained[]): string {
  if (deliveries.length === 0) return 'No alerts wait.\n';
  return plain(`${deliveries.map(line).join('\n')}\n`);
}

function line(delivery: Explained): string {
  const { id, state, order, environment, attempts, notBefore, mutedUntil, createdAt, updatedAt, reason } = delivery;
  const facts = [
    environment === '' ? null : environment,
    `incident ${some(incidentIdsOf(order))}`,
    `ordered ${formatTime(createdAt) ?? createdAt}`,
    state === 'sent' ? `sent ${formatTime(updatedAt) ?? updatedAt}` : null,
    attempts === 0 ? null : count(attempts, 'attempt'),
    notBefore === null ? null : `not before ${formatTime(notBefore) ?? notBefore}`,
    mutedUntil === null ? null : `muted until ${formatTime(mutedUntil) ?? mutedUntil}`,
    reason,
  ].filter((fact) => fact !== null);
  return `${id.slice(0, 12)}  ${state.padEnd(10)}  ${nameOf(delivery)}  ${orderPhrase(order)}\n              ${facts.join(' · ')}`;
}

export function deliveriesJson(deliveries: readonly Explained[]): string {
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
    muted_until: delivery.mutedUntil,
    ordered: delivery.createdAt,
    changed: delivery.updatedAt,
    sent: delivery.state === 'sent' ? delivery.updatedAt : null,
    standing: delivery.standing,
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
