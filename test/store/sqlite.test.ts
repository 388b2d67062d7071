import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
