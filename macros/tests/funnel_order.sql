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

{%- set is_step -%}
{{ step_column }} in ({% for step in steps %}{{ dq_report._literal(step) }}{{ ', ' if not loop.last }}{% endfor %})
{%- endset -%}

{%- set funnels -%}
{#- Step 0 stands for events whose step is NULL. One grouping of the events is all: the rest looks at one row a funnel. -#}
with reached as (

    select
        {{ keys | join(', ') }},
        {%- for step in [none] + steps %}
        {%- set is_this = step_column ~ ' is null' if step is none else step_column ~ ' = ' ~ dq_report._literal(step) %}
        min(case when {{ is_this }} then {{ timestamp_column }} end) as reached_{{ loop.index0 }},
        count(case when {{ is_this }} then 1 end) as events_{{ loop.index0 }},
        {%- endfor %}
        {%- if look_back is not none %}
        min({{ timestamp_column }}) as first_reached_at,
        max({{ timestamp_column }}) as last_reached_at,
        {%- endif %}
        {%- for step in steps %}
        count(case when {{ step_column }} = {{ dq_report._literal(step) }} and {{ timestamp_column }} is null then 1 end) as timeless_{{ loop.index }},
        {%- endfor %}
        count(*) - count({{ timestamp_column }}) as timeless
    from {{ model }}
    where {{ dq_report._is_recent(timestamp_column, scanned, timezone) }}
        and ({{ is_step }} or {{ step_column }} is null)
    group by {{ keys | join(', ') }}

),

judged as (

    select
        *,
        case when events_0 > 0 then 'unknown' end as fault_0
        {%- for number in range(1, steps | length + 1) %},
        case
            when timeless_{{ number }} > 0 or (events_{{ number }} > 0 and ({{ without_key }})) then 'unknown'
            {%- if number > 1 %}
            when reached_{{ number }} < coalesce(
                {%- for earlier in range(number - 1, 0, -1) %}reached_{{ earlier }}, {% endfor %}reached_{{ number }}
            ) then 'early'
            {%- if not allow_skipped_steps %}
            when events_{{ number }} > 0 and events_{{ number - 1 }} = 0 then 'skipping'
            {%- endif %}
            {%- endif %}
        end as fault_{{ number }}
        {%- endfor %}
    from reached
    {%- if look_back is not none %}
    where {{ dq_report._is_recent('first_reached_at', look_back, timezone) }}
        or timeless > 0
        or (({{ without_key }}) and {{ dq_report._is_recent('last_reached_at', look_back, timezone) }})
    {%- endif %}

),

funnels as (

    select
        {{ keys | join(', ') }},
        {%- for fault, steps_of_fault in {'early': 'early_steps', 'skipping': 'skipping_steps', 'unknown': 'unknown_steps'}.items() %}
        {% for number in range(steps | length + 1) %}case when fault_{{ number }} = '{{ fault }}' then 1 else 0 end{{ ' + ' if not loop.last }}{% endfor %} as {{ steps_of_fault }},
        {%- endfor %}
        case
            {%- for number in range(1, steps | length + 1) %}
            when fault_{{ number }} is not null then {{ number }}
            {%- endfor %}
        end as first_wrong_step,
        case
            {%- for number in range(1, steps | length + 1) %}
            when fault_{{ number }} is not null and reached_{{ number }} is not null then reached_{{ number }}
            {%- endfor %}
            when fault_0 is not null then reached_0
        end as reached_at
    from judged

)
{%- endset -%}
{{ dq_report._select_failing(
    funnels, units='funnels', failed_if='early_steps + skipping_steps + unknown_steps > 0', unit='funnel', keys=keys,
    period=dq_report._day('reached_at', timezone),
    reasons={
        'with a step before an earlier one': 'early_steps > 0',
        'with a skipped step': 'skipping_steps > 0',
        'with an unknown key, step or time': 'unknown_steps > 0',
    }
) }}

{% endmacro %}
