import type { TestCases } from './case.ts';

const SUNDAY = { first: '2025-03-09', last: '2025-03-09', failed: 1 };

const good = { step_column: 'step', timestamp_column: 'happened_at', from_step: 'cart', to_step: 'buy' };

export const funnelRatio: TestCases = {
  cases: {
    buys_per_cart: {
      status: 'fail',
      failures: 5,
      rows: ['2025-03-03', '2025-03-04', '2025-03-06', '2025-03-08', 'None'],
      evidence: {
        unit: 'day',
        checked: 7,
        failed: 5,
        measure: { name: 'events', checked: 411, failed: 256 },
        periods: { first: '2025-03-03', last: '2025-03-08', failed: 4 },
        reasons: [
          { reason: 'below the expected ratio', failed: 2 },
          { reason: 'above the expected ratio', failed: 2 },
          { reason: 'without a timestamp', failed: 1 },
        ],
        detail: '2025-03-08: 4 buy of 50 cart (0.080), expected 0.1 to 1',
      },
    },
    no_more_buys_than_carts: {
      status: 'fail',
      failures: 3,
      rows: ['2025-03-03', '2025-03-06', 'None'],
      evidence: {
        unit: 'day',
        checked: 7,
        failed: 3,
        measure: { name: 'events', checked: 411, failed: 152 },
        periods: { first: '2025-03-03', last: '2025-03-06', failed: 2 },
        reasons: [
          { reason: 'above the expected ratio', failed: 2 },
          { reason: 'without a timestamp', failed: 1 },
        ],
        detail: '2025-03-06: 51 buy of 50 cart (1.020), expected 0 to 1',
      },
    },
    buys_per_cart_of_three_days: {
      status: 'fail',
      failures: 2,
      rows: ['2025-03-08', 'None'],
      evidence: {
        unit: 'day',
        checked: 4,
        failed: 2,
        measure: { name: 'events', checked: 210, failed: 55 },
        periods: { first: '2025-03-08', last: '2025-03-08', failed: 1 },
        reasons: [
          { reason: 'below the expected ratio', failed: 1 },
          { reason: 'without a timestamp', failed: 1 },
        ],
        detail: '2025-03-08: 4 buy of 50 cart (0.080), expected 0.1 to 1',
      },
    },
    // Only one day has 51 events of a step; the row without a timestamp needs no others.
    buys_per_cart_of_large_days: {
      status: 'fail',
      failures: 1,
      rows: ['None'],
      evidence: {
        unit: 'day',
        checked: 2,
        failed: 1,
        measure: { name: 'events', checked: 102, failed: 1 },
        reasons: [{ reason: 'without a timestamp', failed: 1 }],
      },
    },
    buys_per_cart_by_shop: {
      status: 'fail',
      failures: 7,
      rows: ['A', 'A', 'A', 'A', 'A', 'B', 'None'],
      evidence: {
        unit: 'day',
        checked: 13,
        failed: 7,
        measure: { name: 'events', checked: 983, failed: 417 },
        samples: [{ shop: 'A' }, { shop: 'B' }, { shop: null }],
        periods: { first: '2025-03-03', last: '2025-03-09', failed: 5 },
        reasons: [
          { reason: 'below the expected ratio', failed: 4 },
          { reason: 'above the expected ratio', failed: 2 },
          { reason: 'without a timestamp', failed: 1 },
        ],
        detail: '2025-03-09 (NULL): 0 buy of 60 cart (0.000), expected 0.1 to 1',
      },
    },
    late_buys_per_cart: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: { unit: 'day', checked: 1, failed: 0, measure: { name: 'events', checked: 55, failed: 0 } },
    },
    late_buys_per_cart_in_berlin: {
      status: 'fail',
      failures: 1,
      rows: ['2025-03-09'],
      evidence: {
        unit: 'day',
        checked: 1,
        failed: 1,
        measure: { name: 'events', checked: 54, failed: 54 },
        periods: SUNDAY,
        reasons: [{ reason: 'below the expected ratio', failed: 1 }],
        detail: '2025-03-09: 4 buy of 50 cart (0.080), expected 0.1 to 1',
      },
    },
    // 5 sessions of `many` bought 60 times; sessions of `nobody` that bought are unknown, and count as one.
    buying_sessions_by_shop: {
      status: 'fail',
      failures: 2,
      rows: ['many', 'nobody'],
      evidence: {
        unit: 'day',
        checked: 2,
        failed: 2,
        measure: { name: 'events', checked: 126, failed: 126 },
        samples: [{ shop: 'many' }, { shop: 'nobody' }],
        periods: SUNDAY,
        reasons: [{ reason: 'below the expected ratio', failed: 2 }],
        detail: '2025-03-09 (nobody): 1 buy of 60 cart (0.017), expected 0.1 to 1',
      },
    },
    buying_sessions: {
      status: 'fail',
      failures: 1,
      rows: ['2025-03-09'],
      evidence: {
        unit: 'day',
        checked: 1,
        failed: 1,
        measure: { name: 'events', checked: 126, failed: 126 },
        periods: SUNDAY,
        reasons: [{ reason: 'below the expected ratio', failed: 1 }],
        detail: '2025-03-09: 6 buy of 120 cart (0.050), expected 0.1 to 1',
      },
    },
    // 0 of 60, 6 of 60 and 5 of 60. This week is not over.
    buys_per_cart_by_week: {
      status: 'fail',
      failures: 2,
      rows: ['2025-02-17', '2025-03-03'],
      evidence: {
        unit: 'week',
        checked: 3,
        failed: 2,
        measure: { name: 'events', checked: 191, failed: 125 },
        periods: { first: '2025-02-17', last: '2025-03-03', failed: 2 },
        reasons: [{ reason: 'below the expected ratio', failed: 2 }],
        detail: '2025-03-03: 5 buy of 60 cart (0.083), expected 0.1 to 1',
      },
    },
    buys_per_cart_of_last_week: {
      status: 'fail',
      failures: 1,
      rows: ['2025-03-03'],
      evidence: {
        unit: 'week',
        checked: 1,
        failed: 1,
        measure: { name: 'events', checked: 65, failed: 65 },
        periods: { first: '2025-03-03', last: '2025-03-03', failed: 1 },
        reasons: [{ reason: 'below the expected ratio', failed: 1 }],
        detail: '2025-03-03: 5 buy of 60 cart (0.083), expected 0.1 to 1',
      },
    },
    // The eighth closed day is a Sunday; its week is read from its Monday on.
    buys_per_cart_of_two_weeks: {
      status: 'fail',
      failures: 1,
      rows: ['2025-03-03'],
      evidence: {
        unit: 'week',
        checked: 2,
        failed: 1,
        measure: { name: 'events', checked: 131, failed: 65 },
        periods: { first: '2025-03-03', last: '2025-03-03', failed: 1 },
        reasons: [{ reason: 'below the expected ratio', failed: 1 }],
        detail: '2025-03-03: 5 buy of 60 cart (0.083), expected 0.1 to 1',
      },
    },
    // The tenth closed day is the last one of February.
    buys_per_cart_by_month: {
      status: 'fail',
      failures: 1,
      rows: ['2025-02-01'],
      evidence: {
        unit: 'month',
        checked: 1,
        failed: 1,
        measure: { name: 'events', checked: 70, failed: 70 },
        periods: { first: '2025-02-01', last: '2025-02-01', failed: 1 },
        reasons: [{ reason: 'below the expected ratio', failed: 1 }],
        detail: '2025-02-01: 0 buy of 70 cart (0.000), expected 0.1 to 1',
      },
    },
    buys_per_cart_in_odd_segments: {
      status: 'fail',
      failures: 1,
      rows: ['w'],
      evidence: {
        unit: 'day',
        checked: 2,
        failed: 1,
        measure: { name: 'events', checked: 3, failed: 1 },
        samples: [{ verdict: 'w', from_events: 'f' }],
        periods: SUNDAY,
        reasons: [{ reason: 'below the expected ratio', failed: 1 }],
        detail: '2025-03-09 (w, f): 0 buy of 1 cart (0.000), expected 0.5 to 1',
      },
    },
  },
  refusals: [
    {
      arguments: { ...good, key_columns: 'lower(session_id)' },
      sentence: '`key_columns` must name columns, but "lower(session_id)" is no name: give it one in the model.',
    },
    {
      arguments: { ...good, segment_columns: 'lower(shop)' },
      sentence: '`segment_columns` must name columns, but "lower(shop)" is no name: give it one in the model.',
    },
    {
      arguments: { ...good, step_column: null },
      sentence: '`step_column` must be a column or an expression, but it is missing.',
    },
    {
      arguments: { ...good, timestamp_column: '' },
      sentence: '`timestamp_column` must be a column or an expression, but it is "".',
    },
    { arguments: { ...good, from_step: 1 }, sentence: '`from_step` must be the name of a step, but it is 1.' },
    { arguments: { ...good, to_step: null }, sentence: '`to_step` must be the name of a step, but it is missing.' },
    {
      arguments: { ...good, to_step: 'cart' },
      sentence: '`from_step` and `to_step` must be two steps, but both are "cart".',
    },
    {
      arguments: { ...good, key_columns: [1] },
      sentence: '`key_columns` must be a column or an expression, but it is 1.',
    },
    {
      arguments: { ...good, min_ratio: -0.1 },
      sentence: '`min_ratio` must be a number of at least 0, but it is -0.1.',
    },
    {
      arguments: { ...good, max_ratio: '100 %' },
      sentence: '`max_ratio` must be a number of at least 0, but it is "100 %".',
    },
    {
      arguments: { ...good, min_ratio: 2 },
      sentence: '`min_ratio` must be at most `max_ratio`, but 2 is more than 1.',
    },
    {
      arguments: { ...good, minimum_events: 0 },
      sentence: '`minimum_events` must be a whole number of at least 1, but it is 0.',
    },
    { arguments: { ...good, period: 'year' }, sentence: '`period` must be day, week or month, but it is "year".' },
    {
      arguments: { ...good, look_back: 1.5 },
      sentence: '`look_back` must be a whole number of at least 1, but it is 1.5.',
    },
    {
      arguments: { ...good, segment_columns: [''] },
      sentence: '`segment_columns` must be a column or an expression, but it is "".',
    },
    {
      arguments: { ...good, timezone: ' ' },
      sentence: '`timezone` must be a name such as Europe/Berlin, but it is " ".',
    },
  ],
  mutations: [
    {
      what: 'the least ratio itself fails',
      caughtBy: 'buys_per_cart',
      from: 'when dq_report_to_events < cast(',
      to: 'when dq_report_to_events <= cast(',
    },
    {
      what: 'the highest ratio itself fails',
      caughtBy: 'buys_per_cart',
      from: 'when dq_report_to_events > cast(',
      to: 'when dq_report_to_events >= cast(',
    },
    {
      what: 'too few always pass',
      caughtBy: 'buys_per_cart',
      from: 'when dq_report_to_events < cast(',
      to: 'when dq_report_to_events < 0 * cast(',
    },
    {
      what: 'a period without the first step passes',
      caughtBy: 'buys_per_cart',
      from: 'when dq_report_to_events > cast(',
      to: 'when dq_report_from_events > 0 and dq_report_to_events > cast(',
    },
    {
      what: 'a period without the first step is not judged',
      caughtBy: 'buys_per_cart',
      from: ' or dq_report_to_events >= {{ minimum_events }})',
      to: ')',
    },
    {
      what: 'a period without the second step is not judged',
      caughtBy: 'buys_per_cart',
      from: '(dq_report_from_events >= {{ minimum_events }} or dq_report_to_events',
      to: '(dq_report_to_events',
    },
    {
      what: 'just enough events are too few',
      caughtBy: 'buys_per_cart',
      from: '(dq_report_from_events >= {{ minimum_events }} or dq_report_to_events >=',
      to: '(dq_report_from_events > {{ minimum_events }} or dq_report_to_events >',
    },
    {
      what: 'any number of events is enough',
      caughtBy: 'buys_per_cart',
      from: '(dq_report_from_events >= {{ minimum_events }} or dq_report_to_events >=',
      to: '(1 = 1 or dq_report_to_events >=',
    },
    {
      what: 'rows without a timestamp hide',
      caughtBy: 'buys_per_cart',
      from: 'where dq_report_period is null or (',
      to: 'where dq_report_period is not null and (',
    },
    {
      what: 'the period that is not over is judged',
      caughtBy: 'buys_per_cart',
      from: 'dq_report_period < {{',
      to: 'dq_report_period <= {{',
    },
    {
      what: 'events are counted, not keys',
      caughtBy: 'buying_sessions_by_shop',
      from: "{{ 'distinct' if keys }}",
      to: '',
    },
    {
      what: 'keys are only the last of them',
      caughtBy: 'buying_sessions',
      from: '(segments + keys) | unique',
      to: '(segments + keys[-1:]) | unique',
    },
    {
      what: 'the look-back is ignored',
      caughtBy: 'buys_per_cart_of_three_days',
      from: '_is_recent(timestamp_column, read_back, timezone) }}',
      to: '_is_recent(timestamp_column, none) }} {% set look_back = none %}',
    },
    {
      what: 'the first period is not read as a whole',
      caughtBy: 'buys_per_cart_of_two_weeks',
      from: '_is_recent(timestamp_column, read_back, timezone)',
      to: '_is_recent(timestamp_column, look_back, timezone)',
    },
    {
      what: 'a part of a period is judged',
      caughtBy: 'buys_per_cart_of_three_days',
      from: 'and dq_report_period >= {{',
      to: 'and 1 = 1 or dq_report_period >= {{',
    },
    {
      what: 'the first period must lie within the look-back',
      caughtBy: 'buys_per_cart_of_two_weeks',
      from: '_start_of_period(dq_report._days_before(today, look_back), period)',
      to: '_days_before(today, look_back)',
    },
    {
      what: 'the time zone is ignored',
      caughtBy: 'late_buys_per_cart_in_berlin',
      from: '_day(timestamp_column, timezone), period)',
      to: '_day(timestamp_column), period)',
    },
    {
      what: 'segments are one',
      caughtBy: 'buys_per_cart_by_shop',
      from: "_column_list(segment_columns, 'funnel_ratio'",
      to: "_column_list(none, 'funnel_ratio'",
    },
    {
      what: 'a segment of NULL is left out',
      caughtBy: 'buys_per_cart_by_shop',
      from: '    from dq_report_steps\n',
      to: "    from dq_report_steps\n    {{ 'where ' ~ segments[0] ~ ' is not null' if segments }}\n",
    },
  ],
};
