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
    steps is sequence and steps is not string and steps is not mapping and steps | unique(case_sensitive=true) | list | length == steps | length and steps | length > 1,
    'funnel_order',
    '`steps` must list two or more different steps in their order, but it is ' ~ dq_report._shown(steps) ~ '.'
) -%}
{%- do dq_report._require_flag(allow_skipped_steps, 'funnel_order', 'allow_skipped_steps') -%}
{%- do dq_report._require_whole_number(look_back, 'funnel_order', 'look_back', minimum=1, optional=true) -%}
{%- do dq_report._require_timezone(timezone, 'funnel_order') -%}
{%- set scanned = dq_report._earlier_look_back(look_back) -%}
{%- set without_key = keys | join(' is null or ') ~ ' is null' -%}

{%- set is_step -%}
{{ step_column }} in ({% for step in steps %}{{ dq_report._literal(step) }}{{ ', ' if not loop.last }}{% endfor %})
{%- endset -%}

{%- set funnels -%}
{#- Step 0 stands for events whose step is NULL. One grouping of the events is all: the rest looks at one row a funnel. -#}
with dq_report_reached as (

    select
        {{ keys | join(', ') }},
        {%- for step in [none] + steps %}
        {%- set is_this = step_column ~ ' is null' if step is none else step_column ~ ' = ' ~ dq_report._literal(step) %}
        min(case when {{ is_this }} then {{ timestamp_column }} end) as dq_report_reached_{{ loop.index0 }},
        count(case when {{ is_this }} then 1 end) as dq_report_events_{{ loop.index0 }},
        {%- endfor %}
        {%- if look_back is not none %}
        min({{ timestamp_column }}) as dq_report_first_reached_at,
        max({{ timestamp_column }}) as dq_report_last_reached_at,
        {%- endif %}
        {%- for step in steps %}
        count(case when {{ step_column }} = {{ dq_report._literal(step) }} and {{ timestamp_column }} is null then 1 end) as dq_report_timeless_{{ loop.index }},
        {%- endfor %}
        count(*) - count({{ timestamp_column }}) as dq_report_timeless
    from {{ model }}
    where {{ dq_report._is_recent(timestamp_column, scanned, timezone) }}
        and ({{ is_step }} or {{ step_column }} is null)
    group by {{ keys | join(', ') }}

),

dq_report_judged as (

    select
        *,
        case when dq_report_events_0 > 0 then 'unknown' end as dq_report_fault_0
        {%- for number in range(1, steps | length + 1) %},
        case
            when dq_report_timeless_{{ number }} > 0 or (dq_report_events_{{ number }} > 0 and ({{ without_key }})) then 'unknown'
            {%- if number > 1 %}
            when dq_report_reached_{{ number }} < coalesce(
                {%- for earlier in range(number - 1, 0, -1) %}dq_report_reached_{{ earlier }}, {% endfor %}dq_report_reached_{{ number }}
            ) then 'early'
            {%- if not allow_skipped_steps %}
            when dq_report_events_{{ number }} > 0 and dq_report_events_{{ number - 1 }} = 0 then 'skipping'
            {%- endif %}
            {%- endif %}
        end as dq_report_fault_{{ number }}
        {%- endfor %}
    from dq_report_reached
    {%- if look_back is not none %}
    where {{ dq_report._is_recent('dq_report_first_reached_at', look_back, timezone) }}
        or dq_report_timeless > 0
        or (({{ without_key }}) and {{ dq_report._is_recent('dq_report_last_reached_at', look_back, timezone) }})
    {%- endif %}

),

dq_report_funnels as (

    select
        {{ keys | join(', ') }},
        {%- for fault in ['early', 'skipping', 'unknown'] %}
        {% for number in range(steps | length + 1) %}case when dq_report_fault_{{ number }} = '{{ fault }}' then 1 else 0 end{{ ' + ' if not loop.last }}{% endfor %} as dq_report_{{ fault }}_steps,
        {%- endfor %}
        case
            {%- for number in range(1, steps | length + 1) %}
            when dq_report_fault_{{ number }} is not null then {{ number }}
            {%- endfor %}
        end as dq_report_first_wrong_step,
        case
            {%- for number in range(1, steps | length + 1) %}
            when dq_report_fault_{{ number }} is not null and dq_report_reached_{{ number }} is not null then dq_report_reached_{{ number }}
            {%- endfor %}
            when dq_report_fault_0 is not null then dq_report_reached_0
        end as dq_report_reached_at
    from dq_report_judged

)
{%- endset -%}
{{ dq_report._select_failing(
    funnels, units='dq_report_funnels', unit='funnel', keys=keys,
    failed_if='dq_report_early_steps + dq_report_skipping_steps + dq_report_unknown_steps > 0',
    period=dq_report._day('dq_report_reached_at', timezone),
    reasons={
        'with a step before an earlier one': 'dq_report_early_steps > 0',
        'with a skipped step': 'dq_report_skipping_steps > 0',
        'with an unknown key, step or time': 'dq_report_unknown_steps > 0',
    }
) }}

{% endmacro %}
