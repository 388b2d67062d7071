import type { TestCases } from './case.ts';

const inShopA = (sales: readonly string[]) => sales.map((sale) => ({ sale_id: sale, shop: 'A' }));
const grouped = { key_columns: 'id', touch_columns: 'channel', weight_columns: 'weight' };

export const attributionComplete: TestCases = {
  cases: {
    // Not U6, which is a trial; U4 has no state and may be a conversion. A key of NULL does no harm here.
    signups_name_a_channel: {
      status: 'fail',
      failures: 4,
      rows: ['U2', 'U3', 'U4', 'U5'],
      evidence: {
        unit: 'conversion',
        checked: 8,
        failed: 4,
        measure: { name: 'amount', checked: 156, failed: 140 },
        samples: ['U5', 'U4', 'U3', 'U2'].map((id) => ({ signup_id: id })),
        periods: { first: '2025-03-06', last: '2025-03-09', failed: 3 },
        reasons: [
          { reason: 'without first_channel', failed: 3 },
          { reason: 'without last_channel', failed: 2 },
        ],
      },
    },
    half_of_the_signups_may_lack_a_channel: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: { unit: 'conversion', checked: 8, failed: 0, measure: { name: 'amount', checked: 156, failed: 0 } },
    },
    more_signups_lack_a_channel_than_may: {
      status: 'fail',
      failures: 4,
      rows: ['U2', 'U3', 'U4', 'U5'],
      evidence: {
        unit: 'conversion',
        checked: 8,
        failed: 4,
        measure: { name: 'amount', checked: 156, failed: 140 },
        samples: ['U5', 'U4', 'U3', 'U2'].map((id) => ({ signup_id: id })),
        periods: { first: '2025-03-06', last: '2025-03-09', failed: 3 },
        reasons: [
          { reason: 'without first_channel', failed: 3 },
          { reason: 'without last_channel', failed: 2 },
        ],
      },
    },
    // Since 7 March, and U5 without a time.
    signups_of_three_days_name_a_channel: {
      status: 'fail',
      failures: 3,
      rows: ['U2', 'U3', 'U5'],
      evidence: {
        unit: 'conversion',
        checked: 6,
        failed: 3,
        measure: { name: 'amount', checked: 111, failed: 100 },
        samples: ['U5', 'U3', 'U2'].map((id) => ({ signup_id: id })),
        periods: { first: '2025-03-07', last: '2025-03-09', failed: 2 },
        reasons: [
          { reason: 'without first_channel', failed: 2 },
          { reason: 'without last_channel', failed: 1 },
        ],
      },
    },
    // U4 signed up half an hour after midnight in Berlin.
    signups_of_three_days_of_berlin_name_a_channel: {
      status: 'fail',
      failures: 4,
      rows: ['U2', 'U3', 'U4', 'U5'],
      evidence: {
        unit: 'conversion',
        checked: 7,
        failed: 4,
        measure: { name: 'amount', checked: 151, failed: 140 },
        samples: ['U5', 'U4', 'U3', 'U2'].map((id) => ({ signup_id: id })),
        periods: { first: '2025-03-07', last: '2025-03-09', failed: 2 },
        reasons: [
          { reason: 'without first_channel', failed: 3 },
          { reason: 'without last_channel', failed: 2 },
        ],
      },
    },
    // Three weights of a third are close enough to 1; both sales S13 are right in their shops.
    sales_are_attributed_in_full: {
      status: 'fail',
      failures: 15,
      rows: 'None S03 S04 S05 S06 S07 S08 S09 S10 S11 S12 S15 S16 S18 S19'.split(' '),
      evidence: {
        unit: 'conversion',
        checked: 20,
        failed: 15,
        measure: { name: 'revenue', checked: 691, failed: 461 },
        samples: inShopA(['S03', 'S04', 'S18', 'S05', 'S10', 'S07', 'S08', 'S09', 'S06', 'S16']),
        periods: { first: '2025-03-06', last: '2025-03-09', failed: 4 },
        reasons: [
          { reason: 'with a touch without channel', failed: 1 },
          { reason: 'without a key', failed: 2 },
          { reason: 'with a touch without weight', failed: 1 },
          { reason: 'whose weight does not add up to 1', failed: 3 },
          { reason: 'with a touch without revenue', failed: 1 },
          { reason: 'with a touch without credit', failed: 1 },
          { reason: 'whose credit does not add up to revenue', failed: 6 },
        ],
      },
    },
    // Within them: S03 and S11 by their weights, S15 by 2 % of a refund, S16 by 0.50. S18 is off by 2 % of its credit.
    sales_are_attributed_within_tolerance: {
      status: 'fail',
      failures: 11,
      rows: 'None S04 S05 S06 S07 S08 S09 S10 S12 S18 S19'.split(' '),
      evidence: {
        unit: 'conversion',
        checked: 20,
        failed: 11,
        measure: { name: 'revenue', checked: 691, failed: 442 },
        samples: [
          ...inShopA(['S04', 'S18', 'S05', 'S10', 'S07', 'S08', 'S09', 'S06', 'S12']),
          { sale_id: 'S19', shop: null },
        ],
        periods: { first: '2025-03-07', last: '2025-03-09', failed: 3 },
        reasons: [
          { reason: 'with a touch without channel', failed: 1 },
          { reason: 'without a key', failed: 2 },
          { reason: 'with a touch without weight', failed: 1 },
          { reason: 'whose weight does not add up to 1', failed: 1 },
          { reason: 'with a touch without revenue', failed: 1 },
          { reason: 'with a touch without credit', failed: 1 },
          { reason: 'whose credit does not add up to revenue', failed: 4 },
        ],
      },
    },
    // Without S11, which was sold on 6 March.
    sales_of_three_days_are_attributed_in_full: {
      status: 'fail',
      failures: 14,
      rows: 'None S03 S04 S05 S06 S07 S08 S09 S10 S12 S15 S16 S18 S19'.split(' '),
      evidence: {
        unit: 'conversion',
        checked: 19,
        failed: 14,
        measure: { name: 'revenue', checked: 682, failed: 452 },
        samples: inShopA(['S03', 'S04', 'S18', 'S05', 'S10', 'S07', 'S08', 'S09', 'S06', 'S16']),
        periods: { first: '2025-03-07', last: '2025-03-09', failed: 3 },
        reasons: [
          { reason: 'with a touch without channel', failed: 1 },
          { reason: 'without a key', failed: 2 },
          { reason: 'with a touch without weight', failed: 1 },
          { reason: 'whose weight does not add up to 1', failed: 2 },
          { reason: 'with a touch without revenue', failed: 1 },
          { reason: 'with a touch without credit', failed: 1 },
          { reason: 'whose credit does not add up to revenue', failed: 6 },
        ],
      },
    },
    // In Berlin it was 7 March already.
    sales_of_three_days_of_berlin_are_attributed_in_full: {
      status: 'fail',
      failures: 15,
      rows: 'None S03 S04 S05 S06 S07 S08 S09 S10 S11 S12 S15 S16 S18 S19'.split(' '),
      evidence: {
        unit: 'conversion',
        checked: 20,
        failed: 15,
        measure: { name: 'revenue', checked: 691, failed: 461 },
        samples: inShopA(['S03', 'S04', 'S18', 'S05', 'S10', 'S07', 'S08', 'S09', 'S06', 'S16']),
        periods: { first: '2025-03-07', last: '2025-03-09', failed: 3 },
        reasons: [
          { reason: 'with a touch without channel', failed: 1 },
          { reason: 'without a key', failed: 2 },
          { reason: 'with a touch without weight', failed: 1 },
          { reason: 'whose weight does not add up to 1', failed: 3 },
          { reason: 'with a touch without revenue', failed: 1 },
          { reason: 'with a touch without credit', failed: 1 },
          { reason: 'whose credit does not add up to revenue', failed: 6 },
        ],
      },
    },
    // S10 is one of 20. Revenue is not looked at.
    weights_of_sales_add_up_and_one_may_lack_a_channel: {
      status: 'fail',
      failures: 6,
      rows: 'None S03 S05 S11 S12 S19'.split(' '),
      evidence: {
        unit: 'conversion',
        checked: 20,
        failed: 6,
        samples: [
          ...inShopA(['S03', 'S05', 'S11', 'S12']),
          { sale_id: 'S19', shop: null },
          { sale_id: null, shop: 'A' },
        ],
        reasons: [
          { reason: 'without a key', failed: 2 },
          { reason: 'with a touch without weight', failed: 1 },
          { reason: 'whose weight does not add up to 1', failed: 3 },
        ],
      },
    },
    // The two sales S13 are taken for one, whose rows differ in revenue. Weights are not looked at.
    credit_of_sales_in_any_shop: {
      status: 'fail',
      failures: 11,
      rows: 'None S04 S06 S07 S08 S09 S10 S13 S15 S16 S18'.split(' '),
      evidence: {
        unit: 'conversion',
        checked: 19,
        failed: 11,
        measure: { name: 'revenue', checked: 681, failed: 291 },
        samples: ['S04', 'S18', 'S10', 'S07', 'S08', 'S09', 'S06', 'S13', 'S16', null].map((id) => ({ sale_id: id })),
        reasons: [
          { reason: 'with a touch without channel', failed: 1 },
          { reason: 'without a key', failed: 1 },
          { reason: 'with a touch without revenue', failed: 1 },
          { reason: 'with a touch without credit', failed: 1 },
          { reason: 'whose credit does not add up to revenue', failed: 7 },
        ],
      },
    },
    good_attribution_of_sales: {
      status: 'pass',
      failures: 0,
      rows: [],
      evidence: { unit: 'conversion', checked: 5, failed: 0, measure: { name: 'revenue', checked: 230, failed: 0 } },
    },
    signups_name_a_channel_number: {
      status: 'fail',
      failures: 2,
      rows: ['N2', 'N3'],
      evidence: {
        unit: 'conversion',
        checked: 3,
        failed: 2,
        measure: { name: 'amount', checked: 35, failed: 25 },
        samples: [
          { conversion_revenue: 'N2', conversion_day: 'k' },
          { conversion_revenue: 'N3', conversion_day: 'k' },
        ],
        periods: { first: '2025-03-08', last: '2025-03-09', failed: 2 },
        reasons: [{ reason: 'without channel_number', failed: 2 }],
      },
    },
  },
  refusals: [
    {
      arguments: { ...grouped, key_columns: 'lower(id)' },
      sentence: '`key_columns` must name columns, but "lower(id)" is no name: give it one in the model.',
    },
    {
      arguments: { ...grouped, touch_columns: 'lower(channel)' },
      sentence: '`touch_columns` must name columns, but "lower(channel)" is no name: give it one in the model.',
    },
    { arguments: { touch_columns: 'channel' }, sentence: '`key_columns` must name at least one column.' },
    { arguments: { key_columns: 'id' }, sentence: '`touch_columns` must name at least one column.' },
    {
      arguments: { ...grouped, missing_values: { none: true } },
      sentence: '`missing_values` must be a column or a list of columns, but it is {"none": true}.',
    },
    {
      arguments: { ...grouped, max_missing_share: 5 },
      sentence: '`max_missing_share` must be a number from 0 to 1, but it is 5.',
    },
    {
      arguments: { ...grouped, weight_columns: [1] },
      sentence: '`weight_columns` must be a column or an expression, but it is 1.',
    },
    {
      arguments: { ...grouped, weight_tolerance: -0.1 },
      sentence: '`weight_tolerance` must be a number of at least 0, but it is -0.1.',
    },
    {
      arguments: { ...grouped, attributed_revenue_columns: ['credit'] },
      sentence: '`attributed_revenue_columns` need a `revenue_column` to be compared with.',
    },
    {
      arguments: { ...grouped, tolerance: 'much' },
      sentence: '`tolerance` must be a number of at least 0, but it is "much".',
    },
    {
      arguments: { ...grouped, relative_tolerance: -1 },
      sentence: '`relative_tolerance` must be a number from 0 to 1, but it is -1.',
    },
    { arguments: { ...grouped, look_back: 7 }, sentence: '`look_back` needs a `timestamp_column`.' },
    {
      arguments: { ...grouped, look_back: '7', timestamp_column: 'day' },
      sentence: '`look_back` must be a whole number of at least 1, but it is "7".',
    },
    {
      arguments: { ...grouped, timezone: "Berlin'" },
      sentence: '`timezone` must be a name such as Europe/Berlin',
    },
  ],
  mutations: [
    { what: 'a channel of NULL passes', caughtBy: 'signups_name_a_channel', from: "[touch ~ ' is null', ", to: '[' },
    {
      what: 'a blank channel passes',
      caughtBy: 'signups_name_a_channel',
      from: ", 'trim(' ~ text ~ \") = ''\"]",
      to: ']',
    },
    {
      what: 'values that mean nothing pass',
      caughtBy: 'signups_name_a_channel',
      from: '{%- for value in missing -%}',
      to: '{%- for value in [] -%}',
    },
    {
      what: 'rows whose condition is NULL pass',
      caughtBy: 'signups_name_a_channel',
      from: 'case when not ({{ conversion_condition }}) then 0 else 1 end = 1',
      to: '({{ conversion_condition }})',
    },
    {
      what: 'the condition is ignored',
      caughtBy: 'signups_name_a_channel',
      from: '{%- if conversion_condition is not none %}',
      to: '{%- if false %}',
    },
    {
      what: 'the look-back is ignored',
      caughtBy: 'signups_of_three_days_name_a_channel',
      from: '_is_recent(timestamp_column, look_back, timezone)',
      to: '_is_recent(timestamp_column, none, timezone)',
    },
    {
      what: 'the look-back is one of UTC',
      caughtBy: 'signups_of_three_days_of_berlin_name_a_channel',
      from: '_is_recent(timestamp_column, look_back, timezone)',
      to: '_is_recent(timestamp_column, look_back)',
    },
    {
      what: 'the days of rows are those of UTC',
      caughtBy: 'signups_of_three_days_of_berlin_name_a_channel',
      from: '        {{ dq_report._day(timestamp_column, timezone) }} as',
      to: '        {{ dq_report._day(timestamp_column) }} as',
    },
    {
      what: 'the days of conversions are those of UTC',
      caughtBy: 'sales_of_three_days_of_berlin_are_attributed_in_full',
      from: 'max({{ dq_report._day(timestamp_column, timezone) }})',
      to: 'max({{ dq_report._day(timestamp_column) }})',
    },
    {
      what: 'only the first touch column is looked at',
      caughtBy: 'signups_name_a_channel',
      from: "{%- do no_channel.update({'without ' ~ touch: names",
      to: "{%- do no_channel.update({} if loop.index > 1 else {'without ' ~ touch: names",
    },
    {
      what: 'a share that is just allowed fails',
      caughtBy: 'half_of_the_signups_may_lack_a_channel',
      from: "dq_report_conversions_without_channel > '",
      to: "dq_report_conversions_without_channel >= '",
    },
    {
      what: 'the share is ignored',
      caughtBy: 'half_of_the_signups_may_lack_a_channel',
      from: '(too_many if max_missing_share > 0',
      to: '(too_many if false',
    },
    {
      what: 'the share allows all',
      caughtBy: 'more_signups_lack_a_channel_than_may',
      from: "' and dq_report_conversions_without_channel > ' ~ max_missing_share ~ ' * dq_report_all_conversions'",
      to: "' and 1 = 0'",
    },
    {
      what: 'weights alone are not looked at',
      caughtBy: 'weights_of_sales_add_up_and_one_may_lack_a_channel',
      from: '{%- if weights or amounts -%}',
      to: '{%- if amounts -%}',
    },
    {
      what: 'attributed revenue alone is not looked at',
      caughtBy: 'credit_of_sales_in_any_shop',
      from: '{%- if weights or amounts -%}',
      to: '{%- if weights -%}',
    },
    {
      what: 'a key of NULL is a conversion like others',
      caughtBy: 'sales_are_attributed_in_full',
      from: "keys | join(' is null or ') ~ ' is null'",
      to: "'1 = 0'",
    },
    {
      what: 'only the first key column may not be NULL',
      caughtBy: 'sales_are_attributed_in_full',
      from: "keys | join(' is null or ') ~ ' is null'",
      to: "keys[0] ~ ' is null'",
    },
    {
      what: 'one touch with a channel is enough',
      caughtBy: 'sales_are_attributed_in_full',
      from: "' > 0'})",
      to: "' = dq_report_rows_of_conversion'})",
    },
    {
      what: 'a weight of NULL is 0',
      caughtBy: 'sales_are_attributed_in_full',
      from: "'dq_report_rows_with_weight_' ~ loop.index ~ ' < dq_report_rows_of_conversion'",
      to: "'1 = 0'",
    },
    {
      what: 'weights need not reach 1',
      caughtBy: 'sales_are_attributed_in_full',
      from: "'abs(dq_report_weight_' ~ loop.index ~ ' - 1) > '",
      to: "'dq_report_weight_' ~ loop.index ~ ' - 1 > '",
    },
    {
      what: 'weights may be more than 1',
      caughtBy: 'sales_are_attributed_in_full',
      from: "'abs(dq_report_weight_' ~ loop.index ~ ' - 1) > '",
      to: "'1 - dq_report_weight_' ~ loop.index ~ ' > '",
    },
    {
      what: 'the weights have a fixed tolerance',
      caughtBy: 'sales_are_attributed_within_tolerance',
      from: "' - 1) > ' ~ weight_tolerance",
      to: "' - 1) > 0.001'",
    },
    {
      what: 'the weights have no tolerance',
      caughtBy: 'sales_are_attributed_in_full',
      from: "' - 1) > ' ~ weight_tolerance",
      to: "' - 1) > 0'",
    },
    {
      what: 'an attributed revenue of NULL is 0',
      caughtBy: 'sales_are_attributed_in_full',
      from: "'dq_report_rows_with_attributed_revenue_' ~ loop.index ~ ' < dq_report_rows_of_conversion'",
      to: "'1 = 0'",
    },
    {
      what: 'a revenue of NULL is left out',
      caughtBy: 'sales_are_attributed_in_full',
      from: "'dq_report_rows_with_revenue < dq_report_rows_of_conversion'",
      to: "'1 = 0'",
    },
    {
      what: 'the largest revenue alone is compared',
      caughtBy: 'sales_are_attributed_in_full',
      from: "sum, 'dq_report_smallest_revenue', tolerance",
      to: "sum, 'dq_report_conversion_revenue', tolerance",
    },
    {
      what: 'the smallest revenue alone is compared',
      caughtBy: 'sales_are_attributed_in_full',
      from: "sum, 'dq_report_conversion_revenue', tolerance, relative_tolerance)",
      to: "sum, 'dq_report_smallest_revenue', tolerance, relative_tolerance)",
    },
    {
      what: 'the tolerance is ignored',
      caughtBy: 'sales_are_attributed_within_tolerance',
      from: "sum, 'dq_report_conversion_revenue', tolerance, relative_tolerance)",
      to: "sum, 'dq_report_conversion_revenue', 0.005, relative_tolerance)",
    },
    {
      what: 'the relative tolerance is ignored',
      caughtBy: 'sales_are_attributed_within_tolerance',
      from: "sum, 'dq_report_conversion_revenue', tolerance, relative_tolerance)",
      to: "sum, 'dq_report_conversion_revenue', tolerance, 0)",
    },
  ],
};
