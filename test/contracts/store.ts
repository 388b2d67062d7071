import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Run } from '../../src/artifacts/run.ts';
import { track } from '../../src/incidents/track.ts';
import type { Applied, Store } from '../../src/store/store.ts';
import { reportOf } from '../builders.ts';
import { failing, runAt, shop } from '../incidents/runs.ts';
import { columnTest, type ResultOf } from '../project.ts';

/** Where a store lives, empty at first; `open` may be called several times, for several processes. */
export interface Place {
  /** What `--state` would be given. */
  readonly state: string;
  open(keepDays?: number): Promise<Store>;
  remove(): Promise<void>;
}

const client = 'test.orders_have_a_client';
const day = 'test.revenue_has_a_day';
const NOON = new Date('2026-01-02T12:00:00Z');

/** What every store does, whatever it is made of. */
export function storeContract(name: string, newPlace: () => Promise<Place>): void {
  describe(`the store in ${name}`, () => {
    let place: Place;
    let store: Store;
    beforeEach(async () => {
      place = await newPlace();
      store = await place.open();
    });
    afterEach(async () => {
      await store.close();
      await place.remove();
    });

    const apply = (run: Run, at = NOON, to = store): Promise<Applied> =>
      to.applyRun(run, at, (history) => track(history, reportOf(run), at.toISOString()));
    const reasons = ({ changes }: Applied): readonly string[] => changes.map(({ reason }) => reason).toSorted();

    test('remembers incidents from run to run', async () => {
      expect(reasons(await apply(runAt(0, { [client]: failing(5) })))).toEqual(['opened']);
      await store.close();
      store = await place.open();
      expect(reasons(await apply(runAt(1, { [client]: failing(5) })))).toEqual(['ongoing']);
      expect(await store.incidents()).toMatchObject([{ runs: 2, failures: 5, state: 'open' }]);
      expect(reasons(await apply(runAt(2, { [client]: 'pass' })))).toEqual(['resolved']);
      expect(await store.incidents()).toMatchObject([{ state: 'resolved' }]);
      expect(reasons(await apply(runAt(3, { [client]: failing(5) })))).toEqual(['reopened']);
      expect(await store.incidents()).toHaveLength(1);
    });

    test('applies a run once, and says of it later what it said then', async () => {
      const first = await apply(runAt(0, { [client]: failing(5), [day]: failing(1) }));
      const second = await apply(runAt(0, { [client]: failing(5), [day]: failing(1) }));
      expect([first.isNew, second.isNew]).toEqual([true, false]);
      const inOrder = ({ changes }: Applied): readonly string[] =>
        changes.map((change) => JSON.stringify([change.reason, change.incident])).toSorted();
      expect(inOrder(second)).toEqual(inOrder(first));
      expect(await store.incidents()).toMatchObject([{ runs: 1 }, { runs: 1 }]);
    });

    test('takes a run of which one invocation is new for a new one, and counts nothing twice', async () => {
      const one = runAt(0, { [client]: failing(5) });
      await apply(one);
      const two = runAt(1, { [day]: failing(2) });
      const both: Run = {
        ...two,
        invocationIds: [...one.invocationIds, ...two.invocationIds],
        results: [...one.results, ...two.results],
      };
      expect(reasons(await apply(both))).toEqual(['opened', 'unobserved']);
      expect((await store.incidents()).map(({ runs }) => runs)).toEqual([1, 1]);
    });

    test('keeps projects and environments apart', async () => {
      await apply(runAt(0, { [client]: failing(5) }, shop, 'prod'));
      expect(reasons(await apply(runAt(0, { [client]: failing(5) }, shop, 'staging')))).toEqual(['opened']);
      const other: Run = { ...runAt(0, { [client]: 'pass' }, shop, 'prod'), project: 'warehouse' };
      expect(reasons(await apply(other))).toEqual([]);
      const each = (await store.incidents()).map(({ environment, state }) => `${environment}: ${state}`);
      expect(each.toSorted((left, right) => left.localeCompare(right))).toEqual(['prod: open', 'staging: open']);
    });

    test('lets a late run change nothing that a newer one has seen, and retire nothing', async () => {
      await apply(runAt(5, { [client]: failing(5) }));
      const { [client]: _, ...without } = shop;
      expect(reasons(await apply(runAt(3, { [day]: failing(1) }, without)))).toEqual(['opened', 'unobserved']);
      expect(reasons(await apply(runAt(4, { [client]: 'pass' })))).toEqual(['unobserved', 'unobserved']);
    });

    test('takes a freshness check after the build for news, as often as there is one', async () => {
      const project = { ...shop, 'source.web.events': {} };
      const built = (freshness?: { minute: number; status: string }): Run =>
        runAt(
          0,
          { [client]: failing(5) },
          project,
          null,
          freshness === undefined
            ? {}
            : { freshness: { minute: freshness.minute, results: { 'source.web.events': freshness.status } } },
        );
      await apply(built());
      expect(reasons(await apply(built({ minute: 10, status: 'error' })))).toEqual(['opened', 'unobserved']);
      expect((await apply(built({ minute: 10, status: 'error' }))).isNew).toBe(false);
      expect(reasons(await apply(built({ minute: 70, status: 'error' })))).toEqual(['ongoing', 'unobserved']);
      expect(reasons(await apply(built({ minute: 130, status: 'pass' })))).toEqual(['resolved', 'unobserved']);
    });

    test('judges by when a node ran, not by when its run ended', async () => {
      await apply(runAt(60, { [client]: 'pass' }));
      const long = runAt(120, { [client]: failing(5), [day]: failing(1) }, shop, null, { nodesAt: 30 });
      expect(reasons(await apply(long))).toEqual(['opened']);
      const short = runAt(90, { [client]: failing(5) });
      expect((await apply(short)).changes).toMatchObject([
        { reason: 'opened', incident: { uniqueId: 'test.shop.orders_have_a_client' } },
        { reason: 'unobserved' },
      ]);
    });

    test('lets a clock that runs ahead silence nobody', async () => {
      await apply({ ...runAt(0, { [client]: failing(5) }), generatedAt: '2027-01-02T06:00:00Z' });
      const ahead = runAt(365 * 1440, { [day]: failing(1) });
      expect(reasons(await apply(ahead))).toEqual(['opened', 'unobserved']);
      const later = new Date('2026-01-02T13:00:00Z');
      const next = runAt(400, { [client]: 'pass', [day]: 'pass' });
      expect(reasons(await apply(next, later))).toEqual(['resolved', 'resolved']);
    });

    test('tells runs apart that have neither an id nor a time', async () => {
      const bare = (result: ResultOf): Run => ({
        ...runAt(0, { [client]: result }),
        invocationIds: [],
        generatedAt: null,
        results: runAt(0, { [client]: result }).results.map((each) => ({ ...each, completedAt: null })),
      });
      await apply(bare(failing(5)));
      expect((await apply(bare(failing(5)))).isNew).toBe(false);
      expect(reasons(await apply(bare('pass'), new Date('2026-01-02T13:00:00Z')))).toEqual(['resolved']);
    });

    test('takes no test for a renamed one that was in the project all the time, though it had not run', async () => {
      const weekly = { 'test.weekly': columnTest('not_null', 'model.orders', 'client_id') };
      await apply(runAt(0, { [client]: failing(5) }, { ...shop, ...weekly }));
      const { [client]: _, ...without } = shop;
      expect(reasons(await apply(runAt(1, { 'test.weekly': 'pass' }, { ...without, ...weekly })))).toEqual(['retired']);
    });

    test('tells a renamed test from one that was always there', async () => {
      const { [client]: before, ...rest } = shop;
      const renamed = { ...rest, 'test.every_order_has_a_client': before ?? {} };
      await apply(runAt(0, { [client]: failing(5), [day]: 'pass' }));
      const { changes } = await apply(runAt(1, { 'test.every_order_has_a_client': failing(5) }, renamed));
      expect(changes.map(({ reason, incident }) => [reason, incident.runs])).toEqual([['ongoing', 2]]);
      expect(await store.incidents()).toHaveLength(1);
    });

    test('knows a renamed test also when the run after it left the test out', async () => {
      const { [client]: before, ...rest } = shop;
      const renamed = { ...rest, 'test.every_order_has_a_client': before ?? {} };
      await apply(runAt(0, { [client]: failing(5) }));
      await apply(runAt(1, { 'model.orders': 'success' }, renamed));
      expect(await store.incidents()).toMatchObject([{ uniqueId: 'test.shop.every_order_has_a_client' }]);
      expect(reasons(await apply(runAt(2, { 'test.every_order_has_a_client': 'pass' }, renamed)))).toEqual([
        'resolved',
      ]);
    });

    test('compares the times of old dbt versions, which leave the zone out, as what they are: UTC', async () => {
      const old: Run = { ...runAt(0, { [client]: failing(5) }), generatedAt: '2026-01-02T06:00:00.123' };
      await apply(old);
      expect(reasons(await apply(runAt(1, { [client]: 'pass' })))).toEqual(['resolved']);
    });

    test('names other environments of the project with open incidents that no run looks at any more', async () => {
      await apply(runAt(0, { [client]: failing(5) }));
      const scope = { project: 'shop', environment: 'prod' };
      expect(await store.abandoned(scope, new Date(NOON.getTime() - 1000))).toEqual([]);
      expect(await store.abandoned(scope, new Date('2030-01-01'))).toEqual([
        { environment: '', open: 1, lastRunAt: expect.any(String) },
      ]);
      expect(await store.abandoned({ ...scope, environment: '' }, new Date('2030-01-01'))).toEqual([]);
      expect(await store.abandoned({ ...scope, project: 'other' }, new Date('2030-01-01'))).toEqual([]);
    });

    test('tells the story of an incident by the beginning of its id', async () => {
      for (const [minute, result] of [failing(5), failing(6), failing(20), 'pass'].entries())
        await apply(runAt(minute, { [client]: result }));
      const [incident] = await store.incidents();
      const story = await store.story(incident?.id.slice(0, 6) ?? '');
      expect(story?.incident).toEqual(incident);
      expect(story?.steps.map(({ reason, failures, invocationIds }) => [reason, failures, invocationIds])).toEqual([
        ['opened', 5, ['run-0']],
        ['worsened', 20, ['run-2']],
        ['resolved', 20, ['run-3']],
      ]);
      expect(await store.story('ffffffffffff')).toBeNull();
      for (const id of ['', 'xyz', '%', "%' or 1=1"]) expect(await store.story(id)).toBeNull();
    });

    test('changes nothing when the decision fails', async () => {
      await apply(runAt(0, { [client]: failing(5) }));
      const failed = store.applyRun(runAt(1, { [client]: 'pass' }), NOON, () => {
        throw new Error('a defect');
      });
      await expect(failed).rejects.toThrow('a defect');
      expect(reasons(await apply(runAt(1, { [client]: 'pass' })))).toEqual(['resolved']);
    });

    test('forgets runs and ended incidents after the days it keeps them, and open ones never', async () => {
      const short = await place.open(30);
      await apply(runAt(0, { [client]: failing(5), [day]: failing(1) }), NOON, short);
      await apply(runAt(1, { [client]: 'pass' }), NOON, short);
      const later = new Date('2026-02-10T12:00:00Z');
      await apply(runAt(2, { 'model.orders': 'success' }), later, short);
      expect(await short.incidents()).toMatchObject([{ state: 'open', uniqueId: 'test.shop.revenue_has_a_day' }]);
      const [open] = await short.incidents();
      expect((await short.story(open?.id ?? ''))?.steps).toMatchObject([{ reason: 'opened', invocationIds: [] }]);
      await short.close();
    });

    test('lets a run that comes a month late change nothing, though nobody knows any more what the others saw', async () => {
      await apply(runAt(5, { [client]: 'pass' }));
      const later = new Date('2026-02-10T12:00:00Z');
      await apply({ ...runAt(6, { [client]: 'pass' }), generatedAt: later.toISOString() }, later);
      expect(reasons(await apply(runAt(3, { [client]: failing(5) }), later))).toEqual([]);
    });

    test('opens a new incident for what fails again after more than a week', async () => {
      await apply(runAt(0, { [client]: failing(5) }));
      await apply(runAt(1, { [client]: 'pass' }));
      const later = new Date('2026-01-10T12:00:00Z');
      expect(reasons(await apply(runAt(2, { [client]: failing(5) }), later))).toEqual(['opened']);
      expect(await store.incidents()).toHaveLength(2);
    });

    test('lets one of several processes that apply the same run at once do it', async () => {
      const script = join(import.meta.dirname, '../store/apply-run.ts');
      const started = [0, 0, 0, 1].map((minute) =>
        promisify(execFile)(process.execPath, [script, place.state, String(minute)]),
      );
      const said = await Promise.all(started);
      expect(said.filter(({ stdout }) => stdout === '{"isNew":true}')).toHaveLength(2);
      expect(await store.incidents()).toHaveLength(1);
      const [incident] = await store.incidents();
      const story = await store.story(incident?.id ?? '');
      expect(story?.steps.map(({ reason }) => reason)).toEqual(['opened']);
    }, 60_000);
  });
}
