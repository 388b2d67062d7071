import type { TestCases } from './case.ts';

const times = (number: number, day: string): string[] => Array.from({ length: number }, () => day);

/** The first day and the last, and how many failed. */
const days = (first: string, last: string, failed: number) => ({ first, last, failed });
const rows = (checked: number, failed: number) => ({ name: 'rows', checked, failed });

/** 3, 5 and 9 March are without a referrer; 2, 6 and 8 March without rows; of 10 March nobody knows yet. */
const everyDay = {
  status: 'fail',
  failures: 3,
  rows: ['2025-03-03', '2025-03-05', '2025-03-09'],
  evidence: { unit: 'day', checked: 7, failed: 3, measure: rows(12, 4), periods: days('2025-03-03', '2025-03-09', 3) },
} as const;

/** From 5 March on. */
const inFiveDays = {
  status: 'fail',
  failures: 2,
  rows: ['2025-03-05', '2025-03-09'],
  evidence: { unit: 'day', checked: 4, failed: 2, measure: rows(7, 2), periods: days('2025-03-05', '2025-03-09', 2) },
} as const;

export const notNullForEntireDay: TestCases = {
  cases: {
    hits_with_referrer: everyDay,
    hits_with_referrer_by_country: {
      status: 'fail',
      failures: 7,
      rows: ['2025-03-01', '2025-03-03', '2025-03-03', '2025-03-05', '2025-03-07', '2025-03-09', 'None'],
      evidence: {
        unit: 'segment-day',
        checked: 11,
        failed: 7,
        measure: rows(12, 8),
        samples: [
          { day: '2025-03-07', country: null },
          { day: '2025-03-01', country: 'FR' },
          { day: '2025-03-03', country: 'DE' },
          { day: '2025-03-03', country: 'FR' },
          { day: '2025-03-05', country: 'DE' },
          { day: '2025-03-09', country: 'DE' },
          { day: null, country: 'DE' },
        ],
        periods: days('2025-03-01', '2025-03-09', 5),
      },
    },
    hits_with_referrer_by_named_country: {
      status: 'fail',
      failures: 3,
      rows: ['2025-03-07', '2025-03-09', 'None'],
      evidence: {
        unit: 'segment-day',
        checked: 5,
        failed: 3,
        measure: rows(6, 4),
        samples: [
          { day: '2025-03-07', land: null },
          { day: '2025-03-09', land: 'de' },
          { day: null, land: 'de' },
        ],
        periods: days('2025-03-07', '2025-03-09', 2),
      },
    },
    // 3 March has two rows.
    hits_with_referrer_if_two: {
      status: 'fail',
      failures: 1,
      rows: ['2025-03-03'],
      evidence: {
        unit: 'day',
        checked: 4,
        failed: 1,
        measure: rows(9, 2),
        periods: days('2025-03-03', '2025-03-03', 1),
      },
    },
    hits_with_referrer_in_five_days: inFiveDays,
    // The last row of 4 March is one of 5 March.
    hits_with_referrer_in_five_days_of_berlin: {
      status: 'fail',
      failures: 1,
      rows: ['2025-03-09'],
      evidence: {
        unit: 'day',
        checked: 4,
        failed: 1,
        measure: rows(8, 1),
        periods: days('2025-03-09', '2025-03-09', 1),
      },
    },
    // It is still 9 March.
    hits_with_referrer_in_honolulu: {
      status: 'fail',
      failures: 2,
      rows: ['2025-03-03', '2025-03-05'],
      evidence: {
        unit: 'day',
        checked: 6,
        failed: 2,
        measure: rows(11, 3),
        periods: days('2025-03-03', '2025-03-05', 2),
      },
    },
    hits_with_referrer_by_cast_date: inFiveDays,
    hits_with_referrer_by_column_day: everyDay,
    hits_and_referrer: {
      status: 'fail',
      failures: 6,
      rows: ['2025-03-02', '2025-03-03', '2025-03-05', '2025-03-06', '2025-03-08', '2025-03-09'],
      evidence: {
        unit: 'day',
        checked: 10,
        failed: 6,
        measure: rows(12, 4),
        periods: days('2025-03-02', '2025-03-09', 6),
        reasons: [{ reason: 'without any row', failed: 3 }],
      },
    },
    // Days with one row are not judged, days with none are.
    hits_and_referrer_if_two: {
      status: 'fail',
      failures: 4,
      rows: ['2025-03-02', '2025-03-03', '2025-03-06', '2025-03-08'],
      evidence: {
        unit: 'day',
        checked: 7,
        failed: 4,
        measure: rows(9, 2),
        periods: days('2025-03-02', '2025-03-08', 4),
        reasons: [{ reason: 'without any row', failed: 3 }],
      },
    },
    // 6 March has no rows either.
    hits_and_referrer_after_an_outage: {
      status: 'fail',
      failures: 3,
      rows: ['2025-03-06', '2025-03-08', '2025-03-09'],
      evidence: {
        unit: 'day',
        checked: 4,
        failed: 3,
        measure: rows(3, 0),
        periods: days('2025-03-06', '2025-03-09', 3),
        reasons: [{ reason: 'without any row', failed: 3 }],
      },
    },
    // Five days of DE, FR and NULL; and two countries in rows without a time, of which DE fails.
    hits_and_referrer_by_country: {
      status: 'fail',
      failures: 15,
      rows: [
        ...times(3, '2025-03-05'),
        ...times(3, '2025-03-06'),
        ...times(2, '2025-03-07'),
        ...times(3, '2025-03-08'),
        ...times(3, '2025-03-09'),
        'None',
      ],
      evidence: {
        unit: 'segment-day',
        checked: 17,
        failed: 15,
        measure: rows(7, 5),
        samples: [
          { day: '2025-03-07', country: null },
          { day: '2025-03-05', country: 'DE' },
          { day: '2025-03-09', country: 'DE' },
          { day: null, country: 'DE' },
          { day: '2025-03-05', country: 'FR' },
          { day: '2025-03-05', country: null },
          { day: '2025-03-06', country: 'DE' },
          { day: '2025-03-06', country: 'FR' },
          { day: '2025-03-06', country: null },
          { day: '2025-03-07', country: 'DE' },
        ],
        periods: days('2025-03-05', '2025-03-09', 5),
        reasons: [{ reason: 'without any row', failed: 11 }],
      },
    },
    no_hits_and_referrer: {
      status: 'fail',
      failures: 1,
      rows: ['2025-03-09'],
      evidence: {
        unit: 'day',
        checked: 1,
        failed: 1,
        measure: rows(0, 0),
        periods: days('2025-03-09', '2025-03-09', 1),
        reasons: [{ reason: 'without any row', failed: 1 }],
      },
    },
    no_hits_and_referrer_by_country: {
      status: 'fail',
      failures: 1,
      rows: ['2025-03-09'],
      evidence: {
        unit: 'segment-day',
        checked: 1,
        failed: 1,
        measure: rows(0, 0),
        samples: [{ day: '2025-03-09', country: null }],
        periods: days('2025-03-09', '2025-03-09', 1),
        reasons: [{ reason: 'without any row', failed: 1 }],
      },
    },
    good_hits_with_referrer: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: { unit: 'day', checked: 2, failed: 0, measure: rows(2, 0) },
    },
    hits_with_referrer_by_odd_segments: {
      status: 'fail',
      failures: 2,
      rows: ['2025-03-08', '2025-03-09'],
      evidence: {
        unit: 'segment-day',
        checked: 4,
        failed: 2,
        measure: rows(3, 1),
        samples: [
          { dq_report_day: '2025-03-09', day: 'mon', rows_of_the_day: 'r', one: '1' },
          { dq_report_day: '2025-03-08', day: 'tue', rows_of_the_day: 'r', one: '1' },
        ],
        periods: days('2025-03-08', '2025-03-09', 2),
        reasons: [{ reason: 'without any row', failed: 1 }],
      },
    },
  },
  refusals: [
    {
      column: 'referrer',
      arguments: { timestamp_column: 'hit_at', segment_columns: ['lower(country)'] },
      sentence: '`segment_columns` must name columns, but "lower(country)" is no name: give it one in the model.',
    },
    {
      column: 'referrer',
      arguments: {},
      sentence: '`timestamp_column` must be a column or an expression, but it is missing.',
    },
    {
      column: 'referrer',
      arguments: { timestamp_column: 'hit_at', segment_columns: [1] },
      sentence: '`segment_columns` must be a column or an expression, but it is 1.',
    },
    {
      column: 'referrer',
      arguments: { timestamp_column: 'hit_at', minimum_rows: 0 },
      sentence: '`minimum_rows` must be a whole number of at least 1, but it is 0.',
    },
    {
      column: 'referrer',
      arguments: { timestamp_column: 'hit_at', look_back: 1.5 },
      sentence: '`look_back` must be a whole number of at least 1, but it is 1.5.',
    },
    {
      column: 'referrer',
      arguments: { timestamp_column: 'hit_at', timezone: "Berlin'" },
      sentence: '`timezone` must be a name such as Europe/Berlin',
    },
    {
      column: 'referrer',
      arguments: { timestamp_column: 'hit_at', days_without_rows: true },
      sentence: '`days_without_rows` must be pass or fail, but it is true.',
    },
  ],
  mutations: [
    {
      what: 'the open day is judged',
      caughtBy: 'hits_with_referrer',
      from: '{{ day }}) < {{ dq',
      to: '{{ day }}) <= {{ dq',
    },
    {
      what: 'rows without a timestamp are left out',
      caughtBy: 'hits_with_referrer',
      from: ' or min({{ day }}) is null',
      to: '',
    },
    {
      what: 'NULL counts as a value',
      caughtBy: 'hits_with_referrer',
      from: 'count({{ column_name }})',
      to: 'count(*)',
    },
    {
      what: 'one value is not enough',
      caughtBy: 'hits_with_referrer',
      from: "'dq_report_rows_with_a_value = 0'",
      to: "'dq_report_rows_with_a_value <= 1'",
    },
    {
      what: 'the least number of rows is too few',
      caughtBy: 'hits_with_referrer',
      from: 'dq_report_rows_of_the_day >= {{ minimum_rows }}',
      to: 'dq_report_rows_of_the_day > {{ minimum_rows }}',
    },
    {
      what: 'the least number of rows is ignored',
      caughtBy: 'hits_with_referrer_if_two',
      from: 'dq_report_rows_of_the_day >= {{ minimum_rows }}',
      to: '1 = 1',
    },
    {
      what: 'days without rows are too small to judge',
      caughtBy: 'hits_and_referrer',
      from: "' or dq_report_rows_of_the_day = 0' if all_days",
      to: "''",
    },
    {
      what: 'the look-back is ignored',
      caughtBy: 'hits_with_referrer_by_named_country',
      from: '_is_recent(timestamp_column, look_back, timezone)',
      to: '_is_recent(timestamp_column, none, timezone)',
    },
    {
      what: 'the look-back is in UTC',
      caughtBy: 'hits_with_referrer_in_five_days_of_berlin',
      from: '_is_recent(timestamp_column, look_back, timezone)',
      to: "_is_recent(timestamp_column, look_back, 'UTC')",
    },
    {
      what: 'days are in UTC',
      caughtBy: 'hits_with_referrer_in_five_days_of_berlin',
      from: '_day(timestamp_column, timezone)',
      to: "_day(timestamp_column, 'UTC')",
    },
    {
      what: 'today is in UTC',
      caughtBy: 'hits_with_referrer_in_honolulu',
      from: '_today(timezone)',
      to: "_today('UTC')",
    },
    {
      what: 'missing days are not filled',
      caughtBy: 'hits_and_referrer',
      from: "'dq_report_filled' if all_days",
      to: "'dq_report_counted' if all_days",
    },
    {
      what: 'segments are ignored',
      caughtBy: 'hits_with_referrer_by_country',
      from: '_named_expressions(segment_columns,',
      to: '_named_expressions(none,',
    },
    {
      what: 'missing days are filled all back',
      caughtBy: 'hits_and_referrer_after_an_outage',
      from: 'segments | list, look_back',
      to: 'segments | list, none',
    },
  ],
};
