import type { TestCases } from './case.ts';

const SUNDAY = { first: '2025-03-09', last: '2025-03-09', failed: 1 };

export const volumeWithin: TestCases = {
  cases: {
    // Each usually has 100, and 60 to 140 are fine. Not judged: `three weeks` and `back again`, whose 64th day is not read.
    visits_as_usual: {
      status: 'fail',
      failures: 7,
      rows: ['None', 'above', 'below', 'four weeks', 'gone', 'now and then', 'wild and gone'],
      evidence: {
        unit: 'day',
        checked: 12,
        failed: 7,
        measure: { name: 'rows off the median', checked: 907, failed: 618 },
        samples: [
          { channel: 'now and then' },
          { channel: 'gone' },
          { channel: 'wild and gone' },
          { channel: 'four weeks' },
          { channel: 'above' },
          { channel: 'below' },
          { channel: null },
        ],
        periods: SUNDAY,
        reasons: [
          { reason: 'below the expected range', failed: 5 },
          { reason: 'above the expected range', failed: 2 },
        ],
        // The median distance is 50: 100 ± 4 * 1.4826 * 50. One at least, since it never had fewer than 20.
        detail: '2025-03-09 (wild and gone): 0 rows, expected 1 to 396',
      },
    },
    visits_as_usual_in_berlin: {
      status: 'fail',
      failures: 8,
      rows: ['None', 'above', 'below', 'four weeks', 'gone', 'late', 'now and then', 'wild and gone'],
      evidence: {
        unit: 'day',
        checked: 12,
        failed: 8,
        measure: { name: 'rows off the median', checked: 907, failed: 659 },
        samples: [
          { channel: 'now and then' },
          { channel: 'gone' },
          { channel: 'wild and gone' },
          { channel: 'four weeks' },
          { channel: 'above' },
          { channel: 'below' },
          { channel: 'late' },
          { channel: null },
        ],
        periods: SUNDAY,
        reasons: [
          { reason: 'below the expected range', failed: 6 },
          { reason: 'above the expected range', failed: 2 },
        ],
        detail: '2025-03-09 (wild and gone): 0 rows, expected 1 to 396',
      },
    },
    // Most had no Saturdays but empty ones: `below` has 500 on the last. Only `six days a week` usually has 30.
    visits_on_two_days_as_usual: {
      status: 'fail',
      failures: 8,
      rows: ['None', 'above', 'below', 'below', 'four weeks', 'gone', 'now and then', 'wild and gone'],
      evidence: {
        unit: 'day',
        checked: 23,
        failed: 8,
        measure: { name: 'rows off the median', checked: 937, failed: 1118 },
        samples: [
          { channel: 'below' },
          { channel: 'now and then' },
          { channel: 'gone' },
          { channel: 'wild and gone' },
          { channel: 'four weeks' },
          { channel: 'above' },
          { channel: null },
        ],
        periods: { first: '2025-03-08', last: '2025-03-09', failed: 2 },
        reasons: [
          { reason: 'below the expected range', failed: 5 },
          { reason: 'above the expected range', failed: 3 },
        ],
        detail: '2025-03-09 (wild and gone): 0 rows, expected 1 to 396',
      },
    },
    visits_no_fewer: {
      status: 'fail',
      failures: 5,
      rows: ['None', 'below', 'four weeks', 'gone', 'wild and gone'],
      evidence: {
        unit: 'day',
        checked: 12,
        failed: 5,
        measure: { name: 'rows off the median', checked: 907, failed: 377 },
        samples: [
          { channel: 'gone' },
          { channel: 'wild and gone' },
          { channel: 'four weeks' },
          { channel: 'below' },
          { channel: null },
        ],
        periods: SUNDAY,
        reasons: [{ reason: 'below the expected range', failed: 5 }],
        detail: '2025-03-09 (wild and gone): 0 rows, expected at least 1',
      },
    },
    visits_no_more: {
      status: 'fail',
      failures: 2,
      rows: ['above', 'now and then'],
      evidence: {
        unit: 'day',
        checked: 12,
        failed: 2,
        measure: { name: 'rows off the median', checked: 907, failed: 241 },
        samples: [{ channel: 'now and then' }, { channel: 'above' }],
        periods: SUNDAY,
        reasons: [{ reason: 'above the expected range', failed: 2 }],
        // Three Sundays of 100 and five of 0: the median distance is 0, the mean distance 37.5, and 4 * 1.2533 * 37.5 is 187.995.
        detail: '2025-03-09 (now and then): 200 rows, expected at most 187',
      },
    },
    visits_with_history: {
      status: 'fail',
      failures: 9,
      rows: [
        'None',
        'above',
        'back again',
        'below',
        'four weeks',
        'gone',
        'now and then',
        'three weeks',
        'wild and gone',
      ],
      evidence: {
        unit: 'day',
        checked: 14,
        failed: 9,
        measure: { name: 'rows off the median', checked: 1107, failed: 798 },
        samples: [
          { channel: 'now and then' },
          { channel: 'gone' },
          { channel: 'wild and gone' },
          { channel: 'four weeks' },
          { channel: 'back again' },
          { channel: 'three weeks' },
          { channel: 'above' },
          { channel: 'below' },
          { channel: null },
        ],
        periods: SUNDAY,
        reasons: [
          { reason: 'below the expected range', failed: 5 },
          { reason: 'above the expected range', failed: 2 },
          { reason: 'without enough history', failed: 2 },
        ],
        detail: '2025-03-09 (wild and gone): 0 rows, expected 1 to 396',
      },
    },
    // 90, 100 and 110: 100 ± 4 * 1.4826 * 10. Of `now and then` only two of the Sundays are read.
    visits_of_three_weeks_as_usual: {
      status: 'fail',
      failures: 1,
      rows: ['four weeks'],
      evidence: {
        unit: 'day',
        checked: 1,
        failed: 1,
        measure: { name: 'rows off the median', checked: 100, failed: 90 },
        samples: [{ channel: 'four weeks' }],
        periods: SUNDAY,
        reasons: [{ reason: 'below the expected range', failed: 1 }],
        detail: '2025-03-09 (four weeks): 10 rows, expected 41 to 159',
      },
    },
    // 793 rows; before that 1142, 1152, 962, 972, 722, 882, 802 and 902.
    visits_in_total: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: {
        unit: 'day',
        checked: 1,
        failed: 0,
        measure: { name: 'rows off the median', checked: 932, failed: 0 },
      },
    },
    // 932 ± 1.4826 * 90, the mean of the distances 50 and 130.
    visits_in_total_strictly: {
      status: 'fail',
      failures: 1,
      rows: ['2025-03-09'],
      evidence: {
        unit: 'day',
        checked: 1,
        failed: 1,
        measure: { name: 'rows off the median', checked: 932, failed: 139 },
        periods: SUNDAY,
        reasons: [{ reason: 'below the expected range', failed: 1 }],
        detail: '2025-03-09: 793 rows, expected 799 to 1065',
      },
    },
    // 100 ± 200.
    visits_widely: {
      status: 'fail',
      failures: 1,
      rows: ['gone'],
      evidence: {
        unit: 'day',
        checked: 3,
        failed: 1,
        measure: { name: 'rows off the median', checked: 300, failed: 100 },
        samples: [{ channel: 'gone' }],
        periods: SUNDAY,
        reasons: [{ reason: 'below the expected range', failed: 1 }],
        detail: '2025-03-09 (gone): 0 rows, expected 1 to 300',
      },
    },
    // 100 ± 4 * 10, the square root.
    visits_by_chance: {
      status: 'fail',
      failures: 1,
      rows: ['below'],
      evidence: {
        unit: 'day',
        checked: 3,
        failed: 1,
        measure: { name: 'rows off the median', checked: 300, failed: 41 },
        samples: [{ channel: 'below' }],
        periods: SUNDAY,
        reasons: [{ reason: 'below the expected range', failed: 1 }],
        detail: '2025-03-09 (below): 59 rows, expected 60 to 140',
      },
    },
    visits_within_tolerance: {
      status: 'fail',
      failures: 1,
      rows: ['gone'],
      evidence: {
        unit: 'day',
        checked: 3,
        failed: 1,
        measure: { name: 'rows off the median', checked: 300, failed: 100 },
        samples: [{ channel: 'gone' }],
        periods: SUNDAY,
        reasons: [{ reason: 'below the expected range', failed: 1 }],
        detail: '2025-03-09 (gone): 0 rows, expected 59 to 141',
      },
    },
    // One moment usually; `late` has two, `gone` none.
    moments_of_visits: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: {
        unit: 'day',
        checked: 2,
        failed: 0,
        measure: { name: 'count(distinct visited_at) off the median', checked: 2, failed: 0 },
      },
    },
    no_visits_at_all: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: {
        unit: 'day',
        checked: 0,
        failed: 0,
        measure: { name: 'rows off the median', checked: null, failed: 0 },
      },
    },
    no_visits_at_all_without_history: {
      status: 'fail',
      failures: 1,
      rows: ['None'],
      evidence: {
        unit: 'day',
        checked: 1,
        failed: 1,
        measure: { name: 'rows off the median', checked: 0, failed: 0 },
        samples: [{ channel: null }],
        periods: SUNDAY,
        reasons: [{ reason: 'without enough history', failed: 1 }],
        detail: '2025-03-09 (NULL): 0 rows, 0 days of history',
      },
    },
    // Passing: `refunds`, exactly at the limit, and `wild and small`. Not judged: `most of it unknown`.
    sales_as_usual: {
      status: 'fail',
      failures: 8,
      rows: ['closed', 'half of it unknown', 'more refunds', 'new and unknown', 'no time', 'odd', 'unknown', 'wild'],
      evidence: {
        unit: 'day',
        checked: 10,
        failed: 8,
        measure: { name: 'revenue off the median', checked: 7300, failed: 5587.01 },
        samples: [
          { shop: 'odd' },
          { shop: 'closed' },
          { shop: 'unknown' },
          { shop: 'wild' },
          { shop: 'half of it unknown' },
          { shop: 'more refunds' },
          { shop: 'no time' },
          { shop: 'new and unknown' },
        ],
        periods: SUNDAY,
        reasons: [
          { reason: 'below the expected range', failed: 3 },
          { reason: 'above the expected range', failed: 1 },
          { reason: 'without rows', failed: 1 },
          { reason: 'without an amount', failed: 2 },
          { reason: 'without a timestamp', failed: 1 },
        ],
        // 1000 ± 4 * 1.4826 * 500.
        detail: '2025-03-09 (wild): no rows, expected -1965.20 to 3965.20',
      },
    },
    // -1000 ± 4 * 0.1 * 1000.
    refunds_as_usual: {
      status: 'fail',
      failures: 1,
      rows: ['2025-03-09'],
      evidence: {
        unit: 'day',
        checked: 1,
        failed: 1,
        measure: { name: 'revenue off the median', checked: 1000, failed: 400.01 },
        periods: SUNDAY,
        reasons: [{ reason: 'below the expected range', failed: 1 }],
        detail: '2025-03-09: -1400.01 of revenue, expected -1400.00 to -600.00',
      },
    },
    // Nothing; before that 2000, 4000, 2000, 4000, 1400, 4600, 3000 and 3000.
    closed_shop: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: {
        unit: 'day',
        checked: 1,
        failed: 0,
        measure: { name: 'revenue off the median', checked: 3000, failed: 0 },
      },
    },
  },
  refusals: [
    {
      arguments: {},
      sentence: '`timestamp_column` must be a column or an expression, but it is missing.',
    },
    {
      arguments: { timestamp_column: 'visited_at', measure: '' },
      sentence: '`measure` must be a column or an expression, but it is "".',
    },
    {
      arguments: { timestamp_column: 'visited_at', weeks: 0 },
      sentence: '`weeks` must be a whole number of at least 1, but it is 0.',
    },
    {
      arguments: { timestamp_column: 'visited_at', minimum_history: 0 },
      sentence: '`minimum_history` must be a whole number of at least 1, but it is 0.',
    },
    {
      arguments: { timestamp_column: 'visited_at', weeks: 3 },
      sentence: '`minimum_history` must be at most `weeks`, which is 3, or no day is ever judged, but it is 4.',
    },
    {
      arguments: { timestamp_column: 'visited_at', check_days: 0.5 },
      sentence: '`check_days` must be a whole number of at least 1, but it is 0.5.',
    },
    {
      arguments: { timestamp_column: 'visited_at', sensitivity: -1 },
      sentence: '`sensitivity` must be a number of at least 0, but it is -1.',
    },
    {
      arguments: { timestamp_column: 'visited_at', minimum_spread: 10 },
      sentence: '`minimum_spread` must be a number from 0 to 1, but it is 10.',
    },
    {
      arguments: { timestamp_column: 'visited_at', tolerance: 'much' },
      sentence: '`tolerance` must be a number of at least 0, but it is "much".',
    },
    {
      arguments: { timestamp_column: 'visited_at', direction: 'down' },
      sentence: '`direction` must be both, drop or rise, but it is "down".',
    },
    {
      arguments: { timestamp_column: 'visited_at', segment_columns: { channel: 1 } },
      sentence: '`segment_columns` must be a column or a list of columns, but it is {"channel": 1}.',
    },
    {
      arguments: { timestamp_column: 'visited_at', without_history: 'warn' },
      sentence: '`without_history` must be pass or fail, but it is "warn".',
    },
    {
      arguments: { timestamp_column: 'visited_at', timezone: 'Berlin, Germany' },
      sentence: '`timezone` must be a name such as Europe/Berlin, but it is "Berlin, Germany".',
    },
  ],
  mutations: [
    {
      what: 'the lower limit itself fails',
      from: 'tested_amount < expected_from',
      to: 'tested_amount <= expected_from',
    },
    { what: 'the upper limit itself fails', from: 'tested_amount > expected_to', to: 'tested_amount >= expected_to' },
    { what: 'a drop fails even if rises are looked for', from: "direction != 'rise'", to: "direction != 'none'" },
    {
      what: 'the day is part of its history',
      from: "set is_history = 'days_back > 0 and",
      to: "set is_history = 'days_back >= 0 and",
    },
    {
      what: 'an unknown amount counts as history',
      from: "'days_back > 0 and day_amount is not null'",
      to: "'days_back > 0'",
    },
    {
      what: 'days without rows are no history',
      from: '            when max(case when is_slot = 1 then dq_report_rows else 0 end) = 0 then 0\n',
      to: '            when max(case when is_slot = 1 then dq_report_rows else 0 end) = 0 and days_back = 0 then 0\n',
    },
    {
      what: 'a day without rows is not judged',
      from: 'group by {{ of_segment }}tested_day, days_back, slot_day\n    having ',
      to: 'group by {{ of_segment }}tested_day, days_back, slot_day\n    having (days_back > 0 or max(is_slot) = 1) and ',
    },
    {
      what: 'an unknown amount counts as nothing',
      from: 'else max(case when is_slot = 1 then dq_report_amount end)',
      to: 'else coalesce(max(case when is_slot = 1 then dq_report_amount end), 0)',
    },
    {
      what: 'days before the first row are history',
      from: 'having coalesce(min(dq_report_day), tested_day) <= slot_day',
      to: 'having tested_day is not null',
    },
    {
      what: 'rows without a timestamp hide',
      from: 'when dq_report_day is null and slot_day is null and dq_report_one is not null then 1',
      to: 'when dq_report_day is null and slot_day is null and dq_report_one is not null then 0',
    },
    {
      what: 'a table without rows is not there',
      from: 'left join dq_report_daily',
      to: 'inner join dq_report_daily',
    },
    {
      what: 'more days are read than asked for',
      from: '7 * weeks + check_days, timezone',
      to: '7 * weeks + check_days + 7, timezone',
    },
    {
      what: 'the time zone is ignored',
      from: 'set day = dq_report._day(timestamp_column, timezone)',
      to: 'set day = dq_report._day(timestamp_column)',
    },
    {
      what: 'all days are history, whatever their weekday',
      from: 'select {{ 7 * week }} as days_back',
      to: 'select {{ week }} as days_back',
    },
    {
      what: 'the lower one of two middle values is the median',
      from: '2 * amount_rank between days_of_history and days_of_history + 2',
      to: '2 * amount_rank between days_of_history and days_of_history + 1',
    },
    {
      what: 'the lower one of two middle distances is the median distance',
      from: '2 * distance_rank between days_of_history and days_of_history + 2',
      to: '2 * distance_rank between days_of_history and days_of_history + 1',
    },
    { what: 'the mean distance is ignored', from: 'else 1.2533 * mean_distance', to: 'else 0' },
    {
      what: 'the least spread of refunds is below zero',
      from: '{{ minimum_spread }} * abs(usual_amount)',
      to: '{{ minimum_spread }} * usual_amount',
    },
    { what: 'chance is ignored', from: 'sqrt(greatest(usual_amount, 1))', to: '0' },
    { what: 'chance needs something usual', from: 'sqrt(greatest(usual_amount, 1))', to: 'sqrt(usual_amount)' },
    { what: 'the tolerance is ignored', from: '            {{ tolerance }},\n', to: '            0,\n' },
    { what: 'the sensitivity is ignored', from: '{{ sensitivity }} * greatest(', to: '4 * greatest(' },
    {
      what: 'a count that vanished may pass',
      from: 'case when fewest_rows >= 5 then 1 else 0 end) as expected_from',
      to: '0) as expected_from',
    },
    {
      what: 'a day without rows may pass',
      from: "when tested_rows = 0 and fewest_rows >= 5 then 'without rows'",
      to: "when tested_rows < 0 then 'without rows'",
    },
    {
      what: 'just enough history is too little',
      from: 'where days_of_history >= {{ minimum_history }} or',
      to: 'where days_of_history > {{ minimum_history }} or',
    },
    {
      what: 'segments are one',
      from: "_column_list(segment_columns, 'volume_within'",
      to: "_column_list(none, 'volume_within'",
    },
    {
      what: 'a segment of NULL is left out',
      from: '    from filled\n',
      to: "    from filled\n    {{ 'where ' ~ segments[0] ~ ' is not null' if segments }}\n",
    },
  ],
};
