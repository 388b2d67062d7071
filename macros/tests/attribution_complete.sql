{#-
  Fails for every conversion that is not attributed in full: one of the `touch_columns` names no channel.

  `conversion_condition` says which rows are conversions, all if it is left out. `missing_values` lists texts that mean
  "no channel" too, such as (not set). `key_columns` tell the failing conversions apart. With `timestamp_column` the
  evidence says on which days, and with `revenue_column` how much money.

  Failing unit: a conversion, that is a row of the model.
  NULL: a channel of NULL, and a blank one, is missing. Where the condition is NULL, the row counts as a conversion.
-#}
{% test attribution_complete(
    model, touch_columns, key_columns, conversion_condition=none, missing_values=none, timestamp_column=none,
    revenue_column=none
) %}
    {{ return(adapter.dispatch('test_attribution_complete', 'dq_report')(
        model, touch_columns, key_columns, conversion_condition, missing_values, timestamp_column, revenue_column
    )) }}
{% endtest %}

{% macro default__test_attribution_complete(
    model, touch_columns, key_columns, conversion_condition, missing_values, timestamp_column, revenue_column
) %}
{%- set touches = dq_report._column_list(touch_columns, 'attribution_complete', 'touch_columns') -%}
{%- set keys = dq_report._column_list(key_columns, 'attribution_complete', 'key_columns') -%}
{%- set missing = dq_report._column_list(missing_values, 'attribution_complete', 'missing_values', allow_empty=true) -%}
{%- do dq_report._require_optional_text(conversion_condition, 'attribution_complete', 'conversion_condition') -%}
{%- do dq_report._require_optional_text(timestamp_column, 'attribution_complete', 'timestamp_column') -%}
{%- do dq_report._require_optional_text(revenue_column, 'attribution_complete', 'revenue_column') -%}

{%- set conversions -%}
with conversions as (

    select
        {{ (keys + touches) | unique | join(', ') }}
        {%- if revenue_column %},
        {{ revenue_column }} as conversion_revenue
        {%- endif %}
        {%- if timestamp_column %},
        {{ dq_report._day(timestamp_column) }} as conversion_day
        {%- endif %}
    from {{ model }}
    {%- if conversion_condition is not none %}
    -- Not simply the condition: where it is NULL, the row must not slip through.
    where case when not ({{ conversion_condition }}) then 0 else 1 end = 1
    {%- endif %}

)
{%- endset -%}
{%- set no_channel = [] -%}
{%- for touch in touches -%}
    {%- do no_channel.append(touch ~ ' is null or trim(' ~ touch ~ ") = ''") -%}
    {%- for value in missing -%}
        {%- do no_channel.append(touch ~ ' = ' ~ dq_report._literal(value)) -%}
    {%- endfor -%}
{%- endfor -%}
{{ dq_report._select_failing(
    conversions, units='conversions', failed_if=no_channel | join(' or '), unit='conversion', keys=keys,
    measure='conversion_revenue' if revenue_column, measure_name=revenue_column,
    period='conversion_day' if timestamp_column
) }}

{% endmacro %}
