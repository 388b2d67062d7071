import { Kysely, PostgresDialect, sql } from 'kysely';
import type { Tables } from './tables.ts';

/** Older ones are out of support, and nobody has tried them. */
const OLDEST = 130_000;

class OldPostgresError extends Error {
  override readonly name = 'OldPostgresError';
}

/** Tables live in the schema `dq_report` of the database that the URL names. */
export async function openPostgres(url: string): Promise<Kysely<Tables>> {
  const db = await connect(url, async (database) => {
    // Of two processes that meet here, "if not exists" alone would let one fail.
    await database.transaction().execute(async (transaction) => {
      await sql`select pg_advisory_xact_lock(hashtext('dq_report schema'))`.execute(transaction);
      await sql`create schema if not exists dq_report`.execute(transaction);
    });
  });
  return db.withSchema('dq_report');
}

/** Whether the database has the tables; it is only read. */
export async function hasPostgresTables(url: string): Promise<boolean> {
  let found = false;
  const db = await connect(url, async (database) => {
    const { rows } = await sql<{
      found: boolean;
    }>`select to_regclass('dq_report.incidents') is not null as found`.execute(database);
    found = rows[0]?.found ?? false;
  });
  await db.destroy();
  return found;
}

/** Does the first work with it, and closes it when that fails. */
async function connect(url: string, begin: (db: Kysely<Tables>) => Promise<void>): Promise<Kysely<Tables>> {
  const { default: pg } = await import('pg');
  // Counts up to 2^53 are exact, and no store has more rows; as text they would compare as text.
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({
    connectionString: url,
    max: 2,
    connectionTimeoutMillis: 10_000,
    application_name: 'dq-report',
    options: '-c lock_timeout=30000',
  });
  // A connection that breaks while idle is replaced; what was under way fails by itself.
  pool.on('error', () => undefined);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  try {
    const { rows } = await sql<{
      version: number;
    }>`select current_setting('server_version_num')::int as version`.execute(db);
    const version = rows[0]?.version ?? 0;
    if (version < OLDEST) throw new OldPostgresError(`PostgreSQL ${Math.floor(version / 10_000)}`);
    await begin(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return db;
}
