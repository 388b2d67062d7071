import type { Kysely, Transaction } from 'kysely';
import type { DestinationName } from '../receivers/receiver.ts';
import type { Tables } from './tables.ts';

/** What is asked of the deliveries again and again. */
export type Database = Kysely<Tables> | Transaction<Tables>;

/** Not sent, and not given up. */
export const WAITING = ['pending', 'attempting', 'uncertain'] as const;

/** Why a delivery is `replaced`. */
export const REPLACED = 'A newer delivery about the same says it.';

/** Deliveries by the incidents that they name, once for each of these; not more than a statement takes. */
export function deliveriesAbout(db: Database, incidents: readonly string[]) {
  return db
    .selectFrom('deliveries')
    .innerJoin('delivery_incidents', 'delivery_incidents.delivery_id', 'deliveries.id')
    .where('incident_id', 'in', incidents);
}

/** Nothing but the names, as a condition: `where((row) => row.and(destinationOf(delivery)))`. */
export function destinationOf({ receiver, integration }: DestinationName): DestinationName {
  return { receiver, integration };
}
