import type { TestCases } from './case.ts';

const required = { key_columns: 'client_id', timestamp_column: 'fired_at', within_seconds: 10 };

export const noDoubleFire: TestCases = {
  cases: {
    tag_fires_once: {
      status: 'fail',
      failures: 11,
      rows: [
        'None',
        'c_berlin',
        'c_midnight',
        'c_no_amount',
        'c_no_time',
        'c_old',
        'c_same',
        'c_ten',
        'c_thrice',
        'c_thrice',
        'c_today',
      ],
      evidence: {
        unit: 'event',
        checked: 27,
        failed: 11,
        measure: { name: 'amount', checked: 527, failed: 243 },
        samples: [
          { client_id: 'c_today', event: 'buy', amount: '60.00' },
          { client_id: 'c_berlin', event: 'buy', amount: '50.00' },
          { client_id: 'c_old', event: 'buy', amount: '40.00' },
          { client_id: 'c_thrice', event: 'buy', amount: '20.00' },
          { client_id: 'c_midnight', event: 'buy', amount: '30.00' },
          { client_id: 'c_ten', event: 'buy', amount: '10.00' },
          { client_id: null, event: 'buy', amount: '7.00' },
          { client_id: 'c_same', event: 'buy', amount: '5.00' },
          { client_id: 'c_no_time', event: 'buy', amount: '1.00' },
          { client_id: 'c_no_amount', event: 'buy', amount: null },
        ],
        periods: { first: '2025-03-06', last: '2025-03-10', failed: 5 },
        reasons: [
          { reason: 'at the same moment', failed: 1 },
          { reason: 'without a timestamp', failed: 1 },
        ],
      },
    },
    // From 7 March on; the repeat of c_midnight is in it, its first event is not.
    tag_fires_once_in_three_days: {
      status: 'fail',
      failures: 9,
      rows: ['None', 'c_midnight', 'c_no_amount', 'c_no_time', 'c_same', 'c_ten', 'c_thrice', 'c_thrice', 'c_today'],
      evidence: {
        unit: 'event',
        checked: 22,
        failed: 9,
        samples: [
          { fired_by: 'web', client_id: 'c_thrice', event: 'buy', amount: '20.00' },
          { fired_by: 'app', client_id: 'c_no_time', event: 'buy', amount: '1.00' },
          { fired_by: 'web', client_id: 'c_midnight', event: 'buy', amount: '30.00' },
          { fired_by: 'web', client_id: 'c_no_amount', event: 'buy', amount: null },
          { fired_by: 'web', client_id: 'c_same', event: 'buy', amount: '5.00' },
          { fired_by: 'web', client_id: 'c_ten', event: 'buy', amount: '10.00' },
          { fired_by: 'web', client_id: 'c_today', event: 'buy', amount: '60.00' },
          { fired_by: 'web', client_id: null, event: 'buy', amount: '7.00' },
        ],
        periods: { first: '2025-03-07', last: '2025-03-10', failed: 4 },
        reasons: [
          { reason: 'at the same moment', failed: 1 },
          { reason: 'without a timestamp', failed: 1 },
        ],
      },
    },
    // For c_berlin and c_midnight it was 7 March already.
    tag_fires_once_in_three_days_of_berlin: {
      status: 'fail',
      failures: 10,
      rows: [
        'None',
        'c_berlin',
        'c_midnight',
        'c_no_amount',
        'c_no_time',
        'c_same',
        'c_ten',
        'c_thrice',
        'c_thrice',
        'c_today',
      ],
      evidence: {
        unit: 'event',
        checked: 25,
        failed: 10,
        samples: [
          { fired_by: 'web', client_id: 'c_thrice', event: 'buy', amount: '20.00' },
          { fired_by: 'app', client_id: 'c_no_time', event: 'buy', amount: '1.00' },
          { fired_by: 'web', client_id: 'c_berlin', event: 'buy', amount: '50.00' },
          { fired_by: 'web', client_id: 'c_midnight', event: 'buy', amount: '30.00' },
          { fired_by: 'web', client_id: 'c_no_amount', event: 'buy', amount: null },
          { fired_by: 'web', client_id: 'c_same', event: 'buy', amount: '5.00' },
          { fired_by: 'web', client_id: 'c_ten', event: 'buy', amount: '10.00' },
          { fired_by: 'web', client_id: 'c_today', event: 'buy', amount: '60.00' },
          { fired_by: 'web', client_id: null, event: 'buy', amount: '7.00' },
        ],
        periods: { first: '2025-03-07', last: '2025-03-10', failed: 4 },
        reasons: [
          { reason: 'at the same moment', failed: 1 },
          { reason: 'without a timestamp', failed: 1 },
        ],
      },
    },
    tag_fires_once_at_a_moment: {
      status: 'fail',
      failures: 1,
      rows: ['c_same'],
      evidence: {
        unit: 'event',
        checked: 26,
        failed: 1,
        samples: [{ client_id: 'c_same', event: 'buy', amount: '5.00' }],
        periods: { first: '2025-03-08', last: '2025-03-08', failed: 1 },
        reasons: [{ reason: 'at the same moment', failed: 1 }],
      },
    },
    good_tag_fires_once: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: { unit: 'event', checked: 6, failed: 0, measure: { name: 'amount', checked: 61, failed: 0 } },
    },
  },
  refusals: [
    {
      arguments: { ...required, context_columns: ['events.id'] },
      sentence: '`context_columns` must name columns, but "events.id" is no name: give it one in the model.',
    },
    {
      arguments: { ...required, key_columns: ['client_id', 'amount / 2'] },
      sentence: '`key_columns` must name columns, but "amount / 2" is no name: give it one in the model.',
    },
    { arguments: { ...required, key_columns: [] }, sentence: '`key_columns` must name at least one column.' },
    {
      arguments: { ...required, timestamp_column: '' },
      sentence: '`timestamp_column` must be a column or an expression, but it is "".',
    },
    {
      arguments: { ...required, within_seconds: 0.5 },
      sentence: '`within_seconds` must be a whole number of at least 0, but it is 0.5.',
    },
    {
      arguments: { ...required, measure_column: 3 },
      sentence: '`measure_column` must be a column or an expression, but it is 3.',
    },
    {
      arguments: { ...required, context_columns: { a: 'b' } },
      sentence: '`context_columns` must be a column or a list of columns',
    },
    {
      arguments: { ...required, look_back: 0 },
      sentence: '`look_back` must be a whole number of at least 1, but it is 0.',
    },
    { arguments: { ...required, timezone: "'" }, sentence: '`timezone` must be a name such as Europe/Berlin' },
  ],
  mutations: [
    {
      what: 'exactly so many seconds are fine',
      caughtBy: 'tag_fires_once',
      from: "'dq_report_event_at', within_seconds)",
      to: "'dq_report_event_at', within_seconds - 1)",
    },
    {
      what: 'a second more counts as well',
      caughtBy: 'tag_fires_once',
      from: "'dq_report_event_at', within_seconds)",
      to: "'dq_report_event_at', within_seconds + 1)",
    },
    {
      what: 'the last key is forgotten',
      caughtBy: 'tag_fires_once',
      from: "partition by {{ keys | join(', ') }}",
      to: "partition by {{ keys[:-1] | join(', ') }}",
    },
    {
      what: 'the second key is forgotten',
      caughtBy: 'tag_fires_once',
      from: "partition by {{ keys | join(', ') }}",
      to: 'partition by {{ keys[0] }}, {{ keys[2] }}',
    },
    {
      what: 'rows with NULL in a key are left out',
      caughtBy: 'tag_fires_once',
      from: 'scanned, timezone) }}',
      to: 'scanned, timezone) }} and {{ keys[0] }} is not null',
    },
    {
      what: 'rows with NULL in a key repeat none',
      caughtBy: 'tag_fires_once',
      from: "~ dq_report._is_within('dq_report_previous_at'",
      to: "~ keys | join(' is not null and ') ~ ' is not null and ' ~ dq_report._is_within('dq_report_previous_at'",
    },
    {
      what: 'events without a timestamp are fine',
      caughtBy: 'tag_fires_once',
      from: "'dq_report_event_at is null or '",
      to: "''",
    },
    { what: 'the next event is the earlier one', caughtBy: 'tag_fires_once', from: 'lag(', to: 'lead(' },
    {
      what: 'the look-back is ignored',
      caughtBy: 'tag_fires_once_in_three_days',
      from: "_is_recent('dq_report_event_at', look_back, timezone)",
      to: "_is_recent('dq_report_event_at', none, timezone)",
    },
    {
      what: 'nothing is read from before the look-back',
      caughtBy: 'tag_fires_once_in_three_days',
      from: 'scanned, timezone)',
      to: 'look_back, timezone)',
    },
    {
      what: 'the time zone of the look-back is ignored',
      caughtBy: 'tag_fires_once_in_three_days_of_berlin',
      from: "_is_recent('dq_report_event_at', look_back, timezone)",
      to: "_is_recent('dq_report_event_at', look_back)",
    },
    {
      what: 'the time zone of the days is ignored',
      caughtBy: 'tag_fires_once_in_three_days_of_berlin',
      from: "_day('dq_report_event_at', timezone)",
      to: "_day('dq_report_event_at')",
    },
    {
      what: 'any repeat is at the same moment',
      caughtBy: 'tag_fires_once',
      from: "'dq_report_event_at = dq_report_previous_at'",
      to: "'dq_report_event_at >= dq_report_previous_at'",
    },
  ],
};
