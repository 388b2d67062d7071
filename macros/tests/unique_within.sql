{#-
  Fails for every key that occurs more than once within the last `look_back` days, whichever day or partition each row is
  in; within the whole table without `look_back`.

  Failing unit: a key, that is the rows with the same `key_columns`.
  NULL: a key like others, so two rows without one fail. Leave them out with a `where` in the config, if there may be many.
  Rows without a timestamp are always read. The period of a key is the day of its last row.
-#}
{% test unique_within(model, key_columns, timestamp_column, look_back=none, timezone=none) %}
    {{ return(adapter.dispatch('test_unique_within', 'dq_report')(
        model, key_columns, timestamp_column, look_back, timezone
    )) }}
{% endtest %}

{% macro default__test_unique_within(model, key_columns, timestamp_column, look_back, timezone) %}
{%- set keys = dq_report._column_list(key_columns, 'unique_within', 'key_columns') -%}
{%- do dq_report._require_text(timestamp_column, 'unique_within', 'timestamp_column') -%}
{%- do dq_report._require_whole_number(look_back, 'unique_within', 'look_back', minimum=1, optional=true) -%}
{%- do dq_report._require_timezone(timezone, 'unique_within') -%}
{%- set day = dq_report._day(timestamp_column, timezone) -%}

{%- set counted -%}
with dq_report_keys as (

    select
        {{ keys | join(', ') }},
        count(*) as dq_report_rows_of_the_key,
        min({{ day }}) as dq_report_first_day,
        max({{ day }}) as dq_report_last_day
    from {{ model }}
    where {{ dq_report._is_recent(timestamp_column, look_back, timezone) }}
    group by {{ keys | join(', ') }}

)
{%- endset -%}
{{ dq_report._select_failing(
    counted, units='dq_report_keys', failed_if='dq_report_rows_of_the_key > 1', unit='key', keys=keys,
    measure='dq_report_rows_of_the_key', measure_name='rows', period='dq_report_last_day',
    reasons={'on more than one day': 'dq_report_first_day < dq_report_last_day'}
) }}

{% endmacro %}
