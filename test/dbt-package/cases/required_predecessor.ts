import type { TestCases } from './case.ts';

const required = {
  step_column: 'step',
  event: 'refund',
  predecessor: 'order',
  same_columns: 'customer',
  timestamp_column: 'booked_at',
};

export const requiredPredecessor: TestCases = {
  cases: {
    order_before_refund: {
      status: 'fail',
      failures: 7,
      rows: ['None', 'p_after', 'p_berlin', 'p_never', 'p_no_time', 'p_old', 'p_order_no_time'],
      evidence: {
        unit: 'event',
        checked: 16,
        failed: 7,
        samples: [
          { customer: 'p_after' },
          { customer: 'p_berlin' },
          { customer: 'p_never' },
          { customer: 'p_no_time' },
          { customer: 'p_old' },
          { customer: 'p_order_no_time' },
          { customer: null },
        ],
        periods: { first: '2025-03-06', last: '2025-03-09', failed: 3 },
      },
    },
    // From 7 March on; the orders of p_border and p_long_ago are older, and found.
    order_before_refund_in_three_days: {
      status: 'fail',
      failures: 5,
      rows: ['None', 'p_after', 'p_never', 'p_no_time', 'p_order_no_time'],
      evidence: {
        unit: 'event',
        checked: 14,
        failed: 5,
        samples: [
          { customer: 'p_after' },
          { customer: 'p_never' },
          { customer: 'p_no_time' },
          { customer: 'p_order_no_time' },
          { customer: null },
        ],
        periods: { first: '2025-03-08', last: '2025-03-09', failed: 2 },
      },
    },
    // p_exact ordered exactly a day before, p_late one second earlier.
    order_a_day_before_refund: {
      status: 'fail',
      failures: 10,
      rows: [
        'None',
        'p_after',
        'p_berlin',
        'p_between',
        'p_late',
        'p_long_ago',
        'p_never',
        'p_no_time',
        'p_old',
        'p_order_no_time',
      ],
      evidence: {
        unit: 'event',
        checked: 16,
        failed: 10,
        samples: [
          { customer: 'p_after' },
          { customer: 'p_berlin' },
          { customer: 'p_between' },
          { customer: 'p_late' },
          { customer: 'p_long_ago' },
          { customer: 'p_never' },
          { customer: 'p_no_time' },
          { customer: 'p_old' },
          { customer: 'p_order_no_time' },
          { customer: null },
        ],
        periods: { first: '2025-03-06', last: '2025-03-09', failed: 3 },
        reasons: [
          { reason: 'without any order', failed: 7 },
          { reason: 'with order too long before', failed: 3 },
        ],
      },
    },
    // The order of p_border is from the day before the look-back; that of p_long_ago is not read, so there is none.
    order_a_day_before_refund_in_three_days: {
      status: 'fail',
      failures: 8,
      rows: ['None', 'p_after', 'p_between', 'p_late', 'p_long_ago', 'p_never', 'p_no_time', 'p_order_no_time'],
      evidence: {
        unit: 'event',
        checked: 14,
        failed: 8,
        samples: [
          { booking: '11', customer: 'p_never' },
          { booking: '18', customer: 'p_between' },
          { booking: '20', customer: 'p_no_time' },
          { booking: '22', customer: 'p_order_no_time' },
          { booking: '24', customer: null },
          { booking: '29', customer: 'p_long_ago' },
          { booking: '6', customer: 'p_late' },
          { booking: '9', customer: 'p_after' },
        ],
        periods: { first: '2025-03-08', last: '2025-03-09', failed: 2 },
        reasons: [
          { reason: 'without any order', failed: 6 },
          { reason: 'with order too long before', failed: 2 },
        ],
      },
    },
    // The refund of p_berlin was on 7 March there.
    order_a_day_before_refund_in_three_days_of_berlin: {
      status: 'fail',
      failures: 9,
      rows: [
        'None',
        'p_after',
        'p_berlin',
        'p_between',
        'p_late',
        'p_long_ago',
        'p_never',
        'p_no_time',
        'p_order_no_time',
      ],
      evidence: {
        unit: 'event',
        checked: 15,
        failed: 9,
        samples: [
          { customer: 'p_after' },
          { customer: 'p_berlin' },
          { customer: 'p_between' },
          { customer: 'p_late' },
          { customer: 'p_long_ago' },
          { customer: 'p_never' },
          { customer: 'p_no_time' },
          { customer: 'p_order_no_time' },
          { customer: null },
        ],
        periods: { first: '2025-03-07', last: '2025-03-09', failed: 3 },
        reasons: [
          { reason: 'without any order', failed: 7 },
          { reason: 'with order too long before', failed: 2 },
        ],
      },
    },
    good_order_a_day_before_refund: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: { unit: 'event', checked: 5, failed: 0 },
    },
  },
  refusals: [
    {
      arguments: { ...required, step_column: '' },
      sentence: '`step_column` must be a column or an expression, but it is "".',
    },
    { arguments: { ...required, event: 5 }, sentence: '`event` must be a column or an expression, but it is 5.' },
    {
      arguments: { ...required, predecessor: ['a'] },
      sentence: '`predecessor` must be a column or an expression, but it is ["a"].',
    },
    {
      arguments: { ...required, predecessor: 'refund' },
      sentence: '`event` and `predecessor` must be two different events, but both are "refund".',
    },
    { arguments: { ...required, same_columns: [] }, sentence: '`same_columns` must name at least one column.' },
    {
      arguments: { ...required, timestamp_column: 1 },
      sentence: '`timestamp_column` must be a column or an expression, but it is 1.',
    },
    {
      arguments: { ...required, context_columns: { a: 'b' } },
      sentence: '`context_columns` must be a column or a list of columns',
    },
    {
      arguments: { ...required, within_minutes: 0 },
      sentence: '`within_minutes` must be a whole number of at least 1, but it is 0.',
    },
    {
      arguments: { ...required, look_back: 1.5 },
      sentence: '`look_back` must be a whole number of at least 1, but it is 1.5.',
    },
    { arguments: { ...required, timezone: "'" }, sentence: '`timezone` must be a name such as Europe/Berlin' },
  ],
  mutations: [
    {
      what: 'exactly so long before fails',
      from: "'dq_report_event_at', within_minutes * 60)",
      to: "'dq_report_event_at', within_minutes * 60 - 1)",
    },
    {
      what: 'a second more is fine',
      from: "'dq_report_event_at', within_minutes * 60)",
      to: "'dq_report_event_at', within_minutes * 60 + 1)",
    },
    { what: 'the first predecessor counts', from: 'then max(case', to: 'then min(case' },
    {
      what: 'a later predecessor counts',
      from: 'rows between unbounded preceding and current row',
      to: 'rows between unbounded preceding and unbounded following',
    },
    {
      what: 'a predecessor at the same moment does not count',
      from: 'then 0 else 1 end',
      to: 'then 1 else 0 end',
    },
    { what: 'events of others count', from: "partition by {{ same | join(', ') }}", to: 'partition by 1' },
    {
      what: 'NULL finds predecessors of NULL within the window',
      from: "and {{ same | join(' is not null and ') }} is not null",
      to: '',
    },
    {
      what: 'NULL finds predecessors of NULL',
      from: 'events.{{ column }} = first_predecessors.{{ column }}',
      to: "coalesce(events.{{ column }}, '') = coalesce(first_predecessors.{{ column }}, '')",
    },
    {
      what: 'an event without a time finds predecessors within the window',
      from: 'when {{ timestamp_column }} is not null and',
      to: 'when',
    },
    { what: 'an event without a time finds predecessors', from: ' or dq_report_event_at is null', to: '' },
    {
      what: 'a first predecessor at the same moment does not count',
      from: 'dq_report_first_predecessor_at > dq_report_event_at',
      to: 'dq_report_first_predecessor_at >= dq_report_event_at',
    },
    {
      what: 'any predecessor is early enough',
      from: "    ~ ' or dq_report_first_predecessor_at > dq_report_event_at'",
      to: '',
    },
    {
      what: 'no predecessor is fine',
      from: 'dq_report_first_predecessor_at is null or ',
      to: '',
    },
    {
      what: 'no predecessor within the window is fine',
      from: "'dq_report_last_predecessor_at is null or ' ~",
      to: '',
    },
    { what: 'events without any predecessor are left out', from: 'left join', to: 'inner join' },
    {
      what: 'without a window, the look-back is ignored',
      from: '{{ is_event }} and {{ dq_report._is_recent(timestamp_column, look_back, timezone) }}',
      to: '{{ is_event }}',
    },
    {
      what: 'without a window, predecessors are read from the look-back alone',
      from: 'where {{ is_predecessor }}',
      to: 'where {{ is_predecessor }} and {{ dq_report._is_recent(timestamp_column, look_back, timezone) }}',
    },
    {
      what: 'the look-back is ignored',
      from: "_is_recent('dq_report_event_at', look_back, timezone)",
      to: "_is_recent('dq_report_event_at', none, timezone)",
    },
    {
      what: 'nothing is read from before the look-back',
      from: 'scanned, timezone)',
      to: 'look_back, timezone)',
    },
    {
      what: 'the time zone of the look-back is ignored',
      from: "_is_recent('dq_report_event_at', look_back, timezone)",
      to: "_is_recent('dq_report_event_at', look_back)",
    },
    {
      what: 'the time zone of the days is ignored',
      from: "_day('dq_report_event_at', timezone)",
      to: "_day('dq_report_event_at')",
    },
  ],
};
