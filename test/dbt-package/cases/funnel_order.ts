import type { TestCases } from './case.ts';

const required = {
  key_columns: 'form_id',
  step_column: 'step',
  timestamp_column: 'done_at',
  steps: ['open', 'fill', 'send'],
};

export const funnelOrder: TestCases = {
  cases: {
    form_steps_in_order: {
      status: 'fail',
      failures: 11,
      rows: [
        'None',
        'f_berlin',
        'f_from_fill',
        'f_no_step',
        'f_no_time',
        'f_old',
        'f_old_no_time',
        'f_send_first',
        'f_skip',
        'f_turn',
        'f_wrong',
      ],
      evidence: {
        unit: 'funnel',
        checked: 16,
        failed: 11,
        samples: [
          { form_id: 'f_berlin' },
          { form_id: 'f_from_fill' },
          { form_id: 'f_no_step' },
          { form_id: 'f_no_time' },
          { form_id: 'f_old' },
          { form_id: 'f_old_no_time' },
          { form_id: 'f_send_first' },
          { form_id: 'f_skip' },
          { form_id: 'f_turn' },
          { form_id: 'f_wrong' },
        ],
        periods: { first: '2025-03-06', last: '2025-03-09', failed: 4 },
        reasons: [
          { reason: 'with a step before an earlier one', failed: 5 },
          { reason: 'with a skipped step', failed: 2 },
          { reason: 'with an unknown key, step or time', failed: 4 },
        ],
      },
    },
    // From 7 March on: f_midnight, f_days, f_old and f_berlin began before.
    form_steps_in_order_in_three_days: {
      status: 'fail',
      failures: 7,
      rows: ['None', 'f_no_step', 'f_no_time', 'f_old_no_time', 'f_send_first', 'f_turn', 'f_wrong'],
      evidence: {
        unit: 'funnel',
        checked: 12,
        failed: 7,
        samples: [
          { form_id: 'f_no_step' },
          { form_id: 'f_no_time' },
          { form_id: 'f_old_no_time' },
          { form_id: 'f_send_first' },
          { form_id: 'f_turn' },
          { form_id: 'f_wrong' },
          { form_id: null },
        ],
        periods: { first: '2025-03-06', last: '2025-03-09', failed: 4 },
        reasons: [
          { reason: 'with a step before an earlier one', failed: 3 },
          { reason: 'with an unknown key, step or time', failed: 4 },
        ],
      },
    },
    // f_midnight and f_berlin began on 7 March there.
    form_steps_in_order_in_three_days_of_berlin: {
      status: 'fail',
      failures: 10,
      rows: [
        'None',
        'f_berlin',
        'f_from_fill',
        'f_no_step',
        'f_no_time',
        'f_old_no_time',
        'f_send_first',
        'f_skip',
        'f_turn',
        'f_wrong',
      ],
      evidence: {
        unit: 'funnel',
        checked: 14,
        failed: 10,
        samples: [
          { form_id: 'f_berlin' },
          { form_id: 'f_from_fill' },
          { form_id: 'f_no_step' },
          { form_id: 'f_no_time' },
          { form_id: 'f_old_no_time' },
          { form_id: 'f_send_first' },
          { form_id: 'f_skip' },
          { form_id: 'f_turn' },
          { form_id: 'f_wrong' },
          { form_id: null },
        ],
        periods: { first: '2025-03-06', last: '2025-03-10', failed: 4 },
        reasons: [
          { reason: 'with a step before an earlier one', failed: 4 },
          { reason: 'with a skipped step', failed: 2 },
          { reason: 'with an unknown key, step or time', failed: 4 },
        ],
      },
    },
    good_form_steps_in_order: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: { unit: 'funnel', checked: 5, failed: 0 },
    },
    // Two steps that differ in case alone.
    steps_of_forms_with_odd_keys: {
      status: 'fail',
      failures: 2,
      rows: ['a', 'b'],
      evidence: {
        unit: 'funnel',
        checked: 3,
        failed: 2,
        samples: [
          { reached_1: 'a', early_steps: 'y', events_0: 'p' },
          { reached_1: 'b', early_steps: 'x', events_0: 'p' },
        ],
        periods: { first: '2025-03-08', last: '2025-03-09', failed: 2 },
        reasons: [
          { reason: 'with a step before an earlier one', failed: 1 },
          { reason: 'with a skipped step', failed: 1 },
        ],
      },
    },
  },
  refusals: [
    {
      arguments: { ...required, key_columns: 'lower(form_id)' },
      sentence: '`key_columns` must name columns, but "lower(form_id)" is no name: give it one in the model.',
    },
    { arguments: { ...required, key_columns: [] }, sentence: '`key_columns` must name at least one column.' },
    {
      arguments: { ...required, step_column: 1 },
      sentence: '`step_column` must be a column or an expression, but it is 1.',
    },
    {
      arguments: { ...required, timestamp_column: '' },
      sentence: '`timestamp_column` must be a column or an expression, but it is "".',
    },
    {
      arguments: { ...required, steps: ['open', 'open'] },
      sentence: '`steps` must list two or more different steps in their order, but it is ["open", "open"].',
    },
    { arguments: { ...required, steps: 'open' }, sentence: '`steps` must list two or more different steps' },
    { arguments: { ...required, steps: ['open'] }, sentence: '`steps` must list two or more different steps' },
    {
      arguments: { ...required, allow_skipped_steps: 'yes' },
      sentence: '`allow_skipped_steps` must be true or false, but it is "yes".',
    },
    {
      arguments: { ...required, look_back: -1 },
      sentence: '`look_back` must be a whole number of at least 1, but it is -1.',
    },
    { arguments: { ...required, timezone: "'" }, sentence: '`timezone` must be a name such as Europe/Berlin' },
  ],
  mutations: [
    {
      what: 'steps at the same moment fail',
      caughtBy: 'form_steps_in_order',
      from: 'when dq_report_reached_{{ number }} < coalesce(',
      to: 'when dq_report_reached_{{ number }} <= coalesce(',
    },
    {
      what: 'the last time counts',
      caughtBy: 'form_steps_in_order',
      from: 'min(case when {{ is_this }} then',
      to: 'max(case when {{ is_this }} then',
    },
    {
      what: 'only the step right before is compared',
      caughtBy: 'form_steps_in_order_in_three_days',
      from: 'for earlier in range(number - 1, 0, -1)',
      to: 'for earlier in range(number - 1, number - 2, -1)',
    },
    {
      what: 'skipped steps are always allowed',
      caughtBy: 'form_steps_in_order',
      from: 'if not allow_skipped_steps',
      to: 'if false',
    },
    {
      what: 'skipped steps are never allowed',
      caughtBy: 'form_steps_in_order_in_three_days',
      from: 'if not allow_skipped_steps',
      to: 'if true',
    },
    {
      what: 'a skipped step is none if an earlier one was taken',
      caughtBy: 'form_steps_in_order',
      from: 'dq_report_events_{{ number }} > 0 and dq_report_events_{{ number - 1 }} = 0',
      to: 'dq_report_events_{{ number }} > 0 and dq_report_events_{{ number - 1 }} = 0 and dq_report_events_1 = 0',
    },
    {
      what: 'no step is fine',
      caughtBy: 'form_steps_in_order',
      from: ' or {{ step_column }} is null)',
      to: ')',
    },
    {
      what: 'no time is fine',
      caughtBy: 'form_steps_in_order',
      from: 'when dq_report_timeless_{{ number }} > 0 or',
      to: 'when',
    },
    {
      what: 'no key is fine',
      caughtBy: 'form_steps_in_order',
      from: ' or (dq_report_events_{{ number }} > 0 and ({{ without_key }}))',
      to: '',
    },
    {
      what: 'the look-back is ignored',
      caughtBy: 'form_steps_in_order_in_three_days',
      from: "_is_recent('dq_report_first_reached_at', look_back",
      to: "_is_recent('dq_report_first_reached_at', none",
    },
    {
      what: 'nothing is read from before the look-back',
      caughtBy: 'form_steps_in_order_in_three_days',
      from: '_is_recent(timestamp_column, scanned,',
      to: '_is_recent(timestamp_column, look_back,',
    },
    {
      what: 'old funnels may lack times',
      caughtBy: 'form_steps_in_order_in_three_days',
      from: '        or dq_report_timeless > 0\n',
      to: '',
    },
    {
      what: 'rows without a key hide behind older ones',
      caughtBy: 'form_steps_in_order_in_three_days',
      from: 'or (({{ without_key }}) and',
      to: 'or (1 = 0 and',
    },
    {
      what: 'the time zone of the look-back is ignored',
      caughtBy: 'form_steps_in_order_in_three_days_of_berlin',
      from: "_is_recent('dq_report_first_reached_at', look_back, timezone)",
      to: "_is_recent('dq_report_first_reached_at', look_back)",
    },
    {
      what: 'the time zone of the days is ignored',
      caughtBy: 'form_steps_in_order_in_three_days_of_berlin',
      from: "_day('dq_report_reached_at', timezone)",
      to: "_day('dq_report_reached_at')",
    },
  ],
};
