{#-
  Fails for every event that cannot have happened without another one before it, which is not there: a checkout that was
  completed, but never started. With `within_minutes` it must not be longer ago than that; exactly so long is fine.

  The model has one row per event, and `step_column` names the event. `same_columns` say whose events belong together.
  A predecessor at the same moment counts as earlier. `context_columns` are handed on with each failing event. A `where` in
  the config leaves out predecessors as well as events, so it should not cut between the two.

  `look_back` says which events are judged. Predecessors are read from `within_minutes` before it, by whole days: one
  from before those days counts as none. Without `within_minutes` all predecessors are read, however old.

  Failing unit: an event.
  NULL: an event without a time, or with NULL in one of `same_columns`, fails, because no predecessor can be found for it.
  A row whose step is NULL is neither of the two events; `not_null` finds it.
-#}
{% test required_predecessor(
    model, step_column, event, predecessor, same_columns, timestamp_column, context_columns=none, within_minutes=none,
    look_back=none, timezone=none
) %}
    {{ return(adapter.dispatch('test_required_predecessor', 'dq_report')(
        model, step_column, event, predecessor, same_columns, timestamp_column, context_columns, within_minutes,
        look_back, timezone
    )) }}
{% endtest %}

{% macro default__test_required_predecessor(
    model, step_column, event, predecessor, same_columns, timestamp_column, context_columns, within_minutes, look_back,
    timezone
) %}
{%- do dq_report._require_text(step_column, 'required_predecessor', 'step_column') -%}
{%- do dq_report._require_text(event, 'required_predecessor', 'event') -%}
{%- do dq_report._require_text(predecessor, 'required_predecessor', 'predecessor') -%}
{%- do dq_report._require_text(timestamp_column, 'required_predecessor', 'timestamp_column') -%}
{%- set same = dq_report._column_list(same_columns, 'required_predecessor', 'same_columns') -%}
{%- set context = dq_report._column_list(context_columns, 'required_predecessor', 'context_columns', allow_empty=true) -%}
{%- do dq_report._require_whole_number(within_minutes, 'required_predecessor', 'within_minutes', minimum=1, optional=true) -%}
{%- do dq_report._require_whole_number(look_back, 'required_predecessor', 'look_back', minimum=1, optional=true) -%}
{%- do dq_report._require_timezone(timezone, 'required_predecessor') -%}
{%- do dq_report._require(
    event != predecessor,
    'required_predecessor',
    '`event` and `predecessor` must be two different events, but both are ' ~ dq_report._shown(event) ~ '.'
) -%}
{%- set is_event = step_column ~ ' = ' ~ dq_report._literal(event) -%}
{%- set is_predecessor = step_column ~ ' = ' ~ dq_report._literal(predecessor) -%}
{%- set columns = (same + context) | unique(case_sensitive=true) | join(', ') -%}
{%- set is_unknown = 'dq_report_event_at is null or ' ~ same | join(' is null or ') ~ ' is null' -%}

{%- if within_minutes is none -%}

{#- Whether there was any: the first one tells. -#}
{%- set judged -%}
with dq_report_events as (

    select
        {{ columns }},
        {{ timestamp_column }} as dq_report_event_at
    from {{ model }}
    where {{ is_event }} and {{ dq_report._is_recent(timestamp_column, look_back, timezone) }}

),

dq_report_first_predecessors as (

    select
        {{ same | join(', ') }},
        min({{ timestamp_column }}) as dq_report_predecessor_at
    from {{ model }}
    where {{ is_predecessor }}
    group by {{ same | join(', ') }}

),

dq_report_judged as (

    select
        dq_report_events.*,
        dq_report_first_predecessors.dq_report_predecessor_at as dq_report_first_predecessor_at
    from dq_report_events
    left join dq_report_first_predecessors
        on {% for column in same %}dq_report_events.{{ column }} = dq_report_first_predecessors.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}

)
{%- endset -%}
{%- set failed_if = 'dq_report_first_predecessor_at is null or dq_report_event_at is null'
    ~ ' or dq_report_first_predecessor_at > dq_report_event_at' -%}
{%- set reasons = {
    'without any ' ~ predecessor: 'dq_report_first_predecessor_at is null and not (' ~ is_unknown ~ ')',
    'with ' ~ predecessor ~ ' only afterwards': 'dq_report_first_predecessor_at > dq_report_event_at',
    'with an unknown key or time': is_unknown,
} -%}

{%- else -%}

{#- How long ago the last one was. -#}
{%- set scanned = dq_report._earlier_look_back(look_back, within_minutes * 60) -%}
{%- set judged -%}
with dq_report_events as (

    select
        {{ columns }},
        {{ timestamp_column }} as dq_report_event_at,
        case when {{ is_event }} then 1 end as dq_report_is_event,
        case
            when {{ timestamp_column }} is not null and {{ same | join(' is not null and ') }} is not null
                then max(case when {{ is_predecessor }} then {{ timestamp_column }} end) over (
                    partition by {{ same | join(', ') }}
                    {#- Predecessors first, so that one at the same moment counts. #}
                    order by {{ timestamp_column }}, case when {{ is_predecessor }} then 0 else 1 end
                    rows between unbounded preceding and current row
                )
        end as dq_report_last_predecessor_at
    from {{ model }}
    where ({{ is_event }} or {{ is_predecessor }})
        and {{ dq_report._is_recent(timestamp_column, scanned, timezone) }}

),

dq_report_judged as (

    select
        {{ columns }},
        dq_report_event_at,
        dq_report_last_predecessor_at
    from dq_report_events
    where dq_report_is_event = 1 and {{ dq_report._is_recent('dq_report_event_at', look_back, timezone) }}

)
{%- endset -%}
{%- set is_late = 'not ' ~ dq_report._is_within('dq_report_last_predecessor_at', 'dq_report_event_at', within_minutes * 60) -%}
{%- set failed_if = 'dq_report_last_predecessor_at is null or ' ~ is_late -%}
{%- set reasons = {
    'without ' ~ predecessor ~ ' before it': 'dq_report_last_predecessor_at is null and not (' ~ is_unknown ~ ')',
    'with ' ~ predecessor ~ ' too long before': is_late,
    'with an unknown key or time': is_unknown,
} -%}

{%- endif -%}
{{ dq_report._select_failing(
    judged, units='dq_report_judged', failed_if=failed_if, unit='event', keys=(context + same) | unique(case_sensitive=true) | list,
    period=dq_report._day('dq_report_event_at', timezone), reasons=reasons
) }}

{% endmacro %}
