import { createHash } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import { collapse, type Collapsed, type Unsent, withdraw } from '../deliveries/collapse.ts';
import {
  type Delivery,
  type DestinationName,
  incidentIdsOf,
  isInterrupted,
  type Scope,
} from '../deliveries/delivery.ts';
import type { Claim, Claimed, DeliveryFilter, Handled, Outbox, Settlement } from '../deliveries/outbox.ts';
import type { Incident } from '../incidents/incident.ts';
import type { Notice, Order, Receipt, SentDigest, Told } from '../receivers/receiver.ts';
import type { Plan, PlannedOrder, ToldReceiver } from '../routes/plan.ts';
import { chunks } from './chunks.ts';
import { deliveryOf, howOf, integrationOf, receiptOf, stepOf } from './delivery-rows.ts';
import type { Engine } from './migrations.ts';
import { incidentOf } from './rows.ts';
import type { Memory, Story } from './store.ts';
import type { Tables } from './tables.ts';

/** Not sent, and not given up. */
const WAITING = ['pending', 'attempting', 'uncertain'] as const;
const REPLACED = 'A newer delivery about the same says it.';

type Database = Kysely<Tables> | Transaction<Tables>;

/** The outbox in the tables of a store. */
export function sqlOutbox(db: Kysely<Tables>, engine: Engine): Outbox {
  return {
    claim: (asked) => db.transaction().execute((transaction) => claim(transaction, asked, engine)),
    settle: (id, owner, settlement, now) =>
      db.transaction().execute((transaction) => settle(transaction, { id, owner }, settlement, now)),
    nextDue: (scope, destination, now) => nextDue(db, scope, destination, now),
    list: (filter) => list(db, filter),
    retry: (id, now) => db.transaction().execute((transaction) => retry(transaction, id, now)),
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
    .where((row) =>
      row.or([
        row.and([
          row('mine.state', 'in', ['pending', 'uncertain']),
          row.or([
            row('mine.not_before', 'is', null),
            row('mine.not_before', '<=', at),
            ...(eager ? [row('mine.attempts', '>', 0)] : []),
          ]),
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

async function previousOf(db: Database, { order, receiver, integration }: Delivery): Promise<Receipt | null> {
  if (order.action === 'digest') return null;
  const told = await db
    .selectFrom('told')
    .select('receipt')
    .where('incident_id', '=', order.notice.incident.id)
    .where('receiver', '=', receiver)
    .where('integration', '=', integration)
    .executeTakeFirst();
  return receiptOf(told?.receipt ?? null);
}

/** A dead letter about the same may stand there all the same. */
async function mayBeThere(db: Database, { id, order, receiver, integration }: Delivery): Promise<boolean> {
  if (order.action === 'digest') return false;
  const row = await db
    .selectFrom('deliveries')
    .innerJoin('delivery_incidents', 'delivery_incidents.delivery_id', 'deliveries.id')
    .select('deliveries.id')
    .where('incident_id', '=', order.notice.incident.id)
    .where('receiver', '=', receiver)
    .where('integration', '=', integration)
    .where('state', 'in', ['dead', 'dropped'])
    .where('may_have_arrived', '=', 1)
    .where('deliveries.id', '<>', id)
    .executeTakeFirst();
  return row !== undefined;
}

/** Where the incidents were told of before among others. */
async function digestsOf(db: Database, { id, order, receiver, integration }: Delivery): Promise<readonly SentDigest[]> {
  const digests = new Map<string, Delivery>();
  for (const ids of chunks(incidentIdsOf(order))) {
    const rows = await db
      .selectFrom('deliveries')
      .innerJoin('delivery_incidents', 'delivery_incidents.delivery_id', 'deliveries.id')
      .selectAll('deliveries')
      .where('incident_id', 'in', ids)
      .where('receiver', '=', receiver)
      .where('integration', '=', integration)
      .where('action', '=', 'digest')
      .where('state', '=', 'sent')
      .where('deliveries.id', '<>', id)
      .execute();
    for (const row of rows) digests.set(row.id, deliveryOf(row));
  }
  const sent: SentDigest[] = [];
  for (const { id: deliveryId, order: digest, receipt } of digests.values())
    if (digest.action === 'digest' && receipt !== null)
      sent.push({ deliveryId, receipt, notices: await asTheyAre(db, digest.notices) });
  return sent;
}

async function asTheyAre(db: Database, notices: readonly Notice[]): Promise<readonly Notice[]> {
  const now = new Map<string, Incident>();
  for (const ids of chunks(notices.map(({ incident }) => incident.id)))
    for (const { body } of await db.selectFrom('incidents').select('body').where('id', 'in', ids).execute()) {
      const incident = incidentOf(body);
      now.set(incident.id, incident);
    }
  return notices.map((notice) => ({ ...notice, incident: now.get(notice.incident.id) ?? notice.incident }));
}

interface Lease {
  readonly id: string;
  readonly owner: string;
}

async function settle(
  db: Transaction<Tables>,
  { id, owner }: Lease,
  settlement: Settlement,
  now: Date,
): Promise<boolean> {
  const at = now.toISOString();
  const row = await db
    .updateTable('deliveries')
    .set({ ...rowAfter(settlement), lease_until: null, lease_owner: null, updated_at: at })
    .where('id', '=', id)
    .where('state', '=', 'attempting')
    .where('lease_owner', '=', owner)
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return false;
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
        .where('receiver', '=', delivery.receiver)
        .where('integration', '=', delivery.integration)
        .execute();
  return true;
}

function rowAfter(settlement: Settlement): {
  state: Delivery['state'];
  reason: string | null;
  not_before?: string | null;
  receipt?: string;
  may_have_arrived?: number;
} {
  switch (settlement.kind) {
    case 'sent':
      return { state: 'sent', reason: null, receipt: JSON.stringify(settlement.receipt) };
    case 'later':
      return {
        state: settlement.state,
        reason: settlement.reason,
        not_before: settlement.notBefore.toISOString(),
        may_have_arrived: settlement.state === 'uncertain' ? 1 : 0,
      };
    case 'afresh':
      return { state: 'pending', reason: settlement.reason, not_before: null };
    case 'dead':
      return {
        state: 'dead',
        reason: settlement.reason,
        not_before: null,
        may_have_arrived: settlement.mayHaveArrived ? 1 : 0,
      };
  }
}

/** What was given up before, and says less than what has arrived now, waits for nobody any more. */
async function replaceOlder(
  db: Transaction<Tables>,
  seq: number,
  { order, project, environment, receiver, integration }: Delivery,
  at: string,
): Promise<void> {
  const rows = await db
    .selectFrom('deliveries')
    .selectAll()
    .where('project', '=', project)
    .where('environment', '=', environment)
    .where('receiver', '=', receiver)
    .where('integration', '=', integration)
    .where('state', '=', 'dead')
    .where('seq', '<', seq)
    .execute();
  const { replaced, rewritten } = withdraw(rows.map(deliveryOf), new Set(incidentIdsOf(order)));
  await retire(db, replaced, REPLACED, at);
  for (const each of rewritten) await rewrite(db, each, at);
}

async function retire(db: Database, all: readonly string[], reason: string, at: string): Promise<void> {
  for (const ids of chunks(all))
    await db
      .updateTable('deliveries')
      .set({ state: 'replaced', reason, not_before: null, updated_at: at })
      .where('id', 'in', ids)
      .execute();
}

/** Each incident of a digest has the digest's receipt; one that was left as it is tells of its incident as before. */
async function remember(db: Transaction<Tables>, delivery: Delivery, receipt: Receipt, at: string): Promise<void> {
  const { id, order, receiver, integration } = delivery;
  const written = JSON.stringify(receipt);
  for (const ids of chunks([...new Set(incidentIdsOf(order))])) {
    const known = await db
      .selectFrom('told')
      .selectAll()
      .where('incident_id', 'in', ids)
      .where('receiver', '=', receiver)
      .where('integration', '=', integration)
      .execute();
    const befores = new Map(known.map((each) => [each.incident_id, each]));
    const rows = ids.map((incident) => {
      const before = befores.get(incident);
      const isSame = before !== undefined && before.receipt === written;
      const how = order.action === 'digest' ? 'digest' : isSame ? howOf(before.how) : 'message';
      return {
        incident_id: incident,
        receiver,
        integration,
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
  const row = await db
    .selectFrom('deliveries')
    .select((each) => each.fn.min('not_before').as('at'))
    .where('project', '=', scope.project)
    .where('environment', '=', scope.environment)
    .where('receiver', '=', destination.receiver)
    .where('integration', '=', destination.integration)
    .where('state', 'in', ['pending', 'uncertain'])
    .where('not_before', '>', now.toISOString())
    .executeTakeFirst();
  return row?.at ?? null;
}

async function list(db: Database, filter: DeliveryFilter): Promise<readonly Delivery[]> {
  const { scope, states, environment, orChangedSince: since, limit } = filter;
  let query = db.selectFrom('deliveries').selectAll().orderBy('seq');
  if (scope !== undefined)
    query = query.where('project', '=', scope.project).where('environment', '=', scope.environment);
  if (states !== undefined)
    query = query.where((row) =>
      row.or([
        row('state', 'in', states),
        ...(since === undefined ? [] : [row('updated_at', '>=', since.toISOString())]),
      ]),
    );
  if (environment !== undefined) query = query.where('environment', '=', environment);
  if (limit !== undefined) query = query.limit(limit);
  return (await query.execute()).map(deliveryOf);
}

/** By the beginning of its id. */
async function only(db: Database, id: string): Promise<(Delivery & { readonly seq: number }) | null> {
  if (!/^[0-9a-f]+$/.test(id)) return null;
  const rows = await db.selectFrom('deliveries').selectAll().where('id', 'like', `${id}%`).limit(2).execute();
  const [row, ...others] = rows;
  return row === undefined || others.length > 0 ? null : { ...deliveryOf(row), seq: row.seq };
}

async function retry(db: Transaction<Tables>, id: string, now: Date): Promise<Handled> {
  const found = await only(db, id);
  if (found === null) return { kind: 'unknown' };
  const why = found.state === 'dead' ? await whyNotAgain(db, found) : notWaiting(found, now);
  if (why !== null) return { kind: 'refused', why };
  const state = isInterrupted(found, now) || found.mayHaveArrived ? 'uncertain' : 'pending';
  return handled(db, found, { state, not_before: null }, now);
}

/** What was given up long ago may be wrong by now. */
async function whyNotAgain(
  db: Database,
  { seq, order, receiver, integration }: Delivery & { seq: number },
): Promise<string | null> {
  let isOpen = false;
  for (const ids of chunks(incidentIdsOf(order))) {
    const newer = await db
      .selectFrom('deliveries as newer')
      .innerJoin('delivery_incidents as theirs', 'theirs.delivery_id', 'newer.id')
      .select('newer.id')
      .where('theirs.incident_id', 'in', ids)
      .where('newer.seq', '>', seq)
      .where('newer.receiver', '=', receiver)
      .where('newer.integration', '=', integration)
      .where('newer.state', 'not in', ['replaced', 'dropped'])
      .executeTakeFirst();
    if (newer !== undefined) return 'A newer delivery about the same was ordered since.';
    const open = await db
      .selectFrom('incidents')
      .select('id')
      .where('id', 'in', ids)
      .where('state', '=', 'open')
      .executeTakeFirst();
    isOpen = isOpen || open !== undefined;
  }
  const isEnd = order.action === 'digest' ? order.notices.every(hasEnded) : hasEnded(order.notice);
  if (isEnd) return isOpen ? 'What it says has ended is open again.' : null;
  return isOpen ? null : 'What it tells of has ended since.';
}

function hasEnded({ incident }: Notice): boolean {
  return incident.state !== 'open';
}

function notWaiting(delivery: Delivery, now: Date): string | null {
  switch (delivery.state) {
    case 'pending':
    case 'uncertain':
    case 'dead':
      return null;
    case 'attempting':
      return isInterrupted(delivery, now) ? null : 'Somebody is sending it, or was until a moment ago.';
    case 'sent':
      return 'It was sent.';
    case 'replaced':
      return 'A newer delivery has taken its place.';
    case 'dropped':
      return 'It was dropped.';
  }
}

async function drop(db: Transaction<Tables>, id: string, reason: string, now: Date): Promise<Handled> {
  const found = await only(db, id);
  if (found === null) return { kind: 'unknown' };
  const why = notWaiting(found, now);
  if (why !== null) return { kind: 'refused', why };
  const mayHaveArrived = found.mayHaveArrived || isInterrupted(found, now) ? 1 : 0;
  const dropped = { state: 'dropped', reason, not_before: null, may_have_arrived: mayHaveArrived } as const;
  return handled(db, found, dropped, now);
}

/** As long as nobody else has taken it meanwhile. */
async function handled(
  db: Transaction<Tables>,
  { id, state }: Delivery,
  change: { state: Delivery['state']; not_before: null; reason?: string; may_have_arrived?: number },
  now: Date,
): Promise<Handled> {
  const row = await db
    .updateTable('deliveries')
    .set({ ...change, updated_at: now.toISOString() })
    .where('id', '=', id)
    .where('state', '=', state)
    .returningAll()
    .executeTakeFirst();
  return row === undefined
    ? { kind: 'refused', why: 'Somebody has taken it just now.' }
    : { kind: 'done', delivery: deliveryOf(row) };
}

async function postpone(db: Database, id: string, until: string, now: Date): Promise<void> {
  await db
    .updateTable('deliveries')
    .set((row) => ({
      not_before: until,
      due_at: row.fn.coalesce('due_at', row.val(until)),
      updated_at: now.toISOString(),
    }))
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .where('attempts', '=', 0)
    .execute();
}

async function bury(db: Database, scope: Scope, destinations: readonly DestinationName[], now: Date): Promise<void> {
  const rows = await db
    .selectFrom('deliveries')
    .selectAll()
    .where('project', '=', scope.project)
    .where('environment', '=', scope.environment)
    .where('state', 'in', WAITING)
    .execute();
  const lost = rows
    .map(deliveryOf)
    .filter((delivery) => delivery.state !== 'attempting' || isInterrupted(delivery, now))
    .filter(
      ({ receiver, integration }) =>
        !destinations.some((each) => each.receiver === receiver && each.integration === integration),
    );
  for (const { id, state } of lost)
    await db
      .updateTable('deliveries')
      .set({
        state: 'dead',
        not_before: null,
        reason: 'Its receiver is not in the configuration any more.',
        updated_at: now.toISOString(),
        ...(state === 'pending' ? {} : { may_have_arrived: 1 }),
      })
      .where('id', '=', id)
      .where('state', '=', state)
      .execute();
}

/** Who knows of these incidents or has them in the outbox, and what was told of them. */
export async function memoryOf(db: Transaction<Tables>, incidents: readonly string[]): Promise<Memory> {
  const known = new Map<string, ToldReceiver[]>();
  const steps = new Map<string, Told[]>();
  for (const ids of chunks(incidents)) {
    // In this order: what is sent in between is then found twice, and not never.
    const unsent = await db
      .selectFrom('deliveries')
      .innerJoin('delivery_incidents', 'delivery_incidents.delivery_id', 'deliveries.id')
      .select(['incident_id', 'receiver', 'integration', 'action', 'state', 'may_have_arrived'])
      .where('incident_id', 'in', ids)
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
    for (const { incident_id: id, ...step } of past) {
      const all = steps.get(id) ?? [];
      all.push(stepOf(step));
      steps.set(id, all);
    }
  }
  return { told: known, history: steps };
}

/** Who was told of an incident, and what the newest alert about it says. */
export async function toldOf(db: Database, incident: string): Promise<Pick<Story, 'told' | 'cause'>> {
  const told = await db
    .selectFrom('told')
    .select(['receiver', 'integration', 'first_told_at'])
    .where('incident_id', '=', incident)
    .orderBy('first_told_at')
    .execute();
  const newest = await db
    .selectFrom('deliveries')
    .innerJoin('delivery_incidents', 'delivery_incidents.delivery_id', 'deliveries.id')
    .selectAll('deliveries')
    .where('delivery_incidents.incident_id', '=', incident)
    .orderBy('deliveries.seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  const order = newest === undefined ? null : deliveryOf(newest).order;
  const notices = order === null ? [] : order.action === 'digest' ? order.notices : [order.notice];
  return {
    told: told.map(({ receiver, integration, first_told_at: at }) => ({
      receiver,
      integration: integrationOf(integration),
      at,
    })),
    cause: notices.find((notice) => notice.incident.id === incident)?.cause ?? null,
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

export interface Ordering {
  readonly scope: Scope;
  readonly runId: number;
  /** What sets this run apart from all others, also after the state was lost. */
  readonly run: string;
  readonly at: Date;
}

/** What has surely not arrived, as a row. */
interface UnsentRow extends Unsent, DestinationName {
  /** What it waits or has waited for, before anybody tried to send it; null if for nothing. */
  readonly held: Pick<Delivery, 'notBefore' | 'dueAt' | 'route'> | null;
}

/**
 * Writes orders into the outbox; what they make obsolete and has surely not arrived is replaced, what nobody needs to hear
 * any more is taken out. Returns what was written, which says as much as what it has replaced.
 */
export async function enqueue(
  db: Transaction<Tables>,
  { orders, withdrawn }: Pick<Plan, 'orders' | 'withdrawn'>,
  ordering: Ordering,
  engine: Engine,
): Promise<readonly PlannedOrder[]> {
  if (orders.length + withdrawn.length === 0) return [];
  const now = ordering.at.toISOString();
  let unsent = await unsentIn(db, ordering, engine);
  const at = ({ receiver, integration }: DestinationName): readonly UnsentRow[] =>
    unsent.filter((each) => each.receiver === receiver && each.integration === integration);

  for (const each of withdrawn)
    await change(withdraw(at(each), new Set([each.incidentId])), 'Nobody there needs to hear of it any more.');
  const written: PlannedOrder[] = [];
  for (const [index, planned] of orders.entries()) {
    const { order, ...changes } = collapse(at(planned), planned.order);
    const held = latest((await change(changes, REPLACED)).map((each) => each.held));
    // Who is told only because of the past is not woken earlier than the past would have.
    const { notBefore, route } = planned.inherits && held !== null ? held : planned;
    const whole: PlannedOrder = { ...planned, order, notBefore, route };
    await insertOrder(db, whole, held?.dueAt ?? notBefore, index, ordering);
    written.push(whole);
  }
  return written;

  /** Returns the rows as they were before. */
  async function change(
    { replaced, rewritten }: Pick<Collapsed, 'replaced' | 'rewritten'>,
    reason: string,
  ): Promise<readonly UnsentRow[]> {
    const touched = new Map<string, Order | null>([
      ...replaced.map((id) => [id, null] as const),
      ...rewritten.map((each) => [each.id, each.order] as const),
    ]);
    await retire(db, replaced, reason, now);
    for (const each of rewritten) await rewrite(db, each, now);
    const before = unsent.filter(({ id }) => touched.has(id));
    unsent = unsent.flatMap((each) => {
      const left = touched.get(each.id);
      return left === undefined ? [each] : left === null ? [] : [{ ...each, order: left }];
    });
    return before;
  }
}

async function unsentIn(db: Transaction<Tables>, { scope }: Ordering, engine: Engine): Promise<readonly UnsentRow[]> {
  const query = db
    .selectFrom('deliveries')
    .selectAll()
    .where('project', '=', scope.project)
    .where('environment', '=', scope.environment)
    .where('state', 'in', ['pending', 'dead'])
    .where('may_have_arrived', '=', 0)
    .orderBy('seq');
  // So that nobody begins to send what is replaced here.
  const rows = await (engine === 'postgres' ? query.forUpdate() : query).execute();
  return rows.map(deliveryOf).map((delivery) => ({
    ...delivery,
    held: delivery.state === 'pending' && delivery.attempts === 0 && delivery.dueAt !== null ? delivery : null,
  }));
}

function latest(all: readonly UnsentRow['held'][]): UnsentRow['held'] {
  return all.reduce((a, b) => (a === null || (b !== null && (b.notBefore ?? '') > (a.notBefore ?? '')) ? b : a), null);
}

/** Takes out of a digest what a newer delivery tells. */
async function rewrite(db: Transaction<Tables>, { id, order }: Unsent, now: string): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({ action: order.action, body: JSON.stringify(order), updated_at: now })
    .where('id', '=', id)
    .execute();
  await db.deleteFrom('delivery_incidents').where('delivery_id', '=', id).execute();
  await insertIncidents(db, id, order);
}

async function insertOrder(
  db: Transaction<Tables>,
  { receiver, integration, order, notBefore, route }: PlannedOrder,
  dueAt: string | null,
  index: number,
  { scope, runId, run, at }: Ordering,
): Promise<void> {
  const now = at.toISOString();
  const id = idOf(scope, run, index, { receiver, integration }, order);
  await db
    .insertInto('deliveries')
    .values({
      id,
      ...scope,
      receiver,
      integration,
      action: order.action,
      body: JSON.stringify(order),
      state: 'pending',
      attempts: 0,
      not_before: notBefore,
      due_at: dueAt,
      route: route === null ? null : JSON.stringify(route),
      created_at: now,
      updated_at: now,
      run_id: runId,
    })
    .execute();
  await insertIncidents(db, id, order);
}

async function insertIncidents(db: Transaction<Tables>, id: string, order: Order): Promise<void> {
  for (const ids of chunks([...new Set(incidentIdsOf(order))]))
    await db
      .insertInto('delivery_incidents')
      .values(ids.map((incident) => ({ delivery_id: id, incident_id: incident })))
      .execute();
}

/** The same thing to be sent has the same id, by which far sides know it. */
function idOf(scope: Scope, run: string, index: number, to: DestinationName, order: Order): string {
  const parts = [scope.project, scope.environment, run, index, to.receiver, to.integration, order.action];
  return createHash('sha256')
    .update(JSON.stringify([...parts, incidentIdsOf(order)]))
    .digest('hex')
    .slice(0, 24);
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
