import { type Kysely, sql, type Transaction } from 'kysely';
import type { DestinationName } from '../receivers/receiver.ts';
import type { Tables } from './tables.ts';

/** What is asked of the deliveries again and again. */
export type Database = Kysely<Tables> | Transaction<Tables>;

/** Not sent, and not given up. */
export const WAITING = ['pending', 'attempting', 'uncertain'] as const;

/** The same of deliveries by this name, its words in the SQL itself: so the database sees which index has them. */
export function isWaiting(deliveries: string) {
  return sql<boolean>`${sql.ref(`${deliveries}.state`)} in (${sql.join(WAITING.map((state) => sql.lit(state)))})`;
}

/** Why a delivery is `replaced`. */
export const REPLACED = 'A newer delivery about the same says it.';

/**
 * Deliveries by the incidents that they name, once for each of these; not more than a statement takes. SQLite goes through
 * a cross join in its order: without statistics it would else begin with all that were ever sent.
 */
export function deliveriesAbout(db: Database, incidents: readonly string[]) {
  return db
    .selectFrom('delivery_incidents')
    .crossJoin('deliveries')
    .whereRef('delivery_incidents.delivery_id', '=', 'deliveries.id')
    .where('incident_id', 'in', incidents);
}

/** Nothing but the names, as a condition: `where((row) => row.and(destinationOf(delivery)))`. */
export function destinationOf({ receiver, integration }: DestinationName): DestinationName {
  return { receiver, integration };
}
