{#-
  Fails for every funnel (a session, a client) that took its steps in the wrong order: a later step was first reached
  before an earlier one.

  The model has one row per event, `step_column` names the event, and `steps` lists the steps in their order; other events
  are ignored. Steps taken at the same moment are in order.

  Failing unit: a funnel, that is the rows with the same `key_columns`.
  NULL: a key, a step or a time of NULL fails its funnel, because nobody knows where it belongs.
  A step without the one before it fails as well, unless `allow_skipped_steps: true`.
-#}
{% test funnel_order(model, key_columns, step_column, timestamp_column, steps, allow_skipped_steps=false) %}
    {{ return(adapter.dispatch('test_funnel_order', 'dq_report')(
        model, key_columns, step_column, timestamp_column, steps, allow_skipped_steps
    )) }}
{% endtest %}

{% macro default__test_funnel_order(model, key_columns, step_column, timestamp_column, steps, allow_skipped_steps) %}
{%- set keys = dq_report._column_list(key_columns, 'funnel_order', 'key_columns') -%}
{%- do dq_report._require_text(step_column, 'funnel_order', 'step_column') -%}
{%- do dq_report._require_text(timestamp_column, 'funnel_order', 'timestamp_column') -%}
{%- do dq_report._require(
    steps is sequence and steps is not string and steps is not mapping and steps | unique | list | length == steps | length and steps | length > 1,
    'funnel_order',
    '`steps` must list two or more different steps in their order, but it is ' ~ dq_report._shown(steps) ~ '.'
) -%}
{%- do dq_report._require_flag(allow_skipped_steps, 'funnel_order', 'allow_skipped_steps') -%}

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
    where {{ step_column }} in ({% for step in steps %}{{ dq_report._literal(step) }}{{ ', ' if not loop.last }}{% endfor %})
        or {{ step_column }} is null

),

first_reached as (

    select
        {{ keys | join(', ') }},
        step_number,
        min(reached_at) as reached_at,
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
            when reached_at < previous_step_reached_at then 1
            when step_number is null or events_without_time > 0 then 1
            {%- for key in keys %}
            when {{ key }} is null then 1
            {%- endfor %}
            {%- if not allow_skipped_steps %}
            when coalesce(previous_step_number, 0) <> step_number - 1 then 1
            {%- endif %}
        end as is_wrong
    from with_previous_step

),

funnels as (

    select
        {{ keys | join(', ') }},
        count(is_wrong) as wrong_steps,
        min(case when is_wrong = 1 then step_number end) as first_wrong_step,
        min(case when is_wrong = 1 then reached_at end) as reached_at
    from judged
    group by {{ keys | join(', ') }}

)
{%- endset -%}
{{ dq_report._select_failing(
    funnels, units='funnels', failed_if='wrong_steps > 0', unit='funnel', keys=keys,
    period=dq_report._day('reached_at')
) }}

{% endmacro %}
