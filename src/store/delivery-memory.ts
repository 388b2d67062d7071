import type { Transaction } from 'kysely';
import { type Delivery, incidentIdsOf } from '../deliveries/delivery.ts';
import type { Incident } from '../incidents/incident.ts';
import { type Notice, noticesOf, type PastChange, type Receipt, type SentDigest } from '../receivers/receiver.ts';
import type { ToldReceiver } from '../routes/plan.ts';
import { chunks } from './chunks.ts';
import { type Database, deliveriesAbout, destinationOf, WAITING } from './delivery-queries.ts';
import { deliveryOf, howOf, integrationOf, pastChangeOf, receiptOf } from './delivery-rows.ts';
import { incidentOf } from './rows.ts';
import type { Memory, Story } from './store.ts';
import type { Tables } from './tables.ts';

/** What deliveries have left: here, and at their far sides. */

/** Who knows of these incidents or has them in the outbox, and what was told of them. */
export async function memoryOf(db: Transaction<Tables>, incidents: readonly string[]): Promise<Memory> {
  const known = new Map<string, ToldReceiver[]>();
  const history = new Map<string, PastChange[]>();
  for (const ids of chunks(incidents)) {
    // In this order: what is sent in between is then found twice, and not never.
    const unsent = await deliveriesAbout(db, ids)
      .select(['incident_id', 'receiver', 'integration', 'action', 'state', 'may_have_arrived'])
      .where('state', 'in', [...WAITING, 'dead', 'dropped'])
      .execute();
    const told = await db
      .selectFrom('told')
      .select(['incident_id', 'receiver', 'integration', 'how'])
      .where('incident_id', 'in', ids)
      .execute();
    const rows = [
      ...told.map(({ how, ...row }) => ({ ...row, how: howOf(how), hasArrived: true })),
      ...unsent.map((row) => ({ ...row, ...becameOf(row) })),
    ];
    for (const { incident_id: id, receiver, integration, how, hasArrived } of rows) {
      const all = known.get(id) ?? [];
      all.push({ receiver, integration: integrationOf(integration), how, hasArrived });
      known.set(id, all);
    }
    const past = await db
      .selectFrom('changes')
      .select(['incident_id', 'reason', 'at', 'severity', 'failures'])
      .where('incident_id', 'in', ids)
      .orderBy('id')
      .execute();
    for (const { incident_id: id, ...change } of past) {
      const all = history.get(id) ?? [];
      all.push(pastChangeOf(change));
      history.set(id, all);
    }
  }
  return { told: known, history };
}

/** Who was told of an incident, what became of each alert about it, and what the newest says. */
export async function toldOf(db: Database, incident: string): Promise<Pick<Story, 'told' | 'cause' | 'deliveries'>> {
  const told = await db
    .selectFrom('told')
    .select(['receiver', 'integration', 'first_told_at'])
    .where('incident_id', '=', incident)
    .orderBy('first_told_at')
    .execute();
  const rows = await deliveriesAbout(db, [incident]).selectAll('deliveries').orderBy('seq').execute();
  const deliveries = rows.map(deliveryOf);
  const newest = deliveries.at(-1);
  const notices = newest === undefined ? [] : noticesOf(newest.order);
  return {
    told: told.map(({ receiver, integration, first_told_at: at }) => ({
      receiver,
      integration: integrationOf(integration),
      at,
    })),
    cause: notices.find((notice) => notice.incident.id === incident)?.cause ?? null,
    deliveries,
  };
}

function becameOf({
  state,
  action,
  may_have_arrived: mayHaveArrived,
}: {
  readonly state: string;
  readonly action: string;
  readonly may_have_arrived: number;
}): Pick<ToldReceiver, 'how' | 'hasArrived'> {
  if (state === 'dead') return { how: 'missed', hasArrived: mayHaveArrived !== 0 };
  if (state === 'dropped') return { how: 'dropped', hasArrived: mayHaveArrived !== 0 };
  return { how: action === 'digest' ? 'digest' : 'message', hasArrived: state !== 'pending' };
}

/** What the newest delivery about the incident left there. */
export async function previousOf(db: Database, { order, ...delivery }: Delivery): Promise<Receipt | null> {
  if (order.action === 'digest') return null;
  const told = await db
    .selectFrom('told')
    .select('receipt')
    .where('incident_id', '=', order.notice.incident.id)
    .where((row) => row.and(destinationOf(delivery)))
    .executeTakeFirst();
  return receiptOf(told?.receipt ?? null);
}

/** Whether a dead letter about the same may stand there all the same. */
export async function mayBeThere(db: Database, delivery: Delivery): Promise<boolean> {
  const { id, order } = delivery;
  if (order.action === 'digest') return false;
  const row = await deliveriesAbout(db, [order.notice.incident.id])
    .select('id')
    .where((each) => each.and(destinationOf(delivery)))
    .where('state', 'in', ['dead', 'dropped'])
    .where('may_have_arrived', '=', 1)
    .where('id', '<>', id)
    .executeTakeFirst();
  return row !== undefined;
}

/** Where the incidents were told of before among others. */
export async function digestsOf(db: Database, delivery: Delivery): Promise<readonly SentDigest[]> {
  const digests = new Map<string, Delivery>();
  for (const ids of chunks(incidentIdsOf(delivery.order))) {
    const rows = await deliveriesAbout(db, ids)
      .selectAll('deliveries')
      .where((row) => row.and(destinationOf(delivery)))
      .where('action', '=', 'digest')
      .where('state', '=', 'sent')
      .where('id', '<>', delivery.id)
      .execute();
    for (const row of rows) digests.set(row.id, deliveryOf(row));
  }
  const sent: SentDigest[] = [];
  for (const { id: deliveryId, order: digest, receipt } of digests.values())
    if (digest.action === 'digest' && receipt !== null)
      sent.push({ deliveryId, receipt, posted: digest.notices, notices: await asTheyAre(db, digest.notices) });
  return sent;
}

/** The incidents as the last run has left them, with the newest word about each that was ordered for anybody. */
async function asTheyAre(db: Database, notices: readonly Notice[]): Promise<readonly Notice[]> {
  const incidents = new Map<string, Incident>();
  const newest = new Map<string, Notice>();
  for (const ids of chunks(notices.map(({ incident }) => incident.id))) {
    for (const { body } of await db.selectFrom('incidents').select('body').where('id', 'in', ids).execute()) {
      const incident = incidentOf(body);
      incidents.set(incident.id, incident);
    }
    for (const notice of await newestNotices(db, ids)) newest.set(notice.incident.id, notice);
  }
  return notices.map((posted) => {
    const { id } = posted.incident;
    const notice = newest.get(id) ?? posted;
    return { ...notice, incident: incidents.get(id) ?? notice.incident };
  });
}

async function newestNotices(db: Database, incidents: readonly string[]): Promise<readonly Notice[]> {
  const newest = await deliveriesAbout(db, incidents)
    .select((row) => row.fn.max('seq').as('seq'))
    .groupBy('incident_id')
    .execute();
  const wanted = new Set(incidents);
  const notices: Notice[] = [];
  for (const seqs of chunks([...new Set(newest.map(({ seq }) => seq))])) {
    const rows = await db.selectFrom('deliveries').selectAll().where('seq', 'in', seqs).orderBy('seq').execute();
    const told = rows.flatMap((row) => noticesOf(deliveryOf(row).order));
    notices.push(...told.filter(({ incident }) => wanted.has(incident.id)));
  }
  return notices;
}
