{#-
  Fails for every closed day on which a column is NULL in all rows: the sign of a tag that no longer fires, or of a column
  that went missing on the way. With `segment_columns`, for every day and segment (a country, a site).

  Failing unit: a day, or with segments a day of a segment. With fewer rows than `minimum_rows` it is not judged. Rows
  without a timestamp count as one day of their own, so they cannot hide.
  NULL: what is looked for. An empty text is a value; make it NULL in the model if it means nothing. A segment of NULL is a
  segment like others.
  Not seen: a day without any rows, unless `days_without_rows: fail`. Then each closed day needs rows, of each segment that
  has any; without `look_back` from the first day with rows on. When there are none at all, at least yesterday fails.
-#}
{% test not_null_for_entire_day(
    model, column_name, timestamp_column, segment_columns=none, minimum_rows=1, look_back=none, timezone=none,
    days_without_rows='pass'
) %}
    {{ return(adapter.dispatch('test_not_null_for_entire_day', 'dq_report')(
        model, column_name, timestamp_column, segment_columns, minimum_rows, look_back, timezone, days_without_rows
    )) }}
{% endtest %}

{% macro default__test_not_null_for_entire_day(
    model, column_name, timestamp_column, segment_columns, minimum_rows, look_back, timezone, days_without_rows
) %}
{%- do dq_report._require_text(column_name, 'not_null_for_entire_day', 'column_name') -%}
{%- do dq_report._require_text(timestamp_column, 'not_null_for_entire_day', 'timestamp_column') -%}
{%- set segments = dq_report._named_expressions(segment_columns, 'not_null_for_entire_day', 'segment_columns') -%}
{%- do dq_report._require_whole_number(minimum_rows, 'not_null_for_entire_day', 'minimum_rows', minimum=1) -%}
{%- do dq_report._require_whole_number(look_back, 'not_null_for_entire_day', 'look_back', minimum=1, optional=true) -%}
{%- do dq_report._require_timezone(timezone, 'not_null_for_entire_day') -%}
{%- do dq_report._require(
    days_without_rows in ['pass', 'fail'],
    'not_null_for_entire_day',
    '`days_without_rows` must be pass or fail, but it is ' ~ dq_report._shown(days_without_rows) ~ '.'
) -%}
{%- set day = dq_report._day(timestamp_column, timezone) -%}
{%- set all_days = days_without_rows == 'fail' -%}

{%- set days -%}
with dq_report_counted as (

    select
        {{ day }} as dq_report_day,
        {%- for name, segment in segments.items() %}
        {{ segment }} as {{ name }},
        {%- endfor %}
        count(*) as dq_report_rows_of_the_day,
        count({{ column_name }}) as dq_report_rows_with_a_value
    from {{ model }}
    where {{ dq_report._is_recent(timestamp_column, look_back, timezone) }}
    group by {{ ([day] + segments.values() | list) | join(', ') }}
    {#- min, because in BigQuery `having` does not know what is grouped by. #}
    having min({{ day }}) < {{ dq_report._today(timezone) }} or min({{ day }}) is null

),

{% if all_days -%}
dq_report_filled as (

    {{ dq_report._every_closed_day(
        'dq_report_counted', ['dq_report_rows_of_the_day', 'dq_report_rows_with_a_value'], segments | list, look_back, timezone
    ) }}

),

{% endif -%}
dq_report_days as (

    select
        dq_report_day,
        {%- for name in segments %}
        {{ name }},
        {%- endfor %}
        dq_report_rows_of_the_day,
        dq_report_rows_with_a_value
    from {{ 'dq_report_filled' if all_days else 'dq_report_counted' }}
    where dq_report_rows_of_the_day >= {{ minimum_rows }}{{ ' or dq_report_rows_of_the_day = 0' if all_days }}

)
{%- endset -%}
{%- set keys = none -%}
{%- if segments -%}
    {%- set keys = {'dq_report_day' if 'day' in segments else 'day': 'dq_report_day'} -%}
    {%- for name in segments -%}
        {%- do keys.update({name: name}) -%}
    {%- endfor -%}
{%- endif -%}
{{ dq_report._select_failing(
    days, units='dq_report_days', failed_if='dq_report_rows_with_a_value = 0', unit='segment-day' if segments else 'day',
    columns=(['dq_report_day'] + segments | list + ['dq_report_rows_of_the_day']) | join(', '),
    keys=keys,
    measure='dq_report_rows_of_the_day', measure_name='rows', period='dq_report_day',
    reasons={'without any row': 'dq_report_rows_of_the_day = 0'} if all_days
) }}

{% endmacro %}
