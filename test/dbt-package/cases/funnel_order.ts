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
      failures: 10,
      rows: [
        'None',
        'f_berlin',
        'f_from_fill',
        'f_no_step',
        'f_no_time',
        'f_old',
        'f_old_no_time',
        'f_skip',
        'f_turn',
        'f_wrong',
      ],
      evidence: {
        unit: 'funnel',
        checked: 15,
        failed: 10,
        samples: [
          { form_id: 'f_berlin' },
          { form_id: 'f_from_fill' },
          { form_id: 'f_no_step' },
          { form_id: 'f_no_time' },
          { form_id: 'f_old' },
          { form_id: 'f_old_no_time' },
          { form_id: 'f_skip' },
          { form_id: 'f_turn' },
          { form_id: 'f_wrong' },
          { form_id: null },
        ],
        periods: { first: '2025-03-06', last: '2025-03-09', failed: 4 },
        reasons: [
          { reason: 'with a step before an earlier one', failed: 4 },
          { reason: 'with a skipped step', failed: 2 },
          { reason: 'with an unknown key, step or time', failed: 4 },
        ],
      },
    },
    // From 7 March on: f_midnight, f_days, f_old and f_berlin began before.
    form_steps_in_order_in_three_days: {
      status: 'fail',
      failures: 6,
      rows: ['None', 'f_no_step', 'f_no_time', 'f_old_no_time', 'f_turn', 'f_wrong'],
      evidence: {
        unit: 'funnel',
        checked: 11,
        failed: 6,
        samples: [
          { form_id: 'f_no_step' },
          { form_id: 'f_no_time' },
          { form_id: 'f_old_no_time' },
          { form_id: 'f_turn' },
          { form_id: 'f_wrong' },
          { form_id: null },
        ],
        periods: { first: '2025-03-06', last: '2025-03-09', failed: 4 },
        reasons: [
          { reason: 'with a step before an earlier one', failed: 2 },
          { reason: 'with an unknown key, step or time', failed: 4 },
        ],
      },
    },
    // f_midnight and f_berlin began on 7 March there.
    form_steps_in_order_in_three_days_of_berlin: {
      status: 'fail',
      failures: 9,
      rows: [
        'None',
        'f_berlin',
        'f_from_fill',
        'f_no_step',
        'f_no_time',
        'f_old_no_time',
        'f_skip',
        'f_turn',
        'f_wrong',
      ],
      evidence: {
        unit: 'funnel',
        checked: 13,
        failed: 9,
        samples: [
          { form_id: 'f_berlin' },
          { form_id: 'f_from_fill' },
          { form_id: 'f_no_step' },
          { form_id: 'f_no_time' },
          { form_id: 'f_old_no_time' },
          { form_id: 'f_skip' },
          { form_id: 'f_turn' },
          { form_id: 'f_wrong' },
          { form_id: null },
        ],
        periods: { first: '2025-03-06', last: '2025-03-10', failed: 4 },
        reasons: [
          { reason: 'with a step before an earlier one', failed: 3 },
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
  },
  refusals: [
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
      from: 'reached_at < previous_step_reached_at',
      to: 'reached_at <= previous_step_reached_at',
    },
    { what: 'the last time counts', from: 'min(reached_at) as reached_at', to: 'max(reached_at) as reached_at' },
    {
      what: 'skipped steps are always allowed',
      from: 'if not allow_skipped_steps',
      to: 'if false',
    },
    { what: 'skipped steps are never allowed', from: 'if not allow_skipped_steps', to: 'if true' },
    {
      what: 'a funnel may begin anywhere',
      from: 'coalesce(previous_step_number, 0) <> step_number - 1',
      to: 'previous_step_number <> step_number - 1 or step_number = 99',
    },
    { what: 'no step is fine', from: '    or {{ step_column }} is null', to: '' },
    { what: 'no time is fine', from: 'events_without_time > 0 or {{', to: '{{' },
    { what: 'no key is fine', from: 'events_without_time > 0 or {{ without_key }}', to: 'events_without_time > 0' },
    {
      what: 'the look-back is ignored',
      from: "_is_recent('min(judged.reached_at)', look_back",
      to: "_is_recent('min(judged.reached_at)', none",
    },
    {
      what: 'nothing is read from before the look-back',
      from: '_is_recent(timestamp_column, scanned,',
      to: '_is_recent(timestamp_column, look_back,',
    },
    { what: 'old funnels may lack times', from: 'or max(events_without_time) > 0', to: '' },
    {
      what: 'rows without a key hide behind older ones',
      from: 'or (({{ without_key }}) and',
      to: 'or (1 = 0 and',
    },
    {
      what: 'the time zone of the look-back is ignored',
      from: "_is_recent('min(judged.reached_at)', look_back, timezone)",
      to: "_is_recent('min(judged.reached_at)', look_back)",
    },
    { what: 'the time zone of the days is ignored', from: "_day('reached_at', timezone)", to: "_day('reached_at')" },
    {
      what: 'the day is that of the last wrong step',
      from: 'min(case when fault is not null then judged.reached_at end)',
      to: 'max(judged.last_reached_at)',
    },
  ],
};
