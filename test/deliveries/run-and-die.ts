/**
 * One process that reports on the artifacts of a project, sends what it has ordered, and kills itself at a boundary:
 * `run-and-die.ts FOLDER STATE NOW STEP`. Boundaries lie before and after every transaction and every request; their names
 * go to stdout. With step 0 it lives. Secrets come from the environment, as for `dq-report`.
 */
import { writeSync } from 'node:fs';
import { locateArtifacts } from '../../src/artifacts/locate.ts';
import { destinationOf, openReceivers, toolsFor } from '../../src/commands/receivers.ts';
import { loadConfig } from '../../src/config/load.ts';
import { deliver } from '../../src/deliveries/deliver.ts';
import { scopeOf } from '../../src/deliveries/delivery.ts';
import type { Outbox } from '../../src/deliveries/outbox.ts';
import { rememberRun, reportRun } from '../../src/pipeline.ts';
import { processRuntime } from '../../src/runtime.ts';
import { openStore, stateSetting } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';

const [folder = '', state = '', time = '', step = '0'] = process.argv.slice(2);
let left = Number(step);

/** Written before anything can end the process. */
function boundary(name: string): void {
  writeSync(1, `${name}\n`);
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
}

function between<Given extends readonly unknown[], Result>(
  name: string,
  act: (...given: Given) => Promise<Result>,
): (...given: Given) => Promise<Result> {
  return async (...given) => {
    boundary(`before ${name}`);
    try {
      return await act(...given);
    } finally {
      boundary(`after ${name}`);
    }
  };
}

const { fetch: ask } = globalThis;
globalThis.fetch = between('a request', (input: string | URL | globalThis.Request, init?: RequestInit) =>
  ask(input, init),
);

const request = { targetPath: null, runResults: [], manifest: null, sources: null };
const paths = await locateArtifacts({ ...request, cwd: folder, projectDir: folder });
const config = await loadConfig(null, folder);
const tools = await toolsFor({ named: null, projectDir: folder, dryRun: false }, processRuntime());
const { receivers } = await openReceivers(config, tools);
const store = await openStore(stateSetting(state, folder), 400);
if (store === null || config.routing === null) throw new Error('no store or no routes');
const { outbox: box } = store;
const outbox: Outbox = {
  claim: between('claim', (asked) => box.claim(asked)),
  settle: between('settle', (id, owner, settlement, at) => box.settle(id, owner, settlement, at)),
  nextDue: between('nextDue', (scope, destination, at) => box.nextDue(scope, destination, at)),
  postpone: between('postpone', (id, until, at) => box.postpone(id, until, at)),
  bury: between('bury', (scope, destinations, at) => box.bury(scope, destinations, at)),
  list: (filter) => box.list(filter),
  retry: (id, at) => box.retry(id, at),
  drop: (id, reason, at) => box.drop(id, reason, at),
};
const mortal: Store = {
  outbox,
  applyRun: between('applyRun', (run, at, decide, order) => store.applyRun(run, at, decide, order)),
  previewRun: (run, at, decide, order) => store.previewRun(run, at, decide, order),
  abandoned: (scope, before) => store.abandoned(scope, before),
  incidents: (filter) => store.incidents(filter),
  story: (id) => store.story(id),
  close: () => store.close(),
};

const now = new Date(time);
const destinations = receivers.map(destinationOf);
const telling = { route: config.routing.route, links: config.links, destinations };
const report = await reportRun(paths, { environment: null, rules: config.rules, now });
await rememberRun(report, { store: mortal, telling, rules: config.rules, dryRun: false });
await deliver({
  outbox,
  scope: scopeOf(report.run),
  receivers,
  owner: `process ${process.pid}`,
  seconds: config.sendingSeconds,
  eager: false,
  clock: { now: () => now, sleep: () => Promise.reject(new Error('nothing to wait for')) },
});
await store.close();
