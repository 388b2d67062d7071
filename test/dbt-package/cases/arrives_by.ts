import type { TestCases } from './case.ts';

const withoutRows = (failed: number) => ({ reason: 'without any row', failed });

export const arrivesBy: TestCases = {
  cases: {
    // It is half past five, so 9 March is not due yet: 2 to 8 March are judged.
    delivered_by_six: {
      status: 'fail',
      failures: 2,
      rows: ['2025-03-02', '2025-03-06'],
      evidence: {
        unit: 'day',
        checked: 7,
        failed: 2,
        periods: { first: '2025-03-02', last: '2025-03-06', failed: 2 },
        reasons: [withoutRows(2)],
        detail: '2025-03-06: 0 rows by 06:00',
      },
    },
    // 9 March is due this very minute.
    delivered_by_now: {
      status: 'fail',
      failures: 2,
      rows: ['2025-03-06', '2025-03-09'],
      evidence: {
        unit: 'day',
        checked: 7,
        failed: 2,
        periods: { first: '2025-03-06', last: '2025-03-09', failed: 2 },
        reasons: [withoutRows(2)],
        detail: '2025-03-09: 0 rows by 05:30',
      },
    },
    // 8 March is judged.
    delivered_in_a_minute: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: { unit: 'day', checked: 1, failed: 0 },
    },
    // It is half past six there, and the order of 8 March is one of 9 March.
    delivered_by_six_in_berlin: {
      status: 'fail',
      failures: 1,
      rows: ['2025-03-08'],
      evidence: {
        unit: 'day',
        checked: 3,
        failed: 1,
        periods: { first: '2025-03-08', last: '2025-03-08', failed: 1 },
        reasons: [withoutRows(1)],
        detail: '2025-03-08: 0 rows by 06:00',
      },
    },
    two_delivered_by_six: {
      status: 'fail',
      failures: 4,
      rows: ['2025-03-02', '2025-03-05', '2025-03-06', '2025-03-08'],
      evidence: {
        unit: 'day',
        checked: 7,
        failed: 4,
        periods: { first: '2025-03-02', last: '2025-03-08', failed: 4 },
        reasons: [withoutRows(2), { reason: 'with too few rows', failed: 2 }],
        detail: '2025-03-08: 1 row by 06:00, expected at least 2',
      },
    },
    // A row of 3 March came at six sharp, one of 4 March a second later, and of 5 March nobody knows.
    all_delivered_by_six: {
      status: 'fail',
      failures: 5,
      rows: ['2025-03-02', '2025-03-04', '2025-03-05', '2025-03-06', '2025-03-07'],
      evidence: {
        unit: 'day',
        checked: 7,
        failed: 5,
        measure: { name: 'rows loaded late', checked: 10, failed: 3 },
        periods: { first: '2025-03-02', last: '2025-03-07', failed: 5 },
        reasons: [
          withoutRows(2),
          { reason: 'with too few rows', failed: 1 },
          { reason: 'with too many late rows', failed: 3 },
        ],
        detail: '2025-03-07: 3 of 4 rows by 06:00',
      },
    },
    // One row of the four of 7 March was late, exactly what is allowed.
    most_delivered_by_six: {
      status: 'fail',
      failures: 4,
      rows: ['2025-03-02', '2025-03-04', '2025-03-05', '2025-03-06'],
      evidence: {
        unit: 'day',
        checked: 7,
        failed: 4,
        measure: { name: 'rows loaded late', checked: 10, failed: 2 },
        periods: { first: '2025-03-02', last: '2025-03-06', failed: 4 },
        reasons: [
          withoutRows(2),
          { reason: 'with too few rows', failed: 1 },
          { reason: 'with too many late rows', failed: 2 },
        ],
        detail: '2025-03-06: 0 rows by 06:00',
      },
    },
    // Nothing of 5 March was there, however many may be late.
    any_delivered_by_six: {
      status: 'fail',
      failures: 3,
      rows: ['2025-03-02', '2025-03-05', '2025-03-06'],
      evidence: {
        unit: 'day',
        checked: 7,
        failed: 3,
        measure: { name: 'rows loaded late', checked: 10, failed: 1 },
        periods: { first: '2025-03-02', last: '2025-03-06', failed: 3 },
        reasons: [withoutRows(2), { reason: 'with too few rows', failed: 1 }],
        detail: '2025-03-06: 0 rows by 06:00',
      },
    },
    // 1 to 7 March are judged.
    all_delivered_two_days_later: {
      status: 'fail',
      failures: 4,
      rows: ['2025-03-01', '2025-03-02', '2025-03-05', '2025-03-06'],
      evidence: {
        unit: 'day',
        checked: 7,
        failed: 4,
        measure: { name: 'rows loaded late', checked: 9, failed: 1 },
        periods: { first: '2025-03-01', last: '2025-03-06', failed: 4 },
        reasons: [
          withoutRows(3),
          { reason: 'with too few rows', failed: 1 },
          { reason: 'with too many late rows', failed: 1 },
        ],
        detail: '2025-03-06: 0 rows by 06:00 2 days later',
      },
    },
    // Since 3 March.
    delivered_by_six_ever: {
      status: 'fail',
      failures: 1,
      rows: ['2025-03-06'],
      evidence: {
        unit: 'day',
        checked: 6,
        failed: 1,
        periods: { first: '2025-03-06', last: '2025-03-06', failed: 1 },
        reasons: [withoutRows(1)],
        detail: '2025-03-06: 0 rows by 06:00',
      },
    },
    nothing_delivered_in_two_days: {
      status: 'fail',
      failures: 2,
      rows: ['2025-03-07', '2025-03-08'],
      evidence: {
        unit: 'day',
        checked: 2,
        failed: 2,
        periods: { first: '2025-03-07', last: '2025-03-08', failed: 2 },
        reasons: [withoutRows(2)],
        detail: '2025-03-08: 0 rows by 06:00',
      },
    },
    nothing_ever_delivered: {
      status: 'fail',
      failures: 1,
      rows: ['2025-03-08'],
      evidence: {
        unit: 'day',
        checked: 1,
        failed: 1,
        periods: { first: '2025-03-08', last: '2025-03-08', failed: 1 },
        reasons: [withoutRows(1)],
        detail: '2025-03-08: 0 rows by 06:00',
      },
    },
    good_delivered_by_six: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: { unit: 'day', checked: 2, failed: 0 },
    },
    // Both were loaded at 10:30 UTC, which is half past five on 8 March and half past six on 9 March.
    delivered_by_six_in_new_york: {
      status: 'fail',
      failures: 1,
      rows: ['2025-03-08'],
      evidence: {
        unit: 'day',
        checked: 2,
        failed: 1,
        measure: { name: 'rows loaded late', checked: 2, failed: 1 },
        periods: { first: '2025-03-08', last: '2025-03-08', failed: 1 },
        reasons: [
          { reason: 'with too few rows', failed: 1 },
          { reason: 'with too many late rows', failed: 1 },
        ],
        detail: '2025-03-08: 0 of 1 row by 06:00',
      },
    },
    // It is half past one there, so 9 March is due this very minute.
    delivered_by_half_past_one_in_new_york: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: {
        unit: 'day',
        checked: 1,
        failed: 0,
        measure: { name: 'rows loaded late', checked: 1, failed: 0 },
      },
    },
  },
  refusals: [
    {
      arguments: { due_time: '06:00' },
      sentence: '`timestamp_column` must be a column or an expression, but it is missing.',
    },
    {
      arguments: { timestamp_column: 'ordered_at' },
      sentence: "`due_time` must be a time of day in quotes, such as '06:00', but it is missing.",
    },
    {
      // What YAML makes of 16:00 without quotes.
      arguments: { timestamp_column: 'ordered_at', due_time: 960 },
      sentence: "`due_time` must be a time of day in quotes, such as '06:00', but it is 960.",
    },
    {
      arguments: { timestamp_column: 'ordered_at', due_time: '24:00' },
      sentence: '`due_time` must be a time of day in quotes, such as \'06:00\', but it is "24:00".',
    },
    {
      arguments: { timestamp_column: 'ordered_at', due_time: '06:00', days_later: 0 },
      sentence: '`days_later` must be a whole number of at least 1, but it is 0.',
    },
    {
      arguments: { timestamp_column: 'ordered_at', due_time: '06:00', timezone: "Berlin'" },
      sentence: '`timezone` must be a name such as Europe/Berlin',
    },
    {
      arguments: { timestamp_column: 'ordered_at', due_time: '06:00', look_back: 0 },
      sentence: '`look_back` must be a whole number of at least 1, but it is 0.',
    },
    {
      arguments: { timestamp_column: 'ordered_at', due_time: '06:00', minimum_rows: 0 },
      sentence: '`minimum_rows` must be a whole number of at least 1, but it is 0.',
    },
    {
      arguments: { timestamp_column: 'ordered_at', due_time: '06:00', loaded_at_column: 7 },
      sentence: '`loaded_at_column` must be a column or an expression, but it is 7.',
    },
    {
      arguments: { timestamp_column: 'ordered_at', due_time: '06:00', loaded_at_column: 'x', max_late_share: 5 },
      sentence: '`max_late_share` must be a number from 0 to 1, but it is 5.',
    },
    {
      arguments: { timestamp_column: 'ordered_at', due_time: '06:00', max_late_share: 0.1 },
      sentence: '`max_late_share` needs a `loaded_at_column`.',
    },
  ],
  mutations: [
    {
      what: 'what comes at the deadline is late',
      caughtBy: 'all_delivered_by_six',
      from: '_local_moment(loaded_at_column, timezone) }} <=',
      to: '_local_moment(loaded_at_column, timezone) }} <',
    },
    {
      what: 'an unknown time of loading is in time',
      caughtBy: 'all_delivered_by_six',
      from: 'count(case when {{ dq_report._local_moment(loaded_at_column, timezone) }} <= {{ dq_report._moment_of(day, minutes) }} then 1 end)',
      to: 'count(case when {{ dq_report._local_moment(loaded_at_column, timezone) }} > {{ dq_report._moment_of(day, minutes) }} then null else 1 end)',
    },
    {
      what: 'loading is told in UTC',
      caughtBy: 'delivered_by_six_in_new_york',
      from: '_local_moment(loaded_at_column, timezone)',
      to: "_local_moment(loaded_at_column, 'UTC')",
    },
    {
      what: 'a deadline of now has not passed',
      caughtBy: 'delivered_by_now',
      from: 'minutes) }} <= {{ now }}',
      to: 'minutes) }} < {{ now }}',
    },
    {
      what: 'days are judged before they are due',
      caughtBy: 'delivered_by_six',
      from: "where {{ dq_report._moment_of('dq_report_day', minutes) }} <= {{ now }}",
      to: 'where 1 = 1',
    },
    {
      what: 'now is in UTC',
      caughtBy: 'delivered_by_six_in_berlin',
      from: "type_timestamp() ~ ')', timezone)",
      to: "type_timestamp() ~ ')', 'UTC')",
    },
    {
      what: 'one day too many is judged',
      caughtBy: 'delivered_by_now',
      from: 'look_back * 1440) }} > {{ now }}',
      to: 'look_back * 1440) }} >= {{ now }}',
    },
    {
      what: 'closed days are looked back at, not due ones',
      caughtBy: 'delivered_by_six',
      from: 'none if look_back is none else look_back + days_later',
      to: 'look_back',
    },
    {
      what: 'days are in UTC',
      caughtBy: 'delivered_by_six_in_berlin',
      from: '_day(timestamp_column, timezone)',
      to: "_day(timestamp_column, 'UTC')",
    },
    {
      what: 'always the next day',
      caughtBy: 'all_delivered_two_days_later',
      from: 'days_later * 1440 +',
      to: '1440 +',
    },
    { what: 'minutes are ignored', caughtBy: 'delivered_in_a_minute', from: ' + due_time[3:] | int', to: '' },
    {
      what: 'the least number of rows is too few',
      caughtBy: 'delivered_by_six',
      from: "'dq_report_rows_in_time < '",
      to: "'dq_report_rows_in_time <= '",
    },
    {
      what: 'any number of rows is enough',
      caughtBy: 'delivered_by_six',
      from: "too_few = 'dq_report_rows_in_time < ' ~ minimum_rows",
      to: "too_few = 'dq_report_rows_in_time < 0'",
    },
    {
      what: 'the allowed share is too much',
      caughtBy: 'delivered_by_six',
      from: "'dq_report_rows_of_the_day - dq_report_rows_in_time > '",
      to: "'dq_report_rows_of_the_day - dq_report_rows_in_time >= '",
    },
    { what: 'no row may be late', caughtBy: 'most_delivered_by_six', from: "~ max_late_share ~ ' *", to: "~ 0 ~ ' *" },
    {
      what: 'missing days are not filled',
      caughtBy: 'delivered_by_six',
      from: 'from dq_report_filled',
      to: 'from dq_report_counted',
    },
    {
      what: 'an empty table passes',
      caughtBy: 'nothing_ever_delivered',
      from: 'at_least=days_later + 1',
      to: 'at_least=1',
    },
  ],
};
