import { createHash } from 'node:crypto';
import type { Transaction } from 'kysely';
import { collapse, type Collapsed, renew, type Unsent, withdraw } from '../deliveries/collapse.ts';
import { type Delivery, incidentIdsOf, type Scope } from '../deliveries/delivery.ts';
import type { DestinationName, Order } from '../receivers/receiver.ts';
import type { Plan, PlannedOrder } from '../routes/plan.ts';
import { chunks } from './chunks.ts';
import { REPLACED } from './delivery-queries.ts';
import { deliveryOf } from './delivery-rows.ts';
import type { Engine } from './migrations.ts';
import type { Tables } from './tables.ts';

/** What orders are written down with. */
export interface OrdersOf {
  readonly scope: Scope;
  readonly runId: number;
  /** What sets this run apart from all others, also after the state was lost. */
  readonly run: string;
  readonly at: Date;
}

/** What has surely not arrived, as a row. */
export interface UnsentRow extends Unsent, DestinationName {
  readonly seq: number;
  /** The times it keeps; null of a dead letter, and where it keeps none. */
  readonly held: Pick<Delivery, 'mutedUntil' | 'dueAt' | 'route' | 'fault' | 'reason'> | null;
}

/**
 * Writes orders into the outbox; what they make obsolete and has surely not arrived is replaced, what nobody needs to hear
 * any more is taken out. Returns what was written, which says as much as what it has replaced.
 */
export async function enqueue(
  db: Transaction<Tables>,
  { orders, withdrawn, renewed }: Pick<Plan, 'orders' | 'withdrawn' | 'renewed'>,
  unsent: readonly UnsentRow[],
  ordering: OrdersOf,
): Promise<readonly PlannedOrder[]> {
  const box = new Unsents(db, unsent, ordering.at.toISOString());
  for (const there of Map.groupBy(withdrawn, (each) => placeOf(each)).values()) {
    const [destination] = there;
    const incidents = there.map(({ incidentId }) => incidentId);
    if (destination !== undefined)
      await box.change(
        withdraw(box.about(destination, incidents), new Set(incidents)),
        'Nobody there needs to hear of it any more.',
      );
  }
  for (const { notices, ...there } of renewed) {
    const waiting = box.about(
      there,
      notices.map(({ incident }) => incident.id),
    );
    await box.change({ replaced: [], rewritten: renew(waiting, notices) }, REPLACED);
  }
  const written: PlannedOrder[] = [];
  for (const [index, planned] of orders.entries()) {
    const { order, ...changes } = collapse(box.about(planned, incidentIdsOf(planned.order)), planned.order);
    const held = latest((await box.change(changes, REPLACED)).map((each) => each.held));
    // Who is told only because of the past is not woken earlier than the past would have.
    const { mutedUntil, route } = planned.inherits && held !== null ? held : planned;
    const whole: PlannedOrder = { ...planned, order, mutedUntil, route };
    await insertOrder(db, whole, held, index, ordering);
    written.push(whole);
  }
  return written;
}

/** The rows that new orders can still change, as they are by now; looked up by what they name, because all may wait. */
class Unsents {
  readonly #db: Transaction<Tables>;
  readonly #now: string;
  /** By id, oldest first. */
  readonly #rows: Map<string, UnsentRow>;
  /** Ids by destination and incident; of what is replaced or names it no more, too. */
  readonly #about = new Map<string, string[]>();

  constructor(db: Transaction<Tables>, rows: readonly UnsentRow[], now: string) {
    this.#db = db;
    this.#now = now;
    this.#rows = new Map(rows.map((row) => [row.id, row]));
    for (const row of rows)
      for (const incident of incidentIdsOf(row.order)) {
        const place = placeOf(row, incident);
        const known = this.#about.get(place);
        if (known === undefined) this.#about.set(place, [row.id]);
        else known.push(row.id);
      }
  }

  /** Oldest first. */
  about(destination: DestinationName, incidents: readonly string[]): readonly UnsentRow[] {
    const ids = new Set(incidents.flatMap((incident) => this.#about.get(placeOf(destination, incident)) ?? []));
    const rows = [...ids].flatMap((id) => this.#rows.get(id) ?? []);
    return rows.toSorted((a, b) => a.seq - b.seq);
  }

  /** Returns the changed rows as they were before. */
  async change({ replaced, rewritten }: Changes, reason: string): Promise<readonly UnsentRow[]> {
    await writeChanges(this.#db, { replaced, rewritten }, reason, this.#now);
    const before = [...replaced, ...rewritten.map(({ id }) => id)].flatMap((id) => this.#rows.get(id) ?? []);
    for (const id of replaced) this.#rows.delete(id);
    for (const { id, order } of rewritten) {
      const row = this.#rows.get(id);
      if (row !== undefined) this.#rows.set(id, { ...row, order });
    }
    return before;
  }
}

function placeOf({ receiver, integration }: DestinationName, incident = ''): string {
  return JSON.stringify([receiver, integration, incident]);
}

/** What a newer word leaves of older ones. */
type Changes = Pick<Collapsed, 'replaced' | 'rewritten'>;

/**
 * What has surely not arrived. Nobody begins to send any of it from now on: what is planned rests on what is known of it, so
 * this comes before that.
 */
export async function unsentIn(db: Transaction<Tables>, scope: Scope, engine: Engine): Promise<readonly UnsentRow[]> {
  const query = db
    .selectFrom('deliveries')
    .selectAll()
    .where('project', '=', scope.project)
    .where('environment', '=', scope.environment)
    .where('state', 'in', ['pending', 'dead'])
    .where('may_have_arrived', '=', 0)
    .orderBy('seq');
  // SQLite has one writer at a time anyway.
  const rows = await (engine === 'postgres' ? query.forUpdate() : query).execute();
  return rows.map((row) => {
    const delivery = deliveryOf(row);
    const held = delivery.state === 'pending' && delivery.route !== null ? delivery : null;
    return { ...delivery, seq: row.seq, held };
  });
}

function latest(all: readonly UnsentRow['held'][]): UnsentRow['held'] {
  return all.reduce(
    (a, b) => (a === null || (b !== null && (b.mutedUntil ?? '') > (a.mutedUntil ?? '')) ? b : a),
    null,
  );
}

export async function writeChanges(
  db: Transaction<Tables>,
  { replaced, rewritten }: Changes,
  reason: string,
  now: string,
): Promise<void> {
  for (const ids of chunks(replaced))
    await db
      .updateTable('deliveries')
      .set({ state: 'replaced', reason, not_before: null, muted_until: null, updated_at: now })
      .where('id', 'in', ids)
      .execute();
  for (const each of rewritten) await rewrite(db, each, now);
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
  { receiver, integration, order, mutedUntil, route }: PlannedOrder,
  held: UnsentRow['held'],
  index: number,
  { scope, runId, run, at }: OrdersOf,
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
      not_before: null,
      muted_until: mutedUntil,
      // What went wrong with what it replaces is still so, as far as anybody knows.
      fault: held?.fault ?? null,
      reason: held?.reason ?? null,
      due_at: held?.dueAt ?? mutedUntil,
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
