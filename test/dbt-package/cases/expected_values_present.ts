import type { TestCases } from './case.ts';

const times = (number: number, day: string): string[] => Array.from({ length: number }, () => day);

/** Of no rows at all, yesterday fails. */
const withoutCartYesterday = {
  status: 'fail',
  failures: 1,
  rows: ['2025-03-09'],
  evidence: {
    unit: 'occurrence',
    checked: 1,
    failed: 1,
    samples: [{ day: '2025-03-09', expected_value: 'cart' }],
    periods: { first: '2025-03-09', last: '2025-03-09', failed: 1 },
    reasons: [{ reason: 'without cart', failed: 1 }],
    detail: '2025-03-09: 0 rows with cart',
  },
} as const;

export const expectedValuesPresent: TestCases = {
  cases: {
    // 4, 8 and 9 March have no rows, 6 March has no cart.
    checkout_steps_every_day: {
      status: 'fail',
      failures: 7,
      rows: ['2025-03-04', '2025-03-04', '2025-03-06', '2025-03-08', '2025-03-08', '2025-03-09', '2025-03-09'],
      evidence: {
        unit: 'occurrence',
        checked: 14,
        failed: 7,
        samples: [
          { day: '2025-03-04', expected_value: 'buy' },
          { day: '2025-03-04', expected_value: 'cart' },
          { day: '2025-03-06', expected_value: 'cart' },
          { day: '2025-03-08', expected_value: 'buy' },
          { day: '2025-03-08', expected_value: 'cart' },
          { day: '2025-03-09', expected_value: 'buy' },
          { day: '2025-03-09', expected_value: 'cart' },
        ],
        periods: { first: '2025-03-04', last: '2025-03-09', failed: 4 },
        reasons: [
          { reason: 'without cart', failed: 4 },
          { reason: 'without buy', failed: 3 },
        ],
        detail: '2025-03-09: 0 rows with cart',
      },
    },
    // Only 3 March has two carts, and 6 March two buys.
    checkout_steps_twice_a_day: {
      status: 'fail',
      failures: 12,
      rows: [
        '2025-03-03',
        ...times(2, '2025-03-04'),
        ...times(2, '2025-03-05'),
        '2025-03-06',
        ...times(2, '2025-03-07'),
        ...times(2, '2025-03-08'),
        ...times(2, '2025-03-09'),
      ],
      evidence: {
        unit: 'occurrence',
        checked: 14,
        failed: 12,
        samples: [
          { day: '2025-03-03', expected_value: 'buy' },
          { day: '2025-03-04', expected_value: 'buy' },
          { day: '2025-03-04', expected_value: 'cart' },
          { day: '2025-03-05', expected_value: 'buy' },
          { day: '2025-03-05', expected_value: 'cart' },
          { day: '2025-03-06', expected_value: 'cart' },
          { day: '2025-03-07', expected_value: 'buy' },
          { day: '2025-03-07', expected_value: 'cart' },
          { day: '2025-03-08', expected_value: 'buy' },
          { day: '2025-03-08', expected_value: 'cart' },
        ],
        periods: { first: '2025-03-03', last: '2025-03-09', failed: 7 },
        reasons: [
          { reason: 'with too few rows of cart', failed: 6 },
          { reason: 'with too few rows of buy', failed: 6 },
        ],
        detail: '2025-03-09: 0 rows with cart, expected at least 2',
      },
    },
    checkout_steps_in_three_days: {
      status: 'fail',
      failures: 4,
      rows: ['2025-03-08', '2025-03-08', '2025-03-09', '2025-03-09'],
      evidence: {
        unit: 'occurrence',
        checked: 6,
        failed: 4,
        samples: [
          { day: '2025-03-08', expected_value: 'buy' },
          { day: '2025-03-08', expected_value: 'cart' },
          { day: '2025-03-09', expected_value: 'buy' },
          { day: '2025-03-09', expected_value: 'cart' },
        ],
        periods: { first: '2025-03-08', last: '2025-03-09', failed: 2 },
        reasons: [
          { reason: 'without cart', failed: 2 },
          { reason: 'without buy', failed: 2 },
        ],
        detail: '2025-03-09: 0 rows with cart',
      },
    },
    // The cart of 5 March was put there on 6 March.
    checkout_steps_in_five_days_of_berlin: {
      status: 'fail',
      failures: 5,
      rows: ['2025-03-05', '2025-03-08', '2025-03-08', '2025-03-09', '2025-03-09'],
      evidence: {
        unit: 'occurrence',
        checked: 10,
        failed: 5,
        samples: [
          { day: '2025-03-05', expected_value: 'cart' },
          { day: '2025-03-08', expected_value: 'buy' },
          { day: '2025-03-08', expected_value: 'cart' },
          { day: '2025-03-09', expected_value: 'buy' },
          { day: '2025-03-09', expected_value: 'cart' },
        ],
        periods: { first: '2025-03-05', last: '2025-03-09', failed: 3 },
        reasons: [
          { reason: 'without cart', failed: 3 },
          { reason: 'without buy', failed: 2 },
        ],
        detail: '2025-03-09: 0 rows with cart',
      },
    },
    // A, B and NULL have rows in these days. C has its first row today, D has no time. B has bought, NULL has a cart.
    checkout_steps_by_shop: {
      status: 'fail',
      failures: 16,
      rows: [...times(4, '2025-03-07'), ...times(6, '2025-03-08'), ...times(6, '2025-03-09')],
      evidence: {
        unit: 'occurrence',
        checked: 18,
        failed: 16,
        samples: [
          { day: '2025-03-07', shop: 'A', expected_value: 'buy' },
          { day: '2025-03-07', shop: 'A', expected_value: 'cart' },
          { day: '2025-03-07', shop: 'B', expected_value: 'cart' },
          { day: '2025-03-07', shop: null, expected_value: 'buy' },
          { day: '2025-03-08', shop: 'A', expected_value: 'buy' },
          { day: '2025-03-08', shop: 'A', expected_value: 'cart' },
          { day: '2025-03-08', shop: 'B', expected_value: 'buy' },
          { day: '2025-03-08', shop: 'B', expected_value: 'cart' },
          { day: '2025-03-08', shop: null, expected_value: 'buy' },
          { day: '2025-03-08', shop: null, expected_value: 'cart' },
        ],
        periods: { first: '2025-03-07', last: '2025-03-09', failed: 3 },
        reasons: [
          { reason: 'without cart', failed: 8 },
          { reason: 'without buy', failed: 8 },
        ],
        detail: '2025-03-09, NULL: 0 rows with cart',
      },
    },
    checkout_steps_of_a_shop_by_name: {
      status: 'fail',
      failures: 3,
      rows: ['2025-03-06', '2025-03-08', '2025-03-09'],
      evidence: {
        unit: 'occurrence',
        checked: 4,
        failed: 3,
        samples: [
          { day: '2025-03-06', site: 'b', expected_value: 'buy' },
          { day: '2025-03-08', site: 'b', expected_value: 'buy' },
          { day: '2025-03-09', site: 'b', expected_value: 'buy' },
        ],
        periods: { first: '2025-03-06', last: '2025-03-09', failed: 3 },
        reasons: [{ reason: 'without buy', failed: 3 }],
        detail: '2025-03-09, b: 0 rows with buy',
      },
    },
    no_checkout_steps: {
      status: 'fail',
      failures: 2,
      rows: ['2025-03-09', '2025-03-09'],
      evidence: {
        unit: 'occurrence',
        checked: 2,
        failed: 2,
        samples: [
          { day: '2025-03-09', expected_value: 'buy' },
          { day: '2025-03-09', expected_value: 'cart' },
        ],
        periods: { first: '2025-03-09', last: '2025-03-09', failed: 1 },
        reasons: [
          { reason: 'without cart', failed: 1 },
          { reason: 'without buy', failed: 1 },
        ],
        detail: '2025-03-09: 0 rows with cart',
      },
    },
    no_checkout_steps_in_two_days: {
      status: 'fail',
      failures: 2,
      rows: ['2025-03-08', '2025-03-09'],
      evidence: {
        unit: 'occurrence',
        checked: 2,
        failed: 2,
        samples: [
          { day: '2025-03-08', expected_value: 'cart' },
          { day: '2025-03-09', expected_value: 'cart' },
        ],
        periods: { first: '2025-03-08', last: '2025-03-09', failed: 2 },
        reasons: [{ reason: 'without cart', failed: 2 }],
        detail: '2025-03-09: 0 rows with cart',
      },
    },
    no_checkout_steps_by_shop: {
      ...withoutCartYesterday,
      evidence: {
        ...withoutCartYesterday.evidence,
        samples: [{ day: '2025-03-09', shop: null, expected_value: 'cart' }],
        detail: '2025-03-09, NULL: 0 rows with cart',
      },
    },
    checkout_steps_of_today_alone: withoutCartYesterday,
    good_checkout_steps: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: { unit: 'occurrence', checked: 4, failed: 0 },
    },
    // It is still 9 March.
    good_checkout_steps_of_honolulu: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: { unit: 'occurrence', checked: 2, failed: 0 },
    },
    quoted_checkout_step_twice: {
      status: 'fail',
      failures: 1,
      rows: ['2025-03-09'],
      evidence: {
        unit: 'occurrence',
        checked: 1,
        failed: 1,
        samples: [{ day: '2025-03-09', expected_value: "it's paid" }],
        periods: { first: '2025-03-09', last: '2025-03-09', failed: 1 },
        reasons: [{ reason: "with too few rows of it's paid", failed: 1 }],
        detail: "2025-03-09: 1 row with it's paid, expected at least 2",
      },
    },
    checkout_step_in_capitals: {
      status: 'fail',
      failures: 1,
      rows: ['2025-03-09'],
      evidence: {
        unit: 'occurrence',
        checked: 2,
        failed: 1,
        samples: [{ day: '2025-03-09', expected_value: 'CART' }],
        periods: { first: '2025-03-09', last: '2025-03-09', failed: 1 },
        reasons: [{ reason: 'without CART', failed: 1 }],
        detail: '2025-03-09: 0 rows with CART',
      },
    },
    good_checkout_step_numbers: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: { unit: 'occurrence', checked: 4, failed: 0 },
    },
    checkout_steps_in_odd_segments: {
      status: 'fail',
      failures: 1,
      rows: ['2025-03-09'],
      evidence: {
        unit: 'occurrence',
        checked: 2,
        failed: 1,
        samples: [{ dq_report_day: '2025-03-09', day: 'd2', expected_value: 'e', dq_report_expected_value: 'buy' }],
        periods: { first: '2025-03-09', last: '2025-03-09', failed: 1 },
        reasons: [{ reason: 'without buy', failed: 1 }],
        detail: '2025-03-09, d2, e: 0 rows with buy',
      },
    },
  },
  refusals: [
    {
      column: 'step',
      arguments: { timestamp_column: 'happened_at', values: ['buy'], segment_columns: 'lower(shop)' },
      sentence: '`segment_columns` must name columns, but "lower(shop)" is no name: give it one in the model.',
    },
    {
      column: 'step',
      arguments: { values: ['buy'] },
      sentence: '`timestamp_column` must be a column or an expression, but it is missing.',
    },
    {
      column: 'step',
      arguments: { timestamp_column: 'happened_at' },
      sentence: '`values` must list the expected values, but it is missing.',
    },
    {
      column: 'step',
      arguments: { timestamp_column: 'happened_at', values: 'buy' },
      sentence: '`values` must list the expected values, but it is "buy".',
    },
    {
      column: 'step',
      arguments: { timestamp_column: 'happened_at', values: ['buy', true] },
      sentence: '`values` must be texts or numbers, but one of them is true.',
    },
    {
      column: 'step',
      arguments: { timestamp_column: 'happened_at', values: ['buy', 'cart', 'buy'] },
      sentence: '`values` must list each value once, but it is ["buy", "cart", "buy"].',
    },
    {
      column: 'step',
      arguments: { timestamp_column: 'happened_at', values: ['buy'], segment_columns: [''] },
      sentence: '`segment_columns` must be a column or an expression, but it is "".',
    },
    {
      column: 'step',
      arguments: { timestamp_column: 'happened_at', values: ['buy'], minimum_rows: 0 },
      sentence: '`minimum_rows` must be a whole number of at least 1, but it is 0.',
    },
    {
      column: 'step',
      arguments: { timestamp_column: 'happened_at', values: ['buy'], look_back: 0 },
      sentence: '`look_back` must be a whole number of at least 1, but it is 0.',
    },
    {
      column: 'step',
      arguments: { timestamp_column: 'happened_at', values: ['buy'], timezone: "Berlin'" },
      sentence: '`timezone` must be a name such as Europe/Berlin',
    },
  ],
  mutations: [
    {
      what: 'any value will do',
      caughtBy: 'checkout_steps_every_day',
      from: 'sum(case when dq_report_value =',
      to: 'sum(case when 1 = 1 or dq_report_value =',
    },
    {
      what: 'the least number of rows is too few',
      caughtBy: 'checkout_steps_every_day',
      from: "'dq_report_rows_with_the_value < '",
      to: "'dq_report_rows_with_the_value <= '",
    },
    {
      what: 'one row is enough',
      caughtBy: 'checkout_steps_twice_a_day',
      from: "'dq_report_rows_with_the_value < ' ~ minimum_rows",
      to: "'dq_report_rows_with_the_value < 1'",
    },
    {
      what: 'the open day counts',
      caughtBy: 'checkout_steps_every_day',
      from: '{{ day }}) < {{ dq',
      to: '{{ day }}) <= {{ dq',
    },
    {
      what: 'the look-back is ignored',
      caughtBy: 'checkout_steps_in_three_days',
      from: '_is_recent(timestamp_column, look_back, timezone, known',
      to: '_is_recent(timestamp_column, none, timezone, known',
    },
    {
      what: 'days are in UTC',
      caughtBy: 'checkout_steps_in_five_days_of_berlin',
      from: '_day(timestamp_column, timezone)',
      to: "_day(timestamp_column, 'UTC')",
    },
    {
      what: 'missing days are not filled',
      caughtBy: 'checkout_steps_every_day',
      from: "{{ dq_report._every_closed_day('dq_report_counted', counts, segments | list, look_back, timezone) }}",
      to: 'select * from dq_report_counted',
    },
    {
      what: 'segments are ignored',
      caughtBy: 'checkout_steps_by_shop',
      from: '_named_expressions(segment_columns,',
      to: '_named_expressions(none,',
    },
    {
      what: 'days are filled all back',
      caughtBy: 'no_checkout_steps_in_two_days',
      from: 'segments | list, look_back, timezone',
      to: 'segments | list, none, timezone',
    },
    {
      what: 'days are filled up to today in UTC',
      caughtBy: 'good_checkout_steps_of_honolulu',
      from: 'list, look_back, timezone)',
      to: "list, look_back, 'UTC')",
    },
  ],
};
