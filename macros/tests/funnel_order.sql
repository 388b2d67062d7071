{#-
  Fails for every funnel (a session, a client) that took its steps in the wrong order: a later step was first reached
  before an earlier one.

  The model has one row per event, `step_column` names the event, and `steps` lists the steps in their order; other events
  are ignored. Steps taken at the same moment are in order.

  With `look_back` those funnels are judged that begin within it. One day more is read to know where they begin: one that
  rests for a whole day just there seems to begin anew, so leave `look_back` out for funnels that take many days.

  Failing unit: a funnel, that is the rows with the same `key_columns`.
  NULL: a key, a step or a time of NULL fails its funnel, because nobody knows where it belongs.
  A step without the one before it fails as well, unless `allow_skipped_steps: true`.
-#}
{% test funnel_order(
    model, key_columns, step_column, timestamp_column, steps, allow_skipped_steps=false, look_back=none, timezone=none
) %}
    {{ return(adapter.dispatch('test_funnel_order', 'dq_report')(
        model, key_columns, step_column, timestamp_column, steps, allow_skipped_steps, look_back, timezone
    )) }}
{% endtest %}

{% macro default__test_funnel_order(
    model, key_columns, step_column, timestamp_column, steps, allow_skipped_steps, look_back, timezone
) %}
{%- set keys = dq_report._column_list(key_columns, 'funnel_order', 'key_columns') -%}
{%- do dq_report._require_text(step_column, 'funnel_order', 'step_column') -%}
{%- do dq_report._require_text(timestamp_column, 'funnel_order', 'timestamp_column') -%}
{%- do dq_report._require(
    steps is sequence and steps is not string and steps is not mapping and steps | unique | list | length == steps | length and steps | length > 1,
    'funnel_order',
    '`steps` must list two or more different steps in their order, but it is ' ~ dq_report._shown(steps) ~ '.'
) -%}
{%- do dq_report._require_flag(allow_skipped_steps, 'funnel_order', 'allow_skipped_steps') -%}
{%- do dq_report._require_whole_number(look_back, 'funnel_order', 'look_back', minimum=1, optional=true) -%}
{%- do dq_report._require_timezone(timezone, 'funnel_order') -%}
{%- set scanned = dq_report._earlier_look_back(look_back) -%}
{%- set without_key = keys | join(' is null or ') ~ ' is null' -%}

{%- set funnels -%}
with events as (

    select
        {{ keys | join(', ') }},
        {{ timestamp_column }} as reached_at,
        case {{ step_column }}
            {%- for step in steps %}
            when {{ dq_report._literal(step) }} then {{ loop.index }}
            {%- endfor %}
        end as step_number
    from {{ model }}
    where {{ dq_report._is_recent(timestamp_column, scanned, timezone) }}
        and (
            {{ step_column }} in ({% for step in steps %}{{ dq_report._literal(step) }}{{ ', ' if not loop.last }}{% endfor %})
            or {{ step_column }} is null
        )

),

first_reached as (

    select
        {{ keys | join(', ') }},
        step_number,
        min(reached_at) as reached_at,
        max(reached_at) as last_reached_at,
        count(*) - count(reached_at) as events_without_time
    from events
    group by {{ keys | join(', ') }}, step_number

),

with_previous_step as (

    select
        *,
        lag(step_number) over (partition by {{ keys | join(', ') }} order by step_number) as previous_step_number,
        lag(reached_at) over (partition by {{ keys | join(', ') }} order by step_number) as previous_step_reached_at
    from first_reached

),

judged as (

    select
        *,
        case
            when step_number is null or events_without_time > 0 or {{ without_key }} then 'unknown'
            when reached_at < previous_step_reached_at then 'early'
            {%- if not allow_skipped_steps %}
            when coalesce(previous_step_number, 0) <> step_number - 1 then 'skipping'
            {%- endif %}
        end as fault
    from with_previous_step

),

funnels as (

    select
        {{ keys | join(', ') }},
        count(fault) as wrong_steps,
        count(case when fault = 'early' then 1 end) as early_steps,
        count(case when fault = 'skipping' then 1 end) as skipping_steps,
        count(case when fault = 'unknown' then 1 end) as unknown_steps,
        min(case when fault is not null then step_number end) as first_wrong_step,
        min(case when fault is not null then judged.reached_at end) as reached_at
    from judged
    group by {{ keys | join(', ') }}
    {%- if look_back is not none %}
    having {{ dq_report._is_recent('min(judged.reached_at)', look_back, timezone) }}
        or max(events_without_time) > 0
        or (({{ without_key }}) and {{ dq_report._is_recent('max(last_reached_at)', look_back, timezone) }})
    {%- endif %}

)
{%- endset -%}
{{ dq_report._select_failing(
    funnels, units='funnels', failed_if='wrong_steps > 0', unit='funnel', keys=keys,
    period=dq_report._day('reached_at', timezone),
    reasons={
        'with a step before an earlier one': 'early_steps > 0',
        'with a skipped step': 'skipping_steps > 0',
        'with an unknown key, step or time': 'unknown_steps > 0',
    }
) }}

{% endmacro %}
