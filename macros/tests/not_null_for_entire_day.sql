{#-
  Fails for every day on which a column is NULL in all rows: the sign of a tag that no longer fires, or of a column that
  went missing on the way.

  Failing unit: a day. Rows without a timestamp count as one day of their own, so they cannot hide.
  NULL: what is looked for. An empty text is a value; make it NULL in the model if it means nothing.
  Not seen: a day without any rows. That is a matter of freshness and volume.
-#}
{% test not_null_for_entire_day(model, column_name, timestamp_column) %}
    {{ return(adapter.dispatch('test_not_null_for_entire_day', 'dq_report')(model, column_name, timestamp_column)) }}
{% endtest %}

{% macro default__test_not_null_for_entire_day(model, column_name, timestamp_column) %}
{%- do dq_report._require_text(column_name, 'not_null_for_entire_day', 'column_name') -%}
{%- do dq_report._require_text(timestamp_column, 'not_null_for_entire_day', 'timestamp_column') -%}

{%- set days -%}
with days as (

    select
        {{ dq_report._day(timestamp_column) }} as day,
        count(*) as rows_of_the_day,
        count({{ column_name }}) as rows_with_a_value
    from {{ model }}
    group by {{ dq_report._day(timestamp_column) }}

)
{%- endset -%}
{{ dq_report._select_failing(
    days, units='days', failed_if='rows_with_a_value = 0', unit='day', columns='day, rows_of_the_day',
    measure='rows_of_the_day', measure_name='rows', period='day'
) }}

{% endmacro %}
