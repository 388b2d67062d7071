import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** The real PostgreSQL of this machine. */

const server = process.env['DQ_REPORT_TEST_POSTGRES'] ?? 'postgresql://postgres@127.0.0.1:5432';

async function ask(statement: string): Promise<void> {
  const client = new Client({ connectionString: `${server}/postgres`, connectionTimeoutMillis: 3000 });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

export const isThere = await ask('select 1').then(
  () => true,
  () => false,
);

/** An empty database of its own. */
export async function newDatabase(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const database = `dq_report_store_${randomUUID().replaceAll('-', '')}`;
  await ask(`create database ${database}`);
  return { url: `${server}/${database}`, drop: () => ask(`drop database ${database} with (force)`) };
}
