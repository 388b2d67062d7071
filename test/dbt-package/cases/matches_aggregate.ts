import type { TestCases } from './case.ts';

const days = (short: string) => short.split(' ').map((day) => `2025-${day}`);
const samples = (given: readonly (string | null)[]) => given.map((day) => ({ day }));

export const matchesAggregate: TestCases = {
  cases: {
    // Among them: a day of 900 that the mart lacks, a day whose total in the mart is 0, a day of refunds.
    booked_amount_by_day: {
      status: 'fail',
      failures: 14,
      rows: [...days('02-20 02-21 02-22 02-24 02-25 03-01 03-04 03-05 03-06 03-07 03-08 03-09 03-10'), 'None'],
      evidence: {
        unit: 'day',
        checked: 17,
        failed: 14,
        measure: { name: 'amount off', checked: 1268, failed: 996.5 },
        samples: samples(days('03-05 03-06 03-09 03-10 03-01 03-07 03-08 02-25 03-04 02-21')),
        periods: { first: '2025-02-20', last: '2025-03-10', failed: 13 },
        reasons: [
          { reason: 'missing in the tested model', failed: 2 },
          { reason: 'missing in the compared model', failed: 1 },
          { reason: 'of unknown total', failed: 3 },
          { reason: 'below the expected total', failed: 4 },
          { reason: 'above the expected total', failed: 4 },
        ],
        detail: '2025-03-10: nothing, expected 12.00',
      },
    },
    // 24 February is off by 0.50, 4 March by 2 % of 100; 2 of 98 is more than 2 %, although it is not of 100.
    booked_amount_by_day_within_tolerance: {
      status: 'fail',
      failures: 12,
      rows: [...days('02-20 02-21 02-22 02-25 03-01 03-05 03-06 03-07 03-08 03-09 03-10'), 'None'],
      evidence: {
        unit: 'day',
        checked: 17,
        failed: 12,
        measure: { name: 'amount off', checked: 1268, failed: 994 },
        samples: samples(days('03-05 03-06 03-09 03-10 03-01 03-07 03-08 02-25 02-21 02-22')),
        periods: { first: '2025-02-20', last: '2025-03-10', failed: 11 },
        reasons: [
          { reason: 'missing in the tested model', failed: 2 },
          { reason: 'missing in the compared model', failed: 1 },
          { reason: 'of unknown total', failed: 3 },
          { reason: 'below the expected total', failed: 4 },
          { reason: 'above the expected total', failed: 2 },
        ],
        detail: '2025-03-10: nothing, expected 12.00',
      },
    },
    // Since 3 March, and what has no time.
    booked_amount_in_seven_days: {
      status: 'fail',
      failures: 8,
      rows: [...days('03-04 03-05 03-06 03-07 03-08 03-09 03-10'), 'None'],
      evidence: {
        unit: 'day',
        checked: 9,
        failed: 8,
        measure: { name: 'amount off', checked: 1103, failed: 982 },
        samples: samples([...days('03-05 03-06 03-09 03-10 03-07 03-08 03-04'), null]),
        periods: { first: '2025-03-04', last: '2025-03-10', failed: 7 },
        reasons: [
          { reason: 'missing in the tested model', failed: 2 },
          { reason: 'missing in the compared model', failed: 1 },
          { reason: 'below the expected total', failed: 3 },
          { reason: 'above the expected total', failed: 2 },
        ],
        detail: '2025-03-10: nothing, expected 12.00',
      },
    },
    // There it is still 9 March: 6 to 8 March are compared.
    booked_amount_in_three_days_of_los_angeles: {
      status: 'fail',
      failures: 4,
      rows: ['DE', 'DE', 'FR', 'None'],
      evidence: {
        unit: 'group',
        checked: 4,
        failed: 4,
        measure: { name: 'amount off', checked: -19, failed: 48 },
        samples: [
          { country: 'FR', day: '2025-03-06' },
          { country: 'DE', day: '2025-03-07' },
          { country: null, day: '2025-03-08' },
          { country: 'DE', day: null },
        ],
        periods: { first: '2025-03-06', last: '2025-03-08', failed: 3 },
        reasons: [
          { reason: 'missing in the compared model', failed: 1 },
          { reason: 'below the expected total', failed: 2 },
          { reason: 'above the expected total', failed: 1 },
        ],
        detail: '2025-03-08, NULL: 7.00, expected nothing',
      },
    },
    // Without 10 March. The total is one more unit without a day, and its money counts once.
    booked_amount_by_day_and_in_total: {
      status: 'fail',
      failures: 14,
      rows: [...days('02-20 02-21 02-22 02-24 02-25 03-01 03-04 03-05 03-06 03-07 03-08 03-09'), 'None', 'None'],
      evidence: {
        unit: 'total',
        checked: 17,
        failed: 14,
        measure: { name: 'amount off', checked: 1256, failed: 984.5 },
        samples: samples(days('03-05 03-06 03-09 03-01 03-07 03-08 02-25 03-04 02-21 02-22')),
        periods: { first: '2025-02-20', last: '2025-03-09', failed: 12 },
        reasons: [
          { reason: 'missing in the tested model', failed: 1 },
          { reason: 'missing in the compared model', failed: 1 },
          { reason: 'of unknown total', failed: 3 },
          { reason: 'below the expected total', failed: 5 },
          { reason: 'above the expected total', failed: 4 },
        ],
        detail: 'total: 308.50, expected 1248.00',
      },
    },
    // 0.50, 0 and 2.00 are tolerated each.
    small_differences_of_bookings_add_up: {
      status: 'fail',
      failures: 1,
      rows: ['None'],
      evidence: {
        unit: 'total',
        checked: 4,
        failed: 1,
        measure: { name: 'amount off', checked: 120, failed: null },
        samples: samples([null]),
        reasons: [{ reason: 'above the expected total', failed: 1 }],
        detail: 'total: 122.50, expected 120.00',
      },
    },
    booked_amount_with_a_where_for_the_mart_alone: {
      status: 'fail',
      failures: 2,
      rows: ['DE', 'FR'],
      evidence: {
        unit: 'country',
        checked: 2,
        failed: 2,
        measure: { name: 'amount off', checked: 1260, failed: 1244.5 },
        samples: [{ country: 'DE' }, { country: 'FR' }],
        reasons: [
          { reason: 'missing in the tested model', failed: 1 },
          { reason: 'below the expected total', failed: 1 },
        ],
        detail: 'FR: 15.50, expected 45.00',
      },
    },
    // No country is only in the mart. Of Germany both have 12, and France was refunded once.
    bookings_of_each_country: {
      status: 'fail',
      failures: 2,
      rows: ['FR', 'None'],
      evidence: {
        unit: 'country',
        checked: 3,
        failed: 2,
        samples: [{ country: 'FR' }, { country: null }],
        reasons: [
          { reason: 'missing in the compared model', failed: 1 },
          { reason: 'above the expected total', failed: 1 },
        ],
        detail: 'NULL: 1, expected nothing',
      },
    },
    // In Berlin, the 5.00 of France were booked on 3 March.
    booked_amount_of_each_country_in_seven_days_of_berlin: {
      status: 'fail',
      failures: 2,
      rows: ['DE', 'FR'],
      evidence: {
        unit: 'country',
        checked: 2,
        failed: 2,
        measure: { name: 'amount off', checked: 1101, failed: 951 },
        samples: [{ country: 'DE' }, { country: 'FR' }],
        reasons: [{ reason: 'below the expected total', failed: 2 }],
        detail: 'FR: 5.00, expected 35.00',
      },
    },
    amount_of_no_bookings: {
      status: 'fail',
      failures: 1,
      rows: ['None'],
      evidence: {
        unit: 'total',
        checked: 1,
        failed: 1,
        measure: { name: 'amount off', checked: null, failed: 0 },
        reasons: [{ reason: 'of unknown total', failed: 1 }],
        detail: 'NULL, expected NULL',
      },
    },
    good_booked_amount: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: { unit: 'total', checked: 3, failed: 0, measure: { name: 'amount off', checked: 15, failed: 0 } },
    },
    bookings_match_in_odd_groups: {
      status: 'fail',
      failures: 1,
      rows: ['q'],
      evidence: {
        unit: 'group',
        checked: 2,
        failed: 1,
        measure: { name: 'amount off', checked: 14, failed: 1 },
        samples: [{ problem: 'q', side: 's' }],
        reasons: [{ reason: 'above the expected total', failed: 1 }],
        detail: 'q, s: 5.00, expected 4.00',
      },
    },
  },
  refusals: [
    {
      arguments: { expression: 'count(*)', compare_model: "ref('nothing')", group_by: { 'by day': 'paid_on' } },
      sentence: '`group_by` must name columns, but "by day" is no name: give it one in the model.',
    },
    {
      arguments: { expression: 'count(*)', compare_model: "ref('nothing')", group_by: ['cast(paid_at as date)'] },
      sentence: '`group_by` must name columns, but "cast(paid_at as date)" is no name: give it one in the model.',
    },
    {
      arguments: { compare_model: "ref('nothing')" },
      sentence: '`expression` must be a column or an expression, but it is missing.',
    },
    {
      arguments: { expression: 'count(*)' },
      sentence: "`compare_model` must be a model, such as ref('orders'), but it is missing.",
    },
    {
      arguments: { expression: 'count(*)', compare_model: "ref('nothing')", compare_expression: 1 },
      sentence: '`compare_expression` must be a column or an expression, but it is 1.',
    },
    {
      arguments: { expression: 'count(*)', compare_model: "ref('nothing')", compare_condition: '' },
      sentence: '`compare_condition` must be a column or an expression, but it is "".',
    },
    {
      arguments: {
        expression: 'count(*)',
        compare_model: "ref('nothing')",
        group_by: { day: 'a' },
        compare_group_by: { week: 'a' },
      },
      sentence:
        '`group_by` and `compare_group_by` must have the same names, but one has ["day"] and the other ["week"].',
    },
    {
      arguments: { expression: 'count(*)', compare_model: "ref('nothing')", tolerance: '1 %' },
      sentence: '`tolerance` must be a number of at least 0, but it is "1 %".',
    },
    {
      arguments: { expression: 'count(*)', compare_model: "ref('nothing')", relative_tolerance: 5 },
      sentence: '`relative_tolerance` must be a number from 0 to 1, but it is 5.',
    },
    {
      arguments: { expression: 'count(*)', compare_model: "ref('nothing')", look_back: 7 },
      sentence: '`look_back` needs a `timestamp_column`.',
    },
    {
      arguments: { expression: 'count(*)', compare_model: "ref('nothing')", look_back: 0, timestamp_column: 'a' },
      sentence: '`look_back` must be a whole number of at least 1, but it is 0.',
    },
    {
      arguments: { expression: 'count(*)', compare_model: "ref('nothing')", timezone: "Berlin'" },
      sentence: '`timezone` must be a name such as Europe/Berlin',
    },
    {
      arguments: { expression: 'count(*)', compare_model: "ref('nothing')", group_by: ['week'], allowed_lag_days: 1 },
      sentence: '`allowed_lag_days` needs a group named day.',
    },
    {
      arguments: {
        expression: 'count(*)',
        compare_model: "ref('nothing')",
        group_by: ['day'],
        timestamp_column: 'a',
        look_back: 3,
        allowed_lag_days: 4,
      },
      sentence: '`allowed_lag_days` must not be more than `look_back`, or no day is left.',
    },
    {
      arguments: { expression: 'count(*)', compare_model: "ref('nothing')", group_by: ['day'], check_total: 'yes' },
      sentence: '`check_total` must be true or false, but it is "yes".',
    },
    {
      arguments: { expression: 'count(*)', compare_model: "ref('nothing')", check_total: true },
      sentence: '`check_total` needs a `group_by`; without it there is only a total.',
    },
  ],
  mutations: [
    {
      what: 'a group that the tested model lacks passes',
      caughtBy: 'booked_amount_by_day',
      from: 'from dq_report_compared\n',
      to: 'from dq_report_compared where dq_report_is_tested > 0\n',
    },
    {
      what: 'a group that the compared model lacks passes',
      caughtBy: 'booked_amount_by_day',
      from: 'from dq_report_compared\n',
      to: 'from dq_report_compared where dq_report_is_expected > 0\n',
    },
    {
      what: 'a group that one side lacks is of unknown total',
      caughtBy: 'booked_amount_by_day',
      from: "when dq_report_is_tested = 0 then 'missing in the tested model'",
      to: '',
    },
    {
      what: 'two unknown totals are equal',
      caughtBy: 'booked_amount_by_day',
      from: 'dq_report_tested_total is null or dq_report_expected_total is null',
      to: '(dq_report_tested_total is null) <> (dq_report_expected_total is null)',
    },
    {
      what: 'an unknown total of the tested model passes',
      caughtBy: 'booked_amount_by_day',
      from: 'dq_report_tested_total is null or dq_report_expected_total is null',
      to: 'dq_report_expected_total is null',
    },
    {
      what: 'an unknown total of the compared model passes',
      caughtBy: 'booked_amount_by_day',
      from: 'dq_report_tested_total is null or dq_report_expected_total is null',
      to: 'dq_report_tested_total is null',
    },
    {
      what: 'the tolerance is ignored',
      caughtBy: 'booked_amount_by_day_within_tolerance',
      from: "'dq_report_expected_total', tolerance, relative_tolerance)",
      to: "'dq_report_expected_total', 0.005, relative_tolerance)",
    },
    {
      what: 'the relative tolerance is ignored',
      caughtBy: 'booked_amount_by_day_within_tolerance',
      from: "'dq_report_expected_total', tolerance, relative_tolerance)",
      to: "'dq_report_expected_total', tolerance, 0)",
    },
    {
      what: 'the relative tolerance is of the tested total',
      caughtBy: 'booked_amount_by_day_within_tolerance',
      from: "'dq_report_tested_total', 'dq_report_expected_total', tolerance",
      to: "'dq_report_expected_total', 'dq_report_tested_total', tolerance",
    },
    {
      what: 'the tested model is read since ever',
      caughtBy: 'booked_amount_of_each_country_in_seven_days_of_berlin',
      from: '_is_recent(timestamp_column, days_read, timezone)',
      to: '_is_recent(timestamp_column, none, timezone)',
    },
    {
      what: 'the compared model is read since ever',
      caughtBy: 'booked_amount_of_each_country_in_seven_days_of_berlin',
      from: '_is_recent(compare_timestamp_column or timestamp_column, days_read, timezone)',
      to: '_is_recent(compare_timestamp_column or timestamp_column, none, timezone)',
    },
    {
      what: 'the tested model is read in UTC',
      caughtBy: 'booked_amount_of_each_country_in_seven_days_of_berlin',
      from: '_is_recent(timestamp_column, days_read, timezone)',
      to: '_is_recent(timestamp_column, days_read)',
    },
    {
      what: 'the compared model is read in UTC',
      caughtBy: 'booked_amount_of_each_country_in_seven_days_of_berlin',
      from: '_is_recent(compare_timestamp_column or timestamp_column, days_read, timezone)',
      to: '_is_recent(compare_timestamp_column or timestamp_column, days_read)',
    },
    {
      what: 'no more days are read than compared',
      caughtBy: 'booked_amount_in_three_days_of_los_angeles',
      from: 'set days_read = look_back + 1',
      to: 'set days_read = look_back',
    },
    {
      what: 'the first day is not compared',
      caughtBy: 'booked_amount_in_seven_days',
      from: "day ~ ' >= '",
      to: "day ~ ' > '",
    },
    {
      what: 'one day too many is left out',
      caughtBy: 'booked_amount_in_three_days_of_los_angeles',
      from: "day ~ ' <= '",
      to: "day ~ ' < '",
    },
    {
      what: 'the first day is one of UTC',
      caughtBy: 'booked_amount_in_three_days_of_los_angeles',
      from: '_today(timezone), look_back)',
      to: '_today(), look_back)',
    },
    {
      what: 'the last day is one of UTC',
      caughtBy: 'booked_amount_in_three_days_of_los_angeles',
      from: '_today(timezone), allowed_lag_days)',
      to: '_today(), allowed_lag_days)',
    },
    {
      what: 'groups without a day hide',
      caughtBy: 'booked_amount_in_seven_days',
      from: "own_name ~ ' is null or cast('",
      to: "'cast('",
    },
    {
      what: 'the condition is ignored',
      caughtBy: 'small_differences_of_bookings_add_up',
      from: '{%- if compare_condition %}',
      to: '{%- if false %}',
    },
    {
      what: 'the condition is in no brackets',
      caughtBy: 'booked_amount_of_each_country_in_seven_days_of_berlin',
      from: 'and ({{ compare_condition }})',
      to: 'and {{ compare_condition }}',
    },
    {
      what: 'the condition is for both sides',
      caughtBy: 'small_differences_of_bookings_add_up',
      from: 'from {{ model }}\n    where ',
      to: "from {{ model }}\n    where ({{ compare_condition or '1 = 1' }}) and ",
    },
    {
      what: 'both sides have the same expression',
      caughtBy: 'bookings_of_each_country',
      from: '{{ compare_expression or expression }} as dq_report_total',
      to: '{{ expression }} as dq_report_total',
    },
    {
      what: 'the total is that of one group',
      caughtBy: 'booked_amount_by_day_and_in_total',
      from: "'sum' if check_total",
      to: "'max' if check_total",
    },
    {
      what: 'the money of the total counts twice',
      caughtBy: 'booked_amount_by_day_and_in_total',
      from: "'case when dq_report_is_total = 0 then ' ~ measure ~ ' end' if check_total else measure",
      to: 'measure',
    },
  ],
};
