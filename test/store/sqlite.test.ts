import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import { DEFAULT_KEEP_DAYS } from '../../src/config/state.ts';
import type { Store } from '../../src/store/store.ts';
import { openStore } from '../../src/store/open.ts';
import { outboxContract } from '../contracts/outbox.ts';
import { type Place, storeContract } from '../contracts/store.ts';

async function newPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'dq-report-state-'));
  const path = join(folder, '.dq-report', 'state.sqlite');
  return {
    state: path,
    async open(keepDays = DEFAULT_KEEP_DAYS): Promise<Store> {
      const store = await openStore({ kind: 'sqlite', path }, keepDays);
      if (store === null) throw new Error('no store');
      return store;
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

storeContract('SQLite', newPlace);
outboxContract('SQLite', newPlace);

test('SQLite finds what is forgotten of the outbox by an index', async () => {
  const place = await newPlace();
  await (await place.open()).close();
  const database = new DatabaseSync(place.state);
  const steps = database
    .prepare("explain query plan delete from deliveries where state in ('sent', 'dropped') and updated_at < '2026'")
    .all()
    .map(({ detail }) => detail);
  database.close();
  await place.remove();
  expect(steps).toContainEqual(expect.stringContaining('deliveries_settled (state=? AND updated_at<?)'));
});
