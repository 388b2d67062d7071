{#-
  Fails for every closed day on which one of the expected values of a column does not occur: an event that went silent.
  With `segment_columns`, for every segment (a site, an app) in which it does not.

  Failing unit: an occurrence, that is a day and a value (and a segment) with fewer rows than `minimum_rows`. Every closed
  day has one for each value, also a day without any rows, up to yesterday: with `look_back` the last days, without it all
  since the first day with rows. Each segment that has rows on one of these days must have each value on all of them. When
  there are no rows at all, every day of `look_back` fails, without it yesterday.
  NULL: no value. A segment of NULL is a segment like others. Rows without a timestamp are on no day.
  Not seen: values that are not listed, and a segment that has no row on any of the days.
-#}
{% test expected_values_present(
    model, column_name, timestamp_column, values, segment_columns=none, minimum_rows=1, look_back=none, timezone=none
) %}
    {{ return(adapter.dispatch('test_expected_values_present', 'dq_report')(
        model, column_name, timestamp_column, values, segment_columns, minimum_rows, look_back, timezone
    )) }}
{% endtest %}

{% macro default__test_expected_values_present(
    model, column_name, timestamp_column, values, segment_columns, minimum_rows, look_back, timezone
) %}
{%- do dq_report._require_text(column_name, 'expected_values_present', 'column_name') -%}
{%- do dq_report._require_text(timestamp_column, 'expected_values_present', 'timestamp_column') -%}
{%- do dq_report._require(
    values is sequence and values is not string and values is not mapping and values | length > 0,
    'expected_values_present',
    '`values` must list the expected values, but it is ' ~ dq_report._shown(values) ~ '.'
) -%}
{#- By their texts: the filter `unique` takes A for a. -#}
{%- set expected = {} -%}
{%- for value in values -%}
    {%- do dq_report._require(
        value is string or (value is number and value is not boolean),
        'expected_values_present',
        '`values` must be texts or numbers, but one of them is ' ~ dq_report._shown(value) ~ '.'
    ) -%}
    {%- do expected.update({value | string: value}) -%}
{%- endfor -%}
{%- do dq_report._require(
    expected | length == values | length,
    'expected_values_present',
    '`values` must list each value once, but it is ' ~ dq_report._shown(values) ~ '.'
) -%}
{%- set segments = dq_report._named_expressions(segment_columns, 'expected_values_present', 'segment_columns') -%}
{%- do dq_report._require_whole_number(minimum_rows, 'expected_values_present', 'minimum_rows', minimum=1) -%}
{%- do dq_report._require_whole_number(look_back, 'expected_values_present', 'look_back', minimum=1, optional=true) -%}
{%- do dq_report._require_timezone(timezone, 'expected_values_present') -%}
{%- set day = dq_report._day(timestamp_column, timezone) -%}
{%- set counts = [] -%}
{%- for value in values -%}
    {%- do counts.append('dq_report_rows_' ~ loop.index) -%}
{%- endfor -%}

{%- set occurrences -%}
-- All values, because a segment is known by any of them, and grouping is faster than comparing each row.
with dq_report_grouped as (

    select
        {{ day }} as dq_report_day,
        {%- for name, segment in segments.items() %}
        {{ segment }} as {{ name }},
        {%- endfor %}
        {{ column_name }} as dq_report_value,
        count(*) as dq_report_rows
    from {{ model }}
    where {{ dq_report._is_recent(timestamp_column, look_back, timezone, known_only=true) }}
    group by {{ ([day, column_name] + segments.values() | list) | join(', ') }}
    {#- min, because in BigQuery `having` does not know what is grouped by. #}
    having min({{ day }}) < {{ dq_report._today(timezone) }}

),

dq_report_counted as (

    select
        dq_report_day,
        {%- for name in segments %}
        {{ name }},
        {%- endfor %}
        {%- for value in values %}
        sum(case when dq_report_value = {{ dq_report._literal(value) if value is string else value }} then dq_report_rows else 0 end) as {{ counts[loop.index0] }}{{ ',' if not loop.last }}
        {%- endfor %}
    from dq_report_grouped
    group by dq_report_day{% for name in segments %}, {{ name }}{% endfor %}

),

dq_report_days as (

    {{ dq_report._every_closed_day('dq_report_counted', counts, segments | list, look_back, timezone) }}

),

dq_report_values as (

    {% for value in values -%}
    select {{ loop.index }} as dq_report_value_number, cast({{ dq_report._literal(value) }} as {{ dbt.type_string() }}) as dq_report_expected_value
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}

),

dq_report_occurrences as (

    select
        dq_report_day,
        {%- for name in segments %}
        {{ name }},
        {%- endfor %}
        dq_report_value_number,
        dq_report_expected_value,
        case dq_report_value_number
            {%- for count in counts %}
            when {{ loop.index }} then {{ count }}
            {%- endfor %}
        end as dq_report_rows_with_the_value
    from dq_report_days
    cross join dq_report_values

)
{%- endset -%}
{%- set reasons = {} -%}
{%- for value in values -%}
    {%- do reasons.update({
        ('without ' if minimum_rows == 1 else 'with too few rows of ') ~ value: 'dq_report_value_number = ' ~ loop.index
    }) -%}
{%- endfor -%}
{%- set text = dbt.type_string() -%}
{%- set detail -%}
    cast(dq_report_day as {{ text }})
    {%- for name in segments %} || ', ' || coalesce(cast({{ name }} as {{ text }}), 'NULL'){% endfor %} || ': ' || {{ dq_report._amount_text('dq_report_rows_with_the_value', is_count=true) }} || case when dq_report_rows_with_the_value = 1 then ' row with ' else ' rows with ' end || dq_report_expected_value
    {%- if minimum_rows > 1 %} || ', expected at least {{ minimum_rows }}'{% endif %}
{%- endset -%}
{%- set keys = {'dq_report_day' if 'day' in segments else 'day': 'dq_report_day'} -%}
{%- for name in segments -%}
    {%- do keys.update({name: name}) -%}
{%- endfor -%}
{%- do keys.update({
    'dq_report_expected_value' if 'expected_value' in segments else 'expected_value': 'dq_report_expected_value'
}) -%}
{{ dq_report._select_failing(
    occurrences, units='dq_report_occurrences', failed_if='dq_report_rows_with_the_value < ' ~ minimum_rows, unit='occurrence',
    columns=(['dq_report_day'] + segments | list + ['dq_report_expected_value', 'dq_report_rows_with_the_value']) | join(', '),
    keys=keys, period='dq_report_day', reasons=reasons, detail=detail
) }}

{% endmacro %}
