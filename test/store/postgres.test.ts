import { expect, test } from '@jest/globals';
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
