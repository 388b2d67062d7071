import type { TestCases } from './case.ts';

const required = { session_column: 'visit_id', client_column: 'visitor', timestamp_column: 'hit_at' };

export const sessionInvariants: TestCases = {
  cases: {
    // s_good has a gap of exactly half an hour.
    session_hits_belong_together: {
      status: 'fail',
      failures: 8,
      rows: ['None', 's_berlin', 's_gap', 's_no_client', 's_no_time', 's_old', 's_old_no_time', 's_two'],
      evidence: {
        unit: 'session',
        checked: 15,
        failed: 8,
        measure: { name: 'rows', checked: 30, failed: 16 },
        samples: [
          { visit_id: 's_berlin' },
          { visit_id: 's_gap' },
          { visit_id: 's_no_client' },
          { visit_id: 's_no_time' },
          { visit_id: 's_old' },
          { visit_id: 's_old_no_time' },
          { visit_id: 's_two' },
          { visit_id: null },
        ],
        periods: { first: '2025-03-06', last: '2025-03-09', failed: 3 },
        reasons: [
          { reason: 'with several clients', failed: 1 },
          { reason: 'with a gap', failed: 3 },
          { reason: 'with a row without a client', failed: 1 },
          { reason: 'with a row without a timestamp', failed: 2 },
          { reason: 'without an id', failed: 1 },
        ],
      },
    },
    // From 7 March on: s_old, s_berlin and s_midnight began before. What lacks a timestamp is judged.
    session_hits_numbered_in_three_days: {
      status: 'fail',
      failures: 10,
      rows: [
        'None',
        's_double',
        's_from_two',
        's_gap',
        's_hole',
        's_no_client',
        's_no_number',
        's_no_time',
        's_old_no_time',
        's_two',
      ],
      evidence: {
        unit: 'session',
        checked: 12,
        failed: 10,
        measure: { name: 'rows', checked: 24, failed: 20 },
        samples: [
          { visit_id: 's_double' },
          { visit_id: 's_from_two' },
          { visit_id: 's_gap' },
          { visit_id: 's_hole' },
          { visit_id: 's_no_client' },
          { visit_id: 's_no_number' },
          { visit_id: 's_no_time' },
          { visit_id: 's_old_no_time' },
          { visit_id: 's_two' },
          { visit_id: null },
        ],
        periods: { first: '2025-03-06', last: '2025-03-09', failed: 3 },
        reasons: [
          { reason: 'with several clients', failed: 1 },
          { reason: 'with a gap', failed: 1 },
          { reason: 'with a hole in its numbering', failed: 4 },
          { reason: 'with a row without a client', failed: 1 },
          { reason: 'with a row without a timestamp', failed: 2 },
          { reason: 'without an id', failed: 1 },
        ],
      },
    },
    // s_berlin and s_midnight began on 7 March there.
    session_hits_belong_together_in_three_days_of_berlin: {
      status: 'fail',
      failures: 7,
      rows: ['None', 's_berlin', 's_gap', 's_no_client', 's_no_time', 's_old_no_time', 's_two'],
      evidence: {
        unit: 'session',
        checked: 14,
        failed: 7,
        measure: { name: 'rows', checked: 28, failed: 14 },
        samples: [
          { visit_id: 's_berlin' },
          { visit_id: 's_gap' },
          { visit_id: 's_no_client' },
          { visit_id: 's_no_time' },
          { visit_id: 's_old_no_time' },
          { visit_id: 's_two' },
          { visit_id: null },
        ],
        periods: { first: '2025-03-06', last: '2025-03-09', failed: 4 },
        reasons: [
          { reason: 'with several clients', failed: 1 },
          { reason: 'with a gap', failed: 2 },
          { reason: 'with a row without a client', failed: 1 },
          { reason: 'with a row without a timestamp', failed: 2 },
          { reason: 'without an id', failed: 1 },
        ],
      },
    },
    good_session_hits_of_two_hours: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: { unit: 'session', checked: 3, failed: 0, measure: { name: 'rows', checked: 6, failed: 0 } },
    },
    sessions_numbered: {
      status: 'fail',
      failures: 10,
      rows: ['None', 's_q4', 's_r2', 's_t1_again', 's_u', 's_v', 's_w1', 's_w7', 's_x2', 's_x4'],
      evidence: {
        unit: 'session',
        checked: 15,
        failed: 10,
        measure: { name: 'rows', checked: 16, failed: 11 },
        samples: [
          { visit_id: 's_u' },
          { visit_id: 's_q4' },
          { visit_id: 's_r2' },
          { visit_id: 's_t1_again' },
          { visit_id: 's_v' },
          { visit_id: 's_w1' },
          { visit_id: 's_w7' },
          { visit_id: 's_x2' },
          { visit_id: 's_x4' },
          { visit_id: null },
        ],
        periods: { first: '2025-03-06', last: '2025-03-09', failed: 4 },
        reasons: [
          { reason: 'with a wrong session number', failed: 8 },
          { reason: 'with a row without a timestamp', failed: 1 },
          { reason: 'without an id', failed: 1 },
        ],
      },
    },
    // s_q1 is not read, s_x2 is, but only for s_x4. Nobody knows when s_w1 was, so nothing follows for s_w7.
    sessions_numbered_in_three_days: {
      status: 'fail',
      failures: 7,
      rows: ['None', 's_q4', 's_t1_again', 's_u', 's_v', 's_w1', 's_x4'],
      evidence: {
        unit: 'session',
        checked: 13,
        failed: 7,
        measure: { name: 'rows', checked: 14, failed: 8 },
        samples: [
          { visit_id: 's_u' },
          { visit_id: 's_q4' },
          { visit_id: 's_t1_again' },
          { visit_id: 's_v' },
          { visit_id: 's_w1' },
          { visit_id: 's_x4' },
          { visit_id: null },
        ],
        periods: { first: '2025-03-07', last: '2025-03-09', failed: 2 },
        reasons: [
          { reason: 'with a wrong session number', failed: 5 },
          { reason: 'with a row without a timestamp', failed: 1 },
          { reason: 'without an id', failed: 1 },
        ],
      },
    },
  },
  refusals: [
    {
      arguments: { ...required, session_column: 7 },
      sentence: '`session_column` must be a column or an expression, but it is 7.',
    },
    {
      arguments: { ...required, client_column: ['a', 'b'] },
      sentence: '`client_column` must be a column or an expression, but it is ["a", "b"].',
    },
    {
      arguments: { session_column: 'visit_id', client_column: 'visitor' },
      sentence: '`timestamp_column` must be a column or an expression, but it is missing.',
    },
    {
      arguments: { ...required, timeout_minutes: 0 },
      sentence: '`timeout_minutes` must be a whole number of at least 1, but it is 0.',
    },
    {
      arguments: { ...required, event_number_column: true },
      sentence: '`event_number_column` must be a column or an expression, but it is true.',
    },
    {
      arguments: { ...required, session_number_column: '' },
      sentence: '`session_number_column` must be a column or an expression, but it is "".',
    },
    {
      arguments: { ...required, look_back: '7' },
      sentence: '`look_back` must be a whole number of at least 1, but it is "7".',
    },
    { arguments: { ...required, timezone: "'" }, sentence: '`timezone` must be a name such as Europe/Berlin' },
  ],
  mutations: [
    {
      what: 'a gap of exactly the timeout fails',
      from: "'event_at', timeout_minutes * 60)",
      to: "'event_at', timeout_minutes * 60 - 1)",
    },
    {
      what: 'a second more is fine',
      from: "'event_at', timeout_minutes * 60)",
      to: "'event_at', timeout_minutes * 60 + 1)",
    },
    {
      what: 'the timeout is always half an hour',
      from: "'event_at', timeout_minutes * 60)",
      to: "'event_at', 1800)",
    },
    { what: 'clients of NULL count as clients', from: 'count(client_id) as clients', to: 'count(*) as clients' },
    { what: 'several clients are fine', from: "'clients > 1', 'gaps > 0'", to: "'gaps > 0'" },
    { what: 'no client is fine', from: "'rows_without_client > 0', ", to: '' },
    { what: 'no timestamp is fine', from: ", 'rows_without_time > 0'] -%}", to: '] -%}' },
    { what: 'no session is fine', from: "['session_id is null', ", to: '[' },
    {
      what: 'the first event may have any number',
      from: 'event_number <> expected_event_number',
      to: '(event_number <> expected_event_number and event_number <> expected_event_number + 1)',
    },
    {
      what: 'the same number twice is fine',
      from: 'row_number() over (',
      to: 'dense_rank() over (',
    },
    {
      what: 'no event number is fine',
      from: 'event_number is null or event_number <> expected_event_number',
      to: 'event_number <> expected_event_number',
    },
    {
      what: 'several numbers in a session are fine',
      from: 'unnumbered_rows > 0 or other_session_numbers > 0',
      to: 'unnumbered_rows > 0',
    },
    {
      what: 'no session number is fine',
      from: 'unnumbered_rows > 0 or other_session_numbers > 0',
      to: 'other_session_numbers > 0',
    },
    {
      what: 'sessions may begin with any number',
      from: "'coalesce(previous_session_number, 0)' if look_back is none else ",
      to: '',
    },
    {
      what: 'sessions must begin with 1 in a look-back',
      from: "'coalesce(previous_session_number, 0)' if look_back is none else 'previous_session_number'",
      to: "'coalesce(previous_session_number, 0)'",
    },
    {
      what: 'sessions are numbered across clients',
      from: 'partition by client_id{{',
      to: 'partition by 1{{',
    },
    {
      what: 'sessions without timestamps come before others in a look-back',
      from: "then 1 end' if look_back is not none",
      to: "then 1 end' if look_back is none",
    },
    {
      what: 'the look-back is ignored',
      from: "_is_recent('min(first_event_at)', look_back",
      to: "_is_recent('min(first_event_at)', none",
    },
    {
      what: 'sessions that end within the look-back are judged',
      from: "_is_recent('min(first_event_at)'",
      to: "_is_recent('max(last_event_at)'",
    },
    {
      what: 'nothing is read from before the look-back',
      from: '_is_recent(timestamp_column, scanned,',
      to: '_is_recent(timestamp_column, look_back,',
    },
    { what: 'old sessions may lack timestamps', from: 'or max(untimed_rows) > 0', to: '' },
    {
      what: 'rows without a session hide behind older ones',
      from: 'or (session_id is null and',
      to: 'or (1 = 0 and',
    },
    {
      what: 'the time zone of the look-back is ignored',
      from: "_is_recent('min(first_event_at)', look_back, timezone)",
      to: "_is_recent('min(first_event_at)', look_back)",
    },
    { what: 'the time zone of the days is ignored', from: "_day('began_at', timezone)", to: "_day('began_at')" },
  ],
};
