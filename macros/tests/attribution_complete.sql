{#-
  Fails for every conversion that is not attributed in full: one of the `touch_columns` names no channel.

  `conversion_condition` says which rows are conversions, all if it is left out. `missing_values` lists texts that mean
  "no channel" too, such as (not set). `key_columns` tell the failing conversions apart. With `timestamp_column` the
  evidence says on which days, and with `revenue_column` how much money. With `max_missing_share` conversions without a
  channel fail only if they are more than this share of all conversions.

  With `weight_columns` or `attributed_revenue_columns` the model has a row for each touch of a conversion, and the rows with
  the same `key_columns` are one conversion. It fails too if a column of weights does not add up to 1, or a column of
  attributed revenue not to `revenue_column`. That holds the revenue of the whole conversion in each of its rows; where
  they differ, the conversion fails. With `look_back` all touches of a conversion need the same `timestamp_column`, that of
  the conversion, or some of them may not be read.

  Failing unit: a conversion, that is a row of the model, or a key if there are weights or attributed revenue.
  NULL: a channel of NULL, and a blank one, is missing. Channels that are numbers are compared as text. Where the condition
  is NULL, the row counts as a conversion. A weight, an attributed revenue and a revenue to compare it with of NULL fail
  the conversion, and so does a key of NULL if rows are brought together by it. Rows without a timestamp are always read.
  Not seen: weights that add up to 1 although one of them is negative.
-#}
{% test attribution_complete(
    model, touch_columns, key_columns, conversion_condition=none, missing_values=none, timestamp_column=none,
    revenue_column=none, max_missing_share=0, weight_columns=none, weight_tolerance=0.001, attributed_revenue_columns=none,
    tolerance=0.005, relative_tolerance=0, look_back=none, timezone=none
) %}
    {{ return(adapter.dispatch('test_attribution_complete', 'dq_report')(
        model, touch_columns, key_columns, conversion_condition, missing_values, timestamp_column, revenue_column,
        max_missing_share, weight_columns, weight_tolerance, attributed_revenue_columns, tolerance, relative_tolerance,
        look_back, timezone
    )) }}
{% endtest %}

{% macro default__test_attribution_complete(
    model, touch_columns, key_columns, conversion_condition, missing_values, timestamp_column, revenue_column,
    max_missing_share, weight_columns, weight_tolerance, attributed_revenue_columns, tolerance, relative_tolerance,
    look_back, timezone
) %}
{%- set touches = dq_report._column_list(touch_columns, 'attribution_complete', 'touch_columns') -%}
{%- set keys = dq_report._column_list(key_columns, 'attribution_complete', 'key_columns') -%}
{%- set missing = dq_report._text_list(missing_values, 'attribution_complete', 'missing_values', allow_empty=true) -%}
{%- do dq_report._require_optional_text(conversion_condition, 'attribution_complete', 'conversion_condition') -%}
{%- do dq_report._require_optional_text(timestamp_column, 'attribution_complete', 'timestamp_column') -%}
{%- do dq_report._require_optional_text(revenue_column, 'attribution_complete', 'revenue_column') -%}
{%- do dq_report._require_share(max_missing_share, 'attribution_complete', 'max_missing_share') -%}
{%- set weights = dq_report._text_list(weight_columns, 'attribution_complete', 'weight_columns', allow_empty=true) -%}
{%- do dq_report._require_amount(weight_tolerance, 'attribution_complete', 'weight_tolerance') -%}
{%- set amounts = dq_report._text_list(
    attributed_revenue_columns, 'attribution_complete', 'attributed_revenue_columns', allow_empty=true
) -%}
{%- do dq_report._require(
    not amounts or revenue_column is not none,
    'attribution_complete',
    '`attributed_revenue_columns` need a `revenue_column` to be compared with.'
) -%}
{%- do dq_report._require_amount(tolerance, 'attribution_complete', 'tolerance') -%}
{%- do dq_report._require_share(relative_tolerance, 'attribution_complete', 'relative_tolerance') -%}
{%- do dq_report._require_whole_number(look_back, 'attribution_complete', 'look_back', minimum=1, optional=true) -%}
{%- do dq_report._require(
    look_back is none or timestamp_column is not none, 'attribution_complete', '`look_back` needs a `timestamp_column`.'
) -%}
{%- do dq_report._require_timezone(timezone, 'attribution_complete') -%}

{%- set names_no_channel = [] -%}
{%- for touch in touches -%}
    {%- set text = 'cast(' ~ touch ~ ' as ' ~ dbt.type_string() ~ ')' -%}
    {%- set condition = [touch ~ ' is null', 'trim(' ~ text ~ ") = ''"] -%}
    {%- for value in missing -%}
        {%- do condition.append(text ~ ' = ' ~ dq_report._literal(value)) -%}
    {%- endfor -%}
    {%- do names_no_channel.append(condition | join(' or ')) -%}
{%- endfor -%}

{%- set is_read -%}
{{ dq_report._is_recent(timestamp_column, look_back, timezone) }}
{%- if conversion_condition is not none %}
    -- Not simply the condition: where it is NULL, the row must not slip through.
    and case when not ({{ conversion_condition }}) then 0 else 1 end = 1
{%- endif %}
{%- endset -%}

{#- Why conversions fail, by texts; those of `no_channel` only if their share is too large. -#}
{%- set no_channel = {} -%}
{%- set problems = {} -%}

{%- if weights or amounts -%}

{%- set conversions -%}
with dq_report_conversions as (

    select
        {{ keys | join(', ') }},
        count(*) as dq_report_rows_of_conversion
        {%- for condition in names_no_channel %},
        count(case when {{ condition }} then 1 end) as dq_report_rows_without_channel_{{ loop.index }}
        {%- endfor %}
        {%- for weight in weights %},
        sum({{ weight }}) as dq_report_weight_{{ loop.index }},
        count({{ weight }}) as dq_report_rows_with_weight_{{ loop.index }}
        {%- endfor %}
        {%- for amount in amounts %},
        sum({{ amount }}) as dq_report_attributed_revenue_{{ loop.index }},
        count({{ amount }}) as dq_report_rows_with_attributed_revenue_{{ loop.index }}
        {%- endfor %}
        {%- if revenue_column %},
        min({{ revenue_column }}) as dq_report_smallest_revenue,
        max({{ revenue_column }}) as dq_report_conversion_revenue,
        count({{ revenue_column }}) as dq_report_rows_with_revenue
        {%- endif %}
        {%- if timestamp_column %},
        max({{ dq_report._day(timestamp_column, timezone) }}) as dq_report_conversion_day
        {%- endif %}
    from {{ model }}
    where {{ is_read }}
    group by {{ keys | join(', ') }}

)
{%- endset -%}
{%- do problems.update({'without a key': keys | join(' is null or ') ~ ' is null'}) -%}
{%- for touch in touches -%}
    {%- do no_channel.update({'with a touch without ' ~ touch: 'dq_report_rows_without_channel_' ~ loop.index ~ ' > 0'}) -%}
{%- endfor -%}
{%- for weight in weights -%}
    {%- do problems.update({
        'with a touch without ' ~ weight: 'dq_report_rows_with_weight_' ~ loop.index ~ ' < dq_report_rows_of_conversion',
        'whose ' ~ weight ~ ' does not add up to 1': 'abs(dq_report_weight_' ~ loop.index ~ ' - 1) > ' ~ weight_tolerance,
    }) -%}
{%- endfor -%}
{%- if amounts -%}
    {%- do problems.update({'with a touch without ' ~ revenue_column: 'dq_report_rows_with_revenue < dq_report_rows_of_conversion'}) -%}
{%- endif -%}
{%- for amount in amounts -%}
    {%- set sum = 'dq_report_attributed_revenue_' ~ loop.index -%}
    {%- do problems.update({
        'with a touch without ' ~ amount: 'dq_report_rows_with_attributed_revenue_' ~ loop.index ~ ' < dq_report_rows_of_conversion',
        'whose ' ~ amount ~ ' does not add up to ' ~ revenue_column:
            dq_report._differs(sum, 'dq_report_smallest_revenue', tolerance, relative_tolerance)
            ~ ' or ' ~ dq_report._differs(sum, 'dq_report_conversion_revenue', tolerance, relative_tolerance),
    }) -%}
{%- endfor -%}

{%- else -%}

{%- set conversions -%}
with dq_report_conversions as (

    select
        {{ (keys + touches) | unique(case_sensitive=true) | join(', ') }}
        {%- if revenue_column %},
        {{ revenue_column }} as dq_report_conversion_revenue
        {%- endif %}
        {%- if timestamp_column %},
        {{ dq_report._day(timestamp_column, timezone) }} as dq_report_conversion_day
        {%- endif %}
    from {{ model }}
    where {{ is_read }}

)
{%- endset -%}
{%- for touch in touches -%}
    {%- do no_channel.update({'without ' ~ touch: names_no_channel[loop.index0]}) -%}
{%- endfor -%}

{%- endif -%}

{%- set counted -%}
{{ conversions }}
{%- if max_missing_share > 0 %},

dq_report_shares as (

    select
        count(case when {{ no_channel.values() | join(' or ') }} then 1 end) as dq_report_conversions_without_channel,
        count(*) as dq_report_all_conversions
    from dq_report_conversions

),

-- Not a window over all rows: it costs three times as much.
dq_report_counted as (

    select *
    from dq_report_conversions
    cross join dq_report_shares

)
{%- endif %}
{%- endset -%}

{%- set reasons = {} -%}
{%- for reason, condition in no_channel.items() -%}
    {%- set too_many = ' and dq_report_conversions_without_channel > ' ~ max_missing_share ~ ' * dq_report_all_conversions' -%}
    {%- do reasons.update({reason: '(' ~ condition ~ ')' ~ (too_many if max_missing_share > 0 else '')}) -%}
{%- endfor -%}
{%- do reasons.update(problems) -%}
{{ dq_report._select_failing(
    counted, units='dq_report_counted' if max_missing_share > 0 else 'dq_report_conversions',
    failed_if='(' ~ reasons.values() | join(') or (') ~ ')', unit='conversion', keys=keys,
    measure='dq_report_conversion_revenue' if revenue_column, measure_name=revenue_column,
    period='dq_report_conversion_day' if timestamp_column, reasons=reasons
) }}

{% endmacro %}
