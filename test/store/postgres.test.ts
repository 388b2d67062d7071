import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { Client } from 'pg';
import { openStore } from '../../src/store/open.ts';
import { DEFAULT_KEEP_DAYS } from '../../src/config/state.ts';
import type { Store } from '../../src/store/store.ts';
import { outboxContract } from '../contracts/outbox.ts';
import { type Place, storeContract } from '../contracts/store.ts';

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

const isThere = await ask('select 1').then(
  () => true,
  () => false,
);

async function newPlace(): Promise<Place> {
  const database = `dq_report_store_${randomUUID().replaceAll('-', '')}`;
  await ask(`create database ${database}`);
  return {
    state: `${server}/${database}`,
    async open(keepDays = DEFAULT_KEEP_DAYS): Promise<Store> {
      const store = await openStore({ kind: 'postgres', url: `${server}/${database}` }, keepDays);
      if (store === null) throw new Error('no store');
      return store;
    },
    remove: () => ask(`drop database ${database} with (force)`),
  };
}

if (isThere) {
  storeContract('PostgreSQL', newPlace);
  outboxContract('PostgreSQL', newPlace);
}
(isThere ? test : test.skip)('PostgreSQL is there (on 127.0.0.1:5432, or where DQ_REPORT_TEST_POSTGRES says)', () =>
  expect(isThere).toBe(true),
);
