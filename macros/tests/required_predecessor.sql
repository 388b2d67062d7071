{#-
  Fails for every event that cannot have happened without another one before it, which is not there: a checkout that was
  completed, but never started.

  The model has one row per event, and `step_column` names the event. `same_columns` say whose events belong together.
  A predecessor at the same moment counts as earlier. `context_columns` are handed on with each failing event. A `where` in
  the config leaves out predecessors as well as events, so it should not cut between the two.

  Failing unit: an event.
  NULL: an event without a time, or with NULL in one of `same_columns`, fails, because no predecessor can be found for it.
  A row whose step is NULL is neither of the two events; `not_null` finds it.
-#}
{% test required_predecessor(model, step_column, event, predecessor, same_columns, timestamp_column, context_columns=none) %}
    {{ return(adapter.dispatch('test_required_predecessor', 'dq_report')(
        model, step_column, event, predecessor, same_columns, timestamp_column, context_columns
    )) }}
{% endtest %}

{% macro default__test_required_predecessor(model, step_column, event, predecessor, same_columns, timestamp_column, context_columns) %}
{%- do dq_report._require_text(step_column, 'required_predecessor', 'step_column') -%}
{%- do dq_report._require_text(event, 'required_predecessor', 'event') -%}
{%- do dq_report._require_text(predecessor, 'required_predecessor', 'predecessor') -%}
{%- do dq_report._require_text(timestamp_column, 'required_predecessor', 'timestamp_column') -%}
{%- set same = dq_report._column_list(same_columns, 'required_predecessor', 'same_columns') -%}
{%- set context = dq_report._column_list(context_columns, 'required_predecessor', 'context_columns', allow_empty=true) -%}
{%- do dq_report._require(
    event != predecessor,
    'required_predecessor',
    '`event` and `predecessor` must be two different events, but both are ' ~ dq_report._shown(event) ~ '.'
) -%}

{%- set judged -%}
with events as (

    select
        {{ (same + context) | unique | join(', ') }},
        {{ timestamp_column }} as event_at
    from {{ model }}
    where {{ step_column }} = {{ dq_report._literal(event) }}

),

first_predecessors as (

    select
        {{ same | join(', ') }},
        min({{ timestamp_column }}) as predecessor_at
    from {{ model }}
    where {{ step_column }} = {{ dq_report._literal(predecessor) }}
    group by {{ same | join(', ') }}

),

judged as (

    select
        events.*,
        first_predecessors.predecessor_at as first_predecessor_at
    from events
    left join first_predecessors
        on {% for column in same %}events.{{ column }} = first_predecessors.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}

)
{%- endset -%}
{{ dq_report._select_failing(
    judged, units='judged',
    failed_if='first_predecessor_at is null or event_at is null or first_predecessor_at > event_at',
    unit='event', keys=(context + same) | unique | list, period=dq_report._day('event_at')
) }}

{% endmacro %}
