import { type Kysely, sql } from 'kysely';
import type { Migration, MigrationProvider } from 'kysely/migration';

/** In which engine; the two differ in a few words of their DDL. */
export type Engine = 'sqlite' | 'postgres';

/** Whoever has done it has begun a new state. */
export const FIRST_MIGRATION = '0001_incidents';

/** Every change of the tables that was ever released, in order. Never edit one; add another. */
export function migrations(engine: Engine): MigrationProvider {
  const all: Record<string, Migration> = {
    [FIRST_MIGRATION]: incidents(engine),
    '0002_outbox': outbox(engine),
    '0003_kind_of_change': {
      async up(db: Kysely<unknown>): Promise<void> {
        await db.schema.alterTable('changes').addColumn('kind', 'text').execute();
      },
    },
  };
  return { getMigrations: () => Promise.resolve(all) };
}

function incidents(engine: Engine): Migration {
  const bytes = engine === 'sqlite' ? sql`blob` : sql`bytea`;
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('runs')
        .addColumn('id', engine === 'sqlite' ? 'integer' : 'bigserial', (column) => column.primaryKey())
        .addColumn('project', 'text', (column) => column.notNull())
        .addColumn('environment', 'text', (column) => column.notNull())
        .addColumn('generated_at', 'text', (column) => column.notNull())
        .addColumn('applied_at', 'text', (column) => column.notNull())
        .addColumn('invocation_ids', 'text', (column) => column.notNull())
        .addColumn('ran', bytes, (column) => column.notNull())
        .addColumn('known', bytes, (column) => column.notNull())
        .execute();
      await db.schema
        .createIndex('runs_newest')
        .on('runs')
        .columns(['project', 'environment', 'generated_at'])
        .execute();
      await db.schema
        .createTable('invocations')
        .addColumn('project', 'text', (column) => column.notNull())
        .addColumn('environment', 'text', (column) => column.notNull())
        .addColumn('invocation_id', 'text', (column) => column.notNull())
        .addColumn('run_id', 'bigint', (column) => column.notNull().references('runs.id').onDelete('cascade'))
        .addPrimaryKeyConstraint('invocations_key', ['project', 'environment', 'invocation_id'])
        .execute();
      await db.schema.createIndex('invocations_run').on('invocations').column('run_id').execute();
      await db.schema
        .createTable('incidents')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('project', 'text', (column) => column.notNull())
        .addColumn('environment', 'text', (column) => column.notNull())
        .addColumn('fingerprint', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('opened_at', 'text', (column) => column.notNull())
        .addColumn('ended_at', 'text')
        // No reference: runs are forgotten before open incidents are.
        .addColumn('run_id', 'bigint', (column) => column.notNull())
        .addColumn('reason', 'text', (column) => column.notNull())
        .addColumn('body', 'text', (column) => column.notNull())
        .execute();
      // What the code promises, the database keeps: one open incident for a fault.
      await db.schema
        .createIndex('incidents_open')
        .unique()
        .on('incidents')
        .columns(['project', 'environment', 'fingerprint'])
        .where(sql.ref('state'), '=', sql.lit('open'))
        .execute();
      await db.schema
        .createIndex('incidents_ended')
        .on('incidents')
        .columns(['project', 'environment', 'state', 'ended_at'])
        .execute();
      await db.schema
        .createTable('changes')
        .addColumn('id', engine === 'sqlite' ? 'integer' : 'bigserial', (column) => column.primaryKey())
        .addColumn('incident_id', 'text', (column) => column.notNull().references('incidents.id').onDelete('cascade'))
        .addColumn('run_id', 'bigint', (column) => column.notNull())
        .addColumn('reason', 'text', (column) => column.notNull())
        .addColumn('at', 'text', (column) => column.notNull())
        .addColumn('severity', 'text', (column) => column.notNull())
        .addColumn('failures', 'double precision')
        .execute();
      await db.schema.createIndex('changes_incident').on('changes').column('incident_id').execute();
    },
  };
}

function outbox(engine: Engine): Migration {
  return {
    async up(db: Kysely<unknown>): Promise<void> {
      await db.schema
        .createTable('deliveries')
        // In the order in which they were ordered.
        .addColumn('seq', engine === 'sqlite' ? 'integer' : 'bigserial', (column) => column.primaryKey())
        .addColumn('id', 'text', (column) => column.notNull().unique())
        .addColumn('project', 'text', (column) => column.notNull())
        .addColumn('environment', 'text', (column) => column.notNull())
        .addColumn('receiver', 'text', (column) => column.notNull())
        .addColumn('integration', 'text', (column) => column.notNull())
        .addColumn('action', 'text', (column) => column.notNull())
        .addColumn('body', 'text', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('attempts', 'integer', (column) => column.notNull())
        .addColumn('not_before', 'text')
        .addColumn('muted_until', 'text')
        .addColumn('due_at', 'text')
        // 0 or 1.
        .addColumn('may_have_arrived', 'integer', (column) => column.notNull().defaultTo(0))
        .addColumn('route', 'text')
        .addColumn('lease_until', 'text')
        .addColumn('lease_owner', 'text')
        .addColumn('created_at', 'text', (column) => column.notNull())
        .addColumn('updated_at', 'text', (column) => column.notNull())
        .addColumn('run_id', 'bigint', (column) => column.notNull())
        .addColumn('fault', 'text')
        .addColumn('reason', 'text')
        .addColumn('receipt', 'text')
        .execute();
      await db.schema
        .createIndex('deliveries_state')
        .on('deliveries')
        .columns(['project', 'environment', 'state'])
        .execute();
      // For the next one to send: without it, each of thousands is found by looking at all of them.
      await db.schema
        .createIndex('deliveries_waiting')
        .on('deliveries')
        .columns(['project', 'environment', 'receiver', 'integration', 'seq'])
        .where(sql<boolean>`state in ('pending', 'attempting', 'uncertain')`)
        .execute();
      // For what is forgotten.
      await db.schema.createIndex('deliveries_settled').on('deliveries').columns(['state', 'updated_at']).execute();
      await db.schema
        .createTable('delivery_incidents')
        .addColumn('delivery_id', 'text', (column) => column.notNull().references('deliveries.id').onDelete('cascade'))
        .addColumn('incident_id', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('delivery_incidents_key', ['delivery_id', 'incident_id'])
        .execute();
      await db.schema
        .createIndex('delivery_incidents_incident')
        .on('delivery_incidents')
        .column('incident_id')
        .execute();
      await db.schema
        .createTable('told')
        .addColumn('incident_id', 'text', (column) => column.notNull())
        .addColumn('receiver', 'text', (column) => column.notNull())
        .addColumn('integration', 'text', (column) => column.notNull())
        .addColumn('how', 'text', (column) => column.notNull())
        .addColumn('receipt', 'text')
        .addColumn('first_told_at', 'text', (column) => column.notNull())
        .addColumn('delivery_id', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('told_key', ['incident_id', 'receiver', 'integration'])
        .execute();
    },
  };
}
