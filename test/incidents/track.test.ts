import { describe, expect, test } from '@jest/globals';
import { columnTest, type Project } from '../project.ts';
import { Ledger, toldOf } from './ledger.ts';
import { failing, runAt, shop } from './runs.ts';

const client = 'test.orders_have_a_client';
const day = 'test.revenue_has_a_day';
const below = 'test.revenue_has_a_client';
const title = 'orders_have_a_client on orders';

describe('an incident', () => {
  test.each<[string, readonly Parameters<typeof runAt>[1][], readonly string[]]>([
    ['opens when a test fails', [{ [client]: failing(5) }], ['opened']],
    ['goes on while it fails as before', [{ [client]: failing(5) }, { [client]: failing(9) }], ['opened', 'ongoing']],
    ['worsens when its failures double', [{ [client]: failing(5) }, { [client]: failing(10) }], ['opened', 'worsened']],
    ['eases when its failures halve', [{ [client]: failing(10) }, { [client]: failing(5) }], ['opened', 'eased']],
    [
      'worsens by what was told, not by the run before',
      [failing(10), failing(15), failing(19), failing(20), failing(39)].map((result) => ({ [client]: result })),
      ['opened', 'ongoing', 'ongoing', 'worsened', 'ongoing'],
    ],
    [
      'worsens when a warning becomes an error',
      [{ [client]: { status: 'warn', failures: 5 } }, { [client]: failing(5) }],
      ['opened', 'worsened'],
    ],
    [
      'eases when an error becomes a warning, whatever the number',
      [{ [client]: failing(5) }, { [client]: { status: 'warn', failures: 50 } }],
      ['opened', 'eased'],
    ],
    ['ends when its test passes', [{ [client]: failing(5) }, { [client]: 'pass' }], ['opened', 'resolved']],
    [
      'does not end when its test is skipped, or not run, or could not run',
      [{ [client]: failing(5) }, { [client]: 'skipped' }, { 'model.orders': 'success' }, { [client]: 'error' }],
      ['opened', '', '', 'changed'],
    ],
    [
      'is in another way when what could not run now fails, and goes on when it does so again',
      [{ [client]: 'error' }, { [client]: failing(5) }, { [client]: failing(6) }, { [client]: 'error' }],
      ['opened', 'changed', 'ongoing', 'changed'],
    ],
    [
      'reopens when it fails again soon',
      [{ [client]: failing(5) }, { [client]: 'pass' }, { [client]: failing(5) }],
      ['opened', 'resolved', 'reopened'],
    ],
    ['is none when a test passes that never failed', [{ [client]: 'pass' }], ['']],
  ])('%s', (_, runs, reasons) => {
    const ledger = new Ledger();
    const told = runs.map((results, minute) =>
      ledger
        .apply(runAt(minute, results))
        .map(({ reason }) => reason)
        .join(),
    );
    expect(told).toEqual(reasons);
    expect(new Set([...ledger.incidents.values()].map(({ id }) => id)).size).toBeLessThanOrEqual(1);
  });

  test('that fails and passes in turns is told once, and ends when it has passed three times in a row', () => {
    const ledger = new Ledger();
    const told = Array.from('FPFPFPFPPPFF', (outcome, minute) =>
      ledger
        .apply(runAt(minute, { [client]: outcome === 'F' ? failing(5) : 'pass' }))
        .map(({ reason, incident }) => `${reason} ${incident.state}`)
        .join(),
    );
    expect(told).toEqual([
      'opened open',
      'resolved resolved',
      'reopened open',
      'resolved resolved',
      'flapping open',
      'ongoing open',
      'ongoing open',
      'ongoing open',
      'ongoing open',
      'resolved resolved',
      'flapping open',
      'ongoing open',
    ]);
  });

  test('that fails and passes in turns still says when it becomes worse than was told', () => {
    const ledger = new Ledger();
    const warning = { status: 'warn', failures: 5 } as const;
    const told = Array.from('WPWPWPEPEW', (outcome, minute) =>
      ledger
        .apply(runAt(minute, { [client]: outcome === 'P' ? 'pass' : outcome === 'E' ? failing(5) : warning }))
        .map(({ reason }) => reason)
        .join(),
    );
    expect(told.slice(4)).toEqual(['flapping', 'ongoing', 'worsened', 'ongoing', 'ongoing', 'ongoing']);
  });

  test('that fails and passes in turns says so when it fails every time now', () => {
    const ledger = new Ledger();
    const told = Array.from('FPFPFFFF', (outcome, minute) =>
      ledger
        .apply(runAt(minute, { [client]: outcome === 'F' ? failing(5) : 'pass' }))
        .map(({ reason }) => reason)
        .join(),
    );
    expect(told.slice(4)).toEqual(['flapping', 'ongoing', 'settled', 'ongoing']);
  });

  test('that began to flap while another cause explained it is told when it stands alone', () => {
    const project = { ...shop, [below]: columnTest('not_null', 'model.revenue', 'client_id') };
    const ledger = new Ledger();
    const told = ['F', 'P', 'F', 'P', 'both', 'F', 'F'].map((outcome, minute) => {
      const results =
        outcome === 'both'
          ? { [client]: failing(5), [below]: failing(5) }
          : { [client]: 'pass' as const, [below]: outcome === 'F' ? failing(5) : ('pass' as const) };
      const changes = ledger.apply(runAt(minute, results, project));
      return changes.find(({ incident }) => incident.title.startsWith('revenue_has_a_client'))?.reason;
    });
    expect(told).toEqual(['opened', 'resolved', 'reopened', 'resolved', 'flapping', 'surfaced', 'settled']);
  });

  test('stays folded when the cause that explains it has another name now', () => {
    const before = { ...shop, [below]: columnTest('not_null', 'model.revenue', 'client_id') };
    const { [client]: test_, ...rest }: Project = before;
    const ledger = new Ledger();
    ledger.apply(runAt(0, { [client]: failing(5), [below]: failing(5) }, before));
    const after = { ...rest, 'test.every_order_has_a_client': test_ ?? {} };
    const changes = ledger.apply(runAt(1, { 'test.every_order_has_a_client': failing(5) }, after));
    expect(toldOf(changes)).toEqual(['ongoing every_order_has_a_client on orders']);
  });

  test('counts the runs in which it failed and remembers when it began', () => {
    const ledger = new Ledger();
    for (const [minute, result] of [failing(5), failing(6), 'skipped', failing(7)].entries())
      ledger.apply(runAt(minute, { [client]: result }));
    expect(ledger.open()).toMatchObject([
      { runs: 3, failures: 7, openedAt: '2026-01-02T06:00:00.000Z', lastSeenAt: '2026-01-02T06:03:00.000Z' },
    ]);
  });
});

describe('a test that is renamed', () => {
  const { [client]: before, ...rest } = shop;
  const renamed = { ...rest, 'test.every_order_has_a_client': before ?? {} };

  test('keeps its incident', () => {
    const ledger = new Ledger();
    const [opened] = ledger.apply(runAt(0, { [client]: failing(5), [day]: 'pass' }));
    const told = ledger.apply(runAt(1, { 'test.every_order_has_a_client': failing(5) }, renamed));
    expect(toldOf(told)).toEqual(['ongoing every_order_has_a_client on orders']);
    expect(ledger.open()).toMatchObject([{ id: opened?.incident.id, runs: 2 }]);
  });

  test('keeps it also in a run that leaves the test out, and is retired only if nobody can tell where it went', () => {
    const ledger = new Ledger();
    ledger.apply(runAt(0, { [client]: failing(5) }));
    expect(ledger.apply(runAt(1, { 'model.orders': 'success' }, renamed))).toEqual([]);
    expect(toldOf(ledger.apply(runAt(2, { 'test.every_order_has_a_client': 'pass' }, renamed)))).toEqual([
      `resolved ${title}`,
    ]);
  });

  test.each([
    [
      'two tests could be it',
      { ...renamed, 'test.orders_client': columnTest('not_null', 'model.orders', 'client_id') },
    ],
    ['it is of another column', { ...rest, 'test.orders_have_a_day': columnTest('not_null', 'model.orders', 'day') }],
    ['it is another test', { ...rest, 'test.orders_unique': columnTest('unique', 'model.orders', 'client_id') }],
    ['there is none', rest],
  ])('loses it when %s', (_, project) => {
    const ledger = new Ledger();
    ledger.apply(runAt(0, { [client]: failing(5) }));
    expect(toldOf(ledger.apply(runAt(1, { 'model.orders': 'success' }, project)))).toEqual([`retired ${title}`]);
    expect(ledger.open()).toEqual([]);
  });

  test('is not taken for one that was there all the time', () => {
    const again = { 'test.orders_client_again': columnTest('not_null', 'model.orders', 'client_id') };
    const both = { ...shop, ...again };
    const without = { ...rest, ...again };
    const ledger = new Ledger();
    ledger.apply(runAt(0, { [client]: failing(5), 'test.orders_client_again': 'pass' }, both));
    const told = ledger.apply(runAt(1, { 'test.orders_client_again': 'pass' }, without));
    expect(toldOf(told)).toEqual([`retired ${title}`]);
  });
});

describe('a run', () => {
  test('that is applied twice changes nothing', () => {
    const ledger = new Ledger();
    ledger.apply(runAt(0, { [client]: failing(5) }));
    const before = ledger.open();
    expect(ledger.apply(runAt(0, { [client]: failing(5) }))).toEqual([]);
    expect(ledger.open()).toEqual(before);
  });

  test('that comes late changes nothing about nodes that a newer one has seen, and tells of others', () => {
    const ledger = new Ledger();
    ledger.apply(runAt(5, { [client]: 'pass' }));
    const told = ledger.apply(runAt(3, { [client]: failing(5), [day]: failing(2) }));
    expect(toldOf(told)).toEqual(['opened revenue_has_a_day on revenue']);
  });

  test('of another environment meets none of its incidents', () => {
    const [prod, staging] = ['prod', 'staging'].map((environment) =>
      new Ledger().apply(runAt(0, { [client]: failing(5) }, shop, environment)),
    );
    expect(prod?.[0]?.incident.id).not.toBe(staging?.[0]?.incident.id);
  });
});

describe('a finding that is folded', () => {
  const column = {
    'model.orders': {},
    'model.revenue': { reads: ['model.orders'] },
    [client]: columnTest('not_null', 'model.orders', 'client_id'),
    'test.revenue_has_a_client': columnTest('not_null', 'model.revenue', 'client_id'),
  };
  const both = { [client]: failing(5), 'test.revenue_has_a_client': failing(5) };

  test('has an incident of its own, which surfaces when its cause is mended and it is not', () => {
    const ledger = new Ledger();
    expect(toldOf(ledger.apply(runAt(0, both, column)))).toEqual([
      `opened ${title}`,
      'opened revenue_has_a_client on revenue',
    ]);
    expect(ledger.open().map(({ foldedUnder }) => foldedUnder === null)).toEqual([true, false]);
    const told = toldOf(ledger.apply(runAt(1, { [client]: 'pass', 'test.revenue_has_a_client': failing(5) }, column)));
    expect(told).toEqual(['surfaced revenue_has_a_client on revenue', `resolved ${title}`]);
  });

  test('surfaces also when nobody looked at it, since nothing explains it any more', () => {
    const ledger = new Ledger();
    ledger.apply(runAt(0, both, column));
    expect(toldOf(ledger.apply(runAt(1, { [client]: 'pass' }, column)))).toEqual([
      `resolved ${title}`,
      'surfaced revenue_has_a_client on revenue',
    ]);
  });

  test('does not surface as still failing when it passed the last time, in turns, but when it fails again', () => {
    const ledger = new Ledger();
    const passes = { [client]: failing(5), 'test.revenue_has_a_client': 'pass' };
    const last = [both, passes, both, passes, both, passes, { [client]: 'pass' }, { 'model.orders': 'success' }, both];
    const told = last.map((results, minute) =>
      toldOf(ledger.apply(runAt(minute, results, column))).filter((each) => each.startsWith('surfaced')),
    );
    expect(told.flat()).toEqual([]);
    expect(toldOf(ledger.apply(runAt(9, { ...both, [client]: 'pass' }, column)))).toContain(
      'surfaced revenue_has_a_client on revenue',
    );
  });
});
