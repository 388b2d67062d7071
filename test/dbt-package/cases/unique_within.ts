import type { TestCases } from './case.ts';

export const uniqueWithin: TestCases = {
  cases: {
    payment_once: {
      status: 'fail',
      failures: 6,
      rows: ['None', 'P1', 'P2', 'P3', 'P4', 'P5'],
      evidence: {
        unit: 'key',
        checked: 7,
        failed: 6,
        measure: { name: 'rows', checked: 13, failed: 12 },
        samples: [
          { payment_id: 'P1', shop: 'A' },
          { payment_id: 'P2', shop: 'A' },
          { payment_id: 'P3', shop: 'A' },
          { payment_id: 'P4', shop: 'A' },
          { payment_id: 'P5', shop: 'C' },
          { payment_id: null, shop: 'A' },
        ],
        periods: { first: '2025-03-03', last: '2025-03-11', failed: 5 },
        reasons: [{ reason: 'on more than one day', failed: 3 }],
      },
    },
    // The last eight closed days begin on 2 March, so the first row of P1 is too old; the second one of P5 is of tomorrow.
    payment_once_in_eight_days: {
      status: 'fail',
      failures: 4,
      rows: ['None', 'P2', 'P3', 'P4'],
      evidence: {
        unit: 'key',
        checked: 7,
        failed: 4,
        measure: { name: 'rows', checked: 11, failed: 8 },
        samples: [
          { payment_id: 'P2', shop: 'A' },
          { payment_id: 'P3', shop: 'A' },
          { payment_id: 'P4', shop: 'A' },
          { payment_id: null, shop: 'A' },
        ],
        periods: { first: '2025-03-03', last: '2025-03-10', failed: 4 },
        reasons: [{ reason: 'on more than one day', failed: 1 }],
      },
    },
    // In Berlin it was 2 March already.
    payment_once_in_eight_days_of_berlin: {
      status: 'fail',
      failures: 5,
      rows: ['None', 'P1', 'P2', 'P3', 'P4'],
      evidence: {
        unit: 'key',
        checked: 7,
        failed: 5,
        measure: { name: 'rows', checked: 12, failed: 10 },
        samples: [
          { payment_id: 'P1', shop: 'A' },
          { payment_id: 'P2', shop: 'A' },
          { payment_id: 'P3', shop: 'A' },
          { payment_id: 'P4', shop: 'A' },
          { payment_id: null, shop: 'A' },
        ],
        periods: { first: '2025-03-03', last: '2025-03-10', failed: 4 },
        reasons: [{ reason: 'on more than one day', failed: 2 }],
      },
    },
    good_payment_once: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: { unit: 'key', checked: 1, failed: 0, measure: { name: 'rows', checked: 1, failed: 0 } },
    },
    payments_with_odd_keys_once: {
      status: 'fail',
      failures: 1,
      rows: ['A'],
      evidence: {
        unit: 'key',
        checked: 2,
        failed: 1,
        measure: { name: 'rows', checked: 3, failed: 2 },
        samples: [{ first_day: 'A', rows_of_the_key: '1' }],
        periods: { first: '2025-03-09', last: '2025-03-09', failed: 1 },
        reasons: [{ reason: 'on more than one day', failed: 1 }],
      },
    },
  },
  refusals: [
    {
      arguments: { key_columns: ['id', 'ID'], timestamp_column: 'paid_at' },
      sentence: '`key_columns` must name each column once, but it is ["id", "ID"].',
    },
    {
      arguments: { key_columns: 'lower(id)', timestamp_column: 'paid_at' },
      sentence: '`key_columns` must name columns, but "lower(id)" is no name: give it one in the model.',
    },
    { arguments: { timestamp_column: 'paid_at' }, sentence: '`key_columns` must name at least one column.' },
    {
      arguments: { key_columns: 'id' },
      sentence: '`timestamp_column` must be a column or an expression, but it is missing.',
    },
    {
      arguments: { key_columns: 'id', timestamp_column: 'paid_at', look_back: 0 },
      sentence: '`look_back` must be a whole number of at least 1, but it is 0.',
    },
    {
      arguments: { key_columns: 'id', timestamp_column: 'paid_at', timezone: "Berlin'" },
      sentence: '`timezone` must be a name such as Europe/Berlin',
    },
  ],
  mutations: [
    {
      what: 'any number of rows fails',
      caughtBy: 'payment_once',
      from: 'dq_report_rows_of_the_key > 1',
      to: 'dq_report_rows_of_the_key > 0',
    },
    {
      what: 'two rows pass',
      caughtBy: 'payment_once',
      from: 'dq_report_rows_of_the_key > 1',
      to: 'dq_report_rows_of_the_key > 2',
    },
    {
      what: 'rows with NULL are left out',
      caughtBy: 'payment_once',
      from: 'count(*) as',
      to: 'count({{ keys[0] }}) as',
    },
    {
      what: 'the look-back is ignored',
      caughtBy: 'payment_once_in_eight_days',
      from: '_is_recent(timestamp_column, look_back, timezone)',
      to: '_is_recent(timestamp_column, none, timezone)',
    },
    {
      what: 'the time zone is ignored',
      caughtBy: 'payment_once_in_eight_days_of_berlin',
      from: '_is_recent(timestamp_column, look_back, timezone)',
      to: '_is_recent(timestamp_column, look_back)',
    },
    {
      what: 'the same day counts as another',
      caughtBy: 'payment_once',
      from: 'dq_report_first_day < dq_report_last_day',
      to: 'dq_report_first_day <= dq_report_last_day',
    },
    {
      what: 'the period is the first day',
      caughtBy: 'payment_once',
      from: "period='dq_report_last_day'",
      to: "period='dq_report_first_day'",
    },
  ],
};
