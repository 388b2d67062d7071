import type { Transaction } from 'kysely';
import { type Delivery, incidentIdsOf, isInterrupted, UNSENT } from '../deliveries/delivery.ts';
import type { Handled } from '../deliveries/outbox.ts';
import { noticesOf } from '../receivers/receiver.ts';
import { chunks } from './chunks.ts';
import { type Database, deliveriesAbout, destinationOf } from './delivery-queries.ts';
import { deliveryOf } from './delivery-rows.ts';
import type { Tables } from './tables.ts';

/** What a person does about a delivery. */

/** By the beginning of its id. */
async function only(db: Database, id: string): Promise<(Delivery & { readonly seq: number }) | null> {
  if (!/^[0-9a-f]+$/.test(id)) return null;
  const rows = await db.selectFrom('deliveries').selectAll().where('id', 'like', `${id}%`).limit(2).execute();
  const [row, ...others] = rows;
  return row === undefined || others.length > 0 ? null : { ...deliveryOf(row), seq: row.seq };
}

/** Makes what is not sent due at once; a dead letter comes back to life. */
export async function retry(
  db: Transaction<Tables>,
  id: string,
  now: Date,
  isGone: (delivery: Delivery) => boolean,
): Promise<Handled> {
  const found = await only(db, id);
  if (found === null) return { kind: 'unknown' };
  if (UNSENT.includes(found.state) && isGone(found)) return { kind: 'receiver_gone', delivery: found };
  const why = found.state === 'dead' ? await whyNotAgain(db, found) : notWaiting(found, now);
  if (why !== null) return { kind: 'refused', why };
  const state = isInterrupted(found, now) || found.mayHaveArrived ? 'uncertain' : 'pending';
  const anew = {
    state,
    not_before: null,
    muted_until: null,
    due_at: null,
    fault: null,
    reason: null,
    may_have_arrived: state === 'uncertain' ? 1 : 0,
  } as const;
  return handled(db, found, anew, now);
}

/** What was given up long ago may be wrong by now. */
async function whyNotAgain(
  db: Database,
  { seq, order, ...delivery }: Delivery & { seq: number },
): Promise<string | null> {
  let isOpen = false;
  for (const ids of chunks(incidentIdsOf(order))) {
    const newer = await deliveriesAbout(db, ids)
      .select('id')
      .where((row) => row.and(destinationOf(delivery)))
      .where('seq', '>', seq)
      .where('state', 'not in', ['replaced', 'dropped'])
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
  if (noticesOf(order).every(({ incident }) => incident.state !== 'open'))
    return isOpen ? 'What it says has ended is open again.' : null;
  return isOpen ? null : 'What it tells of has ended since.';
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

/** Takes what is not sent out of the outbox. */
export async function drop(db: Transaction<Tables>, id: string, reason: string, now: Date): Promise<Handled> {
  const found = await only(db, id);
  if (found === null) return { kind: 'unknown' };
  const why = notWaiting(found, now);
  if (why !== null) return { kind: 'refused', why };
  const mayHaveArrived = found.mayHaveArrived || found.state === 'uncertain' || isInterrupted(found, now) ? 1 : 0;
  const dropped = {
    state: 'dropped',
    reason,
    not_before: null,
    muted_until: null,
    may_have_arrived: mayHaveArrived,
  } as const;
  return handled(db, found, dropped, now);
}

interface Change {
  readonly state: Delivery['state'];
  readonly not_before: null;
  readonly muted_until: null;
  readonly due_at?: null;
  readonly fault?: null;
  readonly reason: string | null;
  readonly may_have_arrived: number;
}

/** As long as nobody else has taken it meanwhile. */
async function handled(db: Transaction<Tables>, { id, state }: Delivery, change: Change, now: Date): Promise<Handled> {
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
