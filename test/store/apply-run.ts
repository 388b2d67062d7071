/** One process that applies one run: `apply-run.ts STATE MINUTE`. Prints whether it was the one that did it. */
import { track } from '../../src/incidents/track.ts';
import { openStore, stateSetting } from '../../src/store/open.ts';
import { reportOf } from '../builders.ts';
import { failing, runAt } from '../incidents/runs.ts';

const [state = '', minute = '0'] = process.argv.slice(2);
const store = await openStore(stateSetting(state, process.cwd()), 400);
if (store === null) throw new Error('no store');
const at = new Date('2026-01-02T12:00:00Z');
const run = runAt(Number(minute), { 'test.orders_have_a_client': failing(5) });
const { isNew } = await store.applyRun(run, at, (history) => track(history, reportOf(run), at.toISOString()));
await store.close();
process.stdout.write(JSON.stringify({ isNew }));
