{#-
  Fails for every closed period in which too few or too many events of one funnel step meet those of another: purchases per
  cart below `min_ratio`, or above `max_ratio`, which is 1 unless given, as no more can be bought than was put into a cart.

  The model has one row per event, and `step_column` names the event. What is counted are rows, or with `key_columns`
  different keys (sessions, clients). Each step counts in the period it happens in. A `period` is a day, week or month; with
  `look_back` all those are judged that the last so many closed days belong to.

  Failing unit: a period, of each segment with `segment_columns`. It is not judged if neither step has `minimum_events`; if
  `to_step` has them, `from_step` may have none at all, and the period fails.
  NULL: rows without a timestamp fail as one period of their own. A row whose step is NULL is neither of the two steps. A
  key of NULL is one like others, and so is a segment.
  Not seen: a period in which both steps are missing; `volume_within` finds it.
-#}
{% test funnel_ratio(
    model, step_column, timestamp_column, from_step, to_step, key_columns=none, min_ratio=0, max_ratio=1,
    minimum_events=50, period='day', look_back=none, segment_columns=none, timezone=none
) %}
    {{ return(adapter.dispatch('test_funnel_ratio', 'dq_report')(
        model, step_column, timestamp_column, from_step, to_step, key_columns, min_ratio, max_ratio, minimum_events,
        period, look_back, segment_columns, timezone
    )) }}
{% endtest %}

{% macro default__test_funnel_ratio(
    model, step_column, timestamp_column, from_step, to_step, key_columns, min_ratio, max_ratio, minimum_events,
    period, look_back, segment_columns, timezone
) %}
{%- do dq_report._require_text(step_column, 'funnel_ratio', 'step_column') -%}
{%- do dq_report._require_text(timestamp_column, 'funnel_ratio', 'timestamp_column') -%}
{%- for argument, step in {'from_step': from_step, 'to_step': to_step}.items() -%}
    {%- do dq_report._require(
        step is string and step | trim != '',
        'funnel_ratio',
        '`' ~ argument ~ '` must be the name of a step, but it is ' ~ dq_report._shown(step) ~ '.'
    ) -%}
{%- endfor -%}
{%- do dq_report._require(
    from_step != to_step,
    'funnel_ratio',
    '`from_step` and `to_step` must be two steps, but both are ' ~ dq_report._shown(from_step) ~ '.'
) -%}
{%- set keys = dq_report._column_list(key_columns, 'funnel_ratio', 'key_columns', allow_empty=true) -%}
{%- do dq_report._require_amount(min_ratio, 'funnel_ratio', 'min_ratio') -%}
{%- do dq_report._require_amount(max_ratio, 'funnel_ratio', 'max_ratio') -%}
{%- do dq_report._require(
    min_ratio <= max_ratio,
    'funnel_ratio',
    '`min_ratio` must be at most `max_ratio`, but ' ~ min_ratio ~ ' is more than ' ~ max_ratio ~ '.'
) -%}
{%- do dq_report._require_whole_number(minimum_events, 'funnel_ratio', 'minimum_events', minimum=1) -%}
{%- do dq_report._require(
    period in ['day', 'week', 'month'],
    'funnel_ratio',
    '`period` must be day, week or month, but it is ' ~ dq_report._shown(period) ~ '.'
) -%}
{%- do dq_report._require_whole_number(look_back, 'funnel_ratio', 'look_back', minimum=1, optional=true) -%}
{%- set segments = dq_report._column_list(segment_columns, 'funnel_ratio', 'segment_columns', allow_empty=true) -%}
{%- do dq_report._require_timezone(timezone, 'funnel_ratio') -%}
{%- set step_in_period = dq_report._start_of_period(dq_report._day(timestamp_column, timezone), period) -%}
{%- set today = dq_report._today(timezone) -%}
{#- As many days more as the first period may have had before. -#}
{%- set read_back = look_back + {'day': 0, 'week': 6, 'month': 30}[period] if look_back is not none else none -%}
{%- set of_segment -%}
    {%- for segment in segments %}{{ segment }}, {% endfor -%}
{%- endset -%}

{%- set judged -%}
with dq_report_steps as (

    select {{ 'distinct' if keys }}
        {%- for column in (segments + keys) | unique(case_sensitive=true) %}
        {{ column }},
        {%- endfor %}
        {{ step_column }} as dq_report_step,
        {{ step_in_period }} as dq_report_period
    from {{ model }}
    where {{ step_column }} in ({{ dq_report._literal(from_step) }}, {{ dq_report._literal(to_step) }})
        and {{ dq_report._is_recent(timestamp_column, read_back, timezone) }}

),

dq_report_counted as (

    select
        {{ of_segment }}
        dq_report_period,
        count(case when dq_report_step = {{ dq_report._literal(from_step) }} then 1 end) as dq_report_from_events,
        count(case when dq_report_step = {{ dq_report._literal(to_step) }} then 1 end) as dq_report_to_events
    from dq_report_steps
    group by {{ of_segment }}dq_report_period

),

dq_report_periods as (

    select
        *,
        case
            when dq_report_period is null then 'without a timestamp'
            when dq_report_to_events < cast({{ min_ratio }} as {{ dbt.type_numeric() }}) * dq_report_from_events then 'below the expected ratio'
            when dq_report_to_events > cast({{ max_ratio }} as {{ dbt.type_numeric() }}) * dq_report_from_events then 'above the expected ratio'
        end as dq_report_verdict
    from dq_report_counted
    where dq_report_period is null or (
        dq_report_period < {{ dq_report._start_of_period(today, period) }}
        {%- if look_back is not none %}
        and dq_report_period >= {{ dq_report._start_of_period(dq_report._days_before(today, look_back), period) }}
        {%- endif %}
        and (dq_report_from_events >= {{ minimum_events }} or dq_report_to_events >= {{ minimum_events }})
    )

)
{%- endset -%}

{%- set from_text = 'cast(dq_report_from_events as ' ~ dbt.type_string() ~ ')' -%}
{%- set to_text = 'cast(dq_report_to_events as ' ~ dbt.type_string() ~ ')' -%}
{%- set ratio = 'cast(dq_report_to_events as ' ~ dbt.type_numeric() ~ ') / nullif(dq_report_from_events, 0)' -%}
{%- set ratio_text -%}
    coalesce({{ dbt.concat(["' ('", 'cast(round(cast(' ~ ratio ~ ' as ' ~ dbt.type_numeric() ~ '), 3) as ' ~ dbt.type_string() ~ ')', "')'"]) }}, '')
{%- endset -%}
{%- set reasons = {} -%}
{%- for verdict in ['below the expected ratio', 'above the expected ratio', 'without a timestamp'] -%}
    {%- do reasons.update({verdict: "dq_report_verdict = '" ~ verdict ~ "'"}) -%}
{%- endfor -%}
{{ dq_report._select_failing(
    judged, units='dq_report_periods', failed_if='dq_report_verdict is not null', unit=period, keys=segments,
    columns=of_segment ~ 'dq_report_period, dq_report_from_events, dq_report_to_events, dq_report_verdict',
    measure='dq_report_from_events + dq_report_to_events', measure_name='events', period='dq_report_period', reasons=reasons,
    detail=dbt.concat([
        dq_report._period_text('dq_report_period', segments), to_text, dq_report._literal(' ' ~ to_step ~ ' of '), from_text, dq_report._literal(' ' ~ from_step), ratio_text,
        dq_report._literal(', expected ' ~ min_ratio ~ ' to ' ~ max_ratio)
    ])
) }}

{% endmacro %}
