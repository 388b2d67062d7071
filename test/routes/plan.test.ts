import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Run } from '../../src/artifacts/run.ts';
import { noRules } from '../../src/findings/rules.ts';
import type { Abilities } from '../../src/receivers/receiver.ts';
import { compileRoute } from '../../src/routes/compile.ts';
import { type Destination, type Plan, plan, type ToldReceiver } from '../../src/routes/plan.ts';
import { timeIntervalsSchema, type RouteFile } from '../../src/routes/schema.ts';
import { reportOf } from '../builders.ts';
import { Ledger } from '../incidents/ledger.ts';
import { failing, runAt, shop } from '../incidents/runs.ts';
import { columnTest, type Project, type ResultOf } from '../project.ts';

const chat: Abilities = {
  edits: true,
  resolves: false,
  endsSilently: false,
  samples: true,
  maxMessages: 3,
};
const page: Abilities = {
  edits: true,
  resolves: true,
  endsSilently: true,
  samples: false,
  maxMessages: null,
};
const destinations: readonly Destination[] = [
  { receiver: 'data', integration: 'slack', abilities: chat },
  { receiver: 'pager', integration: 'pagerduty', abilities: page },
  { receiver: 'quiet', integration: 'slack', abilities: chat },
];

const bySeverity: RouteFile = {
  receiver: 'data',
  routes: [
    { matchers: ['severity="critical"'], receiver: 'pager', continue: true },
    { matchers: ['severity=~"critical|error"'], receiver: 'data' },
    { matchers: ['severity="warning"'], receiver: 'quiet' },
  ],
};

/** Two tests whose severities can be chosen run by run. */
function project(severity: string | null): Project {
  const meta = severity === null ? {} : { meta: { dq_report: { severity } } };
  return { ...shop, 'test.orders_have_a_client': columnTest('not_null', 'model.orders', 'client_id', meta) };
}

const client = 'test.orders_have_a_client';
const day = 'test.revenue_has_a_day';

/** Runs one after the other; everything planned is sent. */
class Office {
  readonly #ledger = new Ledger();
  readonly told = new Map<string, ToldReceiver[]>();
  route: RouteFile = bySeverity;
  destinations = destinations;
  #minute = 0;

  async run(
    results: Readonly<Record<string, ResultOf>>,
    severity: string | null = null,
    now = new Date('2026-01-02T12:00:00Z'),
  ): Promise<Plan> {
    this.#minute += 1;
    return this.apply(runAt(this.#minute, results, project(severity)), now);
  }

  async apply(run: Run, now = new Date('2026-01-02T12:00:00Z')): Promise<Plan> {
    const { causes, verdicts } = reportOf(run);
    const planned = plan({
      run,
      rules: noRules,
      changes: this.#ledger.apply(run),
      causes,
      verdicts,
      route: await compileRoute(this.route, intervals),
      destinations: this.destinations,
      links: [],
      told: this.told,
      history: new Map(),
      now,
    });
    for (const { receiver, integration, order } of planned.orders) {
      const how = order.action === 'digest' ? 'digest' : 'message';
      for (const { incident } of order.action === 'digest' ? order.notices : [order.notice])
        this.told.set(incident.id, [
          ...(this.told.get(incident.id) ?? []),
          { receiver, integration, how, hasArrived: true },
        ]);
    }
    return planned;
  }
}

const intervals = timeIntervalsSchema.parse([
  { name: 'night', time_intervals: [{ times: [{ start_time: '00:00', end_time: '07:00' }] }] },
]);

/** "pager open orders_have_a_client on orders". */
function orders({ orders: planned }: Plan): readonly string[] {
  return planned.map(({ receiver, order, mutedUntil }) => {
    const until = mutedUntil === null ? '' : ` at ${mutedUntil}`;
    if (order.action === 'digest')
      return `${receiver} digest of ${order.notices.map(({ incident }) => incident.title).join(', ')}${until}`;
    const action = order.action === 'update' ? `${order.loud ? 'loud' : 'quiet'} update` : order.action;
    return `${receiver} ${action} ${order.notice.incident.title}${until}`;
  });
}

let office: Office;
beforeEach(() => {
  office = new Office();
});

const CLIENT = 'orders_have_a_client on orders';

describe('one incident', () => {
  test('is opened, changed and closed where it is routed', async () => {
    expect(orders(await office.run({ [client]: failing(5) }))).toEqual([`data open ${CLIENT}`]);
    expect(orders(await office.run({ [client]: failing(5) }))).toEqual([`data quiet update ${CLIENT}`]);
    expect(orders(await office.run({ [client]: failing(50) }))).toEqual([`data loud update ${CLIENT}`]);
    expect(orders(await office.run({ [client]: failing(5) }))).toEqual([`data quiet update ${CLIENT}`]);
    expect(orders(await office.run({}))).toEqual([]);
    expect(orders(await office.run({ [client]: 'pass' }))).toEqual([`data close ${CLIENT}`]);
    expect(orders(await office.run({ [client]: 'pass' }))).toEqual([]);
    expect(orders(await office.run({ [client]: failing(5) }))).toEqual([`data loud update ${CLIENT}`]);
  });

  test('that becomes critical is opened with the pager too, and closed with both, whatever the routes say then', async () => {
    await office.run({ [client]: failing(5) });
    expect(orders(await office.run({ [client]: failing(5) }, 'critical'))).toEqual([
      `data loud update ${CLIENT}`,
      `pager open ${CLIENT}`,
    ]);
    expect(orders(await office.run({ [client]: failing(5) }, 'warning'))).toEqual([
      `data quiet update ${CLIENT}`,
      `pager quiet update ${CLIENT}`,
      `quiet open ${CLIENT}`,
    ]);
    office.route = { receiver: 'quiet' };
    expect(orders(await office.run({ [client]: 'pass' }, 'warning'))).toEqual([
      `data close ${CLIENT}`,
      `pager close ${CLIENT}`,
      `quiet close ${CLIENT}`,
    ]);
  });

  test('is closed when its test leaves the project', async () => {
    await office.run({ [client]: failing(5) });
    const without: Project = { 'model.orders': {} };
    expect(orders(await office.apply(runAt(9, { 'model.orders': 'success' }, without)))).toEqual([
      `data close ${CLIENT}`,
    ]);
  });

  test('that flaps is told so once', async () => {
    const said: string[] = [];
    for (const turn of 'FPFPFPFPFPF')
      said.push(...orders(await office.run({ [client]: turn === 'F' ? failing(5) : 'pass' })));
    expect(said.filter((each) => !each.includes('quiet update'))).toEqual([
      `data open ${CLIENT}`,
      `data close ${CLIENT}`,
      `data loud update ${CLIENT}`,
      `data close ${CLIENT}`,
      `data loud update ${CLIENT}`,
    ]);
  });

  test('that was open before there were receivers is told of by the first run that has them', async () => {
    office.destinations = [];
    await office.run({ [client]: failing(5) });
    office.destinations = destinations;
    expect(orders(await office.run({ [day]: failing(1) }))).toEqual(['data open revenue_has_a_day on revenue']);
    expect(orders(await office.run({ [client]: failing(5) }))).toEqual([`data open ${CLIENT}`]);
  });

  test('is told anew where its news is a dead letter, though others know, and not where a person has dropped it', async () => {
    office.route = { receiver: 'data', routes: [{ receiver: 'pager', continue: true }, { receiver: 'data' }] };
    const [order] = (await office.run({ [client]: failing(5) })).orders;
    const id = order?.order.action === 'open' ? order.order.notice.incident.id : '';
    office.told.set(id, [
      { receiver: 'data', integration: 'slack', how: 'missed', hasArrived: false },
      { receiver: 'pager', integration: 'pagerduty', how: 'message', hasArrived: true },
    ]);
    expect(orders(await office.run({ [client]: failing(5) }))).toEqual([
      `data open ${CLIENT}`,
      `pager quiet update ${CLIENT}`,
    ]);
    office.told.set(id, [{ receiver: 'data', integration: 'slack', how: 'dropped', hasArrived: false }]);
    expect(orders(await office.run({ [client]: failing(5) }))).toEqual([]);
    expect(orders(await office.run({ [client]: failing(50) }))).toEqual([
      `data open ${CLIENT}`,
      `pager open ${CLIENT}`,
    ]);
    office.told.set(id, [{ receiver: 'data', integration: 'slack', how: 'missed', hasArrived: false }]);
    expect(orders(await office.run({ [client]: 'pass' }))).toEqual([`data close ${CLIENT}`]);
  });

  test('is told to a receiver that has another name now', async () => {
    await office.run({ [client]: failing(5) });
    office.destinations = [{ receiver: 'team', integration: 'slack', abilities: chat }];
    office.route = { receiver: 'team' };
    expect(orders(await office.run({ [client]: failing(5) }))).toEqual([`team open ${CLIENT}`]);
  });

  test('whose receiver has left the configuration cannot be closed there, and that is said', async () => {
    await office.run({ [client]: failing(5) }, 'critical');
    office.destinations = destinations.filter(({ receiver }) => receiver !== 'pager');
    office.route = { receiver: 'data' };
    const { orders: planned, stranded } = await office.run({ [client]: 'pass' });
    expect(planned).toMatchObject([{ receiver: 'data', order: { action: 'close' } }]);
    expect(stranded).toMatchObject([{ receiver: 'pager', integration: 'pagerduty' }]);
  });
});

describe('a finding that another explains', () => {
  const broken = { 'model.orders': { status: 'error', message: 'no' }, [client]: 'skipped' };

  const column: Project = {
    ...shop,
    'test.revenue_has_a_client': columnTest('not_null', 'model.revenue', 'client_id'),
  };
  const below = 'test.revenue_has_a_client';
  const both = runAt(1, { [client]: failing(5), [below]: failing(5) }, column);

  test.each([
    ['failing', { [client]: 'pass', [below]: failing(5) }],
    ['not looked at', { [client]: 'pass' }],
  ])('is not told until it stands alone, be it %s then', async (_, results) => {
    expect(orders(await office.apply(both))).toEqual([`data open ${CLIENT}`]);
    expect(orders(await office.apply(runAt(2, results, column)))).toEqual([
      'data open revenue_has_a_client on revenue',
      `data close ${CLIENT}`,
    ]);
  });

  test('that was told before is not told again, and its message is closed when it is mended', async () => {
    await office.apply(runAt(0, { [client]: 'pass', [below]: failing(5) }, column));
    expect(orders(await office.apply(both))).toEqual([
      `data open ${CLIENT}`,
      'data quiet update revenue_has_a_client on revenue',
    ]);
    expect(orders(await office.apply(runAt(2, { [client]: failing(5), [below]: 'pass' }, column)))).toEqual([
      `data quiet update ${CLIENT}`,
      'data close revenue_has_a_client on revenue',
    ]);
  });

  test('that was told before says what explains it now, and what it finds', async () => {
    await office.apply(runAt(0, { [client]: 'pass', [below]: failing(5) }, column));
    const { orders: planned } = await office.apply(both);
    expect(planned.map(({ order }) => (order.action === 'digest' ? null : order.notice.cause))).toMatchObject([
      { explainedBy: null },
      { explainedBy: CLIENT, message: [expect.stringContaining('5')], folded: null },
    ]);
  });

  test('is taken out of the outbox where nobody has heard of it yet', async () => {
    await office.apply(runAt(0, { [client]: 'pass', [below]: failing(5) }, column));
    const [id = ''] = office.told.keys();
    office.told.set(id, [{ receiver: 'data', integration: 'slack', how: 'message', hasArrived: false }]);
    const planned = await office.apply(both);
    expect(orders(planned)).toEqual([`data open ${CLIENT}`]);
    expect(planned.withdrawn).toMatchObject([{ incidentId: id }]);
  });

  test('that waits and goes on is brought up to date where no order would', async () => {
    office.destinations = [{ receiver: 'data', integration: 'slack_webhook', abilities: { ...chat, edits: false } }];
    await office.run({ [client]: failing(5) });
    const [id = ''] = office.told.keys();
    const destination = { receiver: 'data', integration: 'slack_webhook' } as const;
    expect((await office.run({ [client]: failing(6) })).renewed).toEqual([]);
    for (const how of ['message', 'digest'] as const) {
      office.told.set(id, [{ ...destination, how, hasArrived: false }]);
      const { renewed } = await office.run({ [client]: failing(7) });
      expect(renewed).toMatchObject([{ ...destination, notices: [{ incident: { failures: 7 }, reason: 'ongoing' }] }]);
    }
    office.told.set(id, [{ ...destination, how: 'message', hasArrived: false }]);
    expect((await office.run({})).renewed).toEqual([]);
  });

  test('goes without a word when it is only skipped', async () => {
    expect(orders(await office.run(broken))).toEqual(['data open orders could not be built']);
  });
});

describe('a digest', () => {
  const many: Project = {
    'model.m': {},
    ...Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((each) => [`test.${each}`, { reads: ['model.m'] }])),
  };
  const results = (result: ResultOf, ...names: readonly string[]): Record<string, ResultOf> =>
    Object.fromEntries(names.map((each) => [`test.${each}`, result]));
  const all = ['a', 'b', 'c', 'd', 'e'];

  test('takes the place of more messages than the receiver wants, and names all', async () => {
    const up = await office.apply(runAt(1, results(failing(1), 'a', 'b', 'c'), many));
    expect(orders(up)).toHaveLength(3);
    office = new Office();
    const over = await office.apply(runAt(1, results(failing(1), 'a', 'b', 'c', 'd'), many));
    expect(orders(over)).toEqual(['data digest of a on m, b on m, c on m, d on m']);
  });

  test('is not for receivers that take any number', async () => {
    office.route = { receiver: 'pager' };
    expect(orders(await office.apply(runAt(1, results(failing(1), ...all), many)))).toHaveLength(5);
  });

  test('is not touched by what goes on; news of one, and the end of few, is told of each', async () => {
    await office.apply(runAt(1, results(failing(1), ...all), many));
    expect(orders(await office.apply(runAt(2, results(failing(1), ...all), many)))).toEqual([]);
    const third = runAt(3, { ...results(failing(1), 'a', 'b', 'c'), 'test.d': failing(9), 'test.e': 'pass' }, many);
    expect(orders(await office.apply(third))).toEqual(['data loud update d on m', 'data close e on m']);
  });

  test('tells of the end of as many', async () => {
    await office.apply(runAt(1, results(failing(1), ...all), many));
    expect(orders(await office.apply(runAt(2, results('pass', ...all), many)))).toEqual([
      `data digest of ${all.map((each) => `${each} on m`).join(', ')}`,
    ]);
  });

  test('of what has ended stands apart from what is new, and makes no digest of that', async () => {
    await office.apply(runAt(1, results(failing(1), ...all), many));
    const more = { ...many, 'test.f': { reads: ['model.m'] } };
    const second = runAt(2, { ...results('pass', ...all), ...results(failing(1), 'f') }, more);
    expect(orders(await office.apply(second))).toEqual([
      `data digest of ${all.map((each) => `${each} on m`).join(', ')}`,
      'data open f on m',
    ]);
  });

  test('leaves messages that are only edited alone', async () => {
    await office.apply(runAt(1, results(failing(1), 'a', 'b'), many));
    await office.apply(runAt(2, results(failing(1), 'a', 'b', 'c', 'd'), many));
    const third = orders(await office.apply(runAt(3, results('pass', 'a', 'b', 'c', 'd'), many)));
    expect(third).toHaveLength(4);
  });
});

describe('a muted route', () => {
  const night = new Date('2026-01-02T03:00:00Z');

  test('keeps everything until its window ends', async () => {
    office.route = { receiver: 'quiet', routes: [{ receiver: 'data', mute_times: ['night'] }] };
    expect(orders(await office.run({ [client]: failing(5) }, null, night))).toEqual([
      `data open ${CLIENT} at 2026-01-02T07:00:00.000Z`,
    ]);
    expect(orders(await office.run({ [client]: 'pass' }, null, night))).toEqual([
      `data close ${CLIENT} at 2026-01-02T07:00:00.000Z`,
    ]);
  });

  test('ends at once what nobody is called for when it ends', async () => {
    office.route = { receiver: 'quiet', routes: [{ receiver: 'pager', mute_times: ['night'] }] };
    await office.run({ [client]: failing(5) });
    expect(orders(await office.run({ [client]: 'pass' }, null, night))).toEqual([`pager close ${CLIENT}`]);
  });

  test('holds what is told because of the past, but no end that calls nobody', async () => {
    office.route = { receiver: 'data', routes: [{ receiver: 'pager', continue: true }, { receiver: 'data' }] };
    await office.run({ [client]: failing(5) });
    office.route = { receiver: 'quiet' };
    const { orders: planned } = await office.run({ [client]: 'pass' });
    expect(planned).toMatchObject([
      { receiver: 'data', inherits: true },
      { receiver: 'pager', inherits: false },
    ]);
  });

  test.each([
    ['that no route names any more', { receiver: 'quiet' }, failing(5), ['quiet open']],
    ['that no route names any more, when it has ended', { receiver: 'quiet' }, 'pass', []],
    ['that is still named', { receiver: 'data' }, failing(5), ['data quiet update']],
  ] as const)('is not waited for by a receiver %s', async (_, route, result, expected) => {
    await office.run({ [client]: failing(5) });
    const [id = ''] = office.told.keys();
    office.told.set(id, [{ receiver: 'data', integration: 'slack', how: 'message', hasArrived: false }]);
    office.route = route;
    const planned = await office.run({ [client]: result });
    expect(orders(planned)).toEqual(expected.map((each) => `${each} ${CLIENT}`));
    const isStillNamed = route.receiver === 'data';
    expect(planned.withdrawn).toEqual(isStillNamed ? [] : [{ receiver: 'data', integration: 'slack', incidentId: id }]);
  });

  test('holds nothing back that another route to the same receiver lets pass', async () => {
    office.route = {
      receiver: 'quiet',
      routes: [
        { receiver: 'data', mute_times: ['night'], continue: true },
        { receiver: 'data', matchers: ['severity="critical"'] },
      ],
    };
    expect(orders(await office.run({ [client]: failing(5), [day]: failing(1) }, 'critical', night))).toEqual([
      `data open ${CLIENT}`,
      'data open revenue_has_a_day on revenue at 2026-01-02T07:00:00.000Z',
    ]);
  });
});

test('a late run that changes nothing tells nothing', async () => {
  await office.apply(runAt(5, { [client]: failing(5) }));
  expect(orders(await office.apply(runAt(4, { [client]: 'pass' })))).toEqual([]);
});
