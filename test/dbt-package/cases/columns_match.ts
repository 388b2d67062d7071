import type { TestCases } from './case.ts';

export const columnsMatch: TestCases = {
  cases: {
    visit_columns: {
      status: 'fail',
      failures: 1,
      rows: ['client_id'],
      evidence: {
        unit: 'column',
        checked: 4,
        failed: 1,
        samples: [{ column_name: 'client_id' }],
        detail: 'client_id is missing, probably renamed to clientId',
      },
    },
    visit_columns_and_no_others: {
      status: 'fail',
      failures: 2,
      rows: ['client_id', 'note'],
      evidence: {
        unit: 'column',
        checked: 5,
        failed: 2,
        samples: [{ column_name: 'client_id' }, { column_name: 'note' }],
        reasons: [
          { reason: 'renamed', failed: 1 },
          { reason: 'not declared', failed: 1 },
        ],
        detail: 'client_id is missing, probably renamed to clientId; note is not declared',
      },
    },
    // CLIENTID is not quoted, so it is clientId; INT is an integer.
    visit_columns_and_their_types: {
      status: 'fail',
      failures: 2,
      rows: ['browser', 'visited_on'],
      evidence: {
        unit: 'column',
        checked: 4,
        failed: 2,
        samples: [{ column_name: 'browser' }, { column_name: 'visited_on' }],
        reasons: [
          { reason: 'missing', failed: 1 },
          { reason: 'of another type', failed: 1 },
        ],
        detail: 'visited_on is DATE, declared as boolean; browser is missing',
      },
    },
    // A name that differs by an underscore alone is enough, whatever the type.
    visit_client_of_another_type: {
      status: 'fail',
      failures: 1,
      rows: ['client_id'],
      evidence: {
        unit: 'column',
        checked: 2,
        failed: 1,
        samples: [{ column_name: 'client_id' }],
        detail: 'client_id is missing, probably renamed to clientId',
      },
    },
    good_visit_columns_of_any_type: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: { unit: 'column', checked: 2, failed: 0 },
    },
    good_visit_columns_without_visits: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: { unit: 'column', checked: 2, failed: 0 },
    },
    quoted_columns: {
      status: 'fail',
      failures: 1,
      rows: ['clientid'],
      evidence: {
        unit: 'column',
        checked: 2,
        failed: 1,
        samples: [{ column_name: 'clientid' }],
        detail: 'clientid is missing, probably renamed to clientId',
      },
    },
    // Shared pairs of letters: transaction_id 18 of 21, amount 10 of 11 (amount_net only 10 of 14), discount_pct 14 of 20.
    // created_at shares 8 of 16 with updated_at, which is too few; ordered_at is alike, but no date.
    order_columns: {
      status: 'fail',
      failures: 7,
      rows: ['amount', 'amount_net', 'created_at', 'customer', 'discount_pct', 'ordered_on', 'transaction_id'],
      evidence: {
        unit: 'column',
        checked: 7,
        failed: 7,
        samples: [
          { column_name: 'amount' },
          { column_name: 'amount_net' },
          { column_name: 'created_at' },
          { column_name: 'customer' },
          { column_name: 'discount_pct' },
          { column_name: 'ordered_on' },
          { column_name: 'transaction_id' },
        ],
        reasons: [
          { reason: 'missing', failed: 4 },
          { reason: 'renamed', failed: 3 },
        ],
        detail:
          'transaction_id is missing, probably renamed to transact_id; ordered_on is missing; amount_net is missing; amount is missing, probably renamed to amounts; customer is missing; discount_pct is missing, …',
      },
    },
    // The last value on a closed day is of 7 March; today's does not count yet.
    client_still_filled: {
      status: 'fail',
      failures: 1,
      rows: ['client_id'],
      evidence: {
        unit: 'column',
        checked: 3,
        failed: 1,
        samples: [{ column_name: 'client_id' }],
        detail: 'client_id has no value since 2025-03-08, probably renamed to clientId',
      },
    },
    client_still_filled_in_two_days: {
      status: 'fail',
      failures: 1,
      rows: ['client_id'],
      evidence: {
        unit: 'column',
        checked: 3,
        failed: 1,
        samples: [{ column_name: 'client_id' }],
        detail: 'client_id has no value in the last 2 days, probably renamed to clientId',
      },
    },
    // There it is of 8 March, like the first value under the new name.
    good_client_still_filled_in_berlin: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: { unit: 'column', checked: 3, failed: 0 },
    },
    client_still_filled_and_no_other_columns: {
      status: 'fail',
      failures: 1,
      rows: ['client_id'],
      evidence: {
        unit: 'column',
        checked: 3,
        failed: 1,
        samples: [{ column_name: 'client_id' }],
        detail: 'client_id has no value since 2025-03-08, probably renamed to clientId',
      },
    },
    good_client_without_a_timestamp: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: { unit: 'column', checked: 3, failed: 0 },
    },
    good_client_still_filled_until_today: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: { unit: 'column', checked: 3, failed: 0 },
    },
    good_client_under_both_names: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: { unit: 'column', checked: 3, failed: 0 },
    },
    client_under_both_names_and_no_other_columns: {
      status: 'fail',
      failures: 1,
      rows: ['clientId'],
      evidence: {
        unit: 'column',
        checked: 4,
        failed: 1,
        samples: [{ column_name: 'clientId' }],
        detail: 'clientId is not declared',
      },
    },
    // The row without a time counts as one of 9 March.
    client_still_filled_in_visits_without_a_time: {
      status: 'fail',
      failures: 1,
      rows: ['client_id'],
      evidence: {
        unit: 'column',
        checked: 3,
        failed: 1,
        samples: [{ column_name: 'client_id' }],
        detail: 'client_id has no value since 2025-03-09, probably renamed to clientId',
      },
    },
    client_ever_filled: {
      status: 'fail',
      failures: 1,
      rows: ['client_id'],
      evidence: {
        unit: 'column',
        checked: 3,
        failed: 1,
        samples: [{ column_name: 'client_id' }],
        detail: 'client_id has no value on any day, probably renamed to clientId',
      },
    },
    client_still_filled_by_a_missing_day: {
      status: 'fail',
      failures: 1,
      rows: ['visited_on'],
      evidence: {
        unit: 'column',
        checked: 2,
        failed: 1,
        samples: [{ column_name: 'visited_on' }],
        detail: 'visited_on is missing, probably renamed to visited_at',
      },
    },
    vendor_columns: {
      status: 'fail',
      failures: 1,
      rows: ['amount'],
      evidence: {
        unit: 'column',
        checked: 2,
        failed: 1,
        samples: [{ column_name: 'amount' }],
        detail: 'amount is missing',
      },
    },
  },
  refusals: [
    { arguments: { columns: [] }, sentence: '`columns` must name at least one column.' },
    { arguments: { columns: {} }, sentence: '`columns` must name at least one column.' },
    { arguments: { columns: 3 }, sentence: '`columns` must be a column or a list of columns, but it is 3.' },
    { arguments: { columns: { id: 3 } }, sentence: '`columns` must map id to a type, but it is 3.' },
    {
      arguments: { timestamp_column: 3 },
      sentence: '`timestamp_column` must be a column or an expression, but it is 3.',
    },
    {
      arguments: { timestamp_column: 'paid_at', look_back: 0 },
      sentence: '`look_back` must be a whole number of at least 1, but it is 0.',
    },
    { arguments: { look_back: 7 }, sentence: '`look_back` needs a `timestamp_column`, but it is missing.' },
    { arguments: { timezone: "Berlin'" }, sentence: '`timezone` must be a name such as Europe/Berlin' },
    { arguments: { types: 'strict' }, sentence: '`types` must be check or ignore, but it is "strict".' },
    { arguments: { added: true }, sentence: '`added` must be pass or fail, but it is true.' },
  ],
  mutations: [
    {
      what: 'quotes around a name do not matter',
      from: '(not column.quoted and found.name | lower == column.name | lower)',
      to: 'found.name | lower == column.name | lower',
    },
    {
      what: 'upper and lower case matter',
      from: 'found.name == column.name or (not column.quoted and found.name | lower == column.name | lower)',
      to: 'found.name == column.name',
    },
    { what: 'types are always compared', from: "if types == 'check' else []", to: 'if true else []' },
    { what: 'types are never compared', from: '{%- elif column.expected', to: '{%- elif false' },
    { what: 'a precision must be declared', from: "exactly='(' in column.type", to: 'exactly=true' },
    { what: 'a renamed column keeps its type', from: 'likeness == 1 or (', to: '(' },
    { what: 'names need not be so alike', from: 'likeness >= 0.7', to: 'likeness >= 0.5' },
    { what: 'names must be more alike', from: 'likeness >= 0.7', to: 'likeness > 0.7' },
    { what: 'alike names of any type do', from: 'not type or ', to: 'true or ' },
    {
      what: 'the first alike name is taken, not the most alike',
      from: "alike | sort(attribute='likeness', reverse=true)",
      to: 'alike',
    },
    { what: 'two columns get the same new name', from: ' and pair.name not in taken', to: '' },
    { what: 'today counts', from: '{{ day }} < {{ today }}', to: '{{ day }} <= {{ today }}' },
    { what: 'rows without a time are left out', from: '{{ timestamp_column }} is null or', to: '1 = 0 or' },
    {
      what: 'rows without a time are of no day',
      from: 'coalesce({{ day }}, {{ dq_report._days_before(today, 1) }})',
      to: '{{ day }}',
    },
    { what: 'a value under both names has moved', from: 'when {{ old }} is null and ', to: 'when ' },
    {
      what: 'values may not move within a day',
      from: 'column.moved > column.filled',
      to: 'column.moved >= column.filled',
    },
    {
      what: 'the look-back is ignored',
      from: 'timestamp_column, look_back, timezone) }}',
      to: 'timestamp_column, none) }}',
    },
    { what: 'the time zone is ignored', from: '_day(timestamp_column, timezone)', to: '_day(timestamp_column)' },
    {
      what: 'since the last day with a value',
      from: 'dq_report._earlier_date(column.filled, -1)',
      to: 'column.filled',
    },
    { what: 'a new column fails', from: "added == 'fail' and ", to: '' },
    { what: 'a new name is told twice', from: ' and other.name not in explained', to: '' },
  ],
};
