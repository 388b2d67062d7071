{#-
  Fails for every event that repeats an earlier one: the same `key_columns` (client, event, amount) again, at most
  `within_seconds` later. Exactly so many seconds later is a repeat too, and so is the same moment.

  Each event is compared with the one right before it, so of three in a row the second and the third fail, even if the
  third comes too late after the first. With `measure_column` the evidence says how much was counted twice.

  Failing unit: an event, that is the later row; of two at the same moment either.
  NULL: in a key it is a value like others. An event without a timestamp fails, because nobody knows when it fired.
  Not seen: a repeat with another amount or another spelling, and one that comes later than `within_seconds`.
-#}
{% test no_double_fire(
    model, key_columns, timestamp_column, within_seconds, measure_column=none, context_columns=none, look_back=none,
    timezone=none
) %}
    {{ return(adapter.dispatch('test_no_double_fire', 'dq_report')(
        model, key_columns, timestamp_column, within_seconds, measure_column, context_columns, look_back, timezone
    )) }}
{% endtest %}

{% macro default__test_no_double_fire(
    model, key_columns, timestamp_column, within_seconds, measure_column, context_columns, look_back, timezone
) %}
{%- set keys = dq_report._column_list(key_columns, 'no_double_fire', 'key_columns') -%}
{%- do dq_report._require_text(timestamp_column, 'no_double_fire', 'timestamp_column') -%}
{%- do dq_report._require_whole_number(within_seconds, 'no_double_fire', 'within_seconds') -%}
{%- do dq_report._require_optional_text(measure_column, 'no_double_fire', 'measure_column') -%}
{%- set context = dq_report._column_list(context_columns, 'no_double_fire', 'context_columns', allow_empty=true) -%}
{%- do dq_report._require_whole_number(look_back, 'no_double_fire', 'look_back', minimum=1, optional=true) -%}
{%- do dq_report._require_timezone(timezone, 'no_double_fire') -%}
{#- The first events of the look-back may repeat one from before it. -#}
{%- set scanned = dq_report._earlier_look_back(look_back, within_seconds) -%}

{%- set events -%}
with dq_report_read as (

    select
        {{ (keys + context) | unique(case_sensitive=true) | join(', ') }},
        {%- if measure_column %}
        {{ measure_column }} as dq_report_measure,
        {%- endif %}
        {{ timestamp_column }} as dq_report_event_at,
        lag({{ timestamp_column }}) over (
            partition by {{ keys | join(', ') }} order by {{ timestamp_column }}
        ) as dq_report_previous_at
    from {{ model }}
    where {{ dq_report._is_recent(timestamp_column, scanned, timezone) }}

),

dq_report_events as (

    select *
    from dq_report_read
    where {{ dq_report._is_recent('dq_report_event_at', look_back, timezone) }}

)
{%- endset -%}
{{ dq_report._select_failing(
    events, units='dq_report_events', unit='event', keys=(context + keys) | unique(case_sensitive=true) | list,
    failed_if='dq_report_event_at is null or '
        ~ dq_report._is_within('dq_report_previous_at', 'dq_report_event_at', within_seconds),
    measure='dq_report_measure' if measure_column, measure_name=measure_column,
    period=dq_report._day('dq_report_event_at', timezone),
    reasons={
        'at the same moment': 'dq_report_event_at = dq_report_previous_at',
        'without a timestamp': 'dq_report_event_at is null',
    }
) }}

{% endmacro %}
