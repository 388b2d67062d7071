{#-
  Fails for every day whose rows were not there by a time of day, `due_time`, on the next day, or `days_later`.

  The last `look_back` days are judged whose deadline has passed; with `look_back: null` all since the first day with rows.
  Deadlines are times on the clocks of the time zone, and so are the moments they are compared with, also on days when
  clocks change. Without `loaded_at_column` a day fails that has fewer than `minimum_rows` rows now. With it only rows count
  that were loaded by the deadline, and a day fails too when more than `max_late_share` of its rows came later.

  Failing unit: a day. A day without any rows fails, so an empty table does.
  NULL: a row without a `loaded_at_column` is late. Rows without a timestamp are on no day, so no day passes by them.
  Not seen: without `loaded_at_column`, whether the rows that are there now were there at the deadline.
-#}
{% test arrives_by(
    model, timestamp_column, due_time, days_later=1, timezone=none, look_back=7, minimum_rows=1, loaded_at_column=none,
    max_late_share=0
) %}
    {{ return(adapter.dispatch('test_arrives_by', 'dq_report')(
        model, timestamp_column, due_time, days_later, timezone, look_back, minimum_rows, loaded_at_column, max_late_share
    )) }}
{% endtest %}

{% macro default__test_arrives_by(
    model, timestamp_column, due_time, days_later, timezone, look_back, minimum_rows, loaded_at_column, max_late_share
) %}
{%- do dq_report._require_text(timestamp_column, 'arrives_by', 'timestamp_column') -%}
{%- do dq_report._require(
    due_time is string and modules.re.match('^([01][0-9]|2[0-3]):[0-5][0-9]$', due_time),
    'arrives_by',
    "`due_time` must be a time of day in quotes, such as '06:00', but it is " ~ dq_report._shown(due_time) ~ '.'
) -%}
{%- do dq_report._require_whole_number(days_later, 'arrives_by', 'days_later', minimum=1) -%}
{%- do dq_report._require_timezone(timezone, 'arrives_by') -%}
{%- do dq_report._require_whole_number(look_back, 'arrives_by', 'look_back', minimum=1, optional=true) -%}
{%- do dq_report._require_whole_number(minimum_rows, 'arrives_by', 'minimum_rows', minimum=1) -%}
{%- do dq_report._require_optional_text(loaded_at_column, 'arrives_by', 'loaded_at_column') -%}
{%- do dq_report._require_share(max_late_share, 'arrives_by', 'max_late_share') -%}
{%- do dq_report._require(
    loaded_at_column is not none or max_late_share == 0,
    'arrives_by',
    '`max_late_share` needs a `loaded_at_column`.'
) -%}
{%- set day = dq_report._day(timestamp_column, timezone) -%}
{%- set minutes = days_later * 1440 + due_time[:2] | int * 60 + due_time[3:] | int -%}
{#- More closed days than are judged, since the last ones are not due yet. -#}
{%- set days_read = none if look_back is none else look_back + days_later -%}
{%- set now = dq_report._local_moment("cast('" ~ dq_report._now() ~ "' as " ~ dbt.type_timestamp() ~ ')', timezone) -%}

{%- set days -%}
with dq_report_counted as (

    select
        {{ day }} as dq_report_day,
        count(*) as dq_report_rows_of_the_day,
        {%- if loaded_at_column %}
        count(case when {{ dq_report._local_moment(loaded_at_column, timezone) }} <= {{ dq_report._moment_of(day, minutes) }} then 1 end) as dq_report_rows_in_time
        {%- else %}
        count(*) as dq_report_rows_in_time
        {%- endif %}
    from {{ model }}
    where {{ dq_report._is_recent(timestamp_column, days_read, timezone, known_only=true) }}
    group by {{ day }}
    {#- min, because in BigQuery `having` does not know what is grouped by. #}
    having min({{ day }}) < {{ dq_report._today(timezone) }}

),

dq_report_filled as (

    {{ dq_report._every_closed_day(
        'dq_report_counted', ['dq_report_rows_of_the_day', 'dq_report_rows_in_time'], look_back=days_read, timezone=timezone, at_least=days_later + 1
    ) }}

),

dq_report_days as (

    select
        dq_report_day,
        dq_report_rows_of_the_day,
        dq_report_rows_in_time
    from dq_report_filled
    where {{ dq_report._moment_of('dq_report_day', minutes) }} <= {{ now }}
    {%- if look_back is not none %}
        and {{ dq_report._moment_of('dq_report_day', minutes + look_back * 1440) }} > {{ now }}
    {%- endif %}

)
{%- endset -%}
{%- set too_few = 'dq_report_rows_in_time < ' ~ minimum_rows -%}
{%- set too_late = 'dq_report_rows_of_the_day - dq_report_rows_in_time > ' ~ max_late_share ~ ' * dq_report_rows_of_the_day' -%}
{%- set reasons = {'without any row': 'dq_report_rows_of_the_day = 0', 'with too few rows': too_few ~ ' and dq_report_rows_of_the_day > 0'} -%}
{%- if loaded_at_column -%}
    {%- do reasons.update({'with too many late rows': too_late}) -%}
{%- endif -%}
{%- set text = dbt.type_string() -%}
{%- set detail -%}
    cast(dq_report_day as {{ text }}) || ': ' || cast(dq_report_rows_in_time as {{ text }})
    {%- if loaded_at_column %} || case when dq_report_rows_of_the_day > dq_report_rows_in_time then ' of ' || cast(dq_report_rows_of_the_day as {{ text }}) else '' end{% endif %} || case when dq_report_rows_of_the_day = 1 then ' row' else ' rows' end || ' by {{ due_time }}
    {%- if days_later > 1 %} {{ days_later }} days later{% endif %}
    {%- if minimum_rows > 1 %}, expected at least {{ minimum_rows }}{% endif %}'
{%- endset -%}
{{ dq_report._select_failing(
    days, units='dq_report_days', failed_if=too_few ~ ' or ' ~ too_late, unit='day',
    columns='dq_report_day, dq_report_rows_of_the_day' ~ (', dq_report_rows_in_time' if loaded_at_column else ''),
    measure='dq_report_rows_of_the_day' if loaded_at_column, measure_name='rows loaded late',
    failed_measure='dq_report_rows_of_the_day - dq_report_rows_in_time' if loaded_at_column, period='dq_report_day', reasons=reasons, detail=detail
) }}

{% endmacro %}
