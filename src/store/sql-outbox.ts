import { type Kysely, sql, type Transaction } from 'kysely';
import { withdraw } from '../deliveries/collapse.ts';
import { type Delivery, incidentIdsOf, type Scope } from '../deliveries/delivery.ts';
import type { Claim, Claimed, DeliveryFilter, Outbox, Settlement } from '../deliveries/outbox.ts';
import { type DestinationName, isSameDestination, type Receipt } from '../receivers/receiver.ts';
import { chunks } from './chunks.ts';
import { digestsOf, mayBeThere, previousOf } from './delivery-memory.ts';
import { type Database, deliveriesAbout, destinationOf, isWaiting, REPLACED, WAITING } from './delivery-queries.ts';
import { deliveryOf, howOf, integrationOf } from './delivery-rows.ts';
import type { Engine } from './migrations.ts';
import { drop, retry } from './outbox-by-hand.ts';
import { writeChanges } from './outbox-orders.ts';
import type { Tables } from './tables.ts';

/** The outbox in the tables of a store. */
export function sqlOutbox(db: Kysely<Tables>, engine: Engine): Outbox {
  return {
    claim: (asked) => db.transaction().execute((transaction) => claim(transaction, asked, engine)),
    settle: (id, owner, settlement, now) =>
      db.transaction().execute((transaction) => settle(transaction, { id, owner }, settlement, now)),
    nextDue: (scope, destination, now) => nextDue(db, scope, destination, now),
    list: (filter) => list(db, filter),
    retry: (id, now, isGone) => db.transaction().execute((transaction) => retry(transaction, id, now, isGone)),
    drop: (id, reason, now) => db.transaction().execute((transaction) => drop(transaction, id, reason, now)),
    postpone: (id, until, now) => postpone(db, id, until, now),
    bury: (scope, destinations, now) => bury(db, scope, destinations, now),
  };
}

async function claim(
  db: Transaction<Tables>,
  { scope, destination, now, leaseUntil, owner, eager }: Claim,
  engine: Engine,
): Promise<Claimed | null> {
  const at = now.toISOString();
  const due = db
    .selectFrom('deliveries as mine')
    .selectAll('mine')
    .where('mine.project', '=', scope.project)
    .where('mine.environment', '=', scope.environment)
    .where('mine.receiver', '=', destination.receiver)
    .where('mine.integration', '=', destination.integration)
    .where(isWaiting('mine'))
    .where((row) =>
      row.or([
        row.and([
          row('mine.state', 'in', ['pending', 'uncertain']),
          ...(eager ? [] : [row.or([row('mine.not_before', 'is', null), row('mine.not_before', '<=', at)])]),
          row.or([row('mine.muted_until', 'is', null), row('mine.muted_until', '<=', at)]),
        ]),
        row.and([row('mine.state', '=', 'attempting'), row('mine.lease_until', '<=', at)]),
      ]),
    )
    .where((row) =>
      row.not(
        row.exists(
          row
            .selectFrom('deliveries as older')
            .innerJoin('delivery_incidents as theirs', 'theirs.delivery_id', 'older.id')
            .innerJoin('delivery_incidents as ours', 'ours.incident_id', 'theirs.incident_id')
            .select('older.id')
            .whereRef('ours.delivery_id', '=', 'mine.id')
            .whereRef('older.seq', '<', 'mine.seq')
            .whereRef('older.receiver', '=', 'mine.receiver')
            .whereRef('older.integration', '=', 'mine.integration')
            .where('older.state', 'in', WAITING),
        ),
      ),
    )
    .orderBy('mine.seq')
    .limit(1);
  const row = await (engine === 'postgres' ? due.forUpdate('mine').skipLocked() : due).executeTakeFirst();
  if (row === undefined) return null;
  await db
    .updateTable('deliveries')
    .set({
      state: 'attempting',
      attempts: row.attempts + 1,
      lease_until: leaseUntil.toISOString(),
      lease_owner: owner,
      updated_at: at,
      ...(row.state === 'attempting' ? { may_have_arrived: 1 } : {}),
    })
    .where('id', '=', row.id)
    .execute();
  const delivery: Delivery = { ...deliveryOf(row), state: 'attempting', attempts: row.attempts + 1, updatedAt: at };
  return {
    delivery,
    isUncertain: row.state !== 'pending',
    previous: await previousOf(db, delivery),
    mayBeThere: await mayBeThere(db, delivery),
    digests: await digestsOf(db, delivery),
  };
}

interface Lease {
  readonly id: string;
  readonly owner: string;
}

async function settle(db: Transaction<Tables>, { id, owner }: Lease, settlement: Settlement, now: Date): Promise<void> {
  const at = now.toISOString();
  const row = await db
    .updateTable('deliveries')
    .set({ ...rowAfter(settlement), lease_until: null, lease_owner: null, updated_at: at })
    .where('id', '=', id)
    .where('state', '=', 'attempting')
    .where('lease_owner', '=', owner)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return;
  const delivery = deliveryOf(row);
  if (settlement.kind === 'sent') {
    await remember(db, delivery, settlement.receipt, at);
    await replaceOlder(db, row.seq, delivery, at);
  }
  if (settlement.kind === 'afresh')
    for (const ids of chunks(incidentIdsOf(delivery.order)))
      await db
        .updateTable('told')
        .set({ receipt: null })
        .where('incident_id', 'in', ids)
        .where((each) => each.and(destinationOf(delivery)))
        .execute();
}

function rowAfter(settlement: Settlement): {
  state: Delivery['state'];
  fault: Delivery['fault'];
  reason: string | null;
  not_before?: string | null;
  receipt?: string;
  may_have_arrived?: number;
} {
  switch (settlement.kind) {
    case 'sent':
      return {
        state: 'sent',
        fault: null,
        reason: null,
        not_before: null,
        receipt: JSON.stringify(settlement.receipt),
      };
    case 'later':
      return {
        state: settlement.state,
        fault: settlement.fault,
        reason: settlement.reason,
        not_before: settlement.notBefore?.toISOString() ?? null,
        may_have_arrived: settlement.state === 'uncertain' ? 1 : 0,
      };
    case 'afresh':
      return { state: 'pending', fault: settlement.fault, reason: settlement.reason, not_before: null };
    case 'dead':
      return {
        state: 'dead',
        fault: settlement.fault,
        reason: settlement.reason,
        not_before: null,
        may_have_arrived: settlement.mayHaveArrived ? 1 : 0,
      };
  }
}

/** What was given up before, and says less than what has arrived now, waits for nobody any more. */
async function replaceOlder(db: Transaction<Tables>, seq: number, delivery: Delivery, at: string): Promise<void> {
  const incidents = [...new Set(incidentIdsOf(delivery.order))];
  const dead = new Map<string, Delivery>();
  for (const ids of chunks(incidents)) {
    const rows = await deliveriesAbout(db, ids)
      .selectAll('deliveries')
      .where((row) => row.and({ ...destinationOf(delivery), state: 'dead' }))
      .where('seq', '<', seq)
      .execute();
    for (const row of rows) dead.set(row.id, deliveryOf(row));
  }
  await writeChanges(db, withdraw([...dead.values()], new Set(incidents)), REPLACED, at);
}

/** Each incident of a digest has the digest's receipt; one that was left as it is tells of its incident as before. */
async function remember(db: Transaction<Tables>, delivery: Delivery, receipt: Receipt, at: string): Promise<void> {
  const { id, order } = delivery;
  const written = JSON.stringify(receipt);
  for (const ids of chunks([...new Set(incidentIdsOf(order))])) {
    const known = await db
      .selectFrom('told')
      .selectAll()
      .where('incident_id', 'in', ids)
      .where((row) => row.and(destinationOf(delivery)))
      .execute();
    const befores = new Map(known.map((each) => [each.incident_id, each]));
    const rows = ids.map((incident) => {
      const before = befores.get(incident);
      const isSame = before !== undefined && before.receipt === written;
      const how = order.action === 'digest' ? 'digest' : isSame ? howOf(before.how) : 'message';
      return {
        incident_id: incident,
        ...destinationOf(delivery),
        how,
        receipt: written,
        first_told_at: before?.first_told_at ?? at,
        delivery_id: id,
      };
    });
    await db
      .insertInto('told')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['incident_id', 'receiver', 'integration']).doUpdateSet((row) => ({
          how: row.ref('excluded.how'),
          receipt: row.ref('excluded.receipt'),
          delivery_id: row.ref('excluded.delivery_id'),
        })),
      )
      .execute();
  }
}

async function nextDue(db: Database, scope: Scope, destination: DestinationName, now: Date): Promise<string | null> {
  const due = sql<string | null>`case when muted_until > coalesce(not_before, '') then muted_until else not_before end`;
  const row = await db
    .selectFrom('deliveries')
    .select((each) => each.fn.min(due).as('at'))
    .where((each) => each.and({ ...scope, ...destinationOf(destination) }))
    .where('state', 'in', ['pending', 'uncertain'])
    .where(due, '>', now.toISOString())
    .executeTakeFirst();
  return row?.at ?? null;
}

async function list(
  db: Database,
  { scope, states, environment, orIds = [] }: DeliveryFilter,
): Promise<readonly Delivery[]> {
  let query = db.selectFrom('deliveries').selectAll();
  if (scope !== undefined) query = query.where((row) => row.and(scope));
  if (environment !== undefined) query = query.where('environment', '=', environment);
  const rows = await (states === undefined ? query : query.where('state', 'in', states)).execute();
  for (const ids of chunks(states === undefined ? [] : orIds))
    rows.push(...(await query.where('id', 'in', ids).execute()));
  const inOrder = rows.toSorted((a, b) => a.seq - b.seq);
  return [...new Map(inOrder.map((row) => [row.id, deliveryOf(row)])).values()];
}

async function postpone(db: Database, id: string, until: string | null, now: Date): Promise<void> {
  await db
    .updateTable('deliveries')
    .set((row) => ({
      muted_until: until,
      due_at: row.fn.coalesce('due_at', row.val(until)),
      updated_at: now.toISOString(),
    }))
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .execute();
}

/** Reads no more than who waits where. */
async function bury(db: Database, scope: Scope, destinations: readonly DestinationName[], now: Date): Promise<void> {
  const at = now.toISOString();
  const waiting = await db
    .selectFrom('deliveries')
    .select(['id', 'receiver', 'integration', 'state'])
    .where((row) => row.and(scope))
    .where((row) =>
      row.or([
        row('state', 'in', ['pending', 'uncertain']),
        row.and([row('state', '=', 'attempting'), row('lease_until', '<=', at)]),
      ]),
    )
    .execute();
  for (const { id, receiver, integration, state } of waiting) {
    const to = { receiver, integration: integrationOf(integration) };
    if (destinations.some((each) => isSameDestination(each, to))) continue;
    await db
      .updateTable('deliveries')
      .set({
        state: 'dead',
        not_before: null,
        muted_until: null,
        fault: 'receiver_gone',
        reason: 'Its receiver is not in the configuration any more.',
        updated_at: at,
        ...(state === 'pending' ? {} : { may_have_arrived: 1 }),
      })
      .where((row) => row.and({ id, state }))
      .execute();
  }
}

/** Forgets what was sent or dropped before, and who knew of incidents that are forgotten. */
export async function forgetDeliveries(db: Transaction<Tables>, before: string): Promise<void> {
  await db
    .deleteFrom('deliveries')
    .where('state', 'in', ['sent', 'replaced', 'dropped'])
    .where('updated_at', '<', before)
    .execute();
  await db
    .deleteFrom('told')
    .where('first_told_at', '<', before)
    .where('incident_id', 'not in', (row) => row.selectFrom('incidents').select('id'))
    .execute();
}
