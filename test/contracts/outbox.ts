import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Delivery, Scope } from '../../src/deliveries/delivery.ts';
import type { Claimed, Handled, Settlement } from '../../src/deliveries/outbox.ts';
import type { Change } from '../../src/incidents/incident.ts';
import { track } from '../../src/incidents/track.ts';
import { type Notice, noticesOf, type Order } from '../../src/receivers/receiver.ts';
import type { Plan, PlannedOrder } from '../../src/routes/plan.ts';
import type { Memory, Store } from '../../src/store/store.ts';
import { reportOf } from '../builders.ts';
import { failing, runAt } from '../incidents/runs.ts';
import { aNotice, aNoticeCause } from '../receivers/notices.ts';
import type { Place } from './store.ts';

const client = 'test.orders_have_a_client';
const day = 'test.revenue_has_a_day';
const NOON = Date.parse('2026-01-02T12:00:00Z');
const scope: Scope = { project: 'shop', environment: '' };
const data = { receiver: 'data', integration: 'slack' } as const;
const pager = { receiver: 'pager', integration: 'pagerduty' } as const;

const at = (seconds: number): Date => new Date(NOON + seconds * 1000);
const noticeOf = ({ incident, reason, at: when }: Change): Notice => aNotice({ incident, reason, at: when });
const isGone = (): boolean => false;
const sent: Settlement = { kind: 'sent', receipt: { ts: '1' } };

/** What every outbox does, whatever it is made of. */
export function outboxContract(name: string, newPlace: () => Promise<Place>): void {
  describe(`the outbox in ${name}`, () => {
    let place: Place;
    let store: Store;
    let minute: number;
    beforeEach(async () => {
      place = await newPlace();
      store = await place.open();
      minute = 0;
    });
    afterEach(async () => {
      await store.close();
      await place.remove();
    });

    /** Applies a run with these failures, and orders for each change what is given. Tells what was known before. */
    async function run(
      failures: Readonly<Record<string, number | 'pass'>>,
      orders: (changes: readonly Change[]) => readonly PlannedOrder[],
      { withdrawn = [], renewed = [] }: Partial<Pick<Plan, 'withdrawn' | 'renewed'>> = {},
    ): Promise<Memory | null> {
      let known: Memory | null = null;
      const results = Object.fromEntries(
        Object.entries(failures).map(([test_, count]) => [test_, count === 'pass' ? 'pass' : failing(count)]),
      );
      const build = runAt((minute += 1), results);
      await store.applyRun(
        build,
        at(0),
        (history) => track(history, reportOf(build), at(0).toISOString()),
        (changes, memory) => {
          known = memory;
          return { orders: orders(changes), withdrawn, renewed };
        },
      );
      return known;
    }
    const to =
      (destination: typeof data | typeof pager, order: (notice: Notice) => Order, mutedUntil: string | null = null) =>
      (changes: readonly Change[]): readonly PlannedOrder[] =>
        changes.map((change) => ({
          ...destination,
          order: order(noticeOf(change)),
          mutedUntil,
          route: mutedUntil === null ? null : ['route'],
          inherits: false,
        }));
    const open = (notice: Notice): Order => ({ action: 'open', notice });
    const update =
      (loud: boolean) =>
      (notice: Notice): Order => ({ action: 'update', notice, loud });
    const close = (notice: Notice): Order => ({ action: 'close', notice });
    const digest = (changes: readonly Change[]): readonly PlannedOrder[] => [
      {
        ...data,
        order: { action: 'digest', notices: changes.map(noticeOf) },
        mutedUntil: null,
        route: null,
        inherits: false,
      },
    ];
    const claim = (
      seconds = 0,
      more: Partial<Parameters<Store['outbox']['claim']>[0]> = {},
      from = store,
    ): Promise<Claimed | null> =>
      from.outbox.claim({
        scope,
        destination: data,
        now: at(seconds),
        leaseUntil: at(seconds + 60),
        owner: 'me',
        eager: false,
        ...more,
      });
    const busy = (until: number): Settlement => ({
      kind: 'later',
      state: 'pending',
      fault: 'retry',
      notBefore: at(until),
      reason: 'Busy.',
    });
    const unclear = (until: number): Settlement => ({
      kind: 'later',
      state: 'uncertain',
      fault: 'uncertain',
      notBefore: at(until),
      reason: 'Reset.',
    });
    const settle = (claimed: Claimed | null, settlement: Settlement, seconds = 0, owner = 'me'): Promise<void> =>
      store.outbox.settle(claimed?.delivery.id ?? '', owner, settlement, at(seconds));
    const states = async (): Promise<readonly string[]> =>
      (await store.outbox.list({})).map(({ state, order: { action } }) => `${action} ${state}`);
    const firstOf = async (): Promise<Delivery> => {
      const [first] = await store.outbox.list({});
      if (first === undefined) throw new Error('nothing there');
      return first;
    };

    test('hands out what was ordered with a run, once', async () => {
      await run({ [client]: 5 }, to(data, open));
      const claimed = await claim();
      expect(claimed).toMatchObject({
        isUncertain: false,
        previous: null,
        delivery: { ...data, ...scope, attempts: 1, order: { action: 'open', notice: { reason: 'opened' } } },
      });
      expect(await claim()).toBeNull();
      await settle(claimed, sent);
      expect(await claim(1000)).toBeNull();
      expect(await firstOf()).toMatchObject({ state: 'sent', receipt: { ts: '1' }, reason: null });
    });

    test('lists what is in a state and what is asked for by id, each once and in order, however many are asked for', async () => {
      await run({ [client]: 5, [day]: 2 }, to(data, open));
      const claimed = await claim();
      await settle(claimed, sent);
      const strangers = Array.from({ length: 70_000 }, (_, index) => `stranger-${index}`);
      const all = await store.outbox.list({});
      const ids = all.map(({ id }) => id);
      expect(await store.outbox.list({ scope, states: ['pending'] })).toHaveLength(1);
      expect(await store.outbox.list({ scope, states: ['pending'], orIds: [...strangers, ...ids] })).toEqual(all);
    });

    test('orders nothing for a run that was applied before, and nothing when the planning fails', async () => {
      await run({ [client]: 5 }, to(data, open));
      minute = 0;
      await run({ [client]: 5 }, to(data, open));
      expect(await states()).toEqual(['open pending']);
      const failed = run({ [client]: 50 }, () => {
        throw new Error('a defect');
      });
      await expect(failed).rejects.toThrow('a defect');
      expect(await states()).toEqual(['open pending']);
      expect(await store.incidents()).toMatchObject([{ failures: 5 }]);
    });

    test('previews a run and writes nothing', async () => {
      const build = runAt(9, { [client]: failing(5) });
      const decide: Parameters<Store['previewRun']>[2] = (history) =>
        track(history, reportOf(build), at(0).toISOString());
      const preview = await store.previewRun(build, at(0), decide, (changes) => ({
        orders: to(data, open)(changes),
        withdrawn: [],
        renewed: [],
      }));
      expect(preview).toMatchObject({ isNew: true, changes: [{ reason: 'opened' }], orders: [data] });
      expect(await states()).toEqual([]);
      expect((await store.applyRun(build, at(0), decide)).isNew).toBe(true);
    });

    test('gives what one died over to the next when the lease has ended, and says that it may have arrived', async () => {
      await run({ [client]: 5 }, to(data, open));
      const first = await claim();
      expect(await claim(59)).toBeNull();
      expect(await claim(60, { owner: 'other' })).toMatchObject({ isUncertain: true, delivery: { attempts: 2 } });
      await settle(first, sent, 61);
      expect(await states()).toEqual(['open attempting']);
      await settle(first, sent, 61, 'other');
      expect(await states()).toEqual(['open sent']);
    });

    test('hands over what the newest delivery left there', async () => {
      await run({ [client]: 5 }, to(data, open));
      await settle(await claim(), sent);
      await run({ [client]: 50 }, to(data, update(true)));
      const second = await claim();
      expect(second?.previous).toEqual({ ts: '1' });
      await settle(second, { kind: 'sent', receipt: { ts: '1', more: 'x' } });
      await run({ [client]: 'pass' }, to(data, close));
      expect((await claim())?.previous).toEqual({ ts: '1', more: 'x' });
    });

    test('hands over the digests that have named the incident, as their incidents are now', async () => {
      await run({ [client]: 5, [day]: 1 }, digest);
      const first = await claim();
      expect(first?.digests).toEqual([]);
      await settle(first, sent);
      await run({ [client]: 'pass' }, (changes) =>
        to(data, close)(changes.filter(({ reason }) => reason === 'resolved')),
      );
      const second = await claim();
      expect(second?.digests).toMatchObject([{ deliveryId: first?.delivery.id, receipt: { ts: '1' } }]);
      const now = second?.digests[0]?.notices.map(({ incident, reason }) => [reason, incident.state]);
      expect(now).toHaveLength(2);
      expect(now).toEqual(
        expect.arrayContaining([
          ['resolved', 'resolved'],
          ['opened', 'open'],
        ]),
      );
      expect(second?.digests[0]?.posted.map(({ incident, reason }) => [reason, incident.state])).toEqual([
        ['opened', 'open'],
        ['opened', 'open'],
      ]);
      await settle(second, { kind: 'dead', fault: 'payload', mayHaveArrived: false, reason: 'No.' });
      await run({ [day]: 9 }, to(pager, update(true)));
      expect((await claim(0, { destination: pager }))?.digests).toEqual([]);
    });

    test('hands over digests with the newest word about each incident, whoever it was ordered for', async () => {
      await run({ [client]: 5, [day]: 1 }, digest);
      await settle(await claim(), sent);
      const withMessage = (notice: Notice): Order =>
        update(true)({ ...notice, cause: aNoticeCause({ message: ['9 rows'] }) });
      await run({ [day]: 9 }, (changes) =>
        to(pager, withMessage)(changes.filter(({ reason }) => reason === 'worsened')),
      );
      await run({ [client]: 50 }, (changes) =>
        to(data, update(true))(changes.filter(({ reason }) => reason === 'worsened')),
      );
      const claimed = await claim();
      const [first] = claimed?.digests ?? [];
      const known = first?.notices.map(({ incident, reason, cause }) => [incident.failures, reason, cause?.message]);
      expect(known).toEqual(
        expect.arrayContaining([
          [9, 'worsened', ['9 rows']],
          [50, 'worsened', aNoticeCause().message],
        ]),
      );
      expect(first?.posted.map(({ incident }) => incident.failures)).toEqual(expect.arrayContaining([5, 1]));
    });

    test('sends as if for the first time what should change a message that is gone', async () => {
      await run({ [client]: 5 }, to(data, open));
      await settle(await claim(), sent);
      await run({ [client]: 50 }, to(data, update(true)));
      await settle(await claim(), { kind: 'afresh', fault: 'target_gone', reason: 'It is gone.' });
      expect(await claim()).toMatchObject({ isUncertain: false, previous: null });
    });

    test('keeps the order of an incident at a destination, and lets others pass', async () => {
      await run({ [client]: 5, [day]: 1 }, (changes) => [...to(data, open)(changes), ...to(pager, open)(changes)]);
      const first = await claim();
      await run({ [client]: 50 }, (changes) =>
        to(data, update(true))(changes.filter(({ reason }) => reason === 'worsened')),
      );
      const second = await claim();
      expect(second?.delivery.order).toMatchObject({ action: 'open' });
      expect(second?.delivery.id).not.toBe(first?.delivery.id);
      await settle(second, sent);
      expect(await claim()).toBeNull();
      expect(await claim(0, { destination: pager })).not.toBeNull();
      await settle(first, unclear(10));
      expect(await claim(9)).toBeNull();
      const again = await claim(10);
      expect(again).toMatchObject({ isUncertain: true, delivery: { reason: 'Reset.' } });
      await settle(again, { kind: 'dead', fault: 'payload', mayHaveArrived: false, reason: 'No.' });
      expect(await claim(10)).toMatchObject({ delivery: { order: { action: 'update' } } });
    });

    test('waits for its time, and knows when that is', async () => {
      await run({ [client]: 5 }, to(data, open, at(100).toISOString()));
      expect(await claim(99)).toBeNull();
      expect(await claim(99, { eager: true })).toBeNull();
      expect(await store.outbox.nextDue(scope, data, at(99))).toBe(at(100).toISOString());
      const claimed = await claim(100);
      await settle(claimed, busy(200), 100);
      expect(await claim(101)).toBeNull();
      expect(await claim(101, { eager: true })).not.toBeNull();
      expect(await store.outbox.nextDue(scope, pager, at(0))).toBeNull();
    });

    test('lets what has surely not arrived wait once more, and remembers when it was due first', async () => {
      await run({ [client]: 5 }, to(data, open, at(100).toISOString()));
      const { id } = await firstOf();
      await store.outbox.postpone(id, at(500).toISOString(), at(200));
      expect(await firstOf()).toMatchObject({
        mutedUntil: at(500).toISOString(),
        dueAt: at(100).toISOString(),
        route: ['route'],
      });
      // So does what takes its place.
      await run({ [client]: 50 }, to(data, update(true), at(900).toISOString()));
      const [, next] = await store.outbox.list({});
      expect(next).toMatchObject({ mutedUntil: at(900).toISOString(), dueAt: at(100).toISOString() });
      const claimed = await claim(900);
      await settle(claimed, busy(901), 900);
      await store.outbox.postpone(claimed?.delivery.id ?? '', at(5000).toISOString(), at(900));
      expect(await claim(4999, { eager: true })).toBeNull();
      expect(await store.outbox.nextDue(scope, data, at(900))).toBe(at(5000).toISOString());
      const again = await claim(5000);
      await settle(again, unclear(5001), 5000);
      // What may have arrived is settled at night too.
      await store.outbox.postpone(again?.delivery.id ?? '', at(9000).toISOString(), at(5000));
      expect(await claim(5001)).toMatchObject({ isUncertain: true });
    });

    test('makes one message of the beginning and the end that were both not sent', async () => {
      await run({ [client]: 5 }, to(data, open));
      await run({ [client]: 50 }, to(data, update(false)));
      expect(await states()).toEqual(['open replaced', 'open pending']);
      await run({ [client]: 'pass' }, to(data, close));
      expect(await states()).toEqual(['open replaced', 'open replaced', 'close pending']);
    });

    test('replaces nothing that may have arrived', async () => {
      await run({ [client]: 5 }, to(data, open));
      await settle(await claim(), unclear(5));
      await run({ [client]: 'pass' }, to(data, close));
      expect(await states()).toEqual(['open uncertain', 'close pending']);
    });

    test('takes what a newer delivery says out of a digest that was not sent', async () => {
      await run({ [client]: 5, [day]: 1 }, digest);
      await settle(await claim(), {
        kind: 'dead',
        fault: 'payload',
        mayHaveArrived: false,
        reason: 'No such channel.',
      });
      await run({ [client]: 50 }, (changes) =>
        to(data, update(true))(changes.filter(({ reason }) => reason === 'worsened')),
      );
      expect(await states()).toEqual(['open dead', 'open pending']);
      const named = (await store.outbox.list({})).map(({ order }) =>
        order.action === 'digest' ? null : order.notice.incident.uniqueId.replace('.shop', ''),
      );
      expect(named).toEqual([day, client]);
      const known = await run({ [client]: 50, [day]: 1 }, to(data, update(true)));
      expect([...(known?.told.values() ?? [])].flat().map(({ how }) => how)).toEqual(
        expect.arrayContaining(['missed', 'message']),
      );
      expect(await states()).toEqual(['open replaced', 'open replaced', 'open pending', 'open pending']);
    });

    test('wakes nobody who hears of the end only because of the past, and whom the night was kept for', async () => {
      const morning = at(5000).toISOString();
      await run({ [client]: 5, [day]: 1 }, to(data, open, morning));
      await run({ [client]: 'pass' }, (changes) =>
        to(
          data,
          close,
        )(changes.filter(({ reason }) => reason === 'resolved')).map((each) => ({ ...each, inherits: true })),
      );
      expect(await states()).toEqual(['open replaced', 'open pending', 'close pending']);
      expect((await store.outbox.list({ states: ['pending'] })).map(({ mutedUntil }) => mutedUntil)).toEqual([
        morning,
        morning,
      ]);
    });

    test('takes out what nobody needs to hear any more, also of a digest', async () => {
      await run({ [client]: 5, [day]: 1 }, digest);
      const about = (uniqueId: string) => async (): Promise<Plan['withdrawn']> =>
        (await store.incidents())
          .filter((incident) => incident.uniqueId === uniqueId.replace('test.', 'test.shop.'))
          .map((incident) => ({ ...data, incidentId: incident.id }));
      await run({}, () => [], { withdrawn: await about(client)() });
      expect(await states()).toEqual(['open pending']);
      await run({}, () => [], { withdrawn: await about(day)() });
      expect(await firstOf()).toMatchObject({
        state: 'replaced',
        reason: 'Nobody there needs to hear of it any more.',
      });
    });

    test('brings what has surely not arrived up to date, and leaves what may have arrived as it was', async () => {
      await run({ [client]: 5, [day]: 1 }, digest);
      await run({ [client]: 5 }, to(pager, open));
      await settle(await claim(0, { destination: pager }), unclear(5));
      const incident = (await store.incidents()).find(({ uniqueId }) => uniqueId === client.replace('.', '.shop.'));
      if (incident === undefined) throw new Error('nothing there');
      const notice = aNotice({ incident: { ...incident, failures: 7 }, reason: 'ongoing', at: at(60).toISOString() });
      await run({ [client]: 7 }, () => [], {
        renewed: [data, pager].map((there) => ({ ...there, notices: [notice] })),
      });
      const [waiting, uncertain] = await store.outbox.list({});
      const figures = (delivery: Delivery | undefined): readonly unknown[] =>
        delivery === undefined
          ? []
          : noticesOf(delivery.order).map(({ reason, incident: { failures } }) => [reason, failures]);
      expect(waiting?.state).toBe('pending');
      expect(figures(waiting)).toHaveLength(2);
      expect(figures(waiting)).toEqual(
        expect.arrayContaining([
          ['opened', 1],
          ['opened', 7],
        ]),
      );
      expect([uncertain?.state, figures(uncertain)]).toEqual(['uncertain', [['ongoing', 5]]]);
    });

    test('keeps in mind what may have arrived and was given up', async () => {
      await run({ [client]: 5 }, to(data, open));
      await settle(await claim(), unclear(1));
      const again = await claim(1);
      expect(again).toMatchObject({ isUncertain: true, mayBeThere: false });
      await settle(again, { kind: 'dead', fault: 'payload', mayHaveArrived: true, reason: 'No.' });
      const known = await run({ [client]: 'pass' }, to(data, close));
      expect([...(known?.told.values() ?? [])]).toEqual([[{ ...data, how: 'missed', hasArrived: true }]]);
      // It is no word that has surely not arrived, so it is not replaced by the next.
      expect(await states()).toEqual(['open dead', 'close pending']);
      const last = await claim(1);
      expect(last).toMatchObject({ previous: null, mayBeThere: true });
      await settle(last, sent);
      expect(await states()).toEqual(['open replaced', 'close sent']);
    });

    test('lets go of what a dead process was sending to a receiver that has left, or a person drops', async () => {
      await run({ [client]: 5, [day]: 1 }, to(data, open));
      const [first, second] = [await claim(), await claim()];
      const drop = (when: number): Promise<Handled> =>
        store.outbox.drop(second?.delivery.id ?? '', 'told by hand', at(when));
      await store.outbox.bury(scope, [], at(59));
      expect(await states()).toEqual(['open attempting', 'open attempting']);
      expect(await drop(59)).toMatchObject({ kind: 'refused' });
      expect(await drop(60)).toMatchObject({ kind: 'done', delivery: { mayHaveArrived: true } });
      await store.outbox.bury(scope, [], at(60));
      expect(await states()).toEqual(['open dead', 'open dropped']);
      await settle(first, sent, 61);
      expect(await states()).toEqual(['open dead', 'open dropped']);
      expect(await store.outbox.retry(first?.delivery.id ?? '', at(61), isGone)).toMatchObject({
        kind: 'done',
        delivery: { state: 'uncertain' },
      });
    });

    test('remembers that something may have arrived when a person retries and then drops it', async () => {
      await run({ [client]: 5 }, to(data, open));
      const claimed = await claim();
      const id = claimed?.delivery.id ?? '';
      expect(await store.outbox.retry(id, at(61), () => false)).toMatchObject({
        kind: 'done',
        delivery: { state: 'uncertain', mayHaveArrived: true },
      });
      expect(await store.outbox.drop(id, 'told by hand', at(62))).toMatchObject({ delivery: { mayHaveArrived: true } });
    });

    test('replaces a dead letter by the next word about the same', async () => {
      await run({ [client]: 5 }, to(data, open));
      await settle(await claim(), {
        kind: 'dead',
        fault: 'payload',
        mayHaveArrived: false,
        reason: 'No such channel.',
      });
      const known = await run({ [client]: 50 }, to(data, open));
      expect([...(known?.told.values() ?? [])]).toEqual([[{ ...data, how: 'missed', hasArrived: false }]]);
      expect(await states()).toEqual(['open replaced', 'open pending']);
    });

    test('remembers who knows of an incident and how, and what happened to it', async () => {
      expect(await run({ [client]: 5, [day]: 1 }, digest)).toEqual({ told: new Map(), history: new Map() });
      const waiting = await run({ [client]: 50 }, () => []);
      const [first] = await store.incidents();
      expect(waiting?.told.get(first?.id ?? '')).toEqual([{ ...data, how: 'digest', hasArrived: false }]);
      await settle(await claim(), sent);
      const after = await run({ [client]: 500 }, (changes) =>
        to(data, update(true))(changes.filter(({ reason }) => reason === 'worsened')),
      );
      expect([...(after?.told.values() ?? [])]).toEqual([
        [{ ...data, how: 'digest', hasArrived: true }],
        [{ ...data, how: 'digest', hasArrived: true }],
      ]);
      expect([...(after?.history.values() ?? [])].flat().map(({ reason }) => reason)).toEqual(
        expect.arrayContaining(['opened', 'opened', 'worsened']),
      );
      // A reply in the digest's thread leaves the incident where it was …
      await settle(await claim(), sent);
      const still = await run({ [client]: 5000 }, (changes) =>
        to(data, update(true))(changes.filter(({ reason }) => reason === 'worsened')),
      );
      expect([...(still?.told.values() ?? [])]).toEqual([
        [{ ...data, how: 'digest', hasArrived: true }],
        [{ ...data, how: 'digest', hasArrived: true }],
      ]);
      // … a message of its own does not.
      await settle(await claim(), { kind: 'sent', receipt: { key: 'its own' } });
      const own = await run({ [client]: 'pass' }, () => []);
      expect([...(own?.told.values() ?? [])].flat().map(({ how }) => how)).toEqual(
        expect.arrayContaining(['digest', 'message']),
      );
    });

    test('retries and drops what a person names by the beginning of its id', async () => {
      await run({ [client]: 5 }, to(data, open));
      const { id } = await firstOf();
      await settle(await claim(), {
        kind: 'dead',
        fault: 'payload',
        mayHaveArrived: false,
        reason: 'No such channel.',
      });
      expect(await claim(1000)).toBeNull();
      expect(await store.outbox.retry(id.slice(0, 6), at(0), isGone)).toMatchObject({ kind: 'done', delivery: { id } });
      expect(await store.outbox.retry('zz', at(0), isGone)).toEqual({ kind: 'unknown' });
      expect(await firstOf()).toMatchObject({ state: 'pending', fault: null, reason: null });
      const claimed = await claim();
      expect(await store.outbox.drop(id, 'no', at(0))).toMatchObject({ kind: 'refused' });
      await settle(claimed, { kind: 'dead', fault: 'payload', mayHaveArrived: false, reason: 'No.' });
      expect(await store.outbox.drop(id, 'told by hand', at(0))).toMatchObject({ kind: 'done' });
      expect(await firstOf()).toMatchObject({ state: 'dropped', reason: 'told by hand' });
      const known = await run({ [client]: 5 }, () => []);
      expect([...(known?.told.values() ?? [])]).toEqual([[{ ...data, how: 'dropped', hasArrived: false }]]);
      expect(await store.outbox.retry(id, at(0), isGone)).toEqual({ kind: 'refused', why: 'It was dropped.' });
    });

    test('does not bring back what nobody could send', async () => {
      await run({ [client]: 5 }, to(data, open));
      const { id } = await firstOf();
      await store.outbox.bury(scope, [], at(0));
      expect(await firstOf()).toMatchObject({ state: 'dead', fault: 'receiver_gone' });
      const isOfData = ({ receiver }: Delivery): boolean => receiver === 'data';
      expect(await store.outbox.retry(id, at(0), isOfData)).toMatchObject({ kind: 'receiver_gone', delivery: { id } });
      expect(await states()).toEqual(['open dead']);
    });

    test('does not bring back what is wrong by now', async () => {
      await run({ [client]: 5 }, to(data, open));
      const { id } = await firstOf();
      await settle(await claim(), { kind: 'dead', fault: 'payload', mayHaveArrived: false, reason: 'No.' });
      await run({ [client]: 'pass' }, () => []);
      expect(await store.outbox.retry(id, at(0), isGone)).toEqual({
        kind: 'refused',
        why: 'What it tells of has ended since.',
      });
    });

    test('does not end what has come back since', async () => {
      await run({ [client]: 5 }, () => []);
      await run({ [client]: 'pass' }, to(data, close));
      const { id } = await firstOf();
      await settle(await claim(), { kind: 'dead', fault: 'payload', mayHaveArrived: false, reason: 'No.' });
      await run({ [client]: 5 }, () => []);
      expect(await store.outbox.retry(id, at(0), isGone)).toEqual({
        kind: 'refused',
        why: 'What it says has ended is open again.',
      });
    });

    test('makes a dead letter of what waits for a receiver that has left the configuration', async () => {
      await run({ [client]: 5 }, (changes) => [...to(data, open)(changes), ...to(pager, open)(changes)]);
      await store.outbox.bury(scope, [pager], at(0));
      expect(await store.outbox.list({ states: ['dead'] })).toMatchObject([
        { receiver: 'data', reason: expect.stringContaining('not in the configuration') },
      ]);
      expect(await store.outbox.list({ scope, states: ['pending'] })).toMatchObject([pager]);
    });

    test('keeps environments apart', async () => {
      await run({ [client]: 5 }, to(data, open));
      expect(await claim(0, { scope: { ...scope, environment: 'prod' } })).toBeNull();
      expect(await store.outbox.list({ environment: 'prod' })).toEqual([]);
      expect(await store.outbox.list({ environment: '' })).toHaveLength(1);
    });

    test('remembers more incidents of one digest than a statement takes values', async () => {
      await run({ [client]: 5 }, (changes) => [
        {
          ...data,
          order: {
            action: 'digest',
            notices: changes.flatMap((change) => {
              const notice = noticeOf(change);
              const { incident } = notice;
              return Array.from({ length: 5000 }, (_, index) => ({
                ...notice,
                incident: { ...incident, id: index === 0 ? incident.id : `x${index}` },
              }));
            }),
          },
          mutedUntil: null,
          route: null,
          inherits: false,
        },
      ]);
      await settle(await claim(), sent);
      const known = await run({ [client]: 50 }, () => []);
      expect([...(known?.told.values() ?? [])]).toEqual([[{ ...data, how: 'digest', hasArrived: true }]]);
    });

    test('gives each delivery to one of several processes', async () => {
      await run({ [client]: 5, [day]: 1 }, to(data, open));
      const other = await place.open();
      const claimed = [await claim(), await claim(0, { owner: 'other' }, other), await claim()];
      expect(claimed.map((each) => each !== null)).toEqual([true, true, false]);
      expect(claimed[0]?.delivery.id).not.toBe(claimed[1]?.delivery.id);
      await other.close();
    });

    test('forgets what was sent with the days it keeps', async () => {
      const short = await place.open(30);
      await run({ [client]: 5 }, to(data, open));
      await settle(await claim(), sent);
      const later = new Date('2026-03-01T12:00:00Z');
      const build = runAt(50, { [day]: failing(1) });
      await short.applyRun(build, later, (history) => track(history, reportOf(build), later.toISOString()));
      expect(await states()).toEqual([]);
      await short.close();
    });
  });
}
