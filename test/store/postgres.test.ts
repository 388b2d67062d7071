import { expect, test } from '@jest/globals';
import { Client } from 'pg';
import { isThere, newDatabase } from '../postgres.ts';
import { openStore } from '../../src/store/open.ts';
import { DEFAULT_KEEP_DAYS } from '../../src/config/state.ts';
import type { Store } from '../../src/store/store.ts';
import { outboxContract } from '../contracts/outbox.ts';
import { type Place, storeContract } from '../contracts/store.ts';

async function newPlace(): Promise<Place> {
  const database = await newDatabase();
  const { url } = database;
  return {
    state: url,
    async open(keepDays = DEFAULT_KEEP_DAYS): Promise<Store> {
      const store = await openStore({ kind: 'postgres', url }, keepDays);
      if (store === null) throw new Error('no store');
      return store;
    },
    remove: () => database.drop(),
  };
}

if (isThere) {
  storeContract('PostgreSQL', newPlace);
  outboxContract('PostgreSQL', newPlace);
}
(isThere ? test : test.skip)('PostgreSQL is there (on 127.0.0.1:5432, or where DQ_REPORT_TEST_POSTGRES says)', () =>
  expect(isThere).toBe(true),
);

(isThere ? test : test.skip)('PostgreSQL has an index for what is forgotten of the outbox', async () => {
  const place = await newPlace();
  await (await place.open()).close();
  const client = new Client({ connectionString: place.state });
  await client.connect();
  const { rows } = await client.query("select indexdef from pg_indexes where indexname = 'deliveries_settled'");
  await client.end();
  await place.remove();
  expect(rows).toEqual([{ indexdef: expect.stringContaining('(state, updated_at)') }]);
});
