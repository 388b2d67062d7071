import { describe, expect, test } from '@jest/globals';
import stringWidth from 'fast-string-width';
import { noRules } from '../../src/findings/rules.ts';
import { reportOf } from '../../src/pipeline.ts';
import type { Report } from '../../src/report/report.ts';
import { formatText } from '../../src/report/text.ts';
import { aRun, columnTest, type Project } from '../project.ts';

const now = new Date('2026-01-02T07:00:00Z');
const plainly = { width: 80, colour: false, verbose: false };

const shop: Project = {
  'group.growth': { owner: { name: 'Growth analytics', email: 'growth@shop.example', slack: '#growth-data' } },
  'source.web.events': { freshness: { error_after: { count: 24, period: 'hour' } } },
  'model.stg': { reads: ['source.web.events'] },
  'model.orders': { reads: ['model.stg'], group: 'growth' },
  'model.revenue': { reads: ['model.orders'] },
  'test.not_null_orders_client_id': columnTest('not_null', 'model.orders', 'client_id', {
    description: 'Orders without a client cannot be attributed. Look at the consent banner first. Then at the rest.',
  }),
  'test.unique_revenue_day': columnTest('unique', 'model.revenue', 'day'),
  'exposure.revenue_board': {
    reads: ['model.revenue'],
    label: 'Revenue board',
    owner: { name: 'Finance', email: 'finance@shop.example' },
  },
  'exposure.traffic': { reads: ['model.stg'] },
};

function report(results: Parameters<typeof aRun>[1], options: Parameters<typeof aRun>[2] = {}, project = shop): Report {
  return reportOf(aRun(project, results, options), { rules: noRules, now });
}

const oneFault = report(
  {
    'model.stg': 'success',
    'model.orders': 'success',
    'test.not_null_orders_client_id': {
      status: 'fail',
      failures: 1234,
      message: 'Got 1234 results, configured to fail if != 0',
    },
    'model.revenue': 'skipped',
    'test.unique_revenue_day': 'skipped',
    'exposure.revenue_board': 'skipped',
    'exposure.traffic': 'no-op',
  },
  { freshness: { 'source.web.events': 'pass' }, environment: 'prod' },
);

test('a fault is told from its dashboards to the command that mends it', () => {
  expect(formatText(oneFault, plainly)).toBe(`shop · prod · dbt 1.11.16 · 2026-01-02 06:00 UTC (59 min ago) · 30 s
2 passed, 0 warned, 1 failed, 0 errored, 3 skipped
dbt: PASS=2 WARN=0 ERROR=1 SKIP=3 NO-OP=1 TOTAL=7
Sources: 1 fresh, 0 stale, 0 unchecked

Dashboards and other exposures: 1 late, 1 safe
  ◷ late    Revenue board  Finance <finance@shop.example>
            revenue: not rebuilt, so any rows in it are of an earlier run
            not_null client_id on orders: 1,234 rows without a value (in rows
            that it does not show yet)
            and 1 more reason
  ✓ safe    traffic

1 cause behind 3 findings, worst first

1  ERROR  not_null client_id on orders
   1,234 rows without a value
   Orders without a client cannot be attributed. Look at the consent banner
   first.
   owner        Growth analytics <growth@shop.example> #growth-data (group
                growth)
   affects      1 model downstream, not built; Revenue board
   folded       1 model and 1 test skipped
   file         models/orders.sql
   once mended  dbt build --select orders+

Causes: 1 error. Exposures: 1 late. --verbose tells every cause in full and
names what is folded under it.
`);
});

test('with --verbose every symptom is named with its reason', () => {
  const text = formatText(oneFault, { ...plainly, verbose: true });
  expect(text).toContain('- revenue (skipped by dbt because of it)');
  expect(text).toContain('- unique_revenue_day (skipped by dbt because of it)');
  expect(text).not.toContain('--verbose');
});

test('a healthy run says so', () => {
  const healthy = report(
    {
      'model.stg': 'success',
      'model.orders': 'success',
      'model.revenue': 'success',
      'test.not_null_orders_client_id': 'pass',
      'test.unique_revenue_day': 'pass',
    },
    { freshness: { 'source.web.events': 'pass' } },
  );
  expect(formatText(healthy, plainly)).toContain('Nothing is wrong in what dbt checked.');
});

test("an adapter's message keeps its first lines and its indentation, without dbt's frame", () => {
  const message = [
    'Runtime Error in model stg (models/stg.sql)',
    '  Binder Error: Referenced column "x" not found',
    '  LINE 3: select x',
    '                 ^',
    '  one',
    '  two',
    '  compiled code at target/run/stg.sql',
  ].join('\n');
  const lines = formatText(report({ 'model.stg': { status: 'error', message } }), plainly).split('\n');
  const start = lines.indexOf('1  ERROR  stg could not be built: a column is missing');
  expect(lines.slice(start, start + 6)).toEqual([
    '1  ERROR  stg could not be built: a column is missing',
    '   Binder Error: Referenced column "x" not found',
    '   LINE 3: select x',
    '                  ^',
    '   one',
    '   … 1 more line with --verbose',
  ]);
});

describe('sixty causes', () => {
  const many: Project = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [
      [`model.model_with_a_rather_long_name_${index}`, {}],
      [
        `test.t${index}`,
        columnTest('not_null', `model.model_with_a_rather_long_name_${index}`, 'a_column', {
          config: { meta: { owner: `team-${index}@shop.example` } },
        }),
      ],
    ]).flat(),
  );
  const results = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [
      `test.t${index}`,
      { status: index < 2 ? 'fail' : 'warn', failures: index + 1 },
    ]),
  );
  const sixty = report(results, {}, many);

  test('tell the worst in full and each of the others in one place, none left out', () => {
    const text = formatText(sixty, plainly);
    expect(text.match(/once mended {2}dbt build/g)).toHaveLength(8);
    for (let index = 0; index < 60; index += 1)
      expect(text).toContain(`t${index} on model_with_a_rather_long_name_${index}`);
  });

  test.each([40, 80, 200])(
    'keep every line within %i columns, but for commands that are there to be copied',
    (width) => {
      const lines = formatText(sixty, { width, colour: false, verbose: true }).split('\n');
      expect(lines.filter((line) => stringWidth(line) > width && !line.includes('dbt build'))).toEqual([]);
    },
  );
});

test('of a hundred dashboards the worst are told, some are named, and the rest are counted', () => {
  const many: Project = Object.fromEntries([
    ['model.orders', {}],
    ['test.orders_have_a_client', columnTest('not_null', 'model.orders', 'client_id')],
    ...Array.from({ length: 100 }, (_, index) => [`exposure.board_${index}_`, { reads: ['model.orders'] }] as const),
  ]);
  const hundred = report({ 'test.orders_have_a_client': { status: 'fail', failures: 5 } }, {}, many);
  const text = formatText(hundred, plainly);
  expect(text.match(/orders_have_a_client on orders: 5 rows/g)).toHaveLength(12);
  // Three more are in `affects`, and these are among the first.
  expect(new Set(text.match(/board_\d+_/g)).size).toBe(52);
  expect(text).toContain('and 48 more: --verbose');
  expect(new Set(formatText(hundred, { ...plainly, verbose: true }).match(/board_\d+_/g)).size).toBe(100);
});

test('a message that is one endless line takes a few lines of the terminal, and all it needs with --verbose', () => {
  const endless = report({
    'model.stg': { status: 'error', message: `Database Error in model stg (stg.sql)\n  ${'select '.repeat(100_000)}` },
  });
  expect(formatText(endless, plainly).length).toBeLessThan(10_000);
  expect(formatText(endless, { ...plainly, verbose: true }).length).toBeGreaterThan(600_000);
});

test('text from artifacts cannot steer the terminal', () => {
  const hostile = '\u001b[2J\u001b]0;title\u0007\u202eevil\r\u0008';
  const project: Project = {
    'model.a': { name: `a${hostile}`, description: hostile, config: { meta: { owner: hostile } } },
    'exposure.e': { reads: ['model.a'], label: hostile, owner: { name: hostile } },
  };
  const text = formatText(report({ 'model.a': { status: 'error', message: hostile } }, {}, project), {
    ...plainly,
    verbose: true,
  });
  // Only line breaks may be left of all control characters.
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  expect(text).toContain('evil');
});

test('colours are used when wanted and only then', () => {
  expect(formatText(oneFault, { ...plainly, colour: true })).toContain('\u001b[31m');
  expect(formatText(oneFault, plainly)).not.toContain('\u001b');
});
